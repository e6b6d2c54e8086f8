//! From tokens to the model, spans kept.

use proc_macro2::TokenStream;
use syn::{Attribute, Data, DeriveInput, Error, Expr, ExprLit, Fields, Lit, Meta, Result, ext::IdentExt};

use super::{Field, Inputs, Key};

pub(super) fn inputs(item: TokenStream) -> Result<Inputs> {
    let item: DeriveInput = syn::parse2(item)?;
    if !item.generics.params.is_empty() {
        return Err(Error::new_spanned(item.generics, "inputs cannot be generic: each field is one value"));
    }
    let Data::Struct(data) = item.data else {
        return Err(Error::new(item.ident.span(), "inputs are a struct with named fields"));
    };
    let fields = match data.fields {
        Fields::Named(fields) => fields.named,
        Fields::Unit | Fields::Unnamed(_) => {
            return Err(Error::new(item.ident.span(), "inputs are a struct with named fields: the names become flags"));
        }
    };
    let fields = fields.into_iter().filter_map(|field| {
        let name = field.ident?;
        Some(keys(&field.attrs).map(|keys| Field { name, doc: doc(&field.attrs), ty: field.ty, keys }))
    });
    Ok(Inputs { name: item.ident, fields: fields.collect::<Result<_>>()? })
}

/// The keys of all `#[input(..)]` of a field.
fn keys(attributes: &[Attribute]) -> Result<Vec<Key>> {
    let mut keys = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("input")) {
        match &attribute.meta {
            Meta::Path(_) => {}
            Meta::List(list) => keys.extend(list.parse_args_with(Key::parse_all)?),
            Meta::NameValue(_) => return Err(Error::new_spanned(attribute, "write `#[input(default = ..)]`")),
        }
    }
    Ok(keys)
}

/// The documentation as running text: lines of one paragraph joined, an empty line between two.
fn doc(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for line in attributes.iter().filter_map(doc_line) {
        let line = line.trim();
        if line.is_empty() {
            text.push_str("\n\n");
        } else {
            let glue = if text.is_empty() || text.ends_with('\n') { "" } else { " " };
            text.push_str(glue);
            text.push_str(line);
        }
    }
    text.trim().to_owned()
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The name that users write.
pub(super) fn plain(field: &Field) -> String {
    field.name.unraw().to_string()
}
