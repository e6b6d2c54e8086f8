//! Binance's words for what an order is, as they are sent.
//!
//! The one decision: only words that several requests share are here; a word of one request stands with it. How words are read is
//! in [`crate::words`], for account events bring the same ones.

use metaexpert_core::{PositionSide, Side, config::MarginMode};

/// `BUY` or `SELL`.
pub(super) const fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

/// `LONG` or `SHORT`.
pub(super) const fn leg(leg: PositionSide) -> &'static str {
    match leg {
        PositionSide::Long => "LONG",
        PositionSide::Short => "SHORT",
    }
}

/// `TRUE` or `FALSE`: whether a margin account is that of a pair.
pub(super) const fn is_isolated(account: MarginMode) -> &'static str {
    match account {
        MarginMode::Isolated => "TRUE",
        MarginMode::Cross => "FALSE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{read_leg, read_side};

    #[test]
    fn sides_and_legs_are_read_as_they_are_written() {
        for way in [Side::Buy, Side::Sell] {
            assert_eq!(read_side(side(way)), Some(way));
        }
        for way in PositionSide::BOTH {
            assert_eq!(read_leg(leg(way)), Some(way));
        }
        assert_eq!((read_side("BORROW"), read_leg("BOTH")), (None, None));
    }
}
