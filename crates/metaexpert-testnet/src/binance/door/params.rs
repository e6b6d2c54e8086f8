//! Parameters as they came: of the query, then of the body, in their order.

use rust_decimal::Decimal;

use super::ApiError;

/// The parameters of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Parameters that have been decoded.
    pub const fn of(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// A parameter as it came; `None` where it is absent or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// -1102 where it is not.
    pub fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name).ok_or_else(|| {
            ApiError::new(-1102, format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed."))
        })
    }

    /// A whole number.
    ///
    /// # Errors
    /// -1100 where it is something else.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, ApiError> {
        todo!("{name}")
    }

    /// A decimal number, plain digits only.
    ///
    /// # Errors
    /// -1100 where it is something else, -1111 where it has too many digits.
    pub fn decimal(&self, name: &str) -> Result<Option<Decimal>, ApiError> {
        todo!("{name}")
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// -1100 where it is something else.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        todo!("{name}")
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
