//! What is listed and which time it is: `ping`, `time`, `exchangeInfo`, and where an index comes from.
//!
//! The one decision: filters are the listing's limits in Binance's shape; nothing is promised here that the world does not hold to.

use metaexpert_core::{InstrumentKind, UnixNanos};
use rust_decimal::Decimal;

use super::{
    asked,
    family::{Family, contract_type, pair, price_places, quantity_places},
    row::{Row, array, fixed, list},
};
use crate::{
    binance::door::{ApiError, Call, Json},
    listing::{Listing, MarketId},
    market::{Market, Markets},
};

/// The delivery date of contracts that have none: 2100-12-25 08:00 UTC ("Exchange Information").
const NEVER: i64 = 4_133_404_800_000;

/// What one address may weigh a minute, and how many orders one account may send ("Exchange Information"; both families share them
/// since the integration of 2026-06-30).
const LIMITS: [(&str, &str, i64, i64); 3] =
    [("REQUEST_WEIGHT", "MINUTE", 1, 2400), ("ORDERS", "MINUTE", 1, 1200), ("ORDERS", "SECOND", 10, 300)];

/// Types of orders and how long they stand; conditional ones are for `algoOrder`.
const TYPES: [&str; 7] = ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"];
const TIMES: [&str; 5] = ["GTC", "IOC", "FOK", "GTX", "GTD"];

/// `GET ping`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn ping(_: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Row::new().json())
}

/// `GET time`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn time(call: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Row::new().number("serverTime", Call::millis(call.at.clock)).json())
}

/// `GET exchangeInfo`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn exchange_info(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    let markets = call.world.markets();
    let symbols = family.markets(markets).into_iter().map(|id| symbol(family, markets, id));
    Ok(Row::new()
        .raw("exchangeFilters", "[]")
        .raw("rateLimits", rate_limits())
        .number("serverTime", Call::millis(call.at.clock))
        .when(!family.is_inverse, |row| row.raw("assets", assets(family, markets)))
        .raw("symbols", list(symbols))
        .text("timezone", "UTC")
        .json())
}

/// `GET rateLimit/order`: what one account may send.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn order_limits(_: &mut Call<'_>) -> Result<Json, ApiError> {
    let orders = LIMITS.iter().filter(|(kind, ..)| *kind == "ORDERS");
    Ok(Json(list(orders.map(rate_limit))))
}

/// The limits as `exchangeInfo` shows them, options' included.
pub(crate) fn rate_limits() -> String {
    list(LIMITS.iter().map(rate_limit))
}

fn rate_limit((kind, interval, count, limit): &(&str, &str, i64, i64)) -> Row {
    Row::new().text("rateLimitType", kind).text("interval", interval).number("intervalNum", *count).number("limit", *limit)
}

fn assets(family: &Family, markets: &Markets) -> String {
    let mut names: Vec<String> =
        family.markets(markets).iter().map(|id| markets.get(*id).listing().instrument.settlement.to_string()).collect();
    names.sort();
    names.dedup();
    list(names.iter().map(|name| Row::new().text("asset", name).flag("marginAvailable", true).text("autoAssetExchange", "0")))
}

fn symbol(family: &Family, markets: &Markets, id: MarketId) -> Row {
    let market = markets.get(id);
    let listing = market.listing();
    let instrument = &listing.instrument;
    let delivery = match instrument.kind {
        InstrumentKind::Dated { delivery, .. } => Call::millis(delivery),
        InstrumentKind::Spot | InstrumentKind::Perpetual(_) | InstrumentKind::Option(_) => NEVER,
    };
    Row::new()
        .text("symbol", &listing.symbol)
        .text("pair", &pair(instrument))
        .text("contractType", contract_type(markets, id))
        .number("deliveryDate", delivery)
        .number("onboardDate", Call::millis(listing.listed))
        .text(family.status, if market.is_trading() { "TRADING" } else { "SETTLING" })
        .when(family.is_inverse, |row| row.raw("contractSize", instrument.rules.contract_size.normalize()))
        .text("maintMarginPercent", "2.5000")
        .text("requiredMarginPercent", "5.0000")
        .text("baseAsset", instrument.base.as_str())
        .text("quoteAsset", instrument.quote.as_str())
        .text("marginAsset", instrument.settlement.as_str())
        .number("pricePrecision", price_places(listing))
        .number("quantityPrecision", quantity_places(listing))
        .number("baseAssetPrecision", 8)
        .number("quotePrecision", 8)
        .when(family.is_inverse, |row| row.number("equalQtyPrecision", 4))
        .text("underlyingType", "COIN")
        .raw("underlyingSubType", "[]")
        .when(!family.is_inverse, |row| row.number("settlePlan", 0))
        .text("triggerProtect", "0.0500")
        .text("liquidationFee", "0.012500")
        .text("marketTakeBound", "0.05")
        .raw("filters", filters(family, listing))
        .raw("orderTypes", words(&TYPES))
        .raw("timeInForce", words(&TIMES))
}

