//! Experts as their authors write them, made ready for the engine: annotated functions in, one [`Program`] out.
//!
//! The way of a handler, and the file of each step:
//! 1. an attribute names its keys and its function's parameters: [`event`] says what each event gives, [`keys`] what its
//!    attribute may be told, [`param`] what a parameter may be, [`answer`] what a handler may return;
//! 2. at link time a [`Registration`] of every attribute is collected; [`registry`] sorts them into [`experts`];
//! 3. [`ExpertEntry::instantiate`] reads the author's [`inputs`] and fills one typed table ([`handlers`]);
//! 4. the engine drives that table through [`Program`], which shows none of the author's types.
//!
//! The one decision: everything is keyed by the *type* that `#[on_init]` declares. So rustc itself checks each parameter
//! against the state of its own expert, and no event pays for a downcast or for a lookup by name.
//!
//! What is not here: when an event is due (the engine) and how an attribute is read (`metaexpert-macros`).

pub mod answer;
pub mod deinit;
mod detached;
pub mod event;
mod folder;
pub mod handlers;
pub mod inputs;
pub mod keys;
pub mod param;
pub mod program;
pub mod registry;
pub mod saved;
mod start;
pub mod wants;

pub use deinit::DeinitReason;
pub use folder::{folder_name, named_after};
pub use inputs::{InputKey, InputValue, InputValues, Inputs};
pub use program::{Failure, HandlerEvent, Program};
pub use registry::{ExpertEntry, Registration, RegistryError, experts};
pub use saved::Saved;
pub use wants::{BarWant, BookWant, PublicTradeWant, TickWant, Wants};

/// One expert, as a type: `#[on_init]` declares it, its handlers name it.
///
/// No value of it is ever made. It ties the handlers of a module, and of the child modules that say `use super::*`, to the
/// one type of state that all of them share.
pub trait Expert: Sized + 'static {
    /// What `#[on_init]` returns, with the state in it that the handlers are given: `Result<State>`, or the bare state.
    type Made: 'static;

    /// The state as JSON, where its type can be saved.
    fn snapshot(_made: &Self::Made) -> saved::Snapshot {
        None
    }
}
