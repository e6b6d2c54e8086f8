//! The rules of the strategy tester (design, section 10): bars, market orders, and the stops and limits of legs.

use expect_test::expect;

use crate::rehearsal::{check, played};

#[test]
fn a_market_order_fills_at_the_next_open_with_slippage_and_tick_against_the_trader() {
    check(
        "slippage 0.07\n taker 0.05\n bar 99 101 98 100\n buy 2\n bar 100.3 105 100 104\n close long\n bar 104.5 106 104 105",
        expect![[r#"
            1: buy long 2 @ 100.4 taker signal fee 0.1004
            2: sell long 2 @ 104.4 taker signal fee 0.1044
            balance 1007.7952
        "#]],
    );
}

#[test]
fn a_stop_that_gaps_fills_at_the_open() {
    check(
        "bar 100 100 100 100\n buy 1 sl 5\n bar 100 101 99 100\n bar 90 92 88 91",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            2: sell long 1 @ 90 taker stop_loss fee 0
            balance 990
        "#]],
    );
}

#[test]
fn a_stop_that_is_walked_over_fills_at_the_stop_with_slippage() {
    check(
        "slippage 0.1\n bar 100 100 100 100\n sell 1 sl 5\n bar 100 104 99 100\n bar 101 106 101 105",
        expect![[r#"
            1: sell short 1 @ 99.9 taker signal fee 0
            2: buy short 1 @ 105 taker stop_loss fee 0
            balance 994.9
        "#]],
    );
}

#[test]
fn stops_round_towards_the_price_and_take_profits_away_from_it() {
    check(
        "bar 100 100 100 100\n buy 1 sl 1.03 tp 2.03\n sell 1 sl 2.03 tp 1.03\n bar 100 102.1 98.9 100",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            1: sell short 1 @ 100 taker signal fee 0
            1: sell long 1 @ 99 taker stop_loss fee 0
            1: buy short 1 @ 98.9 maker take_profit fee 0
            balance 1000.1
        "#]],
    );
}

#[test]
fn a_take_profit_fills_at_its_price_or_at_a_better_open_and_pays_the_maker_fee() {
    check(
        "maker 0.02\n bar 100 100 100 100\n buy 1 tp 5\n bar 100 106 100 101\n buy 1 tp 5\n bar 100 101 100 101\n bar 107 108 101 102",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            1: sell long 1 @ 105 maker take_profit fee 0.021
            2: buy long 1 @ 100 taker signal fee 0
            3: sell long 1 @ 107 maker take_profit fee 0.0214
            balance 1011.9576
        "#]],
    );
}

#[test]
fn through_wants_one_tick_more() {
    check(
        "through\n bar 100 100 100 100\n buy 1 tp 5\n bar 100 105 100 101\n bar 105 105 101 101\n bar 101 105.1 101 101",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            3: sell long 1 @ 105 maker take_profit fee 0
            balance 1005
        "#]],
    );
}

#[test]
fn a_fresh_entry_can_be_stopped_on_its_own_bar_and_at_its_own_open() {
    check(
        "slippage 1\n bar 100 100 100 100\n buy 1 sl 0.5\n bar 100 101 99 100",
        expect![[r#"
            1: buy long 1 @ 101 taker signal fee 0
            1: sell long 1 @ 99 taker stop_loss fee 0
            balance 998
        "#]],
    );
}

#[test]
fn on_a_tie_the_walk_goes_low_first() {
    check(
        "bar 100 100 100 100\n buy 1 sl 1 tp 1\n bar 100 101 99 100",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            1: sell long 1 @ 99 taker stop_loss fee 0
            balance 999
        "#]],
    );
}

#[test]
fn a_trailing_stop_follows_the_walk_and_not_the_extreme_in_hindsight() {
    // Low first (99), then high (110), then the close (104): only after the high does the stop stand at 104.5.
    check(
        "bar 100 100 100 100\n buy 1 trail 5\n bar 100 110 99 104\n bar 104 120 104 119",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            1: sell long 1 @ 104.5 taker trailing_stop fee 0
            balance 1004.5
        "#]],
    );
}

#[test]
fn a_trailing_stop_with_activation_sleeps_until_the_gain_is_there() {
    check(
        "bar 100 100 100 100\n buy 1 trail 2 after 5\n bar 100 104.9 90 104\n bar 104 105 104 104\n bar 104 104 102.9 103",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            3: sell long 1 @ 102.9 taker trailing_stop fee 0
            balance 1002.9
        "#]],
    );
}

#[test]
fn after_the_breakeven_gain_the_stop_stands_at_the_entry() {
    check(
        "bar 100 100 100 100\n buy 1 sl 10 be 3\n bar 100 103 99 102\n bar 102 102 98 99",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            2: sell long 1 @ 100 taker breakeven fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn of_several_stops_the_tightest_counts_and_of_equal_ones_the_first() {
    check(
        "bar 100 100 100 100\n buy 1 sl 2 trail 2\n bar 100 100 98 99",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            1: sell long 1 @ 98 taker stop_loss fee 0
            balance 998
        "#]],
    );
}

#[test]
fn the_open_model_shows_opens_only() {
    check(
        "model open\n bar 100 100 100 100\n buy 1 sl 5 tp 5\n bar 100 120 80 100\n bar 94 120 80 100",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            2: sell long 1 @ 94 taker stop_loss fee 0
            balance 994
        "#]],
    );
}

#[test]
fn what_cannot_be_paid_at_the_real_open_is_refused_and_the_close_before_it_stands() {
    check(
        "taker 0.1\n bar 100 100 100 100\n buy 9\n bar 100 100 100 100\n close long\n sell 9.9\n bar 101 101 101 101",
        expect![[r#"
            1: buy long 9 @ 100 taker signal fee 0.9
            2: sell long 9 @ 101 taker signal fee 0.909
            2: sell short 9.9 @ 101 taker signal fee 0.9999
            3: buy short 9.9 @ 101 taker end_of_data fee 0.9999
            balance 1005.1912
        "#]],
    );
    check(
        "taker 0.1\n bar 100 100 100 100\n buy 10\n bar 100 100 100 100",
        expect![[r#"
            rejected: funds
            balance 1000
        "#]],
    );
}

#[test]
fn an_order_for_all_is_cut_to_what_can_be_paid() {
    check(
        "taker 0.1\n bar 100 100 100 100\n buy 10 all\n bar 100 100 100 100",
        expect![[r#"
            1: buy long 9.99 @ 100 taker signal fee 0.999
            2: sell long 9.99 @ 100 taker end_of_data fee 0.999
            balance 998.002
        "#]],
    );
}

#[test]
fn a_one_way_order_reduces_first_and_opens_with_the_rest() {
    check(
        "bar 100 100 100 100\n net buy 2\n bar 100 100 100 100\n net sell 3\n bar 110 110 110 110",
        expect![[r#"
            1: buy long 2 @ 100 taker signal fee 0
            2: sell long 2 @ 110 taker signal fee 0 left 1
            2: sell short 1 @ 110 taker signal fee 0
            3: buy short 1 @ 110 taker end_of_data fee 0
            balance 1020
        "#]],
    );
}

#[test]
fn the_legs_of_a_hedge_are_independent_and_leave_in_the_order_of_the_walk() {
    check(
        "bar 100 100 100 100\n buy 1 tp 2\n sell 2 sl 1\n bar 100 103 100 102\n",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            1: sell short 2 @ 100 taker signal fee 0
            1: buy short 2 @ 101 taker stop_loss fee 0
            1: sell long 1 @ 102 maker take_profit fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn a_position_without_margin_left_is_liquidated_at_its_bankruptcy_price() {
    check(
        "taker 0.05\n leverage 10\n bar 100 100 100 100\n buy 50 sl 20\n bar 100 100 91 92\n bar 92 92 90.4 91",
        expect![[r#"
            1: buy long 50 @ 100 taker signal fee 2.5
            2: sell long 50 @ 90 taker liquidation fee 0
            balance 497.5
        "#]],
    );
    // A third of 3 is no decimal, but two thirds of it are a price on the tick.
    check(
        "leverage 3\n bar 3 3 3 3\n buy 50\n bar 3 3 3 3\n bar 3 3 1 1",
        expect![[r#"
            1: buy long 50 @ 3 taker signal fee 0
            2: sell long 50 @ 2 taker liquidation fee 0
            balance 950
        "#]],
    );
    // A gap beyond it costs no more than the margin.
    check(
        "leverage 10\n bar 100 100 100 100\n sell 50 sl 20\n bar 100 100 100 100\n bar 130 130 130 130",
        expect![[r#"
            1: sell short 50 @ 100 taker signal fee 0
            2: buy short 50 @ 110 taker liquidation fee 0
            balance 500
        "#]],
    );
}

#[test]
fn a_jump_beyond_the_level_liquidates_before_a_waiting_close_arrives() {
    check(
        "leverage 10\n bar 100 100 100 100\n buy 50\n bar 100 100 100 100\n close long\n bar 80 80 80 80",
        expect![[r#"
            1: buy long 50 @ 100 taker signal fee 0
            2: sell long 50 @ 90 taker liquidation fee 0
            rejected: nothing_to_close
            balance 500
        "#]],
    );
}

#[test]
fn an_increased_position_is_guarded_from_its_average_price() {
    check(
        "bar 100 100 100 100\n buy 1 sl 5\n bar 100 100 100 100\n buy 1 sl 5\n bar 110 110 110 110\n bar 110 110 99 99",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            2: buy long 1 @ 110 taker signal fee 0
            3: sell long 2 @ 99.8 taker stop_loss fee 0
            balance 989.6
        "#]],
    );
}

#[test]
fn what_waits_when_the_data_ends_is_dropped_and_what_is_open_is_closed_at_the_last_close() {
    check(
        "taker 0.05\n slippage 1\n bar 100 100 100 100\n buy 1\n bar 100 102 100 101.7\n buy 1",
        expect![[r#"
            1: buy long 1 @ 101 taker signal fee 0.0505
            rejected: end_of_data
            2: sell long 1 @ 101.7 taker end_of_data fee 0.05085
            balance 1000.59865
        "#]],
    );
}

#[test]
fn executions_are_numbered_in_the_order_they_happen_whoever_asked_for_them() {
    let venue = played("bar 100 100 100 100\n buy 1 tp 2\n sell 2 sl 1\n bar 100 103 100 102\n buy 1\n bar 102 102 102 102");
    expect![[r#"
        1: buy long 1 @ 100 taker signal fee 0
        1: sell short 2 @ 100 taker signal fee 0
        1: buy short 2 @ 101 taker stop_loss fee 0
        1: sell long 1 @ 102 maker take_profit fee 0
        2: buy long 1 @ 102 taker signal fee 0
        3: sell long 1 @ 102 taker end_of_data fee 0
    "#]]
    .assert_eq(&venue.told);
    assert_eq!(venue.executions, ["1", "2", "3", "4", "5", "6"]);
    let another = played("bar 100 100 100 100\n buy 1\n bar 100 100 100 100");
    assert_eq!(another.executions, ["1", "2"], "each venue counts for itself");
}

#[test]
fn spot_sells_no_more_than_is_held_at_the_open() {
    // The entry cannot be paid for after the jump, so that the sell behind it has nothing to sell.
    check(
        "spot\n bar 100 100 100 100\n net buy 9.9\n net sell 5\n bar 200 200 200 200",
        expect![[r#"
            rejected: funds
            rejected: nothing_to_close
            balance 1000
        "#]],
    );
}
