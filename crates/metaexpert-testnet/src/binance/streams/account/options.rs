//! Events of options, as the system of 2025-11 has them ("User Data Streams" of options).

use metaexpert_core::{Price, UnixNanos};
use rust_decimal::Decimal;

use super::{Event, Teller, moved, words};
use crate::{
    binance::streams::wire::{Digits, Object, Unit},
    news::{AccountNews, Balance, Cause, OrderChange, PositionNow},
    order::Order,
};

/// Digits of money.
const MONEY: u32 = 8;

/// What is told of it; `positions` are all that the account holds.
pub(super) fn events(teller: &Teller<'_>, news: &AccountNews, positions: &[&PositionNow]) -> Vec<Event> {
    match news {
        AccountNews::Order { order, change } => vec![("ORDER_TRADE_UPDATE", order_trade_update(teller, order, change))],
        AccountNews::Wallet { time, cause, balances, positions: changed, .. } => {
            if moved(balances).next().is_none() && changed.is_empty() {
                return Vec::new();
            }
            vec![
                ("BALANCE_POSITION_UPDATE", balance_position_update(teller, *time, *cause, balances, changed)),
                ("ACCOUNT_UPDATE", account_update(teller, *time, balances, positions)),
            ]
        }
        AccountNews::MarginCall { positions: called, .. } => vec![("RISK_LEVEL_CHANGE", risk(teller, called))],
        AccountNews::Algo(_) | AccountNews::List(_) | AccountNews::Leverage { .. } | AccountNews::Debt { .. } => Vec::new(),
    }
}

fn order_trade_update(teller: &Teller<'_>, order: &Order, change: &OrderChange) -> String {
    let request = &order.request;
    let listing = teller.board.listing(request.market);
    let digits = Digits::of(listing);
    let execution = match change {
        OrderChange::Trade(execution) => Some(execution),
        _ => None,
    };
    let (last, price, fee) =
        execution.map(|execution| (execution.quantity, execution.price, execution.fee.amount)).unwrap_or_default();
    let kind = words::kind(request, listing.class);
    let inner = Object::new(Unit::Millis)
        .text("s", &listing.symbol)
        .text("c", &request.client_id)
        .text("S", words::side_word(request.side))
        .text("o", &kind)
        .text("f", &words::time_in_force(request, listing.class))
        .fixed("q", order.quantity, digits.quantity)
        .fixed("p", request.kind.limit_price().map_or(Decimal::ZERO, Price::get), digits.price)
        .fixed("ap", order.average_price(None), digits.price)
        .text("x", execution_type(change))
        .text("X", words::status(order.state))
        .number("i", order.id.0)
        .fixed("l", last, digits.quantity)
        .fixed("z", order.executed, digits.quantity)
        .fixed("L", price, digits.price)
        .text("N", listing.instrument.settlement.as_str())
        // "Commission, negative means fee charge".
        .fixed("n", -fee, MONEY)
        .time("T", execution.map_or(order.updated, |execution| execution.time))
        .number("t", execution.map_or(0, |execution| execution.trade_id))
        .text("b", "0")
        .text("a", "0")
        .flag("m", execution.is_some_and(|execution| execution.is_maker))
        .flag("R", request.reduce_only)
        .text("ot", &kind)
        .fixed("rp", execution.map_or(Decimal::ZERO, |execution| execution.realized), MONEY)
        .end();
    let head = Object::event(Unit::Millis, "ORDER_TRADE_UPDATE", teller.now).time("T", order.updated);
    head.raw("o", &inner).end()
}

/// Options know no other words ("Event: Order update", Execution Type).
const fn execution_type(change: &OrderChange) -> &'static str {
    match change {
        OrderChange::New | OrderChange::Triggered | OrderChange::Amended => "NEW",
        OrderChange::Trade(_) => "TRADE",
        OrderChange::Cancelled(_) | OrderChange::Replaced(_) => "CANCELED",
        OrderChange::Expired | OrderChange::Prevented(_) | OrderChange::Rejected => "EXPIRED",
    }
}

