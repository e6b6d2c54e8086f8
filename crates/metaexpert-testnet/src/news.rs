//! What happens, as streams tell it: of markets to everybody, of an account to its owner.
//!
//! The one decision: news comes out of the world in the order it happened, and a protocol makes messages of it without asking the
//! world again what was: each item carries what it was when it happened.

use metaexpert_core::{Currency, PositionSide, Side, UnixNanos};
use rust_decimal::Decimal;

use crate::{
    listing::MarketId,
    order::{AccountId, Algo, Execution, Order, OrderList},
    wallet::Wallet,
};

/// Something has happened.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// In a market.
    Market(MarketId, MarketNews),
    /// To an account.
    Account(AccountId, Box<AccountNews>),
    /// A step of the exchange's own pace is over: what streams send every 100 ms is due, for the so-manieth time.
    Step(UnixNanos, u64),
}

/// What everybody is told of a market.
#[derive(Debug, Clone, PartialEq)]
pub enum MarketNews {
    /// A trade.
    Print(Print),
    /// The best bid or ask changed; the book's number after that.
    Best(Quote),
    /// Levels of the book changed, since the last such news.
    Levels(LevelChanges),
    /// A bar of the shortest interval ended: longer ones may have too.
    BarClosed,
    /// Mark and index prices.
    Marks(Marks),
    /// Funding was settled.
    Funding {
        /// When.
        time: UnixNanos,
        /// At which rate, a fraction.
        rate: Decimal,
        /// The mark price at which it was reckoned.
        mark: Decimal,
    },
    /// A position was taken over; the order that closes it.
    Liquidation(Box<Order>, Execution),
    /// The contract ended at this price.
    Ended(UnixNanos, Decimal),
}

/// A trade as the tape shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Print {
    /// Its number on the market's tape, without gaps.
    pub id: u64,
    /// When.
    pub time: UnixNanos,
    /// At which price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
    /// Whether the seller took.
    pub buyer_is_maker: bool,
}

/// The best bid and ask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quote {
    /// The book's number after the change.
    pub update_id: u64,
    /// When.
    pub time: UnixNanos,
    /// Best bid: price and quantity.
    pub bid: (Decimal, Decimal),
    /// Best ask: price and quantity.
    pub ask: (Decimal, Decimal),
}

/// Levels that changed, each with what is there now; zero where it is gone.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelChanges {
    /// When.
    pub time: UnixNanos,
    /// The numbers of the changes: the first, the last.
    pub ids: (u64, u64),
    /// The last number of the changes before these.
    pub previous: u64,
    /// Bids, best first.
    pub bids: Vec<(Decimal, Decimal)>,
    /// Asks, best first.
    pub asks: Vec<(Decimal, Decimal)>,
}

/// What a contract is valued by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marks {
    /// When.
    pub time: UnixNanos,
    /// What positions are valued by.
    pub mark: Decimal,
    /// The price of the underlying.
    pub index: Decimal,
    /// What it would be settled at, if it ended now.
    pub settlement: Decimal,
    /// The rate that funding would be settled at, a fraction; `None` where there is no funding.
    pub funding_rate: Option<Decimal>,
    /// When funding is settled next.
    pub next_funding: Option<UnixNanos>,
}

