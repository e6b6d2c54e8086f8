//! The trader's book: balance, the one open position, executions and round trips.
//!
//! One position at a time is enough: `binance-ema` sends the close of one side before the entry of the
//! other, and a close is never refused, so hedge and one-way mode come to the same trades.
use super::decimal::Exact;
use super::guard::Guard;
use super::settings::Settings;
use num_traits::Zero;

/// The direction of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Bought first.
    Long,
    /// Sold first.
    Short,
}

impl Side {
    /// A price seen from this side, so that up is a gain: itself when long, negated when short. Its own inverse.
    pub(super) fn turned(self, price: &Exact) -> Exact {
        match self {
            Self::Long => price.clone(),
            Self::Short => -price,
        }
    }

    /// The word in round trips.
    pub fn name(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Short => "short",
        }
    }

    /// The word in trades for entering this side.
    pub fn entering(self) -> &'static str {
        match self {
            Self::Long => "buy",
            Self::Short => "sell",
        }
    }

    /// The word in trades for leaving this side.
    pub fn leaving(self) -> &'static str {
        match self {
            Self::Long => "sell",
            Self::Short => "buy",
        }
    }
}

/// Why an execution happened; entries are signals too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// The expert asked for it.
    Signal,
    /// `stop_loss_pct`.
    StopLoss,
    /// `take_profit_pct`.
    TakeProfit,
    /// `trailing_stop_pct`.
    TrailingStop,
    /// `breakeven_pct`.
    Breakeven,
    /// The venue took the position.
    Liquidation,
    /// Open when the data ended.
    EndOfData,
}

impl ExitReason {
    /// The word in the reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::StopLoss => "stop_loss",
            Self::TakeProfit => "take_profit",
            Self::TrailingStop => "trailing_stop",
            Self::Breakeven => "breakeven",
            Self::Liquidation => "liquidation",
            Self::EndOfData => "end_of_data",
        }
    }
}

/// Who waited in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liquidity {
    /// We did.
    Maker,
    /// The other side did.
    Taker,
}

impl Liquidity {
    /// The word in trades.
    pub fn name(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::Taker => "taker",
        }
    }
}

/// One execution.
#[derive(Debug, Clone, PartialEq)]
pub struct Trade {
    /// Nanoseconds since 1970.
    pub time: i64,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// The side of the position it enters or leaves.
    pub position_side: Side,
    /// In base.
    pub quantity: Exact,
    /// In quote.
    pub price: Exact,
    /// In quote.
    pub fee: Exact,
    /// Which fee rate was paid.
    pub liquidity: Liquidity,
    /// Why.
    pub reason: ExitReason,
}

/// One position from flat to flat.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundTrip {
    /// Time of the entry's fill.
    pub entry_time: i64,
    /// Time of the exit's fill.
    pub exit_time: i64,
    /// Its direction.
    pub side: Side,
    /// In base.
    pub quantity: Exact,
    /// The entry's fill price.
    pub entry_price: Exact,
    /// The exit's fill price.
    pub exit_price: Exact,
    /// Before fees.
    pub gross_pnl: Exact,
    /// Of entry and exit.
    pub fees: Exact,
    /// `gross_pnl - fees`.
    pub net_pnl: Exact,
    /// Why it ended.
    pub exit_reason: ExitReason,
}

/// One line of the equity curve.
#[derive(Debug, Clone, PartialEq)]
pub struct EquityLine {
    /// The bar's closing time.
    pub time: i64,
    /// Balance and what the open position is worth at the close.
    pub equity: Exact,
    /// Initial capital, realised profit and loss, and fees.
    pub balance: Exact,
    /// Fall from the running peak, in percent of it, unrounded.
    pub drawdown_pct: Exact,
}

/// An open position.
#[derive(Debug)]
pub(super) struct Position {
    pub(super) side: Side,
    pub(super) quantity: Exact,
    pub(super) entry_price: Exact,
    pub(super) guard: Guard,
    entry_time: i64,
    entry_fee: Exact,
}

impl Position {
    /// Profit before fees, were it left at `price`.
    pub(super) fn gain_at(&self, price: &Exact) -> Exact {
        self.side.turned(&(price - &self.entry_price)) * &self.quantity
    }
}

/// How a position is left.
#[derive(Debug)]
pub(super) struct Exit {
    pub(super) price: Exact,
    pub(super) liquidity: Liquidity,
    pub(super) reason: ExitReason,
}

/// Balance, position and what was done.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) balance: Exact,
    pub(super) fees: Exact,
    pub(super) position: Option<Position>,
    pub(super) trades: Vec<Trade>,
    pub(super) round_trips: Vec<RoundTrip>,
}

impl Account {
    pub(super) fn new(initial_capital: &Exact) -> Self {
        Self {
            balance: initial_capital.clone(),
            fees: Exact::zero(),
            position: None,
            trades: Vec::new(),
            round_trips: Vec::new(),
        }
    }

    /// Balance and the open position marked at `price`.
    pub(super) fn equity_at(&self, price: &Exact) -> Exact {
        match &self.position {
            Some(position) => &self.balance + position.gain_at(price),
            None => self.balance.clone(),
        }
    }

    pub(super) fn enter(&mut self, settings: &Settings, side: Side, quantity: Exact, price: Exact, time: i64) {
        let fee = &quantity * &price * &settings.taker_fee;
        self.pay(&fee);
        self.trades.push(Trade {
            time,
            side: side.entering(),
            position_side: side,
            quantity: quantity.clone(),
            price: price.clone(),
            fee: fee.clone(),
            liquidity: Liquidity::Taker,
            reason: ExitReason::Signal,
        });
        let guard = Guard::new(settings, side, &price);
        self.position = Some(Position { side, quantity, entry_price: price, guard, entry_time: time, entry_fee: fee });
    }

    /// Leaves the position, if there is one.
    pub(super) fn leave(&mut self, settings: &Settings, exit: Exit, time: i64) {
        let Some(position) = self.position.take() else { return };
        let rate = match exit.liquidity {
            Liquidity::Maker => &settings.maker_fee,
            Liquidity::Taker => &settings.taker_fee,
        };
        // A liquidation takes the margin, and its fee out of that.
        let fee = match exit.reason {
            ExitReason::Liquidation => Exact::zero(),
            _ => &position.quantity * &exit.price * rate,
        };
        let gross_pnl = position.gain_at(&exit.price);
        self.pay(&fee);
        self.balance += &gross_pnl;
        self.trades.push(Trade {
            time,
            side: position.side.leaving(),
            position_side: position.side,
            quantity: position.quantity.clone(),
            price: exit.price.clone(),
            fee: fee.clone(),
            liquidity: exit.liquidity,
            reason: exit.reason,
        });
        let fees = position.entry_fee + fee;
        self.round_trips.push(RoundTrip {
            entry_time: position.entry_time,
            exit_time: time,
            side: position.side,
            quantity: position.quantity,
            entry_price: position.entry_price,
            exit_price: exit.price,
            net_pnl: &gross_pnl - &fees,
            gross_pnl,
            fees,
            exit_reason: exit.reason,
        });
    }

    fn pay(&mut self, fee: &Exact) {
        self.balance -= fee;
        self.fees += fee;
    }
}
