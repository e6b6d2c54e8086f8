//! `#[derive(Inputs)]`: parse, model, check, expand.
//!
//! One decision, as for the attributes: a key of `#[input(..)]` is the call of a method of its name, so rustc names the nearest
//! one where it is unknown. Only bounds between literals are compared here, for a trait's comparison is never `const`.

mod check;
mod expand;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Ident, Type};

use crate::key::Key;

/// A struct of inputs.
struct Inputs {
    name: Ident,
    fields: Vec<Field>,
}

/// One of its fields.
struct Field {
    name: Ident,
    doc: String,
    ty: Type,
    keys: Vec<Key>,
}

impl Field {
    /// The value of a key.
    fn value(&self, key: &str) -> Option<&Expr> {
        self.keys.iter().find(|candidate| candidate.name == key).map(|key| &key.value)
    }
}

/// The trait's implementation and the struct's `Default`; or what is wrong.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let inputs = match parse::inputs(item) {
        Ok(inputs) => inputs,
        Err(refusal) => return refusal.into_compile_error(),
    };
    match check::inputs(&inputs) {
        Ok(()) => expand::inputs(&inputs),
        Err(refusal) => {
            let compile_error = refusal.into_compile_error();
            let fallback = expand::fallback(&inputs);
            quote!(#compile_error #fallback)
        }
    }
}
