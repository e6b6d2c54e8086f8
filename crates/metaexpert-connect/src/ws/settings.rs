//! Times and bounds of a session, with the reasons for what they are.

use std::time::Duration;

use super::Backoff;

/// Times and bounds of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// For TCP, proxy, TLS and handshake together.
    pub connect_within: Duration,
    /// For the answer to a login or a subscription.
    pub answer_within: Duration,
    /// For the answer to a call.
    pub call_within: Duration,
    /// For the goodbye of a connection that is closed.
    pub close_within: Duration,
    /// Waits between attempts to connect.
    pub backoff: Backoff,
    /// How long a connection has to live before the next failure counts as the first.
    pub stable_after: Duration,
    /// How long both connections are heard at least when one takes over, for events of quiet streams that are still on their way.
    pub settle: Duration,
    /// How long they are at most. Then the new one is given up, and another tried later.
    pub drain: Duration,
    /// Most frames of the new connection that are held back until it takes over.
    pub held: usize,
    /// Most events that wait for a slow receiver: once in the channel, and once before it. Then the socket waits, too.
    pub buffer: usize,
    /// Longest message in bytes. A longer one cuts the connection.
    pub longest_message: usize,
}

impl Settings {
    /// What suits an exchange on the internet.
    pub const fn usual() -> Self {
        Self {
            connect_within: Duration::from_secs(10),
            answer_within: Duration::from_secs(10),
            call_within: Duration::from_secs(10),
            close_within: Duration::from_secs(2),
            backoff: Backoff::usual(),
            // Twice the longest wait: a connection that is thrown out every minute does not count as a good one.
            stable_after: Duration::from_mins(2),
            // Several round trips around the world.
            settle: Duration::from_secs(1),
            drain: Duration::from_secs(10),
            // Five thousand frames a second, which a busy connection has, for the time of a drain.
            held: 50_000,
            // About a second of a busy connection.
            buffer: 4_096,
            // The largest list of all markets' tickers is below 2 MiB.
            longest_message: 16 << 20,
        }
    }
}
