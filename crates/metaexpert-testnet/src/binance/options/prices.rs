//! What an option's market published: its book, its tape, its bars, its day.
//!
//! The one decision: the tape says who took by a number (1 bought, -1 sold), unlike futures, and a day without a trade is a day of
//! zeros, for most options are not traded every day.

use rust_decimal::Decimal;

use super::chain;
use crate::{
    binance::{
        door::{ApiError, Call, Json, Params},
        futures::{
            asked,
            family::{price_places, quantity_places},
            prices,
            row::{Row, list},
        },
    },
    listing::{Listing, MarketId},
    market::{Market, Series},
    news::Print,
};

/// Depths that may be asked for ("Order Book").
const DEPTHS: [usize; 7] = [5, 10, 20, 50, 100, 500, 1000];

/// What a book weighs ("Order Book").
pub(crate) fn depth_weight(params: &Params) -> u32 {
    match params.text("limit").and_then(|limit| limit.parse().ok()).unwrap_or(100) {
        ..=50 => 1,
        51..=100 => 5,
        101..=500 => 10,
        _ => 20,
    }
}

/// `GET depth`.
pub(crate) fn depth(call: &mut Call<'_>) -> Result<Json, ApiError> {
    use metaexpert_core::Side;
    let id = asked::market(call, call.params)?;
    let limit = prices::depth_limit(call.params, &DEPTHS, 100)?;
    let market = call.world.markets().get(id);
    let time = market.quote().map_or_else(|| call.world.now(), |quote| quote.time);
    Ok(Row::new()
        .raw("bids", prices::levels(market.listing(), &market.levels(Side::Buy, limit)))
        .raw("asks", prices::levels(market.listing(), &market.levels(Side::Sell, limit)))
        .number("T", Call::millis(time))
        .number("lastUpdateId", market.update_id())
        .json())
}

/// `GET trades`.
pub(crate) fn trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let id = asked::market(call, call.params)?;
    let limit = asked::limit(call.params, 100, 500)?;
    let market = call.world.markets().get(id);
    Ok(Json(list(market.prints(None, limit).iter().map(|print| trade(id, market.listing(), print)))))
}

fn trade(id: MarketId, listing: &Listing, print: &Print) -> Row {
    Row::new()
        .number("id", unique(id, print.id))
        .number("tradeId", print.id)
        .text("symbol", &listing.symbol)
        .fixed("price", print.price, price_places(listing))
        .fixed("qty", print.quantity, quantity_places(listing))
        .fixed("quoteQty", listing.instrument.value(print.price, print.quantity), price_places(listing))
        .number("side", if print.buyer_is_maker { -1 } else { 1 })
        .number("time", Call::millis(print.time))
}

/// A number of a trade over all markets.
pub(crate) const fn unique(market: MarketId, trade: u64) -> u64 {
    ((market.0 as u64) << 40) | trade
}

/// `GET blockTrades`: nobody trades blocks here.
pub(crate) fn block_trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    asked::market_if_named(call)?;
    asked::limit(call.params, 100, 500)?;
    Ok(Json(list([])))
}

/// `GET klines`.
pub(crate) fn klines(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    prices::bars(call, market, Series::Last)
}

/// `GET ticker`.
pub(crate) fn day(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = asked::market_if_named(call)?;
    let now = call.world.now();
    let markets = chain::all(call.world.markets());
    let shown = markets.iter().filter(|(id, market)| only.map_or_else(|| market.is_trading(), |only| *id == only));
    let opened = now.saturating_add_nanos(-asked::DAY);
    Ok(Json(list(shown.map(|(_, market)| day_row(market, Call::millis(opened), Call::millis(now))))))
}

fn day_row(market: &Market, opened: i64, now: i64) -> Row {
    let listing = market.listing();
    let (price, lot) = (price_places(listing), quantity_places(listing));
    let day = market.statistics(asked::DAY);
    let [open, high, low, last] = day.map(|day| day.prices).unwrap_or_default();
    let (volume, amount) = day.map(|day| (day.volume, day.quote_volume)).unwrap_or_default();
    let quantity = day.and_then(|day| day.last).map(|print| print.quantity).unwrap_or_default();
    let (bid, ask) = market.quote().map(|quote| (quote.bid.0, quote.ask.0)).unwrap_or_default();
    let strike = chain::terms(listing).map(|terms| terms.strike.get()).unwrap_or_default();
    // A fraction, not a percentage, by the documentation's example.
    let change = (last - open).checked_div(open).unwrap_or_default();
    Row::new()
        .text("symbol", &listing.symbol)
        .fixed("priceChange", last - open, price)
        .fixed("priceChangePercent", change, 4)
        .fixed("lastPrice", last, price)
        .fixed("lastQty", quantity, lot)
        .fixed("open", open, price)
        .fixed("high", high, price)
        .fixed("low", low, price)
        .fixed("volume", volume, lot)
        .fixed("amount", amount, price)
        .fixed("bidPrice", bid, price)
        .fixed("askPrice", ask, price)
        .number("openTime", day.map_or(opened, |day| Call::millis(day.since)))
        .number("closeTime", now)
        .number("firstTradeId", day.and_then(|day| day.ids).map_or(0, |ids| ids.0))
        .number("tradeCount", day.map_or(0, |day| day.trades))
        .text("strikePrice", &strike.normalize().to_string())
        .fixed("exercisePrice", market.marks().map_or(Decimal::ZERO, |marks| marks.index), 8)
}
