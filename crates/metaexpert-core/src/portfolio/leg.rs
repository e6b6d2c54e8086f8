//! One open leg, what a trade does to it, and what an order would do.

use rust_decimal::Decimal;

use crate::{Instrument, PositionSide, Symbol, UnixNanos};

/// One open leg of one instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// How much is held, above zero.
    pub quantity: Decimal,
    /// Value of what is held at the prices it was entered at, in settlement currency.
    pub cost: Decimal,
    /// Leverage it was opened with, in times.
    pub leverage: u32,
    /// When it was opened.
    pub opened: UnixNanos,
    /// How many executions opened it, since there was nothing of it or only dust.
    pub entries: u32,
}

impl Leg {
    /// Average price of what is held.
    pub fn entry_price(&self, instrument: &Instrument) -> Decimal {
        let size = instrument.rules.size(self.quantity);
        if instrument.kind.is_inverse() { size / self.cost } else { self.cost / size }
    }

    /// Whether it is dust: less than a lot, which no order can close. A fee that is taken in coins leaves it of a leg that was closed.
    pub fn is_dust(&self, lot: Decimal) -> bool {
        self.quantity < lot
    }

    /// Gain at `price`, fees aside; negative for a loss.
    pub fn unrealized(&self, side: PositionSide, price: Decimal, instrument: &Instrument) -> Decimal {
        instrument.gain(side, self.cost, instrument.value(price, self.quantity))
    }
}

/// What a trade did to its leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Profit (negative: loss) that the trade realised, its fee aside.
    pub realized: Decimal,
    /// Whether the leg is closed now.
    pub closed: bool,
}

/// An order, taken apart into what it closes and what it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The leg that is opened or increased; the opposite one is decreased.
    pub leg: PositionSide,
    /// How much of the opposite leg is closed.
    pub close: Decimal,
    /// How much of the leg is opened.
    pub open: Decimal,
}

/// Why a trade cannot have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{symbol}: a trade closes {quantity} of the {side} leg, which holds {held}")]
pub struct Overclosed {
    pub(super) symbol: Symbol,
    pub(super) side: PositionSide,
    pub(super) quantity: Decimal,
    pub(super) held: Decimal,
}
