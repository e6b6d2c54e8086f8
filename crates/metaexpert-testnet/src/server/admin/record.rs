//! The audit, as far as somebody wants to read it.

use axum::extract::State;
use serde_json::json;

use super::{Answered, Json, Shared, Wrong};
use crate::{audit::What, faults::spelling::value::hint};

/// Lines that are answered where nobody says how many.
const USUAL: usize = 1_000;

pub(super) async fn read(State(exchange): Shared, uri: http::Uri) -> Answered {
    let (mut since, mut limit, mut kinds, mut account) = (0, USUAL, Vec::new(), None);
    for (key, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let number = |text: &str| text.parse().map_err(|_| Wrong(format!("{key}: `{text}`: must be a whole number, 0 or more")));
        match key.as_ref() {
            "since" => since = number(&value)?,
            "limit" => limit = usize::try_from(number(&value)?).unwrap_or(usize::MAX),
            "kind" => kinds = value.split(',').map(str::to_owned).collect(),
            "account" => account = Some(value.into_owned()),
            other => return Err(Wrong(format!("`{other}`: no such key{}", hint(other, &["since", "limit", "kind", "account"])))),
        }
    }
    if let Some(unknown) = kinds.iter().find(|kind| !What::KINDS.contains(&kind.as_str())) {
        return Err(Wrong(format!("kind: `{unknown}`: no such kind{}", hint(unknown, &What::KINDS))));
    }
    let mut exchange = exchange.lock();
    exchange.catch_up();
    let is_wanted = |what: &What| {
        (kinds.is_empty() || kinds.iter().any(|kind| kind == what.kind()))
            && (account.is_none() || what.account() == account.as_deref())
    };
    let lines: Vec<_> = exchange.audit().since(since).filter(|line| is_wanted(&line.what)).take(limit).collect();
    let next = lines.last().map_or(since, |line| line.number + 1);
    Ok(Json(json!({ "lines": lines, "next": next })))
}
