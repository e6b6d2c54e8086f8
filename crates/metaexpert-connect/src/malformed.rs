//! A payload that nothing can be made of.
//!
//! The one decision: the payload goes with the error, masked and cut, so that a log line is enough to see what the exchange sent.

use metaexpert_log::masked;

/// A message or reply that is not what its documentation says. It never ends a session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}, in `{payload}`")]
pub struct Malformed {
    /// What it was taken for: `depth of spot`, `GET /fapi/v1/klines`.
    pub what: String,
    /// What is wrong with it.
    pub why: String,
    /// The payload: secrets masked, cut to [`PAYLOAD_SHOWN`] bytes.
    pub payload: String,
}

/// How much of a payload is shown, in bytes.
pub const PAYLOAD_SHOWN: usize = 400;

impl Malformed {
    /// Says what is wrong with a payload.
    pub fn new(what: impl Into<String>, why: impl std::fmt::Display, payload: &[u8]) -> Self {
        let shown = payload.get(..PAYLOAD_SHOWN.saturating_add(200)).unwrap_or(payload);
        let text = String::from_utf8_lossy(shown);
        let mut payload_shown = masked(&text).into_owned();
        if payload_shown.len() > PAYLOAD_SHOWN || shown.len() < payload.len() {
            let end = (0..=PAYLOAD_SHOWN.min(payload_shown.len())).rev().find(|&at| payload_shown.is_char_boundary(at));
            payload_shown.truncate(end.unwrap_or(0));
            payload_shown.push_str("...");
        }
        Self { what: what.into(), why: why.to_string(), payload: payload_shown }
    }
}

/// Reads a JSON payload into its wire type.
///
/// # Errors
/// When it is not JSON, or not that type.
pub fn read_json<'a, T: serde::Deserialize<'a>>(what: &str, payload: &'a [u8]) -> Result<T, Malformed> {
    serde_json::from_slice(payload).map_err(|why| Malformed::new(what, why, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_masked_and_cut() {
        let payload = format!(
            r#"{{"listenKey":"pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1","x":"{}"}}"#,
            "y".repeat(900)
        );
        let error = Malformed::new("user data", "unknown", payload.as_bytes());
        assert!(error.payload.len() <= PAYLOAD_SHOWN + 3 && error.payload.ends_with("..."), "{}", error.payload);
        assert!(!error.payload.contains("pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"), "{}", error.payload);
    }
}
