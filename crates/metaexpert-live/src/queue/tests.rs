//! What waits, what is superseded, and what never is.

use std::thread;

use metaexpert_core::{InstrumentId, LevelChange, PublicTrade, Side, Tick};
use proptest::prelude::*;

use super::*;
use crate::market::testing::ids;

fn at(nanos: i64) -> UnixNanos {
    UnixNanos::from_nanos(nanos)
}

fn quote(instrument: InstrumentId, time: i64) -> Event {
    let tick = Tick { time: at(time), bid: 1.0, bid_quantity: 1.0, ask: 2.0, ask_quantity: 1.0, last: None };
    Event::Tick(instrument, tick)
}

fn print(instrument: InstrumentId, time: i64) -> Event {
    Event::PublicTrade(instrument, PublicTrade { time: at(time), price: 1.0, quantity: 1.0, buyer_is_taker: true })
}

fn mark(instrument: InstrumentId, time: i64) -> Event {
    Event::Mark(instrument, at(time), rust_decimal::Decimal::ONE)
}

fn index(instrument: InstrumentId, time: i64) -> Event {
    Event::Index(instrument, at(time), rust_decimal::Decimal::ONE)
}

fn level(instrument: InstrumentId, time: i64) -> Event {
    let change = LevelChange { time: at(time), side: Side::Buy, ticks: 1, quantity: 1.0, clears: false, ends: true };
    Event::Book(instrument, change)
}

/// All that waits, at once.
fn out(outlet: &mut Outlet) -> Vec<Event> {
    let next = || match outlet.next(Duration::ZERO) {
        Out::Event(event, _) => Some(event),
        Out::Quiet | Out::Ended => None,
    };
    std::iter::from_fn(next).collect()
}

#[test]
fn what_went_in_comes_out_in_its_order() {
    let (inlet, mut outlet) = queue("trend", 10);
    let [btc, eth] = ids();
    let events = [quote(btc, 1), print(eth, 2), quote(btc, 3), Event::Present];
    for event in events.clone() {
        inlet.tell(event);
    }
    assert_eq!(out(&mut outlet), events);
    assert_eq!(inlet.missed(), Missed::NOTHING, "there was room");
}

#[test]
fn where_there_is_no_room_a_quote_supersedes_the_one_before_it_and_stands_at_the_end() {
    let (inlet, mut outlet) = queue("trend", 3);
    let [btc, eth] = ids();
    for event in [quote(btc, 1), quote(eth, 2), print(btc, 3), quote(btc, 4), print(eth, 5), quote(btc, 6)] {
        inlet.market(event, at(0));
    }
    assert_eq!(out(&mut outlet), [quote(eth, 2), print(btc, 3), print(eth, 5), quote(btc, 6)]);
    assert_eq!((inlet.missed().quotes, inlet.missed().quotes), (2, 0), "each is counted once");
}

#[test]
fn a_queue_that_nobody_empties_does_not_grow_by_quotes() {
    let (inlet, outlet) = queue("trend", 8);
    let [btc, eth] = ids();
    for time in 0..100_000 {
        inlet.market(quote(if time % 3 == 0 { btc } else { eth }, time), at(0));
    }
    let (taken, places) = (outlet.waiting(), inlet.shared.waiting.lock().places());
    assert!(taken <= 10 && places <= 20, "{taken} events in {places} places");
}

#[test]
fn mark_and_index_prices_are_superseded_each_by_its_own() {
    let (inlet, mut outlet) = queue("trend", 2);
    let [btc, eth] = ids();
    for event in [mark(btc, 1), index(btc, 2), mark(eth, 3), quote(btc, 4), mark(btc, 5), index(btc, 6), mark(btc, 7)] {
        inlet.market(event, at(0));
    }
    assert_eq!(out(&mut outlet), [mark(eth, 3), quote(btc, 4), index(btc, 6), mark(btc, 7)]);
    assert_eq!(inlet.missed(), Missed { marks: 3, ..Missed::NOTHING });
}

