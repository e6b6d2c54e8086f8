//! Each rule of the gate by a worked example: a market, an expert that wants in at every bar, and what it is told.

use metaexpert_core::{
    Bar, Context, Error, InstrumentBar, LevelChange, Percent, Result, Side, Tick, Timeframe, UnixNanos,
    config::{Config, MarketType, SizeType, TrendFilter, VolatilityFilter},
    expert::HandlerEvent,
    feed::Event,
};
use rust_decimal::dec;

use crate::trial::{Ran, Trial, bar, want};

/// Bars of a minute, as (minute, low, high, close), which open at their close.
fn market(bars: &[(i64, f64, f64, f64)]) -> Vec<Event> {
    let (_, [instrument, _]) = Trial::instruments();
    let event = |(minute, low, high, close): &(i64, f64, f64, f64)| {
        let time = UnixNanos::from_seconds(minute * 60).unwrap();
        let bar = Bar { time, open: *close, high: *high, low: *low, close: *close, volume: 1.0 };
        Event::Bar { bar: InstrumentBar { instrument, bar }, more: false }
    };
    bars.iter().map(event).collect()
}

/// Bars of a minute that go from one of these closes to the next.
fn closes(closes: &[f64]) -> Vec<Event> {
    let (_, [instrument, _]) = Trial::instruments();
    let opens = closes.first().into_iter().chain(closes);
    (0..).zip(opens.zip(closes)).map(|(minute, (open, close))| bar(instrument, minute, *open, *close, false)).collect()
}

fn run(set: impl FnOnce(&mut Config), events: Vec<Event>, mut act: impl FnMut(&mut Context) -> Result<()> + 'static) -> Ran {
    let mut trial = Trial::new();
    trial.config.initial_capital = dec!(1_000_000);
    trial.wants.trades = true;
    trial.wants.bars = vec![want(None, Some(Timeframe::M1))];
    set(&mut trial.config);
    trial.run_events(events, move |event, context| if matches!(event, HandlerEvent::Bar { .. }) { act(context) } else { Ok(()) })
}

/// What each bar's wish to buy comes to: the refusal, or that it passed.
fn wishes(set: impl FnOnce(&mut Config), events: Vec<Event>, side: Side) -> Vec<String> {
    let ran = run(set, events, move |context| {
        match side {
            Side::Buy => context.buy(),
            Side::Sell => context.sell(),
        }
        .send()
        .map(drop)
    });
    let told = ran.kept.iter().map(|line| line.strip_prefix("error ").unwrap_or("passed").to_owned());
    told.collect()
}

fn check(set: impl FnOnce(&mut Config), events: Vec<Event>, expect: &[&str]) {
    assert_eq!(wishes(set, events, Side::Buy), expect);
}

fn check_short(set: impl FnOnce(&mut Config), events: Vec<Event>, expect: &[&str]) {
    assert_eq!(wishes(set, events, Side::Sell), expect);
}

const MISSING: &str = "volatility_filter: BTCUSDT: 1 of the 2 bars that it takes have closed";

#[test]
fn a_market_that_is_too_quiet_or_too_wild_is_not_entered() {
    let band = |config: &mut Config| {
        config.volatility_filter = Some(VolatilityFilter::AtrBand);
        config.volatility_period = 1;
        (config.volatility_min_pct, config.volatility_max_pct) = (Some(Percent::new(dec!(1))), Some(Percent::new(dec!(3))));
    };
    let bars = [(0, 99.0, 101.0, 100.0), (1, 99.9, 100.1, 100.0), (2, 99.0, 101.0, 100.0), (3, 98.0, 102.0, 100.0)];
    check(
        band,
        market(&bars),
        &[
            MISSING,
            "volatility_filter: BTCUSDT: the average true range is 0.2000 % of the close, which is not in 1 to 3",
            "passed",
            "volatility_filter: BTCUSDT: the average true range is 4.0000 % of the close, which is not in 1 to 3",
        ],
    );
}

