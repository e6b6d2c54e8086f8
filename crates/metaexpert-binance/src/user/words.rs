//! Small readers that the wire types of account events share.
//!
//! The one decision: what Binance writes where there is nothing (`0`, `""`, `-1`, `null`) is nothing here, and not a value. The
//! words themselves are read in [`crate::words`].

use std::{borrow::Cow, fmt};

use metaexpert_connect::report::LegReport;
use metaexpert_core::Liquidity;
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

use crate::words::read_leg;

/// A text that borrows from the frame where it holds no escapes, also inside an `Option`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> Text<'a> {
    /// The text itself.
    pub(super) fn into_inner(self) -> Cow<'a, str> {
        self.0
    }
}

/// The leg that a word names, where it has to be known: a position of an unknown leg is not booked.
pub(super) fn leg_of(word: &str) -> Option<LegReport> {
    match word {
        "" | "BOTH" => Some(LegReport::Net),
        word => read_leg(word).map(LegReport::Leg),
    }
}

/// Whether an execution rested or took.
pub(super) const fn liquidity(is_maker: bool) -> Liquidity {
    if is_maker { Liquidity::Maker } else { Liquidity::Taker }
}

/// A name, unless it is empty.
pub(super) fn named(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A price or amount, unless it is zero: Binance writes `0` where there is none.
pub(super) fn nonzero(amount: Option<Decimal>) -> Option<Decimal> {
    amount.filter(|amount| !amount.is_zero())
}

/// The exchange's number of a thing, from a number or a string; `None` for `""`, `null` and negative ones, which Binance writes
/// where there is none.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Id;
    impl Visitor<'_> for Id {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok((number >= 0).then(|| number.to_string()))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(named(text))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Id)
}
