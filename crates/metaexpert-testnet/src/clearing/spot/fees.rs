//! What executions with coins cost.
//!
//! The one decision: a fee is taken from what an execution brings, so whoever can pay for an order can pay for its fees. Where the
//! account wishes so and has enough of it, it is paid in the exchange's own coin instead, and is lower.

use metaexpert_core::Currency;
use rust_decimal::{Decimal, RoundingStrategy, dec};

/// Decimals that amounts of coins have (Binance, "Exchange Information", `baseAssetPrecision`, `quoteCommissionPrecision`).
pub(crate) const DECIMALS: u32 = 8;

/// What an account pays for executions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotFees {
    /// Of what an order that had rested brings, a fraction; negative for a rebate.
    pub maker: Decimal,
    /// Of what an order that took brings, a fraction.
    pub taker: Decimal,
    /// The coin in which fees may be paid at a discount, where the exchange has one.
    pub coin: Option<FeeCoin>,
    /// Whether the account pays in that coin while it has enough.
    pub pays_in_coin: bool,
}

/// The exchange's own coin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeCoin {
    /// Which.
    pub currency: Currency,
    /// What a fee is multiplied by when it is paid in this coin.
    pub discount: Decimal,
}

impl SpotFees {
    /// What a new account pays: 0.1 %, and 25 % less in the coin (Binance, "Fee Schedule", regular user), which it does not pay in.
    pub fn standard(coin: &str) -> Self {
        let coin = FeeCoin { currency: Currency::new(coin), discount: dec!(0.75) };
        Self { maker: dec!(0.001), taker: dec!(0.001), coin: Some(coin), pays_in_coin: false }
    }

    /// The rate of an execution, a fraction.
    pub const fn rate(&self, is_maker: bool) -> Decimal {
        if is_maker { self.maker } else { self.taker }
    }

    /// The coin to pay in, where the account does.
    pub(crate) fn paid_in(&self) -> Option<&FeeCoin> {
        self.coin.as_ref().filter(|_| self.pays_in_coin)
    }
}

/// An amount as it is charged or lent: what is behind its digits is dropped.
pub(crate) fn to_digits(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(DECIMALS, RoundingStrategy::ToZero)
}

/// An amount as it is set aside or borrowed, so that it is enough.
pub(crate) fn to_digits_up(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(DECIMALS, RoundingStrategy::AwayFromZero)
}

/// An amount as interest is charged: to the nearest digit.
pub(crate) fn to_nearest_digit(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero)
}