#[test]
fn a_true_range_is_ranked_among_its_last_values() {
    let ranked = |config: &mut Config| {
        config.volatility_filter = Some(VolatilityFilter::AtrPercentile);
        (config.volatility_period, config.volatility_window) = (1, 3);
        config.volatility_max_rank = Some(Percent::new(dec!(50)));
    };
    let ranges = [1.0, 1.0, 2.0, 4.0, 3.0, 1.0];
    let bars: Vec<_> = (0..).zip(ranges).map(|(minute, range)| (minute, 100.0 - range, 100.0, 100.0)).collect();
    check(
        ranked,
        market(&bars),
        &[
            "volatility_filter: BTCUSDT: 1 of the 2 bars that it takes have closed",
            "volatility_filter: BTCUSDT: 2 of the 4 bars that it takes have closed",
            "volatility_filter: BTCUSDT: 3 of the 4 bars that it takes have closed",
            "volatility_filter: BTCUSDT: an average true range of 4.0000 % has rank 100.0 among the last 3, which is not at most 50",
            "passed",
            "passed",
        ],
    );
}

#[test]
fn an_entry_goes_with_the_average_or_not_at_all() {
    let averaged = |filter| move |config: &mut Config| (config.trend_filter, config.trend_period) = (Some(filter), Some(2));
    let prices = [10.0, 12.0, 11.0, 11.0];
    check(
        averaged(TrendFilter::Sma),
        closes(&prices),
        &[
            "trend_filter: BTCUSDT: 1 of the 2 bars that it takes have closed",
            "passed",
            "trend_filter: BTCUSDT: a long entry, and the close 11 is not above the sma of 2 bars, 11.5000",
            "trend_filter: BTCUSDT: a long entry, and the close 11 is not above the sma of 2 bars, 11.0000",
        ],
    );
    check_short(
        averaged(TrendFilter::Ema),
        closes(&prices),
        &[
            "trend_filter: BTCUSDT: 1 of the 2 bars that it takes have closed",
            "trend_filter: BTCUSDT: a short entry, and the close 12 is not below the ema of 2 bars, 11.3333",
            "passed",
            "passed",
        ],
    );
}

#[test]
fn an_entry_goes_with_a_strong_directional_movement_or_not_at_all() {
    let directional = |config: &mut Config| (config.trend_filter, config.trend_period) = (Some(TrendFilter::Adx), Some(1));
    let bars = [(0, 9.0, 11.0, 10.0), (1, 10.0, 12.0, 11.0), (2, 8.0, 10.0, 9.0), (3, 8.0, 10.0, 9.0)];
    check(
        directional,
        market(&bars),
        &[
            "trend_filter: BTCUSDT: 1 of the 2 bars that it takes have closed",
            "passed",
            "trend_filter: BTCUSDT: a long entry, and of 1 bars +DI 0.00 is not above -DI 66.67",
            "trend_filter: BTCUSDT: the adx of 1 bars is 0.00, the least is 25",
        ],
    );
    let expect = wishes(directional, market(&bars), Side::Sell);
    assert_eq!(expect[1], "trend_filter: BTCUSDT: a short entry, and of 1 bars +DI 50.00 is not below -DI 0.00");
    assert_eq!(expect[2], "passed");
}

