//! Errors as Binance shows them: a status, a code, a text.

use http::StatusCode;
use metaexpert_core::UnixNanos;
use serde::Serialize;

/// An error as Binance shows it: `{"code":-1121,"msg":"Invalid symbol."}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// Mostly 400.
    pub status: StatusCode,
    /// Below zero.
    pub code: i32,
    /// What the documentation says for it.
    pub message: String,
    /// Beside code and message: what `cancelReplace` says of its halves, and the WebSocket API of limits, as JSON.
    pub data: Option<String>,
}

/// Code and text alone: what stands in an answer, and in the halves of one.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    code: i32,
    msg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a serde_json::value::RawValue>,
}

impl ApiError {
    /// An error with status 400.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into(), data: None }
    }

    /// The same with another status.
    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same with the time at which the client may come again, as the WebSocket API tells it.
    #[must_use]
    pub fn with_retry(mut self, now: UnixNanos, seconds: i64) -> Self {
        let millis = |time: UnixNanos| time.as_nanos().div_euclid(1_000_000);
        let again = now.saturating_add_nanos(seconds.saturating_mul(1_000_000_000));
        self.data = Some(format!(r#"{{"serverTime":{},"retryAfter":{}}}"#, millis(now), millis(again)));
        self
    }

    /// A parameter that must be there is not (-1102).
    pub fn mandatory(name: &str) -> Self {
        Self::new(-1102, format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed."))
    }

    /// One of two parameters must be there, and neither is (-1102).
    pub fn either(one: &str, other: &str) -> Self {
        Self::new(-1102, format!("Param '{one}' or '{other}' must be sent, but both were empty/null!"))
    }

    /// A parameter is there that must not be (-1106).
    pub fn not_required(name: &str) -> Self {
        Self::new(-1106, format!("Parameter '{name}' sent when not required."))
    }

    /// A parameter has characters that it must not have (-1100).
    pub fn illegal(name: &str, range: &str) -> Self {
        Self::new(-1100, format!("Illegal characters found in parameter '{name}'; legal range is '{range}'."))
    }

    /// A parameter has a value that it must not have (-1130).
    pub fn invalid(name: &str) -> Self {
        Self::new(-1130, format!("Data sent for parameter '{name}' is not valid."))
    }

    /// The symbol is not listed (-1121).
    pub fn invalid_symbol() -> Self {
        Self::new(-1121, "Invalid symbol.")
    }

    /// Optional parameters that exclude one another (-1128).
    pub fn bad_combination() -> Self {
        Self::new(-1128, "Combination of optional parameters invalid.")
    }

    /// As it stands in an answer.
    pub fn json(&self) -> String {
        let data = self.data.clone().and_then(|data| serde_json::value::RawValue::from_string(data).ok());
        super::Json::of(&Shown { code: self.code, msg: &self.message, data: data.as_deref() }).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_code_and_a_text() {
        assert_eq!(ApiError::invalid_symbol().json(), r#"{"code":-1121,"msg":"Invalid symbol."}"#);
    }

    #[test]
    fn the_halves_of_a_replacement_stand_beside_it() {
        let mut error = ApiError::new(-2022, "Order cancel-replace failed.");
        error.data = Some(r#"{"cancelResult":"FAILURE"}"#.into());
        let shown = r#"{"code":-2022,"msg":"Order cancel-replace failed.","data":{"cancelResult":"FAILURE"}}"#;
        assert_eq!(error.json(), shown);
    }
}
