//! What has become of money: executions, and every line of the wallet's history.
//!
//! The one decision: an execution's `positionSide` is the one its order named, since an account with one position a market knows no legs.

use super::{
    asked,
    family::{Family, pair, price_places, quantity_places},
    money,
    orders::window,
    row::{Row, list},
    words,
};
use crate::{
    binance::door::{ApiError, Call, Json},
    clearing::{Clearing as _, Entry, EntryKind},
    listing::MarketId,
    order::Execution,
};

/// Words of `incomeType` that may be asked for ("Get Income History").
const INCOMES: [&str; 22] = [
    "TRANSFER",
    "WELCOME_BONUS",
    "REALIZED_PNL",
    "FUNDING_FEE",
    "COMMISSION",
    "INSURANCE_CLEAR",
    "REFERRAL_KICKBACK",
    "COMMISSION_REBATE",
    "API_REBATE",
    "CONTEST_REWARD",
    "CROSS_COLLATERAL_TRANSFER",
    "OPTIONS_PREMIUM_FEE",
    "OPTIONS_SETTLE_PROFIT",
    "INTERNAL_TRANSFER",
    "AUTO_EXCHANGE",
    "DELIVERED_SETTELMENT",
    "COIN_SWAP_DEPOSIT",
    "COIN_SWAP_WITHDRAW",
    "POSITION_LIMIT_INCREASE_FEE",
    "STRATEGY_UMFUTURES_TRANSFER",
    "FEE_RETURN",
    "BFUSD_REWARD",
];

/// `GET userTrades`.
pub(crate) fn trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    let markets = traded_markets(call, family)?;
    let (since, until) = asked::span_of_days(call, 7)?;
    let limit = asked::limit(call.params, if family.is_inverse { 50 } else { 500 }, 1000)?;
    let (from, order) = (asked::id(call.params, "fromId")?, asked::id(call.params, "orderId")?);
    let timed = call.params.text("startTime").is_some() || call.params.text("endTime").is_some();
    if from.is_some() && timed {
        return Err(ApiError::bad_combination());
    }
    let orders = &call.world.account(call.account).orders;
    let mut shown: Vec<&Execution> = markets.iter().flat_map(|id| orders.executions(family.wallet, Some(*id))).collect();
    shown.retain(|execution| {
        order.is_none_or(|order| execution.order.0 == order)
            && match from {
                Some(from) => execution.trade_id >= from,
                None => execution.time >= since && execution.time <= until,
            }
    });
    let rows = window(&shown, limit, from.is_some() || call.params.text("startTime").is_some());
    Ok(Json(list(rows.iter().map(|execution| trade(call, family, execution)))))
}

/// USD-M wants a symbol, COIN-M a symbol or a pair.
fn traded_markets(call: &Call<'_>, family: &Family) -> Result<Vec<MarketId>, ApiError> {
    if !family.names_pair {
        return Ok(vec![asked::market(call, call.params)?]);
    }
    if call.params.text("symbol").is_none() && call.params.text("pair").is_none() {
        return Err(ApiError::either("symbol", "pair"));
    }
    asked::markets(call)
}

fn trade(call: &Call<'_>, family: &Family, execution: &Execution) -> Row {
    let listing = call.world.markets().get(execution.market).listing();
    let leg = money::leg_of(call, execution.market, execution.order.0, execution.leg);
    Row::new()
        .text("symbol", &listing.symbol)
        .number("id", execution.trade_id)
        .number("orderId", execution.order.0)
        .text("pair", &pair(&listing.instrument))
        .text("side", words::side_word(execution.side))
        .fixed("price", execution.price, price_places(listing))
        .fixed("qty", execution.quantity, quantity_places(listing))
        .money("realizedPnl", execution.realized)
        .text("marginAsset", listing.instrument.settlement.as_str())
        // Both since 2026-06-30, and nothing in the other's ("Account Trade List").
        .money(family.trade_value, execution.value)
        .text(family.no_trade_value, "0")
        .money("commission", execution.fee.amount)
        .text("commissionAsset", execution.fee.currency.as_str())
        .number("time", Call::millis(execution.time))
        .text("positionSide", words::leg_word(leg))
        .flag("buyer", execution.side == metaexpert_core::Side::Buy)
        .flag("maker", execution.is_maker)
}

/// `GET income`.
pub(crate) fn income(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    let market = asked::market_if_named(call)?;
    let kind = call.params.text("incomeType");
    if kind.is_some_and(|kind| !INCOMES.contains(&kind)) {
        return Err(ApiError::invalid("incomeType"));
    }
    let (since, until) = asked::span(call.params)?;
    let limit = asked::limit(call.params, 100, 1000)?;
    let page = usize::try_from(call.params.integer("page")?.unwrap_or(1).max(1)).unwrap_or(1);
    // Without a time, the last seven days.
    let week = call.world.now().saturating_add_nanos(asked::DAY.saturating_mul(-7));
    let since = if since.is_none() && until.is_none() { Some(week) } else { since };
    let shown: Vec<(&Entry, &'static str)> = money::of(call)
        .history()
        .iter()
        .filter_map(|entry| Some((entry, word(entry.kind)?)))
        .filter(|(entry, word)| {
            kind.is_none_or(|kind| kind == *word)
                && market.is_none_or(|market| entry.market == Some(market))
                && since.is_none_or(|since| entry.time >= since)
                && until.is_none_or(|until| entry.time <= until)
        })
        .collect();
    let skipped = page.saturating_sub(1).saturating_mul(limit);
    let rest = shown.get(skipped..).unwrap_or_default();
    let rows = window(rest, limit, page > 1 || call.params.text("startTime").is_some());
    Ok(Json(list(rows.iter().map(|(entry, word)| income_row(call, family, entry, word)))))
}

fn income_row(call: &Call<'_>, family: &Family, entry: &Entry, word: &str) -> Row {
    let symbol = entry.market.map_or("", |market| call.world.markets().get(market).listing().symbol.as_str());
    let trade = entry.trade_id.map(|id| id.to_string()).unwrap_or_default();
    let info = if trade.is_empty() { word } else { trade.as_str() };
    let row = Row::new()
        .text("symbol", symbol)
        .text("incomeType", word)
        .money("income", entry.amount.amount)
        .text("asset", entry.amount.currency.as_str())
        .text("info", info)
        .number("time", Call::millis(entry.time));
    // A number in USD-M, a text in COIN-M.
    let row = if family.is_inverse { row.text("tranId", &entry.id.to_string()) } else { row.number("tranId", entry.id) };
    row.text("tradeId", &trade)
}

/// The word of a line; `None` for those that `income` does not have.
const fn word(kind: EntryKind) -> Option<&'static str> {
    match kind {
        EntryKind::Transfer => Some("TRANSFER"),
        EntryKind::Realized => Some("REALIZED_PNL"),
        EntryKind::Commission => Some("COMMISSION"),
        EntryKind::Funding => Some("FUNDING_FEE"),
        EntryKind::Insurance => Some("INSURANCE_CLEAR"),
        EntryKind::Delivery => Some("DELIVERED_SETTELMENT"),
        EntryKind::Exercise
        | EntryKind::Premium
        | EntryKind::Borrow
        | EntryKind::Repay
        | EntryKind::Interest
        | EntryKind::PositionMargin => None,
    }
}
