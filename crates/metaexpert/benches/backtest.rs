//! How fast a backtest is: the whole way of a bar, from the feed over venue, marks and dispatcher to an annotated handler,
//! and the way of an order back. Run with `cargo bench -p metaexpert --bench backtest`.

#![expect(clippy::unwrap_used, reason = "a benchmark that goes wrong should stop there")]

use std::sync::Arc;

use divan::{Bencher, counter::ItemsCount};
use metaexpert::{
    core::{
        Currency, Instrument, InstrumentKind, InstrumentRules, Percent, Symbol, Timeframe,
        config::{Config, SizeType},
        expert::{InputValues, experts},
    },
    prelude::*,
};
use metaexpert_core::log::ExpertLog;
use metaexpert_data::{BarSeries, Source};
use metaexpert_tester::{Backtest, Models, Report};

fn main() {
    divan::main();
}

/// The crossover of the example, and an expert that sends an order at each bar.
mod crossover {
    use super::*;

    pub(crate) struct Crossover {
        fast: Ema,
        slow: Ema,
        above: Option<bool>,
    }

    #[on_init(strategy_id = 1)]
    pub(crate) fn init() -> Result<Crossover> {
        Ok(Crossover { fast: Ema::new(20)?, slow: Ema::new(60)?, above: None })
    }

    #[on_bar]
    fn bar(state: &mut Crossover, ctx: &mut Context, bar: &Bar) -> Result<()> {
        let difference = state.fast.next(bar.close) - state.slow.next(bar.close);
        let above = difference > 0.0;
        let crossed = state.above.replace(above).is_some_and(|before| before != above);
        if crossed && state.slow.is_ready() {
            if above {
                ctx.close_short()?;
                ctx.buy().send()?;
            } else {
                ctx.close_long()?;
                ctx.sell().send()?;
            }
        }
        Ok(())
    }
}

mod eager {
    use super::*;

    #[on_init(strategy_id = 2)]
    pub(crate) fn init() {}

    #[on_bar]
    fn bar(ctx: &mut Context) -> Result<()> {
        if ctx.is_flat() {
            ctx.buy().send()?;
        } else {
            ctx.close_all()?;
        }
        Ok(())
    }
}

fn bars(count: usize) -> Arc<BarSeries> {
    let source = Source::parse(&format!("synthetic:seed=7,bars={count},timeframe=1m")).unwrap();
    Arc::new(source.load(Timeframe::M1).unwrap())
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

fn config() -> Config {
    Config {
        exchange: "binance".to_owned(),
        timeframe: Timeframe::M1,
        size_type: Some(SizeType::FixedBase),
        size_value: Some(dec!(0.01)),
        initial_capital: dec!(1_000_000),
        ..Config::default()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "for fields that are optional")]
fn percent(value: Decimal) -> Option<Percent> {
    Some(Percent::new(value))
}

/// Runs an expert over bars; the number of executions.
fn run(expert: &str, config: &Config, bars: &Arc<BarSeries>) -> u64 {
    let experts = experts().unwrap();
    let entry = experts.iter().find(|entry| entry.name() == expert).unwrap();
    let backtest = Backtest {
        log: ExpertLog::silent(),
        expert: expert.to_owned(),
        config: config.clone(),
        shown_config: Vec::new(),
        shown_inputs: Vec::new(),
        series: vec![(instrument(), Arc::clone(bars))],
        funding: Vec::new(),
        detail: Vec::new(),
        models: Models::default(),
        taker_fee: Percent::new(dec!(0.05)),
        maker_fee: Percent::new(dec!(0.02)),
        notes: Vec::new(),
    };
    let run = backtest.run(entry.instantiate(InputValues::new()).unwrap(), &mut |_| {}).unwrap();
    Report::of(&run).summary.trades
}

fn measure(bencher: Bencher<'_, '_>, expert: &str, config: &Config, bars: &Arc<BarSeries>) {
    bencher.counter(ItemsCount::new(bars.bars.len())).bench_local(|| run(expert, config, bars));
}

const YEAR: usize = 525_600;

/// Items are bars; summary and metrics included.
#[divan::bench_group(sample_count = 20)]
mod ema_cross {
    use super::*;

    #[divan::bench]
    fn without_stops(bencher: Bencher<'_, '_>) {
        measure(bencher, "crossover", &config(), &bars(YEAR));
    }

    #[divan::bench]
    fn with_stop_loss_and_take_profit(bencher: Bencher<'_, '_>) {
        let config = Config { stop_loss_pct: percent(dec!(1)), take_profit_pct: percent(dec!(2)), ..config() };
        measure(bencher, "crossover", &config, &bars(YEAR));
    }

    #[divan::bench]
    fn with_every_stop_and_limit(bencher: Bencher<'_, '_>) {
        let config = Config {
            stop_loss_pct: percent(dec!(1)),
            take_profit_pct: percent(dec!(2)),
            trailing_stop_pct: percent(dec!(1)),
            breakeven_pct: percent(dec!(0.5)),
            slippage_pct: Percent::new(dec!(0.01)),
            max_drawdown_pct: percent(dec!(99)),
            daily_loss_limit: Some(dec!(500_000)),
            max_position_size_quote: Some(dec!(100_000)),
            max_open_positions: Some(10),
            ..config()
        };
        measure(bencher, "crossover", &config, &bars(YEAR));
    }
}

/// Items are bars, and each bar has an order: ten times the orders take ten times the time.
#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3)]
fn an_order_at_each_bar(bencher: Bencher<'_, '_>, orders: usize) {
    let bars = bars(orders);
    measure(bencher, "eager", &config(), &bars);
}
