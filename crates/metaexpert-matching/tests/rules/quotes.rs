//! Quotes and prints: what market orders pay, and when limits that rest are filled.

use expect_test::expect;

use crate::rehearsal::check;

#[test]
fn a_market_order_fills_at_the_opposite_quote_with_the_next_event() {
    check(
        "taker 0.1\n quote 99.9 5 100.1 5\n buy 1\n quote 100.0 5 100.2 5\n sell 7\n quote 100.0 5 100.2 5",
        expect![[r#"
            1: buy long 1 @ 100.2 taker signal fee 0.1002
            2: sell short 7 @ 100 taker signal fee 0.7
            2: sell long 1 @ 100.1 taker end_of_data fee 0.1001
            2: buy short 7 @ 100.1 taker end_of_data fee 0.7007
            balance 997.599
        "#]],
    );
}

#[test]
fn a_limit_takes_when_the_quote_is_within_it() {
    check(
        "taker 0.1\n maker 0.02\n quote 99.9 5 100.1 5\n buy 1 @ 100.2\n buy 1 @ 100.2 post\n buy 1 @ 100 ioc\n buy 1 @ 100 fok\n quote 99.9 5 100.1 5",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0.1001
            rejected: would_take
            #3 cancelled: immediate
            rejected: not_all_at_once
            1: sell long 1 @ 100 taker end_of_data fee 0.1
            balance 999.6999
        "#]],
    );
}

#[test]
fn a_limit_that_rests_fills_at_its_price_when_the_opposite_quote_crosses_it() {
    check(
        "maker 0.02\n quote 99.9 5 100.1 5\n buy 1 @ 99.8\n quote 99.9 5 100.1 5\n quote 99.8 5 99.9 5\n quote 99.7 5 99.8 5",
        expect![[r#"
            3: buy long 1 @ 99.8 maker signal fee 0.01996
            3: sell long 1 @ 99.75 taker end_of_data fee 0
            balance 999.93004
        "#]],
    );
    check(
        "through\n quote 99.9 5 100.1 5\n buy 1 @ 99.8\n quote 99.9 5 100.1 5\n quote 99.7 5 99.8 5\n quote 99.6 5 99.7 5",
        expect![[r#"
            3: buy long 1 @ 99.8 maker signal fee 0
            3: sell long 1 @ 99.65 taker end_of_data fee 0
            balance 999.85
        "#]],
    );
}

#[test]
fn a_print_at_its_price_fills_a_limit_when_those_ahead_of_it_have_traded() {
    // Five are ahead; 4 and then 3 trade: 2 are for us, one at a time.
    check(
        "quote 99.9 5 100.1 5\n buy 3 @ 99.9\n quote 99.9 5 100.1 5\n print sell 99.9 4\n print sell 99.9 3\n print buy 99.9 9\n print sell 99.9 9",
        expect![[r#"
            3: buy long 2 @ 99.9 maker signal fee 0 left 1
            5: buy long 1 @ 99.9 maker signal fee 0
            5: sell long 3 @ 99.9 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn a_print_through_its_price_fills_all_of_a_limit() {
    check(
        "quote 99.9 50 100.1 5\n buy 3 @ 99.9\n quote 99.9 50 100.1 5\n print sell 99.8 1",
        expect![[r#"
            2: buy long 3 @ 99.9 maker signal fee 0
            2: sell long 3 @ 99.8 taker end_of_data fee 0
            balance 999.7
        "#]],
    );
}

#[test]
fn a_level_that_shrinks_below_what_is_ahead_moves_a_limit_forward() {
    check(
        "quote 99.9 5 100.1 5\n buy 3 @ 99.9\n quote 99.9 5 100.1 5\n quote 99.9 1 100.1 5\n print sell 99.9 2",
        expect![[r#"
            3: buy long 1 @ 99.9 maker signal fee 0 left 2
            #1 cancelled: end_of_data
            3: sell long 1 @ 99.9 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn a_limit_that_is_better_than_the_best_has_nobody_ahead() {
    check(
        "quote 99.9 5 100.1 5\n buy 3 @ 100\n quote 99.9 5 100.1 5\n print sell 100 2",
        expect![[r#"
            2: buy long 2 @ 100 maker signal fee 0 left 1
            #1 cancelled: end_of_data
            2: sell long 2 @ 100 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn conditional_orders_follow_prints_and_trade_at_the_quote() {
    check(
        "slippage 0.1\n quote 99.9 5 100.1 5\n buy 1 stop 101\n quote 101.5 5 101.7 5 100\n print buy 101 1\n quote 101.5 5 101.7 5",
        expect![[r#"
            #1 triggered
            2: buy long 1 @ 101.9 taker signal fee 0
            3: sell long 1 @ 101.6 taker end_of_data fee 0
            balance 999.7
        "#]],
    );
    // Without prints it is the middle of the quote.
    check(
        "quote 99.9 5 100.1 5\n buy 1 stop 101\n quote 100.8 5 101.0 5\n quote 100.9 5 101.1 5",
        expect![[r#"
            #1 triggered
            2: buy long 1 @ 101.1 taker signal fee 0
            2: sell long 1 @ 101 taker end_of_data fee 0
            balance 999.9
        "#]],
    );
}

#[test]
fn a_leg_is_guarded_by_prints_and_left_at_the_quote() {
    check(
        "quote 99.9 5 100.1 5\n buy 1 sl 2 tp 3\n quote 99.9 5 100.1 5\n print buy 98.1 1\n print sell 98.0 1",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0
            2: sell long 1 @ 99.9 taker stop_loss fee 0
            balance 999.8
        "#]],
    );
    check(
        "quote 99.9 5 100.1 5\n buy 1 sl 2 tp 3\n quote 99.9 5 100.1 5\n print buy 103.2 1",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0
            2: sell long 1 @ 103.2 maker take_profit fee 0
            balance 1003.1
        "#]],
    );
}

#[test]
fn the_mark_price_liquidates_where_there_is_one() {
    check(
        "leverage 10\n mark 100\n quote 99.9 5 100.0 5\n buy 50\n quote 99.9 5 100.0 5\n print sell 90 1\n mark 91\n mark 90.4",
        expect![[r#"
            2: buy long 50 @ 100 taker signal fee 0
            5: sell long 50 @ 90 taker liquidation fee 0
            balance 500
        "#]],
    );
}

#[test]
fn an_own_offer_is_not_taken() {
    check(
        "quote 99.9 5 100.1 5\n sell 1 @ 100\n quote 99.9 5 100.1 5\n buy 1\n quote 99.9 5 100.1 5",
        expect![[r#"
            #1 cancelled: self_trade
            2: buy long 1 @ 100.1 taker signal fee 0
            2: sell long 1 @ 100 taker end_of_data fee 0
            balance 999.9
        "#]],
    );
    check(
        "quote 99.9 5 100.1 5\n sell 1 @ 100\n quote 99.9 5 100.1 5\n buy 1 self taker\n quote 99.9 5 100.1 5",
        expect![[r#"
            #2 cancelled: self_trade
            #1 cancelled: end_of_data
            balance 1000
        "#]],
    );
    check(
        "quote 99.9 5 100.1 5\n sell 1 @ 100\n quote 99.9 5 100.1 5\n buy 1 self both\n quote 99.9 5 100.1 5",
        expect![[r#"
            #1 cancelled: self_trade
            #2 cancelled: self_trade
            balance 1000
        "#]],
    );
    check(
        "quote 99.9 5 100.1 5\n sell 1 @ 100\n quote 99.9 5 100.1 5\n buy 3 self allow\n quote 99.9 5 100.1 5",
        expect![[r#"
            2: sell short 1 @ 100 maker signal fee 0
            2: buy long 1 @ 100 taker signal fee 0 left 2
            2: buy long 2 @ 100.1 taker signal fee 0
            2: sell long 3 @ 100 taker end_of_data fee 0
            2: buy short 1 @ 100 taker end_of_data fee 0
            balance 999.8
        "#]],
    );
}

#[test]
fn good_till_date_ends_with_time_alone() {
    check(
        "quote 99.9 5 100.1 5\n buy 1 @ 99 until 2\n quote 99.9 5 100.1 5\n time\n quote 98 5 98.5 5",
        expect![[r#"
            #1 cancelled: expired
            balance 1000
        "#]],
    );
}

#[test]
fn prints_alone_are_a_market_too() {
    check(
        "print buy 100 1\n buy 1\n buy 2 @ 99\n print sell 100 1\n print sell 99 1\n print sell 98.9 1",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            2: buy long 1 @ 99 maker signal fee 0 left 1
            3: buy long 1 @ 99 maker signal fee 0
            3: sell long 3 @ 98.9 taker end_of_data fee 0
            balance 998.7
        "#]],
    );
}
