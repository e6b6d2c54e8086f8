//! A queue in which a cancellation may have been ahead of us, with a probability.
//!
//! The one decision: the probability depends on nothing but how much stands ahead and how much behind, and the *expected* part
//! is taken off ahead rather than a drawn one, so that there is no random source and a run repeats. The idea, and the
//! logarithm, are from E. Rigtorp, "Estimating order queue position" (2013); the powers are hftbacktest's, whose manual
//! ("Order Fill", "Probability Queue Position Model") compares them. Neither is fitted to a market: the exponent is to be
//! chosen so that fills in a backtest come as often as fills of a live run do.

use super::{Place, QueueModel};

/// Of what is cancelled, `f(ahead) / (f(ahead) + f(behind))` was ahead of us.
///
/// With [`power(1)`](Self::power) everybody cancels alike. The higher the power, the more the longer side of us cancels, which
/// lets an order at the end of a queue move up fast and one near the front hardly at all. With [`logarithm`](Self::logarithm)
/// both sides cancel nearly alike whatever their lengths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probability(Weight);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Weight {
    Power(f64),
    Logarithm,
}

/// An exponent with which no probability can be computed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the exponent {exponent} of a queue's probability is out of range; it must be above 0 and at most {MOST}, 3 is usual")]
pub struct BadExponent {
    exponent: f64,
}

/// Beyond it the longer side cancels everything and the shorter nothing, which no higher exponent makes truer.
const MOST: f64 = 100.0;

impl Probability {
    /// `f(x) = x^exponent`.
    ///
    /// # Errors
    /// If the exponent is not above 0 and at most 100.
    pub fn power(exponent: f64) -> Result<Self, BadExponent> {
        if exponent > 0.0 && exponent <= MOST { Ok(Self(Weight::Power(exponent))) } else { Err(BadExponent { exponent }) }
    }

    /// `f(x) = ln(1 + x)`. It depends on the unit of quantities: below one unit it is nearly `power(1)`.
    pub const fn logarithm() -> Self {
        Self(Weight::Logarithm)
    }

    /// How likely a cancellation was ahead; `ahead` is above zero.
    fn ahead(self, ahead: f64, behind: f64) -> f64 {
        match self.0 {
            Weight::Power(exponent) => 1.0 / (1.0 + libm::pow(behind / ahead, exponent)),
            Weight::Logarithm => libm::log1p(ahead) / (libm::log1p(ahead) + libm::log1p(behind)),
        }
    }
}

impl QueueModel for Probability {
    type Position = Place;

    #[inline]
    fn joined(&self, ahead: f64) -> Place {
        Place::behind(ahead)
    }

    #[inline]
    fn traded(&self, position: &mut Place, quantity: f64) {
        position.trade(quantity);
    }

    fn changed(&self, position: &mut Place, before: f64, after: f64) {
        let after = after.max(0.0);
        // What the trades left; the rest of the difference is cancellations, or orders that joined, and those join behind.
        let left = (before - std::mem::take(&mut position.unseen)).max(0.0);
        let cancelled = left - after;
        if cancelled > 0.0 && position.ahead > 0.0 {
            let behind = (left - position.ahead).max(0.0);
            position.ahead = (position.ahead - cancelled * self.ahead(position.ahead, behind)).max(0.0);
        }
        // More cannot have been cancelled behind than stood there: the rest was ahead.
        position.ahead = position.ahead.min(after);
    }

    #[inline]
    fn executable(&self, position: &mut Place) -> f64 {
        position.take_reached()
    }
}
