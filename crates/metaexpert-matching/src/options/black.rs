//! Black's formula, and what it is given.
//!
//! The one decision: what is out of the money is computed, and what is in the money is that plus what exercise would pay
//! (put-call parity), so that a premium never falls below its intrinsic value by rounding. The normal distribution comes from
//! `libm`, which gives the same bits on every machine.

use std::f64::consts::SQRT_2;

use metaexpert_core::{OptionTerms, Price, Right, UnixNanos, rounding::float_of};

/// Nanoseconds of the year that rates and volatilities are of: 365 days, as all three exchanges have it.
const YEAR_NANOS: f64 = 365.0 * 86_400e9;

/// Which price of the underlying is known, and is held still while the rate moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The price now. What it is worth at expiry is the price grown by the rate.
    Index,
    /// The price for delivery at expiry: that of a future, or one derived from options by parity.
    Forward,
}

/// What the model knows of the world at one moment, the volatility aside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// The underlying's price, in quote currency; above zero.
    pub price: f64,
    /// What that is the price of.
    pub basis: Basis,
    /// Time to expiry, in years of 365 days; zero or more.
    pub years: f64,
    /// Interest, a year, compounded continuously; 0.05 is 5 %.
    pub rate: f64,
}

impl Conditions {
    /// On the index, without interest: how Binance values options.
    pub fn on_index(terms: &OptionTerms, index: Price, now: UnixNanos) -> Self {
        Self { price: float_of(index.get()), basis: Basis::Index, years: years_left(terms, now), rate: 0.0 }
    }

    /// On a future of the same expiry, without interest: how Deribit and OKX value options.
    pub fn on_forward(terms: &OptionTerms, forward: Price, now: UnixNanos) -> Self {
        Self { basis: Basis::Forward, ..Self::on_index(terms, forward, now) }
    }

    /// The same with interest: so much a year, compounded continuously; 0.05 is 5 %.
    #[must_use]
    pub const fn with_rate(self, rate: f64) -> Self {
        Self { rate, ..self }
    }

    /// What one unit of quote currency at expiry is worth now.
    pub(super) fn discount(&self) -> f64 {
        libm::exp(-self.rate * self.years)
    }

    /// The price for delivery at expiry.
    pub(super) fn forward(&self) -> f64 {
        match self.basis {
            Basis::Index => self.price * libm::exp(self.rate * self.years),
            Basis::Forward => self.price,
        }
    }

    pub(super) fn check(&self) -> Result<(), ModelError> {
        let above_zero = |number: f64| number.is_finite() && number > 0.0;
        if !above_zero(self.price) {
            return Err(ModelError::Price { price: self.price });
        }
        if !(self.years.is_finite() && self.years >= 0.0) {
            return Err(ModelError::Years { years: self.years });
        }
        if !(above_zero(self.discount()) && above_zero(self.forward())) {
            return Err(ModelError::Rate { rate: self.rate });
        }
        Ok(())
    }
}

/// Why the model has no answer. It never answers with a number that is none.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// The price is no price.
    #[error("the underlying's price {price} is out of range; it must be above 0")]
    Price {
        /// What was given.
        price: f64,
    },
    /// The time is none.
    #[error("{years} years to expiry are out of range; there must be 0 or more")]
    Years {
        /// What was given.
        years: f64,
    },
    /// The rate leaves nothing finite.
    #[error("the rate {rate} is out of range; 0.05 is 5 % a year")]
    Rate {
        /// What was given.
        rate: f64,
    },
    /// The volatility is none.
    #[error("the volatility {volatility} is out of range; it must be 0 or more, 0.6 is 60 % a year")]
    Volatility {
        /// What was given.
        volatility: f64,
    },
    /// An expired option is worth its payoff whatever the volatility.
    #[error("the option has expired, so its premium {premium} says nothing of volatility")]
    Expired {
        /// What was given.
        premium: f64,
    },
    /// The premium could be had for nothing by whoever buys and exercises.
    #[error("the premium {premium} must be above {intrinsic}, which the option is worth without any volatility")]
    BelowIntrinsic {
        /// What was given.
        premium: f64,
        /// What is the least.
        intrinsic: f64,
    },
    /// The premium is more than what the option can ever bring.
    #[error("the premium {premium} must be below {bound}, which the option is worth at any volatility at most")]
    AboveBound {
        /// What was given.
        premium: f64,
        /// What is the most.
        bound: f64,
    },
}