fn words(words: &[&str]) -> String {
    array(words.iter().map(|word| format!("\"{word}\"")))
}

fn filters(family: &Family, listing: &Listing) -> String {
    let (limits, rules) = (&listing.limits, &listing.instrument.rules);
    let (price, lot) = (price_places(listing), quantity_places(listing));
    let quantities = |name: &str, most: Decimal| {
        Row::new().text("filterType", name).fixed("minQty", limits.quantity.0, lot).fixed("maxQty", most, lot).fixed(
            "stepSize",
            rules.lot_size,
            lot,
        )
    };
    let mut filters = vec![
        Row::new()
            .text("filterType", "PRICE_FILTER")
            .fixed("minPrice", limits.price.0, price)
            .fixed("maxPrice", limits.price.1, price)
            .fixed("tickSize", rules.tick_size, price),
        quantities("LOT_SIZE", limits.quantity.1),
        quantities("MARKET_LOT_SIZE", limits.market_quantity),
        Row::new().text("filterType", "MAX_NUM_ORDERS").number("limit", limits.open_orders),
    ];
    if !family.is_inverse {
        filters.push(Row::new().text("filterType", "MIN_NOTIONAL").text("notional", &limits.notional.0.normalize().to_string()));
    }
    filters.push(
        Row::new()
            .text("filterType", "PERCENT_PRICE")
            .fixed("multiplierUp", limits.band.1, 4)
            .fixed("multiplierDown", limits.band.0, 4)
            .text("multiplierDecimal", "4"),
    );
    list(filters)
}

/// `GET constituents`: the one market that an index is made of here.
pub(crate) fn constituents(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let name = call.params.required("symbol")?;
    let market = of_pair(call, name).ok_or_else(ApiError::invalid_symbol)?;
    let price = market.marks().map(|marks| marks.index).unwrap_or_default();
    let part = Row::new()
        .text("exchange", "binance")
        .text("symbol", &market.listing().instrument.symbol.to_string())
        .money("price", price)
        .money("weight", Decimal::ONE);
    Ok(Row::new().text("symbol", name).number("time", Call::millis(call.world.now())).raw("constituents", list([part])).json())
}

/// The first market of a pair: all of a pair have the same index.
pub(crate) fn of_pair<'a>(call: &'a Call<'_>, name: &str) -> Option<&'a Market> {
    let markets = call.world.markets();
    let class = asked::family(call).class;
    markets
        .iter()
        .map(|(_, market)| market)
        .find(|market| market.listing().class == class && pair(&market.listing().instrument) == name)
}

/// `GET assetIndex`: what a unit of each margin asset counts in dollars, buffers included ("Multi-Assets Mode Asset Index").
pub(crate) fn asset_index(call: &mut Call<'_>) -> Result<Json, ApiError> {
    use crate::prices::Prices as _;
    let markets = call.world.markets();
    let now = call.world.now();
    let mut bases: Vec<_> =
        asked::family(call).markets(markets).iter().map(|id| markets.get(*id).listing().instrument.base.clone()).collect();
    bases.sort();
    bases.dedup();
    let dollar = metaexpert_core::Currency::new("USDT");
    let rows: Vec<(String, Row)> = bases
        .iter()
        .filter_map(|base| markets.rate(base, &dollar).map(|rate| (format!("{base}USD"), rate)))
        .map(|(name, rate)| {
            let row = asset_row(&name, rate, now);
            (name, row)
        })
        .collect();
    match call.params.text("symbol") {
        None => Ok(Json(list(rows.into_iter().map(|(_, row)| row)))),
        Some(name) => {
            rows.into_iter().find(|(known, _)| known == name).map(|(_, row)| row.json()).ok_or_else(ApiError::invalid_symbol)
        }
    }
}

fn asset_row(name: &str, rate: Decimal, now: UnixNanos) -> Row {
    // Buffers as the documentation's example has them: a tenth, and a twentieth where the exchange converts by itself.
    let (buffer, own) = (Decimal::new(10, 2), Decimal::new(5, 2));
    let less = |buffer: Decimal| fixed(rate * (Decimal::ONE - buffer), 8);
    let more = |buffer: Decimal| fixed(rate * (Decimal::ONE + buffer), 8);
    Row::new()
        .text("symbol", name)
        .number("time", Call::millis(now))
        .money("index", rate)
        .money("bidBuffer", buffer)
        .money("askBuffer", buffer)
        .text("bidRate", &less(buffer))
        .text("askRate", &more(buffer))
        .money("autoExchangeBidBuffer", own)
        .money("autoExchangeAskBuffer", own)
        .text("autoExchangeBidRate", &less(own))
        .text("autoExchangeAskRate", &more(own))
}
