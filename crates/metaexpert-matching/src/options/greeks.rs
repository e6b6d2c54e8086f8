//! How an option's value moves with each thing that it depends on.
//!
//! The one decision: units are those of exchanges' screens, and each field says its own. The textbook's are theirs times 365
//! (theta) or 100 (vega, rho).

use metaexpert_core::{OptionTerms, Right};

use super::{
    Basis, Conditions, ModelError,
    black::{Moneyness, bell, normal},
};

/// What the value of one option on one unit of the underlying changes by, in quote currency, all else the same. For a
/// position they are multiplied by its quantity, and their signs turned for a sold one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Greeks {
    /// When the underlying's price rises by 1; from 0 to 1 for calls, from -1 to 0 for puts.
    pub delta: f64,
    /// Change of `delta` when the underlying's price rises by 1.
    pub gamma: f64,
    /// When the volatility rises by one point (from 60 % to 61 %).
    pub vega: f64,
    /// When a day passes.
    pub theta: f64,
    /// When the rate rises by one point (from 0 % to 1 %).
    pub rho: f64,
}

/// The greeks by the model. "The underlying's price" is that of [`Conditions::basis`].
///
/// Where nothing can change any more (expired, or no volatility) the delta is that of the payoff, one half just at the strike,
/// and gamma and vega are zero.
///
/// # Errors
/// If a number is no price, no time, no rate or no volatility.
pub fn greeks(terms: &OptionTerms, conditions: &Conditions, volatility: f64) -> Result<Greeks, ModelError> {
    let moneyness = Moneyness::of(terms, conditions, volatility)?;
    let Conditions { price, basis, years, rate } = *conditions;
    let discount = conditions.discount();
    let sign = match terms.right {
        Right::Call => 1.0,
        Right::Put => -1.0,
    };
    let odds = Odds::of(&moneyness, sign);
    // What the forward's value now moves by when the price does: an index has it in full, a forward is discounted.
    let carry = match basis {
        Basis::Index => 1.0,
        Basis::Forward => discount,
    };
    let (bought, paid) = (carry * price * odds.exercised, discount * moneyness.strike * odds.paid);
    let value = sign * (bought - paid);
    let decay = if years > 0.0 { -carry * price * odds.density * volatility / (2.0 * years.sqrt()) } else { 0.0 };
    let (interest, rho) = match basis {
        Basis::Index => (-sign * rate * paid, sign * years * paid),
        Basis::Forward => (rate * value, -years * value),
    };
    let gamma = if moneyness.deviation > 0.0 { carry * odds.density / (price * moneyness.deviation) } else { 0.0 };
    Ok(Greeks {
        delta: sign * carry * odds.exercised,
        gamma,
        vega: carry * price * odds.density * years.sqrt() / 100.0,
        theta: (decay + interest) / 365.0,
        rho: rho / 100.0,
    })
}

/// How likely exercise is, in the two measures of the model, and how fast that changes.
#[derive(Debug, Clone, Copy)]
struct Odds {
    /// N(d1) of a call, N(-d1) of a put.
    exercised: f64,
    /// N(d2) of a call, N(-d2) of a put.
    paid: f64,
    /// The density at d1.
    density: f64,
}

impl Odds {
    fn of(moneyness: &Moneyness, sign: f64) -> Self {
        if moneyness.deviation > 0.0 {
            let (d1, d2) = moneyness.d1_d2();
            return Self { exercised: normal(sign * d1), paid: normal(sign * d2), density: bell(d1) };
        }
        let gained = sign * (moneyness.forward - moneyness.strike);
        let certain = match gained.total_cmp(&0.0) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Greater => 1.0,
        };
        Self { exercised: certain, paid: certain, density: 0.0 }
    }
}
