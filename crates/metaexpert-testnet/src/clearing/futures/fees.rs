//! What executions of futures cost.
//!
//! The one decision: every account is on the lowest tier. Rates are fractions of an execution's value, 0.0005 is 0.05 %.

use metaexpert_core::Currency;
use rust_decimal::{Decimal, dec};

/// The fees of a futures wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuturesFees {
    /// Of an execution that rested.
    pub maker: Decimal,
    /// Of one that took.
    pub taker: Decimal,
    /// Of a position that is taken over, in place of the taker's fee; never more than what it leaves.
    pub liquidation: Decimal,
    /// Of a delivery.
    pub delivery: Decimal,
    /// The coin that fees may be paid in, and what is taken off for that.
    pub burn: Option<(Currency, Decimal)>,
}

impl FuturesFees {
    /// Binance, USD-M: 0.02 % and 0.05 % ("Fee Schedule of Binance Futures", support/faq 360033544231, regular user), 1.25 % of a
    /// liquidation ("Exchange Information", `liquidationFee` of BTCUSDT), 10 % off in BNB (the schedule, note 4). A delivery is
    /// charged as a taker.
    pub fn binance_linear() -> Self {
        Self { burn: Some((Currency::new("BNB"), dec!(0.1))), ..Self::binance_inverse() }
    }

    /// Binance, COIN-M: the same rates, in the coin; BNB pays no fees there.
    pub const fn binance_inverse() -> Self {
        Self { maker: dec!(0.0002), taker: dec!(0.0005), liquidation: dec!(0.0125), delivery: dec!(0.0005), burn: None }
    }

    /// The rate of an execution.
    pub const fn rate(&self, is_maker: bool) -> Decimal {
        if is_maker { self.maker } else { self.taker }
    }
}
