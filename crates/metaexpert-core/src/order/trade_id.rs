//! What a venue calls an execution.
//!
//! The one decision: it is text of a fixed size, held where it stands. Venues do not agree on what it is, nobody computes with
//! it, and a copy of it must not cost an allocation. Which executions were seen before is not decided here.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

/// The longest is Bybit's with 36 characters; the rest is room.
const LONGEST: usize = 40;

/// The venue's own number of an execution, as text: from 1 to 40 visible ASCII characters.
///
/// | venue | what it is | where |
/// |---|---|---|
/// | Binance | a whole number, counted for each symbol | "Account Trade List", `id`; "Event: Order Update", `t` |
/// | Bybit | a UUID; on spot a whole number | v5 "Execution", `execId` |
/// | OKX | a whole number, unique for each symbol, below zero for liquidations | v5 "Get transaction details", `tradeId` |
/// | simulated | 1, 2, 3, one count for all symbols | the simulated venue |
///
/// Read 2026-11. An id is unique at its venue and for its symbol; of two symbols, executions may have the same.
///
/// ```
/// use metaexpert_core::TradeId;
/// let id: TradeId = "7e2ae69c-4edf-5800-a352-893d52b446aa".parse()?;
/// assert_eq!(id.as_str().len(), 36);
/// assert_eq!(TradeId::from(698_759).to_string(), "698759");
/// assert!("".parse::<TradeId>().is_err());
/// # Ok::<(), metaexpert_core::order::InvalidTradeId>(())
/// ```
// Padded with zeros, which are not visible.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TradeId([u8; LONGEST]);

impl TradeId {
    /// As the venue writes it.
    pub fn as_str(&self) -> &str {
        // Nothing but ASCII gets in.
        str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0')
    }
}

impl From<u64> for TradeId {
    /// The id of a venue that counts.
    fn from(number: u64) -> Self {
        let mut text = [0; LONGEST];
        let mut left = number;
        let digits = number.checked_ilog10().map_or(1, |log| 1 + usize::try_from(log).unwrap_or_default());
        for place in text.iter_mut().take(digits).rev() {
            *place = b'0' + u8::try_from(left % 10).unwrap_or_default();
            left /= 10;
        }
        Self(text)
    }
}

impl FromStr for TradeId {
    type Err = InvalidTradeId;

    /// Takes what a venue has sent as it is.
    fn from_str(text: &str) -> Result<Self, InvalidTradeId> {
        let visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut padded = [0; LONGEST];
        match padded.get_mut(..text.len()) {
            Some(place) if visible => place.copy_from_slice(text.as_bytes()),
            _ => return Err(InvalidTradeId { text: text.to_owned() }),
        }
        Ok(Self(padded))
    }
}

impl fmt::Display for TradeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for TradeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TradeId").field(&self.as_str()).finish()
    }
}

impl Serialize for TradeId {
    /// As a string, also where it is a number: some are larger than what JSON's readers keep exactly.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A text that is no [`TradeId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a trade id; one has 1 to {LONGEST} characters, all of them visible ASCII", text.escape_debug())]
pub struct InvalidTradeId {
    text: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_of_every_venue_is_kept_as_it_was_sent() {
        let longest = "x".repeat(LONGEST);
        for text in ["698759", "7e2ae69c-4edf-5800-a352-893d52b446aa", "2290000000068683542", "242720720", "-3541871", &longest] {
            let id: TradeId = text.parse().unwrap();
            assert_eq!((id.as_str(), id.to_string().as_str()), (text, text));
            assert_eq!(format!("{id:?}"), format!("TradeId({text:?})"));
        }
    }

    #[test]
    fn what_is_empty_too_long_or_not_visible_is_no_id() {
        for text in ["", "1 2", "12\n", "\0", "42\u{7f}", "№42", &"x".repeat(LONGEST + 1)] {
            assert!(text.parse::<TradeId>().is_err(), "{text:?}");
        }
        assert_eq!(
            "12\n".parse::<TradeId>().unwrap_err().to_string(),
            r"`12\n` is not a trade id; one has 1 to 40 characters, all of them visible ASCII"
        );
    }

    #[test]
    fn a_counted_id_is_the_number_in_digits() {
        for number in [0, 1, 9, 10, 698_759, u64::MAX] {
            assert_eq!(TradeId::from(number).as_str(), number.to_string());
        }
    }

    proptest! {
        #[test]
        fn a_counted_id_is_the_one_that_is_read(number: u64) {
            prop_assert_eq!(number.to_string().parse(), Ok(TradeId::from(number)));
        }

        #[test]
        fn two_ids_are_equal_if_their_texts_are(one in "[!-~]{1,40}", other in "[!-~]{1,40}") {
            let id = |text: &str| text.parse::<TradeId>().unwrap();
            prop_assert_eq!(id(&one).to_string(), &*one);
            prop_assert_eq!(id(&one) == id(&other), one == other);
        }
    }
}
