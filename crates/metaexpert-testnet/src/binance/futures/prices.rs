//! What a market published: its book, its tape, its bars.
//!
//! The one decision: limits are refused, not cut, since that is what the exchange does with them.

use metaexpert_core::Side;
use rust_decimal::Decimal;

use super::{
    asked,
    family::{Family, contract_type, pair, price_places, quantity_places},
    info,
    row::{Row, array, fixed, list},
};
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    listing::{Listing, MarketId},
    market::{Kline, Series},
    news::Print,
};

/// Depths that may be asked for ("Order Book").
const DEPTHS: [usize; 7] = [5, 10, 20, 50, 100, 500, 1000];

/// An hour, the longest span of aggregated trades.
const HOUR: i64 = 3_600_000_000_000;

/// What a book weighs ("Order Book").
pub(crate) fn depth_weight(params: &Params) -> u32 {
    match params.text("limit").and_then(|limit| limit.parse().ok()).unwrap_or(500) {
        ..=50 => 2,
        51..=100 => 5,
        101..=500 => 10,
        _ => 20,
    }
}

/// What bars weigh ("Kline/Candlestick Data").
pub(crate) fn klines_weight(params: &Params) -> u32 {
    match params.text("limit").and_then(|limit| limit.parse().ok()).unwrap_or(500) {
        ..100 => 1,
        100..500 => 2,
        500..=1000 => 5,
        _ => 10,
    }
}

/// `GET depth`.
pub(crate) fn depth(call: &mut Call<'_>) -> Result<Json, ApiError> {
    book(call, &DEPTHS, 500)
}

/// `GET rpiDepth`: nobody posts such orders here, so it is the book; one depth only ("RPI Order Book").
pub(crate) fn rpi_depth(call: &mut Call<'_>) -> Result<Json, ApiError> {
    book(call, &[1000], 1000)
}

fn book(call: &Call<'_>, depths: &[usize], default: usize) -> Result<Json, ApiError> {
    let (family, id) = (asked::family(call), asked::market(call, call.params)?);
    let limit = depth_limit(call.params, depths, default)?;
    let market = call.world.markets().get(id);
    let listing = market.listing();
    let time = Call::millis(call.world.now());
    let moved = market.quote().map_or(time, |quote| Call::millis(quote.time));
    Ok(Row::new()
        .number("lastUpdateId", market.update_id())
        .number("E", time)
        .number("T", moved)
        .when(family.names_pair, |row| row.text("symbol", &listing.symbol).text("pair", &pair(&listing.instrument)))
        .raw("bids", levels(listing, &market.levels(Side::Buy, limit)))
        .raw("asks", levels(listing, &market.levels(Side::Sell, limit)))
        .json())
}

/// A depth that may be asked for.
pub(crate) fn depth_limit(params: &Params, depths: &[usize], default: usize) -> Result<usize, ApiError> {
    let Some(limit) = params.integer("limit")? else { return Ok(default) };
    let known = usize::try_from(limit).ok().filter(|limit| depths.contains(limit));
    known.ok_or_else(|| ApiError::new(-4021, format!("'{limit}' is not valid depth limit.")))
}

/// Levels as lists of price and quantity.
pub(crate) fn levels(listing: &Listing, levels: &[(Decimal, Decimal)]) -> String {
    let (price, lot) = (price_places(listing), quantity_places(listing));
    array(levels.iter().map(|(at, quantity)| format!("[\"{}\",\"{}\"]", fixed(*at, price), fixed(*quantity, lot))))
}

/// `GET trades`.
pub(crate) fn trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    tape(call, asked::limit(call.params, 500, 1000)?, None)
}

/// `GET historicalTrades`: at most 500, 100 where nothing is said, since 2025-01-13.
pub(crate) fn historical_trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let from = asked::id(call.params, "fromId")?;
    tape(call, asked::limit(call.params, 100, 500)?, from)
}

fn tape(call: &Call<'_>, limit: usize, from: Option<u64>) -> Result<Json, ApiError> {
    let (family, id) = (asked::family(call), asked::market(call, call.params)?);
    let market = call.world.markets().get(id);
    Ok(Json(list(market.prints(from, limit).iter().map(|print| trade(family, market.listing(), print)))))
}

fn trade(family: &Family, listing: &Listing, print: &Print) -> Row {
    Row::new()
        .number("id", print.id)
        .fixed("price", print.price, price_places(listing))
        .fixed("qty", print.quantity, quantity_places(listing))
        .money(family.trade_value, Family::value_of(listing, print.price, print.quantity))
        .number("time", Call::millis(print.time))
        .flag("isBuyerMaker", print.buyer_is_maker)
        .when(!family.is_inverse, |row| row.flag("isRPITrade", false))
}

