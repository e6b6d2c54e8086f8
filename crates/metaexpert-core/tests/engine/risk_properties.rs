//! Random strategies that try everything in random markets under random limits, against a second reading of the rules.
//!
//! The second reading is slow and remembers everything: it goes through all bars, trades and orders again for each wish. It says
//! which rule refuses first, so a wish that slips past a rule is found as well as one that is refused for nothing.

mod second_reading;

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use metaexpert_core::{
    Bar, Context, Error, InstrumentBar, Percent, PositionSide, Result, Side, Tick, Timeframe, UnixNanos,
    config::{Config, HourSet, TrendFilter, VolatilityFilter},
    expert::HandlerEvent,
    feed::Event,
};
use proptest::{collection::vec, option, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use rust_decimal::{Decimal, dec};
use second_reading::{Happened, Limits, SecondReading};

use crate::trial::{Trial, want};

/// One bar, and what comes before it.
#[derive(Debug, Clone)]
struct Step {
    /// Minutes without a bar.
    gap: i64,
    /// Change of the price, and how far the bar goes beyond it, in tenths.
    change: i64,
    above: i64,
    below: i64,
    volume: u8,
    /// Best prices in the middle of the bar: half their distance, in tenths.
    half_spread: Option<i64>,
    /// What the strategy wishes for when it has closed.
    wishes: Vec<Wish>,
}

#[derive(Debug, Clone, Copy)]
enum Wish {
    Enter(Side, u8),
    Close(PositionSide),
}

fn any_step() -> impl Strategy<Value = Step> {
    let gap = prop_oneof![9 => Just(0_i64), 1 => 1_i64..5];
    let change = prop_oneof![8 => -6_i64..=6, 1 => -80_i64..=80, 1 => Just(0)];
    let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
    let leg = prop_oneof![Just(PositionSide::Long), Just(PositionSide::Short)];
    let wish = prop_oneof![4 => (side, 1_u8..5).prop_map(|(side, lots)| Wish::Enter(side, lots)), 1 => leg.prop_map(Wish::Close)];
    (gap, change, 0_i64..8, 0_i64..8, 0_u8..6, option::weighted(0.4, 1_i64..4), vec(wish, 0..4)).prop_map(
        |(gap, change, above, below, volume, half_spread, wishes)| Step {
            gap,
            change,
            above,
            below,
            volume,
            half_spread,
            wishes,
        },
    )
}

fn any_percent(tenths: std::ops::Range<i64>) -> impl Strategy<Value = Percent> {
    tenths.prop_map(|tenths| Percent::new(Decimal::new(tenths, 1)))
}

/// Some of the limits, each so near that it is met now and then.
fn any_config() -> impl Strategy<Value = Config> {
    let guards = (
        option::weighted(0.3, (1_u32..4, 1_u32..20)),
        option::weighted(0.3, 1_u32..6),
        option::weighted(0.3, (any_percent(10..60), 1_u32..8)),
        option::weighted(0.2, any_percent(2..20)),
        option::weighted(0.2, (0_u8..20).prop_map(|hour| HourSet::parse(&format!("{hour}-{}", hour + 3)).unwrap())),
    );
    let volatility = (
        option::weighted(0.4, prop_oneof![Just(VolatilityFilter::AtrBand), Just(VolatilityFilter::AtrPercentile)]),
        1_usize..6,
        2_usize..8,
        any_percent(1..8),
        any_percent(300..1000),
    );
    let trend = option::weighted(0.4, prop_oneof![Just(TrendFilter::Ema), Just(TrendFilter::Sma), Just(TrendFilter::Adx)]);
    let sizes = (
        option::weighted(0.3, 1_u32..4),
        option::weighted(0.2, 1_u32..3),
        option::weighted(0.2, 1_u32..6),
        option::weighted(0.2, 2_i64..14),
        option::weighted(0.2, 1_i64..5),
    );
    let timeframe = prop_oneof![2 => Just(Timeframe::M1), 1 => Just(Timeframe::M3)];
    (guards, volatility, (trend, 1_usize..7), sizes, (timeframe, option::weighted(0.2, 1_i64..4), any_percent(5..30))).prop_map(
        |(guards, volatility, (trend_filter, trend_period), sizes, (timeframe, min_volume, stop))| {
            let (stop_guard, cooldown_bars, breaker, max_spread_pct, trade_hours) = guards;
            let (volatility_filter, volatility_period, volatility_window, least, rank) = volatility;
            let (max_orders_per_minute, max_open_positions, max_positions_per_symbol, position, order) = sizes;
            Config {
                timeframe,
                initial_capital: dec!(1_000_000),
                stop_loss_pct: Some(stop),
                stop_guard_count: stop_guard.map(|(count, _)| count),
                stop_guard_bars: stop_guard.map(|(_, bars)| bars),
                cooldown_bars,
                circuit_breaker_pct: breaker.map(|(limit, _)| limit),
                circuit_breaker_minutes: breaker.map(|(_, minutes)| minutes),
                max_spread_pct,
                trade_hours,
                volatility_filter,
                volatility_period,
                volatility_window,
                volatility_min_pct: Some(least),
                volatility_max_rank: Some(rank),
                trend_filter,
                trend_period: Some(trend_period),
                trend_min_adx: dec!(20),
                min_volume: min_volume.map(Decimal::from),
                max_orders_per_minute,
                max_open_positions,
                max_positions_per_symbol,
                max_position_size_quote: position.map(|lots| Decimal::from(lots * 100)),
                max_order_notional: order.map(|lots| Decimal::from(lots * 100)),
                ..Trial::new().config
            }
        },
    )
}

/// The market as the feed tells it, and as the second reading looks at it. Prices are whole tenths.
fn market(steps: &[Step]) -> Vec<Event> {
    let (_, [instrument, _]) = Trial::instruments();
    let float = |tenths: i64| f64::from(i32::try_from(tenths).unwrap()) / 10.0;
    let (mut minute, mut close, mut events) = (0, 1_000_i64, Vec::new());
    for step in steps {
        minute += step.gap;
        let (open, next) = (close, (close + step.change).max(100));
        let (high, low) = (open.max(next) + step.above, (open.min(next) - step.below).max(10));
        if let Some(half) = step.half_spread {
            // Ticks come when the last bar has closed, so that a bar is never told of before what is in it.
            let time = UnixNanos::from_seconds(minute * 60).unwrap();
            let (bid, ask) = (float(open - half), float(open + half));
            events.push(Event::Tick(instrument, Tick { time, bid, bid_quantity: 1.0, ask, ask_quantity: 1.0, last: None }));
        }
        let time = UnixNanos::from_seconds(minute * 60).unwrap();
        let bar = Bar {
            time,
            open: float(open),
            high: float(high),
            low: float(low),
            close: float(next),
            volume: f64::from(step.volume),
        };
        events.push(Event::Bar { bar: InstrumentBar { instrument, bar }, more: false });
        (minute, close) = (minute + 1, next);
    }
    events
}

/// Runs the strategy and writes down what it wished for and what came of it.
fn live(config: Config, steps: &[Step], events: Vec<Event>) -> (Vec<Happened>, Vec<String>) {
    let mut trial = Trial::new();
    trial.config = config;
    trial.wants.trades = true;
    trial.wants.bars = vec![want(None, Some(Timeframe::M1))];
    let diary = Rc::new(RefCell::new(Vec::new()));
    let writes = Rc::clone(&diary);
    let mut wishes = steps.iter().map(|step| step.wishes.clone()).collect::<Vec<_>>().into_iter();
    let ran = trial.run_events(events, move |event, context| {
        match event {
            HandlerEvent::Bar { .. } => {
                writes.borrow_mut().push(Happened::Closed(context.now()));
                for wish in wishes.next().unwrap() {
                    let happened = wished(context, wish)?;
                    writes.borrow_mut().extend(happened);
                }
            }
            HandlerEvent::Trade(trade) => writes.borrow_mut().push(Happened::Traded((*trade).clone())),
            _ => {}
        }
        Ok(())
    });
    ran.ended.unwrap();
    (diary.take(), ran.kept)
}

fn wished(context: &mut Context, wish: Wish) -> Result<Option<Happened>> {
    Ok(match wish {
        Wish::Close(leg) => {
            let sent = match leg {
                PositionSide::Long => context.close_long()?,
                PositionSide::Short => context.close_short()?,
            };
            sent.map(|_| Happened::Left(leg))
        }
        Wish::Enter(side, lots) => {
            let builder = match side {
                Side::Buy => context.buy(),
                Side::Sell => context.sell(),
            };
            let refused_by = match builder.quantity(Decimal::from(lots)).send() {
                Ok(_) => None,
                Err(Error::Risk(refusal)) => Some(refusal.rule()),
                Err(error) => return Err(error),
            };
            Some(Happened::Wished { side, quantity: Decimal::from(lots), refused_by })
        }
    })
}

fn check(config: &Config, steps: &[Step]) -> std::result::Result<(), TestCaseError> {
    let events = market(steps);
    let (diary, kept) = live(config.clone(), steps, events.clone());
    let limits = Limits::of(config);
    let mut reading = SecondReading::new(&limits, events);
    let (mut passed, mut refused) = (0, 0);
    for happened in &diary {
        match happened {
            Happened::Wished { refused_by, .. } if refused_by.is_some() => refused += 1,
            Happened::Wished { .. } | Happened::Left(_) => passed += 1,
            Happened::Closed(_) | Happened::Traded(_) => {}
        }
        if let Err(difference) = reading.read(happened) {
            return Err(TestCaseError::fail(difference));
        }
    }
    // Every order is in the journal, every refusal too, and nothing else is.
    let appended = kept.iter().filter(|line| line.starts_with("append")).count();
    prop_assert_eq!((appended, kept.len() - appended), (passed, refused));
    Ok(())
}

proptest! {
    #[test]
    fn no_entry_gets_past_a_rule_that_the_bars_and_trades_forbid_and_none_is_refused_for_nothing(
        config in any_config(),
        steps in vec(any_step(), 1..60),
    ) {
        check(&config, &steps)?;
    }
}

/// The property above says nothing of a rule that these markets never meet.
#[test]
fn the_random_markets_meet_every_rule() {
    let mut runner = TestRunner::deterministic();
    let mut met = BTreeSet::new();
    for _ in 0..200 {
        let (config, steps) = (any_config(), vec(any_step(), 1..60)).new_tree(&mut runner).unwrap().current();
        let (diary, _) = live(config, &steps, market(&steps));
        let rules = diary.iter().filter_map(|happened| match happened {
            Happened::Wished { refused_by, .. } => *refused_by,
            Happened::Closed(_) | Happened::Left(_) | Happened::Traded(_) => None,
        });
        met.extend(rules);
    }
    let asked: Vec<_> = metaexpert_core::risk::RULES.iter().map(|rule| rule.name).collect();
    let elsewhere =
        ["warmup", "kill_switch", "halted", "paused", "allowed_days", "margin", "max_quantity", "price_collar_pct", "leverage"];
    let elsewhere = elsewhere.into_iter().chain(["tick_size", "lot_size", "min_notional"]).collect::<BTreeSet<_>>();
    let expected: BTreeSet<_> = asked.into_iter().filter(|name| !elsewhere.contains(name)).collect();
    assert_eq!(met, expected);
}
