//! What stands in the parentheses of an attribute: `timeframe = "4h", symbol = "ETHUSDT"`.

use syn::{
    Error, Expr, Ident, Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

/// One `key = value`.
pub(crate) struct Key {
    pub name: Ident,
    pub value: Expr,
}

impl Key {
    /// All of an attribute.
    pub(crate) fn parse_all(input: ParseStream<'_>) -> Result<Vec<Self>> {
        Ok(Punctuated::<Self, Token![,]>::parse_terminated(input)?.into_iter().collect())
    }
}

impl Parse for Key {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected `key = value`"));
        }
        let name = Ident::parse_any(input)?;
        let has_value = input.parse::<Option<Token![=]>>()?.is_some() && !input.is_empty() && !input.peek(Token![,]);
        if has_value {
            Ok(Self { value: input.parse()?, name })
        } else {
            Err(Error::new(name.span(), format!("`{name}` needs a value: `{name} = ..`")))
        }
    }
}

/// Refuses a key that stands there twice: the setter of the second would silently win.
pub(crate) fn refuse_repeated(keys: &[Key]) -> Option<Error> {
    let repeated = keys.iter().enumerate().find(|(place, key)| keys.iter().take(*place).any(|other| other.name == key.name));
    repeated.map(|(_, Key { name, .. })| Error::new(name.span(), format!("`{name}` is given twice")))
}

/// One error out of many.
pub(crate) fn all(refusals: impl Iterator<Item = Error>) -> Result<()> {
    let combined = refusals.reduce(|mut all, more| {
        all.combine(more);
        all
    });
    combined.map_or(Ok(()), Err)
}
