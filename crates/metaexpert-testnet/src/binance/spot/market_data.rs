//! Books, trades, bars and averages.

use metaexpert_core::{Side, UnixNanos};
use rust_decimal::Decimal;
use serde::Serialize;

use super::words::eight;
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    listing::{Class, MarketId},
    market::{Kline, Market, Series},
    news::Print,
};

const MINUTE: i64 = 60 * 1_000_000_000;

/// The market of `symbol`.
fn market<'a>(call: &'a Call<'_>) -> Result<&'a Market, ApiError> {
    Ok(call.world.markets().get(market_id(call)?))
}

fn market_id(call: &Call<'_>) -> Result<MarketId, ApiError> {
    let symbol = call.params.symbol()?;
    call.world.markets().find(Class::Spot, symbol).ok_or_else(ApiError::invalid_symbol)
}

/// What a book weighs, by how deep it is ("Order book").
pub(super) fn depth_weight(params: &Params) -> u32 {
    match params.limit(100, 5000).unwrap_or(100) {
        0..=100 => 5,
        101..=500 => 25,
        501..=1000 => 50,
        _ => 250,
    }
}

/// `GET /api/v3/depth`.
pub(super) fn depth(call: &mut Call<'_>) -> Result<Json, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Depth {
        last_update_id: u64,
        bids: Vec<[String; 2]>,
        asks: Vec<[String; 2]>,
    }
    let limit = call.params.limit(100, 5000)?;
    let status = super::symbols::status(call)?;
    let market = market(call)?;
    if status.is_some_and(|trading| market.is_trading() != trading) {
        return Err(ApiError::new(-1220, "The symbol's status does not match the requested symbolStatus."));
    }
    let levels = |side| market.levels(side, limit).into_iter().map(|(price, quantity)| [eight(price), eight(quantity)]).collect();
    Ok(Json::of(&Depth { last_update_id: market.update_id(), bids: levels(Side::Buy), asks: levels(Side::Sell) }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trade {
    id: u64,
    price: String,
    qty: String,
    quote_qty: String,
    time: i64,
    is_buyer_maker: bool,
    is_best_match: bool,
}

impl Trade {
    fn of(call: &Call<'_>, print: &Print) -> Self {
        Self {
            id: print.id,
            price: eight(print.price),
            qty: eight(print.quantity),
            quote_qty: eight(print.price * print.quantity),
            time: call.stamp(print.time),
            is_buyer_maker: print.buyer_is_maker,
            is_best_match: true,
        }
    }
}

/// `GET /api/v3/trades`.
pub(super) fn trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let limit = call.params.limit(500, 1000)?;
    let prints = market(call)?.prints(None, limit);
    Ok(Json::of(&prints.iter().map(|print| Trade::of(call, print)).collect::<Vec<_>>()))
}

/// `GET /api/v3/historicalTrades`.
pub(super) fn historical_trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let limit = call.params.limit(500, 1000)?;
    let from = number(call.params, "fromId")?;
    let prints = market(call)?.prints(from, limit);
    Ok(Json::of(&prints.iter().map(|print| Trade::of(call, print)).collect::<Vec<_>>()))
}

/// `GET /api/v3/historicalBlockTrades`: nothing is traded in blocks.
pub(super) fn block_trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    market(call)?;
    number(call.params, "fromId")?.ok_or_else(|| ApiError::mandatory("fromId"))?;
    call.params.limit(500, 1000)?;
    Ok(Json("[]".into()))
}

/// `GET /api/v3/aggTrades`.
pub(super) fn aggregate_trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    #[derive(Serialize)]
    struct Aggregate {
        a: u64,
        p: String,
        q: String,
        f: u64,
        l: u64,
        #[serde(rename = "T")]
        time: i64,
        m: bool,
        #[serde(rename = "M")]
        is_best: bool,
    }
    let (from, limit) = (number(call.params, "fromId")?, call.params.limit(500, 1000)?);
    let (since, until) = (call.params.time("startTime")?, call.params.time("endTime")?);
    if from.is_some() && (since.is_some() || until.is_some()) {
        return Err(ApiError::bad_combination());
    }
    let trades = market(call)?.aggregate_trades(from, since, until, limit);
    let shown = trades.iter().map(|trade| Aggregate {
        a: trade.id,
        p: eight(trade.price),
        q: eight(trade.quantity),
        f: trade.ids.0,
        l: trade.ids.1,
        time: call.stamp(trade.time),
        m: trade.buyer_is_maker,
        is_best: true,
    });
    Ok(Json::of(&shown.collect::<Vec<_>>()))
}

/// A bar, as a row of twelve columns.
type Row = (i64, String, String, String, String, String, i64, String, u64, String, String, &'static str);

/// `GET /api/v3/klines` and `/uiKlines`.
pub(super) fn klines(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let limit = call.params.limit(500, 1000)?;
    let interval = call.params.required("interval")?;
    let (since, until) = (call.params.time("startTime")?, call.params.time("endTime")?);
    utc_only(call.params)?;
    let bars = market(call)?.klines(Series::Last, interval, since, until, limit);
    let bars = bars.ok_or_else(|| ApiError::new(-1120, "Invalid interval."))?;
    Ok(Json::of(&bars.iter().map(|bar| row(call, bar)).collect::<Vec<_>>()))
}

fn row(call: &Call<'_>, bar: &Kline) -> Row {
    let [open, high, low, close] = bar.prices.map(eight);
    // The last instant of the unit that the answer is in, whatever the bar's own last one is.
    let (open_time, close_time) = (call.stamp(bar.open_time), call.stamp(bar.close_time));
    let volumes = [bar.volume, bar.quote_volume, bar.taker_volume, bar.taker_quote_volume].map(eight);
    let [volume, quote, taker, taker_quote] = volumes;
    (open_time, open, high, low, close, volume, close_time, quote, bar.trades, taker, taker_quote, "0")
}

/// `timeZone`: only UTC is kept bars for.
fn utc_only(params: &Params) -> Result<(), ApiError> {
    match params.text("timeZone") {
        None | Some("0" | "00:00" | "0:00" | "+00:00" | "+0:00" | "-00:00" | "-0:00") => Ok(()),
        Some(_) => Err(ApiError::invalid("timeZone")),
    }
}

/// `GET /api/v3/avgPrice`.
pub(super) fn average_price(call: &mut Call<'_>) -> Result<Json, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Average {
        mins: i64,
        price: String,
        close_time: i64,
    }
    let market = market(call)?;
    let mins = super::filters::AVERAGE_MINUTES;
    let statistics = market.statistics(mins * MINUTE).filter(|statistics| statistics.volume > Decimal::ZERO);
    let average = statistics.and_then(|statistics| statistics.quote_volume.checked_div(statistics.volume));
    let last = market.last();
    let price = average.or_else(|| last.map(|print| print.price)).unwrap_or_default();
    let close_time = last.map_or(call.at.market, |print| print.time);
    Ok(Json::of(&Average { mins, price: eight(price), close_time: call.stamp(close_time) }))
}

/// A number that counts something.
fn number(params: &Params, name: &str) -> Result<Option<u64>, ApiError> {
    Ok(params.integer(name)?.map(|number| u64::try_from(number).unwrap_or_default()))
}

/// The beginning of the UTC day.
pub(super) const fn day_of(time: UnixNanos) -> UnixNanos {
    UnixNanos::from_nanos(time.utc_day() * 1440 * MINUTE)
}
