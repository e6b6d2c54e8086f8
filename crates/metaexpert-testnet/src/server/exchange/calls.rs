//! Requests and their answers.
//!
//! The one decision: a request passes twice. It arrives, where faults may hold it back, and it is answered, whatever has become
//! of whoever sent it: an exchange does what it was asked, and only then finds nobody there.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::Exchange;
use crate::{
    audit::{Delivery, RequestLine, What, masked},
    faults::{Effect, Event, Over, Passing, Stage},
    protocol::{Reply, Request},
};

/// A request that has arrived and was not handled yet.
#[derive(Debug)]
pub struct Passage {
    /// When it is to be handled, counted from the exchange's beginning.
    pub due: Duration,
    pub(super) effect: Effect,
    pub(super) account: Option<String>,
}

/// An answer on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What is answered; empty where nothing is.
    pub reply: Reply,
    /// Whether it is sent, and how much of it.
    pub delivery: Delivery,
    /// When, counted from the exchange's beginning.
    pub due: Duration,
    /// The number of its line in the audit.
    pub number: u64,
}

impl Exchange {
    /// Answers a request at once, as if nobody had to wait for anything.
    pub fn call(&mut self, request: &Request) -> Answer {
        let passage = self.arrive(request, Over::Rest);
        self.answer(request, passage)
    }

    /// Lets a request arrive.
    pub fn arrive(&mut self, request: &Request, over: Over) -> Passage {
        self.catch_up();
        let account = self.whose(request);
        let effect = self.befall_request(Stage::Request, over, request, account.as_deref());
        Passage { due: self.course.now() + effect.delay, effect, account }
    }

    /// Does what a request asks for.
    pub fn answer(&mut self, request: &Request, passage: Passage) -> Answer {
        self.catch_up();
        let Passage { effect, account, .. } = passage;
        if effect.is_cut || effect.is_dropped || effect.is_half_open {
            let delivery = if effect.is_cut { Delivery::Cut } else { Delivery::Never };
            return self.unanswered(request, account, delivery, &effect);
        }
        if let Some(failure) = effect.failure {
            let reply = self.protocol.fail(request, failure, self.moment());
            return self.answered(request, account, reply, false, &effect);
        }
        let at = self.moment();
        let reply = self.protocol.call(&mut self.world, request, at);
        self.tell();
        let account = reply.account.map(|account| self.name_of(account)).or(account);
        let mut after = self.befall_request(Stage::Answer, Over::Rest, request, account.as_deref());
        self.put_down_faults(&after.struck, &what_of(request));
        let reply = match after.failure {
            Some(failure) => self.protocol.fail(request, failure, self.moment()),
            None => reply,
        };
        let events = std::mem::take(&mut after.events);
        // A restart takes the connection with it.
        after.is_cut |= events.iter().any(|event| matches!(event, Event::Restart { .. }));
        after.struck.extend(effect.struck);
        let answer = self.answered(request, account, reply, true, &after);
        for event in events {
            self.set_off(event, &crate::faults::Scope::default());
        }
        answer
    }

    /// Says that nobody was there any more to take an answer.
    pub fn nobody_took(&mut self, number: u64) {
        self.audit.nobody_took(number, self.moment());
    }

    /// Puts down a request that the server itself has answered, since no exchange was concerned.
    pub fn refuse(&mut self, request: &Request, status: StatusCode) -> Answer {
        self.catch_up();
        let reply = Reply { status, headers: HeaderMap::new(), body: Bytes::from_static(b"{}"), account: None };
        self.answered(request, None, reply, false, &Effect::default())
    }

    /// Whose key a request came with, where it is in a header as it is.
    pub(super) fn whose(&self, request: &Request) -> Option<String> {
        let key = |value: &http::HeaderValue| self.keys.iter().find(|key| key.key.as_bytes() == value.as_bytes());
        request.headers.values().find_map(key).map(|key| key.account.clone())
    }

    fn befall_request(&mut self, stage: Stage, over: Over, request: &Request, account: Option<&str>) -> Effect {
        if self.faults.rules().is_empty() {
            return Effect::default();
        }
        let body = String::from_utf8_lossy(&request.body);
        let effect = self.faults.befall(&Passing {
            stage,
            over,
            host: &request.host,
            method: request.method.as_str(),
            path: &request.path,
            account,
            topic: None,
            texts: [&request.query, &body],
            now: self.course.since(),
        });
        if stage == Stage::Request {
            self.put_down_faults(&effect.struck, &what_of(request));
        }
        effect
    }

    pub(super) fn unanswered(
        &mut self,
        request: &Request,
        account: Option<String>,
        delivery: Delivery,
        effect: &Effect,
    ) -> Answer {
        let reply = Reply { status: StatusCode::NO_CONTENT, headers: HeaderMap::new(), body: Bytes::new(), account: None };
        let number = self.put_down(request, account, &reply, false, delivery, effect);
        Answer { reply, delivery, due: self.course.now(), number }
    }

    pub(super) fn answered(
        &mut self,
        request: &Request,
        account: Option<String>,
        reply: Reply,
        is_handled: bool,
        effect: &Effect,
    ) -> Answer {
        let delivery = match effect {
            _ if !is_handled => Delivery::Whole,
            Effect { is_cut: true, .. } => Delivery::Cut,
            Effect { is_dropped: true, .. } | Effect { is_half_open: true, .. } => Delivery::Never,
            Effect { is_truncated: true, .. } => Delivery::Half,
            _ => Delivery::Whole,
        };
        let delay = if is_handled { effect.delay } else { Duration::ZERO };
        let number = self.put_down(request, account, &reply, is_handled, delivery, effect);
        Answer { reply, delivery, due: self.course.now() + delay, number }
    }

    fn put_down(
        &mut self,
        request: &Request,
        account: Option<String>,
        reply: &Reply,
        is_handled: bool,
        delivery: Delivery,
        effect: &Effect,
    ) -> u64 {
        let answer = String::from_utf8_lossy(&reply.body);
        let line = RequestLine {
            peer: request.peer,
            account,
            host: request.host.clone(),
            method: request.method.to_string(),
            path: request.path.clone(),
            query: masked(&request.query),
            body: masked(&String::from_utf8_lossy(&request.body)),
            is_handled,
            status: reply.status.as_u16(),
            code: code(reply),
            answer: masked(&answer),
            bytes: reply.body.len(),
            delivery,
            faults: effect.struck.iter().map(|(rule, _)| *rule).collect(),
        };
        self.audit.put(self.moment(), What::Request(line))
    }
}

fn what_of(request: &Request) -> String {
    format!("{} {}{}", request.method, request.host, request.path)
}

/// The code of an error, where the answer is one and has one.
fn code(reply: &Reply) -> Option<i64> {
    #[derive(serde::Deserialize)]
    struct Coded {
        code: i64,
    }
    if reply.status.is_success() {
        return None;
    }
    serde_json::from_slice::<Coded>(&reply.body).ok().map(|coded| coded.code)
}
