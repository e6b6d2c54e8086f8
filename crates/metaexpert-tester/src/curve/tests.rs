//! The curve against a plain and exact loop over every bar.

use std::{collections::BTreeSet, fmt::Write};

use metaexpert_core::{Timeframe, rounding::float_of};
use metaexpert_data::BarSeries;
use proptest::prelude::*;
use rust_decimal::{RoundingStrategy, dec};

use super::{arithmetic::Integers, *};
use crate::{Report, ReportFile, made, run::closing_time};

/// A line, computed from nothing but the rules: which executions count, and what is held then.
#[derive(Debug)]
struct Line {
    time: UnixNanos,
    equity: Decimal,
    balance: Decimal,
}

/// Everything by the book, for each line anew.
fn by_the_book(run: &Run) -> Vec<Line> {
    let times: BTreeSet<UnixNanos> =
        run.series.iter().flat_map(|(_, series)| series.bars.iter().map(|bar| closing_time(series, bar.time))).collect();
    times.iter().map(|time| line(run, *time, Some(time) == times.last())).collect()
}

fn line(run: &Run, time: UnixNanos, is_last: bool) -> Line {
    let mut balance = run.initial_capital;
    // Equity from the flows of money alone, so that no quotient comes in.
    let mut equity = run.initial_capital;
    for (instrument, series) in &run.series {
        let closed = |bar: &&metaexpert_core::Bar| closing_time(series, bar.time) <= time;
        let Some(last) = series.bars.iter().rfind(closed) else { continue };
        let mark = price(last.close);
        // Entries as (signed quantity, cost): what is left of a leg keeps the rest of its cost.
        let (mut long, mut short) = ((Decimal::ZERO, Decimal::ZERO), (Decimal::ZERO, Decimal::ZERO));
        let counts = |trade: &&metaexpert_core::Trade| trade.instrument == *instrument && (is_last || trade.time <= last.time);
        for trade in run.trades.iter().filter(counts) {
            let is_long = trade.position_side == metaexpert_core::PositionSide::Long;
            let leg = if is_long { &mut long } else { &mut short };
            let (quantity, value) = (trade.quantity.get(), trade.price.get() * trade.quantity.get());
            let flow = if trade.side == metaexpert_core::Side::Buy { -value } else { value };
            equity += flow - trade.fee.amount;
            balance -= trade.fee.amount;
            if trade.opens() {
                *leg = (leg.0 + quantity, leg.1 + value);
            } else {
                let cost = if quantity == leg.0 { leg.1 } else { leg.1 * quantity / leg.0 };
                balance += if is_long { value - cost } else { cost - value };
                *leg = (leg.0 - quantity, leg.1 - cost);
            }
        }
        equity += (long.0 - short.0) * mark;
        let settled = run.fundings.iter().filter(|settled| settled.instrument == *instrument);
        for settled in settled.filter(|settled| is_last || settled.funding.time <= last.time) {
            equity += settled.funding.amount.amount;
            balance += settled.funding.amount.amount;
        }
    }
    Line { time, equity, balance }
}

fn curve_by_the_book(run: &Run) -> EquityCurve {
    let lines = by_the_book(run);
    let (mut peak, mut peak_at, mut below) = (run.initial_capital, start(run), false);
    let mut curve = EquityCurve {
        final_equity: lines.last().map_or(run.initial_capital, |line| line.equity),
        max_drawdown: Decimal::ZERO,
        max_drawdown_pct: Decimal::ZERO,
        max_drawdown_nanos: 0,
        exposed_nanos: 0,
        daily: Vec::new(),
    };
    for line in &lines {
        curve.max_drawdown = curve.max_drawdown.max(peak - line.equity);
        curve.max_drawdown_pct = curve.max_drawdown_pct.max(percent_below(peak, line.equity));
        if below || line.equity < peak {
            curve.max_drawdown_nanos = curve.max_drawdown_nanos.max(line.time.nanos_since(peak_at));
        }
        below = line.equity < peak;
        if !below {
            (peak, peak_at) = (line.equity, line.time);
        }
    }
    if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
        for day in days::day_of(first.time)..=days::day_of(last.time) {
            let end = lines.iter().rfind(|line| days::day_of(line.time) <= day).unwrap();
            curve.daily.push(float_of(end.equity));
        }
    }
    let events = run.trades.iter().map(|trade| trade.time).chain(run.end());
    let moments: BTreeSet<UnixNanos> = events.collect();
    for (from, until) in moments.iter().zip(moments.iter().skip(1)) {
        let held: Decimal = (run.trades.iter().filter(|trade| trade.time <= *from))
            .map(|trade| if trade.opens() { trade.quantity.get() } else { -trade.quantity.get() })
            .sum();
        curve.exposed_nanos += if held.is_zero() { 0 } else { until.nanos_since(*from) };
    }
    curve
}

fn csv_by_the_book(run: &Run) -> String {
    let mut peak = run.initial_capital;
    let mut text = "time,equity,balance,drawdown_pct\n".to_owned();
    for Line { time, equity, balance } in by_the_book(run) {
        peak = peak.max(equity);
        let below = percent_below(peak, equity).round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero);
        writeln!(text, "{time},{},{},{}", equity.normalize(), balance.normalize(), below.normalize()).unwrap();
    }
    text
}

