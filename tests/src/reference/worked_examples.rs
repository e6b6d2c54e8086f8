//! The rules on a few bars each, computed by hand.
//!
//! Bars are numbered from 0, a minute each. Unless a flag says otherwise: tick 0.1, lot 0.001, one unit, no fees,
//! no slippage, 10,000 to start with, futures at leverage 1.
use super::account::{Liquidity, Side};
use super::bars::Bar;
use super::decimal::{exact, plain, rounded};
use super::settings::Settings;
use super::tester::{Outcome, Tester};

const USUAL: &str = "symbol=X timeframe=1m tick-size=0.1 lot-size=0.001 size-type=fixed_base size-value=1 taker-fee-pct=0 \
    maker-fee-pct=0 initial-capital=10000 allow-short=true";
const MINUTE: i64 = 60_000_000_000;

/// Runs `open high low close` bars and `buy`, `sell`, `close` between them; `;` parts the steps.
fn play(flags: &str, script: &str) -> Outcome {
    let flags = format!("{flags} {USUAL}"); // the first of a key counts
    let flags: Vec<(&str, &str)> = flags.split_whitespace().map(|flag| flag.split_once('=').unwrap()).collect();
    let mut tester = Tester::new(Settings::from_flags(&flags).unwrap(), MINUTE);
    let mut bars: Vec<Bar> = Vec::new();
    for step in script.split(';').map(str::trim) {
        match step {
            "buy" => tester.enter(Side::Long, bars.last().unwrap()),
            "sell" => tester.enter(Side::Short, bars.last().unwrap()),
            "close" => tester.close(),
            prices => {
                let bar = bar(i64::try_from(bars.len()).unwrap(), prices);
                tester.trade(&bar);
                tester.handed += 1;
                bars.push(bar);
            }
        }
    }
    tester.finish(bars.last())
}

fn bar(number: i64, prices: &str) -> Bar {
    let prices: Vec<_> = prices.split_whitespace().map(|text| exact(text).unwrap()).collect();
    let [open, high, low, close] = prices.try_into().unwrap();
    assert!(low <= open && low <= close && open <= high && close <= high);
    Bar { time: number * MINUTE, open, high, low, close, close_read: 0.0 }
}

/// Executions as `bar side quantity @ price reason`, with `maker` and the fee where there is one; then refusals.
#[track_caller]
fn check(flags: &str, script: &str, expected: &[&str]) {
    let outcome = play(flags, script);
    let mut lines = Vec::new();
    for trade in &outcome.trades {
        let (quantity, price) = (plain(&trade.quantity).unwrap(), plain(&trade.price).unwrap());
        let fee = match plain(&trade.fee).unwrap().as_str() {
            "0" => String::new(),
            some => format!(" fee {some}"),
        };
        let maker = if trade.liquidity == Liquidity::Maker { " maker" } else { "" };
        lines.push(format!("{} {} {quantity} @ {price} {}{maker}{fee}", trade.time / MINUTE, trade.side, trade.reason.name()));
    }
    for (rule, count) in &outcome.summary.rejected {
        lines.push(format!("refused {} {count}", rule.name()));
    }
    assert_eq!(lines, expected, "{flags} | {script}");
}

#[test]
fn a_market_order_fills_at_the_next_open_and_never_at_the_close_it_was_decided_on() {
    check(
        "",
        "100 100 100 100; buy; 103 104 102 104; close; 105 106 105 106; 1 1 1 1",
        &["1 buy 1 @ 103 signal", "2 sell 1 @ 105 signal"],
    );
}

#[test]
fn slippage_and_tick_go_against_the_trader_on_both_sides() {
    // 100.02 * 1.001 = 100.12002 up to 100.2; 100.02 * 0.999 = 99.91998 down to 99.9.
    let flat = "100.02 100.02 100.02 100.02";
    check(
        "slippage-pct=0.1",
        &format!("{flat}; buy; {flat}; close; {flat}"),
        &["1 buy 1 @ 100.2 signal", "2 sell 1 @ 99.9 signal"],
    );
    check(
        "slippage-pct=0.1",
        &format!("{flat}; sell; {flat}; close; {flat}"),
        &["1 sell 1 @ 99.9 signal", "2 buy 1 @ 100.2 signal"],
    );
    check("", &format!("{flat}; buy; {flat}; close; {flat}"), &["1 buy 1 @ 100.1 signal", "2 sell 1 @ 100 signal"]);
}

