//! How time passes, what markets have come to, and where a script's price is moved.

use std::time::Duration;

use axum::{body::Bytes, extract::State};
use metaexpert_core::Price;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answered, Json, Shared, Wrong, body};
use crate::{
    clock::Time,
    faults::spelling::value::duration,
    server::{Exchange, speed_rule},
};

/// How much time may pass at once: everybody else waits until it has.
const LONGEST: Duration = Duration::from_hours(31 * 24);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    advance: Option<String>,
    speed: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    market: String,
    price: Value,
}

pub(super) async fn read(State(exchange): Shared) -> Answered {
    Ok(Json(told(&mut exchange.lock())))
}

pub(super) async fn change(State(exchange): Shared, bytes: Bytes) -> Answered {
    let asked: Asked = body(&bytes)?;
    let mut exchange = exchange.lock();
    if let Some(speed) = asked.speed {
        speed_rule(speed).map_err(|rule| Wrong(format!("speed: `{speed}`: {rule}")))?;
        exchange.set_speed(speed);
    }
    if let Some(text) = asked.advance {
        let by = duration(&text).map_err(|rule| Wrong(format!("advance: `{text}`: {rule}")))?;
        if by > LONGEST {
            return Err(Wrong(format!("advance: `{text}`: must be at most 31d at once")));
        }
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

pub(super) async fn set_price(State(exchange): Shared, bytes: Bytes) -> Answered {
    let Moved { market, price } = body(&bytes)?;
    let text = price.as_str().map_or_else(|| price.to_string(), str::to_owned);
    let wrong = || Wrong(format!("price: `{text}`: must be a number above 0"));
    let price = text.parse().ok().and_then(Price::new).ok_or_else(wrong)?;
    exchange.lock().set_price(&market, price)?;
    Ok(Json(json!({ "market": market, "price": price.get().to_string() })))
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
