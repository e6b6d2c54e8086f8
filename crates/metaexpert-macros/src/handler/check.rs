//! All that an attribute refuses by itself, because rustc could not say it as well.

use quote::ToTokens;
use syn::{Error, FnArg, Result, ReturnType, Safety, Signature, Type};

use super::Handler;
use crate::key;

pub(super) fn handler(handler: &Handler) -> Result<()> {
    key::all(key::refuse_repeated(&handler.keys).into_iter().chain(refuse_signature(&handler.signature)))
}

/// A function that the engine could not call.
fn refuse_signature(signature: &Signature) -> Option<Error> {
    let refuse = |at: &dyn ToTokens, message: &str| Some(Error::new_spanned(at.to_token_stream(), message));
    if let Some(receiver) = signature.receiver() {
        let message = "a handler is a function of a module and has no `self`; its state is a parameter: `state: &mut State`";
        return refuse(receiver, message);
    }
    if let Some(asyncness) = &signature.asyncness {
        let message = "a handler cannot be `async`: handlers run one at a time, and an order is a command that returns at once";
        return refuse(asyncness, message);
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        return refuse(unsafety, "a handler cannot be `unsafe`: the engine calls it");
    }
    if !signature.generics.params.is_empty() {
        return refuse(&signature.generics, "a handler cannot be generic: its parameters are found by their types");
    }
    let parameters = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(&*typed.ty),
        FnArg::Receiver(_) => None,
    });
    let output = match &signature.output {
        ReturnType::Type(_, output) => Some(&**output),
        ReturnType::Default => None,
    };
    let hidden = parameters.chain(output).find(|ty| matches!(ty, Type::ImplTrait(_)))?;
    refuse(hidden, "a handler cannot hide a type behind `impl`: its parameters are found by their types")
}