#[test]
fn slippage_may_carry_a_fill_outside_the_bar() {
    check("slippage-pct=5", "100 100 100 100; buy; 100 101 100 101", &["1 buy 1 @ 105 signal", "2 sell 1 @ 101 end_of_data"]);
}

#[test]
fn a_stop_that_gaps_fills_at_the_open() {
    let bars = "100 100 100 100; buy; 100 101 99 100; 90 92 88 91";
    check("stop-loss-pct=5", bars, &["1 buy 1 @ 100 signal", "2 sell 1 @ 90 stop_loss"]);
    check("stop-loss-pct=5 slippage-pct=1 tick-size=1", bars, &["1 buy 1 @ 101 signal", "2 sell 1 @ 89 stop_loss"]);
    let bars = "100 100 100 100; sell; 100 101 99 100; 110 112 108 109";
    check("stop-loss-pct=5", bars, &["1 sell 1 @ 100 signal", "2 buy 1 @ 110 stop_loss"]);
}

#[test]
fn a_stop_is_met_by_touch_and_fills_at_its_price() {
    check("stop-loss-pct=5", "100 100 100 100; buy; 100 101 95 100", &["1 buy 1 @ 100 signal", "1 sell 1 @ 95 stop_loss"]);
    check("stop-loss-pct=5", "100 100 100 100; buy; 100 101 95.1 100", &["1 buy 1 @ 100 signal", "2 sell 1 @ 100 end_of_data"]);
    // 95 * 0.99 = 94.05, down to 94.
    check(
        "stop-loss-pct=5 slippage-pct=1",
        "101 101 99 99; buy; 99 101 94 100",
        &["1 buy 1 @ 100 signal", "1 sell 1 @ 94 stop_loss"],
    );
}

#[test]
fn a_stop_rounds_towards_the_price_and_a_take_profit_away_from_it() {
    // Long at 100.1: 1 % is 99.099 up to 99.1, and 101.101 up to 101.2.
    check(
        "stop-loss-pct=1",
        "100 100 100 100; buy; 100.1 100.1 90 100",
        &["1 buy 1 @ 100.1 signal", "1 sell 1 @ 99.1 stop_loss"],
    );
    check(
        "take-profit-pct=1",
        "100 100 100 100; buy; 100.1 110 100 100",
        &["1 buy 1 @ 100.1 signal", "1 sell 1 @ 101.2 take_profit maker"],
    );
    // Short at 100.1: 101.101 down to 101.1, and 99.099 down to 99.
    check(
        "stop-loss-pct=1",
        "100 100 100 100; sell; 100.1 110 100 100",
        &["1 sell 1 @ 100.1 signal", "1 buy 1 @ 101.1 stop_loss"],
    );
    check(
        "take-profit-pct=1",
        "100 100 100 100; sell; 100.1 100.1 90 100",
        &["1 sell 1 @ 100.1 signal", "1 buy 1 @ 99 take_profit maker"],
    );
}

#[test]
fn the_nearer_extreme_is_walked_first() {
    let flags = "stop-loss-pct=5 take-profit-pct=5";
    check(flags, "100 100 100 100; buy; 100 105 94 100", &["1 buy 1 @ 100 signal", "1 sell 1 @ 105 take_profit maker"]);
    check(flags, "100 100 100 100; buy; 100 106 95 100", &["1 buy 1 @ 100 signal", "1 sell 1 @ 95 stop_loss"]);
}

#[test]
fn a_tie_goes_low_first() {
    let flags = "stop-loss-pct=5 take-profit-pct=5";
    check(flags, "100 100 100 100; buy; 100 106 94 100", &["1 buy 1 @ 100 signal", "1 sell 1 @ 95 stop_loss"]);
    check(flags, "100 100 100 100; sell; 100 106 94 100", &["1 sell 1 @ 100 signal", "1 buy 1 @ 95 take_profit maker"]);
}

#[test]
fn a_tie_is_decided_on_decimals() {
    // In `f64`, 0.3 - 0.2 is smaller than 0.4 - 0.3 is; in decimals they are equal, and low goes first.
    let flags = "stop-loss-pct=20 take-profit-pct=20 tick-size=0.01";
    check(flags, "0.3 0.3 0.3 0.3; buy; 0.3 0.4 0.2 0.3", &["1 buy 1 @ 0.3 signal", "1 sell 1 @ 0.24 stop_loss"]);
}

