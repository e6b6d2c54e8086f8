//! How long market data, orders and answers are on their way.
//!
//! Three ways are modelled apart, since they differ at every exchange: data from the exchange to us ([`feed`]), a request from
//! us to the exchange ([`order`]), and what it says back ([`answer`]). The one decision: a model gives a *length* for a time
//! and never orders anything; what is on its way waits in a [`Delayed`], one for each way, and there what was sent first
//! arrives first, as on one connection.
//!
//! | model | text | each way takes |
//! |---|---|---|
//! | [`NoLatency`] | `none` | nothing; costs nothing |
//! | [`Constant`] | `constant:5ms` or `constant:feed=1ms,order=5ms,answer=4ms` | always the same |
//! | [`Jittered`] | `jitter:5ms..20ms,seed=7` | something between two lengths, from a seed |
//! | [`Recorded`] | `file:PATH`, read by whoever may open files | what it took then, between two records in proportion |
//!
//! A choice made by text is a [`Latency`]; a choice made in code is the model's own type and costs no branch.
//! What is not modelled: requests that are lost, and a connection's own limit on requests.
//!
//! [`feed`]: LatencyModel::feed
//! [`order`]: LatencyModel::order
//! [`answer`]: LatencyModel::answer

mod constant; // always the same
mod delayed; // what is on its way
mod jittered; // from a seed
mod recorded; // as it was
mod text; // how users write it

use metaexpert_core::UnixNanos;

pub use constant::Constant;
pub use delayed::Delayed;
pub use jittered::Jittered;
pub use recorded::{LatencyRecord, Recorded};
pub use text::{BadLatency, Latency};

/// How long each way takes, in nanoseconds; never less than zero.
///
/// A model may change as it is asked (a random one does), so each thing that is sent is asked for once.
pub trait LatencyModel {
    /// Whether nothing ever takes time, so that nothing has to be kept waiting.
    const INSTANT: bool = false;

    /// From the exchange to us, for data that is `at` the exchange then.
    fn feed(&mut self, at: UnixNanos) -> i64;

    /// From us to the exchange, for a request that is sent then.
    fn order(&mut self, at: UnixNanos) -> i64;

    /// From the exchange to us, for an answer that is given then.
    fn answer(&mut self, at: UnixNanos) -> i64;
}

/// Everything is known where it happens, at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoLatency;

impl LatencyModel for NoLatency {
    const INSTANT: bool = true;

    #[inline]
    fn feed(&mut self, _: UnixNanos) -> i64 {
        0
    }

    #[inline]
    fn order(&mut self, _: UnixNanos) -> i64 {
        0
    }

    #[inline]
    fn answer(&mut self, _: UnixNanos) -> i64 {
        0
    }
}

#[cfg(test)]
mod tests;
