//! What is traded, beyond its name: the coin itself, a contract without an end, one with a delivery date, an option.

use rust_decimal::Decimal;

use crate::{
    money::{Percent, Price},
    named::named,
    time::UnixNanos,
};

/// Kind of an instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstrumentKind {
    /// The coin itself changes hands.
    Spot,
    /// A contract without an end, held to the index by funding.
    Perpetual(Payoff),
    /// A contract that is settled at a date.
    Dated {
        /// What it pays in.
        payoff: Payoff,
        /// When it is settled.
        delivery: UnixNanos,
    },
    /// A European option. Its price is its premium, for one unit of base currency, in quote currency.
    Option(OptionTerms),
}

impl InstrumentKind {
    /// What most futures are.
    pub const LINEAR_PERPETUAL: Self = Self::Perpetual(Payoff::Linear);

    /// Whether it pays in the coin, and a contract's size is in quote currency.
    #[inline]
    pub const fn is_inverse(self) -> bool {
        matches!(self, Self::Perpetual(Payoff::Inverse) | Self::Dated { payoff: Payoff::Inverse, .. })
    }

    /// When it ends; `None` where it does not.
    pub const fn expiry(self) -> Option<UnixNanos> {
        match self {
            Self::Spot | Self::Perpetual(_) => None,
            Self::Dated { delivery, .. } => Some(delivery),
            Self::Option(terms) => Some(terms.expiry),
        }
    }

    /// The terms, if it is an option.
    pub const fn option(self) -> Option<OptionTerms> {
        match self {
            Self::Option(terms) => Some(terms),
            Self::Spot | Self::Perpetual(_) | Self::Dated { .. } => None,
        }
    }
}

named! {
    /// What a contract's profit is paid in.
    Payoff {
        /// The quote currency.
        Linear = "linear",
        /// The coin.
        Inverse = "inverse",
    }
}

/// What a European option promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionTerms {
    /// To buy or to sell.
    pub right: Right,
    /// At which price of the underlying.
    pub strike: Price,
    /// When.
    pub expiry: UnixNanos,
}

named! {
    /// What the holder of an option may do.
    Right {
        /// Buy the underlying at the strike.
        Call = "call",
        /// Sell the underlying at the strike.
        Put = "put",
    }
}

/// What leverage and maintenance margin a position of a certain value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bracket {
    /// The position's largest value, in the unit of [`notional`](super::Instrument::notional) (of inverse contracts: coins).
    pub up_to: Decimal,
    /// Most leverage, in times.
    pub max_leverage: u32,
    /// Maintenance margin, in percent of the position's value.
    pub maintenance_margin: Percent,
    /// What is taken off the maintenance margin, so that it does not jump where a bracket begins.
    pub deduction: Decimal,
}
