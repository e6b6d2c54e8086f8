//! What an option is worth to its makers: the model at a volatility that smiles.
//!
//! The one decision: the smile is a parabola in the logarithm of the strike over the price, the same for calls and puts, with a level that
//! wanders a little; so options of one expiry fit together.

use metaexpert_core::{OptionTerms, Price, UnixNanos, rounding::decimal_of};
use metaexpert_matching::options::{Conditions, value};

use super::super::random::Random;

/// The volatility at the money, how it bends away from there, how it leans, and how far it may go.
const LEVEL: f64 = 0.55;
const BEND: f64 = 0.25;
const LEAN: f64 = -0.06;
const BOUNDS: (f64, f64) = (0.2, 2.5);

/// An option's volatility.
#[derive(Debug)]
pub(super) struct Smile {
    terms: OptionTerms,
    level: f64,
}

impl Smile {
    pub(super) fn new(terms: OptionTerms, random: &mut Random) -> Self {
        Self { terms, level: LEVEL + 0.01 * random.normal() }
    }

    pub(super) fn pass(&mut self, seconds: f64, random: &mut Random) {
        let back = (seconds / 86_400.0).min(1.0);
        self.level += (LEVEL - self.level) * back + 1e-4 * random.normal() * seconds.min(60.0).sqrt();
    }

    pub(super) fn volatility(&self, underlying: f64, time: UnixNanos) -> f64 {
        let conditions = self.conditions(underlying, time);
        let years = conditions.map_or(0.0, |conditions| conditions.years).max(1.0 / 365.0);
        let strike = metaexpert_core::rounding::float_of(self.terms.strike.get());
        let away = libm::log(strike / underlying) / years.sqrt();
        (self.level + BEND * away * away + LEAN * away).clamp(BOUNDS.0, BOUNDS.1)
    }

    /// What one is worth, in quote currency; zero where the underlying has no price.
    pub(super) fn value(&self, underlying: f64, time: UnixNanos) -> f64 {
        let volatility = self.volatility(underlying, time);
        let worth = self.conditions(underlying, time).and_then(|conditions| value(&self.terms, &conditions, volatility).ok());
        worth.unwrap_or_default()
    }

    fn conditions(&self, underlying: f64, time: UnixNanos) -> Option<Conditions> {
        let index = decimal_of(underlying).and_then(Price::new)?;
        Some(Conditions::on_index(&self.terms, index, time))
    }
}
