//! Orders as an exchange keeps them: what was asked for, where it stands, and every execution.
//!
//! The one decision: all exchanges' orders are one type. What only a protocol cares for (a `priceMatch`, a `strategyId`) travels
//! along as [`Echo`] and comes back as it was.

mod refusal; // why not

use std::collections::BTreeMap;

use metaexpert_core::{Money, OrderKind, PositionSide, Side, TimeInForce, UnixNanos};
pub use refusal::{BrokenRule, Refusal};
use rust_decimal::Decimal;

use crate::{listing::MarketId, wallet::Wallet};

/// An account: one user of the exchange, with any number of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u16);

/// What the exchange calls an order. Counted over all markets of the testnet, from [`OrderId::FIRST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub u64);

impl OrderId {
    /// The first.
    pub const FIRST: Self = Self(1);
}

/// What the exchange calls a conditional order that is not an order yet (Binance: `algoId`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlgoId(pub u64);

/// What the exchange calls a list of orders that belong together (Binance: `orderListId`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListId(pub u64);

/// How an order is named in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By the exchange's name for it.
    Id(u64),
    /// By the client's.
    Client(String),
}

/// What a protocol wants to have kept beside an order: names of its own with the values they came with.
pub type Echo = BTreeMap<&'static str, String>;

/// An order as it was asked for. What a protocol can check by itself (spelling, missing parameters) has been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderRequest {
    /// Whose money.
    pub wallet: Wallet,
    /// Which market.
    pub market: MarketId,
    /// The client's name for it; the protocol has made one up where the client gave none.
    pub client_id: String,
    /// Which way.
    pub side: Side,
    /// At which price, and what it waits for.
    pub kind: OrderKind,
    /// How long it stands.
    pub time_in_force: TimeInForce,
    /// How much.
    pub size: Size,
    /// What of it is shown at a time, where less than all.
    pub iceberg: Option<Decimal>,
    /// Which leg of a position it is for; `None` where the account holds one position a market.
    pub leg: Option<PositionSide>,
    /// Whether it may only make the position smaller.
    pub reduce_only: bool,
    /// What becomes of it where it would trade with an order of the same account.
    pub self_trade: SelfTradePrevention,
    /// Whether what it lacks is borrowed, and whether what it brings pays loans back.
    pub loan: Loan,
    /// What the protocol wants back.
    pub echo: Echo,
}

/// How much an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// So many coins or contracts.
    Quantity(Decimal),
    /// As much as this much quote currency buys or must be sold for.
    Quote(Decimal),
    /// All that the position holds when it trades.
    WholePosition,
}

/// What becomes of orders of the same account that would trade with each other. Some exchanges know more than one engine does:
/// `Decrement` takes the smaller quantity off both (Binance, "Self Trade Prevention").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SelfTradePrevention {
    /// They trade.
    #[default]
    None,
    /// The incoming one ends.
    ExpireTaker,
    /// The resting one ends.
    ExpireMaker,
    /// Both end.
    ExpireBoth,
    /// Both lose the smaller one's quantity.
    Decrement,
    /// As `ExpireTaker` for orders of one account.
    Transfer,
}

/// What an order of a margin wallet does about loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Loan {
    /// Nothing.
    #[default]
    None,
    /// Borrows what it lacks.
    Borrow,
    /// Pays back with what it brings.
    Repay,
    /// Both.
    BorrowAndRepay,
}

/// Where an order came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A client asked for it.
    Client,
    /// A conditional order has come to life.
    Algo(AlgoId),
    /// The exchange closes a position that it takes over.
    Liquidation,
    /// The contract ends.
    Delivery,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// It belongs to a list and comes when another of the list is done.
    Pending,
    /// It waits for a price.
    Waiting,
    /// It is in the market.
    Working,
    /// A part was executed, the rest is in the market.
    PartiallyFilled,
    /// All of it was executed.
    Filled,
    /// Somebody took it back.
    Cancelled,
    /// It is over: it could not rest, its time came, or what it waited for found it without funds.
    Expired,
    /// It is over since it would have traded with an order of the same account.
    ExpiredInMatch,
    /// It was refused after it had been accepted.
    Rejected,
}

impl OrderState {
    /// Whether something may still become of it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Waiting | Self::Working | Self::PartiallyFilled)
    }
}

