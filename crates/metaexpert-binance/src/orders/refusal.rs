//! An order that Binance would refuse, refused on this side.

/// Why an order is not sent: the field, its value and the rule that it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} `{value}`: {rule}")]
pub struct Refusal {
    /// The parameter, by Binance's name.
    pub field: &'static str,
    /// What was asked for.
    pub value: String,
    /// The rule, with its source.
    pub rule: &'static str,
}

impl Refusal {
    pub(super) fn new(field: &'static str, value: impl std::fmt::Display, rule: &'static str) -> Self {
        Self { field, value: value.to_string(), rule }
    }
}