#[test]
fn a_take_profit_fills_at_a_better_open() {
    let flags = "take-profit-pct=5 maker-fee-pct=0.02 taker-fee-pct=0.05";
    check(
        flags,
        "100 100 100 100; buy; 100 101 99 100; 108 109 107 108",
        &["1 buy 1 @ 100 signal fee 0.05", "2 sell 1 @ 108 take_profit maker fee 0.0216"],
    );
    check(
        flags,
        "100 100 100 100; sell; 100 101 99 100; 92 93 91 92",
        &["1 sell 1 @ 100 signal fee 0.05", "2 buy 1 @ 92 take_profit maker fee 0.0184"],
    );
}

#[test]
fn through_wants_one_tick_more() {
    let flags = "take-profit-pct=5 limit-fill=through";
    check(flags, "100 100 100 100; buy; 100 105 100 101", &["1 buy 1 @ 100 signal", "2 sell 1 @ 101 end_of_data"]);
    check(flags, "100 100 100 100; buy; 100 105.1 100 101", &["1 buy 1 @ 100 signal", "1 sell 1 @ 105 take_profit maker"]);
    check(flags, "100 100 100 100; sell; 100 100 95 99", &["1 sell 1 @ 100 signal", "2 buy 1 @ 99 end_of_data"]);
    check(flags, "100 100 100 100; sell; 100 100 94.9 99", &["1 sell 1 @ 100 signal", "1 buy 1 @ 95 take_profit maker"]);
    check(
        flags,
        "100 100 100 100; buy; 100 101 100 101; 105 105 105 105; 105.1 106 105 105",
        &["1 buy 1 @ 100 signal", "3 sell 1 @ 105.1 take_profit maker"],
    );
}

#[test]
fn a_fresh_entry_is_stopped_on_its_own_bar() {
    check(
        "stop-loss-pct=1",
        "100 100 100 100; buy; 100 100.5 98 100; 100 100 100 100",
        &["1 buy 1 @ 100 signal", "1 sell 1 @ 99 stop_loss"],
    );
}

#[test]
fn a_fresh_entry_whose_slippage_is_wider_than_its_stop_is_stopped_at_that_open() {
    // Bought at 102, stop at 100.98 up to 101, open 100: sold at 98.
    check(
        "stop-loss-pct=1 slippage-pct=2",
        "100 100 100 100; buy; 100 110 100 105",
        &["1 buy 1 @ 102 signal", "1 sell 1 @ 98 stop_loss"],
    );
}

#[test]
fn a_trailing_stop_follows_the_walk_and_not_the_bar() {
    // The high of 110 comes after the low of 98, so the low met a trail of 95 (from 100), and the close one of 104.5.
    check(
        "trailing-stop-pct=5",
        "100 100 100 100; buy; 100 110 98 104",
        &["1 buy 1 @ 100 signal", "1 sell 1 @ 104.5 trailing_stop"],
    );
    check("trailing-stop-pct=5", "100 100 100 100; buy; 100 110 98 106", &["1 buy 1 @ 100 signal", "2 sell 1 @ 106 end_of_data"]);
    // Here the high is nearer and comes first: 102 gives 96.9, met on the way to 95.
    check(
        "trailing-stop-pct=5",
        "100 100 100 100; buy; 100 102 95 96",
        &["1 buy 1 @ 100 signal", "1 sell 1 @ 96.9 trailing_stop"],
    );
    check(
        "trailing-stop-pct=5",
        "100 100 100 100; sell; 100 102 90 95",
        &["1 sell 1 @ 100 signal", "1 buy 1 @ 94.5 trailing_stop"],
    );
}

#[test]
fn a_trailing_stop_counts_an_open_that_gaps_up() {
    check(
        "trailing-stop-pct=5",
        "100 100 100 100; buy; 100 101 99 100; 120 120 110 111",
        &["1 buy 1 @ 100 signal", "2 sell 1 @ 114 trailing_stop"],
    );
}

