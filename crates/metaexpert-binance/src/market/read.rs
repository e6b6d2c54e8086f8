//! What all replies are read with: an object or a list of them, and numbers inside of arrays.
//!
//! The one decision: what a reply was taken for is put into words only where it turns out to be something else.

use std::fmt;

use metaexpert_connect::{Malformed, number, report::LevelReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, SeqAccess, Visitor},
};

use crate::Product;
pub(super) use crate::paging::millis;

/// A reply of one kind.
pub(super) fn reply<'a, T: Deserialize<'a>>(product: Product, what: &str, payload: &'a [u8]) -> Result<T, Malformed> {
    serde_json::from_slice(payload).map_err(|why| Malformed::new(format!("{what} of {product}"), why, payload))
}

/// A reply that is an object where one symbol was asked for, and a list where several were.
pub(super) fn one_or_many<'a, T: Deserialize<'a>>(product: Product, what: &str, payload: &'a [u8]) -> Result<Vec<T>, Malformed> {
    match payload.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => reply(product, what, payload),
        _ => Ok(vec![reply(product, what, payload)?]),
    }
}

/// A float inside of an array.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(super) struct Float(#[serde(deserialize_with = "number::float")] pub f64);

/// A decimal inside of an array.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(super) struct Exact(#[serde(deserialize_with = "number::decimal")] pub Decimal);

/// A time inside of an array.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(super) struct Time(#[serde(deserialize_with = "number::millis")] pub UnixNanos);

/// The next element of an array that must have one.
pub(super) fn element<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    seq: &mut A,
    at: usize,
    expected: &dyn serde::de::Expected,
) -> Result<T, A::Error> {
    seq.next_element()?.ok_or_else(|| Error::invalid_length(at, expected))
}

/// Passes over what follows: the exchange has put an empty element there before, and may put more.
pub(super) fn rest<'de, A: SeqAccess<'de>>(seq: &mut A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// A level of a book: `["61234.50", "0.250"]`.
pub(super) struct Level(pub LevelReport);

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Level;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a price and a quantity")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Level, A::Error> {
                let Exact(price) = element(&mut seq, 0, &self)?;
                let Float(quantity) = element(&mut seq, 1, &self)?;
                rest(&mut seq)?;
                Ok(Level(LevelReport { price, quantity }))
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}
