//! Listen keys and listen tokens over REST.
//!
//! The one decision: they are the same functions for every product; whose key it is follows from the product that was called.

use super::{
    keys::{Seat, TOKEN_LIVES_MS},
    wire::{Object, Unit},
};
use crate::{
    binance::door::{ApiError, Call, Json, Product},
    listing::Class,
};

/// `POST listenKey`: the account's key, which now lives for an hour.
///
/// # Errors
/// None: whoever has a key of the API may listen.
#[expect(clippy::unnecessary_wraps, reason = "it is a row of the table, whose calls may fail")]
pub(in crate::binance) fn open_listen_key(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let key = call.streams.keys.open(call.account, seat(call.product), call.at.clock);
    Ok(Json(Object::new(Unit::Millis).text("listenKey", &key).end()))
}

/// `PUT listenKey`: another hour.
///
/// # Errors
/// -1125 where the account has no key, or another than it names.
pub(in crate::binance) fn keep_listen_key(call: &mut Call<'_>) -> Result<Json, ApiError> {
    named(call)?;
    let kept = call.streams.keys.keep(call.account, seat(call.product), call.at.clock);
    let key = kept.ok_or_else(|| unknown(call.product))?;
    Ok(match call.product {
        Product::UsdM | Product::CoinM => Json(Object::new(Unit::Millis).text("listenKey", &key).end()),
        Product::Spot | Product::Margin | Product::Options => Json("{}".to_owned()),
    })
}

/// `DELETE listenKey`: the end of it.
///
/// # Errors
/// -1125 where the account has no key, or another than it names.
pub(in crate::binance) fn close_listen_key(call: &mut Call<'_>) -> Result<Json, ApiError> {
    named(call)?;
    let closed = call.streams.keys.close(call.account, seat(call.product));
    let key = closed.ok_or_else(|| unknown(call.product))?;
    call.streams.listeners.close(&key, None);
    Ok(Json("{}".to_owned()))
}

/// `POST /sapi/v1/userListenToken`: a token for the user stream of margin on the WebSocket API.
///
/// # Errors
/// -1121 for a pair that is not there, -1130 for a validity of no time or of more than a day.
pub(in crate::binance) fn listen_token(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let is_isolated = call.params.text("isIsolated").is_some_and(|said| said.eq_ignore_ascii_case("true"));
    let seat = if is_isolated {
        let symbol = call.params.required("symbol")?;
        let market = call.world.markets().find(Class::Spot, symbol);
        Seat::Isolated(market.ok_or_else(|| ApiError::new(-1121, "Invalid symbol."))?)
    } else {
        Seat::Cross
    };
    let validity = call.params.integer("validity")?.unwrap_or(TOKEN_LIVES_MS);
    if !(1..=TOKEN_LIVES_MS).contains(&validity) {
        return Err(ApiError::new(-1130, "Data sent for parameter 'validity' is not valid."));
    }
    let (token, until) = call.streams.keys.token(call.account, seat, validity, call.at.clock);
    Ok(Json(Object::new(Unit::Millis).text("token", &token).time("expirationTime", until).end()))
}

const fn seat(product: Product) -> Seat {
    match product {
        Product::Spot => Seat::Spot,
        Product::Margin => Seat::Risk,
        Product::UsdM => Seat::UsdM,
        Product::CoinM => Seat::CoinM,
        Product::Options => Seat::Options,
    }
}

/// A key that is named must be the account's own.
fn named(call: &Call<'_>) -> Result<(), ApiError> {
    let Some(key) = call.params.text("listenKey") else { return Ok(()) };
    let is_theirs = |pass: super::keys::Pass| pass.account == call.account && pass.seat == seat(call.product);
    let pass = call.streams.keys.find(key, call.at.clock).filter(|pass| is_theirs(*pass));
    pass.map(|_| ()).ok_or_else(|| unknown(call.product))
}

fn unknown(product: Product) -> ApiError {
    let text = match product {
        Product::UsdM | Product::CoinM => {
            "This listenKey does not exist. Please use `POST /fapi/v1/listenKey` to recreate `listenKey`"
        }
        Product::Spot | Product::Margin | Product::Options => "This listenKey does not exist.",
    };
    ApiError::new(-1125, text)
}