fn csv(run: &Run) -> String {
    let mut out = Vec::new();
    Report::of(run).write(ReportFile::Equity, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Bars with gaps: for each the number of bars that are missing before it, and its close in units of `10^-scale`.
fn any_series() -> impl Strategy<Value = BarSeries> {
    let close = prop_oneof![4 => 90_i64..110, 1 => 1_i64..2000, 1 => Just(100)];
    let gap = prop_oneof![8 => Just(0_i64), 1 => 1_i64..12];
    let timeframe = prop_oneof![Just(Timeframe::H6), Just(Timeframe::H1), Just(Timeframe::D3)];
    (timeframe, 0_u32..4, 0_i64..5, prop::collection::vec((gap, close), 1..70)).prop_map(|(timeframe, scale, late, bars)| {
        let mut open = UnixNanos::parse("2024-01-01").unwrap().saturating_add_nanos(late * timeframe.nanos());
        let bars = bars.into_iter().map(|(gap, close)| {
            open = open.saturating_add_nanos((1 + gap) * timeframe.nanos());
            made::bar(open, float_of(Decimal::new(close, scale)))
        });
        std::sync::Arc::unwrap_or_clone(made::series(timeframe, bars.collect()))
    })
}

/// What may happen at a bar: opens or closes something on a leg, at the bar's own price or beside it, with or without a fee.
type Deed = (prop::sample::Index, bool, bool, i64, i64, Fee);

/// What an execution costs: nothing, what is usual, or so little that no `f64` of an account's size would show it.
#[derive(Debug, Clone, Copy)]
enum Fee {
    Nothing,
    Usual,
    Dust,
}

fn any_deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = (
        any::<prop::sample::Index>(),
        any::<bool>(),
        any::<bool>(),
        1_i64..40,
        -3_i64..4,
        prop::sample::select(vec![Fee::Nothing, Fee::Usual, Fee::Dust]),
    );
    prop::collection::vec(deed, 0..24)
}

/// A run in which the deeds happen, each at some bar of some series, never closing more than there is; all is closed at the end
/// if `closes`.
fn run_of(all: Vec<BarSeries>, deeds: Vec<Deed>, closes: bool) -> Run {
    let symbols = ["BTCUSDT", "ETHUSDT", "XRPUSDT"];
    let mut run = made::run(symbols.get(..all.len()).unwrap());
    // Executions count in time order only where all bars are of one length.
    let timeframe = all[0].timeframe;
    run.series = (all.into_iter().zip(symbols))
        .map(|(series, symbol)| (run.id(symbol), std::sync::Arc::new(BarSeries { timeframe, ..series })))
        .collect();
    let mut bars: Vec<(UnixNanos, usize, f64)> = Vec::new();
    for (index, (_, series)) in run.series.iter().enumerate() {
        bars.extend(series.bars.iter().map(|bar| (bar.time, index, bar.close)));
    }
    bars.sort_by_key(|(time, index, _)| (*time, *index));
    let mut deeds: Vec<_> = deeds
        .into_iter()
        .map(|(at, long, open, quantity, beside, fee)| (at.index(bars.len()), long, open, quantity, beside, fee))
        .collect();
    deeds.sort_by_key(|deed| deed.0);
    let mut held = [[Decimal::ZERO; 2]; 3];
    for (at, long, opens, quantity, beside, fee) in deeds {
        let (time, index, close) = bars[at];
        if quantity % 5 == 0 {
            run.fund(time, symbols[index], None, Decimal::new(beside, 3));
        }
        let leg = &mut held[index][usize::from(long)];
        let quantity = Decimal::new(quantity, 1);
        let quantity = if opens { quantity } else { quantity.min(*leg) };
        if quantity.is_zero() {
            continue;
        }
        *leg += if opens { quantity } else { -quantity };
        let price = (price(close) + Decimal::new(beside, 1)).max(dec!(0.1));
        let words = format!(
            "{} {} {quantity} @ {price} fee {}",
            if opens == long { "buy" } else { "sell" },
            if long { "long" } else { "short" },
            match fee {
                Fee::Nothing => Decimal::ZERO,
                Fee::Usual => price * quantity * dec!(0.0005),
                Fee::Dust => dec!(0.0000000000001),
            },
        );
        run.trade(time, symbols[index], &words);
    }
    if closes {
        let end = run.end().unwrap();
        for (index, legs) in held.iter().enumerate().take(run.series.len()) {
            for (long, quantity) in legs.iter().enumerate().filter(|(_, quantity)| !quantity.is_zero()) {
                let last = price(run.series[index].1.bars.last().unwrap().close);
                let words = if long == 1 { "sell long" } else { "buy short" };
                run.trade(end, symbols[index], &format!("{words} {quantity} @ {last} fee 0.01 end_of_data"));
            }
        }
    }
    run
}

/// Positions that are averaged and closed in thirds have quotients in their balance, which end somewhere.
fn nearly_equal(left: &str, right: &str) -> bool {
    let same = |(left, right): (&str, &str)| {
        left == right
            || left
                .parse::<Decimal>()
                .ok()
                .zip(right.parse::<Decimal>().ok())
                .is_some_and(|(left, right)| (left - right).abs() < dec!(0.00000000000000000001))
    };
    left.len() > 10
        && left.lines().count() == right.lines().count()
        && left.split([',', '\n']).zip(right.split([',', '\n'])).all(same)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_scan_of_one_series_is_the_curve_by_the_book(series in any_series(), deeds in any_deeds(), closes: bool) {
        let run = run_of(vec![series], deeds, closes);
        let (scanned, expect) = (EquityCurve::of(&run), curve_by_the_book(&run));
        prop_assert_eq!(scanned, expect);
    }
}

proptest! {
    #[test]
    fn the_lines_of_several_series_are_the_curve_by_the_book(series in prop::collection::vec(any_series(), 1..=3), deeds in any_deeds(), closes: bool) {
        let run = run_of(series, deeds, closes);
        let (lined, expect) = (lines::summarize(&run), curve_by_the_book(&run));
        prop_assert_eq!(lined, expect);
    }

    #[test]
    fn the_equity_file_has_the_lines_by_the_book(series in prop::collection::vec(any_series(), 1..=3), deeds in any_deeds(), closes: bool) {
        let run = run_of(series, deeds, closes);
        prop_assert!(Integers::of(&run).is_some());
        let (written, expect) = (csv(&run), csv_by_the_book(&run));
        prop_assert!(nearly_equal(&written, &expect), "{written}\n{expect}");
    }

    #[test]
    fn lines_that_integers_cannot_hold_are_by_the_book_too(series in any_series(), deeds in any_deeds()) {
        let run = run_of(vec![series], deeds, true);
        let mut decimals = run.clone();
        // More digits than any integer of one scale may have.
        decimals.initial_capital = dec!(5000.0000000000000000000000001);
        prop_assert!(Integers::of(&decimals).is_none());
        let written = csv(&decimals);
        let expect = csv_by_the_book(&decimals);
        prop_assert!(nearly_equal(&written, &expect), "{written}\n{expect}");
    }
}

#[test]
fn a_fall_is_measured_from_the_peak_that_earlier_trades_left() {
    let mut run = made::run(&["BTCUSDT"]);
    run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0, 110.0, 105.0, 95.0, 90.0, 100.0]))];
    let (first, third) = (run.open(0), run.open(3));
    run.trade(first, "BTCUSDT", "buy long 1 @ 100 fee 0").trade(third, "BTCUSDT", "sell long 1 @ 104 fee 1");
    run.trade(third, "BTCUSDT", "sell short 2 @ 104 fee 1");
    // 1000, 1010, 1005; 1002 + 2 * 9 = 1020, 1030, 1010.
    let curve = EquityCurve::of(&run);
    assert_eq!(curve.final_equity, dec!(1010));
    assert_eq!(curve.max_drawdown, dec!(20));
    assert_eq!(curve.max_drawdown_nanos, 2 * Timeframe::H6.nanos());
    assert_eq!(curve.daily, [1020.0, 1010.0]);
}

