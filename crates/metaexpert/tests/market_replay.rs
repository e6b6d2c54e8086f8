//! A backtest on ticks and on order books, from a file to the report: who is called with what, what an event costs in allocations,
//! and what is refused.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong should stop there")]

use std::{cell::RefCell, path::Path, sync::Arc};

use metaexpert::{
    core::{
        Currency, Instrument, InstrumentKind, InstrumentRules, Percent, Symbol, UnixNanos,
        config::Config,
        expert::{InputValues, experts},
    },
    prelude::*,
};
use metaexpert_core::log::ExpertLog;
use metaexpert_data::{KeptRows, MarketFile, MarketRow, MarketRows, MarketWriter, RowKind};
use metaexpert_tester::{Backtest, BacktestError, Models, Report, Run};

thread_local! {
    /// What the scribe has heard, in order.
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note(text: String) {
    HEARD.with_borrow_mut(|heard| heard.push(text));
}

/// Writes down what it hears.
mod scribe {
    use super::*;

    #[on_init(strategy_id = 1)]
    pub(crate) fn init() {}

    #[on_tick]
    fn tick(ctx: &Context, tick: &Tick) {
        note(format!("tick {} {} {:?}, price {:?}", tick.bid, tick.ask, tick.last, ctx.price()));
    }

    #[on_public_trade]
    fn print(trade: &PublicTrade) {
        note(format!("print {} @ {}", trade.quantity, trade.price));
    }

    #[on_book]
    fn book(ctx: &Context, book: &Book) {
        let levels =
            |side: Vec<Level>| side.iter().map(|level| format!("{}@{}", level.quantity, level.price)).collect::<Vec<_>>();
        note(format!("book {:?} {:?}, price {:?}", levels(book.bids().collect()), levels(book.asks().collect()), ctx.price()));
    }

    #[on_bar]
    fn bar(ctx: &Context, bar: &Bar) {
        note(format!("bar {} {} {} {} {} at {}", bar.open, bar.high, bar.low, bar.close, bar.volume, ctx.now()));
    }
}

/// Looks at everything and does nothing.
mod watcher {
    use super::*;

    pub(crate) struct Watcher(f64);

    #[on_init(strategy_id = 2)]
    pub(crate) fn init() -> Watcher {
        Watcher(0.0)
    }

    #[on_tick]
    fn tick(state: &mut Watcher, ctx: &Context, tick: &Tick) {
        state.0 += tick.bid;
        assert!(ctx.is_flat() && ctx.price().is_some());
    }

    #[on_public_trade]
    fn print(state: &mut Watcher, trade: &PublicTrade) {
        state.0 += trade.price;
    }

    #[on_book]
    fn book(state: &mut Watcher, book: &Book) {
        state.0 += book.bids().take(5).map(|level| level.quantity).sum::<f64>();
    }

    #[on_bar]
    fn bar(state: &mut Watcher, bar: &Bar) {
        state.0 += bar.close;
    }
}

/// Midnight of 2024-01-01, and some milliseconds.
fn at(millis: i64) -> UnixNanos {
    UnixNanos::parse("2024-01-01").unwrap().saturating_add_nanos(millis * 1_000_000)
}

/// A row with a price and a quantity of one decimal, that is the whole message.
fn row(millis: i64, kind: RowKind, price: i64, quantity: i64) -> MarketRow {
    MarketRow { time: at(millis), local_time: at(millis), kind, price, quantity, clears: false, ends: true }
}

fn instrument() -> Instrument {
    let quote = Currency::new("USDT");
    Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        base: Currency::new("BTC"),
        settlement: quote.clone(),
        quote,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(5),
            contract_size: dec!(1),
            maintenance_margin: Percent::new(dec!(0.4)),
        },
        brackets: Arc::default(),
    }
}

fn replay(expert: &str, fill_model: FillModel, rows: Box<dyn MarketRows>) -> Result<Run, BacktestError> {
    let experts = experts().unwrap();
    let program = experts.iter().find(|entry| entry.name() == expert).unwrap().instantiate(InputValues::new()).unwrap();
    let backtest = Backtest {
        log: ExpertLog::silent(),
        expert: expert.to_owned(),
        config: Config { fill_model, timeframe: Timeframe::M1, ..Config::default() },
        shown_config: Vec::new(),
        shown_inputs: Vec::new(),
        detail: Vec::new(),
        funding: Vec::new(),
        series: Vec::new(),
        models: Models::default(),
        taker_fee: Percent::new(dec!(0.05)),
        maker_fee: Percent::new(dec!(0.02)),
        notes: Vec::new(),
    };
    backtest.replay(vec![(instrument(), rows)], program, &mut |_| {})
}

/// Two minutes of a market.
fn two_minutes() -> Vec<MarketRow> {
    vec![
        MarketRow { clears: true, ends: false, ..row(0, RowKind::Bid, 1000, 30) },
        row(0, RowKind::Ask, 1003, 20),
        MarketRow { ends: false, ..row(1, RowKind::BestBid, 1000, 30) },
        row(1, RowKind::BestAsk, 1003, 20),
        row(30_000, RowKind::Bought, 1003, 5),
        row(30_001, RowKind::Ask, 1002, 7),
        row(59_999, RowKind::Sold, 1000, 10),
        row(60_000, RowKind::Bought, 1005, 2),
        row(61_000, RowKind::Bid, 1001, 0),
    ]
}

