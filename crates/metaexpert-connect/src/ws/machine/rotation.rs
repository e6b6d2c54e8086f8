//! One connection replaces another, without a gap or a double.

use tokio::time::Instant;

use super::{Access, Machine, Output};
use crate::ws::{SessionEvent, StreamDialect, connection::Connection};

impl<D: StreamDialect> Machine<D> {
    /// Begins, ends or gives up a rotation, whichever is due.
    pub(super) fn rotate(&mut self, now: Instant) {
        let Some(next) = &self.next else {
            if self.rotation_due(now).is_some_and(|due| due <= now) {
                self.joiner.begin(now.checked_sub(self.settings.drain));
                self.next = Some(self.dial(now));
            }
            return;
        };
        let Some(live) = next.live_since() else { return };
        // One without a topic that was added since would take over with a gap in it.
        if now < live + self.settings.settle || !next.subscriptions.settled() {
            return;
        }
        if self.joiner.can_take_over() {
            self.take_over(now);
        } else if !self.is_blocked && now >= live + self.settings.drain {
            // The old one did not reach where the new one began. It is kept, for what it has is all that was handed on; if it
            // is dead, its silence says so.
            self.abandon(now);
        }
    }

    /// When the current connection is to be replaced.
    fn rotation_due(&self, now: Instant) -> Option<Instant> {
        if matches!(self.access, Access::Wanted) {
            return None;
        }
        let current = self.current.as_ref().filter(|connection| connection.can_ask())?;
        let live = current.live_since();
        let at_once = current.closes_soon || current.generation != self.access.generation();
        // A credential or a notice cannot wait for slow subscriptions; the end of the connection's life is long foreseen.
        let due = if at_once { Some(live.unwrap_or(now)) } else { live.and(current.rotate_at) };
        due.map(|due| self.rotate_not_before.map_or(due, |not_before| not_before.max(due)))
    }

    fn take_over(&mut self, now: Instant) {
        let Some(new) = self.next.take() else { return };
        let connection = new.id;
        let old = self.current.replace(new);
        self.tell(SessionEvent::Rotated { connection });
        self.now_subscribed();
        let follow = self.joiner.take_over(now + self.settings.drain, now);
        self.out.extend(follow.into_iter().map(Output::Tell));
        self.rotate_not_before = None;
        self.rotation_waits.reset();
        self.vitals.rotations += 1;
        if let Some(old) = old {
            self.retire(old, now);
        }
    }

    /// Closes a connection that no longer counts, or keeps it while answers are to come over it.
    pub(super) fn retire(&mut self, old: Connection, now: Instant) {
        if !self.calls.waits_for(old.id) {
            self.out.push_back(Output::Close(old.id));
            return;
        }
        // One that has waited for longer goes: whoever is forgotten here is never closed.
        if let Some((earlier, _)) = self.leaving.replace((old, now + self.settings.call_within)) {
            self.farewell(&earlier);
        }
    }

    fn farewell(&mut self, connection: &Connection) {
        self.calls.link_gone(connection.id, "the connection was replaced");
        self.out.push_back(Output::Close(connection.id));
    }

    /// The new connection is given up; another one is tried later.
    pub(super) fn abandon(&mut self, now: Instant) {
        let Some(next) = self.next.take() else { return };
        self.out.push_back(Output::Close(next.id));
        self.joiner.abandon();
        self.vitals.rotations_failed += 1;
        self.rotate_not_before = Some(now + self.rotation_waits.next());
        self.is_stale = true;
    }

    /// Closes a connection that was replaced once nothing is to come over it any more.
    pub(super) fn dismiss(&mut self, now: Instant) {
        let calls = &self.calls;
        let done = self.leaving.take_if(|(connection, until)| *until <= now || !calls.waits_for(connection.id));
        if let Some((connection, _)) = done {
            self.farewell(&connection);
        }
    }

    /// When [`rotate`](Self::rotate) has to be looked at again.
    pub(super) fn rotation_wake(&self, now: Instant) -> Option<Instant> {
        let Some(next) = &self.next else { return self.rotation_due(now) };
        let live = next.live_since()?;
        if !next.subscriptions.settled() {
            // Its answers come in, or their time is over.
            return None;
        }
        match self.joiner.can_take_over() {
            true => Some(live + self.settings.settle),
            // What the old one sent waits to be read: its time begins when it is.
            false if self.is_blocked => None,
            false => Some(live + self.settings.drain),
        }
    }
}
