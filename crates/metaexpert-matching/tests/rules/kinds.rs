//! Every order kind and time in force on bars: one worked example each.

use expect_test::expect;

use crate::rehearsal::check;

#[test]
fn a_limit_rests_until_the_walk_reaches_it_and_pays_the_maker_fee() {
    check(
        "maker 0.02\n bar 100 100 100 100\n buy 1 @ 98\n bar 100 101 99 100\n bar 100 101 97 100",
        expect![[r#"
            2: buy long 1 @ 98 maker signal fee 0.0196
            3: sell long 1 @ 100 taker end_of_data fee 0
            balance 1001.9804
        "#]],
    );
}

#[test]
fn a_limit_gets_a_better_open() {
    check(
        "bar 100 100 100 100\n buy 1 @ 98\n bar 100 101 99 100\n bar 96 97 95 96",
        expect![[r#"
            2: buy long 1 @ 96 maker signal fee 0
            3: sell long 1 @ 96 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn a_limit_that_somebody_is_willing_to_trade_with_at_its_first_open_takes() {
    check(
        "taker 0.1\n maker 0.02\n slippage 1\n bar 100 100 100 100\n buy 1 @ 103\n bar 101 104 100 102",
        expect![[r#"
            1: buy long 1 @ 101 taker signal fee 0.101
            2: sell long 1 @ 102 taker end_of_data fee 0.102
            balance 1000.797
        "#]],
    );
}

#[test]
fn through_wants_a_limit_to_be_passed_by_a_tick() {
    check(
        "through\n bar 100 100 100 100\n buy 1 @ 98\n bar 100 100 98 99\n bar 99 99 97.9 98",
        expect![[r#"
            2: buy long 1 @ 98 maker signal fee 0
            3: sell long 1 @ 98 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn a_stop_market_order_triggers_on_the_walk_and_pays_slippage() {
    check(
        "slippage 0.1\n taker 0.05\n bar 100 100 100 100\n buy 1 stop 105\n bar 100 104 99 100\n bar 101 106 101 104",
        expect![[r#"
            #1 triggered
            2: buy long 1 @ 105.2 taker signal fee 0.0526
            3: sell long 1 @ 104 taker end_of_data fee 0.052
            balance 998.6954
        "#]],
    );
}

#[test]
fn a_stop_market_order_that_gaps_fills_at_the_open() {
    check(
        "bar 100 100 100 100\n sell 1 stop 95\n bar 90 92 88 91",
        expect![[r#"
            #1 triggered
            1: sell short 1 @ 90 taker signal fee 0
            2: buy short 1 @ 91 taker end_of_data fee 0
            balance 999
        "#]],
    );
}

#[test]
fn a_stop_limit_rests_from_the_trigger_on_in_the_same_walk() {
    // Low 99, then high 106 (triggered at 105), then back to 103.
    check(
        "bar 100 100 100 100\n buy 1 stop 105 @ 104\n bar 100 106 99 103",
        expect![[r#"
            #1 triggered
            1: buy long 1 @ 104 maker signal fee 0
            2: sell long 1 @ 103 taker end_of_data fee 0
            balance 999
        "#]],
    );
    // At the trigger the price is within the limit: it takes there.
    check(
        "taker 0.1\n bar 100 100 100 100\n buy 1 stop 105 @ 106\n bar 100 106 99 103",
        expect![[r#"
            #1 triggered
            1: buy long 1 @ 105 taker signal fee 0.105
            2: sell long 1 @ 103 taker end_of_data fee 0.103
            balance 997.792
        "#]],
    );
    // A gap beyond the limit leaves it resting.
    check(
        "bar 100 100 100 100\n buy 1 stop 105 @ 106\n bar 108 109 107 108\n bar 108 108 105 107",
        expect![[r#"
            #1 triggered
            2: buy long 1 @ 106 maker signal fee 0
            3: sell long 1 @ 107 taker end_of_data fee 0
            balance 1001
        "#]],
    );
}

#[test]
fn a_take_profit_order_triggers_when_the_price_has_moved_in_favour() {
    check(
        "slippage 0.1\n bar 100 100 100 100\n buy 1\n bar 100 100 100 100\n sell 1 take 110 reduce\n bar 100 111 100 105",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0
            #2 triggered
            2: sell long 1 @ 109.8 taker signal fee 0
            balance 1009.7
        "#]],
    );
    check(
        "bar 100 100 100 100\n buy 1\n bar 100 100 100 100\n sell 1 take 110 @ 109 reduce\n bar 100 111 100 105",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            #2 triggered
            2: sell long 1 @ 110 taker signal fee 0
            balance 1010
        "#]],
    );
}

#[test]
fn a_trailing_stop_order_follows_the_best_price_since_it_was_sent() {
    // Percent: high 110, less 2 % is 107.8.
    check(
        "bar 100 100 100 100\n buy 1\n bar 100 100 100 100\n sell 1 follow 2% reduce\n bar 100 110 100 109\n bar 109 109 107 108",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            #2 triggered
            3: sell long 1 @ 107.8 taker signal fee 0
            balance 1007.8
        "#]],
    );
    // In quote currency: low 95, plus 3 is 98. It stands from the open on: 103 is not reached before.
    check(
        "bar 100 100 100 100\n sell 1\n bar 100 100 100 100\n buy 1 follow 3 reduce\n bar 100 102 95 97\n bar 97 98 96 97",
        expect![[r#"
            1: sell short 1 @ 100 taker signal fee 0
            #2 triggered
            3: buy short 1 @ 98 taker signal fee 0
            balance 1002
        "#]],
    );
}

#[test]
fn a_trailing_stop_order_sleeps_until_its_activation() {
    check(
        "bar 100 100 100 100\n buy 1\n bar 100 100 100 100\n sell 1 follow 2% from 105 reduce\n bar 100 104 90 100\n bar 100 106 100 105\n bar 105 105 103 103",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            #2 triggered
            4: sell long 1 @ 103.9 taker signal fee 0
            balance 1003.9
        "#]],
    );
}

#[test]
fn what_has_happened_already_does_not_trigger() {
    check(
        "bar 100 100 100 100\n buy 1 stop 100\n sell 1 stop 100.1\n buy 1 take 100\n sell 1 take 99\n sell 1 follow 1% from 100\n bar 100 100 100 100",
        expect![[r#"
            rejected: would_trigger
            rejected: would_trigger
            rejected: would_trigger
            rejected: would_trigger
            rejected: would_trigger
            balance 1000
        "#]],
    );
}

#[test]
fn the_mark_price_triggers_where_there_is_one_and_the_last_price_where_there_is_none() {
    check(
        "bar 100 100 100 100\n buy 1 stop 105 by mark\n bar 100 106 100 104",
        expect![[r#"
            #1 triggered
            1: buy long 1 @ 105 taker signal fee 0
            2: sell long 1 @ 104 taker end_of_data fee 0
            balance 999
        "#]],
    );
    check(
        "bar 100 100 100 100\n mark 100\n buy 1 stop 105 by mark\n bar 100 106 100 104\n mark 105\n bar 104 104 104 104",
        expect![[r#"
            #1 triggered
            121: buy long 1 @ 104 taker signal fee 0
            182: sell long 1 @ 104 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn immediate_or_cancel_takes_or_goes() {
    check(
        "bar 100 100 100 100\n buy 1 @ 99 ioc\n buy 2 @ 101 ioc\n bar 100 102 98 100",
        expect![[r#"
            #1 cancelled: immediate
            1: buy long 2 @ 100 taker signal fee 0
            2: sell long 2 @ 100 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn fill_or_kill_takes_all_or_nothing() {
    check(
        "bar 100 100 100 100\n buy 1 @ 99 fok\n buy 2 @ 101 fok\n buy 20 fok\n bar 100 102 98 100",
        expect![[r#"
            rejected: not_all_at_once
            1: buy long 2 @ 100 taker signal fee 0
            rejected: not_all_at_once
            2: sell long 2 @ 100 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn on_bars_an_own_offer_does_not_stop_a_fill_or_kill_order() {
    check(
        "bar 100 100 100 100\n sell 1 @ 101\n buy 2 fok self taker\n bar 101 101 101 101",
        expect![[r#"
            1: sell short 1 @ 101 taker signal fee 0
            1: buy long 2 @ 101 taker signal fee 0
            2: sell long 2 @ 101 taker end_of_data fee 0
            2: buy short 1 @ 101 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn at_the_end_of_a_stretch_every_order_is_met_not_only_the_first() {
    check(
        "bar 100 100 100 100\n buy 1 @ 98\n buy 2 @ 98\n sell 3 @ 102\n sell 1 @ 102\n bar 100 102 98 100",
        expect![[r#"
            1: buy long 1 @ 98 maker signal fee 0
            1: buy long 2 @ 98 maker signal fee 0
            1: sell short 3 @ 102 maker signal fee 0
            1: sell short 1 @ 102 maker signal fee 0
            2: sell long 3 @ 100 taker end_of_data fee 0
            2: buy short 4 @ 100 taker end_of_data fee 0
            balance 1014
        "#]],
    );
}

#[test]
fn what_a_jump_has_passed_is_met_in_the_order_of_the_way_there() {
    check(
        "bar 100 100 100 100\n sell 1 stop 95 reduce\n buy 1 @ 95\n sell 2 @ 105\n bar 99 99 99 99\n sell 1 stop 96\n bar 90 90 90 90",
        expect![[r#"
            #4 triggered
            2: sell short 1 @ 90 taker signal fee 0
            #1 triggered
            rejected: nothing_to_close
            2: buy long 1 @ 90 maker signal fee 0
            #3 cancelled: end_of_data
            3: sell long 1 @ 90 taker end_of_data fee 0
            3: buy short 1 @ 90 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn post_only_never_takes() {
    check(
        "maker 0.02\n bar 100 100 100 100\n buy 1 @ 101 post\n buy 1 @ 99 post\n bar 100 102 98 100",
        expect![[r#"
            rejected: would_take
            1: buy long 1 @ 99 maker signal fee 0.0198
            2: sell long 1 @ 100 taker end_of_data fee 0
            balance 1000.9802
        "#]],
    );
}

#[test]
fn good_till_date_is_over_before_the_open_at_its_time() {
    check(
        "bar 100 100 100 100\n buy 1 @ 98 until 120\n bar 100 101 99 100\n bar 98 98 98 98",
        expect![[r#"
            #1 cancelled: expired
            balance 1000
        "#]],
    );
    check(
        "bar 100 100 100 100\n buy 1 @ 98 until 121\n bar 100 101 99 100\n bar 98 98 98 98",
        expect![[r#"
            2: buy long 1 @ 98 maker signal fee 0
            3: sell long 1 @ 98 taker end_of_data fee 0
            balance 1000
        "#]],
    );
    check(
        "bar 100 100 100 100\n buy 1 @ 98 until 60\n bar 98 98 98 98",
        expect![[r#"
            rejected: already_expired
            balance 1000
        "#]],
    );
}

#[test]
fn a_reduce_only_order_never_trades_more_than_its_leg_and_ends_with_it() {
    check(
        "bar 100 100 100 100\n buy 2\n bar 100 100 100 100\n sell 5 @ 105 reduce\n sell 1 stop 95 reduce\n sell 1 @ 106 reduce\n bar 100 107 100 106",
        expect![[r#"
            1: buy long 2 @ 100 taker signal fee 0
            2: sell long 2 @ 105 maker signal fee 0
            #3 cancelled: nothing_to_close
            #4 cancelled: nothing_to_close
            balance 1010
        "#]],
    );
    // There is nothing to close.
    check(
        "bar 100 100 100 100\n sell 1 @ 105 reduce\n sell 1 stop 95 reduce\n bar 100 107 94 100",
        expect![[r#"
            rejected: nothing_to_close
            #2 triggered
            rejected: nothing_to_close
            balance 1000
        "#]],
    );
}

#[test]
fn a_reduce_only_order_for_the_next_leg_outlives_the_last() {
    check(
        "bar 100 100 100 100\n buy 1\n bar 100 100 100 100\n close long\n buy 2\n sell 2 stop 95 reduce\n bar 100 100 100 100\n bar 100 100 94 95",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            2: sell long 1 @ 100 taker signal fee 0
            2: buy long 2 @ 100 taker signal fee 0
            #4 triggered
            3: sell long 2 @ 95 taker signal fee 0
            balance 990
        "#]],
    );
}

#[test]
fn close_position_closes_whatever_the_leg_holds_then() {
    check(
        "bar 100 100 100 100\n buy 1\n bar 100 100 100 100\n sell 1 stop 95 whole\n buy 2\n bar 100 101 100 101\n bar 100 100 94 96",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            2: buy long 2 @ 100 taker signal fee 0
            #2 triggered
            3: sell long 3 @ 95 taker signal fee 0
            balance 985
        "#]],
    );
}

#[test]
fn an_order_in_quote_currency_buys_what_it_can_at_the_real_price() {
    check(
        "spot\n capital 1000\n taker 0.1\n bar 100 100 100 100\n net buy 6 spend 500\n bar 110 110 110 110",
        expect![[r#"
            1: buy long 4.545 @ 110 taker signal fee 0.49995
            2: sell long 4.545 @ 110 taker end_of_data fee 0.49995
            balance 999.0001
        "#]],
    );
    check(
        "spot\n capital 1000\n taker 0.1\n bar 100 100 100 100\n net buy 20 spend 1000\n bar 110 110 110 110",
        expect![[r#"
            1: buy long 9.081 @ 110 taker signal fee 0.99891
            2: sell long 9.081 @ 110 taker end_of_data fee 0.99891
            balance 998.00218
        "#]],
    );
}

#[test]
fn a_bracket_by_price_stands_wherever_the_entry_is_filled() {
    check(
        "bar 100 100 100 100\n buy 1 @ 99 sl=95 tp=104\n bar 100 100 98 99\n bar 99 105 99 104",
        expect![[r#"
            1: buy long 1 @ 99 maker signal fee 0
            2: sell long 1 @ 104 maker take_profit fee 0
            balance 1005
        "#]],
    );
    check(
        "bar 100 100 100 100\n buy 1 stop 102 sl=99 tp=110\n bar 100 103 98.9 103\n bar 103 103 98 98",
        expect![[r#"
            #1 triggered
            1: buy long 1 @ 102 taker signal fee 0
            2: sell long 1 @ 99 taker stop_loss fee 0
            balance 997
        "#]],
    );
}

#[test]
fn the_walk_meets_legs_and_orders_in_the_order_in_which_it_comes_to_them() {
    // Down to 94: a stop of the leg at 98, a buy at 97, a stop order at 95. Then up to 106.
    check(
        "bar 100 100 100 100\n buy 1 sl 2\n sell 1 @ 106\n buy 1 @ 97\n sell 1 stop 95\n bar 100 107 94 100",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            1: sell long 1 @ 98 taker stop_loss fee 0
            1: buy long 1 @ 97 maker signal fee 0
            #4 triggered
            1: sell short 1 @ 95 taker signal fee 0
            1: sell short 1 @ 106 maker signal fee 0
            2: sell long 1 @ 100 taker end_of_data fee 0
            2: buy short 2 @ 100 taker end_of_data fee 0
            balance 1002
        "#]],
    );
}

#[test]
fn orders_at_one_price_fill_in_the_order_sent() {
    check(
        "bar 100 100 100 100\n buy 1 @ 98\n buy 2 @ 98\n buy 3 @ 98\n bar 100 100 97 98",
        expect![[r#"
            1: buy long 1 @ 98 maker signal fee 0
            1: buy long 2 @ 98 maker signal fee 0
            1: buy long 3 @ 98 maker signal fee 0
            2: sell long 6 @ 98 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn a_resting_order_holds_back_what_it_will_cost() {
    // The second limit cannot be paid once the first rests.
    check(
        "bar 100 100 100 100\n buy 6 @ 98\n buy 6 @ 97\n bar 100 101 99 100\n buy 5\n bar 100 100 100 100\n buy 4\n bar 100 100 100 100",
        expect![[r#"
            rejected: funds
            rejected: funds
            3: buy long 4 @ 100 taker signal fee 0
            #1 cancelled: end_of_data
            4: sell long 4 @ 100 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn in_a_bar_the_market_meets_an_own_offer_before_another_order_of_ours_can() {
    check(
        "bar 100 100 100 100\n sell 1 @ 102\n bar 100 101 99 100\n buy 1\n bar 103 103 103 103",
        expect![[r#"
            2: buy long 1 @ 103 taker signal fee 0
            2: sell short 1 @ 103 maker signal fee 0
            3: sell long 1 @ 103 taker end_of_data fee 0
            3: buy short 1 @ 103 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}
