//! What an answer means, by its status and body.
//!
//! The one decision: nothing is called a failure that may have been carried out. Of a 5xx only three messages say that it was
//! not, and only of derivatives; the spot host says of none.

use std::time::Duration;

use http::HeaderMap;
use metaexpert_connect::{Endpoint, Failure, Meaning, report::Refused};
use serde::Deserialize;

use crate::{Product, errors};

/// Passes a good answer, and says of every other one what it is.
pub(super) fn judge(
    product: Product,
    endpoint: &'static Endpoint,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), Failure> {
    let said = Said::of(body);
    match status {
        // A replacement of which one half was done: its reader finds in the body which one (Spot API, "HTTP Return Codes").
        409 => Ok(()),
        200..=299 => match said {
            Some(said) if said.code < 0 => Err(refused(product, endpoint, status, said)),
            _ => Ok(()),
        },
        // The firewall: too many requests, or an address that it does not like. It says neither which nor for how long.
        403 if said.is_none() => Err(too_many(endpoint, headers, true)),
        418 => Err(too_many(endpoint, headers, true)),
        // Orders that are not filled yet are limited by themselves, and nothing else is (Spot API, "Unfilled Order Count").
        429 => match said {
            Some(said) if errors::meaning_of(product, said.code, &said.message) == Meaning::TooManyOrders => {
                Err(refused(product, endpoint, status, said))
            }
            _ => Err(too_many(endpoint, headers, false)),
        },
        408 | 500.. => Err(on_their_side(product, endpoint, status, said, body)),
        _ => {
            let said = said.unwrap_or_else(|| Said { code: status.into(), message: shown(body) });
            Err(refused(product, endpoint, status, said))
        }
    }
}

/// An error as Binance writes it: `{"code": -1121, "msg": "Invalid symbol."}`.
struct Said {
    code: i64,
    message: String,
}

impl Said {
    /// Reads one, if it is one.
    fn of(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(deserialize_with = "metaexpert_connect::number::decimal")]
            code: rust_decimal::Decimal,
            #[serde(default, alias = "message")]
            msg: Option<String>,
        }
        let body = body.trim_ascii_start();
        // Most good answers are told apart by their first bytes; long ones are never errors.
        if !body.starts_with(b"{") || body.len() > LONGEST {
            return None;
        }
        let Wire { code, msg } = serde_json::from_slice(body).ok()?;
        Some(Self { code: i64::try_from(code).ok()?, message: msg.unwrap_or_default() })
    }
}

/// What a refusal means that has no code which could be looked up: `{"code": 0, "msg": "Service unavailable from a restricted
/// location"}` comes with 451.
const fn by_status(status: u16) -> Meaning {
    match status {
        401 => Meaning::BadKey,
        403 | 451 => Meaning::NotPermitted,
        300..=399 | 404 | 405 => Meaning::WrongEndpoint,
        _ => Meaning::BadRequest,
    }
}

/// How long an error can be, in bytes. The longest documented one has some 400, a refused replacement with both answers 1,500.
const LONGEST: usize = 8_192;

fn refused(product: Product, endpoint: &'static Endpoint, status: u16, said: Said) -> Failure {
    let meaning = if said.code < 0 { errors::meaning_of(product, said.code, &said.message) } else { by_status(status) };
    if meaning == Meaning::Unknown {
        return Failure::Unknown { endpoint: endpoint.name, why: format!("{} {}", said.code, said.message) };
    }
    Failure::Refused { endpoint: endpoint.name, refused: Refused { id: None, code: said.code, message: said.message, meaning } }
}

/// How long to wait, in seconds (Spot API, "IP Limits").
fn too_many(endpoint: &'static Endpoint, headers: &HeaderMap, is_banned: bool) -> Failure {
    let seconds = headers.get(http::header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Failure::RateLimited { endpoint: endpoint.name, retry_after: seconds.map(Duration::from_secs), is_banned }
}

/// A 5xx or 408. The code -1008 says that it was not taken (all products, "Error Codes"); of derivatives, two messages do
/// (derivatives, "General Info", "HTTP 503 Status: Message Variants & Handling", 2026-01). Everything else may have been done.
fn on_their_side(product: Product, endpoint: &'static Endpoint, status: u16, said: Option<Said>, body: &[u8]) -> Failure {
    let text = said.as_ref().map_or_else(|| shown(body), |said| said.message.clone());
    let is_derivative = matches!(product, Product::UsdM | Product::CoinM | Product::Options);
    let was_throttled = said.as_ref().is_some_and(|said| said.code == THROTTLED);
    let was_not_done = is_derivative && status == 503 && NOT_DONE.iter().any(|known| text.trim_start().starts_with(known));
    if was_throttled || was_not_done {
        let code = said.map_or(i64::from(status), |said| said.code);
        let refused = Refused { id: None, code, message: text, meaning: Meaning::Unavailable };
        return Failure::Refused { endpoint: endpoint.name, refused };
    }
    let code = said.map_or_else(String::new, |said| format!("{} ", said.code));
    Failure::Unknown { endpoint: endpoint.name, why: format!("HTTP {status}: {code}{text}") }
}

const THROTTLED: i64 = -1008;

/// How the messages of a 503 begin that was "100% failure". A page of something in between that has the same words in it says nothing.
const NOT_DONE: [&str; 3] = [
    "Service Unavailable",
    "Internal error; unable to process your request. Please try again.",
    "Request throttled by system-level protection",
];

/// The first line of a body that is no JSON, cut.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..SHOWN).unwrap_or(body));
    metaexpert_log::masked(text.lines().next().unwrap_or_default()).into_owned()
}

