//! Whose money it is: what orders set aside, what executions move, what positions and loans need.
//!
//! The one decision: matching knows no money and money knows no matching. The engine that backtest and paper use says what was
//! executed at which price; what follows for balances, margins, debts and levels is reckoned here, as exchanges reckon it. Every
//! wallet is a [`Clearing`], and nothing else changes a balance.

pub mod futures; // linear and inverse: margin modes, leverage, funding, liquidation
pub mod margin; // cross and isolated: loans, interest, calls
mod numbers; // what lines of histories are numbered by
pub mod options; // premiums, the seller's margin, exercise
pub mod spot; // coins change hands

use metaexpert_core::{Currency, Money, PositionSide, Side, UnixNanos};
pub use numbers::Numbers;
use rust_decimal::Decimal;

use crate::{
    listing::MarketId,
    news::{Balance, Cause, PositionNow},
    order::{Loan, OrderId, Refusal},
    prices::Prices,
};

/// What an order that is to come in may need.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// Which order.
    pub order: OrderId,
    /// Where.
    pub market: MarketId,
    /// Which way.
    pub side: Side,
    /// How much, at most.
    pub quantity: Decimal,
    /// The worst price it may be executed at; of a market order, what the book says now.
    pub price: Decimal,
    /// What it may spend at most, where it is sized by value.
    pub budget: Option<Decimal>,
    /// Which leg; `None` where there is one position a market.
    pub leg: Option<PositionSide>,
    /// Whether it may only make the position smaller.
    pub reduce_only: bool,
    /// What it does about loans.
    pub loan: Loan,
    /// When.
    pub time: UnixNanos,
}

/// What was executed.
#[derive(Debug, Clone, PartialEq)]
pub struct Fill {
    /// Its number on the market's tape.
    pub trade_id: u64,
    /// Of which order.
    pub order: OrderId,
    /// Where.
    pub market: MarketId,
    /// Which way.
    pub side: Side,
    /// Which leg the order was for; `None` where there is one position a market.
    pub leg: Option<PositionSide>,
    /// At which price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
    /// Whether it had rested.
    pub is_maker: bool,
    /// What the order does about loans.
    pub loan: Loan,
    /// Whether the exchange does it, since the position is taken over.
    pub is_liquidation: bool,
    /// When.
    pub time: UnixNanos,
}

/// What an execution has done.
#[derive(Debug, Clone, PartialEq)]
pub struct Booked {
    /// What it cost.
    pub fee: Money,
    /// What it realised of a position, in settlement currency; zero where there are no positions.
    pub realized: Decimal,
    /// What it came to, exactly: quote currency; coins, of an inverse contract.
    pub value: Decimal,
    /// The leg that it changed.
    pub leg: PositionSide,
    /// What changed.
    pub changed: Changed,
}

/// What has changed in a wallet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changed {
    /// What is there of each coin that changed.
    pub balances: Vec<Balance>,
    /// The positions that changed.
    pub positions: Vec<PositionNow>,
    /// Debts that changed: of what, what is owed, and what of that is interest.
    pub debts: Vec<(Currency, Decimal, Decimal)>,
}

/// Something that a wallet did of itself as time or prices moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// When.
    pub time: UnixNanos,
    /// What for.
    pub cause: Cause,
    /// What changed.
    pub changed: Changed,
}

/// A position, or a debt's collateral, that the exchange takes over: an order that it sends for the account.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeOver {
    /// Where.
    pub market: MarketId,
    /// Which way it is closed.
    pub side: Side,
    /// Which leg.
    pub leg: Option<PositionSide>,
    /// How much.
    pub quantity: Decimal,
}

/// A line of a wallet's history (Binance: `income`, `bill`).
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number, over all wallets of the testnet.
    pub id: u64,
    /// When.
    pub time: UnixNanos,
    /// What for.
    pub kind: EntryKind,
    /// How much; negative where it went out.
    pub amount: Money,
    /// In which market, where it was in one.
    pub market: Option<MarketId>,
    /// The execution it belongs to.
    pub trade_id: Option<u64>,
}

/// What a line of a history is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A transfer between wallets, or from or to outside.
    Transfer,
    /// Profit or loss of a position.
    Realized,
    /// A fee.
    Commission,
    /// Funding.
    Funding,
    /// What a liquidation left was taken, or what it lacked was paid.
    Insurance,
    /// A contract was delivered.
    Delivery,
    /// An option was exercised.
    Exercise,
    /// A loan was taken.
    Borrow,
    /// A loan was paid back.
    Repay,
    /// Interest.
    Interest,
    /// Margin was moved to or from a position.
    PositionMargin,
    /// An option's premium was paid or received.
    Premium,
}

/// The money of one wallet.
pub trait Clearing {
    /// Sets aside what an order may need, or refuses it.
    ///
    /// # Errors
    /// Why it cannot be paid for, or must not be: funds, margin, reduce-only, position mode, leverage.
    fn admit(&mut self, need: &Need, prices: &dyn Prices) -> Result<Changed, Refusal>;

    /// Whether [`admit`](Self::admit) would take it, without setting anything aside.
    ///
    /// # Errors
    /// As `admit`.
    fn check(&self, need: &Need, prices: &dyn Prices) -> Result<(), Refusal>;

    /// Frees what an order had set aside, for this much of its quantity; all of it where `None`. An execution frees by itself.
    fn release(&mut self, order: OrderId, part: Option<Decimal>) -> Changed;

    /// Lets an execution happen.
    fn execute(&mut self, fill: &Fill, prices: &dyn Prices) -> Booked;

    /// Time has come to `now` and a market's price may have moved: interest, margin calls; what is taken over is sent as orders by
    /// whoever asked.
    fn follow(&mut self, now: UnixNanos, prices: &dyn Prices) -> (Vec<Happened>, Vec<TakeOver>);

    /// Money comes in (negative: goes out).
    ///
    /// # Errors
    /// [`Refusal::Funds`] where less can be taken out.
    fn transfer(&mut self, money: &Money, now: UnixNanos, cause: Cause, prices: &dyn Prices) -> Result<Changed, Refusal>;

    /// Whether a coin can come in at all.
    fn holds(&self, _currency: &Currency) -> bool {
        true
    }

    /// What is there of every coin that the wallet has had.
    fn balances(&self, prices: &dyn Prices) -> Vec<Balance>;

    /// Every line of its history, oldest first.
    fn history(&self) -> &[Entry];
}
