//! How far a contract is from its underlying: a slow swing of days and a quick one of a minute around what its time to delivery is worth.
//!
//! The one decision: it is a fraction of the price that comes back to its middle (Ornstein and Uhlenbeck, stepped exactly), so that
//! it is the same however often it is looked at within a second.

use super::random::Random;

/// A swing around zero.
#[derive(Debug, Clone, Copy)]
struct Swing {
    seconds: f64,
    deviation: f64,
    now: f64,
}

impl Swing {
    fn pass(&mut self, seconds: f64, random: &mut Random) {
        let left = libm::exp(-seconds / self.seconds);
        self.now = self.now * left + self.deviation * (1.0 - left * left).sqrt() * random.normal();
    }
}

/// The distance of a contract from its underlying, a fraction.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    random: Random,
    slow: Swing,
    quick: Swing,
    /// What the quick swing was like of late: what a mark price knows of it.
    damped: f64,
    is_still: bool,
}

/// A year's carry of a dated contract, and a year in seconds.
const CARRY: f64 = 0.06;
const YEAR: f64 = 365.0 * 86_400.0;
/// Over how long the mark follows the market's distance from the index.
const DAMPING_SECONDS: f64 = 30.0;

impl Basis {
    /// A basis; one that stands still is always zero.
    pub(super) fn new(mut random: Random, is_still: bool) -> Self {
        let slow = Swing { seconds: 43_200.0, deviation: 5e-4, now: 3e-4 * random.normal() };
        let quick = Swing { seconds: 60.0, deviation: 5e-5, now: 0.0 };
        Self { random, slow, quick, damped: slow.now, is_still }
    }

    /// So many seconds pass.
    pub(super) fn pass(&mut self, seconds: f64) {
        self.slow.pass(seconds, &mut self.random);
        self.quick.pass(seconds, &mut self.random);
        let now = self.slow.now + self.quick.now;
        self.damped = now + (self.damped - now) * libm::exp(-seconds / DAMPING_SECONDS);
    }

    /// The market's distance, so many seconds before it is delivered; `None` for one that never is.
    pub(super) fn now(&self, seconds_left: Option<f64>) -> f64 {
        self.of(self.slow.now + self.quick.now, seconds_left)
    }

    /// The mark's distance.
    pub(super) fn damped(&self, seconds_left: Option<f64>) -> f64 {
        self.of(self.damped, seconds_left)
    }

    fn of(&self, swing: f64, seconds_left: Option<f64>) -> f64 {
        match seconds_left {
            _ if self.is_still => 0.0,
            // Towards delivery a contract comes to the index.
            Some(left) => CARRY * left.max(0.0) / YEAR + swing * (left / 86_400.0).clamp(0.0, 1.0),
            None => swing,
        }
    }
}
