//! What a bar and an order cost, counted in allocations: nothing for a bar, and for an order the same however many there were
//! before it. (Times are measured by `benches/backtest.rs` and never asserted.)

#![expect(clippy::unwrap_used, reason = "a test that goes wrong should stop there")]

use std::sync::Arc;

use metaexpert::{
    core::{
        Currency, Instrument, InstrumentKind, InstrumentRules, Percent, Symbol, Timeframe,
        config::{Config, SizeType, TrendFilter, VolatilityFilter},
        expert::{InputValues, experts},
    },
    prelude::*,
};
use metaexpert_core::log::ExpertLog;
use metaexpert_data::{BarSeries, Source};
use metaexpert_tester::{Backtest, Models};

/// Looks at everything and does nothing.
mod watcher {
    use super::*;

    pub(crate) struct Watcher(Ema);

    #[on_init(strategy_id = 1, lookback_bars = 50)]
    pub(crate) fn init() -> Result<Watcher> {
        Ok(Watcher(Ema::new(20)?))
    }

    #[on_bar]
    fn bar(state: &mut Watcher, ctx: &Context, bar: &Bar) {
        state.0.next(bar.close);
        assert!(ctx.bars(50).last() == Some(bar) && ctx.is_flat());
    }

    #[on_bar(timeframe = "4h")]
    fn longer(ctx: &Context, bar: &Bar) {
        assert!(ctx.bars(1) == [*bar]);
    }
}

/// Buys at one bar and closes at the next, with every kind of protection.
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

/// Allocations of one backtest, and the orders that it sent.
fn allocations(expert: &str, count: usize) -> (u64, u64) {
    allocations_with(expert, count, |_| {})
}

/// The same, with other limits.
fn allocations_with(expert: &str, count: usize, set: impl FnOnce(&mut Config)) -> (u64, u64) {
    let quote = Currency::new("USDT");
    let rules = InstrumentRules {
        tick_size: dec!(0.1),
        lot_size: dec!(0.001),
        min_notional: dec!(5),
        contract_size: dec!(1),
        maintenance_margin: Percent::new(dec!(0.4)),
    };
    let symbol = Symbol::new("BTCUSDT").unwrap();
    let percent = |value| Some(Percent::new(value));
    let mut config = Config {
        timeframe: Timeframe::M1,
        size_type: Some(SizeType::FixedBase),
        size_value: Some(dec!(0.001)),
        initial_capital: dec!(1_000_000),
        stop_loss_pct: percent(dec!(1)),
        take_profit_pct: percent(dec!(2)),
        trailing_stop_pct: percent(dec!(1)),
        max_drawdown_pct: percent(dec!(99)),
        lookback_bars: 50,
        ..Config::default()
    };
    set(&mut config);
    let backtest = Backtest {
        log: ExpertLog::silent(),
        expert: expert.to_owned(),
        config,
        shown_config: Vec::new(),
        shown_inputs: Vec::new(),
        series: vec![(
            Instrument {
                symbol,
                base: Currency::new("BTC"),
                settlement: quote.clone(),
                quote,
                kind: InstrumentKind::LINEAR_PERPETUAL,
                rules,
                brackets: Arc::default(),
            },
            bars(count),
        )],
        funding: Vec::new(),
        detail: Vec::new(),
        models: Models::default(),
        taker_fee: Percent::new(dec!(0.05)),
        maker_fee: Percent::new(dec!(0.02)),
        notes: Vec::new(),
    };
    let experts = experts().unwrap();
    let program = experts.iter().find(|entry| entry.name() == expert).unwrap().instantiate(InputValues::new()).unwrap();
    let mut orders = 0;
    let counted = allocation_counter::measure(|| orders = backtest.run(program, &mut |_| {}).unwrap().orders);
    (counted.count_total, orders)
}

#[test]
fn a_bar_allocates_nothing() {
    let (few, _) = allocations("watcher", 1_000);
    let (many, _) = allocations("watcher", 100_000);
    assert_eq!(few, many, "allocations of 1,000 bars and of 100,000 bars");
}

/// Every filter and guard, none of which refuses anything for long.
fn guarded(config: &mut Config) {
    let percent = |value| Some(Percent::new(value));
    config.volatility_filter = Some(VolatilityFilter::AtrPercentile);
    (config.volatility_max_rank, config.volatility_target_pct) = (percent(dec!(99)), percent(dec!(90)));
    (config.trend_filter, config.trend_period) = (Some(TrendFilter::Sma), Some(2));
    (config.circuit_breaker_pct, config.circuit_breaker_minutes) = (percent(dec!(90)), Some(5));
    (config.stop_guard_count, config.stop_guard_bars) = (Some(100), Some(1));
    (config.cooldown_bars, config.max_orders_per_minute) = (Some(1), Some(100));
    (config.max_order_notional, config.price_collar_pct) = (Some(dec!(1_000_000)), percent(dec!(50)));
}

#[test]
fn a_bar_allocates_nothing_under_every_filter_either() {
    let (few, _) = allocations_with("watcher", 1_000, guarded);
    let (many, _) = allocations_with("watcher", 100_000, guarded);
    assert_eq!(few, many, "allocations of 1,000 bars and of 100,000 bars");
}

#[test]
fn an_order_that_passes_allocates_no_more_under_every_filter_than_under_none() {
    let cheap = |config: &mut Config| {
        guarded(config);
        // What refuses is told of, and that allocates: nothing may.
        (config.trend_filter, config.volatility_filter, config.volatility_target_pct) = (None, None, None);
        config.cooldown_bars = None;
    };
    let (with, orders) = allocations_with("eager", 2_000, cheap);
    let (without, same_orders) = allocations("eager", 2_000);
    assert_eq!(orders, same_orders);
    // The guards' own memory, taken once at the start.
    assert!(with <= without + 10, "{with} with guards, {without} without, for {orders} orders");
}

#[test]
fn an_order_costs_the_same_after_many_as_after_few() {
    let (few, few_orders) = allocations("eager", 2_000);
    let (many, many_orders) = allocations("eager", 20_000);
    assert!(few_orders > 1_000 && many_orders > 9 * few_orders, "{few_orders} {many_orders}");
    // Growing vectors allocate with the logarithm of their length; nothing else may grow.
    let (later, later_orders) = (many - few, many_orders - few_orders);
    assert!(later * few_orders <= few * later_orders, "{few} for {few_orders} orders, then {later} for {later_orders}");
}
