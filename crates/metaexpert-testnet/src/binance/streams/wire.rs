//! JSON as streams write it: fields in the documented order, numbers as texts of a fixed length.
//!
//! The one decision: messages are written straight into a text, field by field, so that each message's function reads like the
//! documentation's payload, and nothing is built that is thrown away. Escaping is left to `serde_json`.

use std::fmt::Write as _;

use metaexpert_core::UnixNanos;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::listing::{Class, Listing};

/// In what times are told ("WebSocket Streams", General WSS information: `timeUnit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(in crate::binance) enum Unit {
    /// As everywhere.
    #[default]
    Millis,
    /// Where the address asked for it.
    Micros,
}

impl Unit {
    /// A time, in this unit.
    pub(in crate::binance) fn of(self, time: UnixNanos) -> i64 {
        match self {
            Self::Millis => time.as_nanos().div_euclid(1_000_000),
            Self::Micros => time.as_nanos().div_euclid(1_000),
        }
    }
}

/// An object that is being written.
#[derive(Debug)]
pub(in crate::binance) struct Object {
    text: String,
    unit: Unit,
}

impl Object {
    /// An object without fields.
    pub(in crate::binance) fn new(unit: Unit) -> Self {
        let mut text = String::with_capacity(256);
        text.push('{');
        Self { text, unit }
    }

    /// An event of that name at that time, as nearly all begin.
    pub(in crate::binance) fn event(unit: Unit, name: &str, time: UnixNanos) -> Self {
        Self::new(unit).text("e", name).time("E", time)
    }

    /// A text.
    pub(in crate::binance) fn text(mut self, key: &str, value: &str) -> Self {
        self.key(key);
        self.text.push_str(&quoted(value));
        self
    }

    /// A text, where there is one.
    pub(in crate::binance) fn text_if(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    /// A text, or `null`.
    pub(in crate::binance) fn text_or_null(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(key, value),
            None => self.raw(key, "null"),
        }
    }

    /// A time.
    pub(in crate::binance) fn time(self, key: &str, value: UnixNanos) -> Self {
        let value = self.unit.of(value);
        self.number(key, value)
    }

    /// A whole number.
    pub(in crate::binance) fn number(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        self.key(key);
        // Writing into a `String` cannot fail.
        let _ = write!(self.text, "{value}");
        self
    }

    /// A decimal number with so many digits behind the point, as a text.
    pub(in crate::binance) fn fixed(mut self, key: &str, value: Decimal, digits: u32) -> Self {
        self.key(key);
        self.text.push('"');
        self.text.push_str(&fixed(value, digits));
        self.text.push('"');
        self
    }

    /// A decimal number without idle zeros, as a text.
    pub(in crate::binance) fn short(self, key: &str, value: Decimal) -> Self {
        let value = value.normalize().to_string();
        self.text(key, &value)
    }

    /// `true` or `false`.
    pub(in crate::binance) fn flag(self, key: &str, value: bool) -> Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    /// JSON.
    pub(in crate::binance) fn raw(mut self, key: &str, json: &str) -> Self {
        self.key(key);
        self.text.push_str(json);
        self
    }

    /// A list of JSON.
    pub(in crate::binance) fn list<T: AsRef<str>>(self, key: &str, items: &[T]) -> Self {
        let json = list(items);
        self.raw(key, &json)
    }

    /// Levels of a book: pairs of price and quantity.
    pub(in crate::binance) fn levels(mut self, key: &str, levels: &[(Decimal, Decimal)], digits: Digits) -> Self {
        self.key(key);
        self.text.push('[');
        for (place, (price, quantity)) in levels.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let (price, quantity) = (fixed(*price, digits.price), fixed(*quantity, digits.quantity));
            let _ = write!(self.text, "{comma}[\"{price}\",\"{quantity}\"]");
        }
        self.text.push(']');
        self
    }

    /// What has been written.
    pub(in crate::binance) fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }

    fn key(&mut self, key: &str) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        self.text.push('"');
        self.text.push_str(key);
        self.text.push_str("\":");
    }
}

/// How many digits stand behind the point in messages of a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::binance) struct Digits {
    /// Of prices.
    pub price: u32,
    /// Of quantities.
    pub quantity: u32,
    /// Of money.
    pub amount: u32,
}

impl Digits {
    /// Those of a market: spot writes everything with eight, derivatives with as many as tick and lot have.
    pub(in crate::binance) fn of(listing: &Listing) -> Self {
        let rules = &listing.instrument.rules;
        match listing.class {
            Class::Spot => Self { price: 8, quantity: 8, amount: 8 },
            Class::Linear | Class::Inverse | Class::Options => {
                Self { price: rules.tick_size.scale(), quantity: rules.lot_size.scale(), amount: 8 }
            }
        }
    }
}

/// A decimal number with so many digits behind the point.
pub(in crate::binance) fn fixed(value: Decimal, digits: u32) -> String {
    let mut value = value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    value.rescale(digits);
    if value.is_zero() {
        // No exchange writes `-0.00`.
        value.set_sign_positive(true);
    }
    value.to_string()
}

/// A list of JSON.
pub(in crate::binance) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let mut json = String::from("[");
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            json.push(',');
        }
        json.push_str(item.as_ref());
    }
    json.push(']');
    json
}

/// A text as JSON.
pub(in crate::binance) fn quoted(value: &str) -> String {
    serde_json::Value::String(value.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn fields_stand_in_the_order_in_which_they_are_written() {
        let time = UnixNanos::from_nanos(1_700_000_000_123_456_789);
        let written = Object::event(Unit::Millis, "trade", time).fixed("p", dec!(0.1), 8).flag("m", true).number("t", 7).end();
        assert_eq!(written, r#"{"e":"trade","E":1700000000123,"p":"0.10000000","m":true,"t":7}"#);
        let written = Object::event(Unit::Micros, "a\"b", time).end();
        assert_eq!(written, r#"{"e":"a\"b","E":1700000000123456}"#);
    }

    #[test]
    fn numbers_are_as_long_as_they_should_be_and_zero_has_no_sign() {
        for (value, digits, expected) in [
            (dec!(1), 2, "1.00"),
            (dec!(1.005), 2, "1.01"),
            (dec!(-0.001), 2, "0.00"),
            (dec!(-2.5), 0, "-3"),
            (dec!(123.4500), 1, "123.5"),
        ] {
            assert_eq!(fixed(value, digits), expected, "{value} with {digits}");
        }
    }
}
