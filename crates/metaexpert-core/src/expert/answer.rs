//! What a handler may return.
//!
//! One decision: an error of any type that turns into [`Error`] will do, so an author's own error enum works with `?`.

use crate::error::{Error, Result};

/// What a handler returns: nothing, or `Result<()>`.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "not an answer of a handler",
    note = "return nothing, or `Result<()>`; an error type of your own will do where it turns into the `Error` of MetaExpert (`impl From<..> for \
            Error`, or in a `Box<dyn std::error::Error + Send + Sync>`)"
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

/// What `#[on_init]` returned, about to be asked whether it is a failure.
///
/// A bare state is any type, so no trait could tell it from a `Result`. Rust prefers a type's own method to a trait's: a
/// `Result` has [`made`](Returned::made) of its own, everything else has it from [`Made`].
#[derive(Debug)]
pub struct Returned<R>(pub R);

impl<S, X> Returned<Result<S, X>> {
    /// What was returned, unless it is an error.
    ///
    /// # Errors
    /// The error.
    pub fn made(self) -> Result<Result<S, X>>
    where
        X: Into<Error>,
    {
        self.0.map(Ok).map_err(Into::into)
    }
}

/// What everything but a `Result` is to [`Returned`]: no failure.
pub trait Made {
    /// What was returned.
    type Made;
    /// What was returned.
    ///
    /// # Errors
    /// None.
    fn made(self) -> Result<Self::Made>;
}

impl<S> Made for Returned<S> {
    type Made = S;
    fn made(self) -> Result<S> {
        Ok(self.0)
    }
}

/// Where the state is in what `#[on_init]` returned. `By` keeps the two apart and is always inferred.
pub trait Holds<S, By> {
    /// The state, to be changed.
    fn state_mut(&mut self) -> Option<&mut S>;
}

/// Marks a state that was returned bare.
#[derive(Debug)]
pub enum Bare {}
/// Marks a state that was returned in a `Result`.
#[derive(Debug)]
pub enum InResult {}

impl<S> Holds<S, Bare> for S {
    #[inline]
    fn state_mut(&mut self) -> Option<&mut S> {
        Some(self)
    }
}

impl<S, X> Holds<S, InResult> for Result<S, X> {
    #[inline]
    fn state_mut(&mut self) -> Option<&mut S> {
        self.as_mut().ok()
    }
}

/// What `#[on_backtest]` returns: a number that is higher for a better run.
#[diagnostic::on_unimplemented(
    message = "`#[on_backtest]` cannot return `{Self}`",
    label = "not a criterion",
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
