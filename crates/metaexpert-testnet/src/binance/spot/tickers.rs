//! Tickers: of a day, of the trading day, of any stretch of time; prices and the best of the book.

#![expect(clippy::struct_field_names, reason = "fields are named as the documentation names them")]

use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    symbols::{self, Wanted},
    words::eight,
};
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    market::{Market, Statistics},
};

const MINUTE: i64 = 60 * 1_000_000_000;
const DAY: i64 = 1440 * MINUTE;

/// What `ticker/24hr` weighs.
pub(super) fn day_weight(params: &Params) -> u32 {
    match symbols::count(params) {
        Some(0..=20) => 2,
        Some(21..=100) => 40,
        Some(_) | None => 80,
    }
}

/// What `ticker/tradingDay` and `ticker` weigh: 4 a symbol, at most 200.
pub(super) fn window_weight(params: &Params) -> u32 {
    symbols::count(params).unwrap_or(50).saturating_mul(4).min(200)
}

/// What `ticker/price` and `ticker/bookTicker` weigh.
pub(super) fn price_weight(params: &Params) -> u32 {
    if params.text("symbol").is_some() { 2 } else { 4 }
}

/// `GET /api/v3/ticker/24hr`.
pub(super) fn day(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wanted = symbols::wanted(call)?;
    let is_full = is_full(call.params)?;
    let tickers = tickers(call, &wanted, |_| DAY, is_full.then_some(Extra::Book))?;
    Ok(one_or_all(&wanted, &tickers))
}

/// `GET /api/v3/ticker/tradingDay`.
pub(super) fn trading_day(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wanted = named(call)?;
    let is_full = is_full(call.params)?;
    if call.params.text("timeZone").is_some_and(|zone| zone != "0") {
        return Err(ApiError::invalid("timeZone"));
    }
    let now = call.at.market;
    let since_midnight = now.nanos_since(super::market_data::day_of(now)).max(1);
    let mut tickers = tickers(call, &wanted, |_| since_midnight, is_full.then_some(Extra::Change))?;
    for ticker in &mut tickers {
        // The day's last millisecond, whether it has come or not.
        ticker.close_time = call.stamp(super::market_data::day_of(now).saturating_add_nanos(DAY - 1));
        ticker.open_time = call.stamp(super::market_data::day_of(now));
    }
    Ok(one_or_all(&wanted, &tickers))
}

/// `GET /api/v3/ticker`.
pub(super) fn window(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wanted = named(call)?;
    let is_full = is_full(call.params)?;
    let size = window_size(call.params)?;
    // A window opens with a minute, so it is up to 59.999 s longer than asked for.
    let into_minute = call.at.market.as_nanos().rem_euclid(MINUTE);
    let tickers = tickers(call, &wanted, |_| size + into_minute, is_full.then_some(Extra::Change))?;
    Ok(one_or_all(&wanted, &tickers))
}

/// `GET /api/v3/ticker/price`.
pub(super) fn price(call: &mut Call<'_>) -> Result<Json, ApiError> {
    #[derive(Serialize)]
    struct Price<'a> {
        symbol: &'a str,
        price: String,
    }
    let wanted = symbols::wanted(call)?;
    let markets = symbols::of_status(call, &wanted)?.into_iter().map(|(_, market)| market);
    let prices: Vec<_> = markets
        .map(|market| Price {
            symbol: &market.listing().symbol,
            price: eight(market.last().map(|print| print.price).unwrap_or_default()),
        })
        .collect();
    Ok(one_or_all(&wanted, &prices))
}

/// `GET /api/v3/ticker/bookTicker`.
pub(super) fn book(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wanted = symbols::wanted(call)?;
    let markets = symbols::of_status(call, &wanted)?.into_iter().map(|(_, market)| market);
    let best: Vec<_> = markets.map(|market| Named { symbol: &market.listing().symbol, best: Best::of(market) }).collect();
    Ok(one_or_all(&wanted, &best))
}

#[derive(Serialize)]
struct Named<'a> {
    symbol: &'a str,
    #[serde(flatten)]
    best: Best,
}

/// The best bid and ask; zeros where one is missing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Best {
    bid_price: String,
    bid_qty: String,
    ask_price: String,
    ask_qty: String,
}

impl Best {
    fn of(market: &Market) -> Self {
        let zero = (Decimal::ZERO, Decimal::ZERO);
        let (bid, ask) = market.quote().map_or((zero, zero), |quote| (quote.bid, quote.ask));
        Self { bid_price: eight(bid.0), bid_qty: eight(bid.1), ask_price: eight(ask.0), ask_qty: eight(ask.1) }
    }
}

/// What a full ticker has beyond a short one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extra {
    /// How the price changed.
    Change,
    /// That, the last trade and the book.
    Book,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ticker<'a> {
    symbol: &'a str,
    #[serde(flatten)]
    change: Option<Change>,
    #[serde(flatten)]
    book: Option<Book>,
    open_price: String,
    high_price: String,
    low_price: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_price: Option<String>,
    volume: String,
    quote_volume: String,
    open_time: i64,
    close_time: i64,
    first_id: i64,
    last_id: i64,
    count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    price_change: String,
    price_change_percent: String,
    weighted_avg_price: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Book {
    prev_close_price: String,
    last_price: String,
    last_qty: String,
    #[serde(flatten)]
    best: Best,
}

