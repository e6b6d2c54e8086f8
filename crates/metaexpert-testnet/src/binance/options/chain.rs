//! Which options there are.
//!
//! The one decision: an underlying is the pair that its options are on (`BTCUSDT` of `BTC-270101-90000-C`), and what is asked by
//! underlying is asked of all of them.

use metaexpert_core::{OptionTerms, Right};
use metaexpert_matching::options::MarginRates;

use crate::{
    binance::{
        door::{ApiError, Call, Json},
        futures::{
            family::{pair, price_places, quantity_places},
            info,
            row::{Row, list},
        },
    },
    listing::{Class, Listing, MarketId},
    market::{Market, Markets},
};

/// Every option, in the order they are listed.
pub(crate) fn all(markets: &Markets) -> Vec<(MarketId, &Market)> {
    markets.iter().filter(|(_, market)| market.listing().class == Class::Options).collect()
}

/// The options on an underlying; "Invalid underlying" where there are none.
pub(crate) fn on<'a>(markets: &'a Markets, underlying: &str) -> Result<Vec<(MarketId, &'a Market)>, ApiError> {
    let mut found = all(markets);
    found.retain(|(_, market)| pair(&market.listing().instrument) == underlying);
    if found.is_empty() { Err(ApiError::new(-1128, "Invalid underlying")) } else { Ok(found) }
}

/// The names of the underlyings, each once.
pub(crate) fn underlyings(markets: &Markets) -> Vec<String> {
    let mut names: Vec<String> = all(markets).iter().map(|(_, market)| pair(&market.listing().instrument)).collect();
    names.sort();
    names.dedup();
    names
}

/// What an option promises.
pub(crate) const fn terms(listing: &Listing) -> Option<OptionTerms> {
    listing.instrument.kind.option()
}

/// `CALL`, `PUT`.
pub(crate) fn right(listing: &Listing) -> &'static str {
    match terms(listing).map(|terms| terms.right) {
        Some(Right::Put) => "PUT",
        Some(Right::Call) | None => "CALL",
    }
}

/// `GET exchangeInfo`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn exchange_info(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let markets = call.world.markets();
    let options = all(markets);
    let contracts = underlyings(markets).into_iter().filter_map(|name| {
        let (_, market) = options.iter().find(|(_, market)| pair(&market.listing().instrument) == name)?;
        let instrument = &market.listing().instrument;
        let row = Row::new().text("baseAsset", instrument.base.as_str()).text("quoteAsset", instrument.quote.as_str());
        Some(row.text("underlying", &name).text("settleAsset", instrument.settlement.as_str()))
    });
    let mut coins: Vec<String> = options.iter().map(|(_, market)| market.listing().instrument.settlement.to_string()).collect();
    coins.sort();
    coins.dedup();
    Ok(Row::new()
        .text("timezone", "UTC")
        .number("serverTime", Call::millis(call.at.clock))
        .raw("optionContracts", list(contracts))
        .raw("optionAssets", list(coins.iter().map(|coin| Row::new().text("name", coin))))
        .raw("optionSymbols", list(options.iter().filter_map(|(_, market)| symbol(market))))
        .raw("rateLimits", info::rate_limits())
        .json())
}

fn symbol(market: &Market) -> Option<Row> {
    let listing = market.listing();
    let (terms, limits, rules) = (terms(listing)?, &listing.limits, &listing.instrument.rules);
    let (price, lot) = (price_places(listing), quantity_places(listing));
    let filters = [
        Row::new()
            .text("filterType", "PRICE_FILTER")
            .fixed("minPrice", limits.price.0, price)
            .fixed("maxPrice", limits.price.1, price)
            .fixed("tickSize", rules.tick_size, price),
        Row::new()
            .text("filterType", "LOT_SIZE")
            .fixed("minQty", limits.quantity.0, lot)
            .fixed("maxQty", limits.quantity.1, lot)
            .fixed("stepSize", rules.lot_size, lot),
    ];
    let rates = MarginRates::BINANCE;
    let rate = |rate: rust_decimal::Decimal| rate.normalize().to_string();
    Some(
        Row::new()
            .number("expiryDate", Call::millis(terms.expiry))
            .raw("filters", list(filters))
            .text("symbol", &listing.symbol)
            .text("side", right(listing))
            .text("strikePrice", &terms.strike.get().normalize().to_string())
            .text("underlying", &pair(&listing.instrument))
            .raw("unit", rules.contract_size.normalize())
            .text("liquidationFeeRate", "0.0019000")
            .fixed("minQty", limits.quantity.0, lot)
            .fixed("maxQty", limits.quantity.1, lot)
            .text("initialMargin", &rate(rates.initial))
            .text("maintenanceMargin", &rate(rates.maintenance))
            .text("minInitialMargin", &rate(rates.least_initial))
            .text("minMaintenanceMargin", &rate(rates.least_maintenance))
            .number("priceScale", price)
            .number("quantityScale", lot)
            .text("quoteAsset", listing.instrument.quote.as_str())
            .text("contractType", "CRYPTO_OPTIONS")
            .text("underlyingType", "CRYPTO")
            .flag("nakedSell", true)
            .text("status", if market.is_trading() { "TRADING" } else { "SETTLED" }),
    )
}
