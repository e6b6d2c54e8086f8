//! Failures that were asked for, in Binance's words.
//!
//! The one decision: a failure looks as the real one does, status and all, since what a client concludes from it (nothing happened, or
//! nobody knows) hangs on just that (spot REST, "HTTP Return Codes"; derivatives general info, "HTTP Return Codes").

use http::StatusCode;

use super::{ApiError, Product, limits};
use crate::protocol::{Failure, Moment};

/// What is answered where a call fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Status, code, text.
    pub error: ApiError,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
}

impl Failed {
    /// A failure as a product words it.
    pub fn of(failure: Failure, product: Product, at: Moment) -> Self {
        let plain = |code, text: &str, status| Self { error: ApiError::new(code, text).with_status(status), retry_after: None };
        let is_futures = matches!(product, Product::UsdM | Product::CoinM | Product::Options);
        match failure {
            Failure::TooManyRequests(seconds) => {
                let text = "Too many requests queued.";
                let error = ApiError::new(-1003, text).with_status(StatusCode::TOO_MANY_REQUESTS);
                Self { error, retry_after: Some(seconds) }
            }
            Failure::Banned(seconds) => {
                let until = at.clock.saturating_add_nanos(i64::from(seconds) * 1_000_000_000);
                Self { error: limits::banned(until), retry_after: Some(seconds) }
            }
            Failure::TooManyOrders => plain(-1015, "Too many new orders.", StatusCode::TOO_MANY_REQUESTS),
            Failure::Internal(status) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let text = if is_futures && status == StatusCode::SERVICE_UNAVAILABLE {
                    "Unknown error, please check your request or try again later."
                } else {
                    "An unknown error occurred while processing the request."
                };
                plain(-1000, text, status)
            }
            Failure::Disconnected => {
                let status = if is_futures { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
                plain(-1001, "Internal error; unable to process your request. Please try again.", status)
            }
            Failure::UnexpectedAnswer => {
                let text = "An unexpected response was received from the message bus. Execution status unknown.";
                plain(-1006, text, StatusCode::INTERNAL_SERVER_ERROR)
            }
            Failure::Timeout => {
                let text = "Timeout waiting for response from backend server. Send status unknown; execution status unknown.";
                plain(-1007, text, if is_futures { StatusCode::REQUEST_TIMEOUT } else { StatusCode::GATEWAY_TIMEOUT })
            }
            Failure::Timestamp => {
                plain(-1021, "Timestamp for this request is outside of the recvWindow.", StatusCode::BAD_REQUEST)
            }
            Failure::Maintenance => plain(-1016, "This service is no longer available.", StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::UnixNanos;

    use super::*;

    #[test]
    fn each_failure_has_the_status_that_tells_what_became_of_the_call() {
        let now = UnixNanos::from_seconds(1_700_000_000).unwrap();
        let at = Moment { clock: now, market: now };
        for (failure, product, status, code) in [
            (Failure::TooManyRequests(7), Product::Spot, 429, -1003),
            (Failure::Banned(120), Product::UsdM, 418, -1003),
            (Failure::TooManyOrders, Product::Spot, 429, -1015),
            (Failure::Internal(502), Product::Spot, 502, -1000),
            (Failure::Disconnected, Product::CoinM, 503, -1001),
            (Failure::UnexpectedAnswer, Product::Spot, 500, -1006),
            (Failure::Timeout, Product::UsdM, 408, -1007),
            (Failure::Timeout, Product::Spot, 504, -1007),
            (Failure::Timestamp, Product::Options, 400, -1021),
            (Failure::Maintenance, Product::Margin, 503, -1016),
        ] {
            let failed = Failed::of(failure, product, at);
            assert_eq!((failed.error.status.as_u16(), failed.error.code), (status, code), "{failure:?}");
        }
        assert_eq!(Failed::of(Failure::TooManyRequests(7), Product::Spot, at).retry_after, Some(7));
        let banned = Failed::of(Failure::Banned(120), Product::Spot, at).error.message;
        assert!(banned.contains("banned until 1700000120000."), "{banned}");
    }
}