#[test]
fn a_trailing_stop_with_activation_waits_for_the_gain() {
    let flags = "trailing-stop-pct=2 trailing-activation-pct=5";
    check(flags, "100 100 100 100; buy; 100 104.9 90 95", &["1 buy 1 @ 100 signal", "2 sell 1 @ 95 end_of_data"]);
    check(flags, "100 100 100 100; buy; 100 105 90 95", &["1 buy 1 @ 100 signal", "1 sell 1 @ 102.9 trailing_stop"]);
    check(flags, "100 100 100 100; sell; 100 110 95 98", &["1 sell 1 @ 100 signal", "1 buy 1 @ 96.9 trailing_stop"]);
}

#[test]
fn thresholds_are_not_rounded() {
    // 0.35 % of 100.1 is 0.35035: 100.4 is below 100.45035, and 100.5 above it.
    let flags = "breakeven-pct=0.35";
    check(flags, "100 100 100 100; buy; 100.1 100.4 100 100", &["1 buy 1 @ 100.1 signal", "2 sell 1 @ 100 end_of_data"]);
    check(flags, "100 100 100 100; buy; 100.1 100.45 100.1 100.1", &["1 buy 1 @ 100.1 signal", "2 sell 1 @ 100.1 end_of_data"]);
    check(flags, "100 100 100 100; buy; 100.1 100.5 100.1 100.1", &["1 buy 1 @ 100.1 signal", "1 sell 1 @ 100.1 breakeven"]);
}

#[test]
fn breakeven_moves_the_stop_to_the_entrys_fill() {
    let flags = "breakeven-pct=3 stop-loss-pct=5";
    check(flags, "100 100 100 100; buy; 100 103 98 101; 101 102 99 100", &["1 buy 1 @ 100 signal", "2 sell 1 @ 100 breakeven"]);
    check(flags, "100 100 100 100; sell; 100 102 97 99; 99 101 98 100", &["1 sell 1 @ 100 signal", "2 buy 1 @ 100 breakeven"]);
    check(
        flags,
        "100 100 100 100; buy; 100 102.9 98 101; 101 102 99 100",
        &["1 buy 1 @ 100 signal", "3 sell 1 @ 100 end_of_data"],
    );
}

#[test]
fn of_equal_stops_the_first_of_stop_loss_breakeven_trailing_counts() {
    // The stop-loss of 0.01 % rounds up to the entry itself; breakeven stands there too.
    check(
        "breakeven-pct=1 stop-loss-pct=0.01 tick-size=1",
        "100 100 100 100; buy; 100 100 100 100",
        &["1 buy 1 @ 100 signal", "1 sell 1 @ 100 stop_loss"],
    );
    // A high of 125 with a trail of 20 % stands at the entry as well.
    check(
        "breakeven-pct=1 trailing-stop-pct=20",
        "100 100 100 100; buy; 100 125 99 99",
        &["1 buy 1 @ 100 signal", "1 sell 1 @ 100 breakeven"],
    );
    check(
        "stop-loss-pct=20 trailing-stop-pct=20",
        "100 100 100 100; buy; 100 100 80 80",
        &["1 buy 1 @ 100 signal", "1 sell 1 @ 80 stop_loss"],
    );
}

#[test]
fn the_tightest_stop_counts() {
    let flags = "stop-loss-pct=5 trailing-stop-pct=10";
    check(flags, "100 100 100 100; buy; 100 101 90 95", &["1 buy 1 @ 100 signal", "1 sell 1 @ 95 stop_loss"]);
    check(flags, "100 100 100 100; buy; 100 120 100 105", &["1 buy 1 @ 100 signal", "1 sell 1 @ 108 trailing_stop"]);
}

#[test]
fn a_trail_that_its_own_rounding_lifts_to_the_price_fills_at_the_point_where_the_next_segment_starts() {
    // From 10.5 a trail of 1 % is 10.395, up to 11: above the price, so it fills there, rounded down to 10.
    check(
        "trailing-stop-pct=1 trailing-activation-pct=4 tick-size=1",
        "10 10 10 10; buy; 10 10.5 9.9 10.4",
        &["1 buy 1 @ 10 signal", "1 sell 1 @ 10 trailing_stop"],
    );
}

