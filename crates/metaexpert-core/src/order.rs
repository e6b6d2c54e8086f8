//! Orders and what becomes of them: what an expert asks for, what the venue says of it, and each execution.

mod client_name; // what an exchange knows an order by
mod kind; // market, limit, stop; how long it stands
mod request; // what is asked of a venue, and what it answers
mod trade_id; // what a venue calls an execution

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    instrument::{InstrumentId, Symbol},
    money::{Money, Percent, Price, Quantity},
    named::named,
    time::UnixNanos,
};
pub use client_name::{client_name, read_client_name};
pub use kind::{Distance, Link, Offset, OrderKind, SelfTrade, TimeInForce, Trigger, TriggerBy};
pub use request::{Amendment, Cancellation, Charge, ChargeCause, NewOrder, Outcome, Rejection, Request};
pub use trade_id::{InvalidTradeId, TradeId};

named! {
    /// Which way an order or an execution goes.
    Side {
        /// Takes the base currency in.
        Buy = "buy",
        /// Gives the base currency away.
        Sell = "sell",
    }
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// `price` moved by a fraction of it against whoever trades on this side.
    ///
    /// ```
    /// use metaexpert_core::Side;
    /// use rust_decimal::dec;
    /// assert_eq!(Side::Buy.against(dec!(200), dec!(0.01)), dec!(202));
    /// assert_eq!(Side::Sell.against(dec!(200), dec!(0.01)), dec!(198));
    /// ```
    #[must_use]
    pub fn against(self, price: Decimal, fraction: Decimal) -> Decimal {
        match self {
            _ if fraction.is_zero() => price,
            Self::Buy => price * (Decimal::ONE + fraction),
            Self::Sell => price * (Decimal::ONE - fraction),
        }
    }

    /// The leg that an order of this side opens.
    pub const fn opened_leg(self) -> PositionSide {
        match self {
            Self::Buy => PositionSide::Long,
            Self::Sell => PositionSide::Short,
        }
    }
}

named! {
    /// The leg of a position.
    PositionSide {
        /// Gains when the price rises.
        Long = "long",
        /// Gains when the price falls.
        Short = "short",
    }
}

impl PositionSide {
    /// Both legs.
    pub const BOTH: [Self; 2] = [Self::Long, Self::Short];

    /// The other one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Long => Self::Short,
            Self::Short => Self::Long,
        }
    }

    /// The side of the order that opens it.
    pub const fn opening_side(self) -> Side {
        match self {
            Self::Long => Side::Buy,
            Self::Short => Side::Sell,
        }
    }

    /// The side of the order that closes it.
    pub const fn closing_side(self) -> Side {
        self.opening_side().opposite()
    }
}

named! {
    /// Why an execution happened.
    Reason {
        /// The expert sent an order.
        Signal = "signal",
        /// `stop_loss_pct` was reached.
        StopLoss = "stop_loss",
        /// `take_profit_pct` was reached.
        TakeProfit = "take_profit",
        /// `trailing_stop_pct` was reached.
        TrailingStop = "trailing_stop",
        /// The price came back to the entry after `breakeven_pct`.
        Breakeven = "breakeven",
        /// The exchange closed the position for want of margin.
        Liquidation = "liquidation",
        /// The risk gate closed the position after a breach.
        RiskHalt = "risk_halt",
        /// The contract expired.
        Expiry = "expiry",
        /// The data ended.
        EndOfData = "end_of_data",
    }
}

named! {
    /// Whether an execution took from the book or rested in it.
    Liquidity {
        /// Rested in the book.
        Maker = "maker",
        /// Took from the book.
        Taker = "taker",
    }
}

named! {
    /// Where an order stands.
    OrderStatus {
        /// It is on its way; the venue has not answered yet.
        Submitted = "submitted",
        /// The venue has it.
        Accepted = "accepted",
        /// What it waited for has happened; it trades or rests now.
        Triggered = "triggered",
        /// The venue refused it, or could not pay for it when it was due.
        Rejected = "rejected",
        /// A part of it was executed.
        PartiallyFilled = "partially_filled",
        /// All of it was executed.
        Filled = "filled",
        /// It was cancelled before all of it was executed.
        Cancelled = "cancelled",
        /// It stood as long as it was to, or traded as much as it could at once; the rest is gone.
        Expired = "expired",
        /// Nobody knows; it is asked for, never sent again.
        Unknown = "unknown",
    }
}

/// The name that this side gives an order: expert, run and a counter, so that an order found at the exchange can be traced.
///
/// ```
/// use metaexpert_core::ClientOrderId;
/// assert_eq!("mx7-3-42".parse(), Ok(ClientOrderId { strategy: 7, run: 3, sequence: 42 }));
/// for other in ["7-3-42", "mx7-3", "mx7--42", "mx7-3-+42", "mx7-3-42-1"] {
///     assert!(other.parse::<ClientOrderId>().is_err());
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientOrderId {
    /// The expert's `strategy_id`.
    pub strategy: u32,
    /// The run of this expert.
    pub run: u32,
    /// Counts the orders of the run from 1.
    pub sequence: u64,
}

