//! What a handler may return.
//!
//! One decision: an error of any type that turns into [`Error`] will do, so an author's own error enum works with `?`.

use crate::error::{Error, Result};

/// What a handler returns: nothing, or `Result<()>`.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "neither nothing nor `Result<()>`",
    note = "return nothing, or `Result<()>` (any `Result<(), E>` whose error turns into `metaexpert::Error`)"
)]
pub trait Answer {
    /// As the engine sees it.
    fn answer(self) -> Result<()>;
}

impl Answer for () {
    fn answer(self) -> Result<()> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<X: Into<Error>> Answer for Result<(), X> {
    fn answer(self) -> Result<()> {
        self.map_err(Into::into)
    }
}

/// What `#[on_init]` returns: the state in a `Result`, or nothing where the handlers share none.
#[diagnostic::on_unimplemented(
    message = "`#[on_init]` cannot return `{Self}`",
    label = "the state must come in a `Result`",
    note = "return `Result<{Self}>`, with `Ok(..)` around the state; or nothing, for an expert without state"
)]
pub trait Created {
    /// The state that the handlers are given.
    type State: 'static;
    /// As the engine sees it.
    fn created(self) -> Result<Self::State>;
}

impl Created for () {
    type State = ();
    fn created(self) -> Result<()> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<S: 'static, X: Into<Error>> Created for Result<S, X> {
    type State = S;
    fn created(self) -> Result<S> {
        self.map_err(Into::into)
    }
}

/// What `#[on_backtest]` returns: a number that is higher for a better run.
#[diagnostic::on_unimplemented(
    message = "`#[on_backtest]` cannot return `{Self}`",
    label = "neither `f64` nor `Result<f64>`",
    note = "return `f64` or `Result<f64>`: the higher it is, the better the optimiser likes the run"
)]
pub trait Criterion {
    /// As the engine sees it.
    fn criterion(self) -> Result<f64>;
}

impl Criterion for f64 {
    fn criterion(self) -> Result<f64> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<X: Into<Error>> Criterion for Result<f64, X> {
    fn criterion(self) -> Result<f64> {
        self.map_err(Into::into)
    }
}
