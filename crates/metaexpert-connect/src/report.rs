//! What an exchange reports, in the words of this project and not of the exchange: the common ground that adapters read
//! payloads into, and that everything above the adapters goes by.
//!
//! The one decision: a report says what the payload said and nothing more. An instrument is named as the exchange names it,
//! what the payload leaves out is `None`, and nothing is worked out from other messages; whoever joins reports (the book, the
//! account, the engine's feed) knows what to make of a gap.
//!
//! Reports of the market borrow from the frame, so that a quote costs no allocation; reports of an account are owned.

mod account; // balances, positions, what was paid
mod listing; // what can be traded, with its rules
mod market; // quotes, trades, books, bars, marks
mod order; // orders and executions
mod service; // what concerns the connection, not the market

use serde::Serialize;

pub use account::{
    AccountMode, AccountReport, BalanceReport, Entry, EntryCause, LegReport, LeverageReport, LoanReport, MarginCall,
    PositionReport, RiskReport,
};
pub use listing::{BracketReport, FeeReport, Filter, Listing, ListingStatus};
pub use market::{
    BarReport, DepthReport, FundingReport, IndexReport, LevelReport, LiquidationReport, MarkReport, OpenInterestReport,
    PublicTradeReport, Quote, TickerReport,
};
pub use order::{
    Conditional, FillReport, LinkReport, OrderReport, OrderState, OrderType, Origin, SubmitReport, TimeInForceReport,
};
pub use service::{Credential, Refused, Service};

/// One thing that an exchange reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum Report<'a> {
    /// The best bid and ask.
    Quote(Quote<'a>),
    /// Somebody traded.
    PublicTrade(PublicTradeReport<'a>),
    /// A change of the order book, or all of it.
    Depth(DepthReport<'a>),
    /// A bar, closed or not.
    Bar(BarReport<'a>),
    /// Mark and index price, and the funding to come.
    Mark(MarkReport<'a>),
    /// The price of an underlying.
    Index(IndexReport<'a>),
    /// A day's statistics.
    Ticker(Box<TickerReport<'a>>),
    /// Funding as it was settled.
    Funding(FundingReport<'a>),
    /// How many contracts are open.
    OpenInterest(OpenInterestReport<'a>),
    /// Somebody was liquidated.
    Liquidation(LiquidationReport<'a>),
    /// Something that can be traded.
    Listing(Box<Listing>),
    /// Leverage and maintenance margin by value.
    Bracket(BracketReport),
    /// What trading costs.
    Fee(FeeReport),
    /// An order of ours and where it stands.
    Order(Box<OrderReport>),
    /// Answer to an order that was sent, where it says less than an [`OrderReport`].
    Submitted(SubmitReport),
    /// Linked orders of ours.
    Link(LinkReport),
    /// An execution of one of our orders.
    Fill(Box<FillReport>),
    /// What is owned of one asset.
    Balance(BalanceReport),
    /// A position, or a leg of one.
    Position(Box<PositionReport>),
    /// The account as a whole.
    Account(Box<AccountReport>),
    /// Leverage or margin mode of an instrument.
    Leverage(LeverageReport),
    /// A mode of the whole account.
    Mode(AccountMode),
    /// A booking: funding, interest, commission, a transfer.
    Entry(Entry),
    /// A loan, an interest, or what may be borrowed.
    Loan(LoanReport),
    /// Positions are close to being liquidated.
    MarginCall(MarginCall),
    /// An option account's greeks, or a margin account's risk.
    Risk(RiskReport),
    /// What concerns the connection.
    Service(Service),
}
