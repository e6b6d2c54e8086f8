//! How fast a backtest on ticks and on order books is: the whole way of an event, from the feed over the venue, the account and the
//! dispatcher to an annotated handler that is called at each tick, print or message. Rows are in memory, or come from the project's own
//! file. They are six recorded minutes of BTCUSDT perpetuals, which lie beside the repository; without them there is nothing to measure.
//! Run with `cargo bench -p metaexpert --bench market`.

#![expect(clippy::unwrap_used, reason = "a benchmark that goes wrong should stop there")]
#![expect(clippy::print_stdout, reason = "says what was skipped")]

use std::{path::PathBuf, sync::Arc};

use divan::{Bencher, counter::ItemsCount};
use metaexpert::{
    core::{
        Currency, Instrument, InstrumentKind, InstrumentRules, Percent, Symbol,
        config::Config,
        expert::{InputValues, experts},
    },
    prelude::*,
};
use metaexpert_core::log::ExpertLog;
use metaexpert_data::{KeptRows, MarketFile, MarketInfo, MarketRows, convert};
use metaexpert_tester::{Backtest, Models};

fn main() {
    divan::main();
}

/// Looks at each tick and each print.
mod ticks {
    use super::*;

    pub(crate) struct Seen {
        spread: f64,
        bought: f64,
    }

    #[on_init(strategy_id = 1)]
    pub(crate) fn init() -> Seen {
        Seen { spread: 0.0, bought: 0.0 }
    }

    #[on_tick]
    fn tick(state: &mut Seen, ctx: &Context, tick: &Tick) {
        if ctx.is_flat() {
            state.spread += tick.ask - tick.bid;
        }
    }

    #[on_public_trade]
    fn print(state: &mut Seen, trade: &PublicTrade) {
        state.bought += if trade.buyer_is_taker { trade.quantity } else { -trade.quantity };
    }
}

/// Looks at the best levels after each message.
mod books {
    use super::*;

    pub(crate) struct Seen(f64);

    #[on_init(strategy_id = 2)]
    pub(crate) fn init() -> Seen {
        Seen(0.0)
    }

    #[on_book]
    fn book(state: &mut Seen, ctx: &Context, book: &Book) {
        if let (Some(bid), Some(ask), true) = (book.best_bid(), book.best_ask(), ctx.is_flat()) {
            state.0 += bid.quantity - ask.quantity;
        }
    }
}

fn recorded() -> Option<(tempfile::TempDir, PathBuf)> {
    let shared = std::env::var_os("METAEXPERT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let recording = shared.join("market-data/binance-usdm-btcusdt-2024-08-08.raw.gz");
    if !recording.exists() {
        println!("skipped: there is no {}", recording.display());
        return None;
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("market.parquet");
    convert(&recording, &file).unwrap();
    Some((directory, file))
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

fn run(expert: &str, fill_model: FillModel, rows: Box<dyn MarketRows>) {
    let experts = experts().unwrap();
    let program = experts.iter().find(|entry| entry.name() == expert).unwrap().instantiate(InputValues::new()).unwrap();
    let backtest = Backtest {
        log: ExpertLog::silent(),
        expert: expert.to_owned(),
        config: Config { fill_model, ..Config::default() },
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
    backtest.replay(vec![(instrument(), rows)], program, &mut |_| {}).unwrap();
}

/// Runs over rows in memory, and over a file; items are what `items` counts.
fn measure(bencher: Bencher<'_, '_>, expert: &str, model: FillModel, from_file: bool, items: fn(&MarketInfo) -> u64) {
    let Some((_directory, file)) = recorded() else { return };
    let rows = KeptRows::from_source(MarketFile::open(&file).unwrap()).unwrap();
    let bencher = bencher.counter(ItemsCount::new(items(rows.info())));
    if from_file {
        bencher.bench_local(|| run(expert, model, Box::new(MarketFile::open(&file).unwrap())));
    } else {
        // Only what the run is about, so that rows that are passed over do not count.
        let wanted = |row: &metaexpert_data::MarketRow| (model == FillModel::Book) == row.kind.is_level();
        let (price_scale, quantity_scale) = (rows.info().price_scale, rows.info().quantity_scale);
        let rows = KeptRows::new(rows.rows().iter().copied().filter(wanted).collect(), price_scale, quantity_scale);
        bencher.bench_local(|| run(expert, model, Box::new(rows.clone())));
    }
}

/// Items are quotes and prints.
#[divan::bench(args = [false, true], sample_count = 40)]
fn a_handler_at_each_tick(bencher: Bencher<'_, '_>, from_file: bool) {
    measure(bencher, "ticks", FillModel::Ticks, from_file, |info| info.quotes + info.prints);
}

/// Items are changes of levels.
#[divan::bench(args = [false, true], sample_count = 40)]
fn a_handler_at_each_message_of_a_book(bencher: Bencher<'_, '_>, from_file: bool) {
    measure(bencher, "books", FillModel::Book, from_file, |info| info.levels);
}
