//! Events of the connection itself: what opened it is no longer good, or its server is about to stop.

use metaexpert_connect::{Malformed, Report, number, read_json, report::Service};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use crate::Product;

#[derive(Deserialize)]
struct Wire {
    #[serde(default, rename = "E", deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
}

/// `listenKeyExpired` and `eventStreamTerminated`: a new key, token or subscription is needed.
pub(super) fn expired(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire = read_json("end of an account's events", payload)?;
    Ok(vec![Report::Service(Service::CredentialExpired { time: wire.time })])
}

/// `serverShutdown`: a new connection is needed.
pub(super) fn closes(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire = read_json("serverShutdown", payload)?;
    Ok(vec![Report::Service(Service::ClosesSoon { time: wire.time })])
}
