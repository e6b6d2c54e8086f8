//! Why the gate refused an order: the rule, with the numbers that broke it.

use std::time::Duration;

use rust_decimal::Decimal;

use super::watch::Missing;
use crate::{Percent, Symbol, UnixNanos, config::TrendFilter, feed::PauseCause, order::PositionSide, rounding::float_of};

/// A refusal by the risk gate. It is counted under [`rule`](Self::rule) and reaches `#[on_error]`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message names every field")]
pub enum Refusal {
    #[error("warmup: {symbol}: {remaining} of the `warmup_bars` are still to come")]
    Warmup { symbol: Symbol, remaining: usize },
    #[error("warmup: {symbol}: what is told is history; orders leave from the present on")]
    History { symbol: Symbol },
    #[error("end_of_data: {symbol}: the run has ended")]
    Ended { symbol: Symbol },
    #[error("kill_switch: new entries are refused: {reason}")]
    KillSwitch { reason: String },
    #[error("halted: new entries are refused {until}: {breach}")]
    Halted { breach: String, until: &'static str },
    #[error("paused: {}{cause} for {} s: new entries are refused until that is over", of_symbol(.symbol.as_ref()), .age.as_secs())]
    Paused { symbol: Option<Symbol>, cause: PauseCause, age: Duration },
    #[error("stop_guard_count: {symbol}: {stops} protective stops within {bars} bars; entries pass again at {until}")]
    StopGuard { symbol: Symbol, stops: u32, bars: u32, until: UnixNanos },
    #[error(
        "circuit_breaker_pct: {symbol}: prices from {low} to {high} within {minutes} minutes, and a move of {limit} % is the limit; entries pass again at {until}"
    )]
    CircuitBreaker { symbol: Symbol, low: f64, high: f64, minutes: u32, limit: Percent, until: UnixNanos },
    #[error("cooldown_bars: {symbol}: it was closed at {closed}; {bars} whole bars after that bar have ended at {until}")]
    Cooldown { symbol: Symbol, bars: u32, closed: UnixNanos, until: UnixNanos },
    #[error("trade_hours: {symbol}: hour {hour} (UTC) is not one of {allowed}")]
    TradeHours { symbol: Symbol, hour: u8, allowed: String },
    #[error("allowed_days: {symbol}: {day} is not one of {allowed}")]
    AllowedDays { symbol: Symbol, day: &'static str, allowed: String },
    #[error("min_volume: {symbol}: the last bar's volume {volume} is below {minimum}")]
    MinVolume { symbol: Symbol, volume: f64, minimum: Decimal },
    #[error("max_spread_pct: {symbol}: the spread from {bid} to {ask} is {spread} %, the limit is {limit} %")]
    MaxSpread { symbol: Symbol, bid: Decimal, ask: Decimal, spread: Decimal, limit: Percent },
    #[error("max_spread_pct: {symbol}: one side of the book is empty, and the limit is {limit} %")]
    NoSpread { symbol: Symbol, limit: Percent },
    #[error("{rule}: {symbol}: {seen} of the {needed} bars that it takes have closed")]
    MissingBars { rule: &'static str, symbol: Symbol, seen: usize, needed: usize },
    #[error("volatility_filter: {symbol}: the average true range is {percent:.4} % of the close, which is not {allowed}")]
    VolatilityBand { symbol: Symbol, percent: f64, allowed: Between },
    #[error(
        "volatility_filter: {symbol}: an average true range of {percent:.4} % has rank {rank:.1} among the last {window}, which is not {allowed}"
    )]
    VolatilityRank { symbol: Symbol, percent: f64, rank: f64, window: usize, allowed: Between },
    #[error("trend_filter: {symbol}: a {side} entry, and the close {close} is not {} the {filter} of {period} bars, {average:.4}", beyond(*.side))]
    AgainstAverage { symbol: Symbol, side: PositionSide, filter: TrendFilter, period: usize, close: f64, average: f64 },
    #[error("trend_filter: {symbol}: the adx of {period} bars is {adx:.2}, the least is {limit}")]
    WeakTrend { symbol: Symbol, period: usize, adx: f64, limit: Decimal },
    #[error("trend_filter: {symbol}: a {side} entry, and of {period} bars +DI {plus:.2} is not {} -DI {minus:.2}", beyond(*.side))]
    AgainstDirection { symbol: Symbol, side: PositionSide, period: usize, plus: f64, minus: f64 },
    #[error("max_orders_per_minute: {symbol}: {limit} orders have passed in the last 60 seconds, which is the limit")]
    MaxOrdersPerMinute { symbol: Symbol, limit: u32 },
    #[error("max_open_positions: {symbol}: {open} positions are open or ordered, the limit is {limit}")]
    MaxOpenPositions { symbol: Symbol, open: usize, limit: u32 },
    #[error("max_positions_per_symbol: {symbol}: {open} entries are open or ordered, the limit is {limit}")]
    MaxPositionsPerSymbol { symbol: Symbol, open: usize, limit: u32 },
    #[error("max_position_size_quote: {symbol}: the {side} position would be worth {notional}, the limit is {limit}")]
    MaxPositionSize { symbol: Symbol, side: PositionSide, notional: Decimal, limit: Decimal },
    #[error("max_order_notional: {symbol}: an order of {notional}, the limit is {limit}")]
    MaxOrderNotional { symbol: Symbol, notional: Decimal, limit: Decimal },
    #[error(
        "price_collar_pct: {symbol}: the limit price {price} is {distance} % from the last price {last}, the limit is {limit} %"
    )]
    PriceCollar { symbol: Symbol, price: Decimal, last: Decimal, distance: Decimal, limit: Percent },
    #[error("leverage: {symbol}: an order with leverage {leverage}, the most is {limit}")]
    Leverage { symbol: Symbol, leverage: u32, limit: u32 },
    #[error("leverage: {symbol}: leverage {leverage} for a position worth {value}, whose bracket has at most {limit}")]
    BracketLeverage { symbol: Symbol, leverage: u32, value: Decimal, limit: u32 },
    #[error("tick_size: {symbol}: the price {price} is off the tick; the tick is {tick}")]
    TickSize { symbol: Symbol, price: Decimal, tick: Decimal },
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
            Self::Warmup { .. } | Self::History { .. } => "warmup",
            Self::Ended { .. } => "end_of_data",
            Self::KillSwitch { .. } => "kill_switch",
            Self::Halted { .. } => "halted",
            Self::Paused { .. } => "paused",
            Self::StopGuard { .. } => "stop_guard_count",
            Self::CircuitBreaker { .. } => "circuit_breaker_pct",
            Self::Cooldown { .. } => "cooldown_bars",
            Self::TradeHours { .. } => "trade_hours",
            Self::AllowedDays { .. } => "allowed_days",
            Self::MinVolume { .. } => "min_volume",
            Self::MaxSpread { .. } | Self::NoSpread { .. } => "max_spread_pct",
            Self::MissingBars { rule, .. } => rule,
            Self::VolatilityBand { .. } | Self::VolatilityRank { .. } => "volatility_filter",
            Self::AgainstAverage { .. } | Self::WeakTrend { .. } | Self::AgainstDirection { .. } => "trend_filter",
            Self::MaxOrdersPerMinute { .. } => "max_orders_per_minute",
            Self::MaxOpenPositions { .. } => "max_open_positions",
            Self::MaxPositionsPerSymbol { .. } => "max_positions_per_symbol",
            Self::MaxPositionSize { .. } => "max_position_size_quote",
            Self::MaxOrderNotional { .. } => "max_order_notional",
            Self::PriceCollar { .. } => "price_collar_pct",
            Self::Leverage { .. } | Self::BracketLeverage { .. } => "leverage",
            Self::TickSize { .. } => "tick_size",
            Self::LotSize { .. } => "lot_size",
            Self::MaxQuantity { .. } => "max_quantity",
            Self::MinNotional { .. } => "min_notional",
            Self::Margin { .. } => "margin",
        }
    }
}