#[test]
fn open_sees_opens_only() {
    let flags = "fill-model=open stop-loss-pct=5 take-profit-pct=5";
    check(flags, "100 100 100 100; buy; 100 200 1 100; 94 200 1 100", &["1 buy 1 @ 100 signal", "2 sell 1 @ 94 stop_loss"]);
    check(
        flags,
        "100 100 100 100; buy; 100 200 1 100; 107 200 1 100",
        &["1 buy 1 @ 100 signal", "2 sell 1 @ 107 take_profit maker"],
    );
    check(
        "fill-model=open trailing-stop-pct=5",
        "100 100 100 100; buy; 100 200 1 100; 110 110 1 9; 105 106 104 105; 104 104 104 104",
        &["1 buy 1 @ 100 signal", "4 sell 1 @ 104 trailing_stop"],
    );
}

#[test]
fn funds_are_asked_again_at_the_fill() {
    // 99 * 100 is payable at the decision; at 102 it is 10,098.
    check(
        "size-value=99",
        "100 100 100 100; buy; 102 102 100 100; buy; 101 101 101 101",
        &["2 buy 99 @ 101 signal", "3 sell 99 @ 101 end_of_data", "refused funds 1"],
    );
}

#[test]
fn margin_is_asked_at_the_decision_with_slippage_and_fee() {
    let flat = "100 100 100 100";
    check("size-value=100", &format!("{flat}; buy; {flat}"), &["1 buy 100 @ 100 signal", "2 sell 100 @ 100 end_of_data"]);
    check("size-value=100 taker-fee-pct=0.01", &format!("{flat}; buy; {flat}"), &["refused margin 1"]);
    check("size-value=100 slippage-pct=0.01", &format!("{flat}; buy; {flat}"), &["refused margin 1"]);
    check(
        "size-value=200 leverage=2",
        &format!("{flat}; buy; {flat}"),
        &["1 buy 200 @ 100 signal", "2 sell 200 @ 100 end_of_data"],
    );
    check("size-value=200.001 leverage=2", &format!("{flat}; buy; {flat}"), &["refused margin 1"]);
}

#[test]
fn a_refused_entry_does_not_undo_the_close() {
    // Closed at an expected 111 the short loses 990, which leaves 9,010 for a long that asks for 9,990.
    check(
        "size-value=90",
        "100 100 100 100; sell; 100 100 100 100; 111 111 111 111; close; buy; 110 110 110 110; 1 1 1 1",
        &["1 sell 90 @ 100 signal", "3 buy 90 @ 110 signal", "refused margin 1"],
    );
}

#[test]
fn a_close_and_an_entry_of_one_bar_are_two_orders_with_two_fees() {
    check(
        "taker-fee-pct=0.1",
        "100 100 100 100; sell; 100 100 100 100; close; buy; 101 101 101 101",
        &[
            "1 sell 1 @ 100 signal fee 0.1",
            "2 buy 1 @ 101 signal fee 0.101",
            "2 buy 1 @ 101 signal fee 0.101",
            "3 sell 1 @ 101 end_of_data fee 0.101",
        ],
    );
}

#[test]
fn percent_equity_100_works_with_fee_and_slippage() {
    // 10,000 / (100.1 * 1.001) = 99.80029..., down to 99.800.
    let flags = "size-type=percent_equity size-value=100 taker-fee-pct=0.1 slippage-pct=0.1";
    let flat = "100 100 100 100";
    check(
        flags,
        &format!("{flat}; buy; {flat}"),
        &["1 buy 99.8 @ 100.1 signal fee 9.98998", "2 sell 99.8 @ 100 end_of_data fee 9.98"],
    );
    // At an open of 110: 10,000 / (110.2 * 1.001), 110.11 going up to 110.2.
    check(
        flags,
        &format!("{flat}; buy; 110 110 110 110"),
        &["1 buy 90.653 @ 110.2 signal fee 9.9899606", "2 sell 90.653 @ 110 end_of_data fee 9.97183"],
    );
}

#[test]
fn percent_equity_marks_what_is_open() {
    // Ten units bought at 100 are worth 110 each: equity is 10,100, and a tenth of it at 110 is 9.1818...
    check(
        "size-type=percent_equity size-value=10",
        "100 100 100 100; buy; 100 110 100 110; close; sell; 110 110 110 110",
        &["1 buy 10 @ 100 signal", "2 sell 10 @ 110 signal", "2 sell 9.181 @ 110 signal", "3 buy 9.181 @ 110 end_of_data"],
    );
}