/// `GET aggTrades`.
pub(crate) fn aggregate_trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, id) = (asked::family(call), asked::market(call, call.params)?);
    let (since, until) = asked::span(call.params)?;
    let limit = asked::limit(call.params, 500, 1000)?;
    let from = asked::id(call.params, "fromId")?;
    if since.zip(until).is_some_and(|(since, until)| until.nanos_since(since) > HOUR.saturating_add(999_999)) {
        return Err(ApiError::new(-1127, "More than 1 hours between startTime and endTime."));
    }
    let market = call.world.markets().get(id);
    let (price, lot) = (price_places(market.listing()), quantity_places(market.listing()));
    let rows = market.aggregate_trades(from, since, until, limit).into_iter().map(|trade| {
        Row::new()
            .number("a", trade.id)
            .fixed("p", trade.price, price)
            .fixed("q", trade.quantity, lot)
            .when(!family.is_inverse, |row| row.fixed("nq", trade.quantity, lot))
            .number("f", trade.ids.0)
            .number("l", trade.ids.1)
            .number("T", Call::millis(trade.time))
            .flag("m", trade.buyer_is_maker)
    });
    Ok(Json(list(rows)))
}

/// `GET klines`.
pub(crate) fn klines(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    bars(call, market, Series::Last)
}

/// `GET continuousKlines`: of whichever contract has that name now.
pub(crate) fn continuous_klines(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (name, kind) = (call.params.required("pair")?, call.params.required("contractType")?);
    if !["PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER"].contains(&kind) {
        return Err(ApiError::new(-4104, "Invalid contract type"));
    }
    let markets = call.world.markets();
    let of_pair = |id: &MarketId| pair(&markets.get(*id).listing().instrument) == name && markets.get(*id).is_trading();
    let candidates: Vec<MarketId> = asked::family(call).markets(markets).into_iter().filter(of_pair).collect();
    let market = candidates.into_iter().find(|id| contract_type(markets, *id) == kind);
    bars(call, market.ok_or_else(|| ApiError::new(-4144, "Invalid pair"))?, Series::Last)
}

/// `GET indexPriceKlines`.
pub(crate) fn index_klines(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let name = call.params.required("pair")?;
    let symbol = info::of_pair(call, name).map(|market| market.listing().symbol.clone());
    let class = asked::family(call).class;
    let market = symbol.and_then(|symbol| call.world.markets().find(class, &symbol));
    bars(call, market.ok_or_else(|| ApiError::new(-4144, "Invalid pair"))?, Series::Index)
}

/// `GET markPriceKlines`.
pub(crate) fn mark_klines(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    bars(call, market, Series::Mark)
}

/// `GET premiumIndexKlines`.
pub(crate) fn premium_klines(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    bars(call, market, Series::Premium)
}

/// Bars of a market; options' too.
pub(crate) fn bars(call: &Call<'_>, market: MarketId, series: Series) -> Result<Json, ApiError> {
    let interval = call.params.required("interval")?;
    let (since, until) = asked::span(call.params)?;
    let limit = asked::limit(call.params, 500, 1500)?;
    let market = call.world.markets().get(market);
    let bars = market.klines(series, interval, since, until, limit).ok_or_else(|| ApiError::new(-1120, "Invalid interval."))?;
    Ok(Json(array(bars.iter().map(|kline| bar(market.listing(), series, kline)))))
}

fn bar(listing: &Listing, series: Series, kline: &Kline) -> String {
    let (price, lot) = match series {
        Series::Last => (price_places(listing), quantity_places(listing)),
        Series::Mark | Series::Index | Series::Premium => (8, 0),
    };
    let [open, high, low, close] = kline.prices.map(|value| fixed(value, price));
    let (begin, end) = (Call::millis(kline.open_time), Call::millis(kline.close_time));
    match series {
        Series::Last => {
            let [volume, taken] = [kline.volume, kline.taker_volume].map(|value| fixed(value, lot));
            let [value, taken_value] = [kline.quote_volume, kline.taker_quote_volume].map(|value| fixed(value, 8));
            let trades = kline.trades;
            format!(
                "[{begin},\"{open}\",\"{high}\",\"{low}\",\"{close}\",\"{volume}\",{end},\"{value}\",{trades},\"{taken}\",\"{taken_value}\",\"0\"]"
            )
        }
        // What has no volume has zeros in its places.
        Series::Mark | Series::Index | Series::Premium => {
            let points = kline.trades;
            format!("[{begin},\"{open}\",\"{high}\",\"{low}\",\"{close}\",\"0\",{end},\"0\",{points},\"0\",\"0\",\"0\"]")
        }
    }
}
