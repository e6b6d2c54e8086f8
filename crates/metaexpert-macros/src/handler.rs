//! The attributes on functions, `#[on_bar(timeframe = "4h")] fn ..`: parse, model, check, expand.
//!
//! One decision: this compiler knows no keys and no types. A key becomes the call of a `const` setter of its name, a
//! parameter becomes a trait bound at its type, so that rustc says what is wrong with either.

mod check;
mod expand;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Signature;

use crate::key::Key;

/// An attribute and the function that it stands on.
struct Handler {
    event: Event,
    keys: Vec<Key>,
    signature: Signature,
}

/// An event by its names, and how its handlers answer: the one thing that expansions differ in.
#[derive(Clone, Copy)]
pub(crate) struct Event {
    /// As users write it: `on_bar`.
    pub attribute: &'static str,
    /// The type of the same name in the library: `OnBar`.
    pub ty: &'static str,
    pub answer: Answer,
}

/// What becomes of a handler's return value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is nothing or a failure.
    Nothing,
    /// It is the state; the attribute declares the expert.
    State,
    /// It is the author's criterion.
    Criterion,
}

/// The function, untouched, and what makes it a handler; or the function and what is wrong.
pub(crate) fn attribute(event: Event, keys: TokenStream, item: &TokenStream) -> TokenStream {
    let expanded = parse::handler(event, keys, item.clone()).map(|handler| match check::handler(&handler) {
        Ok(()) => expand::handler(&handler),
        Err(refusal) => {
            let compile_error = refusal.into_compile_error();
            let fallback = expand::fallback(&handler);
            quote!(#compile_error #fallback)
        }
    });
    let expanded = expanded.unwrap_or_else(syn::Error::into_compile_error);
    quote!(#item #expanded)
}