/// How much of such a body is shown, in bytes.
const SHOWN: usize = 200;

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use metaexpert_connect::http::RestDialect as _;

    use super::*;
    use crate::dialect::Dialect;

    fn verdict(product: Product, status: u16, body: &str) -> String {
        let dialect = Dialect::new(product);
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_static("7"));
        match dialect.judge(dialect.clock(), status, &headers, body.as_bytes()) {
            Ok(()) => "good".into(),
            Err(Failure::Refused { refused, .. }) => format!("refused {} {:?}", refused.code, refused.meaning),
            Err(Failure::RateLimited { retry_after, is_banned, .. }) => format!("limited {retry_after:?} {is_banned}"),
            Err(Failure::Unknown { why, .. }) => format!("unknown: {why}"),
            Err(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_is_judged_by_status_body_and_product() {
        let unknown_error = r#"{"code":-1000,"msg":"Unknown error, please check your request or try again later."}"#;
        let internal = r#"{"code":-1001,"msg":"Internal error; unable to process your request. Please try again."}"#;
        let throttled = r#"{"code":-1008,"msg":"Request throttled by system-level protection."}"#;
        let rows: &[(Product, u16, &str, &str)] = &[
            (Product::Spot, 200, r#"{"serverTime":1}"#, "good"),
            (Product::Spot, 200, "[]", "good"),
            (Product::UsdM, 200, r#"{"code":200,"msg":"success"}"#, "good"),
            (Product::UsdM, 200, r#"{"code":"200","msg":"done"}"#, "good"),
            (Product::UsdM, 200, r#"{"code":-4046,"msg":"No need to change margin type."}"#, "refused -4046 Unchanged"),
            (Product::Spot, 409, r#"{"code":-2021,"msg":"Order cancel-replace partially failed.","data":{}}"#, "good"),
            (Product::Spot, 400, r#"{"code":-1121,"msg":"Invalid symbol."}"#, "refused -1121 NotTrading"),
            (Product::Spot, 400, r#"{"code":-1021,"msg":"Timestamp"}"#, "refused -1021 ClockSkew"),
            (Product::Spot, 401, r#"{"code":-2015,"msg":"Invalid API-key."}"#, "refused -2015 BadKey"),
            (Product::Spot, 401, "", "refused 401 BadKey"),
            (Product::Spot, 404, "<html>", "refused 404 WrongEndpoint"),
            (
                Product::Spot,
                451,
                r#"{"code":0,"msg":"Service unavailable from a restricted location"}"#,
                "refused 0 NotPermitted",
            ),
            (Product::Margin, 400, r#"{"code":700003,"msg":"wallet"}"#, "refused 700003 BadRequest"),
            (Product::Spot, 301, "", "refused 301 WrongEndpoint"),
            (Product::Spot, 403, "<html>blocked</html>", "limited Some(7s) true"),
            (Product::Spot, 403, r#"{"code":-1002,"msg":"no"}"#, "refused -1002 NotPermitted"),
            (Product::Spot, 429, r#"{"code":-1003,"msg":"Too much request weight used."}"#, "limited Some(7s) false"),
            (Product::Spot, 429, r#"{"code":-1015,"msg":"Too many new orders."}"#, "refused -1015 TooManyOrders"),
            (Product::UsdM, 429, r#"{"code":-1015,"msg":"Too many new orders."}"#, "refused -1015 TooManyOrders"),
            (Product::Spot, 429, "", "limited Some(7s) false"),
            (Product::Spot, 418, r#"{"code":-1015,"msg":"Too many new orders."}"#, "limited Some(7s) true"),
            (Product::Spot, 418, r#"{"code":-1003,"msg":"Way too much; IP banned."}"#, "limited Some(7s) true"),
            (Product::UsdM, 408, r#"{"code":-1007,"msg":"Timeout."}"#, "unknown: HTTP 408: -1007 Timeout."),
            (Product::Spot, 400, r#"{"code":-1006,"msg":"An unexpected response."}"#, "unknown: -1006 An unexpected response."),
            (
                Product::UsdM,
                503,
                unknown_error,
                "unknown: HTTP 503: -1000 Unknown error, please check your request or try again later.",
            ),
            (Product::UsdM, 503, "Service Unavailable.", "refused 503 Unavailable"),
            (
                Product::UsdM,
                503,
                "<title>503 Service Unavailable</title>",
                "unknown: HTTP 503: <title>503 Service Unavailable</title>",
            ),
            (Product::UsdM, 503, internal, "refused -1001 Unavailable"),
            (
                Product::Spot,
                503,
                internal,
                "unknown: HTTP 503: -1001 Internal error; unable to process your request. Please try again.",
            ),
            (Product::Spot, 503, "Service Unavailable.", "unknown: HTTP 503: Service Unavailable."),
            (Product::UsdM, 503, throttled, "refused -1008 Unavailable"),
            (Product::Spot, 503, throttled, "refused -1008 Unavailable"),
            (Product::CoinM, 502, "<html>\nBad Gateway", "unknown: HTTP 502: <html>"),
        ];
        for (product, status, body, expected) in rows {
            assert_eq!(verdict(*product, *status, body), *expected, "{product} {status} {body}");
        }
    }
}