fn tickers<'a>(
    call: &'a Call<'_>,
    wanted: &Wanted,
    nanos: impl Fn(&Market) -> i64,
    extra: Option<Extra>,
) -> Result<Vec<Ticker<'a>>, ApiError> {
    let markets = symbols::of_status(call, wanted)?.into_iter().map(|(_, market)| market);
    Ok(markets.filter_map(|market| Some(ticker(call, market, &market.statistics(nanos(market))?, extra))).collect())
}

fn ticker<'a>(call: &Call<'_>, market: &'a Market, statistics: &Statistics, extra: Option<Extra>) -> Ticker<'a> {
    let [open, high, low, last] = statistics.prices;
    let id = |id: Option<u64>| id.map_or(-1, |id| i64::try_from(id).unwrap_or(i64::MAX));
    let change = || Change {
        price_change: eight(last - open),
        price_change_percent: percent(last - open, open),
        weighted_avg_price: eight(statistics.quote_volume.checked_div(statistics.volume).unwrap_or_default()),
    };
    let book = || Book {
        prev_close_price: eight(statistics.previous_close),
        last_price: eight(last),
        last_qty: eight(statistics.last.map(|print| print.quantity).unwrap_or_default()),
        best: Best::of(market),
    };
    let has_book = extra == Some(Extra::Book);
    Ticker {
        symbol: &market.listing().symbol,
        change: extra.map(|_| change()),
        book: has_book.then(book),
        open_price: eight(open),
        high_price: eight(high),
        low_price: eight(low),
        last_price: (!has_book).then(|| eight(last)),
        volume: eight(statistics.volume),
        quote_volume: eight(statistics.quote_volume),
        open_time: call.stamp(statistics.since),
        close_time: call.stamp(call.at.market),
        first_id: id(statistics.ids.map(|ids| ids.0)),
        last_id: id(statistics.ids.map(|ids| ids.1)),
        count: statistics.trades,
    }
}

/// A share in percent, with three decimals.
fn percent(change: Decimal, of: Decimal) -> String {
    let mut percent = (change * Decimal::ONE_HUNDRED).checked_div(of).unwrap_or_default().round_dp(3);
    percent.rescale(3);
    percent.to_string()
}

/// An object where one symbol was named, an array otherwise.
fn one_or_all<T: Serialize>(wanted: &Wanted, items: &[T]) -> Json {
    match (wanted, items) {
        (Wanted::One(_), [one]) => Json::of(one),
        (Wanted::One(_) | Wanted::Some(_) | Wanted::All, items) => Json::of(&items),
    }
}

/// The symbols that must be named.
fn named(call: &Call<'_>) -> Result<Wanted, ApiError> {
    match symbols::wanted(call)? {
        Wanted::All => Err(ApiError::either("symbol", "symbols")),
        wanted @ (Wanted::One(_) | Wanted::Some(_)) => Ok(wanted),
    }
}

fn is_full(params: &Params) -> Result<bool, ApiError> {
    match params.text("type") {
        None | Some("FULL") => Ok(true),
        Some("MINI") => Ok(false),
        Some(_) => Err(ApiError::new(-1139, "Invalid ticker type.")),
    }
}

/// `windowSize`: 1m to 59m, 1h to 23h, 1d to 7d; a day where nothing is said.
fn window_size(params: &Params) -> Result<i64, ApiError> {
    let Some(text) = params.text("windowSize") else { return Ok(DAY) };
    let invalid = || ApiError::invalid("windowSize");
    let (count, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(invalid)?;
    let count: i64 = count.parse().map_err(|_| invalid())?;
    match (unit, count) {
        ("m", 1..=59) => Ok(count * MINUTE),
        ("h", 1..=23) => Ok(count * 60 * MINUTE),
        ("d", 1..=7) => Ok(count * DAY),
        _ => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_minutes_hours_or_days() {
        let size = |text: &str| window_size(&Params::of(vec![("windowSize".into(), text.into())])).map_err(|error| error.code);
        assert_eq!((size("1m"), size("23h"), size("7d")), (Ok(MINUTE), Ok(23 * 60 * MINUTE), Ok(7 * DAY)));
        for bad in ["60m", "24h", "8d", "0m", "m", "1w", "-1h", "é"] {
            assert_eq!(size(bad), Err(-1130), "{bad}");
        }
    }

    #[test]
    fn a_change_is_shown_in_percent() {
        assert_eq!(percent(Decimal::new(-5, 0), Decimal::new(40, 0)), "-12.500");
        assert_eq!(percent(Decimal::ONE, Decimal::ZERO), "0.000");
    }

    #[test]
    fn many_symbols_weigh_more() {
        let params = |name: &str, value: &str| Params::of(vec![(name.into(), value.into())]);
        assert_eq!(day_weight(&params("symbol", "BTCUSDT")), 2);
        assert_eq!(day_weight(&Params::default()), 80);
        assert_eq!(window_weight(&params("symbols", r#"["A","B"]"#)), 8);
        assert_eq!(price_weight(&params("symbols", r#"["A"]"#)), 4);
    }
}
