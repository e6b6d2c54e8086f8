//! The events of an expert, each as a type named after its attribute: what the attribute may be told, what its handler is
//! given, what is expected back, and where the handler stands in the table.
//!
//! One decision: the type of an event is also what its attribute was told. rustc prints it when a key or a parameter is
//! wrong, and `OnBar` is what the reader knows.

use std::time::Duration;

use super::{
    DeinitReason, Expert,
    handlers::{Handler, Handlers},
    start::Start,
    wants::{BarWant, BookWant, PublicTradeWant, TickWant},
};
use crate::{
    book::Book,
    config::OnInit,
    error::Error,
    instrument::Symbol,
    market::{Bar, Funding, PublicTrade, Tick},
    order::{Account, Order, Outcome, Position, Request, Trade},
    summary::{Pass, Summary},
    time::Timeframe,
};

/// One event, with what its attribute was told.
pub trait Event: Sized + Sync + 'static {
    /// The attribute's name.
    const NAME: &'static str;
    /// What it gives its handler.
    type Given<'a>: Copy;
    /// What it expects of its handler.
    type Output<E: Expert>;

    /// Enters a handler into the table of its expert.
    fn enter<E: Expert>(&self, handler: Handler<E, Self>, table: &mut Handlers<E>);

    /// What sets this handler apart from others of the same event in the same expert, in words. Two handlers with equal
    /// words are one too many.
    fn target(&self) -> String {
        String::new()
    }
}

/// An event that comes when the expert has its state.
pub trait Stateful: Event {}

/// Declares events: the attribute's name with its keys, what it gives, what it returns, its place in the table, and what
/// sets two handlers of it apart.
macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $attribute:literal { $($key:ident: $key_type:ty),* } ($given:ty) -> $output:ty =>
        |$keys:ident, $handler:ident, $table:ident| $enter:block $($target:block)?)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        #[non_exhaustive]
        pub struct $name {
            $(pub(super) $key: Option<$key_type>),*
        }

        impl $name {
            /// The attribute without keys.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "only attributes make it")]
            pub const fn new() -> Self {
                Self { $($key: None),* }
            }
        }

        impl Event for $name {
            const NAME: &'static str = $attribute;
            type Given<'a> = $given;
            type Output<E: Expert> = $output;

            fn enter<E: Expert>(&self, $handler: Handler<E, Self>, $table: &mut Handlers<E>) {
                let $keys = self;
                $enter
            }

            $(fn target(&self) -> String {
                let $keys = self;
                $target
            })?
        }
    )+};
}