#[test]
fn sizes_follow_their_formulas_and_round_down_to_the_lot() {
    let bars = "300 300 300 300; buy; 310 310 310 310";
    // 10,000 * 1 % / (300 * 2 %) = 16.666...
    check(
        "size-type=risk_based size-value=1 stop-loss-pct=2",
        bars,
        &["1 buy 16.666 @ 310 signal", "2 sell 16.666 @ 310 end_of_data"],
    );
    check("size-type=fixed_quote size-value=1000", bars, &["1 buy 3.333 @ 310 signal", "2 sell 3.333 @ 310 end_of_data"]);
    // 10,000 * 50 % * 4 / 300 = 66.666...
    check(
        "size-type=percent_equity size-value=50 leverage=4",
        bars,
        &["1 buy 66.666 @ 310 signal", "2 sell 66.666 @ 310 end_of_data"],
    );
    check("size-value=1.2345", bars, &["1 buy 1.234 @ 310 signal", "2 sell 1.234 @ 310 end_of_data"]);
}

#[test]
fn what_rounds_to_nothing_or_is_too_small_is_refused() {
    let flat = "100 100 100 100";
    check("size-type=fixed_quote size-value=0.09", &format!("{flat}; buy; {flat}"), &["refused lot_size 1"]);
    check("min-notional=100.1", &format!("{flat}; buy; {flat}"), &["refused min_notional 1"]);
    check("min-notional=100", &format!("{flat}; buy; {flat}"), &["1 buy 1 @ 100 signal", "2 sell 1 @ 100 end_of_data"]);
}

#[test]
fn percent_equity_that_can_pay_for_no_lot_is_refused_where_that_is_seen() {
    // The formula gives one lot of 100 for 10,000; with the fee none is payable. Without a fee, one is, but not at 101.
    let flags = "size-type=percent_equity size-value=100 lot-size=100";
    let flat = "100 100 100 100";
    check(&format!("{flags} taker-fee-pct=0.1"), &format!("{flat}; buy; {flat}"), &["refused margin 1"]);
    check(flags, &format!("{flat}; buy; 101 101 101 101"), &["refused funds 1"]);
}

#[test]
fn what_is_cut_at_the_fill_must_still_be_worth_an_order() {
    // Decided as 100 for 10,000; at 110 only 90 can be paid, which is 9,900.
    let flags = "size-type=percent_equity size-value=100 lot-size=10";
    let bars = "100 100 100 100; buy; 110 110 110 110";
    check(&format!("{flags} min-notional=9900"), bars, &["1 buy 90 @ 110 signal", "2 sell 90 @ 110 end_of_data"]);
    check(&format!("{flags} min-notional=9901"), bars, &["refused min_notional 1"]);
}

#[test]
fn a_bankruptcy_price_on_a_tick_stays_there() {
    // Two thirds of 30 are 20, whatever a third looks like in decimals.
    check("leverage=3 tick-size=1", "30 30 30 30; buy; 30 30 15 16", &["1 buy 1 @ 30 signal", "1 sell 1 @ 20 liquidation"]);
    check("leverage=3 tick-size=1", "30 30 30 30; sell; 30 45 30 44", &["1 sell 1 @ 30 signal", "1 buy 1 @ 40 liquidation"]);
}

#[test]
fn warm_up_refuses_and_the_bar_after_it_trades() {
    let flat = "100 100 100 100";
    check(
        "warmup-bars=2",
        &format!("{flat}; buy; {flat}; buy; {flat}; buy; {flat}"),
        &["3 buy 1 @ 100 signal", "4 sell 1 @ 100 end_of_data", "refused warmup 2"],
    );
}

#[test]
fn what_waits_when_the_data_ends_is_dropped_and_counted() {
    check(
        "taker-fee-pct=0.1",
        "100 100 100 100; buy; 100 100 100 100; close; sell",
        &["1 buy 1 @ 100 signal fee 0.1", "2 sell 1 @ 100 end_of_data fee 0.1", "refused end_of_data 2"],
    );
    let outcome = play("", "100 100 100 100; buy; 100 100 100 100; close; sell");
    assert_eq!(outcome.summary.orders, 3);
}

