//! Orders of ours and their executions, as the exchange tells of them.

use metaexpert_core::{Liquidity, PositionSide, Side, TriggerBy, UnixNanos};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::Word;

/// An order of ours and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrderReport {
    /// Of what.
    pub symbol: String,
    /// The name that this side gave it.
    pub client_id: Option<String>,
    /// The exchange's number, as executions name it. Conditional orders that an exchange counts for themselves have a word before theirs.
    pub venue_id: Option<String>,
    /// Of a cancel or replacement: the name of the order that it was about, where the report bears another.
    pub original_client_id: Option<String>,
    /// The list of linked orders that it belongs to.
    pub list_id: Option<String>,
    /// Which way; `None` where the payload does not say.
    pub side: Option<Side>,
    /// The leg, in hedge mode; `None` in one-way mode and on spot.
    pub position_side: Option<PositionSide>,
    /// What it is.
    pub order_type: Word<OrderType>,
    /// How long it stands.
    pub time_in_force: Option<Word<TimeInForceReport>>,
    /// When it expires, where it does.
    pub good_till: Option<UnixNanos>,
    /// Where it stands.
    pub state: Word<OrderState>,
    /// How much of it is wanted, in base currency or contracts.
    pub quantity: Option<Decimal>,
    /// How much of it is wanted, in quote currency (spot market orders).
    pub quote_quantity: Option<Decimal>,
    /// Its limit; `None` for market orders.
    pub price: Option<Decimal>,
    /// What it waits for.
    pub conditional: Option<Conditional>,
    /// How much was executed.
    pub filled: Option<Decimal>,
    /// What was paid for that, in quote currency (of inverse contracts: base currency).
    pub filled_value: Option<Decimal>,
    /// At which average price; `None` before the first execution.
    pub average_price: Option<Decimal>,
    /// Whether it may only reduce a position.
    pub reduce_only: Option<bool>,
    /// Whether it closes the whole position.
    pub close_position: Option<bool>,
    /// Who placed it.
    pub origin: Origin,
    /// The exchange's word for why it was refused or expired.
    pub why: Option<String>,
    /// When it was placed.
    pub created: Option<UnixNanos>,
    /// When it changed last.
    pub updated: Option<UnixNanos>,
}

/// What an order waits for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conditional {
    /// The price that brings it to life; `None` of a trailing stop that follows.
    pub trigger: Option<Decimal>,
    /// Of which price series.
    pub by: Option<Word<TriggerBy>>,
    /// Of a trailing stop: its distance, in percent of the price.
    pub callback_pct: Option<Decimal>,
    /// Of a trailing stop: the price at which it begins to follow.
    pub activation: Option<Decimal>,
}

/// What an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderType {
    /// Takes whatever the price.
    Market,
    /// Trades at its price or better.
    Limit,
    /// A limit that never takes.
    LimitMaker,
    /// Market, once the price has moved against it.
    StopMarket,
    /// Limit, once the price has moved against it.
    StopLimit,
    /// Market, once the price has moved for it.
    TakeProfitMarket,
    /// Limit, once the price has moved for it.
    TakeProfitLimit,
    /// Market, once the price has come back.
    TrailingStop,
    /// Sent by the exchange to liquidate.
    Liquidation,
}

/// How long an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForceReport {
    /// Until it is filled or cancelled.
    GoodTillCancelled,
    /// What does not trade at once is cancelled.
    ImmediateOrCancel,
    /// All at once or nothing.
    FillOrKill,
    /// Until a time.
    GoodTillDate,
    /// Rests or is refused.
    PostOnly,
    /// Retail price improvement: rests, and only for orders that are not of programs.
    RetailPriceImprovement,
}

/// Where an order stands, by the exchange's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// The exchange has it, and it does not stand yet: it waits for another order, or for its turn.
    Pending,
    /// It stands; of a conditional order: it waits.
    New,
    /// A conditional order's condition is met, and the order itself is on its way.
    Triggered,
    /// A part was executed.
    PartiallyFilled,
    /// All was executed.
    Filled,
    /// It is being cancelled.
    PendingCancel,
    /// Somebody cancelled it.
    Cancelled,
    /// It was refused.
    Rejected,
    /// It stood as long as it was to, or could not trade.
    Expired,
    /// It expired to prevent a trade with an order of the same account.
    ExpiredInMatch,
    /// It was changed.
    Amended,
}

/// Who placed an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The account's owner.
    Own,
    /// The exchange, to liquidate a position.
    Liquidation,
    /// The exchange, to close a winner's position against a liquidated one (auto-deleveraging).
    AutoDeleveraging,
    /// The exchange, at a delivery, an exercise or a delisting.
    Settlement,
}

/// An execution of one of our orders.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FillReport {
    /// Of what.
    pub symbol: String,
    /// The exchange's number of it; with the symbol it is the key by which no fill is counted twice.
    pub trade_id: String,
    /// The name that this side gave the order.
    pub client_id: Option<String>,
    /// The exchange's number of the order.
    pub venue_id: Option<String>,
    /// Which way.
    pub side: Side,
    /// The leg, in hedge mode.
    pub position_side: Option<PositionSide>,
    /// At which price.
    pub price: Decimal,
    /// How much, in base currency or contracts.
    pub quantity: Decimal,
    /// Fee that was paid, negative where it was received; `None` where the payload does not say.
    pub fee: Option<Decimal>,
    /// In which asset.
    pub fee_asset: Option<String>,
    /// Whether it rested or took.
    pub liquidity: Option<Liquidity>,
    /// Profit or loss that it realised, in settlement currency.
    pub realised: Option<Decimal>,
    /// Whose order it was of.
    pub origin: Origin,
    /// When.
    pub time: UnixNanos,
    /// Whether a fuller report of the same execution follows (Binance's `TRADE_LITE`).
    pub is_early: bool,
}

/// What an exchange answers to a request about an order, where that is less than the order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubmitReport {
    /// Of what.
    pub symbol: Option<String>,
    /// The name that this side gave the order.
    pub client_id: Option<String>,
    /// The exchange's number of it.
    pub venue_id: Option<String>,
    /// When.
    pub time: Option<UnixNanos>,
}

/// Orders of ours that are linked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkReport {
    /// Of what.
    pub symbol: String,
    /// The exchange's number of the list.
    pub list_id: String,
    /// The name that this side gave it.
    pub client_id: Option<String>,
    /// The exchange's word for what links them: `OCO`, `OTO`.
    pub contingency: String,
    /// The exchange's word for where the list stands.
    pub status: String,
    /// Client id and exchange's number of each order.
    pub orders: Vec<(String, String)>,
    /// When.
    pub time: Option<UnixNanos>,
}
