//! Each metric against numbers worked out by hand.

use metaexpert_core::{Charge, ChargeCause, Money, Timeframe};
use proptest::prelude::*;
use rust_decimal::dec;

use super::*;
use crate::{Charged, Report, ReportFile, made};

fn close(value: Option<f64>, expect: f64) -> bool {
    value.is_some_and(|value| (value - expect).abs() < 1e-9 * expect.abs())
}

/// Each number was computed by hand; `docs/guides/metrics.md` shows how.
#[test]
fn the_worked_example_comes_to_what_was_computed_by_hand() {
    let summary = summary_of(&made::worked_example());
    assert_eq!(summary.final_equity, dec!(1007.5));
    assert_eq!(summary.net_profit, dec!(7.5));
    assert_eq!(summary.net_profit_pct, Some(0.75));
    assert_eq!((summary.fees, summary.funding), (dec!(4.5), dec!(0)));
    assert_eq!((summary.orders, summary.trades, summary.round_trips), (7, 9, 4));
    assert_eq!(summary.win_rate_pct, Some(75.0));
    assert!(close(summary.profit_factor, 29.0 / 21.5));
    assert_eq!(summary.expectancy, Some(dec!(1.875)));
    assert!(close(summary.payoff_ratio, 29.0 / 3.0 / 21.5));
    assert_eq!(summary.max_drawdown, dec!(22));
    assert!(close(Some(summary.max_drawdown_pct), 2.139_037_433_155_08));
    assert_eq!(summary.max_drawdown_duration, 216_000);
    assert!(close(summary.sharpe, 2.894_212_595_318_996_8));
    assert!(close(summary.sortino, 6.712_677_872_828_303));
    assert!(close(summary.cagr_pct, 97.839_983_724_459_78));
    assert!(close(summary.calmar, 45.740_192_391_184_955));
    assert!(close(summary.recovery_factor, 7.5 / 22.0));
    assert!(close(summary.sqn, 0.217_574_178_242_918_36));
    assert!(close(Some(summary.exposure_pct), 75.0));
    assert_eq!((summary.max_consecutive_wins, summary.max_consecutive_losses), (2, 1));
    assert_eq!(summary.average_holding_time, Some(64_800.0));
    let (long, short) = (&summary.long, &summary.short);
    assert_eq!((long.round_trips, long.net_profit, long.gross_profit, long.gross_loss), (3, dec!(-1.5), dec!(20), dec!(-21.5)));
    assert_eq!((long.average_win, long.average_loss), (Some(dec!(10)), Some(dec!(-21.5))));
    assert_eq!((long.max_consecutive_wins, long.max_consecutive_losses), (1, 1));
    assert_eq!((short.round_trips, short.net_profit, short.fees), (1, dec!(9), dec!(1)));
    assert_eq!((short.profit_factor, short.payoff_ratio, short.average_loss), (None, None, None));
}

#[test]
fn what_has_no_value_is_none_and_never_infinity() {
    let mut run = made::run(&["BTCUSDT"]);
    run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0, 101.0]))];
    let summary = summary_of(&run);
    let ratios = [summary.win_rate_pct, summary.profit_factor, summary.payoff_ratio, summary.sharpe, summary.sortino];
    assert_eq!(ratios, [None; 5]);
    let more = [summary.calmar, summary.cagr_pct, summary.recovery_factor, summary.sqn, summary.average_holding_time];
    assert_eq!(more, [None; 5]);
    assert_eq!((summary.expectancy, summary.net_profit_pct, summary.exposure_pct), (None, Some(0.0), 0.0));
}

#[test]
fn equal_returns_have_no_spread_even_where_their_mean_is_rounded() {
    assert_eq!(returns::sharpe(&[0.1, 0.1, 0.1]), None);
    assert_eq!(returns::sortino(&[0.1, 0.1, 0.1]), None);
    assert_eq!(returns::sharpe(&[0.1]), None);
}