events! {
    /// `#[on_deinit]`: the last call, with the reason.
    OnDeinit "on_deinit" {} (&'a DeinitReason) -> () => |_keys, handler, table| { table.deinit = Some(handler); }

    /// `#[on_tick]`: the best bid or ask or the last price changed.
    OnTick "on_tick" { symbol: &'static str } (&'a Tick) -> () => |keys, handler, table| {
        table.wants.ticks.push(TickWant { symbol: keys.symbol });
        table.ticks.push(handler);
    } { of(keys.symbol) }

    /// `#[on_bar]`: a bar closed.
    OnBar "on_bar" { timeframe: Timeframe, symbol: &'static str } (&'a Bar) -> () => |keys, handler, table| {
        table.wants.bars.push(BarWant { symbol: keys.symbol, timeframe: keys.timeframe });
        table.bars.push(handler);
    } { of(keys.symbol) + &keys.timeframe.map(|timeframe| format!(" at {timeframe}")).unwrap_or_default() }

    /// `#[on_book]`: the maintained order book changed.
    OnBook "on_book" { depth: usize, symbol: &'static str } (&'a Book) -> () => |keys, handler, table| {
        table.wants.books.push(BookWant { symbol: keys.symbol, depth: keys.depth });
        table.books.push(handler);
    } { of(keys.symbol) + &keys.depth.map(|depth| format!(" with depth {depth}")).unwrap_or_default() }

    /// `#[on_public_trade]`: somebody traded.
    OnPublicTrade "on_public_trade" { symbol: &'static str } (&'a PublicTrade) -> () => |keys, handler, table| {
        table.wants.public_trades.push(PublicTradeWant { symbol: keys.symbol });
        table.public_trades.push(handler);
    } { of(keys.symbol) }

    /// `#[on_timer]`: the interval has passed.
    OnTimer "on_timer" { interval: Duration } (()) -> () => |keys, handler, table| {
        // `ready` lets no timer through that has no interval.
        table.wants.timers.push(keys.interval.unwrap_or(Duration::MAX));
        table.timers.push(handler);
    } { keys.interval.map(|interval| format!(" every {interval:?}")).unwrap_or_default() }

    /// `#[on_order]`: the status of one of our orders changed.
    OnOrder "on_order" {} (&'a Order) -> () => |_keys, handler, table| {
        table.wants.orders = true;
        table.order = Some(handler);
    }

    /// `#[on_trade]`: one of our orders was executed, in full or in part.
    OnTrade "on_trade" {} (&'a Trade) -> () => |_keys, handler, table| {
        table.wants.trades = true;
        table.trade = Some(handler);
    }

    /// `#[on_transaction]`: a request has its answer.
    OnTransaction "on_transaction" {} ((&'a Request, &'a Outcome)) -> () => |_keys, handler, table| {
        table.wants.transactions = true;
        table.transaction = Some(handler);
    }

    /// `#[on_position]`: a position opened, changed or closed.
    OnPosition "on_position" {} (&'a Position) -> () => |_keys, handler, table| {
        table.wants.positions = true;
        table.position = Some(handler);
    }

    /// `#[on_account]`: balance, equity or margin changed.
    OnAccount "on_account" {} (&'a Account) -> () => |_keys, handler, table| {
        table.wants.accounts = true;
        table.account = Some(handler);
    }

    /// `#[on_funding]`: funding was paid or received.
    OnFunding "on_funding" {} (&'a Funding) -> () => |_keys, handler, table| {
        table.wants.fundings = true;
        table.funding = Some(handler);
    }

    /// `#[on_error]`: something failed, and the expert goes on.
    OnError "on_error" {} (&'a Error) -> () => |_keys, handler, table| {
        table.wants.errors = true;
        table.error = Some(handler);
    }

    /// `#[on_backtest_init]`: before the first run of a backtest or optimisation; there is no state yet.
    OnBacktestInit "on_backtest_init" {} (()) -> () => |_keys, handler, table| { table.backtest_init = Some(handler); }

    /// `#[on_backtest_deinit]`: after the last run of a backtest or optimisation; the states are gone.
    OnBacktestDeinit "on_backtest_deinit" {} (()) -> () => |_keys, handler, table| { table.backtest_deinit = Some(handler); }

    /// `#[on_backtest]`: a run has ended; what is it worth?
    OnBacktest "on_backtest" {} (&'a Summary) -> f64 => |_keys, handler, table| {
        table.wants.criterion = true;
        table.backtest = Some(handler);
    }

    /// `#[on_backtest_pass]`: one pass of an optimisation has ended; its state is gone.
    OnBacktestPass "on_backtest_pass" {} (&'a Pass) -> () => |_keys, handler, table| {
        table.wants.passes = true;
        table.backtest_pass = Some(handler);
    }
}

/// `#[on_init]`: before anything else; makes the state. What it is told are the strategy's settings.
impl Event for OnInit {
    const NAME: &'static str = "on_init";
    type Given<'a> = &'a Start<'a>;
    type Output<E: Expert> = E::Made;

    fn enter<E: Expert>(&self, handler: Handler<E, Self>, table: &mut Handlers<E>) {
        table.init = Some(handler);
    }
}

macro_rules! mark {
    (stateful: $($stateful:ident)+; nothing_missing: $($complete:ident)+) => {
        $(impl Stateful for $stateful {})+
        $(impl $complete {
            /// Nothing is missing.
            #[doc(hidden)]
            #[must_use]
            pub const fn ready(keys: Self) -> Self {
                keys
            }
        })+
    };
}

mark! {
    stateful: OnDeinit OnTick OnBar OnBook OnPublicTrade OnTimer OnOrder OnTrade OnTransaction OnPosition
        OnAccount OnFunding OnError OnBacktest;
    nothing_missing: OnInit OnDeinit OnTick OnBar OnBook OnPublicTrade OnOrder OnTrade OnTransaction OnPosition OnAccount
        OnFunding OnError OnBacktestInit OnBacktestDeinit OnBacktest OnBacktestPass
}

/// ` of BTCUSDT`, the same for every spelling of a symbol.
fn of(symbol: Option<&'static str>) -> String {
    let plain = |text: &str| Symbol::new(text).map_or_else(|| text.to_owned(), |symbol| symbol.to_string());
    symbol.map(|symbol| format!(" of {}", plain(symbol))).unwrap_or_default()
}
