//! Rows in, events out: order, merging, stretches of time.

use metaexpert_core::Instruments;
use metaexpert_data::KeptRows;
use rust_decimal::dec;

use super::*;
use crate::made;

fn row(nanos: i64, kind: RowKind, price: i64, quantity: i64) -> MarketRow {
    let time = UnixNanos::from_nanos(nanos);
    MarketRow { time, local_time: time, kind, price, quantity, clears: false, ends: true }
}

/// The events of markets with prices and quantities of one decimal and a tick of 0.1, in short.
fn events(markets: Vec<Vec<MarketRow>>, replay: Replay, stretch: Stretch) -> Vec<String> {
    let run = made::run(&["BTCUSDT", "ETHUSDT"]);
    let instruments: &Instruments = &run.instruments;
    let rows = markets.into_iter().map(|rows| Box::new(KeptRows::new(rows, 1, 1)) as Box<dyn MarketRows>);
    let markets = instruments.iter().zip(rows).map(|((id, instrument), rows)| (id, instrument, rows));
    let mut progress = |_| {};
    let mut feed = MarketFeed::new(markets, replay, stretch, &mut progress).unwrap();
    std::iter::from_fn(|| feed.next().unwrap()).map(|event| short(&event)).collect()
}

fn short(event: &Event) -> String {
    match event {
        Event::Tick(id, Tick { time, bid, ask, last, .. }) => {
            format!("{} {} tick {bid} {ask} {last:?}", time.as_nanos(), id.index())
        }
        Event::PublicTrade(id, PublicTrade { time, price, quantity, buyer_is_taker }) => {
            format!("{} {} {} {quantity} @ {price}", time.as_nanos(), id.index(), if *buyer_is_taker { "bought" } else { "sold" })
        }
        Event::Book(id, LevelChange { time, side, ticks, quantity, clears, ends }) => {
            let marks = format!("{}{}", if *clears { " clears" } else { "" }, if *ends { " ends" } else { "" });
            format!("{} {} {side} {quantity} @ {ticks}{marks}", time.as_nanos(), id.index())
        }
        other => panic!("{other:?}"),
    }
}

fn quote(nanos: i64, bid: i64, ask: i64) -> [MarketRow; 2] {
    [MarketRow { ends: false, ..row(nanos, RowKind::BestBid, bid, 10) }, row(nanos, RowKind::BestAsk, ask, 10)]
}

#[test]
fn a_tick_is_told_of_when_a_quote_is_complete_and_when_the_last_price_changes() {
    let mut rows = vec![row(1, RowKind::Bought, 101, 5)];
    rows.extend(quote(2, 100, 102));
    rows.extend([row(3, RowKind::Sold, 100, 5), row(3, RowKind::Sold, 100, 7), row(4, RowKind::BestBid, 99, 1)]);
    rows.push(row(5, RowKind::Bid, 98, 1));
    let expected = [
        "1 0 bought 0.5 @ 10.1",
        "2 0 tick 10 10.2 Some(10.1)",
        "3 0 sold 0.5 @ 10",
        "3 0 tick 10 10.2 Some(10.0)",
        "3 0 sold 0.7 @ 10",
        "4 0 tick 9.9 10.2 Some(10.0)",
    ];
    assert_eq!(events(vec![rows], Replay::Ticks, Stretch::default()), expected);
}

#[test]
fn where_there_are_no_quotes_the_last_price_stands_for_both_sides() {
    let rows = vec![row(1, RowKind::Bought, 101, 5), row(2, RowKind::Sold, 100, 5)];
    let expected = ["1 0 bought 0.5 @ 10.1", "1 0 tick 10.1 10.1 Some(10.1)", "2 0 sold 0.5 @ 10", "2 0 tick 10 10 Some(10.0)"];
    assert_eq!(events(vec![rows], Replay::Ticks, Stretch::default()), expected);
}

#[test]
fn several_markets_are_merged_by_time_and_then_in_their_order() {
    let markets = vec![
        vec![row(1, RowKind::Bid, 100, 1), row(3, RowKind::Bid, 99, 1), row(9, RowKind::Bid, 98, 1)],
        vec![row(2, RowKind::Ask, 50, 1), row(3, RowKind::Ask, 51, 1)],
    ];
    let expected = [
        "1 0 buy 0.1 @ 100 ends",
        "2 1 sell 0.1 @ 50 ends",
        "3 0 buy 0.1 @ 99 ends",
        "3 1 sell 0.1 @ 51 ends",
        "9 0 buy 0.1 @ 98 ends",
    ];
    assert_eq!(events(markets, Replay::Books, Stretch::default()), expected);
}

#[test]
fn markets_stay_merged_from_batch_to_batch() {
    // Some ten batches each, of different pace, with rows among them that are for nobody.
    let market = |pace: i64| {
        let kind = |index| if index % 3 == 0 { RowKind::BestBid } else { RowKind::Bid };
        (0..40_000).map(|index| row(index * pace, kind(index), 100, 1)).collect::<Vec<_>>()
    };
    let events = events(vec![market(3), market(5)], Replay::Books, Stretch::default());
    assert_eq!(events.len(), 2 * (40_000 - 13_334));
    let times: Vec<i64> = events.iter().map(|event| event.split(' ').next().unwrap().parse().unwrap()).collect();
    assert!(times.is_sorted());
}

#[test]
fn a_run_that_begins_later_is_told_of_the_book_as_it_is_by_then() {
    let rows = vec![
        MarketRow { clears: true, ends: false, ..row(1, RowKind::Bid, 100, 10) },
        row(1, RowKind::Ask, 103, 10),
        row(2, RowKind::Bid, 101, 20),
        row(3, RowKind::Ask, 103, 0),
        row(4, RowKind::Ask, 104, 30),
        row(5, RowKind::Ask, 102, 30),
        row(6, RowKind::Ask, 101, 30),
    ];
    let at = |nanos| Some(UnixNanos::from_nanos(nanos));
    let expected = ["4 0 buy 2 @ 101 clears", "4 0 buy 1 @ 100 ends", "4 0 sell 3 @ 104 ends", "5 0 sell 3 @ 102 ends"];
    assert_eq!(events(vec![rows], Replay::Books, Stretch { start: at(4), end: at(6) }), expected);
}

#[test]
fn a_price_between_two_ticks_is_an_error_with_its_time() {
    let mut run = made::run(&["BTCUSDT"]);
    let instruments = std::mem::take(&mut run.instruments);
    let (id, instrument) = instruments.iter().next().unwrap();
    let rows = Box::new(KeptRows::new(vec![row(7, RowKind::Bid, 10_005, 1)], 3, 0));
    let mut progress = |_| {};
    let markets = [(id, instrument, rows as Box<dyn MarketRows>)];
    let mut feed = MarketFeed::new(markets.into_iter(), Replay::Books, Stretch::default(), &mut progress).unwrap();
    let error = feed.next().unwrap_err().to_string();
    let expected = "memory: price `10.005` at `1970-01-01T00:00:00.000000007Z` is not a multiple of the instrument's tick 0.1";
    assert!(error.ends_with(expected), "{error}");
    assert_eq!(instrument.rules.tick_size, dec!(0.1));
}
