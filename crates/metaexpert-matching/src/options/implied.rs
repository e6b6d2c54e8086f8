//! The volatility at which the model gives a premium.
//!
//! The one decision: a premium outside what any volatility can give is an error with the bound that it breaks, never a
//! number. Within the bounds the value rises with the volatility, so there is exactly one answer; Newton's method looks for it
//! between two volatilities that hold it, and halves what is between them whenever a step would leave it. Newton begins where
//! the value's curve has its inflection (S. Manaster, G. Koehler, "The Calculation of Implied Variances from the Black-Scholes
//! Model", 1982), from where it cannot run away, and goes by logarithms for premiums below that, which may be tiny.

use metaexpert_core::OptionTerms;

use super::{
    Conditions, ModelError,
    black::{Moneyness, bell},
};

/// A halving gains a bit, and what is looked for has 53 and an exponent; Newton needs less than ten as a rule.
const STEPS: usize = 200;

/// The volatility, a year (0.6 is 60 %), at which [`value`](super::value) is `premium`.
///
/// It is as exact as the premium allows. Deep in the money nearly all of the premium is intrinsic, and what is left of its
/// digits is all there is to go by.
///
/// # Errors
/// If the premium is not above the intrinsic value or not below what the option can bring at most, if the option has expired,
/// or if a number is no price, no time or no rate.
pub fn implied_volatility(terms: &OptionTerms, conditions: &Conditions, premium: f64) -> Result<f64, ModelError> {
    let certain = Moneyness::of(terms, conditions, 0.0)?;
    if conditions.years <= 0.0 {
        return Err(ModelError::Expired { premium });
    }
    let discount = conditions.discount();
    let intrinsic = certain.intrinsic(terms.right);
    let time_value = premium / discount - intrinsic;
    if premium.is_nan() || time_value <= 0.0 {
        return Err(ModelError::BelowIntrinsic { premium, intrinsic: intrinsic * discount });
    }
    if time_value >= certain.most() {
        return Err(ModelError::AboveBound { premium, bound: (intrinsic + certain.most()) * discount });
    }
    Ok(deviation(certain, time_value) / conditions.years.sqrt())
}

/// The standard deviation at which the time value is `target`, which is above zero and below the most.
fn deviation(certain: Moneyness, target: f64) -> f64 {
    let at = |deviation| Moneyness { deviation, ..certain };
    let value = |deviation| at(deviation).time_value();
    let inflection = (2.0 * libm::log(certain.forward / certain.strike).abs()).sqrt().max(f64::EPSILON);
    let by_logarithm = target < value(inflection);
    let (mut low, mut high) = bracket(inflection, target, value);
    let mut guess = inflection.clamp(low, high);
    for _ in 0..STEPS {
        let reached = value(guess);
        if reached < target {
            low = guess;
        } else {
            high = guess;
        }
        let slope = certain.forward * bell(at(guess).d1_d2().0);
        let step = if by_logarithm { libm::log(reached / target) * reached / slope } else { (reached - target) / slope };
        let newton = guess - step;
        let next = if low < newton && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - guess).abs() <= f64::EPSILON * guess {
            return next;
        }
        guess = next;
    }
    guess
}

/// Two deviations between which the answer is, from a first guess outwards.
fn bracket(guess: f64, target: f64, value: impl Fn(f64) -> f64) -> (f64, f64) {
    // One is a volatility of 100 % over a year: most answers are below.
    let (mut low, mut high) = (guess, guess.max(1.0));
    // Ends: at a deviation of some thirty the time value is the most by rounding, which is above the target.
    while value(high) < target {
        high *= 2.0;
    }
    // Ends: it underflows to zero, which is below the target.
    while value(low) >= target {
        low /= 2.0;
    }
    (low, high)
}