/// What the owner of an account is told.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "most are of orders, and all are boxed where they are kept")]
pub enum AccountNews {
    /// An order has changed.
    Order {
        /// The order as it is now.
        order: Order,
        /// What happened to it.
        change: OrderChange,
    },
    /// A conditional order has changed.
    Algo(Algo),
    /// A list has changed.
    List(OrderList),
    /// Money or positions of a wallet have changed.
    Wallet {
        /// When.
        time: UnixNanos,
        /// Which wallet.
        wallet: Wallet,
        /// What for.
        cause: Cause,
        /// What is there of each coin that changed.
        balances: Vec<Balance>,
        /// The positions that changed.
        positions: Vec<PositionNow>,
    },
    /// Leverage of a market was set.
    Leverage {
        /// When.
        time: UnixNanos,
        /// Where.
        market: MarketId,
        /// In times.
        leverage: u32,
    },
    /// The margin of positions is nearly used up.
    MarginCall {
        /// When.
        time: UnixNanos,
        /// Whose margin.
        wallet: Wallet,
        /// The positions at risk, with what they need.
        positions: Vec<PositionNow>,
    },
    /// A loan was taken or paid back.
    Debt {
        /// When.
        time: UnixNanos,
        /// Whose.
        wallet: Wallet,
        /// Of what.
        currency: Currency,
        /// What is owed now, without interest.
        borrowed: Decimal,
        /// Interest that is owed now.
        interest: Decimal,
    },
}

/// What happened to an order.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderChange {
    /// It was accepted.
    New,
    /// Its price has come, and it is in the market now.
    Triggered,
    /// A part was executed.
    Trade(Execution),
    /// It was taken back; the client's name for the request, where it had one.
    Cancelled(Option<String>),
    /// It was replaced by another in one request.
    Replaced(Option<String>),
    /// It was changed in its place.
    Amended,
    /// It is over without being asked.
    Expired,
    /// A part was not executed since it would have traded with an order of the same account.
    Prevented(Decimal),
    /// It was refused after it had been accepted.
    Rejected,
}

/// Why a wallet changed (Binance, "Balance and Position Update", `m`, has these words among others).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// An order was placed, executed or is over.
    Order,
    /// Money came in from outside.
    Deposit,
    /// Money went out.
    Withdrawal,
    /// Money moved between wallets of the account.
    Transfer,
    /// Funding.
    Funding,
    /// Margin was moved to or from a position.
    Margin,
    /// A loan was taken or paid back.
    Loan,
    /// Interest was charged.
    Interest,
    /// A contract was settled.
    Delivery,
    /// A position was taken over.
    Liquidation,
    /// What a liquidation left was taken, or what it lacked was paid, by the exchange.
    Insurance,
    /// A margin mode was changed.
    MarginMode,
    /// Nothing changed: the margin of the positions that are named is nearly used up.
    MarginCall,
}

/// What a wallet has of a coin.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    /// Of what.
    pub currency: Currency,
    /// What can be used.
    pub free: Decimal,
    /// What is set aside.
    pub locked: Decimal,
    /// How the sum changed; zero where it was only set aside or freed.
    pub change: Decimal,
    /// Of futures: what the wallet holds without what positions have gained.
    pub wallet: Decimal,
    /// Of futures: that, less what isolated positions hold.
    pub cross: Decimal,
}

/// A position as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct PositionNow {
    /// Where.
    pub market: MarketId,
    /// Which leg; `None` where the account holds one position a market.
    pub leg: Option<PositionSide>,
    /// How much; negative when short.
    pub amount: Decimal,
    /// The average price of its entries; zero where there is none.
    pub entry_price: Decimal,
    /// Where it neither wins nor loses, fees counted.
    pub breakeven_price: Decimal,
    /// What it was valued by.
    pub mark_price: Decimal,
    /// What it has gained.
    pub unrealized: Decimal,
    /// What it has realised since it was opened, fees not counted.
    pub realized: Decimal,
    /// Whether it vouches for itself alone.
    pub is_isolated: bool,
    /// Margin of its own, what it has gained not counted; zero with cross margin.
    pub isolated_wallet: Decimal,
    /// What it needs in order not to be taken over.
    pub maintenance: Decimal,
    /// Leverage, in times.
    pub leverage: u32,
    /// Where it is taken over, if only its own price moves; `None` where that cannot be.
    pub liquidation_price: Option<Decimal>,
    /// When it last changed.
    pub updated: UnixNanos,
    /// The side of an order that would close it.
    pub closing_side: Side,
}
