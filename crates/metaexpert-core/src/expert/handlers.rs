//! The typed table of one expert's handlers, filled once.

use super::{
    Expert,
    event::{
        Event, on_account, on_backtest, on_backtest_deinit, on_backtest_init, on_backtest_pass, on_bar, on_book, on_deinit,
        on_error, on_funding, on_init, on_order, on_position, on_public_trade, on_tick, on_timer, on_trade, on_transaction,
    },
    param::Call,
    wants::Wants,
};
use crate::error::Error;

/// A handler as the table holds it: the author's function behind one that hands out its parameters.
pub type Handler<E, Ev> = for<'a> fn(Call<'a, E, Ev>) -> Result<<Ev as Event>::Output<E>, Error>;

/// All handlers of the expert `E`. The lists stand in the order of the lists in [`Wants`].
pub struct Handlers<E: Expert> {
    pub(super) wants: Wants,
    pub(super) init: Option<Handler<E, on_init>>,
    pub(super) deinit: Option<Handler<E, on_deinit>>,
    pub(super) ticks: Vec<Handler<E, on_tick>>,
    pub(super) bars: Vec<Handler<E, on_bar>>,
    pub(super) books: Vec<Handler<E, on_book>>,
    pub(super) public_trades: Vec<Handler<E, on_public_trade>>,
    pub(super) timers: Vec<Handler<E, on_timer>>,
    pub(super) order: Option<Handler<E, on_order>>,
    pub(super) trade: Option<Handler<E, on_trade>>,
    pub(super) transaction: Option<Handler<E, on_transaction>>,
    pub(super) position: Option<Handler<E, on_position>>,
    pub(super) account: Option<Handler<E, on_account>>,
    pub(super) funding: Option<Handler<E, on_funding>>,
    pub(super) error: Option<Handler<E, on_error>>,
    pub(super) backtest_init: Option<Handler<E, on_backtest_init>>,
    pub(super) backtest_deinit: Option<Handler<E, on_backtest_deinit>>,
    pub(super) backtest: Option<Handler<E, on_backtest>>,
    pub(super) backtest_pass: Option<Handler<E, on_backtest_pass>>,
}

impl<E: Expert> Handlers<E> {
    /// No handlers.
    pub(super) fn empty() -> Self {
        Self {
            wants: Wants::default(),
            init: None,
            deinit: None,
            ticks: Vec::new(),
            bars: Vec::new(),
            books: Vec::new(),
            public_trades: Vec::new(),
            timers: Vec::new(),
            order: None,
            trade: None,
            transaction: None,
            position: None,
            account: None,
            funding: None,
            error: None,
            backtest_init: None,
            backtest_deinit: None,
            backtest: None,
            backtest_pass: None,
        }
    }
}

impl<E: Expert> std::fmt::Debug for Handlers<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handlers").field("wants", &self.wants).finish_non_exhaustive()
    }
}