#[test]
fn liquidation_takes_the_margin_at_the_bankruptcy_price() {
    // Leverage 10, entry 100: bankrupt at 90, taken at 90 / 0.995 = 90.4522...
    let flags = "leverage=10 maintenance-margin-pct=0.5 taker-fee-pct=0.1";
    check(flags, "100 100 100 100; buy; 100 100 90.4 99", &["1 buy 1 @ 100 signal fee 0.1", "1 sell 1 @ 90 liquidation"]);
    check(
        flags,
        "100 100 100 100; buy; 100 100 90.5 99",
        &["1 buy 1 @ 100 signal fee 0.1", "2 sell 1 @ 99 end_of_data fee 0.099"],
    );
    // Short: 110 / 1.005 = 109.4527...
    check(flags, "100 100 100 100; sell; 100 109.5 100 100", &["1 sell 1 @ 100 signal fee 0.1", "1 buy 1 @ 110 liquidation"]);
    check(
        flags,
        "100 100 100 100; sell; 100 109.4 100 100",
        &["1 sell 1 @ 100 signal fee 0.1", "2 buy 1 @ 100 end_of_data fee 0.1"],
    );
}

#[test]
fn an_open_beyond_the_level_liquidates_before_the_waiting_close_and_the_stop() {
    let flags = "leverage=10 maintenance-margin-pct=0.5 stop-loss-pct=5";
    check(
        flags,
        "100 100 100 100; buy; 100 100 99 99; close; 80 85 75 80; 1 1 1 1",
        &["1 buy 1 @ 100 signal", "2 sell 1 @ 90 liquidation", "refused nothing_to_close 1"],
    );
}

#[test]
fn the_tighter_of_stop_and_liquidation_is_met_first() {
    let bars = "100 100 100 100; buy; 100 100 80 85";
    let flags = "leverage=10 maintenance-margin-pct=0.5";
    check(&format!("{flags} stop-loss-pct=9"), bars, &["1 buy 1 @ 100 signal", "1 sell 1 @ 91 stop_loss"]);
    check(&format!("{flags} stop-loss-pct=9.9"), bars, &["1 buy 1 @ 100 signal", "1 sell 1 @ 90 liquidation"]);
    check(
        &format!("{flags} market-type=spot leverage=1 stop-loss-pct=9.9").replacen("leverage=10 ", "allow-short=false ", 1),
        bars,
        &["1 buy 1 @ 100 signal", "1 sell 1 @ 90.1 stop_loss"],
    );
}

#[test]
fn equity_is_marked_at_each_close_and_its_last_line_is_the_final_equity() {
    let outcome = play("taker-fee-pct=1", "100 100 100 100; buy; 100 120 100 120; 110 110 90 90; 95 99 95 98");
    let lines: Vec<String> = outcome
        .equity
        .iter()
        .map(|line| {
            let [equity, balance, fall] =
                [&line.equity, &line.balance, &rounded(&line.drawdown_pct, 6)].map(|value| plain(value).unwrap());
            format!("{} {equity} {balance} {fall}", line.time / MINUTE)
        })
        .collect();
    // Fees of 1 and 0.98; the peak is 10,019, and the fall of 30 from it 0.299431... %.
    assert_eq!(lines, ["1 10000 10000 0", "2 10019 9999 0", "3 9989 9999 0.299431", "4 9996.02 9996.02 0.229364"]);
    let [max, max_pct] =
        [&outcome.summary.max_drawdown, &rounded(&outcome.summary.max_drawdown_pct, 6)].map(|value| plain(value).unwrap());
    assert_eq!((max.as_str(), max_pct.as_str()), ("30", "0.299431"));
}

#[test]
fn the_summary_divides_winners_by_losers() {
    // Nets: +10, -5, -5, 0, +20.
    let trip =
        |from: u32, to: u32| format!("{from} {from} {from} {from}; buy; {from} {from} {from} {from}; close; {to} {to} {to} {to}");
    let script: Vec<String> = [(100, 110), (100, 95), (100, 95), (100, 100), (100, 120)].map(|(from, to)| trip(from, to)).into();
    let outcome = play("", &script.join("; "));
    let all = &outcome.summary.all;
    assert_eq!((all.round_trips, all.wins, all.losses), (5, 2, 2));
    assert_eq!((all.max_consecutive_wins, all.max_consecutive_losses), (1, 2));
    let text = |value: Option<super::Exact>| plain(&value.unwrap()).unwrap();
    assert_eq!([all.win_rate_pct(), all.profit_factor(), all.expectancy(), all.payoff_ratio()].map(text), ["40", "3", "4", "3"]);
    assert_eq!(outcome.summary.short.win_rate_pct(), None);
}