#[test]
fn prints_that_an_expert_does_not_take_are_bounded_and_what_becomes_of_orders_is_not_dropped() {
    let (inlet, mut outlet) = queue("trend", 8);
    let [btc, _] = ids();
    let most = i64::try_from(MOST).unwrap();
    for time in 0..most + 1_000 {
        inlet.market(print(btc, time), at(0));
    }
    assert_eq!(outlet.waiting(), MOST);
    assert_eq!(inlet.missed(), Missed { prints: 1_000, ..Missed::NOTHING });
    inlet.tell(Event::Stop);
    let told = out(&mut outlet);
    assert_eq!((told.first(), told.last()), (Some(&print(btc, 0)), Some(&Event::Stop)));
    inlet.market(print(btc, 1), at(0));
    assert_eq!(out(&mut outlet), [print(btc, 1)], "there is room again");
}

#[test]
fn an_end_comes_behind_what_waits() {
    let (inlet, mut outlet) = queue("trend", 2);
    inlet.tell(Event::Stop);
    inlet.end();
    assert!(matches!(outlet.next(Duration::ZERO), Out::Event(Event::Stop, None)));
    assert!(matches!(outlet.next(Duration::from_secs(100)), Out::Ended));
}

#[test]
fn nothing_waits_for_an_expert_that_is_gone() {
    let (inlet, outlet) = queue("trend", 2);
    inlet.tell(Event::Stop);
    drop(outlet);
    assert!(inlet.is_left());
    inlet.tell(Event::Present);
    assert!(inlet.shared.waiting.lock().is_empty());
}

#[test]
fn a_sleeping_consumer_is_woken_by_each_of_many_producers() {
    let (inlet, mut outlet) = queue("trend", 4);
    let [btc, _] = ids();
    let producers: Vec<_> = (0..4)
        .map(|producer| {
            let inlet = inlet.clone();
            thread::spawn(move || (0..5_000).for_each(|time| inlet.market(print(btc, producer * 5_000 + time), at(0))))
        })
        .collect();
    let ending = thread::spawn(move || {
        for producer in producers {
            producer.join().unwrap();
        }
        inlet.end();
    });
    let mut last = [-1; 4];
    let mut heard = 0;
    loop {
        match outlet.next(Duration::from_mins(1)) {
            Out::Event(Event::PublicTrade(_, trade), _) => {
                let time = trade.time.as_nanos();
                let last = &mut last[usize::try_from(time / 5_000).unwrap()];
                assert!(*last < time, "of each producer in its order");
                *last = time;
                heard += 1;
            }
            Out::Ended => break,
            other => panic!("{other:?}"),
        }
    }
    ending.join().unwrap();
    assert_eq!(heard, 20_000);
}

proptest! {
    #[test]
    fn only_prices_are_dropped_and_the_last_of_each_instrument_never(
        steps in prop::collection::vec((0..6_u8, 0..2_usize), 0..300), room in 0..20_usize,
    ) {
        let (inlet, mut outlet) = queue("trend", room);
        let ids = ids();
        let (mut told, mut heard) = (Vec::new(), Vec::new());
        for (time, (kind, instrument)) in (0..).zip(steps) {
            let event = match kind {
                0 => print(ids[instrument], time),
                1 => level(ids[instrument], time),
                2 => quote(ids[instrument], time),
                3 => mark(ids[instrument], time),
                4 => index(ids[instrument], time),
                _ => {
                    if let Out::Event(event, _) = outlet.next(Duration::ZERO) {
                        heard.push(event);
                    }
                    continue;
                }
            };
            told.push(event.clone());
            inlet.market(event, at(0));
        }
        heard.extend(out(&mut outlet));
        let mut rest = told.iter();
        prop_assert!(heard.iter().all(|event| rest.any(|told| told == event)), "in the order in which they came");
        let is_price = |event: &Event| matches!(event, Event::Tick(..) | Event::Mark(..) | Event::Index(..));
        let others = |events: &[Event]| events.iter().filter(|event| !is_price(event)).count();
        prop_assert_eq!(others(&told), others(&heard));
        for id in ids {
            for is_of in [
                |event: &Event, id: InstrumentId| matches!(event, Event::Tick(of, _) if *of == id),
                |event: &Event, id: InstrumentId| matches!(event, Event::Mark(of, ..) if *of == id),
                |event: &Event, id: InstrumentId| matches!(event, Event::Index(of, ..) if *of == id),
            ] {
                let last = |events: &[Event]| events.iter().rfind(|event| is_of(event, id)).cloned();
                prop_assert_eq!(last(&told), last(&heard));
            }
        }
        let Missed { quotes, marks, prints } = inlet.missed();
        prop_assert_eq!((told.len() - heard.len(), prints), (usize::try_from(quotes + marks).unwrap(), 0));
    }
}