#[test]
fn a_fall_that_no_float_would_show_is_a_fall() {
    let mut run = made::run(&["BTCUSDT"]);
    run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0, 100.0, 101.0]))];
    let first = run.open(0);
    run.trade(first, "BTCUSDT", "buy long 1 @ 100 fee 0.0000000000001");
    let curve = EquityCurve::of(&run);
    assert_eq!(curve.max_drawdown, dec!(0.0000000000001));
    assert_eq!(curve.max_drawdown_nanos, 3 * Timeframe::H6.nanos());
}

#[test]
fn an_execution_after_the_last_close_counts_in_the_last_line() {
    let mut run = made::run(&["BTCUSDT"]);
    run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0, 100.0]))];
    let (first, late) = (run.open(0), run.end().unwrap().saturating_add_nanos(1));
    run.trade(first, "BTCUSDT", "buy long 1 @ 100 fee 0").trade(late, "BTCUSDT", "sell long 1 @ 90 fee 0");
    assert_eq!(EquityCurve::of(&run).final_equity, dec!(990));
    assert!(csv(&run).ends_with("2024-01-01T12:00:00Z,990,990,1\n"));
}

#[test]
fn a_curve_that_only_rises_has_no_drawdown() {
    let mut run = made::run(&["BTCUSDT"]);
    run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0, 100.0, 101.0, 102.0]))];
    let first = run.open(0);
    run.trade(first, "BTCUSDT", "buy long 1 @ 100 fee 0");
    let curve = EquityCurve::of(&run);
    assert_eq!((curve.max_drawdown, curve.max_drawdown_pct, curve.max_drawdown_nanos), (dec!(0), dec!(0), 0));
}

#[test]
fn without_bars_equity_is_the_capital() {
    let run = made::run(&["BTCUSDT"]);
    let curve = EquityCurve::of(&run);
    assert_eq!((curve.final_equity, curve.daily.len()), (dec!(1000), 0));
}
