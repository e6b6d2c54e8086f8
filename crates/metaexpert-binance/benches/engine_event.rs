//! How long it takes from a frame, as it lies in memory, to the event that the engine gets: read, named, numbered, told. Run with
//! `cargo bench -p metaexpert-binance --bench engine_event`. Medians are what the design's numbers speak of.

#![expect(clippy::unwrap_used, reason = "a benchmark that goes wrong should stop there")]

use std::sync::Arc;

use divan::{Bencher, black_box};
use metaexpert_binance::{Product, book_rules::book_rule, stream};
use metaexpert_connect::{BookSync, EngineEvents, Report, book_sync::Step, report::DepthReport};
use metaexpert_core::{
    Currency, Instrument, InstrumentKind, InstrumentRules, Instruments, LevelChange, Percent, Symbol, UnixNanos, feed::Event,
};
use rust_decimal::dec;

fn main() {
    divan::main();
}

const NOW: UnixNanos = UnixNanos::from_nanos(1_790_000_000_000_000_000);

/// Thirty instruments, one of which is spoken of.
fn events() -> EngineEvents {
    let mut instruments = Instruments::default();
    let quote = Currency::new("USDT");
    let names: Vec<String> = (0..29).map(|number| format!("COIN{number}USDT")).chain(["BTCUSDT".to_owned()]).collect();
    let ids: Vec<_> = names
        .iter()
        .map(|name| {
            instruments.add(Instrument {
                symbol: Symbol::new(name).unwrap(),
                base: Currency::new("X"),
                settlement: quote.clone(),
                quote: quote.clone(),
                kind: InstrumentKind::LINEAR_PERPETUAL,
                rules: InstrumentRules {
                    tick_size: dec!(0.1),
                    lot_size: dec!(0.001),
                    min_notional: dec!(5),
                    contract_size: dec!(1),
                    maintenance_margin: Percent::ZERO,
                },
                brackets: Arc::default(),
            })
        })
        .collect();
    EngineEvents::new(names.iter().map(String::as_str).zip(ids))
}

fn bench_event(bencher: Bencher<'_, '_>, frame: &str) {
    let mut events = events();
    bencher.bench_local(|| {
        let mut last: Option<Event> = None;
        stream::read_into(Product::UsdM, black_box(frame.as_bytes()), &mut |report| last = events.event_of(&report, NOW))
            .unwrap();
        assert!(last.is_some());
        last
    });
}

#[divan::bench]
fn book_ticker(bencher: Bencher<'_, '_>) {
    bench_event(
        bencher,
        r#"{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":5128843201,"s":"BTCUSDT","b":"61234.50","B":"12.345","a":"61234.60","A":"0.871","T":1790000000001,"E":1790000000003}}"#,
    );
}

#[divan::bench]
fn aggregate_trade(bencher: Bencher<'_, '_>) {
    bench_event(
        bencher,
        r#"{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1790000000003,"s":"BTCUSDT","a":2412345,"p":"61234.50","q":"0.125","f":100,"l":105,"T":1790000000001,"m":true}}"#,
    );
}

#[divan::bench]
fn closed_bar(bencher: Bencher<'_, '_>) {
    bench_event(
        bencher,
        r#"{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1790000040003,"s":"BTCUSDT","k":{"t":1789999980000,"T":1790000039999,"s":"BTCUSDT","i":"1m","f":100,"L":200,"o":"61200.0","c":"61234.5","h":"61250.0","l":"61190.1","v":"125.3","n":100,"x":true,"q":"7670000.1","V":"60.1","Q":"3680000.5","B":"0"}}}"#,
    );
}

/// A change of twenty levels a side, through the synchronised book to the engine's changes of levels.
#[divan::bench]
fn depth_of_twenty_levels(bencher: Bencher<'_, '_>) {
    let levels = |from: f64, step: f64| {
        let level = |number: u32| format!(r#"["{:.2}","{}.5"]"#, from + step * f64::from(number), number + 1);
        (0..20).map(level).collect::<Vec<_>>().join(",")
    };
    let (bids, asks) = (levels(61_234.5, -0.1), levels(61_234.6, 0.1));
    let frame = |first: u64, last: u64, previous: u64| {
        format!(
            r#"{{"e":"depthUpdate","E":1790000000003,"T":1790000000001,"s":"BTCUSDT","U":{first},"u":{last},"pu":{previous},"b":[{bids}],"a":[{asks}]}}"#
        )
    };
    let frames: Vec<String> = (0..4_096_u64).map(|number| frame(number * 10 + 11, number * 10 + 20, number * 10 + 10)).collect();
    bencher.with_inputs(|| (live(), Vec::with_capacity(64), 0_usize)).bench_local_refs(|(book, changes, number)| {
        changes.clear();
        let text = frames.get(*number % frames.len()).unwrap();
        *number += 1;
        stream::read_into(Product::UsdM, black_box(text.as_bytes()), &mut |report| {
            if let Report::Depth(depth) = report {
                assert_eq!(book.take(&depth, NOW, changes), Step::Applied);
            }
        })
        .unwrap();
        changes.len()
    });
}

/// A book that has just been built.
fn live() -> BookSync {
    let mut book = BookSync::new(book_rule(Product::UsdM), dec!(0.1));
    let mut changes: Vec<LevelChange> = Vec::new();
    let snapshot = DepthReport {
        symbol: None,
        time: Some(NOW),
        is_snapshot: true,
        first: None,
        last: 10,
        previous: None,
        bids: Vec::new(),
        asks: Vec::new(),
    };
    assert!(matches!(book.take(&snapshot, NOW, &mut changes), Step::Rebuilt | Step::Applied));
    book
}
