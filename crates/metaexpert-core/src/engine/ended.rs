//! What is left of a run.

use std::fmt;

use rust_decimal::Decimal;

use super::Stopped;
use crate::{
    Context, Summary,
    expert::{HandlerEvent, Program},
};

/// What is left of a run: the expert, to be asked for its own judgement, and what was kept.
pub struct Ended<J> {
    pub(super) program: Box<dyn Program>,
    pub(super) context: Context,
    /// What was kept.
    pub journal: J,
}

impl<J> fmt::Debug for Ended<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ended").field("context", &self.context).finish_non_exhaustive()
    }
}

impl<J> Ended<J> {
    /// What the account was worth at the last prices, in settlement currency.
    pub fn equity(&self) -> Decimal {
        self.context.equity()
    }

    /// Whether the expert has an `#[on_backtest]`.
    pub fn has_criterion(&self) -> bool {
        self.program.wants().criterion
    }

    /// Asks `#[on_backtest]` for the author's own criterion; `None` where there is no such handler.
    ///
    /// # Errors
    /// When the handler fails or panics.
    pub fn criterion(&mut self, summary: &Summary) -> Result<Option<f64>, Stopped> {
        let judged = self.program.criterion(summary, &mut self.context).map_err(Stopped::from);
        self.context.noted(judged)
    }

    /// Calls `#[on_backtest_deinit]`.
    ///
    /// # Errors
    /// When the handler fails or panics.
    pub fn after_backtest(&mut self) -> Result<(), Stopped> {
        let told = self.program.call(HandlerEvent::BacktestDeinit, &mut self.context).map_err(Stopped::from);
        self.context.noted(told)
    }
}
