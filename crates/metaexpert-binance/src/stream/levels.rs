//! Levels of a book: `[["61837.63","3.788"], ..]`.
//!
//! The one decision: there are two ways to read them. [`quick`] takes levels that are written to the byte as Binance writes them,
//! and gives up at anything else; [`levels`] takes all of JSON, and says what is wrong. Reading a book of 20 levels takes half the
//! time for it (`benches/stream.rs`).

use std::fmt;

use metaexpert_connect::{
    number::{decimal_of_bytes, float_of_bytes},
    report::LevelReport,
};
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, SeqAccess, Unexpected, Visitor},
};

use super::plain;

/// Most updates of a book, and the partial books, have no more levels on a side than this.
const USUAL: usize = 20;

/// For `#[serde(deserialize_with = "levels")]`.
pub(super) fn levels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<LevelReport>, D::Error> {
    deserializer.deserialize_seq(LevelsVisitor)
}

/// Levels without spaces and escapes that a text begins with, and what follows them.
pub(super) fn quick(text: &[u8]) -> Option<(Vec<LevelReport>, &[u8])> {
    let mut rest = text.strip_prefix(b"[")?;
    if let Some(rest) = rest.strip_prefix(b"]") {
        return Some((Vec::new(), rest));
    }
    let mut levels = Vec::with_capacity(USUAL);
    loop {
        let (price, behind) = plain::quoted(rest.strip_prefix(b"[")?)?;
        let (quantity, behind) = plain::float(behind.strip_prefix(b",")?)?;
        levels.push(LevelReport { price: decimal_of_bytes(price)?, quantity });
        match behind.strip_prefix(b"]")? {
            [b',', behind @ ..] => rest = behind,
            [b']', behind @ ..] => return Some((levels, behind)),
            _ => return None,
        }
    }
}

struct LevelsVisitor;

impl<'de> Visitor<'de> for LevelsVisitor {
    type Value = Vec<LevelReport>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of levels")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut levels = Vec::with_capacity(USUAL);
        while let Some(Level(level)) = list.next_element()? {
            levels.push(level);
        }
        Ok(levels)
    }
}

struct Level(LevelReport);

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(LevelVisitor).map(Self)
    }
}

struct LevelVisitor;

impl<'de> Visitor<'de> for LevelVisitor {
    type Value = LevelReport;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a level: price and quantity")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut level: A) -> Result<Self::Value, A::Error> {
        let Price(price) = level.next_element()?.ok_or_else(|| Error::invalid_length(0, &self))?;
        let Quantity(quantity) = level.next_element()?.ok_or_else(|| Error::invalid_length(1, &self))?;
        // Old recordings have a third member that says nothing.
        while level.next_element::<IgnoredAny>()?.is_some() {}
        Ok(LevelReport { price, quantity })
    }
}

/// A number in a string, of one form alone: what a level is read with must not ask what it looks at.
macro_rules! number_in_string {
    ($name:ident, $of:ty, $read:path) => {
        struct $name($of);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Digits;

                impl Visitor<'_> for Digits {
                    type Value = $of;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a number in a string")
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                        $read(text.as_bytes()).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
                    }
                }
                deserializer.deserialize_str(Digits).map(Self)
            }
        }
    };
}

number_in_string!(Price, Decimal, decimal_of_bytes);
number_in_string!(Quantity, f64, float_of_bytes);

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn read(text: &str) -> Result<Vec<LevelReport>, serde_json::Error> {
        levels(&mut serde_json::Deserializer::from_str(text))
    }

    #[test]
    fn a_level_is_an_exact_price_and_a_quantity() {
        let level = |price, quantity| LevelReport { price, quantity };
        assert_eq!(
            read(r#"[["61837.630","3.5"],["0.00000001","0.00"]]"#).unwrap(),
            [level(dec!(61837.63), 3.5), level(dec!(0.00000001), 0.0)]
        );
        assert_eq!(read(r#"[["1","2",[]]]"#).unwrap(), [level(dec!(1), 2.0)]);
        assert_eq!(read("[]").unwrap(), []);
    }

    #[test]
    fn the_quick_way_reads_what_the_thorough_one_reads_or_nothing() {
        for text in [
            "[]",
            r#"[["1","2"]]"#,
            r#"[["61837.630","3.5"],["0.00000001","0.00"],["1e-7","1e3"],["123456789012345678901.5","7"]]"#,
            r#"[["1", "2"]]"#,
            r#"[ ["1","2"]]"#,
            r#"[["\u0031","2"]]"#,
            r#"[["1","2",[]]]"#,
            r#"[["1"]]"#,
            r#"[["1","2"],]"#,
            r#"[["1","x"]]"#,
            r#"[["","2"]]"#,
            r#"[["1","2"]"#,
            "",
        ] {
            let thorough = read(text).ok();
            let quick = quick(text.as_bytes());
            assert!(quick.is_none() || quick == thorough.clone().map(|levels| (levels, &[][..])), "{text}");
            let is_plain = thorough.is_some() && !text.contains([' ', '\\']) && !text.contains("[]]");
            assert_eq!(quick.is_some(), is_plain, "{text}");
        }
    }

    #[test]
    fn a_level_that_lacks_something_is_refused_and_the_fault_named() {
        for (text, fault) in [
            (r#"[["1"]]"#, "invalid length 1, expected a level: price and quantity"),
            (r#"[[]]"#, "invalid length 0"),
            (r#"[["1","x"]]"#, "invalid value: string \"x\", expected a number in a string"),
            (r#"[[1,2]]"#, "invalid type: integer `1`, expected a number in a string"),
            (r#"{"1":"2"}"#, "expected a list of levels"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(fault), "{text}: {error}");
        }
    }
}
