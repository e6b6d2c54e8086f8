//! Money of options: the margin account, positions, executions, the bill, exercises.
//!
//! The one decision: the greeks of an account are those of its positions, added up by underlying; coins have none.

use metaexpert_core::{PositionSide, Side};
use rust_decimal::prelude::ToPrimitive as _;

use super::{chain, marks, prices};
use crate::{
    binance::{
        door::{ApiError, Call, Json},
        futures::{
            asked,
            family::{pair, price_places, quantity_places},
            orders::window,
            row::{Row, list},
            words,
        },
    },
    clearing::{
        Clearing as _, Entry, EntryKind,
        options::{OptionRow, OptionsWallet},
    },
    listing::Listing,
    order::Execution,
    wallet::Wallet,
};

fn wallet<'a>(call: &'a Call<'_>) -> &'a OptionsWallet {
    call.world.account(call.account).wallets.options()
}

/// `GET marginAccount`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn margin(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let assets = wallet(call).account(call.world.markets()).into_iter().map(|asset| {
        Row::new()
            .text("asset", asset.currency.as_str())
            .money("marginBalance", asset.margin_balance)
            .money("equity", asset.equity)
            .money("available", asset.available)
            .money("initialMargin", asset.initial + asset.order_initial)
            .money("maintMargin", asset.maintenance)
            .money("unrealizedPNL", asset.unrealized)
            .money("adjustedEquity", asset.equity)
    });
    let greeks = chain::underlyings(call.world.markets()).into_iter().map(|underlying| greek(call, &underlying));
    Ok(Row::new()
        .raw("asset", list(assets))
        .raw("greek", list(greeks))
        .number("time", Call::millis(call.world.now()))
        .flag("canTrade", true)
        .flag("canDeposit", true)
        .flag("canWithdraw", true)
        .flag("reduceOnly", false)
        .number("tradeGroupId", -1)
        .json())
}

fn greek(call: &Call<'_>, underlying: &str) -> Row {
    let markets = call.world.markets();
    let mut sums = [0.0_f64; 4];
    for position in wallet(call).positions(markets) {
        let market = markets.get(position.market);
        if pair(&market.listing().instrument) != underlying {
            continue;
        }
        let amount = position.amount.to_f64().unwrap_or_default();
        if let Some(greeks) = marks::greeks_of(market, call.world.now()) {
            for (sum, greek) in sums.iter_mut().zip([greeks.delta, greeks.gamma, greeks.theta, greeks.vega]) {
                *sum += greek * amount;
            }
        }
    }
    let row = Row::new().text("underlying", underlying);
    ["delta", "gamma", "theta", "vega"].iter().zip(sums).fold(row, |row, (name, sum)| row.text(name, &format!("{sum:.8}")))
}

/// `GET position`.
pub(crate) fn positions(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = asked::market_if_named(call)?;
    let markets = call.world.markets();
    let time = Call::millis(call.world.now());
    let held = wallet(call).positions(markets).into_iter().filter(|row| only.is_none_or(|only| only == row.market));
    Ok(Json(list(held.map(|row| position(markets.get(row.market).listing(), &row, time)))))
}

fn position(listing: &Listing, row: &OptionRow, time: i64) -> Row {
    let lot = quantity_places(listing);
    let strike = chain::terms(listing).map(|terms| terms.strike.get()).unwrap_or_default();
    let expiry = chain::terms(listing).map_or(0, |terms| Call::millis(terms.expiry));
    Row::new()
        .average("entryPrice", row.entry_price, price_places(listing))
        .text("symbol", &listing.symbol)
        .text("side", if row.amount.is_sign_negative() { "SHORT" } else { "LONG" })
        .fixed("quantity", row.amount, lot)
        .money("markValue", row.mark_value)
        .money("unrealizedPNL", row.unrealized)
        .money("markPrice", row.mark_price)
        .text("strikePrice", &strike.normalize().to_string())
        .number("expiryDate", expiry)
        .with(|row| scales(listing, row))
        .number("time", time)
        .fixed("bidQuantity", row.bid_quantity, lot)
        .fixed("askQuantity", row.ask_quantity, lot)
}

/// What rows about an option end with.
fn scales(listing: &Listing, row: Row) -> Row {
    row.number("priceScale", price_places(listing))
        .number("quantityScale", quantity_places(listing))
        .text("optionSide", chain::right(listing))
        .text("quoteAsset", listing.instrument.quote.as_str())
}

/// `GET userTrades`.
pub(crate) fn trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market_if_named(call)?;
    let from = asked::id(call.params, "fromId")?;
    let (since, until) = asked::span(call.params)?;
    let limit = asked::limit(call.params, 100, 1000)?;
    let mut shown = call.world.account(call.account).orders.executions(Wallet::Options, market);
    shown.retain(|execution| {
        from.is_none_or(|from| prices::unique(execution.market, execution.trade_id) >= from)
            && since.is_none_or(|since| execution.time >= since)
            && until.is_none_or(|until| execution.time <= until)
    });
    let rows = window(&shown, limit, from.is_some() || since.is_some());
    Ok(Json(list(rows.iter().map(|execution| trade(call.world.markets().get(execution.market).listing(), execution)))))
}

