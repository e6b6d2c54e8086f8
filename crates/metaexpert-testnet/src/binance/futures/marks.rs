//! What contracts are valued by: mark and index, funding, open interest, deliveries.
//!
//! The one decision: what the markets do not keep is not made up: of open interest there is the present one only.

use metaexpert_core::InstrumentKind;

use super::{
    asked,
    family::{Family, contract_type, pair},
    row::{Row, list},
    tickers::rows,
};
use crate::{
    binance::door::{ApiError, Call, Json},
    market::Market,
};

/// Interest that funding contains, a fraction for each interval ("Mark Price").
const INTEREST: &str = "0.00010000";

/// Periods that statistics may be asked for ("Open Interest Statistics"), in minutes.
const PERIODS: [(&str, i64); 9] =
    [("5m", 5), ("15m", 15), ("30m", 30), ("1h", 60), ("2h", 120), ("4h", 240), ("6h", 360), ("12h", 720), ("1d", 1440)];

/// `GET premiumIndex`.
pub(crate) fn premium_index(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    rows(call, |market| mark_row(family, market))
}

fn mark_row(family: &Family, market: &Market) -> Option<Row> {
    let (listing, marks) = (market.listing(), market.marks()?);
    let row = Row::new()
        .text("symbol", &listing.symbol)
        .when(family.names_pair, |row| row.text("pair", &pair(&listing.instrument)))
        .money("markPrice", marks.mark)
        .money("indexPrice", marks.index)
        .money("estimatedSettlePrice", marks.settlement);
    // Contracts with an end have no funding, and no rate.
    let row = match marks.funding_rate {
        Some(rate) => row.money("lastFundingRate", rate).text("interestRate", INTEREST),
        None => row.text("lastFundingRate", "").text("interestRate", ""),
    };
    Some(row.number("nextFundingTime", marks.next_funding.map_or(0, Call::millis)).number("time", Call::millis(marks.time)))
}

/// `GET fundingRate`.
pub(crate) fn funding_rates(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    if family.is_inverse {
        call.params.required("symbol")?;
    }
    let (since, until) = asked::span(call.params)?;
    let limit = asked::limit(call.params, 100, 1000)?;
    let mut settled = Vec::new();
    for id in asked::markets(call)? {
        let market = call.world.markets().get(id);
        let within = market
            .funding()
            .iter()
            .filter(|(time, ..)| since.is_none_or(|since| *time >= since) && until.is_none_or(|until| *time <= until));
        settled.extend(within.map(|(time, rate, mark)| (*time, market.listing().symbol.clone(), *rate, *mark)));
    }
    settled.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    // From a start on, the first ones; otherwise the latest ones ("Get Funding Rate History").
    let skip = if since.is_some() { 0 } else { settled.len().saturating_sub(limit) };
    let rows = settled.into_iter().skip(skip).take(limit).map(|(time, symbol, rate, mark)| {
        Row::new()
            .text("symbol", &symbol)
            .money("fundingRate", rate)
            .number("fundingTime", Call::millis(time))
            // `Special` is the rate of a dividend.
            .when(!family.is_inverse, |row| row.money("markPrice", mark).text("rateType", "Regular"))
    });
    Ok(Json(list(rows)))
}

/// `GET fundingInfo`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn funding_info(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let markets = call.world.markets();
    let perpetual = asked::family(call).markets(markets).into_iter().map(|id| markets.get(id));
    let rows =
        perpetual.filter(|market| matches!(market.listing().instrument.kind, InstrumentKind::Perpetual(_))).map(|market| {
            Row::new()
                .text("symbol", &market.listing().symbol)
                .text("adjustedFundingRateCap", "0.02000000")
                .text("adjustedFundingRateFloor", "-0.02000000")
                .number("fundingIntervalHours", funding_hours(market))
                .flag("disclaimer", false)
        });
    Ok(Json(list(rows)))
}

/// How long an interval of funding is; eight hours where none has passed yet.
fn funding_hours(market: &Market) -> i64 {
    let [.., before, last] = market.funding() else { return 8 };
    last.0.nanos_since(before.0).div_euclid(3_600_000_000_000).max(1)
}

/// `GET openInterest`.
pub(crate) fn open_interest(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, id) = (asked::family(call), asked::market(call, call.params)?);
    let markets = call.world.markets();
    let market = markets.get(id);
    let row = Row::new()
        .text("openInterest", &market.open_interest().normalize().to_string())
        .text("symbol", &market.listing().symbol)
        .when(family.names_pair, |row| {
            row.text("pair", &pair(&market.listing().instrument)).text("contractType", contract_type(markets, id))
        })
        .number("time", Call::millis(call.world.now()));
    Ok(row.json())
}

/// `GET /futures/data/openInterestHist`.
pub(crate) fn open_interest_history(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    let period = call.params.required("period")?;
    let Some((_, minutes)) = PERIODS.iter().find(|(name, _)| *name == period) else { return Err(ApiError::invalid("period")) };
    asked::limit(call.params, 30, 500)?;
    let id = if family.is_inverse { of_contract(call)? } else { asked::market(call, call.params)? };
    let markets = call.world.markets();
    let market = markets.get(id);
    let (listing, open) = (market.listing(), market.open_interest());
    let price = market.marks().map(|marks| marks.mark).unwrap_or_default();
    let step = minutes.saturating_mul(60_000);
    let begun = Call::millis(call.world.now()).div_euclid(step).saturating_mul(step);
    let named = if family.is_inverse {
        Row::new().text("pair", &pair(&listing.instrument)).text("contractType", contract_type(markets, id))
    } else {
        Row::new().text("symbol", &listing.symbol)
    };
    let row = named
        .money("sumOpenInterest", open)
        .money("sumOpenInterestValue", Family::value_of(listing, price, open))
        .number("timestamp", begun);
    Ok(Json(list([row])))
}

/// The market that `pair` and `contractType` name.
fn of_contract(call: &Call<'_>) -> Result<crate::listing::MarketId, ApiError> {
    let (name, kind) = (call.params.required("pair")?, call.params.required("contractType")?);
    let markets = call.world.markets();
    let found = asked::family(call).markets(markets).into_iter().find(|id| {
        pair(&markets.get(*id).listing().instrument) == name && (kind == "ALL" || contract_type(markets, *id) == kind)
    });
    found.ok_or_else(|| ApiError::new(-4144, "Invalid pair"))
}

/// `GET /futures/data/delivery-price`.
pub(crate) fn delivery_prices(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let name = call.params.required("pair")?;
    let markets = call.world.markets();
    let rows = asked::family(call).markets(markets).into_iter().filter_map(|id| {
        let market = markets.get(id);
        let InstrumentKind::Dated { delivery, .. } = market.listing().instrument.kind else { return None };
        let is_over = !market.is_trading() && pair(&market.listing().instrument) == name;
        is_over.then(|| {
            let price = market.marks().map(|marks| marks.settlement).unwrap_or_default();
            Row::new().number("deliveryTime", Call::millis(delivery)).raw("deliveryPrice", price.normalize())
        })
    });
    Ok(Json(list(rows)))
}
