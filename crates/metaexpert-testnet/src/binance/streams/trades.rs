//! What is sent of trades: each by itself, and those of one taker as one.

use super::{board::Board, of::Of, registry::State};
use crate::{
    listing::{Class, MarketId},
    market::AggregateTrade,
    news::Print,
};

/// Trades asked for at once; more have not been made between two steps.
const AT_MOST: usize = 1_000;

/// `trade`.
pub(super) fn trade(of: &Of<'_>, print: &Print) -> String {
    let digits = of.digits();
    let head = match of.listing.class {
        Class::Spot => of.event("trade").text("s", of.symbol()),
        Class::Linear | Class::Inverse | Class::Options => of.event("trade").time("T", print.time).text("s", of.symbol()),
    };
    let body = head.number("t", print.id).fixed("p", print.price, digits.price).fixed("q", print.quantity, digits.quantity);
    match of.listing.class {
        Class::Spot => body.time("T", print.time).flag("m", print.buyer_is_maker).flag("M", true).end(),
        Class::Linear | Class::Inverse => of.tail(body.text("X", "MARKET").flag("m", print.buyer_is_maker)).end(),
        Class::Options => {
            let side = if print.buyer_is_maker { "SELL" } else { "BUY" };
            body.text("X", "MARKET").text("S", side).flag("m", print.buyer_is_maker).end()
        }
    }
}

/// `aggTrade`.
pub(super) fn aggregate(of: &Of<'_>, trade: &AggregateTrade) -> String {
    let digits = of.digits();
    let head = of.event("aggTrade").text("s", of.symbol()).number("a", trade.id);
    let body = head.fixed("p", trade.price, digits.price).fixed("q", trade.quantity, digits.quantity);
    // Without orders that only retail meets, the normal quantity is all of it (change log of derivatives, 2025-12-29).
    let body = if of.listing.class == Class::Linear { body.fixed("nq", trade.quantity, digits.quantity) } else { body };
    let body = body.number("f", trade.ids.0).number("l", trade.ids.1).time("T", trade.time).flag("m", trade.buyer_is_maker);
    match of.listing.class {
        Class::Spot => body.flag("M", true).end(),
        Class::Linear | Class::Inverse | Class::Options => of.tail(body).end(),
    }
}

/// Aggregated trades that have been made since they were last sent. Of a stream that begins, those from now on.
pub(super) fn aggregates(of: &Of<'_>, market: MarketId, state: &mut State, board: &dyn Board) -> Vec<String> {
    let Some(next) = state.aggregate else {
        begin(market, state, board);
        return Vec::new();
    };
    let trades = board.aggregates(market, Some(next), AT_MOST);
    if let Some(last) = trades.last() {
        state.aggregate = Some(last.id + 1);
    }
    trades.iter().map(|trade| aggregate(of, trade)).collect()
}

/// A stream begins with what comes next.
pub(super) fn begin(market: MarketId, state: &mut State, board: &dyn Board) {
    let last = board.aggregates(market, None, 1);
    state.aggregate = Some(last.last().map_or(0, |trade| trade.id + 1));
}
