//! What a connection was asked for, and what it has.
//!
//! The one decision: requests of a connection keep the order in which topics were added and removed, so that a topic that goes
//! and comes back ends up there.

use std::{collections::VecDeque, time::Duration};

use rustc_hash::{FxHashMap, FxHashSet};
use tokio::time::Instant;

/// Something to subscribe to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// As the exchange spells it.
    pub name: String,
    /// How often something is heard of it at least. Where it is silent for longer, the connection is taken for broken. It is watched
    /// where the dialect knows its [stream](super::StreamDialect::stream_of).
    pub heartbeat: Option<Duration>,
}

impl From<&str> for Topic {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), heartbeat: None }
    }
}

impl From<String> for Topic {
    fn from(name: String) -> Self {
        Self { name, heartbeat: None }
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Add,
    Remove,
}

/// A request that can be sent now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) verb: Verb,
    pub(crate) topics: Vec<String>,
}

/// What a connection was asked for, and what it has.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    queue: VecDeque<(Verb, String)>,
    /// Topics that have to go alone: one of their batch was refused, and nobody said which.
    alone: FxHashSet<String>,
    asked: FxHashMap<u64, (Request, Instant)>,
    have: FxHashSet<String>,
}

impl Subscriptions {
    /// The topics that the address brought.
    pub(crate) fn begin_with(&mut self, topics: impl Iterator<Item = String>) {
        self.have.extend(topics);
    }

    pub(crate) fn ask(&mut self, verb: Verb, topic: &str) {
        // What was not sent yet needs no undoing.
        let opposite = self.queue.iter().position(|(queued, name)| *queued != verb && name == topic);
        match opposite {
            Some(at) => drop(self.queue.remove(at)),
            None => self.queue.push_back((verb, topic.to_owned())),
        }
    }

    /// The next batch, at most `most` topics of one verb.
    pub(crate) fn batch(&mut self, most: usize) -> Option<Request> {
        let (verb, first) = self.queue.pop_front()?;
        let most = if self.alone.contains(&first) { 1 } else { most.max(1) };
        let mut topics = vec![first];
        while topics.len() < most {
            match self.queue.front() {
                Some((next, topic)) if *next == verb && !self.alone.contains(topic) => {
                    topics.extend(self.queue.pop_front().map(|(_, topic)| topic));
                }
                _ => break,
            }
        }
        Some(Request { verb, topics })
    }

    pub(crate) fn sent(&mut self, id: u64, request: Request, now: Instant) {
        self.asked.insert(id, (request, now));
    }

    /// A request was carried out. `false` if it is none of this connection's.
    pub(crate) fn acknowledged(&mut self, id: u64) -> bool {
        let Some((request, _)) = self.asked.remove(&id) else { return false };
        for topic in request.topics {
            self.alone.remove(&topic);
            match request.verb {
                Verb::Add => self.have.insert(topic),
                Verb::Remove => self.have.remove(&topic),
            };
        }
        true
    }

    /// A request was refused; `0` is the oldest one. Gives the topic that was refused for good, or nothing where several are
    /// asked for again one by one. `Err` if the request is none of this connection's.
    pub(crate) fn refused(&mut self, id: u64) -> Result<Option<String>, NotAsked> {
        let oldest = || self.asked.iter().min_by_key(|(id, (_, at))| (*at, **id)).map(|(id, _)| *id);
        let id = if id == 0 { oldest().ok_or(NotAsked)? } else { id };
        let (request, _) = self.asked.remove(&id).ok_or(NotAsked)?;
        let Request { verb, mut topics } = request;
        match (verb, topics.len()) {
            (Verb::Add, 1) => Ok(topics.pop()),
            (Verb::Add, _) => {
                for topic in topics.into_iter().rev() {
                    self.alone.insert(topic.clone());
                    self.queue.push_front((Verb::Add, topic));
                }
                Ok(None)
            }
            // A topic that cannot be ended was not there.
            (Verb::Remove, _) => {
                self.have.retain(|topic| !topics.contains(topic));
                Ok(None)
            }
        }
    }

    /// Whether nothing waits to be sent or answered.
    pub(crate) fn settled(&self) -> bool {
        self.queue.is_empty() && self.asked.is_empty()
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.queue.is_empty()
    }

    /// When the oldest request without an answer was sent.
    pub(crate) fn oldest_asked(&self) -> Option<Instant> {
        self.asked.values().map(|(_, at)| *at).min()
    }

    /// Answers could not be read for a while: their time begins anew.
    pub(crate) fn excuse(&mut self, now: Instant) {
        self.asked.values_mut().for_each(|(_, at)| *at = now);
    }

    #[cfg(test)]
    pub(crate) fn has(&self, topic: &str) -> bool {
        self.have.contains(topic)
    }
}

/// An answer to a request that this connection did not make.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotAsked;

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(topics: &[&str]) -> Subscriptions {
        let mut subscriptions = Subscriptions::default();
        for topic in topics {
            subscriptions.ask(Verb::Add, topic);
        }
        subscriptions
    }

    #[test]
    fn topics_go_in_batches_of_one_verb_and_in_order() {
        let mut subscriptions = asked(&["a", "b", "c"]);
        subscriptions.ask(Verb::Remove, "z");
        subscriptions.ask(Verb::Add, "d");
        let batches: Vec<_> = std::iter::from_fn(|| subscriptions.batch(2)).map(|request| request.topics.join(",")).collect();
        assert_eq!(batches, ["a,b", "c", "z", "d"]);
    }

    #[test]
    fn of_a_refused_batch_each_topic_is_asked_for_alone_and_only_the_bad_one_is_given_up() {
        let (mut subscriptions, now) = (asked(&["a", "bad", "c"]), Instant::now());
        let batch = subscriptions.batch(10).unwrap();
        subscriptions.sent(1, batch, now);
        assert_eq!(subscriptions.refused(1), Ok(None));
        subscriptions.ask(Verb::Add, "later");
        let mut refused = Vec::new();
        for id in 2..6 {
            let request = subscriptions.batch(10).unwrap();
            assert_eq!(request.topics.len(), 1);
            let is_bad = request.topics == ["bad"];
            subscriptions.sent(id, request, now);
            if is_bad {
                refused.extend(subscriptions.refused(0).unwrap());
            } else {
                assert!(subscriptions.acknowledged(id));
            }
        }
        assert_eq!(refused, ["bad"]);
        assert!(subscriptions.settled() && subscriptions.has("a") && subscriptions.has("c") && !subscriptions.has("bad"));
    }

    #[test]
    fn a_topic_that_is_taken_back_before_it_was_asked_for_is_never_asked_for() {
        let mut subscriptions = asked(&["a", "b"]);
        subscriptions.ask(Verb::Remove, "a");
        assert_eq!(subscriptions.batch(10).unwrap().topics, ["b"]);
        assert!(subscriptions.settled());
    }

    #[test]
    fn an_answer_to_nothing_is_told_apart() {
        let mut subscriptions = asked(&[]);
        assert!(!subscriptions.acknowledged(7));
        assert_eq!(subscriptions.refused(0), Err(NotAsked));
    }
}
