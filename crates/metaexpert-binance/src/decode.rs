//! From a raw payload to what this adapter makes of it.

use metaexpert_connect::{
    Malformed, Method, Report,
    report::{Refused, Service},
};
use serde::Deserialize;

use crate::{Product, Response, account, errors, market, orders, stream, user};

/// What a payload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The reply to a REST call.
    Rest {
        /// Its method.
        method: Method,
        /// Its path, without parameters.
        path: String,
    },
    /// A frame of a market stream.
    Stream,
    /// A frame of a stream of account data, or of the WebSocket API.
    User,
}

/// What the adapter makes of a payload.
///
/// # Errors
/// When it makes nothing of it: no such call, no JSON, or not what is documented.
pub fn decode<'a>(product: Product, kind: &Kind, payload: &'a [u8]) -> Result<Vec<Report<'a>>, Malformed> {
    match kind {
        Kind::Stream => stream::read(product, payload),
        Kind::User => user::read(product, payload),
        Kind::Rest { method, path } => {
            if let Some(refused) = refusal(product, payload) {
                return Ok(vec![Report::Service(Service::Refused(refused))]);
            }
            let response = responses()
                .find(|row| row.products.contains(&product) && row.method == *method && row.path == path)
                .ok_or_else(|| {
                let what = format!("{product} {} {path}", method.as_str());
                Malformed::new(what, nearest(product, *method, path), payload)
            })?;
            (response.read)(product, payload)
        }
    }
}

/// Every call whose reply is read.
pub fn responses() -> impl Iterator<Item = &'static Response> {
    [market::RESPONSES, account::RESPONSES, orders::RESPONSES, user::RESPONSES].into_iter().flatten()
}

/// An error reply: `{"code": -1121, "msg": "Invalid symbol."}`.
fn refusal(product: Product, payload: &[u8]) -> Option<Refused> {
    #[derive(Deserialize)]
    struct Wire {
        code: i64,
        msg: String,
        data: Option<serde::de::IgnoredAny>,
    }
    let Wire { code, msg, data } = serde_json::from_slice(payload).ok()?;
    // Some good replies have these two fields too, with 200 or 0. A replacement of which one half was done has data, and its
    // reader says what of it was done.
    (code < 0 && data.is_none()).then(|| Refused {
        id: None,
        code,
        meaning: errors::meaning_of(product, code, &msg),
        message: msg,
    })
}

fn nearest(product: Product, method: Method, path: &str) -> String {
    let calls = responses().filter(|row| row.products.contains(&product));
    let alike = |known: &str| strsim::jaro(known, path);
    let nearest = calls.max_by(|a, b| {
        (alike(a.path), a.method == method).partial_cmp(&(alike(b.path), b.method == method)).unwrap_or(std::cmp::Ordering::Equal)
    });
    nearest.map_or_else(
        || "no such call".to_owned(),
        |row| format!("no such call; the nearest is {} {}", row.method.as_str(), row.path),
    )
}
