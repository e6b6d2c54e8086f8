//! Why the gate refused an order: the rule, with the numbers that broke it.

use rust_decimal::Decimal;

use crate::{Symbol, order::PositionSide};

/// A refusal by the risk gate. It is counted under [`rule`](Self::rule) and reaches `#[on_error]`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message names every field")]
pub enum Refusal {
    #[error("warmup: {symbol}: {remaining} of the `warmup_bars` are still to come")]
    Warmup { symbol: Symbol, remaining: usize },
    #[error("end_of_data: {symbol}: the run has ended")]
    Ended { symbol: Symbol },
    #[error("halted: new entries are refused {until}: {breach}")]
    Halted { breach: String, until: &'static str },
    #[error("trade_hours: {symbol}: hour {hour} (UTC) is not one of {allowed}")]
    TradeHours { symbol: Symbol, hour: u8, allowed: String },
    #[error("allowed_days: {symbol}: {day} is not one of {allowed}")]
    AllowedDays { symbol: Symbol, day: &'static str, allowed: String },
    #[error("min_volume: {symbol}: the last bar's volume {volume} is below {minimum}")]
    MinVolume { symbol: Symbol, volume: f64, minimum: Decimal },
    #[error("max_open_positions: {symbol}: {open} positions are open or ordered, the limit is {limit}")]
    MaxOpenPositions { symbol: Symbol, open: usize, limit: u32 },
    #[error("max_positions_per_symbol: {symbol}: {open} entries are open or ordered, the limit is {limit}")]
    MaxPositionsPerSymbol { symbol: Symbol, open: usize, limit: u32 },
    #[error("max_position_size_quote: {symbol}: the {side} position would be worth {notional}, the limit is {limit}")]
    MaxPositionSize { symbol: Symbol, side: PositionSide, notional: Decimal, limit: Decimal },
    #[error("lot_size: {symbol}: quantity {quantity} rounds to nothing; the lot is {lot}")]
    LotSize { symbol: Symbol, quantity: Decimal, lot: Decimal },
    #[error("max_quantity: {symbol}: a position of {quantity} is too large: the most is {limit}, worth {value_limit}")]
    MaxQuantity { symbol: Symbol, quantity: Decimal, limit: Decimal, value_limit: Decimal },
    #[error("min_notional: {symbol}: an order of {notional} is below the smallest, {minimum}")]
    MinNotional { symbol: Symbol, notional: Decimal, minimum: Decimal },
    #[error("margin: {symbol}: margin and fee need {needed}, {free} is free")]
    Margin { symbol: Symbol, needed: Decimal, free: Decimal },
}

impl Refusal {
    /// The rule's name: the key that it enforces, where there is one.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Warmup { .. } => "warmup",
            Self::Ended { .. } => "end_of_data",
            Self::Halted { .. } => "halted",
            Self::TradeHours { .. } => "trade_hours",
            Self::AllowedDays { .. } => "allowed_days",
            Self::MinVolume { .. } => "min_volume",
            Self::MaxOpenPositions { .. } => "max_open_positions",
            Self::MaxPositionsPerSymbol { .. } => "max_positions_per_symbol",
            Self::MaxPositionSize { .. } => "max_position_size_quote",
            Self::LotSize { .. } => "lot_size",
            Self::MaxQuantity { .. } => "max_quantity",
            Self::MinNotional { .. } => "min_notional",
            Self::Margin { .. } => "margin",
        }
    }
}
