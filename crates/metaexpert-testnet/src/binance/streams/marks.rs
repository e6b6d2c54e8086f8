//! What is sent of futures beside trades: mark prices, indices, liquidations, contracts that end, what coins are worth as margin.

use metaexpert_core::{Currency, InstrumentKind, Price, Side, UnixNanos};
use rust_decimal::{Decimal, dec};

use super::{
    board::{Board, dollars},
    name,
    of::Of,
    wire::{Object, Unit},
};
use crate::{
    listing::{Class, MarketId},
    order::{Execution, Order, OrderState},
};

/// Digits of mark and index prices ("Mark Price Stream").
const DIGITS: u32 = 8;

/// `markPriceUpdate`.
pub(super) fn mark(of: &Of<'_>, market: MarketId, board: &dyn Board) -> Option<String> {
    let marks = board.marks(market)?;
    let head = of.event("markPriceUpdate").text("s", of.symbol()).fixed("p", marks.mark, DIGITS);
    let body = head.fixed("i", marks.index, DIGITS).fixed("P", marks.settlement, DIGITS);
    let body = match marks.funding_rate {
        Some(rate) => body.fixed("r", rate, DIGITS),
        // Contracts with a date have no funding ("Mark Price Stream" of COIN-M: `"r":"","T":0`).
        None => body.text("r", ""),
    };
    let body = match marks.next_funding {
        Some(time) => body.time("T", time),
        None => body.number("T", 0),
    };
    Some(of.tail(body).end())
}

/// `indexPriceUpdate` of a pair.
pub(super) fn index(of: &Of<'_>, market: MarketId, board: &dyn Board) -> Option<String> {
    let marks = board.marks(market)?;
    Some(of.event("indexPriceUpdate").text("i", &name::pair(of.listing)).fixed("p", marks.index, DIGITS).end())
}

/// `forceOrder`.
pub(super) fn liquidation(of: &Of<'_>, order: &Order, execution: &Execution) -> String {
    let digits = of.digits();
    let size = of.listing.instrument.rules.contract_size;
    let average = order.average_price(of.listing.instrument.kind.is_inverse().then_some(size));
    let limit = order.request.kind.limit_price().map_or(execution.price, Price::get);
    let status = if order.state == OrderState::Filled { "FILLED" } else { "PARTIALLY_FILLED" };
    let inner = of.tail(of.object().text("s", of.symbol())).text("S", side(order.request.side));
    let inner = inner.text("o", "LIMIT").text("f", "IOC").fixed("q", order.quantity, digits.quantity);
    let inner = inner.fixed("p", limit, digits.price).fixed("ap", average, digits.price).text("X", status);
    let inner = inner.fixed("l", execution.quantity, digits.quantity).fixed("z", order.executed, digits.quantity);
    of.event("forceOrder").raw("o", &inner.time("T", execution.time).end()).end()
}

/// `contractInfo` of a contract that has ended.
pub(super) fn ended(of: &Of<'_>, market: MarketId, board: &dyn Board) -> String {
    let delivery = match of.listing.instrument.kind {
        InstrumentKind::Dated { delivery, .. } => delivery,
        InstrumentKind::Spot | InstrumentKind::Perpetual(_) | InstrumentKind::Option(_) => never(),
    };
    let head = of.event("contractInfo").text("s", of.symbol()).text("ps", &name::pair(of.listing));
    let body = head.text("ct", name::contract_type(market, board)).time("dt", delivery).time("ot", of.listing.listed);
    let kind = if of.listing.class == Class::Linear { 1 } else { 2 };
    body.text("cs", "SETTLING").number("st", kind).end()
}

/// `assetIndexUpdate` of the coins that margin is posted in, or of one of them.
pub(super) fn asset_index(asset: Option<&str>, unit: Unit, now: UnixNanos, board: &dyn Board) -> Option<String> {
    let mut coins: Vec<Currency> = Vec::new();
    for market in board.markets() {
        let listing = board.listing(market);
        for coin in [&listing.instrument.base, &listing.instrument.quote] {
            if listing.class == Class::Linear && !coins.contains(coin) {
                coins.push(coin.clone());
            }
        }
    }
    let texts: Vec<String> = coins
        .iter()
        .filter(|coin| asset.is_none_or(|asset| asset == format!("{}USD", coin.as_str())))
        .filter_map(|coin| board.rate(coin, &dollars()).map(|price| asset_text(coin, price, unit, now)))
        .collect();
    match asset {
        Some(_) => texts.into_iter().next(),
        None => Some(super::wire::list(&texts)),
    }
}

fn asset_text(coin: &Currency, price: Decimal, unit: Unit, now: UnixNanos) -> String {
    // How much less a coin counts than it is worth; rates of the documentation's example ("Multi-Assets Mode Asset Index").
    let cut = if *coin == dollars() { dec!(0.0001) } else { dec!(0.1) };
    let exchanged = cut.min(dec!(0.05));
    let symbol = format!("{}USD", coin.as_str());
    Object::event(unit, "assetIndexUpdate", now)
        .text("s", &symbol)
        .fixed("i", price, DIGITS)
        .fixed("b", cut, DIGITS)
        .fixed("a", cut, DIGITS)
        .fixed("B", price * (Decimal::ONE - cut), DIGITS)
        .fixed("A", price * (Decimal::ONE + cut), DIGITS)
        .fixed("q", exchanged, DIGITS)
        .fixed("g", exchanged, DIGITS)
        .fixed("Q", price * (Decimal::ONE - exchanged), DIGITS)
        .fixed("G", price * (Decimal::ONE + exchanged), DIGITS)
        .end()
}

/// When perpetuals are said to be delivered: 2100-12-25 ("Contract Info Stream").
fn never() -> UnixNanos {
    UnixNanos::from_millis(4_133_404_800_000).unwrap_or(UnixNanos::MAX)
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}
