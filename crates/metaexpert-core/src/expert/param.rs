//! What a handler's parameter may be, by its type.
//!
//! One decision: a parameter is a trait bound, not a name that a macro recognises. So aliases work, a wrong type is reported
//! by rustc at that type, and the state is checked against the state of the handler's own expert. The marker `By` keeps the
//! implementations apart (for all rustc knows, a state could be a `Context`); it is always inferred.

use serde::de::DeserializeOwned;

use super::{
    DeinitReason, Expert,
    answer::Holds,
    event::{
        Event, OnAccount, OnBacktest, OnBacktestPass, OnBar, OnBook, OnDeinit, OnError, OnFunding, OnOrder, OnPosition,
        OnPublicTrade, OnTick, OnTrade, OnTransaction, Stateful,
    },
    inputs::{InputSet, InputTable, Inputs},
    saved::Saved,
};
use crate::{
    book::Book,
    config::{Config, OnInit},
    context::Context,
    error::{Error, Result},
    market::{Bar, Funding, PublicTrade, Tick},
    order::{Account, Order, Outcome, Position, Request, Trade},
    summary::{Pass, Summary},
};

/// A type that the handler of event `Ev` of the expert `E` can take as a parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something an `{Ev}` handler can be given",
    label = "`{Ev}` has no such thing to give",
    note = "a handler takes, in any order and each at most once: its event by reference (`&Bar` for `OnBar`, `&Tick` for `OnTick`, \
            ...), `&mut Context` or `&Context`, a reference to a struct that derives `Inputs`, and `&mut State` or `&State`, where \
            State is what `#[on_init]` of its module returns",
    note = "`OnInit` has a `&Config` and no state, for it makes the state; `OnBacktestInit`, `OnBacktestDeinit` and \
            `OnBacktestPass` have no state either, for they stand around the runs"
)]
pub trait Param<'a, E: Expert, Ev: Event, By>: Sized {
    /// What it takes from the call.
    const PIECE: Piece;
    /// Takes it; `None` where it is gone.
    fn take(call: &mut Call<'a, E, Ev>) -> Option<Self>;
}

/// What one call has to give, until it is taken.
pub struct Call<'a, E: Expert, Ev: Event> {
    pub(super) event: Ev::Given<'a>,
    pub(super) made: Option<&'a mut E::Made>,
    pub(super) context: Option<&'a mut Context>,
    pub(super) inputs: &'a InputSet,
}

impl<E: Expert, Ev: Event> std::fmt::Debug for Call<'_, E, Ev> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct(Ev::NAME).finish_non_exhaustive()
    }
}

/// Which part of a call a parameter takes.
#[derive(Debug, Clone, Copy)]
pub enum Piece {
    /// The event, or one of its parts.
    Event {
        /// Which part, counted from 0.
        part: u8,
    },
    /// The context, shared or not.
    Context,
    /// The state, shared or not.
    State,
    /// Inputs of one type.
    Inputs(InputTable),
    /// What an earlier run has saved.
    Saved,
}

/// Refuses a parameter where an earlier one takes the same thing. Called in a constant, at the parameter's type.
///
/// # Panics
/// Where it refuses.
#[track_caller]
#[expect(clippy::panic, reason = "evaluated in a constant, where a panic is a compile error")]
pub const fn once(mut pieces: &[Piece], index: usize) {
    let (earlier, [piece, ..]) = pieces.split_at(index) else { return };
    pieces = earlier;
    while let [first, tail @ ..] = pieces {
        match (first, piece) {
            (Piece::Context, Piece::Context) => {
                panic!("this handler takes the context twice; one `&mut Context` or one `&Context` is all it can have")
            }
            (Piece::State, Piece::State) => {
                panic!("this handler takes the state twice; one `&mut State` or one `&State` is all it can have")
            }
            (Piece::Saved, Piece::Saved) => panic!("this handler takes the saved state twice"),
            (Piece::Event { part: first }, Piece::Event { part }) if *first == *part => {
                panic!("this handler takes its event twice")
            }
            // Inputs are shared and never change; taking them twice does no harm.
            (Piece::Context | Piece::State | Piece::Event { .. } | Piece::Inputs(_) | Piece::Saved, _) => {}
        }
        pieces = tail;
    }
}

/// What a handler answers whose parameter is gone; [`once`] lets none through.
#[cold]
pub fn gone<T>() -> Result<T> {
    Err(Error::from("a parameter of this handler was taken before"))
}

