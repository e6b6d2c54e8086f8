//! From tokens to the model, spans kept.

use proc_macro2::TokenStream;
use syn::{
    Attribute, Result, Signature, Token, Visibility,
    parse::{ParseStream, Parser},
};

use super::{Event, Handler, Key};

pub(super) fn handler(event: Event, keys: TokenStream, item: TokenStream) -> Result<Handler> {
    let signature = (|input: ParseStream<'_>| signature(event, input)).parse2(item)?;
    let keys = Key::parse_all.parse2(keys)?;
    Ok(Handler { event, keys, signature })
}

/// The signature of the function.
fn signature(event: Event, input: ParseStream<'_>) -> Result<Signature> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    if is_other_item(input) {
        return Err(input.error(format!("`#[{}]` goes on a function", event.attribute)));
    }
    let signature = input.parse()?;
    // The body is passed on as it came; it is rustc's to judge.
    input.parse::<TokenStream>()?;
    Ok(signature)
}

fn is_other_item(input: ParseStream<'_>) -> bool {
    let starts_a_function = input.peek(Token![fn])
        || input.peek(Token![async])
        || input.peek(Token![unsafe])
        || input.peek(Token![extern])
        || (input.peek(Token![const]) && !input.peek3(Token![:]));
    !starts_a_function
}
