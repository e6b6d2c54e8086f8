//! How time passes, and what markets have come to.

use axum::{body::Bytes, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answered, Json, Shared, Wrong, body};
use crate::{clock::Time, faults::spelling::value::duration, server::Exchange};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    advance: Option<String>,
    speed: Option<f64>,
}

pub(super) async fn read(State(exchange): Shared) -> Answered {
    Ok(Json(told(&mut exchange.lock())))
}

pub(super) async fn change(State(exchange): Shared, bytes: Bytes) -> Answered {
    let asked: Asked = body(&bytes)?;
    let mut exchange = exchange.lock();
    if let Some(speed) = asked.speed {
        if !(speed.is_finite() && speed > 0.0) {
            return Err(Wrong(format!("speed: `{speed}`: must be above 0")));
        }
        exchange.set_speed(speed);
    }
    if let Some(text) = asked.advance {
        let by = duration(&text).map_err(|rule| Wrong(format!("advance: `{text}`: {rule}")))?;
        if !exchange.advance(by) {
            return Err(Wrong(format!("advance: `{text}`: time passes by itself here")));
        }
    }
    Ok(Json(told(&mut exchange)))
}

pub(super) async fn markets(State(exchange): Shared) -> Answered {
    let mut exchange = exchange.lock();
    let market = |(_, market): (_, &crate::market::Market)| {
        let listing = market.listing();
        let quote = market.quote();
        json!({
            "symbol": listing.symbol,
            "class": listing.class.as_str(),
            "last": market.last().map(|last| last.price.to_string()),
            "bid": quote.map(|quote| quote.bid.0.to_string()),
            "ask": quote.map(|quote| quote.ask.0.to_string()),
            "is_trading": market.is_trading(),
        })
    };
    let markets: Vec<Value> = exchange.world().markets().iter().map(market).collect();
    Ok(Json(json!(markets)))
}

fn told(exchange: &mut Exchange) -> Value {
    let now = exchange.now();
    json!({
        "clock": now.clock,
        "market": now.market,
        "speed": exchange.speed(),
        "passes": match exchange.clock().time() {
            Time::Wall => "by the wall",
            Time::Manual => "by hand",
        },
    })
}
