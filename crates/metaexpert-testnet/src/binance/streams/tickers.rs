//! What is sent of stretches of time: the day in short and in full, the last hours, the average of five minutes.

use metaexpert_core::InstrumentKind;
use rust_decimal::Decimal;

use super::{board::Board, of::Of};
use crate::{
    listing::{Class, MarketId},
    market::Statistics,
};

const MINUTE: i64 = 60_000_000_000;

/// What a ticker is of.
const DAY: i64 = 1_440 * MINUTE;

/// How long `avgPrice` looks back ("Average Price", `i`).
const AVERAGE: i64 = 5 * MINUTE;

/// `24hrMiniTicker`.
pub(super) fn mini(of: &Of<'_>, market: MarketId, board: &dyn Board) -> Option<String> {
    let day = board.statistics(market, DAY)?;
    let digits = of.digits();
    let [open, high, low, last] = day.prices;
    let head = of.event("24hrMiniTicker").text("s", of.symbol());
    let body = head.fixed("c", last, digits.price).fixed("o", open, digits.price);
    let body = body.fixed("h", high, digits.price).fixed("l", low, digits.price);
    let body = body.fixed("v", day.volume, digits.quantity).fixed("q", day.quote_volume, digits.amount);
    Some(of.tail(body).end())
}

/// `24hrTicker`.
pub(super) fn day(of: &Of<'_>, market: MarketId, board: &dyn Board) -> Option<String> {
    let day = board.statistics(market, DAY)?;
    let digits = of.digits();
    let [open, high, low, last] = day.prices;
    let body = change(of, of.event("24hrTicker").text("s", of.symbol()), &day).fixed("w", average(of, &day), digits.price);
    let is_spot = of.listing.class == Class::Spot;
    let body = if is_spot { body.fixed("x", day.previous_close, digits.price) } else { body };
    let quantity = day.last.map_or(Decimal::ZERO, |print| print.quantity);
    let body = body.fixed("c", last, digits.price).fixed("Q", quantity, digits.quantity);
    let body = match board.quote(market).filter(|_| is_spot) {
        Some(quote) => body
            .fixed("b", quote.bid.0, digits.price)
            .fixed("B", quote.bid.1, digits.quantity)
            .fixed("a", quote.ask.0, digits.price)
            .fixed("A", quote.ask.1, digits.quantity),
        None => body,
    };
    let body = body.fixed("o", open, digits.price).fixed("h", high, digits.price).fixed("l", low, digits.price);
    Some(of.tail(counted(of, body, &day)).end())
}

/// `1hTicker`, `4hTicker`, `1dTicker`. They begin with a minute, so they may be up to a minute longer than their name says.
pub(super) fn window(of: &Of<'_>, market: MarketId, length: &str, board: &dyn Board) -> Option<String> {
    let minutes = match length {
        "1h" => 60,
        "4h" => 240,
        _ => 1_440,
    };
    let since_minute = of.now.as_nanos().rem_euclid(MINUTE);
    let stretch = board.statistics(market, minutes * MINUTE + since_minute)?;
    let digits = of.digits();
    let [open, high, low, last] = stretch.prices;
    let body = change(of, of.event(&format!("{length}Ticker")).text("s", of.symbol()), &stretch);
    let body = body.fixed("o", open, digits.price).fixed("h", high, digits.price).fixed("l", low, digits.price);
    let body = body.fixed("c", last, digits.price).fixed("w", average(of, &stretch), digits.price);
    Some(counted(of, body, &stretch).end())
}

/// `avgPrice`.
pub(super) fn average_price(of: &Of<'_>, market: MarketId, board: &dyn Board) -> Option<String> {
    let stretch = board.statistics(market, AVERAGE)?;
    let time = stretch.last.map_or(of.now, |print| print.time);
    let body = of.event("avgPrice").text("s", of.symbol()).text("i", "5m");
    Some(body.fixed("w", average(of, &stretch), of.digits().price).time("T", time).end())
}

/// `referencePrice`: no market here has one, which the exchange writes as `null`.
pub(super) fn reference(of: &Of<'_>) -> String {
    of.object().text("e", "referencePrice").text("s", of.symbol()).raw("r", "null").time("t", of.now).end()
}

fn change(of: &Of<'_>, object: super::wire::Object, stretch: &Statistics) -> super::wire::Object {
    let [open, _, _, last] = stretch.prices;
    let percent = ((last - open) * Decimal::ONE_HUNDRED).checked_div(open).unwrap_or_default();
    object.fixed("p", last - open, of.digits().price).fixed("P", percent, 3)
}

fn counted(of: &Of<'_>, object: super::wire::Object, stretch: &Statistics) -> super::wire::Object {
    let digits = of.digits();
    let first = |ids: Option<(u64, u64)>| ids.map_or(-1, |ids| i64::try_from(ids.0).unwrap_or(i64::MAX));
    let last = |ids: Option<(u64, u64)>| ids.map_or(-1, |ids| i64::try_from(ids.1).unwrap_or(i64::MAX));
    object
        .fixed("v", stretch.volume, digits.quantity)
        .fixed("q", stretch.quote_volume, digits.amount)
        .time("O", stretch.since)
        .time("C", of.now)
        .number("F", first(stretch.ids))
        .number("L", last(stretch.ids))
        .number("n", stretch.trades)
}

/// The average price, weighted by volume; the last one where nothing was traded.
fn average(of: &Of<'_>, stretch: &Statistics) -> Decimal {
    let size = of.listing.instrument.rules.contract_size;
    let [.., last] = stretch.prices;
    let average = match of.listing.instrument.kind {
        // An inverse contract is worth a fixed sum, and what was traded is told in coins.
        kind if kind.is_inverse() => (stretch.volume * size).checked_div(stretch.quote_volume),
        InstrumentKind::Spot | InstrumentKind::Perpetual(_) | InstrumentKind::Dated { .. } | InstrumentKind::Option(_) => {
            stretch.quote_volume.checked_div(stretch.volume)
        }
    };
    average.unwrap_or(last)
}
