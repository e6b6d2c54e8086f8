//! What is sent of bars: the one that goes on, at its pace, and each one's end.
//!
//! The one decision: a bar's last message says that it is closed, whatever happened between two messages: who only listens misses no
//! bar, even where market time passes so fast that several end at once.

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use super::{
    board::Board,
    name::{Bars, contract_type, pair},
    of::Of,
    registry::State,
};
use crate::{
    listing::{Class, MarketId},
    market::{Kline, Series},
};

/// A stream of bars.
#[derive(Debug, Clone, Copy)]
pub(super) struct Which {
    /// Of which prices.
    pub of: Bars,
    /// How long.
    pub interval: &'static str,
    /// Whether days begin at UTC+8.
    pub is_shifted: bool,
}

impl Which {
    /// Whether the `step`th 100 ms are when the bar that goes on is sent (spot: 1 s for `1s`, else 2 s; futures: 250 ms; options: 1 s).
    pub(super) fn is_due(self, class: Class, step: u64) -> bool {
        match class {
            Class::Spot if self.interval == "1s" => step.is_multiple_of(10),
            Class::Spot => step.is_multiple_of(20),
            Class::Linear | Class::Inverse => matches!(step % 5, 0 | 3),
            Class::Options => step.is_multiple_of(10),
        }
    }

    const fn series(self) -> Series {
        match self.of {
            Bars::Last | Bars::Continuous => Series::Last,
            Bars::Mark => Series::Mark,
            Bars::Index => Series::Index,
        }
    }
}

/// What is to be sent of a stream of bars: ends, and the bar that goes on where that `is_due` and it has changed.
pub(super) fn follow(
    of: &Of<'_>,
    market: MarketId,
    which: Which,
    is_due: bool,
    state: &mut State,
    board: &dyn Board,
) -> Vec<String> {
    let Some(current) = current(market, which, of.now, board) else { return Vec::new() };
    let mut texts = Vec::new();
    if let Some(before) = state.bar.filter(|before| before.open_time < current.open_time) {
        // What was sent as closed is not sent again; what has begun and ended since is.
        let since = if before.is_closed { before.close_time.saturating_add_nanos(1) } else { before.open_time };
        let until = current.open_time.saturating_add_nanos(-1);
        if since <= until {
            let ended = ended(market, which, (since, until), board);
            texts.extend(ended.into_iter().map(|bar| text(of, market, which, &Kline { is_closed: true, ..bar }, board)));
        }
    }
    state.bar = Some(current);
    if (is_due || current.is_closed) && state.sent_bar != Some(current) {
        texts.push(text(of, market, which, &current, board));
        state.sent_bar = Some(current);
    }
    texts
}

fn text(of: &Of<'_>, market: MarketId, which: Which, bar: &Kline, board: &dyn Board) -> String {
    let digits = of.digits();
    let [open, high, low, close] = bar.prices;
    let ids = bar
        .ids
        .map_or((-1, -1), |(first, last)| (i64::try_from(first).unwrap_or(i64::MAX), i64::try_from(last).unwrap_or(i64::MAX)));
    let symbol = match which.of {
        Bars::Last | Bars::Mark => Some(of.symbol()),
        Bars::Continuous | Bars::Index => None,
    };
    let inner = of.object().time("t", bar.open_time).time("T", bar.close_time);
    let inner = inner.text_if("s", symbol).text("i", which.interval).number("f", ids.0).number("L", ids.1);
    let inner = inner.fixed("o", open, digits.price).fixed("c", close, digits.price);
    let inner = inner.fixed("h", high, digits.price).fixed("l", low, digits.price);
    let inner = inner.fixed("v", bar.volume, digits.quantity).number("n", bar.trades).flag("x", bar.is_closed);
    let inner = inner.fixed("q", bar.quote_volume, digits.amount).fixed("V", bar.taker_volume, digits.quantity);
    let inner = inner.fixed("Q", bar.taker_quote_volume, digits.amount).text("B", "0").end();
    let head = match which.of {
        Bars::Last => of.tail(of.event("kline").text("s", of.symbol())),
        Bars::Continuous => {
            let kind = contract_type(market, board);
            of.event("continuous_kline").text("ps", &pair(of.listing)).text("ct", kind)
        }
        Bars::Mark => of.event("markPrice_kline").text("ps", &pair(of.listing)),
        Bars::Index => of.event("indexPrice_kline").text("ps", &pair(of.listing)),
    };
    head.raw("k", &inner).end()
}

