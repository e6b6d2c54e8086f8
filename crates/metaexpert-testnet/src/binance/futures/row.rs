//! Objects of replies, written field by field in the order that the documentation shows.
//!
//! The one decision: a writer and not a struct for each reply, since the two futures APIs give the same value different names
//! (`cumQuote`, `cumBase`), and a name that is a value of a table cannot be a field of a struct. Nothing is read here.

use std::fmt::{Display, Write as _};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::binance::door::{ApiError, Json};

/// An object that is being written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row(String);

impl Row {
    /// An object without fields.
    pub(crate) const fn new() -> Self {
        Self(String::new())
    }

    /// A field whose value is JSON already.
    pub(crate) fn raw(mut self, name: &str, value: impl Display) -> Self {
        let comma = if self.0.is_empty() { "" } else { "," };
        // Writing to a string does not fail.
        let _ = write!(self.0, "{comma}\"{name}\":{value}");
        self
    }

    /// A text.
    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        let quoted = serde_json::to_string(value).unwrap_or_default();
        self.raw(name, quoted)
    }

    /// A whole number.
    pub(crate) fn number(self, name: &str, value: impl Into<i128>) -> Self {
        let value: i128 = value.into();
        self.raw(name, value)
    }

    /// `true` or `false`.
    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.raw(name, value)
    }

    /// A decimal as a text with so many places.
    pub(crate) fn fixed(self, name: &str, value: Decimal, places: u32) -> Self {
        self.text(name, &fixed(value, places))
    }

    /// A decimal as a text with at least so many places and at most eight: averages, which lie between ticks.
    pub(crate) fn average(self, name: &str, value: Decimal, places: u32) -> Self {
        let scale = value.round_dp(8).normalize().scale().max(places);
        self.fixed(name, value, scale)
    }

    /// An amount of money, which is kept to eight places.
    pub(crate) fn money(self, name: &str, value: Decimal) -> Self {
        self.fixed(name, value, 8)
    }

    /// More fields, where there are any.
    pub(crate) fn with(self, more: impl FnOnce(Self) -> Self) -> Self {
        more(self)
    }

    /// More fields, of some replies only.
    pub(crate) fn when(self, is: bool, more: impl FnOnce(Self) -> Self) -> Self {
        if is { more(self) } else { self }
    }

    /// The object.
    pub(crate) fn end(self) -> String {
        format!("{{{}}}", self.0)
    }

    /// The object, as a reply.
    pub(crate) fn json(self) -> Json {
        Json(self.end())
    }
}

/// Objects, as a list.
pub(crate) fn list(rows: impl IntoIterator<Item = Row>) -> String {
    array(rows.into_iter().map(Row::end))
}

/// JSON values, as a list.
pub(crate) fn array(values: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut text = String::from("[");
    for value in values {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(value.as_ref());
    }
    text.push(']');
    text
}

/// A decimal with so many places, never `-0`.
pub(crate) fn fixed(value: Decimal, places: u32) -> String {
    let mut value = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    value.rescale(places);
    if value.is_zero() {
        value.set_sign_positive(true);
    }
    value.to_string()
}

/// `{"code":200,"msg":".."}`, what calls answer that only do something.
pub(crate) fn done(message: &str) -> Json {
    Row::new().number("code", 200).text("msg", message).json()
}

/// An error as a member of a list, for batches.
pub(crate) fn failed(error: &ApiError) -> String {
    Row::new().number("code", error.code).text("msg", &error.message).end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_the_order_they_were_written_and_texts_are_quoted() {
        let row = Row::new().text("a", "x\"y").number("b", 7).flag("c", true).raw("d", "null");
        assert_eq!(row.end(), r#"{"a":"x\"y","b":7,"c":true,"d":null}"#);
        assert_eq!(list([Row::new().number("a", 1), Row::new().number("a", 2)]), r#"[{"a":1},{"a":2}]"#);
        assert_eq!(list([]), "[]");
    }

    #[test]
    fn decimals_have_the_places_that_were_asked_for_and_no_negative_zero() {
        assert_eq!(fixed(Decimal::new(-4, 10), 8), "0.00000000");
        assert_eq!(fixed(Decimal::new(15, 1), 0), "2");
        assert_eq!(Row::new().average("p", Decimal::new(1_234_567, 4), 2).end(), r#"{"p":"123.4567"}"#);
        assert_eq!(Row::new().average("p", Decimal::ONE_HUNDRED, 1).end(), r#"{"p":"100.0"}"#);
    }
}
