//! What `/testnet/` answers: the testnet itself, in JSON, for whoever can reach its port.
//!
//! The one decision: nobody is asked for a key here, since the port is loopback's unless somebody has said otherwise; and every change
//! is put into the audit. Pages in browsers are kept out. A wrong request is 400 with `{"error": ".."}`, which names the key, the value and the rule.

mod accounts; // who is there, with what
mod bad_days; // faults, stale keys, restarts
mod record; // the audit
mod time; // how time passes

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::{self, Next},
    routing::{MethodRouter, get, post},
};
use http::{HeaderValue, Response, StatusCode, header};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Exchange;
use crate::setup::SetupError;

/// What calls have to themselves while they answer.
type Shared = State<Arc<Mutex<Exchange>>>;

/// What is answered: JSON, or what was wrong.
type Answered = Result<Json, Wrong>;

/// JSON.
struct Json(Value);

/// What was wrong with a request.
struct Wrong(String);

/// Every path there is, with what it is for.
const PATHS: [(&str, &str); 13] = [
    ("GET /testnet/", "this list"),
    ("GET /testnet/accounts", "names and balances; POST {name, keys, balances} opens one"),
    ("GET /testnet/accounts/{name}", "one account"),
    ("POST /testnet/fund", "{account, wallet, currency, amount}: money comes in from outside"),
    ("GET /testnet/keys", "keys with their secrets"),
    ("GET /testnet/markets", "what is listed, with last prices"),
    (
        "POST /testnet/price",
        "{market: \"linear:BTCUSDT\", price}: a market that follows a script goes there, and all that follow it too",
    ),
    ("GET /testnet/time", "the times; POST {advance: \"10s\"} or {speed: 60}"),
    ("GET /testnet/faults", "rules with how often they struck; POST a rule or a list of them; DELETE all"),
    ("DELETE /testnet/faults/{id}", "ends one rule"),
    ("GET /testnet/audit?since=1&kind=order,request&account=trader&limit=1000", "what happened"),
    ("POST /testnet/expire-listen-keys", "{account}, or all of them"),
    ("POST /testnet/restart", "{state: \"kept\" or \"lost\"}; POST /testnet/stop ends the testnet"),
];

pub(super) fn router(exchange: Arc<Mutex<Exchange>>) -> Router {
    let one_of = |calls: MethodRouter<Arc<Mutex<Exchange>>>| calls.fallback(wrong_verb);
    Router::new()
        .route("/testnet", one_of(get(index)))
        .route("/testnet/", one_of(get(index)))
        .route("/testnet/accounts", one_of(get(accounts::all).post(accounts::open)))
        .route("/testnet/accounts/{name}", one_of(get(accounts::one)))
        .route("/testnet/fund", one_of(post(accounts::fund)))
        .route("/testnet/keys", one_of(get(accounts::keys)))
        .route("/testnet/markets", one_of(get(time::markets)))
        .route("/testnet/price", one_of(post(time::set_price)))
        .route("/testnet/time", one_of(get(time::read).post(time::change)))
        .route("/testnet/faults", one_of(get(bad_days::all).post(bad_days::add).delete(bad_days::clear)))
        .route("/testnet/faults/{id}", one_of(axum::routing::delete(bad_days::remove)))
        .route("/testnet/audit", one_of(get(record::read)))
        .route("/testnet/expire-listen-keys", one_of(post(bad_days::expire_listen_keys)))
        .route("/testnet/restart", one_of(post(bad_days::restart)))
        .route("/testnet/stop", one_of(post(stop)))
        .fallback(unknown)
        .layer(middleware::from_fn(no_pages))
        .with_state(exchange)
}

/// Browsers say which page sends a request. No page of somebody else's is to move money here, loopback or not.
async fn no_pages(request: Request, next: Next) -> Response<Body> {
    match request.headers().get(header::ORIGIN) {
        None => next.run(request).await,
        Some(page) => {
            let text = format!("origin: {page:?}: pages in browsers are not answered here");
            response(StatusCode::FORBIDDEN, &json!({ "error": text }))
        }
    }
}

async fn index(State(exchange): Shared) -> Answered {
    let name = exchange.lock().name();
    let paths: serde_json::Map<String, Value> = PATHS.iter().map(|(path, what)| ((*path).to_owned(), json!(what))).collect();
    Ok(Json(json!({ "exchange": name, "paths": paths })))
}

async fn stop(State(exchange): Shared) -> Answered {
    exchange.lock().stop();
    Ok(Json(json!({ "stops": true })))
}

async fn unknown(uri: http::Uri) -> Response<Body> {
    let text = format!("{}: no such path; GET /testnet/ lists all", uri.path());
    response(StatusCode::NOT_FOUND, &json!({ "error": text }))
}

async fn wrong_verb(method: http::Method, uri: http::Uri) -> Response<Body> {
    let text = format!("{method} {}: is not answered; GET /testnet/ lists what is", uri.path());
    response(StatusCode::METHOD_NOT_ALLOWED, &json!({ "error": text }))
}

/// The body of a request; an empty one is an object without anything in it.
fn body<T: DeserializeOwned>(body: &Bytes) -> Result<T, Wrong> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| Wrong(format!("body: {error}")))
}

impl From<SetupError> for Wrong {
    fn from(error: SetupError) -> Self {
        Self(error.to_string())
    }
}

impl axum::response::IntoResponse for Json {
    fn into_response(self) -> axum::response::Response {
        response(StatusCode::OK, &self.0)
    }
}

impl axum::response::IntoResponse for Wrong {
    fn into_response(self) -> axum::response::Response {
        response(StatusCode::BAD_REQUEST, &json!({ "error": self.0 }))
    }
}

fn response(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{body}\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