fn trade(listing: &Listing, execution: &Execution) -> Row {
    Row::new()
        .number("id", prices::unique(execution.market, execution.trade_id))
        .number("tradeId", execution.trade_id)
        .number("orderId", execution.order.0)
        .text("symbol", &listing.symbol)
        .fixed("price", execution.price, price_places(listing))
        .fixed("quantity", execution.quantity, quantity_places(listing))
        // "fee(negative is fee deduction)".
        .money("fee", -execution.fee.amount)
        .money("realizedProfit", execution.realized)
        .text("side", if execution.side == Side::Buy { "BUY" } else { "SELL" })
        .text("type", "LIMIT")
        .text("liquidity", if execution.is_maker { "MAKER" } else { "TAKER" })
        .number("time", Call::millis(execution.time))
        .with(|row| scales(listing, row))
}

/// `GET bill`.
pub(crate) fn bill(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let coin = call.params.required("currency")?;
    if !wallet(call).account(call.world.markets()).iter().any(|asset| asset.currency.as_str() == coin) {
        return Err(ApiError::new(-1129, "Invalid asset。"));
    }
    let from = asked::id(call.params, "recordId")?;
    let (since, until) = asked::span(call.params)?;
    let limit = asked::limit(call.params, 100, 1000)?;
    let shown: Vec<&Entry> = wallet(call)
        .history()
        .iter()
        .filter(|entry| {
            entry.amount.currency.as_str() == coin
                && from.is_none_or(|from| entry.id >= from)
                && since.is_none_or(|since| entry.time >= since)
                && until.is_none_or(|until| entry.time <= until)
        })
        .collect();
    let rows = window(&shown, limit, from.is_some() || since.is_some()).iter().map(|entry| {
        let symbol = entry.market.map_or("", |market| call.world.markets().get(market).listing().symbol.as_str());
        Row::new()
            .number("id", entry.id)
            .text("asset", coin)
            .text("amount", &entry.amount.amount.normalize().to_string())
            .text("symbol", symbol)
            .text("type", word(entry.kind))
            .number("createDate", Call::millis(entry.time))
    });
    Ok(Json(list(rows)))
}

/// The word of a line ("Account Funding Flow"): fees, what contracts cost and bring, transfers.
const fn word(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Commission => "FEE",
        EntryKind::Transfer => "TRANSFER",
        EntryKind::Exercise | EntryKind::Delivery => "EXERCISE",
        EntryKind::Insurance => "INSURANCE",
        EntryKind::Premium
        | EntryKind::Realized
        | EntryKind::Funding
        | EntryKind::Borrow
        | EntryKind::Repay
        | EntryKind::Interest
        | EntryKind::PositionMargin => "CONTRACT",
    }
}

/// `GET exerciseRecord`.
pub(crate) fn exercises(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = asked::market_if_named(call)?;
    let (since, until) = asked::span(call.params)?;
    let limit = asked::limit(call.params, 1000, 1000)?;
    let mut shown: Vec<_> = wallet(call).exercises().iter().collect();
    shown.retain(|exercise| {
        only.is_none_or(|only| exercise.market == only)
            && since.is_none_or(|since| exercise.time >= since)
            && until.is_none_or(|until| exercise.time <= until)
    });
    let rows = window(&shown, limit, since.is_some()).iter().map(|exercise| {
        let listing = call.world.markets().get(exercise.market).listing();
        Row::new()
            .text("id", &exercise.id.to_string())
            .text("currency", exercise.amount.currency.as_str())
            .text("symbol", &listing.symbol)
            .money("exercisePrice", exercise.settlement)
            .money("quantity", exercise.quantity)
            .money("amount", exercise.amount.amount)
            .money("fee", exercise.fee)
            .number("createDate", Call::millis(exercise.time))
            .number("priceScale", price_places(listing))
            .number("quantityScale", quantity_places(listing))
            .text("optionSide", chain::right(listing))
            .text("positionSide", words::leg_word(Some::<PositionSide>(exercise.side)))
            .text("quoteAsset", listing.instrument.quote.as_str())
    });
    Ok(Json(list(rows)))
}

/// `GET commission`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn commission(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let rate = wallet(call).fee_rates().trade.rate;
    let rows = chain::underlyings(call.world.markets())
        .into_iter()
        .map(|underlying| Row::new().text("underlying", &underlying).fixed("makerFee", rate, 6).fixed("takerFee", rate, 6));
    Ok(Row::new().raw("commissions", list(rows)).json())
}
