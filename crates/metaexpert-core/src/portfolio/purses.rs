//! Balances in other currencies than the main one, and what they are worth in it.
//!
//! The one decision: a currency is worth what a traded instrument says, at its last price. Where none links it to the main
//! currency, the account is refused before the first event, rather than added up wrongly.

use rust_decimal::Decimal;

use super::Holding;
use crate::{Currency, Instrument, Instruments, rounding::decimal_of};

/// A balance in a currency that is not the main one.
#[derive(Debug, Clone)]
pub(super) struct Purse {
    pub currency: Currency,
    pub balance: Decimal,
    /// The way to the main currency: one instrument, or two with a currency between them. Empty where there is none.
    way: [Option<Link>; 2],
}

/// An instrument whose last price says what a currency is worth in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// The first one is the instrument's base, the other its quote.
    Times(usize),
    /// The other way about.
    Divided(usize),
}

/// Why an account cannot be added up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{currency}: nothing says what it is worth in {main}; add an instrument between the two, such as {currency}{main}, \
     or trade only what is settled in {main}"
)]
pub struct Unvalued {
    /// What has no known worth.
    pub currency: Currency,
    /// In what.
    pub main: Currency,
}

impl Purse {
    /// An empty purse that can be valued.
    pub(super) fn new(currency: &Currency, main: &Currency, instruments: &Instruments) -> Result<Self, Unvalued> {
        let unvalued = || Unvalued { currency: currency.clone(), main: main.clone() };
        let way = way(currency, main, instruments).ok_or_else(unvalued)?;
        Ok(Self { currency: currency.clone(), balance: Decimal::ZERO, way })
    }

    /// A purse of a currency that nobody has named before the first event. It counts, and is worth nothing in another currency.
    pub(super) fn unforeseen(currency: &Currency) -> Self {
        Self { currency: currency.clone(), balance: Decimal::ZERO, way: [None; 2] }
    }

    /// What one unit is worth in the main currency; `None` before the first price.
    pub(super) fn rate(&self, holdings: &[Holding]) -> Option<Decimal> {
        let [Some(first), then] = self.way else { return None };
        let rate = first.rate(holdings)?;
        then.map_or(Some(rate), |then| Some(rate * then.rate(holdings)?))
    }

    /// [`rate`](Self::rate) as a float; zero before the first price.
    pub(super) fn approximate_rate(&self, holdings: &[Holding]) -> f64 {
        let [Some(first), then] = self.way else { return 0.0 };
        first.approximate_rate(holdings) * then.map_or(1.0, |then| then.approximate_rate(holdings))
    }
}

/// The shortest way from one currency to another.
fn way(from: &Currency, to: &Currency, instruments: &Instruments) -> Option<[Option<Link>; 2]> {
    let link = |from: &Currency, to: &Currency| {
        instruments.iter().find_map(|(id, instrument)| Link::of(id.index(), instrument, from, to))
    };
    if let Some(direct) = link(from, to) {
        return Some([Some(direct), None]);
    }
    instruments.iter().flat_map(|(_, instrument)| [&instrument.base, &instrument.quote]).find_map(|between| {
        let (first, then) = (link(from, between)?, link(between, to)?);
        Some([Some(first), Some(then)])
    })
}

impl Link {
    fn of(index: usize, instrument: &Instrument, from: &Currency, to: &Currency) -> Option<Self> {
        // An option's price is a premium, not what its base is worth.
        if instrument.kind.option().is_some() {
            return None;
        }
        if instrument.base == *from && instrument.quote == *to {
            Some(Self::Times(index))
        } else if instrument.base == *to && instrument.quote == *from {
            Some(Self::Divided(index))
        } else {
            None
        }
    }

    fn rate(self, holdings: &[Holding]) -> Option<Decimal> {
        let mark = |index: usize| decimal_of(holdings.get(index)?.mark).filter(|mark| !mark.is_zero());
        match self {
            Self::Times(index) => mark(index),
            Self::Divided(index) => Decimal::ONE.checked_div(mark(index)?),
        }
    }

    fn approximate_rate(self, holdings: &[Holding]) -> f64 {
        let mark = |index: usize| holdings.get(index).map_or(0.0, |holding| holding.mark);
        match self {
            Self::Times(index) => mark(index),
            Self::Divided(index) if mark(index) > 0.0 => mark(index).recip(),
            Self::Divided(_) => 0.0,
        }
    }
}
