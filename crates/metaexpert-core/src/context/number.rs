//! Numbers as authors write them: `0.5` or `dec!(0.5)`.

use rust_decimal::Decimal;

use crate::rounding::decimal_of;

/// A decimal, or a float that is read as the decimal of its 15 significant digits.
#[derive(Debug, Clone, Copy)]
pub struct Number(Option<Decimal>);

impl Number {
    /// The number, if it is one and above zero.
    pub(super) fn positive(self) -> Option<Decimal> {
        self.0.filter(|value| *value > Decimal::ZERO)
    }
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Self {
        Self(Some(value))
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self(decimal_of(value))
    }
}

impl From<crate::Price> for Number {
    fn from(price: crate::Price) -> Self {
        Self(Some(price.get()))
    }
}

impl From<crate::Quantity> for Number {
    fn from(quantity: crate::Quantity) -> Self {
        Self(Some(quantity.get()))
    }
}