/// Marks a parameter that is the event, or a part of it, by reference.
#[derive(Debug)]
pub enum ByEvent {}
/// Marks a parameter that is the event by value.
#[derive(Debug)]
pub enum ByValue {}
/// Marks a parameter that is the context.
#[derive(Debug)]
pub enum ByContext {}
/// Marks a parameter that is the state, which is `In` what `#[on_init]` returned.
#[derive(Debug)]
pub struct ByState<In>(std::marker::PhantomData<In>);
/// Marks a parameter that is a set of inputs.
#[derive(Debug)]
pub enum ByInputs {}
/// Marks a parameter that is what an earlier run has saved.
#[derive(Debug)]
pub enum BySaved {}
/// Marks no parameter.
#[derive(Debug)]
pub enum ByNothing {}

/// Has no implementation.
pub trait Impossible {}

/// Never applies. Without it the state is the only thing behind a `&mut`, and rustc, with one implementation to choose from,
/// reports a `&mut` of anything else as a mismatch inside of it instead of saying what a handler can take.
#[diagnostic::do_not_recommend]
impl<'a, E: Expert, Ev: Event, T: Impossible> Param<'a, E, Ev, ByNothing> for &'a mut T {
    const PIECE: Piece = Piece::State;
    fn take(_: &mut Call<'a, E, Ev>) -> Option<Self> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Expert, Ev: Event> Param<'a, E, Ev, ByContext> for &'a mut Context {
    const PIECE: Piece = Piece::Context;
    #[inline]
    fn take(call: &mut Call<'a, E, Ev>) -> Option<Self> {
        call.context.take()
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Expert, Ev: Event> Param<'a, E, Ev, ByContext> for &'a Context {
    const PIECE: Piece = Piece::Context;
    #[inline]
    fn take(call: &mut Call<'a, E, Ev>) -> Option<Self> {
        call.context.take().map(|context| &*context)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Expert, Ev: Stateful, S: 'static, In> Param<'a, E, Ev, ByState<In>> for &'a mut S
where
    E::Made: Holds<S, In>,
{
    const PIECE: Piece = Piece::State;
    #[inline]
    fn take(call: &mut Call<'a, E, Ev>) -> Option<Self> {
        call.made.take()?.state_mut()
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Expert, Ev: Stateful, S: 'static, In> Param<'a, E, Ev, ByState<In>> for &'a S
where
    E::Made: Holds<S, In>,
{
    const PIECE: Piece = Piece::State;
    #[inline]
    fn take(call: &mut Call<'a, E, Ev>) -> Option<Self> {
        call.made.take()?.state_mut().map(|state| &*state)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Expert, Ev: Event, I: Inputs> Param<'a, E, Ev, ByInputs> for &'a I {
    const PIECE: Piece = Piece::Inputs(InputTable::of::<I>());
    #[inline]
    fn take(call: &mut Call<'a, E, Ev>) -> Option<Self> {
        call.inputs.get()
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Expert> Param<'a, E, OnDeinit, ByValue> for DeinitReason {
    const PIECE: Piece = Piece::Event { part: 0 };
    fn take(call: &mut Call<'a, E, OnDeinit>) -> Option<Self> {
        Some(*call.event)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Expert, S: DeserializeOwned> Param<'a, E, OnInit, BySaved> for Saved<S> {
    const PIECE: Piece = Piece::Saved;
    fn take(call: &mut Call<'a, E, OnInit>) -> Option<Self> {
        call.event.take_saved()
    }
}

/// One event, or one part of it, by reference. One line each, since rustc shows the line where it compares.
macro_rules! given {
    ($event:ident $(. $field:tt)? gives $type:ty as part $part:literal) => {
        #[diagnostic::do_not_recommend]
        impl<'a, E: Expert> Param<'a, E, $event, ByEvent> for &'a $type {
            const PIECE: Piece = Piece::Event { part: $part };
            #[inline]
            fn take(call: &mut Call<'a, E, $event>) -> Option<Self> {
                Some(call.event $(. $field)?)
            }
        }
    };
}

given!(OnInit.config gives Config as part 0);
given!(OnDeinit gives DeinitReason as part 0);
given!(OnTick gives Tick as part 0);
given!(OnBar gives Bar as part 0);
given!(OnBook gives Book as part 0);
given!(OnPublicTrade gives PublicTrade as part 0);
given!(OnOrder gives Order as part 0);
given!(OnTrade gives Trade as part 0);
given!(OnTransaction.0 gives Request as part 0);
given!(OnTransaction.1 gives Outcome as part 1);
given!(OnPosition gives Position as part 0);
given!(OnAccount gives Account as part 0);
given!(OnFunding gives Funding as part 0);
given!(OnError gives Error as part 0);
given!(OnBacktest gives Summary as part 0);
given!(OnBacktestPass gives Pass as part 0);