/// What the option is worth, in quote currency for one unit of the underlying. `volatility` is a year's; 0.6 is 60 %.
///
/// After expiry, and without volatility, it is what exercise at the forward would pay, discounted.
///
/// # Errors
/// If a number is no price, no time, no rate or no volatility.
pub fn value(terms: &OptionTerms, conditions: &Conditions, volatility: f64) -> Result<f64, ModelError> {
    let moneyness = Moneyness::of(terms, conditions, volatility)?;
    Ok(conditions.discount() * (moneyness.intrinsic(terms.right) + moneyness.time_value()))
}

/// Strike, forward and what may happen between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moneyness {
    pub forward: f64,
    pub strike: f64,
    /// Standard deviation of the logarithm of the price at expiry.
    pub deviation: f64,
}

impl Moneyness {
    pub(super) fn of(terms: &OptionTerms, conditions: &Conditions, volatility: f64) -> Result<Self, ModelError> {
        conditions.check()?;
        if !(volatility.is_finite() && volatility >= 0.0) {
            return Err(ModelError::Volatility { volatility });
        }
        let deviation = volatility * conditions.years.sqrt();
        Ok(Self { forward: conditions.forward(), strike: float_of(terms.strike.get()), deviation })
    }

    /// What exercise at the forward would pay at expiry.
    pub(super) fn intrinsic(&self, right: Right) -> f64 {
        match right {
            Right::Call => (self.forward - self.strike).max(0.0),
            Right::Put => (self.strike - self.forward).max(0.0),
        }
    }

    /// The most that the time value can be: a call is never worth more than the underlying, a put than the strike.
    pub(super) const fn most(&self) -> f64 {
        self.forward.min(self.strike)
    }

    /// Of calls and puts alike, what is paid for what may yet happen: the value of the one that is out of the money.
    pub(super) fn time_value(&self) -> f64 {
        if self.deviation <= 0.0 {
            return 0.0;
        }
        let (d1, d2) = self.d1_d2();
        // N(d1) - N(d2), which both formulas have; near the money by erf, which keeps the digits of small differences.
        let spread = |one: f64, other: f64| {
            if one.abs().max(other.abs()) < 0.5 {
                0.5 * (libm::erf(one / SQRT_2) - libm::erf(other / SQRT_2))
            } else {
                normal(one) - normal(other)
            }
        };
        let value = if self.forward <= self.strike {
            self.forward * spread(d1, d2) - (self.strike - self.forward) * normal(d2)
        } else {
            self.strike * spread(-d2, -d1) - (self.forward - self.strike) * normal(-d1)
        };
        value.clamp(0.0, self.most())
    }

    /// The two of the literature; `deviation` is above zero.
    pub(super) fn d1_d2(&self) -> (f64, f64) {
        let d1 = libm::log(self.forward / self.strike) / self.deviation + self.deviation / 2.0;
        (d1, d1 - self.deviation)
    }
}

/// The normal distribution: how likely a number below `x` is. By the error function's complement, which keeps the tail.
pub(super) fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// The density of the normal distribution.
pub(super) fn bell(x: f64) -> f64 {
    const SQRT_TAU: f64 = 2.506_628_274_631_000_5;
    libm::exp(-x * x / 2.0) / SQRT_TAU
}

#[expect(clippy::cast_precision_loss, reason = "nanoseconds of a few years, and a model's time")]
fn years_left(terms: &OptionTerms, now: UnixNanos) -> f64 {
    terms.expiry.nanos_since(now).max(0) as f64 / YEAR_NANOS
}
