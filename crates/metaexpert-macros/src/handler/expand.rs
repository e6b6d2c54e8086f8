//! From the model to code. No decisions here, and no names of the user's scope but the user's own.
//!
//! The user's spans sit on the user's tokens, and on ours where rustc should point at the user's: a parameter's bound stands
//! at its type, the setter of a key at the key. Everything else stands at the attribute.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{FnArg, ReturnType, Type, ext::IdentExt};

use super::{Answer, Handler, Key};
use crate::span::{at, ends, here, ours};

pub(super) fn handler(handler: &Handler) -> TokenStream {
    let duplicate_guard = duplicate_guard(handler);
    let expert = expert(handler);
    let registration = registration(handler);
    ours!(#duplicate_guard #expert #registration)
}

/// What siblings need even of an attribute that was refused, so that one mistake is one message.
pub(super) fn fallback(handler: &Handler) -> Option<TokenStream> {
    let is_in_a_module = handler.signature.receiver().is_none();
    is_in_a_module.then(|| expert(handler)).flatten()
}

/// A name that a module can have once. rustc shows both places where it is taken twice.
fn duplicate_guard(handler: &Handler) -> Option<TokenStream> {
    // A second `#[on_init]` declares a second type of the same name, and is refused for that.
    let (Answer::Nothing | Answer::Criterion) = handler.event.answer else { return None };
    let mut keys: Vec<String> =
        handler.keys.iter().map(|key| format!("_{}_{}", key.name.unraw(), value_in_a_name(key))).collect();
    keys.sort();
    let name = format_ident!("only_one_{}_per_module{}", handler.event.attribute, keys.concat(), span = here());
    Some(ours! {
        #[allow(non_upper_case_globals, dead_code, reason = "a name to be taken once")]
        const #name: () = ();
    })
}

/// `"4h"` as `4h`, and `_` for what no name can have.
fn value_in_a_name(key: &Key) -> String {
    let text = key.value.to_token_stream().to_string();
    text.trim_matches('"').chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The type that stands for the expert, if the attribute declares it, under the name that its siblings know.
///
/// The type itself is named after the function, so that a second `#[on_init]` is one error: the name that is taken twice.
fn expert(handler: &Handler) -> Option<TokenStream> {
    let Answer::State = handler.event.answer else { return None };
    let ty = format_ident!("expert_of_{}", handler.signature.ident.unraw(), span = here());
    let name = expert_name();
    let output = output(handler);
    Some(ours! {
        #[allow(non_camel_case_types, dead_code, reason = "spelled so that it can be read in an error message")]
        struct #ty;
        #[allow(non_camel_case_types, dead_code, reason = "spelled so that it can be read where it is missing")]
        type #name = #ty;
        impl ::metaexpert::__private::Expert for #ty {
            type Made = #output;
            fn snapshot(__made: &Self::Made) -> ::metaexpert::__private::Snapshot {
                use ::metaexpert::__private::{Inside as _, Opaque as _};
                ::metaexpert::__private::Kept(::metaexpert::__private::Within::<Self::Made>(__made).state()).json()
            }
        }
    })
}

fn registration(handler: &Handler) -> TokenStream {
    let event = Ident::new(handler.event.ty, here());
    let expert = expert_name();
    let told = told(handler, &event);
    let types = types(handler);
    let pieces = types.iter().map(|ty| param(ty, &event, &ours!(PIECE)));
    let checks = types.iter().enumerate().skip(1).map(|(index, ty)| once(index, ty));
    let body = body(handler, &event, &types);
    ours! {
        const _: () = {
            type __MetaexpertExpert = #expert;
            static __METAEXPERT_HANDLER: ::metaexpert::__private::HandlerOf<__MetaexpertExpert, ::metaexpert::__private::#event> =
                ::metaexpert::__private::HandlerOf::new(
                    #told,
                    &[#(#pieces),*],
                    |mut __call: ::metaexpert::__private::Call<'_, __MetaexpertExpert, ::metaexpert::__private::#event>| { #body },
                );
            #(#checks)*
            ::metaexpert::__private::submit! {
                ::metaexpert::__private::Registration::new(
                    ::metaexpert::__private::module_path!(),
                    ::metaexpert::__private::line!(),
                    ::metaexpert::__private::column!(),
                    &__METAEXPERT_HANDLER,
                )
            }
        };
    }
}

/// `{ let event = OnBar::new(); let event = event.timeframe("4h"); OnBar::ready(event) }`, each setter at its key.
fn told(handler: &Handler, event: &Ident) -> TokenStream {
    let attribute = Ident::new(handler.event.attribute, here());
    let setters = handler.keys.iter().map(|Key { name, value }| {
        let (first, _) = ends(value);
        let value = quote_spanned!(first=> ::metaexpert::__private::__attribute_value!(#attribute #name #value));
        quote_spanned!(at(name.span())=> let __event = __event.#name(#value);)
    });
    ours! {{
        let __event = ::metaexpert::__private::#event::new();
        #(#setters)*
        ::metaexpert::__private::#event::ready(__event)
    }}
}

/// `<Type as Param<'_, Expert, OnBar, _>>::member`, all of it at the type.
fn param(ty: &Type, event: &Ident, member: &TokenStream) -> TokenStream {
    let (first, last) = ends(ty);
    let open = quote_spanned!(first=> <);
    let close = quote_spanned! {last=>
        as ::metaexpert::__private::Param<'_, __MetaexpertExpert, ::metaexpert::__private::#event, _>>::#member
    };
    ours!(#open #ty #close)
}

/// The check that no earlier parameter takes what this one takes.
fn once(index: usize, ty: &Type) -> TokenStream {
    let (first, last) = ends(ty);
    let arguments = quote_spanned!(last=> (__METAEXPERT_HANDLER.pieces(), #index));
    quote_spanned!(first=> const _: () = ::metaexpert::__private::once #arguments;)
}

/// Hands out the parameters and calls the function.
fn body(handler: &Handler, event: &Ident, types: &[&Type]) -> TokenStream {
    let names: Vec<_> = (0..types.len()).map(|index| format_ident!("__param_{index}", span = here())).collect();
    let takes = names.iter().zip(types).map(|(name, ty)| {
        let take = param(ty, event, &ours!(take));
        ours! {
            let ::metaexpert::__private::Some(#name) = #take(&mut __call) else { return ::metaexpert::__private::gone() };
        }
    });
    let function = &handler.signature.ident;
    let answer = answer(handler, &ours!(#function(#(#names),*)));
    ours!(#(#takes)* #answer)
}

/// What becomes of the return value of `call`, at the return type.
fn answer(handler: &Handler, call: &TokenStream) -> TokenStream {
    let output = output(handler);
    let (first, last) = ends(&output);
    let open = quote_spanned!(first=> <);
    let close = match handler.event.answer {
        Answer::Nothing => quote_spanned!(last=> as ::metaexpert::__private::Answer>::answer),
        Answer::Criterion => quote_spanned!(last=> as ::metaexpert::__private::Criterion>::criterion),
        Answer::State => {
            let made = quote_spanned!(first=> made);
            return ours!({
                use ::metaexpert::__private::Made as _;
                ::metaexpert::__private::Returned::<#output>(#call).#made()
            });
        }
    };
    ours!(#open #output #close(#call))
}

fn types(handler: &Handler) -> Vec<&Type> {
    let typed = handler.signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(&*typed.ty),
        FnArg::Receiver(_) => None,
    });
    typed.collect()
}

/// The return type; `()` at the function's name where none is written.
fn output(handler: &Handler) -> TokenStream {
    match &handler.signature.output {
        ReturnType::Type(_, output) => output.to_token_stream(),
        ReturnType::Default => quote_spanned!(at(handler.signature.ident.span())=> ()),
    }
}

/// The type that `#[on_init]` declares and its siblings name.
fn expert_name() -> Ident {
    Ident::new("the_on_init_of_this_module", here())
}