fn current(market: MarketId, which: Which, now: UnixNanos, board: &dyn Board) -> Option<Kline> {
    match which.shift() {
        None => board.bar(market, which.series(), which.interval),
        Some(length) => {
            let open = shifted_open(now, length);
            merged(&board.bars(market, which.series(), "1h", (open, now)), open, length, false)
        }
    }
}

fn ended(market: MarketId, which: Which, (since, until): (UnixNanos, UnixNanos), board: &dyn Board) -> Vec<Kline> {
    let Some(length) = which.shift() else { return board.bars(market, which.series(), which.interval, (since, until)) };
    let opens = std::iter::successors(Some(since), |open| Some(open.saturating_add_nanos(length)));
    opens
        .take_while(|open| *open <= until)
        .filter_map(|open| {
            let last = open.saturating_add_nanos(length - 1);
            merged(&board.bars(market, which.series(), "1h", (open, last)), open, length, true)
        })
        .collect()
}

const HOUR: i64 = 3_600_000_000_000;

impl Which {
    /// How long bars are that begin elsewhere at UTC+8 than at UTC; the others are the same in both. Months are sent as in UTC.
    fn shift(self) -> Option<i64> {
        let hours = match self.interval {
            "6h" => 6,
            "12h" => 12,
            "1d" => 24,
            "3d" => 72,
            "1w" => 168,
            _ => return None,
        };
        self.is_shifted.then_some(hours * HOUR)
    }
}

/// When the bar began that goes on at a time, where days begin at UTC+8. Weeks begin on Monday, and 1970-01-01 was a Thursday.
fn shifted_open(now: UnixNanos, length: i64) -> UnixNanos {
    let first = if length == 168 * HOUR { 4 * 24 * HOUR } else { 0 } - 8 * HOUR;
    let into = (now.as_nanos() - first).rem_euclid(length);
    now.saturating_add_nanos(-into)
}

fn merged(hours: &[Kline], open: UnixNanos, length: i64, is_closed: bool) -> Option<Kline> {
    let (first, last) = (hours.first()?, hours.last()?);
    let sum = |of: fn(&Kline) -> Decimal| hours.iter().map(of).sum::<Decimal>();
    let [open_price, ..] = first.prices;
    let [.., close_price] = last.prices;
    let high = hours.iter().map(|hour| hour.prices[1]).max()?;
    let low = hours.iter().map(|hour| hour.prices[2]).min()?;
    let first_id = hours.iter().find_map(|hour| hour.ids).map(|ids| ids.0);
    let last_id = hours.iter().rev().find_map(|hour| hour.ids).map(|ids| ids.1);
    Some(Kline {
        open_time: open,
        close_time: open.saturating_add_nanos(length - 1),
        prices: [open_price, high, low, close_price],
        volume: sum(|hour| hour.volume),
        quote_volume: sum(|hour| hour.quote_volume),
        trades: hours.iter().map(|hour| hour.trades).sum(),
        taker_volume: sum(|hour| hour.taker_volume),
        taker_quote_volume: sum(|hour| hour.taker_quote_volume),
        ids: first_id.zip(last_id),
        is_closed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_shanghai_begins_at_four_in_the_afternoon_and_a_week_on_its_monday() {
        let at = |text: &str| UnixNanos::parse(text).unwrap();
        for (now, hours, open) in [
            ("2026-11-21T15:59:59Z", 24, "2026-11-20T16:00:00Z"),
            ("2026-11-21T16:00:00Z", 24, "2026-11-21T16:00:00Z"),
            ("2026-11-21T21:00:00Z", 12, "2026-11-21T16:00:00Z"),
            ("2026-11-21T21:00:00Z", 168, "2026-11-15T16:00:00Z"),
            ("2026-11-22T16:00:00Z", 168, "2026-11-22T16:00:00Z"),
        ] {
            assert_eq!(shifted_open(at(now), hours * HOUR), at(open), "{now} {hours}");
        }
    }
}
