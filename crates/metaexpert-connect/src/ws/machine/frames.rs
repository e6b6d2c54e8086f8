//! What came over a connection.

use bytes::Bytes;
use metaexpert_core::UnixNanos;
use tokio::time::Instant;

use super::{Machine, Role};
use crate::ws::{
    Class, Mark, SessionEvent, StreamDialect,
    connection::Phase,
    join::{Full, mark_of},
};

impl<D: StreamDialect> Machine<D> {
    pub(super) fn on_frame(&mut self, link: u64, bytes: &Bytes, received: UnixNanos, now: Instant) {
        let Some(role) = self.role(link) else { return };
        let Some(connection) = self.connection(role) else { return };
        connection.heard(now);
        let is_logging_in = matches!(connection.phase, Phase::LoggingIn { .. });
        let class = self.dialect.classify(bytes);
        let frame = |mark| SessionEvent::Frame { bytes: bytes.clone(), received, connection: link, mark };
        match class {
            Class::Data(mark) => {
                if role == Role::Current
                    && let Some(heartbeat) = self.heartbeats.get_mut(&mark.stream)
                {
                    heartbeat.heard = now;
                }
                self.on_data(role, mark, frame(Some(mark)), now);
            }
            Class::LoggedIn if is_logging_in => self.on_logged_in(role, now),
            Class::LoginRefused(why) => self.on_login_refused(role, why, now),
            Class::Refused { why, .. } if is_logging_in => self.on_login_refused(role, why, now),
            Class::Acknowledged(id) if self.on_acknowledged(role, id, now) => {}
            Class::Refused { id, why } if self.on_refused(role, id, &why) => {}
            Class::Reply(id) if self.calls.answered(&id, bytes) => self.is_stale = true,
            Class::Pong => self.on_ponged(link, now),
            Class::ClosesSoon => {
                self.is_stale = true;
                match role {
                    Role::Current => self.current.iter_mut().for_each(|current| current.closes_soon = true),
                    Role::Next => self.abandon(now),
                    Role::Leaving => {}
                }
            }
            Class::CredentialExpired => {
                let generation = self.connection(role).map_or(0, |connection| connection.generation);
                self.refuse_credential(generation);
                self.on_data(role, mark_of(bytes), frame(None), now);
                self.on_ended(role, "its credential is no longer good", now);
            }
            Class::Ended => {
                self.on_data(role, mark_of(bytes), frame(None), now);
                // Where nothing is wanted, it answers an unsubscription, and calls go on.
                if !self.topics.is_empty() {
                    self.on_ended(role, "nothing more comes over the connection", now);
                }
            }
            // An answer that nobody waits for (any longer) is still news: an order may have been taken after all.
            Class::Reply(_) => self.tell(frame(None)),
            Class::LoggedIn | Class::Acknowledged(_) | Class::Refused { .. } | Class::Other => {
                self.on_data(role, mark_of(bytes), frame(None), now);
            }
        }
    }

    fn on_data(&mut self, role: Role, mark: Mark, event: SessionEvent, now: Instant) {
        // While one connection replaces another, each frame may be the one that it waits for.
        self.is_stale |= self.next.is_some();
        match role {
            Role::Current => {
                if self.joiner.forward(mark, now) {
                    self.tell(event);
                }
            }
            Role::Next => {
                if self.joiner.hold(mark, event, now) == Err(Full) {
                    self.abandon(now);
                }
            }
            // What it still sends came over the new one, too.
            Role::Leaving => {}
        }
    }
}