#[test]
fn filters_look_at_the_experts_own_bars_of_the_orders_symbol_and_a_gap_ends_them() {
    let own = |config: &mut Config| {
        config.timeframe = Timeframe::M3;
        config.volatility_filter = Some(VolatilityFilter::AtrBand);
        config.volatility_period = 1;
        config.volatility_min_pct = Some(Percent::new(dec!(5)));
    };
    // Bars of three minutes: one of a single minute that a gap ends, then one with a range of 10.
    let bars = [
        (0, 99.0, 101.0, 100.0),
        (6, 99.0, 100.0, 100.0),
        (7, 90.0, 100.0, 100.0),
        (8, 99.0, 100.0, 100.0),
        (9, 1.0, 100.0, 100.0),
    ];
    check(
        own,
        market(&bars),
        &[
            "volatility_filter: BTCUSDT: 0 of the 2 bars that it takes have closed",
            "volatility_filter: BTCUSDT: 1 of the 2 bars that it takes have closed",
            "volatility_filter: BTCUSDT: 1 of the 2 bars that it takes have closed",
            "passed",
            "passed",
        ],
    );
    let ran = run(own, market(&bars), |context| context.buy().symbol("ETHUSDT").send().map(drop));
    assert!(ran.kept.iter().all(|line| line.contains("ETHUSDT: there is no price yet")), "{:?}", ran.kept);
}

fn tick(minute: i64, bid: f64, ask: f64) -> Event {
    let (_, [instrument, _]) = Trial::instruments();
    let time = UnixNanos::from_seconds(minute * 60).unwrap();
    Event::Tick(instrument, Tick { time, bid, bid_quantity: 1.0, ask, ask_quantity: 1.0, last: None })
}

#[test]
fn a_wide_spread_is_not_crossed_and_bars_have_none() {
    let spread = |config: &mut Config| config.max_spread_pct = Some(Percent::new(dec!(0.2)));
    let bars = market(&[(0, 99.0, 101.0, 100.0), (1, 99.0, 101.0, 100.0), (2, 99.0, 101.0, 100.0)]);
    check(spread, bars.clone(), &["passed"; 3]);
    let mut events = bars;
    events.insert(1, tick(1, 99.9, 100.1));
    events.insert(3, tick(2, 99.8, 100.2));
    check(
        spread,
        events,
        &["passed", "passed", "max_spread_pct: BTCUSDT: the spread from 99.8 to 100.2 is 0.4 %, the limit is 0.2 %"],
    );
}

#[test]
fn the_spread_is_that_of_the_order_book_where_there_is_one() {
    let (_, [instrument, _]) = Trial::instruments();
    let level = |minute: i64, side, ticks, quantity| {
        let time = UnixNanos::from_seconds(minute * 60).unwrap();
        Event::Book(instrument, LevelChange { time, side, ticks, quantity, clears: false, ends: true })
    };
    let mut events = market(&[(0, 99.0, 101.0, 100.0), (1, 99.0, 101.0, 100.0), (2, 99.0, 101.0, 100.0)]);
    events.insert(1, level(1, Side::Buy, 1000, 5.0));
    events.insert(3, level(2, Side::Sell, 1001, 5.0));
    check(
        |config| config.max_spread_pct = Some(Percent::new(dec!(0.2))),
        events,
        &["passed", "max_spread_pct: BTCUSDT: one side of the book is empty, and the limit is 0.2 %", "passed"],
    );
}

#[test]
fn hours_days_and_volume_keep_entries_out() {
    let bars = market(&[(58, 99.0, 101.0, 100.0), (59, 99.0, 101.0, 100.0)]);
    let hours = |config: &mut Config| config.trade_hours = metaexpert_core::config::KeyValue::parse("0").ok();
    check(hours, bars.clone(), &["passed", "trade_hours: BTCUSDT: hour 1 (UTC) is not one of 0"]);
    // 1970 began on a Thursday.
    let days = |config: &mut Config| config.allowed_days = metaexpert_core::config::KeyValue::parse("mon-wed").ok();
    check(days, bars[..1].to_vec(), &["allowed_days: BTCUSDT: thu is not one of mon,tue,wed"]);
    let volume = |config: &mut Config| config.min_volume = Some(dec!(1.5));
    check(volume, bars[..1].to_vec(), &["min_volume: BTCUSDT: the last bar's volume 1 is below 1.5"]);
}

