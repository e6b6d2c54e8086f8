//! Connecting, losing, keeping alive.

use tokio::time::Instant;

use super::{Access, Machine, Output, Refusal, Role, Standing};
use crate::{
    credential::Lease,
    ws::{
        SessionEvent, StreamDialect,
        connection::{Connection, Need, Phase},
        topics::Verb,
    },
};

impl<D: StreamDialect> Machine<D> {
    /// Dials, unless there is no credential yet and one is needed.
    pub(super) fn connect(&mut self, now: Instant) {
        self.wait_until = None;
        self.rotate_not_before = None;
        if matches!(self.access, Access::Wanted) {
            return;
        }
        self.current = Some(self.dial(now));
    }

    pub(super) fn dial(&mut self, now: Instant) -> Connection {
        self.last_link += 1;
        let names: Vec<String> = self.topics.iter().map(|topic| topic.name.clone()).collect();
        let address = self.dialect.address(&names, self.access.secret());
        self.out.push_back(Output::Dial { link: self.last_link, address });
        let mut connection = Connection::new(self.last_link, self.access.generation(), self.dialect.limits(), now);
        if self.dialect.address_subscribes() {
            connection.subscriptions.begin_with(names.into_iter());
        } else {
            for name in &names {
                connection.subscriptions.ask(Verb::Add, name);
            }
        }
        connection
    }

    pub(super) fn on_opened(&mut self, link: u64, now: Instant) {
        let Some(role) = self.role(link) else {
            self.out.push_back(Output::Close(link));
            return;
        };
        if self.connection(role).is_some_and(|connection| connection.is_open()) {
            return;
        }
        let (early, limits) = (self.share(), *self.dialect.limits());
        let login = self.dialect.login_with(self.access.secret());
        let until = now + self.settings.answer_within;
        let Some(connection) = self.connection(role) else { return };
        connection.opened(&limits, early, now);
        match login {
            None => self.on_logged_in(role, now),
            Some(text) => {
                connection.phase = Phase::LoggingIn { until };
                connection.pace.count(now);
                self.out.push_back(Output::Send { link, text });
            }
        }
    }

    pub(super) fn on_logged_in(&mut self, role: Role, now: Instant) {
        if let Some(connection) = self.connection(role) {
            connection.phase = Phase::Subscribing;
        }
        if role == Role::Current {
            self.now_connected(now);
        }
        self.is_stale = true;
    }

    /// The current connection is open and logged in.
    fn now_connected(&mut self, now: Instant) {
        self.standing = Standing::Connected;
        self.vitals.epoch += 1;
        self.heartbeats.values_mut().for_each(|heartbeat| heartbeat.heard = now);
        self.tell(SessionEvent::Connected { epoch: self.vitals.epoch });
    }

    /// The current connection has all topics, the one that connected or the one that took over from it before it had them.
    pub(super) fn now_subscribed(&mut self) {
        if self.standing == Standing::Connected {
            self.standing = Standing::Subscribed;
            self.tell(SessionEvent::Subscribed);
        }
    }

    pub(super) fn on_login_refused(&mut self, role: Role, why: String, now: Instant) {
        self.is_stale = true;
        let Some(connection) = self.connection(role) else { return };
        let generation = connection.generation;
        self.refuse_credential(generation);
        self.tell(SessionEvent::LoginRefused { why });
        match role {
            Role::Current => self.cut("the login was refused", now),
            Role::Next => self.abandon(now),
            Role::Leaving => {}
        }
    }

    pub(super) fn on_gone(&mut self, link: u64, why: &str, refusal: Option<Refusal>, now: Instant) {
        let Some(role) = self.role(link) else { return };
        let generation = self.connection(role).map_or(0, |connection| connection.generation);
        match role {
            Role::Current => self.lose(why, now),
            Role::Next => self.abandon(now),
            Role::Leaving => {
                self.calls.link_gone(link, why);
                self.leaving = None;
            }
        }
        match refusal {
            None => {}
            Some(Refusal::Access) => self.refuse_credential(generation),
            Some(Refusal::Later(wait)) => {
                // Whoever comes too early is kept out for longer.
                let earliest = now + wait;
                for time in [&mut self.wait_until, &mut self.rotate_not_before].into_iter().flatten() {
                    *time = earliest.max(*time);
                }
            }
        }
    }

    /// A credential is no longer good: nothing is opened with it again.
    pub(super) fn refuse_credential(&mut self, generation: u64) {
        self.is_stale = true;
        if matches!(&self.access, Access::Held(lease) if lease.generation == generation) {
            self.access = Access::Wanted;
            self.out.push_back(Output::CredentialRefused(generation));
        }
    }

    /// The current connection is given up.
    fn cut(&mut self, why: &str, now: Instant) {
        if let Some(connection) = &self.current {
            self.out.push_back(Output::Close(connection.id));
        }
        self.lose(why, now);
    }

    /// The current connection is no more. One that was being made ready goes with it: where it began is known only once it has
    /// taken over, and what it repeats could not be told from a snapshot.
    fn lose(&mut self, why: &str, now: Instant) {
        let Some(lost) = self.current.take() else { return };
        self.calls.link_gone(lost.id, why);
        self.fall_apart(&lost, why, now);
    }

