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
mod owned; // reports that outlive their frame
mod service; // what concerns the connection, not the market
mod standing; // an account beside its balances and positions
mod terms; // rules and terms beside a listing

use serde::Serialize;

pub use account::{
    AccountMode, AccountReport, BalanceReport, Entry, EntryCause, LegReport, LeverageReport, LoanReport, MarginCall,
    PositionReport, RiskReport,
};
pub use listing::{BracketReport, FeeReport, Filter, Listing, ListingStatus, ListingUpdate};
pub use market::{
    BarReport, DepthReport, FundingReport, IndexReport, LevelReport, LiquidationReport, MarkReport, OpenInterestReport,
    PriceBarReport, PriceKind, PublicTradeReport, Quote, TickerReport, WindowTickerReport,
};
pub use order::{
    Conditional, FillReport, LinkReport, OrderReport, OrderState, OrderType, Origin, SubmitReport, TimeInForceReport,
};
pub use service::{Credential, Refused, Service};
pub use standing::{PairReport, PreventedReport, QueueReport};
pub use terms::{
    Constituent, ConstituentsReport, FundingTermsReport, MarginAssetReport, ReferenceReport, RuleReport, ScheduleReport,
    SettlementReport,
};

/// One thing that an exchange reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum Report<'a> {
    /// The best bid and ask.
    Quote(Quote<'a>),
    /// Somebody traded.
    PublicTrade(PublicTradeReport<'a>),
    /// Something changed hands outside of the book: a block, a position taken over by the insurance fund. Its price is not the
    /// market's.
    OffBookTrade(PublicTradeReport<'a>),
    /// A change of the order book, or all of it.
    Depth(DepthReport<'a>),
    /// A bar, closed or not.
    Bar(BarReport<'a>),
    /// A bar of a price that nobody trades at.
    PriceBar(PriceBarReport<'a>),
    /// Mark and index price, and the funding to come.
    Mark(MarkReport<'a>),
    /// The price of an underlying.
    Index(IndexReport<'a>),
    /// A day's statistics.
    Ticker(Box<TickerReport<'a>>),
    /// Statistics of another window than the day.
    WindowTicker(Box<WindowTickerReport<'a>>),
    /// Funding as it was settled.
    Funding(FundingReport<'a>),
    /// How many contracts are open.
    OpenInterest(OpenInterestReport<'a>),
    /// Somebody was liquidated.
    Liquidation(LiquidationReport<'a>),
    /// Something that can be traded.
    Listing(Box<Listing>),
    /// Something that can be traded has changed.
    ListingUpdate(ListingUpdate),
    /// Rules beside those of a listing.
    Rules(RuleReport),
    /// A price that orders are measured against.
    Reference(ReferenceReport<'a>),
    /// How funding is reckoned.
    FundingTerms(FundingTermsReport<'a>),
    /// What was paid for a contract when it ended.
    Settlement(SettlementReport<'a>),
    /// What an index is made of.
    Constituents(ConstituentsReport<'a>),
    /// What comes or goes at a time.
    Schedule(ScheduleReport),
    /// What may be done with an asset on a margin account.
    MarginAsset(MarginAssetReport),
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
    /// A pair of isolated margin.
    Pair(PairReport),
    /// Where a position stands in the queue of auto-deleveraging.
    Queue(QueueReport),
    /// A trade with oneself that was prevented.
    Prevented(PreventedReport),
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
