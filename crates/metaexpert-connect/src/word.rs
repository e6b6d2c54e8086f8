//! A word that an exchange uses where this side knows a list of them.
//!
//! The one decision: a word that is not in the list is kept as it was written. Exchanges add order states and filters without
//! warning, and a message that says something new must not be lost for it.

use std::fmt;

use serde::{Serialize, Serializer};

/// One of the words that this side knows, or what the exchange wrote instead.
///
/// ```
/// use metaexpert_connect::Word;
/// use metaexpert_core::Side;
/// let side = |text| Word::read(text, |text| match text { "BUY" => Some(Side::Buy), "SELL" => Some(Side::Sell), _ => None });
/// assert_eq!(side("BUY"), Word::Known(Side::Buy));
/// assert_eq!(side("BORROW").to_string(), "BORROW");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Word<T> {
    /// A known one.
    Known(T),
    /// As the exchange wrote it.
    Other(Box<str>),
}

impl<T> Word<T> {
    /// What `known` makes of a text, or the text.
    pub fn read(text: &str, known: impl FnOnce(&str) -> Option<T>) -> Self {
        known(text).map_or_else(|| Self::Other(text.into()), Self::Known)
    }

    /// The known one.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(known) => Some(known),
            Self::Other(_) => None,
        }
    }

    /// What the exchange wrote, where nobody here knows it.
    pub fn strange(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Other(text) => Some(text),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Word<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(known) => known.fmt(f),
            Self::Other(text) => f.pad(text),
        }
    }
}

impl<T: Serialize> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(known) => known.serialize(serializer),
            Self::Other(text) => serializer.serialize_str(text),
        }
    }
}
