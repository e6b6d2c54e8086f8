//! Errors as Binance shows them: a status, a code, a text.

use http::StatusCode;

/// An error as Binance shows it: `{"code":-1121,"msg":"Invalid symbol."}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// Mostly 400.
    pub status: StatusCode,
    /// Below zero.
    pub code: i32,
    /// What the documentation says for it.
    pub message: String,
    /// Beside code and message: what `cancelReplace` says of its halves, as JSON.
    pub data: Option<String>,
}

impl ApiError {
    /// An error with status 400.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into(), data: None }
    }
}