/// What a pause is about, before its cause; nothing where it is about all symbols.
fn of_symbol(symbol: Option<&Symbol>) -> String {
    symbol.map(|symbol| format!("{symbol}: ")).unwrap_or_default()
}

/// Where the price has to be for an entry.
const fn beyond(side: PositionSide) -> &'static str {
    match side {
        PositionSide::Long => "above",
        PositionSide::Short => "below",
    }
}

impl Missing {
    /// A refusal by a rule that waits for bars.
    pub(super) fn refusal(self, rule: &'static str, symbol: &Symbol) -> Refusal {
        Refusal::MissingBars { rule, symbol: symbol.clone(), seen: self.seen, needed: self.needed }
    }
}

/// The numbers that a filter lets pass, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// The least, where there is one.
    pub low: Option<Percent>,
    /// The most, where there is one.
    pub high: Option<Percent>,
}

impl Between {
    /// Whether a number passes; something that is no number does not.
    pub(super) fn contains(&self, number: f64) -> bool {
        let float = |limit: Percent| float_of(limit.get());
        self.low.is_none_or(|low| number >= float(low)) && self.high.is_none_or(|high| number <= float(high))
    }
}

impl std::fmt::Display for Between {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.low, self.high) {
            (Some(low), Some(high)) => write!(f, "in {low} to {high}"),
            (Some(low), None) => write!(f, "at least {low}"),
            (None, Some(high)) => write!(f, "at most {high}"),
            (None, None) => f.write_str("any"),
        }
    }
}
