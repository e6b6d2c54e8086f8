//! The typed table of one expert's handlers, filled once.

use super::{
    Expert,
    event::{
        Event, OnAccount, OnBacktest, OnBacktestDeinit, OnBacktestInit, OnBacktestPass, OnBar, OnBook, OnDeinit, OnError,
        OnFunding, OnOrder, OnPosition, OnPublicTrade, OnTick, OnTimer, OnTrade, OnTransaction,
    },
    param::Call,
    wants::Wants,
};
use crate::{config::OnInit, error::Error};

/// A handler as the table holds it: the author's function behind one that hands out its parameters.
pub type Handler<E, Ev> = for<'a> fn(Call<'a, E, Ev>) -> Result<<Ev as Event>::Output<E>, Error>;

/// All handlers of the expert `E`. The lists stand in the order of the lists in [`Wants`].
pub struct Handlers<E: Expert> {
    pub(super) wants: Wants,
    pub(super) init: Option<Handler<E, OnInit>>,
    pub(super) deinit: Option<Handler<E, OnDeinit>>,
    pub(super) ticks: Vec<Handler<E, OnTick>>,
    pub(super) bars: Vec<Handler<E, OnBar>>,
    pub(super) books: Vec<Handler<E, OnBook>>,
    pub(super) public_trades: Vec<Handler<E, OnPublicTrade>>,
    pub(super) timers: Vec<Handler<E, OnTimer>>,
    pub(super) order: Option<Handler<E, OnOrder>>,
    pub(super) trade: Option<Handler<E, OnTrade>>,
    pub(super) transaction: Option<Handler<E, OnTransaction>>,
    pub(super) position: Option<Handler<E, OnPosition>>,
    pub(super) account: Option<Handler<E, OnAccount>>,
    pub(super) funding: Option<Handler<E, OnFunding>>,
    pub(super) error: Option<Handler<E, OnError>>,
    pub(super) backtest_init: Option<Handler<E, OnBacktestInit>>,
    pub(super) backtest_deinit: Option<Handler<E, OnBacktestDeinit>>,
    pub(super) backtest: Option<Handler<E, OnBacktest>>,
    pub(super) backtest_pass: Option<Handler<E, OnBacktestPass>>,
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
