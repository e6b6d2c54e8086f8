//! Whether a host answers, and what time it has.

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, report::Service};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{Call, ask, read::reply};
use crate::Product;

/// Whether the host answers.
///
/// # Errors
/// When it does not.
pub async fn ping(client: &Client, product: Product) -> Result<(), Failure> {
    ask(client, product, Call::Ping, &Params::new()).await.map(drop)
}

/// The exchange's time.
///
/// # Errors
/// See [`Failure`].
pub async fn time(client: &Client, product: Product) -> Result<UnixNanos, Failure> {
    let body = ask(client, product, Call::Time, &Params::new()).await?;
    Ok(read_time(product, &body)?)
}

/// Reads `{"serverTime": 1767225600000}`.
///
/// # Errors
/// When there is no time in it.
pub fn read_time(product: Product, payload: &[u8]) -> Result<UnixNanos, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        #[serde(deserialize_with = "metaexpert_connect::number::millis")]
        server_time: UnixNanos,
    }
    reply::<Wire>(product, "time", payload).map(|wire| wire.server_time)
}

/// Reads `{}`.
pub(super) fn done(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    #[derive(Deserialize)]
    struct Wire {}
    let Wire {} = reply(product, "ping", payload)?;
    Ok(vec![Report::Service(Service::Done)])
}

pub(super) fn time_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Service(Service::Time { time: read_time(product, payload)? })])
}