#[test]
fn what_came_out_even_ends_a_row() {
    let mut run = made::run(&["BTCUSDT"]);
    run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0; 9]))];
    for (bar, exit) in [110, 100, 110, 110, 90, 100, 90].into_iter().enumerate() {
        let (entered, left) = (run.open(bar), run.open(bar + 1));
        run.trade(entered, "BTCUSDT", "buy long 1 @ 100 fee 0");
        run.trade(left, "BTCUSDT", &format!("sell long 1 @ {exit} fee 0"));
    }
    let summary = summary_of(&run);
    assert_eq!((summary.max_consecutive_wins, summary.max_consecutive_losses), (2, 1));
    assert_eq!((summary.round_trips, summary.profit_factor), (7, Some(1.5)));
}

#[test]
fn a_day_without_a_line_returns_nothing() {
    let mut run = made::run(&["BTCUSDT"]);
    // One bar of three days, then another: the days in between keep what was there.
    run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::D3, &[100.0, 110.0]))];
    let first = run.open(0);
    run.trade(first, "BTCUSDT", "buy long 1 @ 100 fee 0");
    assert_eq!(EquityCurve::of(&run).daily, [1000.0, 1000.0, 1000.0, 1010.0]);
}

#[test]
fn interest_is_in_the_equity_from_the_bar_on_that_it_was_charged_in() {
    let mut run = made::run(&["BTCUSDT"]);
    run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0; 4]))];
    let charge = |bar, amount| Charge {
        time: run.open(bar),
        amount: Money::new(amount, run.currency.clone()),
        cause: ChargeCause::Interest,
    };
    run.charges = vec![Charged { after: 0, charge: charge(1, dec!(-2)) }, Charged { after: 0, charge: charge(3, dec!(-1)) }];
    let mut file = Vec::new();
    Report::of(&run).write(ReportFile::Equity, &mut file).unwrap();
    let equity: Vec<_> =
        std::str::from_utf8(&file).unwrap().lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(equity, ["1000", "998", "998", "997"]);
    let summary = summary_of(&run);
    assert_eq!((summary.charges, summary.final_equity, summary.max_drawdown), (dec!(-3), dec!(997), dec!(3)));
}

#[test]
fn a_capital_that_was_lost_grows_at_no_rate() {
    assert_eq!(returns::cagr_pct(dec!(1000), dec!(-1), 86_400_000_000_000), None);
    assert_eq!(returns::daily(dec!(1000), &[0.0, 5.0]), None);
    assert_eq!(returns::daily(dec!(1000), &[500.0, 0.0]), Some(vec![-0.5, -1.0]));
}

proptest! {
    #[test]
    fn capital_plus_the_net_of_all_round_trips_is_the_final_equity(fills in prop::collection::vec((1_i64..2000, 1_i64..50, any::<bool>(), 0_i64..100), 1..40)) {
        let mut run = made::run(&["BTCUSDT"]);
        run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0; 50]))];
        let mut held = Decimal::ZERO;
        for (bar, (price, quantity, long_entry, fee)) in fills.into_iter().enumerate() {
            let time = run.open(bar);
            let quantity = Decimal::new(quantity, 1);
            // Buys and sells of a long leg, as far as there is something to sell.
            let (words, quantity) = if long_entry || held.is_zero() { ("buy", quantity) } else { ("sell", quantity.min(held)) };
            held += if words == "buy" { quantity } else { -quantity };
            run.trade(time, "BTCUSDT", &format!("{words} long {quantity} @ {} fee {}", Decimal::new(price, 1), Decimal::new(fee, 3)));
        }
        if !held.is_zero() {
            let end = run.end().unwrap();
            run.trade(end, "BTCUSDT", &format!("sell long {held} @ 100 fee 0.1 end_of_data"));
        }
        let trips = round_trips(&run);
        let summary = summary_of(&run);
        let net: Decimal = trips.iter().map(|trip| trip.net_pnl).sum();
        prop_assert_eq!(run.initial_capital + net, summary.final_equity);
        prop_assert_eq!(trips.iter().map(|trip| trip.fees).sum::<Decimal>(), summary.fees);
        prop_assert_eq!(summary.long.net_profit + summary.short.net_profit, summary.net_profit);
        prop_assert!(trips.is_sorted_by_key(|trip| trip.exit_time));
    }
}