    /// Nothing more comes over a connection that is open. To let another one take over without a word would hide what happens
    /// until then.
    pub(super) fn on_ended(&mut self, role: Role, why: &str, now: Instant) {
        self.is_stale = true;
        match role {
            Role::Current => {
                let Some(ended) = self.current.take() else { return };
                self.fall_apart(&ended, why, now);
                self.retire(ended, now);
            }
            Role::Next => self.abandon(now),
            Role::Leaving => {}
        }
    }

    /// Tells that the current connection is no more, and has another one made.
    fn fall_apart(&mut self, lost: &Connection, why: &str, now: Instant) {
        self.refuse_queued(why);
        if lost.live_since().is_some_and(|since| now >= since + self.settings.stable_after) {
            self.waits.reset();
        }
        let wait = self.waits.next();
        let before = std::mem::replace(&mut self.standing, Standing::Apart);
        if matches!(before, Standing::Connected | Standing::Subscribed) {
            self.tell(SessionEvent::Lost { why: why.to_owned() });
            if matches!(&self.access, Access::Held(lease) if lease.generation == lost.generation) {
                self.out.push_back(Output::CredentialDoubted(lost.generation));
            }
        } else {
            self.tell(SessionEvent::NotConnected { attempt: self.waits.attempt(), why: why.to_owned() });
        }
        self.rotate_not_before = None;
        self.joiner.lost();
        self.out.extend(self.next.take().map(|next| Output::Close(next.id)));
        self.wait_until = Some(now + wait);
    }

    pub(super) fn on_pinged(&mut self, link: u64, now: Instant) {
        if let Some(connection) = self.role(link).and_then(|role| self.connection(role)) {
            connection.heard(now);
            // Its answer is a request like any other, for exchanges that count them.
            connection.pace.count(now);
        }
    }

    pub(super) fn on_ponged(&mut self, link: u64, now: Instant) {
        self.is_stale = true;
        let Some(connection) = self.role(link).and_then(|role| self.connection(role)) else { return };
        connection.heard(now);
        if let Some(latency) = connection.ponged(now) {
            self.vitals.latency = Some(latency);
        }
    }

    /// What was not read while the receiver was slow is no silence.
    pub(super) fn on_resumed(&mut self, now: Instant) {
        self.is_blocked = false;
        let settings = self.settings;
        for connection in [&mut self.current, &mut self.next].into_iter().flatten() {
            connection.excuse(&settings, now);
        }
        // What the old connection sent is only now compared with the new one's beginning.
        if let Some(Phase::Live { since }) = self.next.as_mut().map(|next| &mut next.phase) {
            *since = now;
        }
        self.heartbeats.values_mut().for_each(|heartbeat| heartbeat.heard = now);
    }

    /// Pings who is due, and gives up who is dead.
    pub(super) fn look_after(&mut self, now: Instant) {
        let limits = *self.dialect.limits();
        for role in [Role::Current, Role::Next] {
            let settings = self.settings;
            let Some(need) = self.connection(role).map(|connection| connection.need(&limits, &settings, now)) else { continue };
            match (need, role) {
                (Need::Nothing, _) => {}
                (Need::Ping, _) => self.ping(role, now),
                (Need::Replace(why), Role::Current) => self.cut(why, now),
                (Need::Replace(_), _) => self.abandon(now),
            }
        }
        if let Some(why) = self.silent_topic(now) {
            self.cut(&why, now);
        }
    }

    fn ping(&mut self, role: Role, now: Instant) {
        let text = self.dialect.ping();
        let Some(connection) = self.connection(role) else { return };
        connection.pace.count(now);
        connection.pinged(now);
        let link = connection.id;
        self.out.push_back(text.map_or(Output::Ping(link), |text| Output::Send { link, text }));
    }

    /// A credential came: the session moves to it.
    pub(super) fn on_lease(&mut self, lease: Lease, now: Instant) {
        let lapsed = lease.lapsed;
        self.access = Access::Held(lease);
        match &self.current {
            None if self.wait_until.is_none() => self.connect(now),
            // A connection that is not open yet is opened with a credential that is no longer good.
            Some(connection) if !connection.is_open() && connection.generation != self.access.generation() => {
                self.out.push_back(Output::Close(connection.id));
                self.connect(now);
            }
            // What the one before had opened may have been silent since it ended.
            Some(connection) if lapsed && connection.generation != self.access.generation() => {
                self.on_ended(Role::Current, "its credential ended before there was another", now);
            }
            None | Some(_) => {}
        }
        if self.next.as_ref().is_some_and(|next| next.generation != self.access.generation()) {
            self.abandon(now);
        }
    }

    pub(super) fn on_stop(&mut self) {
        self.standing = Standing::Over;
        let leaving = self.leaving.take().map(|(connection, _)| connection);
        for connection in [self.current.take(), self.next.take(), leaving].into_iter().flatten() {
            self.calls.link_gone(connection.id, "the session was stopped");
            self.out.push_back(Output::Close(connection.id));
        }
        self.refuse_queued("the session was stopped");
        self.wake = None;
    }
}
