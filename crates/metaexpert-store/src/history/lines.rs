//! The lines of a journal's history: flat, so that they can be written as CSV as well as JSON. Decimals are plain text, times UTC.

use metaexpert_core::{
    ChargeCause, Currency, Liquidity, OrderStatus, PositionSide, Price, Quantity, Reason, Side, Symbol, TradeId, UnixNanos,
};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// One order, as it stands by now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrderLine {
    /// When it was decided.
    pub time: UnixNanos,
    /// Its name: `mx7-3-42`.
    pub order: String,
    /// What exchanges know it by, its comment aside.
    pub venue_name: String,
    /// What was to be traded.
    pub symbol: Symbol,
    /// Which way.
    pub side: Side,
    /// `market`, `limit`, `stop_market` and so on.
    pub kind: String,
    /// How long it was to stand.
    pub time_in_force: String,
    /// What it was to do to positions: `open`, `close`, `close_all`, `net`.
    pub effect: String,
    /// To which leg; empty in a one-way account.
    pub position_side: Option<PositionSide>,
    /// How much was asked for, in base currency or contracts.
    pub quantity: Quantity,
    /// Its limit price.
    pub price: Option<Price>,
    /// What it waited for.
    pub trigger: Option<Price>,
    /// Why it was sent.
    pub reason: Reason,
    /// Where it stands.
    pub status: OrderStatus,
    /// How much was executed.
    #[serde(serialize_with = "plain")]
    pub filled: Decimal,
    /// Since when it stands there.
    pub since: UnixNanos,
}

/// One execution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TradeLine {
    /// When it was executed.
    pub time: UnixNanos,
    /// What the venue calls it.
    pub trade: TradeId,
    /// What was traded.
    pub symbol: Symbol,
    /// The name of its order; empty for the venue's own.
    pub order: Option<String>,
    /// Which way.
    pub side: Side,
    /// Which leg it changed.
    pub position_side: PositionSide,
    /// At what price.
    pub price: Price,
    /// How much, in base currency or contracts.
    pub quantity: Quantity,
    /// What that is worth, in `currency`.
    #[serde(serialize_with = "plain")]
    pub value: Decimal,
    /// Profit (negative: loss) that it realised in `currency`, its fee aside: zero where it opened. Empty where nothing was written of
    /// the leg that it closed.
    #[serde(serialize_with = "plain_or_none")]
    pub realized: Option<Decimal>,
    /// The currency that it was settled in.
    pub currency: Currency,
    /// What it cost, in `fee_currency`; negative for a rebate.
    #[serde(serialize_with = "plain")]
    pub fee: Decimal,
    /// The currency of the fee.
    pub fee_currency: Currency,
    /// Whether it took or rested.
    pub liquidity: Liquidity,
    /// Why it happened.
    pub reason: Reason,
}

/// Funding that was paid or received.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FundingLine {
    /// When it was settled.
    pub time: UnixNanos,
    /// For the position in what.
    pub symbol: Symbol,
    /// For which leg; empty where the exchange does not say.
    pub position_side: Option<PositionSide>,
    /// At which rate of the position's value.
    pub rate: f64,
    /// How much came in; negative where it was paid.
    #[serde(serialize_with = "plain")]
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

/// What was booked besides executions and funding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChargeLine {
    /// When it was booked.
    pub time: UnixNanos,
    /// What for.
    pub cause: ChargeCause,
    /// How much came in; negative where it was paid.
    #[serde(serialize_with = "plain")]
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

/// One UTC day of one symbol, in one currency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayLine {
    /// When the day began.
    pub day: UnixNanos,
    /// Which symbol; empty for what belongs to none.
    pub symbol: Option<Symbol>,
    /// The currency of all amounts of the line.
    pub currency: Currency,
    /// How many executions were settled in it.
    pub trades: u64,
    /// What they were worth.
    #[serde(serialize_with = "plain")]
    pub volume: Decimal,
    /// What they realised, fees aside.
    #[serde(serialize_with = "plain")]
    pub realized: Decimal,
    /// Fees that were paid in it; negative for rebates.
    #[serde(serialize_with = "plain")]
    pub fees: Decimal,
    /// Funding that came in; negative where it was paid.
    #[serde(serialize_with = "plain")]
    pub funding: Decimal,
    /// Interest and what insurance took or covered; negative where it was paid. Transfers are no profit and stand apart.
    #[serde(serialize_with = "plain")]
    pub charges: Decimal,
    /// What came into the account or left it.
    #[serde(serialize_with = "plain")]
    pub transfers: Decimal,
    /// Profit: `realized - fees + funding + charges`.
    #[serde(serialize_with = "plain")]
    pub profit: Decimal,
}

/// Digits without an exponent and without trailing zeros.
fn plain<S: Serializer>(decimal: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&decimal.normalize())
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn plain_or_none<S: Serializer>(decimal: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match decimal {
        Some(decimal) => plain(decimal, serializer),
        None => serializer.serialize_none(),
    }
}