fn balance_position_update(
    teller: &Teller<'_>,
    time: UnixNanos,
    cause: Cause,
    balances: &[Balance],
    positions: &[PositionNow],
) -> String {
    let is_out = balances.iter().any(|balance| balance.change.is_sign_negative() && !balance.change.is_zero());
    let (reason, is_order) = match cause {
        Cause::Deposit => ("DEPOSIT", false),
        Cause::Withdrawal => ("WITHDRAW", false),
        Cause::Transfer => (if is_out { "WITHDRAW" } else { "DEPOSIT" }, false),
        Cause::Order
        | Cause::Funding
        | Cause::Margin
        | Cause::Loan
        | Cause::Interest
        | Cause::Delivery
        | Cause::Liquidation
        | Cause::Insurance
        | Cause::MarginMode
        | Cause::MarginCall => ("ORDER", true),
    };
    let lines: Vec<String> = balances
        .iter()
        .map(|balance| {
            let change = if is_order { Decimal::ZERO } else { balance.change };
            let coin = Object::new(Unit::Millis).text("a", balance.currency.as_str());
            coin.fixed("b", balance.wallet, MONEY).fixed("bc", change, MONEY).end()
        })
        .collect();
    let legs: Vec<String> = positions
        .iter()
        .map(|position| {
            let listing = teller.board.listing(position.market);
            Object::new(Unit::Millis)
                .text("s", &listing.symbol)
                .fixed("c", position.amount, Digits::of(listing).quantity)
                .fixed("p", worth(teller, position), MONEY)
                .fixed("a", position.entry_price, MONEY)
                .end()
        })
        .collect();
    let head = Object::event(Unit::Millis, "BALANCE_POSITION_UPDATE", teller.now).time("T", time).text("m", reason);
    head.list("B", &lines).list("P", &legs).end()
}

fn account_update(teller: &Teller<'_>, time: UnixNanos, balances: &[Balance], positions: &[&PositionNow]) -> String {
    let wallet: Decimal = balances.iter().map(|balance| balance.wallet).sum();
    let locked: Decimal = balances.iter().map(|balance| balance.locked).sum();
    let value: Decimal = positions.iter().map(|position| worth(teller, position)).sum();
    let unrealized: Decimal = positions.iter().map(|position| position.unrealized).sum();
    let maintenance: Decimal = positions.iter().map(|position| position.maintenance).sum();
    Object::event(Unit::Millis, "ACCOUNT_UPDATE", teller.now)
        .time("T", time)
        .fixed("eq", wallet + value, MONEY)
        .fixed("aeq", wallet, MONEY)
        .fixed("b", wallet, MONEY)
        .fixed("m", value, MONEY)
        .fixed("u", unrealized, MONEY)
        .fixed("i", locked, MONEY)
        .fixed("M", maintenance, MONEY)
        .end()
}

fn risk(teller: &Teller<'_>, positions: &[PositionNow]) -> String {
    let maintenance: Decimal = positions.iter().map(|position| position.maintenance).sum();
    let value: Decimal = positions.iter().map(|position| worth(teller, position)).sum();
    let cross =
        positions.first().and_then(|position| teller.board.cross_balance(teller.account, teller.board.listing(position.market)));
    let head = Object::event(Unit::Millis, "RISK_LEVEL_CHANGE", teller.now).text("s", "REDUCE_ONLY");
    head.fixed("mb", cross.unwrap_or_default() + value, MONEY).fixed("mm", maintenance, MONEY).end()
}

/// What a position is worth; an option that was sold is owed.
fn worth(teller: &Teller<'_>, position: &PositionNow) -> Decimal {
    teller.board.listing(position.market).instrument.rules.size(position.amount) * position.mark_price
}