fn heard(model: FillModel) -> Vec<String> {
    let run = replay("scribe", model, Box::new(KeptRows::new(two_minutes(), 1, 1))).unwrap();
    assert_eq!(run.series.iter().map(|(_, series)| series.bars.len()).sum::<usize>(), 2, "a line for each minute");
    HEARD.take()
}

#[test]
fn on_ticks_handlers_hear_quotes_prints_and_the_bars_that_prints_make() {
    let expected = [
        "tick 100 100.3 None, price Some(100.15)",
        "print 0.5 @ 100.3",
        "tick 100 100.3 Some(100.3), price Some(100.3)",
        "print 1 @ 100",
        "tick 100 100.3 Some(100.0), price Some(100.0)",
        "bar 100.3 100.3 100 100 1.5 at 2024-01-01T00:01:00Z",
        "print 0.2 @ 100.5",
        "tick 100 100.3 Some(100.5), price Some(100.5)",
    ];
    assert_eq!(heard(FillModel::Ticks), expected);
}

#[test]
fn on_books_handlers_hear_of_each_message_and_of_the_quotes_beside_it() {
    let heard = heard(FillModel::Book);
    let books: Vec<_> = heard.iter().filter(|text| text.starts_with("book")).collect();
    let expected = [
        r#"book ["3@100"] ["2@100.3"], price Some(100.15)"#,
        r#"book ["3@100"] ["0.7@100.2", "2@100.3"], price Some(100.1)"#,
        r#"book ["3@100"] ["0.7@100.2", "2@100.3"], price Some(100.1)"#,
    ];
    assert_eq!(books, expected);
    let ticks = heard.iter().filter(|text| text.starts_with("tick")).count();
    let bars = heard.iter().filter(|text| text.starts_with("bar")).count();
    assert_eq!((ticks, bars), (4, 1));
}

/// So many rows of every kind, within one minute. Levels come and go in a band of 40 ticks.
fn busy(count: i64) -> KeptRows {
    let rows = (0..count).map(|index| {
        let (kind, price, quantity) = match index % 5 {
            0 => (RowKind::Bid, 1000 - index * 7 % 40, index % 3),
            1 => (RowKind::Ask, 1001 + index * 7 % 40, index % 3),
            2 => (RowKind::BestBid, 1000 - index % 2, 1 + index % 7),
            3 => (RowKind::BestAsk, 1001 + index % 2, 1 + index % 7),
            _ => (RowKind::Bought, 1000 + index % 3, 1),
        };
        MarketRow { clears: index == 0, ..row(index * 50_000 / count, kind, price, quantity) }
    });
    KeptRows::new(rows.collect(), 1, 1)
}

/// Allocations of one run over so many rows.
fn allocations(model: FillModel, count: i64) -> u64 {
    let rows = Box::new(busy(count));
    let mut ended = false;
    let counted = allocation_counter::measure(|| ended = replay("watcher", model, rows).is_ok());
    assert!(ended);
    counted.count_total
}

#[test]
fn a_tick_and_a_change_of_a_book_allocate_nothing() {
    for model in [FillModel::Ticks, FillModel::Book] {
        let (few, many) = (allocations(model, 10_000), allocations(model, 100_000));
        assert_eq!(few, many, "{model}: allocations of ten thousand rows and of ten times as many");
    }
}

fn write(path: &Path, rows: &[MarketRow]) {
    let mut writer = MarketWriter::create(path, 1, 1).unwrap();
    for row in rows {
        writer.push(*row).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn the_memory_of_a_run_over_a_file_does_not_grow_with_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let most = |count: i64| {
        let path = directory.path().join(format!("{count}.parquet"));
        write(&path, busy(count).rows());
        let file = Box::new(MarketFile::open(&path).unwrap());
        let mut ended = false;
        let counted = allocation_counter::measure(|| ended = replay("watcher", FillModel::Book, file).is_ok());
        assert!(ended);
        counted.bytes_max
    };
    // Both have more than one row group, and so the buffers that a day would have.
    let (few, many) = (most(300_000), most(900_000));
    assert!(many < few + few / 10, "{few} bytes for 300,000 rows, {many} for three times as many");
}

#[test]
fn a_file_and_memory_give_the_same_report() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("market.parquet");
    write(&path, &two_minutes());
    let of_file = replay("watcher", FillModel::Book, Box::new(MarketFile::open(&path).unwrap())).unwrap();
    let of_memory = replay("watcher", FillModel::Book, Box::new(KeptRows::new(two_minutes(), 1, 1))).unwrap();
    assert_eq!(Report::of(&of_file).summary, Report::of(&of_memory).summary);
}

#[test]
fn a_row_out_of_its_time_ends_the_run_with_file_and_row() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("market.parquet");
    let mut rows = two_minutes();
    rows.swap(4, 6);
    write(&path, &rows);
    let run = MarketFile::open(&path).map(|file| replay("watcher", FillModel::Ticks, Box::new(file)).unwrap_err().to_string());
    let expected = "market.parquet: row 6: time: `2024-01-01T00:00:30.001Z` is before `2024-01-01T00:00:59.999Z`, the time of the row before it";
    assert!(run.as_ref().unwrap().ends_with(expected), "{run:?}");
}
