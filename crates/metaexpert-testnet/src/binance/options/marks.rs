//! What options are valued by: volatilities and greeks, the index, open interest, settlements.
//!
//! The one decision: greeks come from the same model that the framework prices options with, on the index and at no rate; analytics
//! are floating-point numbers and become text here.

use metaexpert_core::{Price, UnixNanos};
use metaexpert_matching::options::{Conditions, Greeks, greeks, implied_volatility};
use rust_decimal::{Decimal, prelude::ToPrimitive as _};

use super::chain;
use crate::{
    binance::{
        door::{ApiError, Call, Json},
        futures::{
            asked,
            family::{pair, price_places},
            row::{Row, list},
        },
    },
    market::Market,
};

/// `GET mark`.
pub(crate) fn marks(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = asked::market_if_named(call)?;
    let now = call.world.now();
    let markets = chain::all(call.world.markets());
    let shown = markets.iter().filter(|(id, market)| only.map_or_else(|| market.is_trading(), |only| *id == only));
    Ok(Json(list(shown.filter_map(|(_, market)| mark(market, now)))))
}

fn mark(market: &Market, now: UnixNanos) -> Option<Row> {
    let (listing, marks) = (market.listing(), market.marks()?);
    let limits = &listing.limits;
    let places = price_places(listing);
    let greeks = greeks_of(market, now);
    let [bid, ask] = match market.quote() {
        Some(quote) => [quote.bid.0, quote.ask.0].map(|price| volatility_of(market, price, now)),
        None => [0.0; 2],
    };
    Some(
        Row::new()
            .text("symbol", &listing.symbol)
            .fixed("markPrice", marks.mark, places.max(3))
            .text("bidIV", &format!("{bid:.8}"))
            .text("askIV", &format!("{ask:.8}"))
            .text("markIV", &format!("{:.8}", market.volatility().unwrap_or_default()))
            .text("delta", &format!("{:.8}", greeks.map_or(0.0, |greeks| greeks.delta)))
            .text("theta", &format!("{:.8}", greeks.map_or(0.0, |greeks| greeks.theta)))
            .text("gamma", &format!("{:.8}", greeks.map_or(0.0, |greeks| greeks.gamma)))
            .text("vega", &format!("{:.8}", greeks.map_or(0.0, |greeks| greeks.vega)))
            .fixed("highPriceLimit", (marks.mark * limits.band.1).clamp(limits.price.0, limits.price.1), places)
            .fixed("lowPriceLimit", (marks.mark * limits.band.0).clamp(limits.price.0, limits.price.1), places)
            .text("riskFreeInterest", "0"),
    )
}

/// What an option's value moves with; `None` without an index or a volatility.
pub(crate) fn greeks_of(market: &Market, now: UnixNanos) -> Option<Greeks> {
    let terms = chain::terms(market.listing())?;
    let index = Price::new(market.marks()?.index)?;
    greeks(&terms, &Conditions::on_index(&terms, index, now), market.volatility()?).ok()
}

/// The volatility at which an option would be worth a price; zero where there is none.
fn volatility_of(market: &Market, price: Decimal, now: UnixNanos) -> f64 {
    let read = || {
        let terms = chain::terms(market.listing())?;
        let index = Price::new(market.marks()?.index)?;
        implied_volatility(&terms, &Conditions::on_index(&terms, index, now), price.to_f64()?).ok()
    };
    read().unwrap_or_default()
}

/// `GET index`.
pub(crate) fn index(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let underlying = call.params.required("underlying")?;
    let options = chain::on(call.world.markets(), underlying)?;
    let marks = options.iter().filter_map(|(_, market)| market.marks()).max_by_key(|marks| marks.time);
    let price = marks.map(|marks| marks.index).unwrap_or_default();
    Ok(Row::new().number("time", Call::millis(call.world.now())).money("indexPrice", price).json())
}

/// `GET openInterest`: of all options of an asset with one expiry.
pub(crate) fn open_interest(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (asset, expiration) = (call.params.required("underlyingAsset")?, call.params.required("expiration")?);
    let begins = format!("{asset}-{expiration}-");
    let time = Call::millis(call.world.now()).to_string();
    let markets = chain::all(call.world.markets());
    let rows = markets.iter().filter(|(_, market)| market.listing().symbol.starts_with(&begins)).map(|(_, market)| {
        let (open, index) = (market.open_interest(), market.marks().map(|marks| marks.index).unwrap_or_default());
        Row::new()
            .text("symbol", &market.listing().symbol)
            .text("sumOpenInterest", &open.normalize().to_string())
            .text("sumOpenInterestUsd", &(open * index).normalize().to_string())
            .text("timestamp", &time)
    });
    Ok(Json(list(rows)))
}

/// `GET exerciseHistory`: options that have ended.
pub(crate) fn exercises(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let underlying = call.params.text("underlying");
    let (since, until) = asked::span(call.params)?;
    let limit = asked::limit(call.params, 100, 100)?;
    let markets = chain::all(call.world.markets());
    let rows = markets.iter().filter_map(|(_, market)| {
        let (listing, marks) = (market.listing(), market.marks()?);
        let terms = chain::terms(listing)?;
        let is_asked = underlying.is_none_or(|name| pair(&listing.instrument) == name)
            && since.is_none_or(|since| terms.expiry >= since)
            && until.is_none_or(|until| terms.expiry <= until);
        if market.is_trading() || !is_asked {
            return None;
        }
        let strike = terms.strike.get();
        let pays = match terms.right {
            metaexpert_core::Right::Call => marks.settlement > strike,
            metaexpert_core::Right::Put => marks.settlement < strike,
        };
        Some(
            Row::new()
                .text("symbol", &listing.symbol)
                .text("strikePrice", &strike.normalize().to_string())
                .money("realStrikePrice", marks.settlement)
                .number("expiryDate", Call::millis(terms.expiry))
                .text("strikeResult", if pays { "REALISTIC_VALUE_STRICKEN" } else { "EXTRINSIC_VALUE_EXPIRED" }),
        )
    });
    Ok(Json(list(rows.take(limit))))
}
