//! Money is exact: prices, quantities, amounts and percentages as decimals in types that do not mix.

use std::{fmt, sync::Arc};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rounding::is_above_zero;

macro_rules! decimal_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// The bare number.
            pub const fn get(self) -> Decimal {
                self.0
            }
        }

        impl fmt::Display for $name {
            /// Plain digits without trailing zeros and without an exponent.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.normalize().fmt(f)
            }
        }

        impl Serialize for $name {
            /// As a string, so that no reader turns it into a binary fraction.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

decimal_newtype! {
    /// A price above zero, in the quote currency of its instrument.
    ///
    /// ```
    /// use metaexpert_core::Price;
    /// use rust_decimal::dec;
    /// assert!(Price::new(dec!(46319.0)).is_some_and(|price| price.to_string() == "46319"));
    /// assert!(Price::new(dec!(0)).is_none());
    /// ```
    Price
}

decimal_newtype! {
    /// A quantity above zero, in base currency or, where the contract size is not one, in contracts.
    Quantity
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = <Decimal as Deserialize>::deserialize(deserializer)?;
        Self::new(value).ok_or_else(|| serde::de::Error::custom(format_args!("`{value}` is no price: one is above zero")))
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = <Decimal as Deserialize>::deserialize(deserializer)?;
        Self::new(value).ok_or_else(|| serde::de::Error::custom(format_args!("`{value}` is no quantity: one is above zero")))
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <Decimal as Deserialize>::deserialize(deserializer).map(Self)
    }
}

impl Price {
    /// What an option is closed at that expires worthless. It is the one price that is not above zero; no order has it, and
    /// [`new`](Self::new) does not give it.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// A price; `None` unless it is above zero.
    #[inline]
    pub fn new(value: Decimal) -> Option<Self> {
        is_above_zero(value).then_some(Self(value))
    }
}

impl Quantity {
    /// A quantity; `None` unless it is above zero.
    #[inline]
    pub fn new(value: Decimal) -> Option<Self> {
        is_above_zero(value).then_some(Self(value))
    }
}

decimal_newtype! {
    /// A number of percent: 2.0 is 2 %.
    Percent
}

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// So many percent; any sign.
    pub const fn new(value: Decimal) -> Self {
        Self(value)
    }

    /// The fraction: 2 % is 0.02.
    ///
    /// ```
    /// use metaexpert_core::Percent;
    /// use rust_decimal::dec;
    /// assert_eq!(Percent::new(dec!(2)).fraction(), dec!(0.02));
    /// ```
    pub fn fraction(self) -> Decimal {
        self.0 * Decimal::new(1, 2)
    }
}

/// A currency or coin by its code, such as `USDT`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(Arc<str>);

impl Currency {
    /// A currency by its code.
    pub fn new(code: &str) -> Self {
        Self(code.into())
    }

    /// Its code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// An amount of one currency; negative where it is owed or lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// How much.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// So much of a currency.
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount.normalize(), self.currency)
    }
}
