//! Order books: depth that is walked, remembered and joined.

use expect_test::expect;

use crate::rehearsal::check;

#[test]
fn a_market_order_walks_the_depth_an_execution_a_level() {
    check(
        "taker 0.1\n book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 2.5\n book bid 99.9 6",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0.1001 left 1.5
            1: buy long 1.5 @ 100.2 taker signal fee 0.1503
            1: sell long 2.5 @ 100 taker end_of_data fee 0.25
            balance 999.0996
        "#]],
    );
}

#[test]
fn what_the_book_does_not_hold_of_a_market_order_is_gone() {
    check(
        "capital 10000\n book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 20\n book bid 99.9 6\n sell 1\n book bid 99.9 6",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0 left 19
            1: buy long 2 @ 100.2 taker signal fee 0 left 17
            1: buy long 9 @ 100.5 taker signal fee 0 left 8
            #1 cancelled: immediate
            2: sell short 1 @ 99.9 taker signal fee 0
            2: sell long 12 @ 100 taker end_of_data fee 0
            2: buy short 1 @ 100 taker end_of_data fee 0
            balance 9994.9
        "#]],
    );
    check(
        "book bid 99.9 5\n buy 1\n book bid 99.9 6",
        expect![[r#"
            rejected: no_liquidity
            balance 1000
        "#]],
    );
}

#[test]
fn what_was_taken_stays_taken_until_the_level_is_shown_anew() {
    check(
        "book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 1\n book bid 99.9 6\n buy 1\n book bid 99.9 5\n book ask 100.1 1\n buy 1\n book bid 99.9 6",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0
            2: buy long 1 @ 100.2 taker signal fee 0
            4: buy long 1 @ 100.1 taker signal fee 0
            4: sell long 3 @ 100 taker end_of_data fee 0
            balance 999.6
        "#]],
    );
}

#[test]
fn a_limit_takes_as_far_as_it_goes_and_rests_with_what_is_left() {
    check(
        "taker 0.1\n maker 0.02\n book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 4 @ 100.2\n book bid 99.9 6\n book ask 100.2 0 ask 100.1 0\n print sell 100.2 0.4\n book ask 100.2 1",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0.1001 left 3
            1: buy long 2 @ 100.2 taker signal fee 0.2004 left 1
            3: buy long 0.4 @ 100.2 maker signal fee 0.008016 left 0.6
            4: buy long 0.6 @ 100.2 maker signal fee 0.012024
            4: sell long 4 @ 100.2 taker end_of_data fee 0.4008
            balance 999.37866
        "#]],
    );
    check(
        "book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 4 @ 100.2 ioc\n book bid 99.9 6",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0 left 3
            1: buy long 2 @ 100.2 taker signal fee 0 left 1
            #1 cancelled: immediate
            1: sell long 3 @ 100 taker end_of_data fee 0
            balance 999.5
        "#]],
    );
}

#[test]
fn fill_or_kill_looks_at_all_of_the_depth_within_its_limit() {
    check(
        "book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 3 @ 100.2 fok\n buy 1 fok\n book bid 99.9 6\n buy 3.5 @ 100.2 fok\n buy 10 fok\n book bid 99.9 6",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0 left 2
            1: buy long 2 @ 100.2 taker signal fee 0
            1: buy long 1 @ 100.5 taker signal fee 0
            rejected: not_all_at_once
            rejected: not_all_at_once
            2: sell long 4 @ 100 taker end_of_data fee 0
            balance 999
        "#]],
    );
    check(
        "leverage 10\n capital 1000\n book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 12 fok\n buy 12.5 fok\n book bid 99.9 6",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0 left 11
            1: buy long 2 @ 100.2 taker signal fee 0 left 9
            1: buy long 9 @ 100.5 taker signal fee 0
            rejected: no_liquidity
            1: sell long 12 @ 100 taker end_of_data fee 0
            balance 995
        "#]],
    );
}

#[test]
fn a_limit_joins_its_level_behind_what_is_shown() {
    check(
        "book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 2 @ 99.9\n book bid 99.8 6\n print sell 99.9 4\n book bid 99.9 1\n print sell 99.9 2\n print sell 99.9 9",
        expect![[r#"
            4: buy long 1 @ 99.9 maker signal fee 0 left 1
            5: buy long 1 @ 99.9 maker signal fee 0
            5: sell long 2 @ 99.9 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn a_limit_fills_whole_when_the_other_side_comes_to_it() {
    check(
        "book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 2 @ 99.9\n book bid 99.8 6\n book bid 99.9 0 ask 99.9 1",
        expect![[r#"
            2: buy long 2 @ 99.9 maker signal fee 0
            2: sell long 2 @ 99.85 taker end_of_data fee 0
            balance 999.9
        "#]],
    );
}

#[test]
fn a_stop_waits_for_the_next_change_of_the_book_to_trade() {
    check(
        "book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 2 stop 101\n print buy 101 1\n print buy 100 1\n book bid 99.9 6",
        expect![[r#"
            #1 triggered
            3: buy long 1 @ 100.1 taker signal fee 0 left 1
            3: buy long 1 @ 100.2 taker signal fee 0
            3: sell long 2 @ 100 taker end_of_data fee 0
            balance 999.7
        "#]],
    );
    // Without prints it is the middle.
    check(
        "book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n sell 2 stop 99\n book bid 99.9 0 bid 99.8 0 bid 97.9 1 bid 97.8 1 bid 97.7 5",
        expect![[r#"
            #1 triggered
            1: sell short 1 @ 97.9 taker signal fee 0 left 1
            1: sell short 1 @ 97.8 taker signal fee 0
            1: buy short 2 @ 99 taker end_of_data fee 0
            balance 997.7
        "#]],
    );
}

#[test]
fn a_leg_is_left_through_the_depth_as_far_as_there_is_some() {
    check(
        "book bid 99.9 5 bid 99.8 5 ask 100.1 1 ask 100.2 2 ask 100.5 9\n buy 2 sl 1\n book bid 99.9 0 bid 99.8 0 bid 97 0.5\n book bid 97 0.5\n book bid 97 2",
        expect![[r#"
            1: buy long 1 @ 100.1 taker signal fee 0 left 1
            1: buy long 1 @ 100.2 taker signal fee 0
            2: sell long 0.5 @ 97 taker stop_loss fee 0
            3: sell long 1.5 @ 97 taker stop_loss fee 0
            balance 993.7
        "#]],
    );
}