#[test]
fn after_stops_in_a_row_entries_wait_for_as_many_bars() {
    let guarded = |config: &mut Config| {
        (config.stop_guard_count, config.stop_guard_bars) = (Some(2), Some(2));
        config.stop_loss_pct = Some(Percent::new(dec!(5)));
    };
    // Bought at the next open, stopped out in that bar: in the bars of minute 1 and 2.
    let falls = |minute| (minute, 90.0, 100.0, 100.0);
    let bars = [(0, 100.0, 100.0, 100.0), falls(1), falls(2), falls(3), falls(4), falls(5)];
    let until = "stop_guard_count: BTCUSDT: 2 protective stops within 2 bars; entries pass again at 1970-01-01T00:05:00Z";
    check(guarded, market(&bars), &["passed", "passed", until, until, "passed", "passed"]);
    // Two stops that are further apart than that are none of its business.
    let bars = [(0, 100.0, 100.0, 100.0), falls(1), (2, 100.0, 100.0, 100.0), falls(3), (4, 100.0, 100.0, 100.0)];
    let mut bar = 0;
    let ran = run(guarded, market(&bars), move |context| {
        bar += 1;
        if bar % 2 == 1 { context.buy().send().map(drop) } else { Ok(()) }
    });
    assert_eq!(ran.kept, ["append buy 1"; 3]);
}

#[test]
fn a_symbol_rests_after_it_was_closed() {
    let rested = |config: &mut Config| config.cooldown_bars = Some(1);
    let bars: Vec<_> = (0..6).map(|minute| (minute, 100.0, 100.0, 100.0)).collect();
    let mut bar = 0;
    let ran = run(rested, market(&bars), move |context| {
        bar += 1;
        if bar == 2 {
            context.close_long()?;
        }
        context.buy().send().map(drop)
    });
    let cooldown = |until| {
        format!(
            "error cooldown_bars: BTCUSDT: it was closed at 1970-01-01T00:02:00Z; 1 whole bars after that bar have ended at {until}"
        )
    };
    // The close is sent when the second bar has closed, and fills in the third; the fourth is the bar of rest.
    let refused = cooldown("1970-01-01T00:04:00Z");
    assert_eq!(ran.kept, ["append buy 1", "append sell 1", &refused, &refused, "append buy 1", "append buy 1", "append buy 1"]);
}

#[test]
fn a_sudden_move_pauses_entries() {
    let broken = |config: &mut Config| {
        (config.circuit_breaker_pct, config.circuit_breaker_minutes) = (Some(Percent::new(dec!(5))), Some(2));
    };
    let bars = [
        (0, 100.0, 100.0, 100.0),
        (1, 100.0, 105.0, 105.0),
        (2, 105.0, 105.0, 105.0),
        (3, 105.0, 105.0, 105.0),
        (4, 103.0, 103.0, 103.0),
        (5, 101.0, 101.0, 101.0),
    ];
    let refused = "circuit_breaker_pct: BTCUSDT: prices from 100 to 105 within 2 minutes, and a move of 5 % is the limit; \
                   entries pass again at 1970-01-01T00:04:00Z";
    check(broken, market(&bars), &["passed", refused, refused, "passed", "passed", "passed"]);
}

#[test]
fn orders_of_a_minute_are_counted_and_closing_always_passes() {
    let paced = |config: &mut Config| config.max_orders_per_minute = Some(2);
    let bars: Vec<_> = (0..2).map(|minute| (minute, 100.0, 100.0, 100.0)).collect();
    let mut bar = 0;
    let ran = run(paced, market(&bars), move |context| {
        bar += 1;
        let ask = |context: &mut Context| context.buy().send().map(drop).or_else(gate_told_already);
        if bar == 1 {
            return ask(context).and_then(|()| ask(context)).and_then(|()| ask(context));
        }
        ask(context)?;
        ask(context)?;
        context.close_long()?;
        ask(context)
    });
    let refused = "error max_orders_per_minute: BTCUSDT: 2 orders have passed in the last 60 seconds, which is the limit";
    assert_eq!(ran.kept, ["append buy 1", "append buy 1", refused, "append buy 1", "append buy 1", "append sell 2", refused]);
}