impl fmt::Display for ClientOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mx{}-{}-{}", self.strategy, self.run, self.sequence)
    }
}

impl Serialize for ClientOrderId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for ClientOrderId {
    type Err = InvalidClientOrderId;

    fn from_str(text: &str) -> Result<Self, InvalidClientOrderId> {
        let invalid = || InvalidClientOrderId { text: text.to_owned() };
        let mut parts = text.strip_prefix("mx").ok_or_else(invalid)?.splitn(3, '-');
        let mut part = || parts.next().filter(|part| part.bytes().all(|byte| byte.is_ascii_digit())).ok_or_else(invalid);
        let (strategy, run, sequence) = (part()?, part()?, part()?);
        Ok(Self {
            strategy: strategy.parse().map_err(|_| invalid())?,
            run: run.parse().map_err(|_| invalid())?,
            sequence: sequence.parse().map_err(|_| invalid())?,
        })
    }
}

impl<'de> Deserialize<'de> for ClientOrderId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A text that is no [`ClientOrderId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not the name of an order; one is like `mx7-3-42`", text.escape_debug())]
pub struct InvalidClientOrderId {
    text: String,
}

/// Protective orders that come to life with the fill of the order that carries them. Percentages are of the entry's fill price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Protection {
    /// Where the stop-loss stands.
    pub stop_loss: Option<Offset>,
    /// Where the take-profit stands.
    pub take_profit: Option<Offset>,
    /// Distance of the trailing stop from the best price since the entry.
    pub trailing_stop: Option<Percent>,
    /// Gain from which the trailing stop begins to trail; from the entry on where it is `None`.
    pub trailing_activation: Option<Percent>,
    /// Gain from which the stop stands at the entry price.
    pub breakeven: Option<Percent>,
}

/// Whether less of an order will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fitting {
    /// All of it, or the venue refuses it for want of funds.
    Exact,
    /// As much of it as can be paid for (`percent_equity`, so that 100 works).
    CutToFunds,
    /// As much of it as this much quote currency buys at the real prices (spot market orders).
    Spend(Decimal),
}

/// What an order does to positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Opens or increases the leg.
    Open(PositionSide),
    /// Decreases the leg, never more than there is.
    Close(PositionSide),
    /// Closes the whole leg, whatever it holds then.
    CloseAll(PositionSide),
    /// Moves the one position of a one-way account: reduces an opposite one first, then opens.
    Net,
}

/// One of our orders and where it stands: what `#[on_order]` is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its name.
    pub id: ClientOrderId,
    /// What is traded.
    pub symbol: Symbol,
    /// Which way.
    pub side: Side,
    /// At which price, and what it waits for.
    pub kind: OrderKind,
    /// How much was asked for.
    pub quantity: Quantity,
    /// How much was executed, from zero to `quantity`.
    pub filled: Decimal,
    /// Where it stands.
    pub status: OrderStatus,
    /// Since when it stands there.
    pub time: UnixNanos,
}

/// One execution of one of our orders: what `#[on_trade]` is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// What the venue calls it.
    pub id: TradeId,
    /// When it was executed.
    pub time: UnixNanos,
    /// Which instrument, as an index.
    pub instrument: InstrumentId,
    /// Which instrument, as a name.
    pub symbol: Symbol,
    /// The order it belongs to; `None` for the venue's own (liquidation, the close at the end of the data).
    pub order: Option<ClientOrderId>,
    /// Which way.
    pub side: Side,
    /// Which leg it changed.
    pub position_side: PositionSide,
    /// At what price.
    pub price: Price,
    /// How much.
    pub quantity: Quantity,
    /// What it cost; negative for a rebate.
    pub fee: Money,
    /// Whether it took or rested.
    pub liquidity: Liquidity,
    /// Why it happened.
    pub reason: Reason,
}

impl Trade {
    /// Whether it opened or increased its leg; otherwise it decreased it.
    pub fn opens(&self) -> bool {
        self.side == self.position_side.opening_side()
    }
}

/// Our position in one leg of one instrument: what `#[on_position]` is given and `ctx.position()` returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// In what.
    pub symbol: Symbol,
    /// Which leg.
    pub side: PositionSide,
    /// How much is held; zero when it has just been closed.
    pub quantity: Decimal,
    /// Average price of the entries; zero when it has just been closed.
    pub entry_price: Decimal,
    /// When it was opened.
    pub opened: UnixNanos,
    /// Gain at the last price, fees aside; negative for a loss.
    pub unrealized_pnl: Money,
}

/// An account at one moment: what `#[on_account]` is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Capital plus realised profit, fees and funding.
    pub balance: Money,
    /// Balance plus the unrealised profit of open positions.
    pub equity: Money,
    /// Margin that open positions hold.
    pub margin: Money,
    /// What a new position could use.
    pub free: Money,
}
