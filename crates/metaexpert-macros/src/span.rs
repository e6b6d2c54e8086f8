//! Where generated code stands: at the attribute, or at the tokens of the user's that it speaks of; and always with names
//! that cannot meet the user's.

use proc_macro2::Span;
use quote::ToTokens;

/// The attribute. Local variables at it are invisible to the user's tokens, and the user's to them; but a constant of the
/// user's is seen even by a pattern of ours, so our locals have names like `__call`.
pub(crate) fn here() -> Span {
    Span::mixed_site()
}

/// The same, at the place of a token of the user's.
pub(crate) fn at(token: Span) -> Span {
    here().located_at(token)
}

/// The same, at the places of the first and the last of some of the user's tokens. What begins at the one and ends at the
/// other is underlined as a whole (spans cannot be joined on stable Rust).
pub(crate) fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let mut spans = tokens.to_token_stream().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(here);
    let last = spans.last().unwrap_or(first);
    (at(first), at(last))
}

/// `quote!` with names that cannot meet the user's.
macro_rules! ours {
    ($($tokens:tt)*) => { quote::quote_spanned!(crate::span::here()=> $($tokens)*) };
}
pub(crate) use ours;
