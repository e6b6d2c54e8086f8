//! From the model to code.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::{Field, Inputs, Key, parse::plain};
use crate::span::{at, ours};

pub(super) fn inputs(inputs: &Inputs) -> TokenStream {
    let fields = inputs.fields.iter().map(field);
    implementation(inputs, &ours!(Self { #(#fields),* }))
}

/// An implementation without a body, so that one mistake is one message.
pub(super) fn fallback(inputs: &Inputs) -> TokenStream {
    implementation(inputs, &ours!(loop {}))
}

fn implementation(inputs: &Inputs, body: &TokenStream) -> TokenStream {
    let name = &inputs.name;
    ours! {
        impl ::metaexpert::__private::Inputs for #name {
            fn read(__reader: &mut ::metaexpert::__private::InputReader<'_>) -> Self {
                #body
            }
        }
        impl ::metaexpert::__private::Default for #name {
            fn default() -> Self {
                ::metaexpert::__private::Inputs::read(&mut ::metaexpert::__private::InputReader::defaults())
            }
        }
    }
}

/// `fast: { let input = Input::<usize>::new("fast", ".."); let input = input.default(12); reader.take::<usize>(input) }`, each
/// method at its key, the rest at the field's name.
fn field(field: &Field) -> TokenStream {
    let Field { name, doc, ty, keys } = field;
    let plain = plain(field);
    let setters = keys.iter().map(|Key { name, value }| quote_spanned!(at(name.span())=> let __input = __input.#name(#value);));
    quote_spanned! {at(name.span())=>
        #name: {
            let __input = ::metaexpert::__private::Input::<#ty>::new(#plain, #doc);
            #(#setters)*
            __reader.take::<#ty>(__input)
        }
    }
}
