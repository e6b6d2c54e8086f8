//! An account: what is owned, what is open, what was paid. Amounts are of the asset that is named with them.

use metaexpert_core::{PositionSide, UnixNanos};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::Word;

/// What is owned of one asset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BalanceReport {
    /// Of which.
    pub asset: String,
    /// Of an isolated margin account: of which pair; `None` for the account as a whole.
    pub symbol: Option<String>,
    /// All of it, without what open positions would gain.
    pub total: Option<Decimal>,
    /// What can be used.
    pub free: Option<Decimal>,
    /// What orders hold back.
    pub locked: Option<Decimal>,
    /// What is owed (margin).
    pub borrowed: Option<Decimal>,
    /// Interest that is owed (margin).
    pub interest: Option<Decimal>,
    /// What open positions of a cross account gain.
    pub unrealised: Option<Decimal>,
    /// By how much it changed, where the report is of a change.
    pub change: Option<Decimal>,
    /// When.
    pub time: Option<UnixNanos>,
}

/// A position, or a leg of one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PositionReport {
    /// In what.
    pub symbol: String,
    /// Which leg.
    pub leg: LegReport,
    /// How much, in base currency or contracts; negative for a short one.
    pub quantity: Decimal,
    /// At which average price it was entered; `None` where nothing is open.
    pub entry_price: Option<Decimal>,
    /// The price at which it costs nothing, fees included.
    pub breakeven_price: Option<Decimal>,
    /// The mark price.
    pub mark_price: Option<Decimal>,
    /// The price at which it is liquidated; `None` where there is none.
    pub liquidation_price: Option<Decimal>,
    /// What it would gain.
    pub unrealised: Option<Decimal>,
    /// What it has gained since it was opened, where the exchange says.
    pub realised: Option<Decimal>,
    /// In times.
    pub leverage: Option<u32>,
    /// Whether its margin is its own; `None` where the payload does not say.
    pub isolated: Option<bool>,
    /// Its own margin, where it is isolated.
    pub isolated_margin: Option<Decimal>,
    /// Asset of margin and profit.
    pub margin_asset: Option<String>,
    /// When it changed.
    pub time: Option<UnixNanos>,
}

/// Which leg of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LegReport {
    /// The one position of a one-way account.
    Net,
    /// A leg of a hedge account.
    Leg(PositionSide),
}

/// The account as a whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountReport {
    /// Whether it may trade.
    pub can_trade: Option<bool>,
    /// What it is worth with open positions, in the exchange's unit of account.
    pub equity: Option<Decimal>,
    /// What of that is free to be used.
    pub available: Option<Decimal>,
    /// What open positions would gain.
    pub unrealised: Option<Decimal>,
    /// Margin that open positions and orders need.
    pub initial_margin: Option<Decimal>,
    /// Margin below which it is liquidated.
    pub maintenance_margin: Option<Decimal>,
    /// Of a margin account: what is owned against what is owed.
    pub margin_level: Option<Decimal>,
    /// When it changed.
    pub time: Option<UnixNanos>,
}

/// Leverage or margin mode of an instrument.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeverageReport {
    /// Of what.
    pub symbol: String,
    /// In times.
    pub leverage: Option<u32>,
    /// Whether margin is isolated.
    pub isolated: Option<bool>,
    /// Largest value that a position may have at it.
    pub max_value: Option<Decimal>,
}

/// A mode of the whole account. `None` is not said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountMode {
    /// Whether it has two legs in each instrument.
    pub hedge: Option<bool>,
    /// Whether several assets are margin together.
    pub multi_assets: Option<bool>,
    /// Fee tier.
    pub fee_tier: Option<u32>,
}

/// A booking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The exchange's number of it.
    pub id: Option<String>,
    /// For what instrument, if for one.
    pub symbol: Option<String>,
    /// Of which asset.
    pub asset: String,
    /// How much came in; negative where it went out.
    pub amount: Decimal,
    /// What for.
    pub cause: Word<EntryCause>,
    /// When.
    pub time: UnixNanos,
}

/// What a booking is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryCause {
    /// A transfer, a deposit or a withdrawal.
    Transfer,
    /// Profit or loss of a closed position.
    Realised,
    /// Funding.
    Funding,
    /// A fee.
    Fee,
    /// What is given back of a fee.
    Rebate,
    /// What a liquidation left or cost.
    Insurance,
    /// Interest on a loan.
    Interest,
    /// Taken up a loan.
    Borrow,
    /// Paid back.
    Repay,
    /// Delivery or exercise.
    Settlement,
    /// Conversion of one asset into another.
    Conversion,
    /// A gift of the exchange.
    Bonus,
}

/// A loan, an interest, or what may be borrowed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoanReport {
    /// The exchange's number of it.
    pub id: Option<String>,
    /// Of which asset.
    pub asset: Option<String>,
    /// Of an isolated account: of which pair.
    pub symbol: Option<String>,
    /// How much is borrowed, paid back or could be borrowed.
    pub amount: Option<Decimal>,
    /// Interest on it.
    pub interest: Option<Decimal>,
    /// Rate a day, as a fraction.
    pub daily_rate: Option<Decimal>,
    /// The exchange's word for where it stands.
    pub status: Option<String>,
    /// When.
    pub time: Option<UnixNanos>,
}

/// Positions are close to being liquidated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarginCall {
    /// When.
    pub time: UnixNanos,
    /// Balance of the cross account, where it is concerned.
    pub cross_balance: Option<Decimal>,
    /// Level of a margin account, and the exchange's word for it.
    pub margin_level: Option<(Decimal, String)>,
    /// Which positions.
    pub positions: Vec<PositionReport>,
}

/// Greeks of an option account by underlying.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskReport {
    /// Of which underlying.
    pub underlying: String,
    /// Change of value with the price.
    pub delta: Decimal,
    /// Change of delta with the price.
    pub gamma: Decimal,
    /// Change of value with a day.
    pub theta: Decimal,
    /// Change of value with volatility.
    pub vega: Decimal,
    /// When.
    pub time: Option<UnixNanos>,
}
