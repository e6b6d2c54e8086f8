//! Replies of the WebSocket API on a connection of account events: logins, subscriptions, listen keys, refusals.
//!
//! The result of an order request is not read here: whoever sent it knows what it is, and reads [`Reply::result`].

use metaexpert_connect::{
    Malformed, Report, number,
    report::{Credential, Service},
};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::api::Reply;
use crate::Product;

/// What results of these calls hold; each has a part of it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    listen_key: Option<String>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    server_time: Option<UnixNanos>,
}

pub(super) fn read(product: Product, frame: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let reply = Reply::read(frame)?;
    let mut reports = Vec::with_capacity(1 + reply.rate_limits.len());
    if let Some(refused) = reply.refused(product) {
        reports.push(Report::Service(Service::Refused(refused)));
    } else {
        reports.push(Report::Service(Service::Acknowledged { id: reply.id.as_deref().map(str::to_owned) }));
        // A list or nothing at all is a good result too.
        let outcome: Outcome = reply.result.and_then(|result| serde_json::from_str(result.get()).ok()).unwrap_or_default();
        if let Some(key) = outcome.listen_key {
            reports.push(Report::Service(Service::Credential { credential: Credential::new(key), expires: None }));
        }
        if let Some(time) = outcome.server_time {
            reports.push(Report::Service(Service::Time { time }));
        }
    }
    reports.extend(reply.limits());
    Ok(reports)
}
