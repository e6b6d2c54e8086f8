//! What a wallet with loans writes down: loans and what was paid back, interest, and the flow of its coins.
//!
//! The one decision: these are records of their own beside the [`Entry`](crate::clearing::Entry)s, since exchanges show them in
//! calls of their own, with what an entry does not know (of what is paid back, how much was interest).

use metaexpert_core::{Currency, UnixNanos};
use rust_decimal::Decimal;

use crate::{listing::MarketId, order::OrderId};

/// A loan was taken or paid back (Binance: `GET /sapi/v1/margin/borrow-repay`).
#[derive(Debug, Clone, PartialEq)]
pub struct LoanRecord {
    /// Its number (`txId`, `tranId`).
    pub id: u64,
    /// When.
    pub time: UnixNanos,
    /// Whether it was taken.
    pub is_borrow: bool,
    /// Of what.
    pub currency: Currency,
    /// How much of what was owed without interest.
    pub principal: Decimal,
    /// How much interest; zero when it was taken.
    pub interest: Decimal,
    /// At whose word.
    pub by: By,
}

impl LoanRecord {
    /// How much in all.
    pub fn amount(&self) -> Decimal {
        self.principal + self.interest
    }
}

/// At whose word something was borrowed or paid back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A request for just that.
    Hand,
    /// An order that borrows or pays back.
    Order(OrderId),
    /// The exchange, since the wallet is taken over.
    Liquidation,
}

/// Interest was charged (Binance: `GET /sapi/v1/margin/interestHistory`).
#[derive(Debug, Clone, PartialEq)]
pub struct InterestRecord {
    /// Its number.
    pub id: u64,
    /// For which hour: when that began, or when the loan was taken.
    pub time: UnixNanos,
    /// Of what is owed.
    pub owed: Currency,
    /// On how much.
    pub principal: Decimal,
    /// In what it was charged; another than `owed` where it was paid in the exchange's coin.
    pub currency: Currency,
    /// How much.
    pub interest: Decimal,
    /// At which rate, a fraction for a day.
    pub daily_rate: Decimal,
    /// Whether it is the first hour's, charged when the loan is taken.
    pub is_first: bool,
}

/// Coins came in or went out (Binance: `GET /sapi/v1/margin/capital-flow`).
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Its number.
    pub id: u64,
    /// The number of what it belongs to: a loan, an execution on its tape; its own where it stands alone.
    pub belongs_to: u64,
    /// When.
    pub time: UnixNanos,
    /// What for.
    pub kind: FlowKind,
    /// Of what.
    pub currency: Currency,
    /// How much; negative where it went out.
    pub amount: Decimal,
    /// In which market, of an execution.
    pub market: Option<MarketId>,
}

/// What coins came or went for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// Between wallets.
    Transfer,
    /// A loan was taken.
    Borrow,
    /// A loan was paid back.
    Repay,
    /// A buy brought coins.
    BuyIncome,
    /// A buy was paid for.
    BuyExpense,
    /// A sale brought money.
    SellIncome,
    /// A sale gave coins away.
    SellExpense,
    /// An execution's fee.
    Commission,
    /// The exchange bought for the wallet that it took over: what came, and what was paid.
    LiquidationBuy,
    /// The exchange sold for the wallet that it took over: what came, and what was given away.
    LiquidationSell,
    /// The exchange paid back for the wallet that it took over.
    LiquidationRepay,
    /// Interest that was paid in the exchange's coin, or what a liquidation lacked.
    Other,
}
