//! Each way takes something between two lengths, drawn from a seed.
//!
//! The one decision: each way has a stream of random numbers of its own, so that an order more does not change when data
//! arrives. The generator is a published one (xoshiro256++, seeded by `SplitMix64`), whose numbers do not change with the
//! machine or a new version. All lengths between the two are equally likely: what the tail of a real connection looks like is
//! for [`Recorded`](super::Recorded) to say.

use std::time::Duration;

use metaexpert_core::UnixNanos;
use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};

use super::{BadLatency, LatencyModel, text::nanos_of};

/// Lengths from a seed: the same seed, the same lengths, in the order in which they are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jittered {
    low: i64,
    /// How many lengths there are to choose from.
    choices: u64,
    feed: Xoshiro256PlusPlus,
    order: Xoshiro256PlusPlus,
    answer: Xoshiro256PlusPlus,
}

impl Jittered {
    /// Lengths from `low` to `high`, both included.
    ///
    /// # Errors
    /// If `low` is above `high`, or `high` longer than a minute.
    pub fn new(low: Duration, high: Duration, seed: u64) -> Result<Self, BadLatency> {
        if low > high {
            return Err(BadLatency::Crossed { low, high });
        }
        let (low, high) = (nanos_of(low)?, nanos_of(high)?);
        let mut feed = Xoshiro256PlusPlus::seed_from_u64(seed);
        let order = apart(&mut feed);
        let answer = apart(&mut feed);
        Ok(Self { low, choices: high.abs_diff(low) + 1, feed, order, answer })
    }
}

/// A copy of the stream as it is; the stream itself goes 2^128 numbers on, so that the two never meet.
fn apart(stream: &mut Xoshiro256PlusPlus) -> Xoshiro256PlusPlus {
    let copy = stream.clone();
    stream.jump();
    copy
}

/// One of the lengths. Multiplied rather than divided: the bias is below `choices / 2^64`, which is nothing for a minute.
fn draw(stream: &mut Xoshiro256PlusPlus, low: i64, choices: u64) -> i64 {
    let drawn = (u128::from(stream.next_u64()) * u128::from(choices)) >> 64;
    low.saturating_add(i64::try_from(drawn).unwrap_or(i64::MAX))
}

impl LatencyModel for Jittered {
    fn feed(&mut self, _: UnixNanos) -> i64 {
        draw(&mut self.feed, self.low, self.choices)
    }

    fn order(&mut self, _: UnixNanos) -> i64 {
        draw(&mut self.order, self.low, self.choices)
    }

    fn answer(&mut self, _: UnixNanos) -> i64 {
        draw(&mut self.answer, self.low, self.choices)
    }
}
