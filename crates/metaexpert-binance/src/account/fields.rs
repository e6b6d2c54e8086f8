//! Numbers and words as Binance writes them in accounts: numbers as text or not, nothing as zero.

use std::fmt;

use metaexpert_connect::{number, report::LegReport};
use metaexpert_core::{Percent, PositionSide, Side};
use rust_decimal::Decimal;
use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// A whole number from a number or a text: leverage is `21` in one reply and `"21"` in the next.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let value = number::decimal(deserializer)?;
    u32::try_from(value).map_err(|_| D::Error::custom(format_args!("`{value}` is no small whole number")))
}

/// The same, where it may be absent.
pub(super) fn optional_whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let value = number::optional_decimal(deserializer)?;
    value
        .map(|value| u32::try_from(value).map_err(|_| D::Error::custom(format_args!("`{value}` is no small whole number"))))
        .transpose()
}

/// A decimal of which zero stands for nothing: the price of a position that there is none of.
pub(super) fn nonzero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    Ok(number::optional_decimal(deserializer)?.filter(|value| !value.is_zero()))
}

/// A fraction, as percent.
pub(super) fn percent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Percent, D::Error> {
    let fraction = number::decimal(deserializer)?;
    percent_of(fraction).ok_or_else(|| D::Error::custom(format_args!("`{fraction}` is no fraction")))
}

/// So many percent as a fraction says.
pub(super) fn percent_of(fraction: Decimal) -> Option<Percent> {
    fraction.checked_mul(Decimal::ONE_HUNDRED).map(|percent| Percent::new(percent.normalize()))
}

/// A number of something, written as a number or a text; kept as text.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Id;
    impl Visitor<'_> for Id {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number of something")
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<String, E> {
            Ok(value.to_string())
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<String, E> {
            Ok(value.to_string())
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
    }
    deserializer.deserialize_any(Id)
}

/// `BUY` or `SELL`.
pub(super) fn side<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Side, D::Error> {
    one_of(deserializer, &[("BUY", Side::Buy), ("SELL", Side::Sell)])
}

/// `LONG`, `SHORT`, or `BOTH` for the one position of a one-way account.
pub(super) fn leg<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LegReport, D::Error> {
    let (long, short) = (LegReport::Leg(PositionSide::Long), LegReport::Leg(PositionSide::Short));
    one_of(deserializer, &[("BOTH", LegReport::Net), ("LONG", long), ("SHORT", short)])
}

/// The leg that a word names; `None` for that of a one-way account.
pub(super) const fn position_side(leg: LegReport) -> Option<PositionSide> {
    match leg {
        LegReport::Net => None,
        LegReport::Leg(side) => Some(side),
    }
}

/// `LONG` or `SHORT`, as it is sent.
pub(super) const fn leg_word(side: PositionSide) -> &'static str {
    match side {
        PositionSide::Long => "LONG",
        PositionSide::Short => "SHORT",
    }
}

/// Whether margin is isolated: `isolated` and `cross` in positions, `ISOLATED` and `CROSSED` in settings.
pub(super) fn isolated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let words = [("isolated", true), ("ISOLATED", true), ("cross", false), ("CROSSED", false)];
    one_of(deserializer, &words).map(Some)
}

/// A word of a list that Binance will not add to: what is not in it is malformed.
fn one_of<'de, D: Deserializer<'de>, T: Copy>(deserializer: D, words: &[(&str, T)]) -> Result<T, D::Error> {
    struct Word<'w, T>(&'w [(&'w str, T)]);
    impl<T: Copy> Visitor<'_> for Word<'_, T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("one of")?;
            self.0.iter().try_for_each(|(word, _)| write!(f, " `{word}`"))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            let known = self.0.iter().find(|(word, _)| *word == text);
            known.map(|(_, value)| *value).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_str(Word(words))
}
