//! What one number of an order must meet, and the nearest number that meets it all.
//!
//! The one decision: a candidate is only named after it was held against every bound, so rounding can cost a suggestion and never make
//! a wrong one.

use metaexpert_core::rounding::{Round, is_above_zero, to_step};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Breach, Rule};

/// One demand, and the rule that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound {
    pub rule: Rule,
    pub demand: Demand,
}

/// What a number must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// Above zero.
    Positive,
    /// This or more.
    AtLeast(Decimal),
    /// This or less.
    AtMost(Decimal),
    /// `from` and a whole number of steps.
    OnStep { step: Decimal, from: Decimal },
    /// At so much apiece, worth this or more.
    WorthAtLeast { apiece: Decimal, min: Decimal },
    /// At so much apiece, worth this or less.
    WorthAtMost { apiece: Decimal, max: Decimal },
}

/// Decimals of quantities and prices: no asset of Binance has more than 8 ("baseAssetPrecision").
const DECIMALS: u32 = 8;

impl Demand {
    /// How `value` breaks it, if it does.
    fn breach(self, value: Decimal) -> Option<Breach> {
        // What is too large for a decimal is larger than every limit.
        let worth = |apiece: Decimal| value.checked_mul(apiece).unwrap_or(Decimal::MAX);
        match self {
            Self::Positive => (!is_above_zero(value)).then_some(Breach::NotPositive),
            Self::AtLeast(min) => (value < min).then_some(Breach::BelowMin(min)),
            Self::AtMost(max) => (value > max).then_some(Breach::AboveMax(max)),
            Self::OnStep { step, from } => {
                let rest = value.checked_sub(from).and_then(|way| way.checked_rem(step));
                let is_off = rest.is_none_or(|rest| !rest.is_zero());
                is_off.then_some(Breach::OffStep { step, from })
            }
            Self::WorthAtLeast { apiece, min } => {
                (worth(apiece) < min).then(|| Breach::WorthBelow { worth: worth(apiece).normalize(), min })
            }
            Self::WorthAtMost { apiece, max } => {
                (worth(apiece) > max).then(|| Breach::WorthAbove { worth: worth(apiece).normalize(), max })
            }
        }
    }

    /// What no number below meets.
    fn lower(self) -> Option<Decimal> {
        match self {
            Self::Positive => Some(Decimal::ZERO),
            Self::AtLeast(min) => Some(min),
            Self::WorthAtLeast { apiece, min } => quotient(min, apiece, RoundingStrategy::AwayFromZero),
            Self::AtMost(_) | Self::OnStep { .. } | Self::WorthAtMost { .. } => None,
        }
    }

    /// What no number above meets.
    fn upper(self) -> Option<Decimal> {
        match self {
            Self::AtMost(max) => Some(max),
            Self::WorthAtMost { apiece, max } => quotient(max, apiece, RoundingStrategy::ToZero),
            Self::Positive | Self::AtLeast(_) | Self::OnStep { .. } | Self::WorthAtLeast { .. } => None,
        }
    }
}

fn quotient(dividend: Decimal, divisor: Decimal, round: RoundingStrategy) -> Option<Decimal> {
    Some(dividend.checked_div(divisor)?.round_dp_with_strategy(DECIMALS, round))
}

/// The first rule that `value` breaks, how, and the nearest value that breaks none.
pub(super) fn judge(value: Decimal, bounds: &[Bound]) -> Result<(), (Rule, Breach, Option<Decimal>)> {
    let broken = bounds.iter().find_map(|bound| bound.demand.breach(value).map(|breach| (bound.rule, breach)));
    broken.map_or(Ok(()), |(rule, breach)| Err((rule, breach, nearest(value, bounds))))
}

/// The value nearest to `value` that meets all bounds; the smaller of two that are equally near.
fn nearest(value: Decimal, bounds: &[Bound]) -> Option<Decimal> {
    let low = bounds.iter().filter_map(|bound| bound.demand.lower()).max();
    let high = bounds.iter().filter_map(|bound| bound.demand.upper()).min();
    let mut within = value;
    within = low.map_or(within, |low| within.max(low));
    within = high.map_or(within, |high| within.min(high));
    let does = |candidate: &Decimal| bounds.iter().all(|bound| bound.demand.breach(*candidate).is_none());
    let candidates = match grid(bounds) {
        None => [within; 4],
        Some((step, from)) => {
            // Room for what is added below: beyond it no exchange trades anything.
            within.abs().max(step).max(from.abs()).checked_mul(Decimal::TEN)?;
            let below = from.checked_add(to_step(within.checked_sub(from)?, step, Round::Down))?;
            // One more on either side: a quotient was rounded, and zero is on every grid.
            [below.checked_sub(step)?, below, below.checked_add(step)?, below.checked_add(step + step)?]
        }
    };
    let distance = |candidate: &Decimal| candidate.checked_sub(value).map_or(Decimal::MAX, |way| way.abs());
    candidates.into_iter().filter(does).min_by_key(distance).map(|candidate| candidate.normalize())
}

/// The coarsest grid that lies on all steps.
fn grid(bounds: &[Bound]) -> Option<(Decimal, Decimal)> {
    let steps = bounds.iter().filter_map(|bound| match bound.demand {
        Demand::OnStep { step, from } => Some((step, from)),
        _ => None,
    });
    steps.reduce(|(one, from), (other, other_from)| {
        let common = common_multiple(one, other).unwrap_or(one);
        (common, if other > one { other_from } else { from })
    })
}

/// The least number that is a multiple of both.
fn common_multiple(one: Decimal, other: Decimal) -> Option<Decimal> {
    let (one, other) = (one.normalize(), other.normalize());
    let scale = one.scale().max(other.scale());
    let whole = |step: Decimal| 10_i128.checked_pow(scale - step.scale())?.checked_mul(step.mantissa());
    let (one, other) = (whole(one)?, whole(other)?);
    let (mut divisor, mut rest) = (one, other);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    Decimal::try_from_i128_with_scale(one.checked_div(divisor)?.checked_mul(other)?, scale).ok()
}

#[cfg(test)]
mod tests;
