//! Faults, stale keys, restarts.

use axum::{
    body::Bytes,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answered, Json, Shared, Wrong, body};
use crate::{
    faults::{Rule, from_json},
    server::Exchange,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expired {
    account: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restarted {
    state: Option<Left>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Left {
    Kept,
    Lost,
}

pub(super) async fn all(State(exchange): Shared) -> Answered {
    Ok(Json(told(&exchange.lock())))
}

pub(super) async fn add(State(exchange): Shared, bytes: Bytes) -> Answered {
    let text = std::str::from_utf8(&bytes).map_err(|error| Wrong(format!("body: {error}")))?;
    let rules = from_json(text, "body").map_err(|error| Wrong(error.to_string()))?;
    let mut exchange = exchange.lock();
    let added: Vec<u64> = rules.into_iter().map(|rule| exchange.add_fault(rule)).collect();
    Ok(Json(json!({ "added": added, "faults": told(&exchange) })))
}

pub(super) async fn clear(State(exchange): Shared) -> Answered {
    let removed = exchange.lock().clear_faults();
    Ok(Json(json!({ "removed": removed })))
}

pub(super) async fn remove(State(exchange): Shared, Path(id): Path<String>) -> Answered {
    let id = id.parse().map_err(|_| Wrong(format!("`{id}`: must be the number of a fault")))?;
    if !exchange.lock().remove_fault(id) {
        return Err(Wrong(format!("`{id}`: no fault of this number holds")));
    }
    Ok(Json(json!({ "removed": 1 })))
}

pub(super) async fn expire_listen_keys(State(exchange): Shared, bytes: Bytes) -> Answered {
    let asked: Expired = body(&bytes)?;
    let mut exchange = exchange.lock();
    let account = match &asked.account {
        Some(name) => Some(exchange.account(name).ok_or_else(|| Wrong(format!("account: `{name}`: no such account")))?),
        None => None,
    };
    exchange.expire_listen_keys(account);
    Ok(Json(json!({ "expired": asked.account.as_deref().unwrap_or("all") })))
}

pub(super) async fn restart(State(exchange): Shared, bytes: Bytes) -> Answered {
    let asked: Restarted = body(&bytes)?;
    let keeps = asked.state != Some(Left::Lost);
    exchange.lock().restart(keeps)?;
    Ok(Json(json!({ "state": if keeps { "kept" } else { "lost" } })))
}

fn told(exchange: &Exchange) -> Value {
    let rule = |rule: &Rule| {
        json!({
            "id": rule.id(),
            "kind": rule.kind().as_str(),
            "on": rule.stage().map(crate::faults::Stage::as_str),
            "probability": rule.probability(),
            "struck": rule.struck(),
        })
    };
    exchange.faults().rules().iter().map(rule).collect()
}
