//! Topics and calls.

use std::{fmt::Write as _, time::Duration};

use tokio::time::Instant;

use super::{Machine, Output, Role};
use crate::ws::{
    SessionEvent, StreamDialect, Topic,
    calls::{Call, not_sent},
    connection::{Connection, Phase},
    topics::Verb,
};

/// Most calls that wait for a second with room: beyond it the caller has lost count, and has to be told.
const MOST_QUEUED: usize = 256;

/// A topic that has to be heard of.
pub(super) struct Heartbeat {
    topic: String,
    every: Duration,
    pub(super) heard: Instant,
}

impl<D: StreamDialect> Machine<D> {
    /// Remembers topics; gives the new ones.
    pub(super) fn want(&mut self, topics: Vec<Topic>, now: Instant) -> Vec<String> {
        let most = self.dialect.limits().topics;
        let mut new = Vec::new();
        for topic in topics {
            if self.topics.iter().any(|known| known.name == topic.name) {
                continue;
            }
            if self.topics.len() >= most {
                let why = format!("the connection is full: it has {most} topics");
                self.tell(SessionEvent::Refused { topic: topic.name, why });
                continue;
            }
            if let (Some(every), Some(stream)) = (topic.heartbeat, self.dialect.stream_of(&topic.name)) {
                let heartbeat = Heartbeat { topic: topic.name.clone(), every, heard: now };
                self.heartbeats.insert(stream, heartbeat);
            }
            new.push(topic.name.clone());
            self.topics.push(topic);
        }
        new
    }

    /// Forgets a topic. `false` if it was not wanted.
    fn forget(&mut self, topic: &str) -> bool {
        let before = self.topics.len();
        self.topics.retain(|known| known.name != topic);
        self.heartbeats.retain(|_, heartbeat| heartbeat.topic != topic);
        self.topics.len() < before
    }

    pub(super) fn on_subscribe(&mut self, topics: Vec<Topic>, now: Instant) {
        for topic in self.want(topics, now) {
            self.ask_all(Verb::Add, &topic);
        }
    }

    pub(super) fn on_unsubscribe(&mut self, topics: &[String]) {
        for topic in topics {
            if self.forget(topic) {
                self.ask_all(Verb::Remove, topic);
            }
        }
    }

    fn ask_all(&mut self, verb: Verb, topic: &str) {
        for connection in [&mut self.current, &mut self.next].into_iter().flatten() {
            // One that is only being dialled was given an address with the topics of that time.
            connection.subscriptions.ask(verb, topic);
        }
    }

    pub(super) fn on_acknowledged(&mut self, role: Role, id: u64, now: Instant) -> bool {
        let Some(connection) = self.connection(role) else { return false };
        let known = connection.subscriptions.acknowledged(id);
        // What is on its way over the old connection when the new one gets a topic has the same time to come as at the beginning.
        if let (true, Role::Next, Phase::Live { since }) = (known, role, &mut connection.phase) {
            *since = now;
        }
        self.is_stale |= known;
        known
    }

    /// A request was refused. `false` if it is none of the session's.
    pub(super) fn on_refused(&mut self, role: Role, id: u64, why: &str) -> bool {
        let Some(connection) = self.connection(role) else { return false };
        let Ok(refused) = connection.subscriptions.refused(id) else { return false };
        self.is_stale = true;
        if let Some(topic) = refused
            && self.forget(&topic)
        {
            self.tell(SessionEvent::Refused { topic, why: why.to_owned() });
        }
        true
    }

    pub(super) fn on_call(&mut self, call: Call, now: Instant) {
        let can_ask = self.current.as_ref().is_some_and(Connection::can_ask);
        if !can_ask {
            not_sent(call, "there is no connection");
        } else if self.calls.contains(&call.id) || self.queued.iter().any(|(queued, _)| queued.id == call.id) {
            not_sent(call, "a call of this number waits for its answer");
        } else if self.queued.len() >= MOST_QUEUED {
            not_sent(call, "too many calls wait for their second");
        } else {
            self.queued.push_back((call, now + self.settings.call_within));
        }
    }

    /// Calls that were not sent will not be.
    pub(super) fn refuse_queued(&mut self, why: &str) {
        self.queued.drain(..).for_each(|(call, _)| not_sent(call, why));
    }

    /// Sends what there is room for: calls first, then topics.
    pub(super) fn ask(&mut self, now: Instant) {
        for (link, id) in self.calls.expire(now, self.settings.call_within) {
            self.out.push_back(Output::Withdraw { link, id });
        }
        while self.queued.front().is_some_and(|(_, until)| *until <= now) {
            self.queued.pop_front().into_iter().for_each(|(call, _)| not_sent(call, "there was no room for it in its time"));
        }
        self.send_calls(now);
        self.send_topics(Role::Current, now);
        self.send_topics(Role::Next, now);
    }

    fn send_calls(&mut self, now: Instant) {
        let Some(connection) = self.current.as_mut().filter(|connection| connection.can_ask()) else { return };
        while !self.queued.is_empty() && connection.pace.take(now) {
            let Some((call, until)) = self.queued.pop_front() else { return };
            let (id, text) = self.calls.begin(call, connection.id, until);
            self.out.push_back(Output::SendCall { link: connection.id, id, text });
        }
    }

    fn send_topics(&mut self, role: Role, now: Instant) {
        let most = self.dialect.limits().topics_per_request;
        let connection = match role {
            Role::Current => self.current.as_mut(),
            Role::Next => self.next.as_mut(),
            Role::Leaving => None,
        };
        let Some(connection) = connection.filter(|connection| connection.can_ask()) else { return };
        while connection.subscriptions.is_waiting() && connection.pace.take(now) {
            let Some(request) = connection.subscriptions.batch(most) else { break };
            self.last_request += 1;
            let id = self.last_request;
            let text = match request.verb {
                Verb::Add => self.dialect.subscribe(id, &request.topics),
                Verb::Remove => self.dialect.unsubscribe(id, &request.topics),
            };
            connection.subscriptions.sent(id, request, now);
            self.out.push_back(Output::Send { link: connection.id, text });
        }
        if connection.phase == Phase::Subscribing && connection.subscriptions.settled() {
            connection.phase = Phase::Live { since: now };
            if role == Role::Current {
                self.heartbeats.values_mut().for_each(|heartbeat| heartbeat.heard = now);
                self.now_subscribed();
            }
        }
    }

    /// Which topic was silent for too long, in words.
    pub(super) fn silent_topic(&self, now: Instant) -> Option<String> {
        self.current.as_ref()?.live_since()?;
        let silent = self.heartbeats.values().find(|heartbeat| now >= heartbeat.heard + heartbeat.every)?;
        let mut why = String::new();
        write!(why, "{} was silent for {:?}", silent.topic, silent.every).ok()?;
        Some(why)
    }

    pub(super) fn heartbeat_wake(&self) -> Option<Instant> {
        self.current.as_ref()?.live_since()?;
        self.heartbeats.values().map(|heartbeat| heartbeat.heard + heartbeat.every).min()
    }
}
