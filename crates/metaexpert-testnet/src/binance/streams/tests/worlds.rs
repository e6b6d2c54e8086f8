//! A world that moves by itself, heard over sockets: what clients keep of it is what it is.

use std::collections::BTreeMap;

use metaexpert_core::{Side, UnixNanos};
use rust_decimal::Decimal;

use crate::{
    binance::{ListingSetup, listings, streams::Streams},
    listing::Class,
    market::{Markets, PriceSources},
    protocol::{Message, Moment, Outbox, SocketId},
    world::{World, WorldSetup},
};

const STEP: i64 = 100_000_000;

/// Lets a world pass so many steps of the exchange, each of `speed` times 100 ms of its own, and returns what each socket was sent.
fn run(streams: &[(&str, &str)], steps: i64, speed: i64) -> (World, Vec<Vec<serde_json::Value>>) {
    let start = UnixNanos::parse("2026-11-20T00:00:00Z").unwrap();
    let setup = ListingSetup { symbols: vec!["BTCUSDT".into()], ..ListingSetup::default() };
    let sources = PriceSources::default().with_history(3_600_000_000_000);
    let markets = Markets::new(listings(&setup, start).unwrap(), &sources, start, 7).unwrap();
    let mut world = World::new(WorldSetup { markets, start, accounts: Vec::new() });
    let (mut hall, mut out) = (Streams::new(), Outbox::default());
    let at = |step: i64| Moment {
        clock: start.saturating_add_nanos(step * STEP),
        market: start.saturating_add_nanos(step * STEP * speed),
    };
    for (number, (host, path)) in (0..).zip(streams) {
        hall.connect(SocketId(number), host, path, "", &world, at(0), &mut out).unwrap();
    }
    for step in 1..=steps {
        world.advance(at(step).market);
        world.pace();
        let news = world.take_news();
        hall.tell(&world, &news, at(step), &mut out);
    }
    let mut heard = vec![Vec::new(); streams.len()];
    for (socket, message) in out.take() {
        if let Message::Text(_, text) = message {
            heard[usize::try_from(socket.0).unwrap()].push(serde_json::from_str(text.as_str()).unwrap());
        }
    }
    (world, heard)
}

fn numbers(heard: &[serde_json::Value], field: &str) -> Vec<u64> {
    heard.iter().map(|message| message[field].as_u64().unwrap()).collect()
}

fn is_gapless(numbers: &[u64]) -> bool {
    numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

#[test]
fn no_trade_is_lost_and_none_is_told_twice() {
    let streams = [
        ("stream.binance.com", "/ws/btcusdt@trade"),
        ("stream.binance.com", "/ws/btcusdt@aggTrade"),
        ("fstream.binance.com", "/public/ws/btcusdt@trade"),
        ("fstream.binance.com", "/market/ws/btcusdt@aggTrade"),
    ];
    let (_, heard) = run(&streams, 600, 1);
    for (place, field) in [(0, "t"), (1, "a"), (2, "t"), (3, "a")] {
        let numbers = numbers(&heard[place], field);
        assert!(numbers.len() > 10 && is_gapless(&numbers), "{:?}: {numbers:?}", streams[place]);
    }
    // Each aggregated trade is made of the trades between its numbers, so together they are all trades.
    for place in [1, 3] {
        let ends: Vec<(u64, u64)> = numbers(&heard[place], "f").into_iter().zip(numbers(&heard[place], "l")).collect();
        assert!(ends.windows(2).all(|pair| pair[1].0 == pair[0].1 + 1), "{ends:?}");
    }
}

#[test]
fn a_book_that_is_kept_from_changes_ends_as_the_market_s() {
    let streams = [("stream.binance.com", "/ws/btcusdt@depth@100ms"), ("stream.binance.com", "/ws/btcusdt@depth20@100ms")];
    let (world, heard) = run(&streams, 600, 1);
    let (first, last) = (numbers(&heard[0], "U"), numbers(&heard[0], "u"));
    assert!(last.len() > 10 && first.iter().skip(1).zip(&last).all(|(first, last)| *first == last + 1), "{first:?} {last:?}");
    let market = world.markets().get(world.markets().find(Class::Spot, "BTCUSDT").unwrap());
    assert_eq!(last.last(), Some(&market.update_id()));
    let mut bids: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    let pair = |level: &serde_json::Value| -> (Decimal, Decimal) {
        (level[0].as_str().unwrap().parse().unwrap(), level[1].as_str().unwrap().parse().unwrap())
    };
    // As clients do: the first snapshot, then every change after it.
    bids.extend(heard[1][0]["bids"].as_array().unwrap().iter().map(pair));
    let since = heard[1][0]["lastUpdateId"].as_u64().unwrap();
    for message in heard[0].iter().filter(|message| message["u"].as_u64().unwrap() > since) {
        for (price, quantity) in message["b"].as_array().unwrap().iter().map(pair) {
            if quantity.is_zero() {
                bids.remove(&price)
            } else {
                bids.insert(price, quantity)
            };
        }
    }
    let kept: Vec<(Decimal, Decimal)> = bids.into_iter().rev().take(5).collect();
    assert_eq!(kept, market.levels(Side::Buy, 5));
}

#[test]
fn every_bar_is_told_to_its_end_however_fast_time_passes() {
    for speed in [60, 3_600] {
        let (_, heard) = run(&[("fstream.binance.com", "/market/ws/btcusdt@kline_1m")], 100, speed);
        let is_closed = |message: &&serde_json::Value| message["k"]["x"].as_bool().unwrap();
        let closed: Vec<i64> = heard[0].iter().filter(is_closed).map(|message| message["k"]["t"].as_i64().unwrap()).collect();
        assert!(closed.len() > 5 && closed.windows(2).all(|pair| pair[1] == pair[0] + 60_000), "at {speed}: {closed:?}");
    }
}