/// An order.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The exchange's name for it.
    pub id: OrderId,
    /// What was asked for. An amendment changes it.
    pub request: OrderRequest,
    /// Where it came from.
    pub origin: Origin,
    /// The list it belongs to.
    pub list: Option<ListId>,
    /// Where it stands.
    pub state: OrderState,
    /// How much it is for, once that is known: of an order by value, what it bought.
    pub quantity: Decimal,
    /// How much of it was executed.
    pub executed: Decimal,
    /// What that came to, in quote currency (inverse contracts: in coins).
    pub value: Decimal,
    /// When it was accepted.
    pub created: UnixNanos,
    /// When it last changed.
    pub updated: UnixNanos,
    /// Since when it is in the market.
    pub working_since: Option<UnixNanos>,
    /// Where a trailing stop stands now.
    pub level: Option<Decimal>,
    /// What of it was not executed since it would have traded with an order of the same account.
    pub prevented: Decimal,
    /// How often it was amended in its place.
    pub amends: u32,
    /// Why it is over, where that was not asked for.
    pub ended_by: Option<Refusal>,
}

impl Order {
    /// What may still be executed.
    pub fn left(&self) -> Decimal {
        self.quantity - self.executed
    }

    /// The average price of what was executed; zero before that. Of an inverse contract `value` is in coins, so it must be told how
    /// much quote currency one contract is.
    pub fn average_price(&self, inverse_contract: Option<Decimal>) -> Decimal {
        match inverse_contract {
            Some(size) => (self.executed * size).checked_div(self.value).unwrap_or_default(),
            None => self.value.checked_div(self.executed).unwrap_or_default(),
        }
    }
}

/// A part of an order was executed.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    /// Its number on the market's tape.
    pub trade_id: u64,
    /// Whose.
    pub account: AccountId,
    /// Of which order.
    pub order: OrderId,
    /// The client's name for that.
    pub client_id: String,
    /// Whose money.
    pub wallet: Wallet,
    /// Where.
    pub market: MarketId,
    /// Which way.
    pub side: Side,
    /// Which leg, of a position.
    pub leg: PositionSide,
    /// At which price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
    /// What that comes to: quote currency; coins, of an inverse contract.
    pub value: Decimal,
    /// What it cost; negative for a rebate.
    pub fee: Money,
    /// What it realised of a position, in settlement currency.
    pub realized: Decimal,
    /// Whether it had rested.
    pub is_maker: bool,
    /// When.
    pub time: UnixNanos,
}

/// A conditional order that is not an order yet, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Algo {
    /// The exchange's name for it.
    pub id: AlgoId,
    /// What is to be sent when it comes to life; its `client_id` is the client's name for the conditional order.
    pub request: OrderRequest,
    /// Where it stands.
    pub state: AlgoState,
    /// The order that came of it.
    pub order: Option<OrderId>,
    /// When it was accepted.
    pub created: UnixNanos,
    /// When it last changed.
    pub updated: UnixNanos,
    /// When it came to life.
    pub triggered: Option<UnixNanos>,
    /// Where a trailing stop stands now.
    pub level: Option<Decimal>,
    /// Why no order came of it.
    pub refused: Option<Refusal>,
}

/// Where a conditional order stands (Binance, "Payload: Algo Order Update", `X`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlgoState {
    /// It waits.
    Waiting,
    /// Its price has come, and the order is on its way.
    Triggering,
    /// The order is in the market.
    Triggered,
    /// The order is over: filled or cancelled.
    Finished,
    /// It was taken back.
    Cancelled,
    /// The order was refused.
    Rejected,
    /// It is over without an order.
    Expired,
}

/// Several orders that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderList {
    /// The exchange's name for it.
    pub id: ListId,
    /// The client's.
    pub client_id: String,
    /// Whose money.
    pub wallet: Wallet,
    /// Where.
    pub market: MarketId,
    /// How they belong together.
    pub contingency: Contingency,
    /// The orders, in the order they were asked for.
    pub orders: Vec<OrderId>,
    /// Where it stands.
    pub state: ListState,
    /// When it was accepted.
    pub created: UnixNanos,
}

/// How the orders of a list belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contingency {
    /// One cancels the other.
    OneCancelsOther,
    /// The first brings the others to life when it is filled; the others cancel one another where there are two. The pending ones
    /// are for what the first has brought, where `for_what_came` says so (Binance: OPO, OPOCO).
    OneTriggersOther {
        /// Whether the pending orders' size is what the first one brought, less fees.
        for_what_came: bool,
    },
}

/// Where a list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListState {
    /// Its orders stand.
    Executing,
    /// All are over.
    Done,
    /// It was refused.
    Rejected,
}
