//! The last price, the best prices and the day: `ticker/*`.
//!
//! The one decision: USD-M answers one symbol with an object and all with a list, COIN-M always with a list; the family's table says
//! so, and one function does it.

use rust_decimal::Decimal;

use super::{
    asked,
    family::{Family, pair, price_places, quantity_places},
    row::{Row, list},
};
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    market::{Market, Statistics},
};

/// What tickers of one symbol and of all weigh.
const fn by_symbol(params: &Params, one: u32, all: u32) -> Weighed<'_> {
    Weighed { params, one, all }
}

struct Weighed<'a> {
    params: &'a Params,
    one: u32,
    all: u32,
}

impl Weighed<'_> {
    fn get(&self) -> u32 {
        if self.params.text("symbol").is_some() { self.one } else { self.all }
    }
}

/// 1, or 40 without a symbol: the day, open orders.
pub(crate) fn one_or_forty(params: &Params) -> u32 {
    by_symbol(params, 1, 40).get()
}

/// 1, or 2 without a symbol: last prices.
pub(crate) fn one_or_two(params: &Params) -> u32 {
    by_symbol(params, 1, 2).get()
}

/// 2, or 5 without a symbol: best prices.
pub(crate) fn two_or_five(params: &Params) -> u32 {
    by_symbol(params, 2, 5).get()
}

/// 1, or 10 without a symbol: marks, indices, trading rules.
pub(crate) fn one_or_ten(params: &Params) -> u32 {
    by_symbol(params, 1, 10).get()
}

/// 20, or 50 without a symbol: forced orders.
pub(crate) fn twenty_or_fifty(params: &Params) -> u32 {
    by_symbol(params, 20, 50).get()
}

/// Rows of the markets that are asked for, as an object or as a list.
pub(crate) fn rows(call: &Call<'_>, row: impl Fn(&Market) -> Option<Row>) -> Result<Json, ApiError> {
    let markets = asked::markets(call)?;
    let all = markets.iter().filter_map(|id| row(call.world.markets().get(*id)));
    if call.params.text("symbol").is_none() || asked::family(call).always_lists {
        return Ok(Json(list(all)));
    }
    Ok(all.map(Row::json).next().unwrap_or_else(|| Row::new().json()))
}

/// `GET ticker/24hr`.
pub(crate) fn day(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, now) = (asked::family(call), Call::millis(call.world.now()));
    rows(call, |market| market.statistics(asked::DAY).map(|day| day_row(family, market, &day, now)))
}

fn day_row(family: &Family, market: &Market, day: &Statistics, now: i64) -> Row {
    let listing = market.listing();
    let (price, lot) = (price_places(listing), quantity_places(listing));
    let [open, high, low, last] = day.prices;
    let percent = ((last - open) * Decimal::ONE_HUNDRED).checked_div(open).unwrap_or_default();
    // Of an inverse contract the value is in coins: dollars through coins.
    let (above, below) = match family.inverse_contract(listing) {
        Some(size) => (day.volume * size, day.quote_volume),
        None => (day.quote_volume, day.volume),
    };
    let (first, end) = day.ids.unwrap_or_default();
    Row::new()
        .text("symbol", &listing.symbol)
        .when(family.names_pair, |row| row.text("pair", &pair(&listing.instrument)))
        .fixed("priceChange", last - open, price)
        .fixed("priceChangePercent", percent, 3)
        .fixed("weightedAvgPrice", above.checked_div(below).unwrap_or(last), price)
        .fixed("lastPrice", last, price)
        .fixed("lastQty", day.last.map(|print| print.quantity).unwrap_or_default(), lot)
        .fixed("openPrice", open, price)
        .fixed("highPrice", high, price)
        .fixed("lowPrice", low, price)
        .fixed("volume", day.volume, lot)
        .fixed(family.day_value, day.quote_volume, if family.is_inverse { 8 } else { 2 })
        .number("openTime", Call::millis(day.since))
        .number("closeTime", now)
        .number("firstId", first)
        .number("lastId", end)
        .number("count", day.trades)
}

/// `GET ticker/price`, both versions.
pub(crate) fn price(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    rows(call, |market| {
        let (listing, last) = (market.listing(), market.last()?);
        Some(
            Row::new()
                .text("symbol", &listing.symbol)
                .when(family.names_pair, |row| row.text("ps", &pair(&listing.instrument)))
                .fixed("price", last.price, price_places(listing))
                .number("time", Call::millis(last.time)),
        )
    })
}

/// `GET ticker/bookTicker`.
pub(crate) fn best(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    rows(call, |market| {
        let (listing, quote) = (market.listing(), market.quote()?);
        let (price, lot) = (price_places(listing), quantity_places(listing));
        Some(
            Row::new()
                .when(family.names_pair, |row| row.number("lastUpdateId", quote.update_id))
                .text("symbol", &listing.symbol)
                .when(family.names_pair, |row| row.text("pair", &pair(&listing.instrument)))
                .fixed("bidPrice", quote.bid.0, price)
                .fixed("bidQty", quote.bid.1, lot)
                .fixed("askPrice", quote.ask.0, price)
                .fixed("askQty", quote.ask.1, lot)
                .number("time", Call::millis(quote.time)),
        )
    })
}
