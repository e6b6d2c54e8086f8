//! What a report costs over a year of 1-minute bars, and what a summary costs each pass of an optimisation.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::{collections::BTreeMap, io, sync::Arc};

use divan::{Bencher, counter::ItemsCount};
use metaexpert_core::{
    Bar, ClientOrderId, Currency, Instrument, InstrumentKind, InstrumentRules, Instruments, Liquidity, Money, Percent,
    PositionSide, Price, Quantity, Reason, Side, Symbol, Timeframe, Trade, TradeId, UnixNanos,
};
use metaexpert_data::BarSeries;
use metaexpert_tester::{EquityCurve, Report, ReportFile, Run, round_trips, summary_of};
use rust_decimal::{Decimal, dec};

const YEAR_OF_MINUTES: usize = 525_600;

/// Counts allocations too: a curve makes a few, whatever the number of bars.
#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

/// A random walk in ticks of 0.1 and a position that is always open: turned every `bars_per_trip` bars, long and short by turns.
fn run(timeframe: Timeframe, bars: usize, bars_per_trip: usize) -> Run {
    let symbol = Symbol::new("BTCUSDT").expect("a symbol");
    let usdt = Currency::new("USDT");
    let mut instruments = Instruments::default();
    let rules = InstrumentRules {
        tick_size: dec!(0.1),
        lot_size: dec!(0.001),
        min_notional: dec!(5),
        contract_size: dec!(1),
        maintenance_margin: Percent::ZERO,
    };
    let base = Currency::new("BTC");
    let id = instruments.add(Instrument {
        symbol: symbol.clone(),
        base,
        quote: usdt.clone(),
        settlement: usdt.clone(),
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules,
        brackets: Arc::default(),
    });
    let start = UnixNanos::parse("2023-01-01").expect("a date");
    let (mut ticks, mut seed) = (400_000_i64, 88_172_645_463_325_252_u64);
    let mut series = Vec::with_capacity(bars);
    for bar in 0..bars {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        ticks = (ticks + i64::try_from(seed % 401).expect("small") - 200).max(1000);
        #[expect(clippy::cast_precision_loss, reason = "prices are small")]
        let close = ticks as f64 / 10.0;
        let time = start.saturating_add_nanos(timeframe.nanos() * i64::try_from(bar).expect("small"));
        series.push(Bar { time, open: close, high: close, low: close, close, volume: 1.0 });
    }
    let mut trades = Vec::new();
    for (trip, bar) in (0..bars - bars_per_trip).step_by(bars_per_trip).enumerate() {
        let leg = if trip % 2 == 0 { PositionSide::Long } else { PositionSide::Short };
        for (side, bar) in [(leg.opening_side(), bar), (leg.closing_side(), bar + bars_per_trip)] {
            let (time, price) = series.get(bar).map(|bar| (bar.time, bar.open)).expect("a bar");
            trades.push(trade(&symbol, id, &usdt, (side, leg), time, price, trades.len()));
        }
    }
    let source = "a random walk".to_owned();
    let series = BarSeries {
        timeframe,
        bars: series,
        source,
        synthetic: true,
        gaps: Vec::new(),
        price_step: dec!(0.1),
        volume_step: dec!(1),
    };
    Run {
        expert: "bench".into(),
        timeframe,
        symbol,
        instruments,
        series: vec![(id, Arc::new(series))],
        config: Vec::new(),
        inputs: Vec::new(),
        initial_capital: dec!(100_000),
        currency: usdt,
        trades,
        fundings: Vec::new(),
        charges: Vec::new(),
        orders: 0,
        rejected: BTreeMap::new(),
        errors: 0,
        criterion: None,
        notes: Vec::new(),
    }
}

fn trade(
    symbol: &Symbol,
    instrument: metaexpert_core::InstrumentId,
    currency: &Currency,
    (side, position_side): (Side, PositionSide),
    time: UnixNanos,
    price: f64,
    sequence: usize,
) -> Trade {
    let price = metaexpert_core::rounding::decimal_of(price).expect("a price");
    let quantity = dec!(0.123);
    let sequence = u64::try_from(sequence).expect("small");
    let fee: Decimal = price * quantity * dec!(0.0005);
    Trade {
        id: TradeId::from(sequence),
        time,
        instrument,
        symbol: symbol.clone(),
        order: Some(ClientOrderId { strategy: 1, run: 1, sequence }),
        side,
        position_side,
        price: Price::new(price).expect("positive"),
        quantity: Quantity::new(quantity).expect("positive"),
        fee: Money::new(fee, currency.clone()),
        liquidity: Liquidity::Taker,
        reason: Reason::Signal,
    }
}

/// The curve of a year of minutes: bars between two turns of the position.
#[divan::bench(args = [100_000, 500, 50, 5])]
fn curve(bencher: Bencher<'_, '_>, bars_per_trip: usize) {
    let run = run(Timeframe::M1, YEAR_OF_MINUTES, bars_per_trip);
    bencher.counter(ItemsCount::new(YEAR_OF_MINUTES)).bench(|| EquityCurve::of(&run));
}

/// The curve of two symbols, whose lines interleave: this way looks at each line.
#[divan::bench]
fn curve_of_two_symbols(bencher: Bencher<'_, '_>) {
    let mut run = run(Timeframe::M1, YEAR_OF_MINUTES, 50);
    let mut other = run.instruments.get(run.series.first().expect("a series").0).clone();
    other.symbol = Symbol::new("ETHUSDT").expect("a symbol");
    let bars = Arc::clone(&run.series.first().expect("a series").1);
    let id = run.instruments.add(other);
    run.series.push((id, bars));
    bencher.counter(ItemsCount::new(2 * YEAR_OF_MINUTES)).bench(|| EquityCurve::of(&run));
}

/// One pass of an optimisation over a year of hours.
#[divan::bench(args = [500, 50, 5])]
fn summary_of_a_year_of_hours(bencher: Bencher<'_, '_>, bars_per_trip: usize) {
    let run = run(Timeframe::H1, 8_760, bars_per_trip);
    bencher.counter(ItemsCount::new(8_760_usize)).bench(|| summary_of(&run));
}

#[divan::bench]
fn round_trips_of_210_000_executions(bencher: Bencher<'_, '_>) {
    let run = run(Timeframe::M1, YEAR_OF_MINUTES, 5);
    bencher.counter(ItemsCount::new(run.trades.len())).bench(|| round_trips(&run));
}

#[divan::bench]
fn summary_of_210_000_executions(bencher: Bencher<'_, '_>) {
    let run = run(Timeframe::M1, YEAR_OF_MINUTES, 5);
    bencher.counter(ItemsCount::new(run.trades.len())).bench(|| summary_of(&run));
}

/// The equity file of a year of minutes, into nothing.
#[divan::bench]
fn equity_file(bencher: Bencher<'_, '_>) {
    let run = run(Timeframe::M1, YEAR_OF_MINUTES, 50);
    let report = Report::of(&run);
    bencher.counter(ItemsCount::new(YEAR_OF_MINUTES)).bench(|| report.write(ReportFile::Equity, &mut io::sink()));
}

/// The file of 210,000 executions, into nothing.
#[divan::bench]
fn trades_file(bencher: Bencher<'_, '_>) {
    let run = run(Timeframe::M1, YEAR_OF_MINUTES, 5);
    let report = Report::of(&run);
    bencher.counter(ItemsCount::new(run.trades.len())).bench(|| report.write(ReportFile::Trades, &mut io::sink()));
}
