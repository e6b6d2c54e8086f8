//! The life of a connection: pings and who does not answer them, messages that come too fast, the end after a day.
//!
//! The one decision: it is the same for streams and for the WebSocket API, with numbers that differ by product. It decides nothing
//! about what is said on the line.

use std::collections::VecDeque;

use bytes::Bytes;
use metaexpert_core::UnixNanos;

use super::address::Feed;
use crate::protocol::{Message, Outbox, SocketId};

/// What a product allows its connections.
#[derive(Debug, Clone, Copy)]
pub(in crate::binance) struct Allowance {
    /// How often the server pings, in nanoseconds.
    ping: i64,
    /// How long a ping may stay unanswered.
    pong: i64,
    /// How many messages a second the client may send; `None` where calls are counted by weight.
    messages: Option<usize>,
    /// How many streams a connection may have.
    pub streams: usize,
}

impl Allowance {
    /// Spot ("WebSocket Streams", WebSocket Limits, read 2026-11).
    pub(in crate::binance) const SPOT: Self = Self { ping: 20 * SECOND, pong: 60 * SECOND, messages: Some(5), streams: 1_024 };
    /// Futures, both kinds ("Websocket Market Streams", read at their state of 2026-01).
    pub(in crate::binance) const FUTURES: Self =
        Self { ping: 180 * SECOND, pong: 600 * SECOND, messages: Some(10), streams: 1_024 };

    /// That of a host. One without a name is let do what the most generous one allows.
    pub(super) const fn of(feed: Feed) -> Self {
        match feed {
            Feed::Spot | Feed::Margin => Self::SPOT,
            Feed::UsdM | Feed::CoinM | Feed::Any => Self::FUTURES,
        }
    }

    /// The same for a WebSocket API: what its calls may be is counted by weight.
    pub(in crate::binance) const fn for_calls(self) -> Self {
        Self { messages: None, ..self }
    }
}

const SECOND: i64 = 1_000_000_000;

/// "A single connection is only valid for 24 hours."
const DAY: i64 = 24 * 3_600 * SECOND;

/// A connection.
#[derive(Debug)]
pub(in crate::binance) struct Line {
    allowance: Allowance,
    /// When it was opened.
    pub since: UnixNanos,
    next_ping: UnixNanos,
    unanswered: Option<UnixNanos>,
    incoming: VecDeque<UnixNanos>,
    is_too_fast: bool,
    is_closed: bool,
}

impl Line {
    /// A connection that was opened.
    pub(in crate::binance) fn new(allowance: Allowance, now: UnixNanos) -> Self {
        let next_ping = now.saturating_add_nanos(allowance.ping);
        Self {
            allowance,
            since: now,
            next_ping,
            unanswered: None,
            incoming: VecDeque::new(),
            is_too_fast: false,
            is_closed: false,
        }
    }

    /// How many streams it may have.
    pub(super) const fn streams_at_most(&self) -> usize {
        self.allowance.streams
    }

    /// A message has come; whether it is one too many, in which case the connection ends.
    pub(in crate::binance) fn came(&mut self, now: UnixNanos) -> bool {
        let Some(at_most) = self.allowance.messages else { return false };
        while self.incoming.front().is_some_and(|first| now.nanos_since(*first) >= SECOND) {
            self.incoming.pop_front();
        }
        self.incoming.push_back(now);
        self.is_too_fast |= self.incoming.len() > at_most;
        self.is_too_fast
    }

    /// A ping was answered, which counts as a message.
    pub(in crate::binance) fn pong(&mut self, now: UnixNanos) {
        self.unanswered = None;
        self.came(now);
    }

    /// Time has passed: pings, or ends the connection. Returns whether it still is.
    pub(in crate::binance) fn tick(&mut self, socket: SocketId, now: UnixNanos, out: &mut Outbox) -> bool {
        if self.is_closed {
            return false;
        }
        if self.is_too_fast {
            return self.close(socket, "Too many requests", out);
        }
        if now.nanos_since(self.since) >= DAY {
            return self.close(socket, "Connection is valid for 24 hours", out);
        }
        if self.unanswered.is_some_and(|since| now.nanos_since(since) >= self.allowance.pong) {
            return self.close(socket, "Pong timeout", out);
        }
        if now >= self.next_ping {
            self.unanswered = self.unanswered.or(Some(now));
            self.next_ping = now.saturating_add_nanos(self.allowance.ping);
            let payload = now.as_nanos().div_euclid(1_000_000).to_string();
            out.push(socket, Message::Ping(Bytes::from(payload)));
        }
        true
    }

    /// Ends it. Returns `false`, as [`tick`](Self::tick) does of one that has ended.
    pub(in crate::binance) fn close(&mut self, socket: SocketId, why: &str, out: &mut Outbox) -> bool {
        if !self.is_closed {
            self.is_closed = true;
            out.push(socket, Message::Close(POLICY, why.to_owned()));
        }
        false
    }
}

/// "Policy violation" (RFC 6455, section 7.4.1): what the exchange closes with.
const POLICY: u16 = 1008;

#[cfg(test)]
mod tests {
    use super::*;

    const SOCKET: SocketId = SocketId(7);

    fn at(seconds: i64) -> UnixNanos {
        UnixNanos::from_nanos(seconds * SECOND)
    }

    fn sent(line: &mut Line, now: UnixNanos) -> Vec<Message> {
        let mut out = Outbox::default();
        line.tick(SOCKET, now, &mut out);
        out.take().into_iter().map(|(_, message)| message).collect()
    }

    #[test]
    fn who_does_not_answer_pings_for_a_minute_is_cut_off() {
        let mut line = Line::new(Allowance::SPOT, at(0));
        assert_eq!(sent(&mut line, at(19)), []);
        assert_eq!(sent(&mut line, at(20)), [Message::Ping(Bytes::from("20000"))]);
        line.pong(at(21));
        assert_eq!(sent(&mut line, at(40)).len(), 1);
        assert_eq!(sent(&mut line, at(79)).len(), 1, "pings go on");
        assert_eq!(sent(&mut line, at(100)), [Message::Close(1008, "Pong timeout".into())]);
        assert_eq!(sent(&mut line, at(200)), [], "it ends once");
    }

    #[test]
    fn the_sixth_message_of_a_second_is_one_too_many() {
        let mut line = Line::new(Allowance::SPOT, at(0));
        assert!((0..5).all(|_| !line.came(at(1))));
        assert!(!line.came(at(2)), "a second later it may speak again");
        assert!((0..4).all(|_| !line.came(at(2))));
        assert!(line.came(at(2)));
        assert_eq!(sent(&mut line, at(2)), [Message::Close(1008, "Too many requests".into())]);
    }

    #[test]
    fn a_connection_lives_for_a_day() {
        let mut line = Line::new(Allowance::FUTURES, at(0));
        for minutes in 1..(24 * 60) {
            sent(&mut line, at(minutes * 60));
            line.pong(at(minutes * 60));
        }
        assert_eq!(sent(&mut line, at(24 * 3_600)), [Message::Close(1008, "Connection is valid for 24 hours".into())]);
    }
}
