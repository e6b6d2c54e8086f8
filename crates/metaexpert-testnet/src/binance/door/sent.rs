//! A call as it was sent: its parameters, what of it was signed, and the signature.
//!
//! The one decision: what was signed is what was sent, byte for byte, without the signature, query before body and nothing between
//! (spot REST, "SIGNED Endpoint security"; percent-encoded since 2026-01-15). It is never written anew from what was understood.

use std::borrow::Cow;

use super::{ApiError, Params};

/// The parameter that is not signed.
const SIGNATURE: &str = "signature";

/// What was sent.
#[derive(Debug, Default)]
pub struct Sent {
    /// The parameters, without the signature.
    pub params: Params,
    /// What was signed.
    pub signed: String,
    /// The signature, decoded.
    pub signature: Option<String>,
}

impl Sent {
    /// Reads query and body. Of a parameter that stands in both, the query's is used.
    ///
    /// # Errors
    /// -1101 for a parameter that stands twice in one of them, -1100 for what cannot be decoded.
    pub fn read(query: &str, body: &str) -> Result<Self, ApiError> {
        let mut sent = Self::default();
        let mut pairs = sent.part(query)?;
        for (name, value) in sent.part(body)? {
            if pairs.iter().all(|(known, _)| *known != name) {
                pairs.push((name, value));
            }
        }
        sent.params = Params::of(pairs);
        Ok(sent)
    }

    /// Reads query or body.
    fn part(&mut self, text: &str) -> Result<Vec<(String, String)>, ApiError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut is_first = true;
        for piece in text.split('&').filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            if name == SIGNATURE {
                if self.signature.replace(value).is_some() {
                    return Err(twice());
                }
                continue;
            }
            if !is_first {
                self.signed.push('&');
            }
            self.signed.push_str(piece);
            is_first = false;
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(twice());
            }
            pairs.push((name, value));
        }
        Ok(pairs)
    }
}

fn twice() -> ApiError {
    ApiError::new(-1101, "Duplicate values for a parameter detected.")
}

/// Percent-decoded, as forms are: `+` is a space.
fn decoded(text: &str) -> Result<String, ApiError> {
    let spaced: Cow<'_, str> = if text.contains('+') { text.replace('+', " ").into() } else { text.into() };
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| ApiError::new(-1100, "Illegal characters found in a parameter."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_signed_is_query_and_body_without_the_signature() {
        let sent = Sent::read("symbol=LTCBTC&side=BUY", "quantity=1&signature=AB%2B%3D&price=0.1").unwrap();
        assert_eq!(sent.signed, "symbol=LTCBTC&side=BUYquantity=1&price=0.1");
        assert_eq!(sent.signature.as_deref(), Some("AB+="));
        assert_eq!(sent.params.text("price"), Some("0.1"));
    }

    #[test]
    fn what_was_signed_stays_encoded() {
        let sent = Sent::read("symbol=%EF%BC%91&timestamp=1", "").unwrap();
        assert_eq!(sent.signed, "symbol=%EF%BC%91&timestamp=1");
        assert_eq!(sent.params.text("symbol"), Some("１"));
    }

    #[test]
    fn the_query_wins_over_the_body_and_nothing_stands_twice_in_one() {
        let sent = Sent::read("symbol=A", "symbol=B&side=BUY").unwrap();
        assert_eq!(sent.params.text("symbol"), Some("A"));
        let error = Sent::read("symbol=A&symbol=B", "").unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (-1101, "Duplicate values for a parameter detected."));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let error = Sent::read("symbol=%FF", "").unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (-1100, "Illegal characters found in a parameter."));
    }
}