fn gate_told_already(error: Error) -> Result<()> {
    if matches!(error, Error::Risk(_)) { Ok(()) } else { Err(error) }
}

#[test]
fn an_order_and_a_position_have_a_largest_value() {
    let bars: Vec<_> = (0..3).map(|minute| (minute, 100.0, 100.0, 100.0)).collect();
    let order = |config: &mut Config| config.max_order_notional = Some(dec!(99));
    check(order, market(&bars[..1]), &["max_order_notional: BTCUSDT: an order of 100, the limit is 99"]);
    let position = |config: &mut Config| config.max_position_size_quote = Some(dec!(200));
    let refused = "max_position_size_quote: BTCUSDT: the long position would be worth 300, the limit is 200";
    check(position, market(&bars), &["passed", "passed", refused]);
    let legs = |config: &mut Config| config.max_open_positions = Some(0);
    check(legs, market(&bars[..1]), &["max_open_positions: BTCUSDT: 0 positions are open or ordered, the limit is 0"]);
    let entries = |config: &mut Config| config.max_positions_per_symbol = Some(1);
    let refused = "max_positions_per_symbol: BTCUSDT: 1 entries are open or ordered, the limit is 1";
    check(entries, market(&bars), &["passed", refused, refused]);
}

#[test]
fn the_first_rule_that_refuses_has_the_last_word() {
    let all = |config: &mut Config| {
        config.cooldown_bars = Some(1);
        config.min_volume = Some(dec!(2));
        config.trend_filter = Some(TrendFilter::Sma);
        config.max_order_notional = Some(dec!(1));
    };
    let refused = "min_volume: BTCUSDT: the last bar's volume 1 is below 2";
    check(all, market(&[(0, 100.0, 100.0, 100.0)]), &[refused]);
}

#[test]
fn a_computed_size_shrinks_where_the_market_is_wilder_than_its_target() {
    let scaled = |config: &mut Config| {
        (config.volatility_target_pct, config.volatility_period) = (Some(Percent::new(dec!(1))), 1);
        (config.size_type, config.size_value) = (Some(SizeType::FixedQuote), Some(dec!(1000)));
    };
    let bars = [(0, 99.0, 101.0, 100.0), (1, 100.0, 104.0, 100.0), (2, 100.0, 100.5, 100.0), (3, 100.0, 103.0, 100.0)];
    let ran = run(scaled, market(&bars), |context| {
        context.buy().quantity(2.0).send()?;
        context.buy().send().map(drop)
    });
    let missing = "error volatility_target_pct: BTCUSDT: 1 of the 2 bars that it takes have closed";
    assert_eq!(
        ran.kept,
        [
            "append buy 2",
            missing,
            "append buy 2",
            "append buy 2.5",
            "append buy 2",
            "append buy 10",
            "append buy 2",
            "append buy 3.333"
        ]
    );
}

#[test]
fn what_only_reduces_passes_whatever_is_on() {
    let closed = |config: &mut Config| {
        config.market_type = MarketType::Futures;
        (config.circuit_breaker_pct, config.circuit_breaker_minutes) = (Some(Percent::new(dec!(5))), Some(60));
        config.trend_filter = None;
    };
    let bars = [(0, 100.0, 100.0, 100.0), (1, 50.0, 100.0, 100.0), (2, 100.0, 100.0, 100.0)];
    let ran = run(closed, market(&bars), |context| {
        if context.is_long() { context.close_all().map(drop) } else { context.buy().send().map(drop) }
    });
    assert_eq!(ran.kept.first().map(String::as_str), Some("append buy 1"));
    assert_eq!(ran.kept.get(1).map(String::as_str), Some("append sell 1"));
    assert!(ran.kept.get(2).is_some_and(|line| line.starts_with("error circuit_breaker_pct")), "{:?}", ran.kept);
}
