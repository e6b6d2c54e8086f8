//! What a handler's parameter may be, by its type.
//!
//! One decision: a parameter is a trait bound, not a name that a macro recognises. So aliases work, a wrong type is reported
//! by rustc at that type, and the state is checked against the state of the handler's own expert. The marker `By` keeps the
//! implementations apart (for all rustc knows, a state could be a `Context`); it is always inferred.

use super::{
    DeinitReason, Expert,
    event::{
        Event, Stateful, on_account, on_backtest, on_backtest_pass, on_bar, on_book, on_deinit, on_error, on_funding, on_init,
        on_order, on_position, on_public_trade, on_tick, on_trade, on_transaction,
    },
    inputs::{InputSet, InputTable, Inputs},
};
use crate::{
    config::Config,
    context::Context,
    error::Error,
    market::{Bar, Book, Funding, PublicTrade, Tick},
    order::{Account, Order, Outcome, Position, Request, Trade},
    summary::{Pass, Summary},
};

/// A type that the handler of event `Ev` of the expert `E` can take as a parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something `#[{Ev}]` can be given",
    label = "`#[{Ev}]` has no such thing to give",
    note = "a handler takes, in any order and each at most once: its event by reference (`&Bar` for `#[on_bar]`, `&Tick` for \
            `#[on_tick]`, ...), `&mut Context` or `&Context`, a reference to a struct that derives `Inputs`, and `&mut State` or \
            `&State`, where State is what `#[on_init]` of its module returns",
    note = "`#[on_init]` takes `&Config` and no state, for it makes the state; `#[on_backtest_init]`, `#[on_backtest_deinit]` and \
            `#[on_backtest_pass]` take no state either, for they stand around the runs"
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
    pub(super) state: Option<&'a mut E::State>,
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
}

/// Refuses a parameter where an earlier one takes the same thing. Called in a constant, at the parameter's type.
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
            (Piece::Event { part: first }, Piece::Event { part }) if *first == *part => {
                panic!("this handler takes its event twice")
            }
            // Inputs are shared and never change; taking them twice does no harm.
            (Piece::Context | Piece::State | Piece::Event { .. } | Piece::Inputs(_), _) => {}
        }
        pieces = tail;
    }
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
/// Marks a parameter that is the state.
#[derive(Debug)]
pub enum ByState {}
/// Marks a parameter that is a set of inputs.
#[derive(Debug)]
pub enum ByInputs {}

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
impl<'a, E: Expert, Ev: Stateful> Param<'a, E, Ev, ByState> for &'a mut E::State {
    const PIECE: Piece = Piece::State;
    #[inline]
    fn take(call: &mut Call<'a, E, Ev>) -> Option<Self> {
        call.state.take()
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Expert, Ev: Stateful> Param<'a, E, Ev, ByState> for &'a E::State {
    const PIECE: Piece = Piece::State;
    #[inline]
    fn take(call: &mut Call<'a, E, Ev>) -> Option<Self> {
        call.state.take().map(|state| &*state)
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
impl<'a, E: Expert> Param<'a, E, on_deinit, ByValue> for DeinitReason {
    const PIECE: Piece = Piece::Event { part: 0 };
    fn take(call: &mut Call<'a, E, on_deinit>) -> Option<Self> {
        Some(*call.event)
    }
}

macro_rules! given {
    ($($event:ident $(. $field:tt)?: $type:ty, part $part:literal;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<'a, E: Expert> Param<'a, E, $event, ByEvent> for &'a $type {
            const PIECE: Piece = Piece::Event { part: $part };
            #[inline]
            fn take(call: &mut Call<'a, E, $event>) -> Option<Self> {
                Some(call.event $(. $field)?)
            }
        }
    )+};
}

given! {
    on_init: Config, part 0;
    on_deinit: DeinitReason, part 0;
    on_tick: Tick, part 0;
    on_bar: Bar, part 0;
    on_book: Book, part 0;
    on_public_trade: PublicTrade, part 0;
    on_order: Order, part 0;
    on_trade: Trade, part 0;
    on_transaction.0: Request, part 0;
    on_transaction.1: Outcome, part 1;
    on_position: Position, part 0;
    on_account: Account, part 0;
    on_funding: Funding, part 0;
    on_error: Error, part 0;
    on_backtest: Summary, part 0;
    on_backtest_pass: Pass, part 0;
}
