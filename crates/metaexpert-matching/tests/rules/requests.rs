//! What is asked of orders that stand: changes, cancellations, and orders that end one another.

use expect_test::expect;
use metaexpert_core::UnixNanos;
use metaexpert_matching::LatencyModel;

use crate::rehearsal::{check, played_with};

#[test]
fn a_cancelled_order_never_trades() {
    check(
        "bar 100 100 100 100\n buy 1 @ 98\n buy 1\n buy 1 stop 105\n cancel 1\n cancel 2\n cancel 3\n cancel 3\n cancel 9\n bar 100 110 90 100",
        expect![[r#"
            #1 cancelled
            #2 cancelled
            #3 cancelled
            #3 not cancelled: unknown_order
            #9 not cancelled: unknown_order
            balance 1000
        "#]],
    );
}

#[test]
fn less_at_the_same_price_keeps_its_place() {
    check(
        "bar 100 100 100 100\n buy 2 @ 98\n buy 3 @ 98\n bar 100 101 99 100\n amend 1 qty 1\n bar 100 100 97 98",
        expect![[r#"
            #1 is for 1
            2: buy long 1 @ 98 maker signal fee 0
            2: buy long 3 @ 98 maker signal fee 0
            3: sell long 4 @ 98 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn any_other_change_goes_behind_the_others() {
    check(
        "bar 100 100 100 100\n buy 2 @ 98\n buy 3 @ 98\n bar 100 101 99 100\n amend 1 qty 4\n bar 100 100 97 98",
        expect![[r#"
            #1 is for 4
            2: buy long 3 @ 98 maker signal fee 0
            2: buy long 4 @ 98 maker signal fee 0
            3: sell long 7 @ 98 taker end_of_data fee 0
            balance 1000
        "#]],
    );
    check(
        "bar 100 100 100 100\n buy 2 @ 97\n buy 3 @ 98\n bar 100 101 99 100\n amend 1 @ 98\n bar 100 100 97 98",
        expect![[r#"
            #1 is for 2
            2: buy long 3 @ 98 maker signal fee 0
            2: buy long 2 @ 98 maker signal fee 0
            3: sell long 5 @ 98 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn a_limit_moved_to_where_it_trades_takes_at_the_next_open() {
    check(
        "taker 0.1\n bar 100 100 100 100\n buy 1 @ 98\n bar 100 101 99 100\n amend 1 @ 102\n bar 101 101 101 101",
        expect![[r#"
            #1 is for 1
            2: buy long 1 @ 101 taker signal fee 0.101
            3: sell long 1 @ 101 taker end_of_data fee 0.101
            balance 999.798
        "#]],
    );
    check(
        "bar 100 100 100 100\n buy 1 @ 98 post\n bar 100 101 99 100\n amend 1 @ 102\n bar 101 101 101 101",
        expect![[r#"
            #1 is for 1
            rejected: would_take
            balance 1000
        "#]],
    );
}

#[test]
fn a_trigger_can_be_moved_but_not_to_where_the_price_has_been() {
    check(
        "bar 100 100 100 100\n buy 1 stop 105\n amend 1 trigger 103\n amend 1 trigger 100\n amend 1 qty 2\n bar 100 104 100 103",
        expect![[r#"
            #1 is for 1
            #1 not amended: would_trigger
            #1 is for 2
            #1 triggered
            1: buy long 2 @ 103 taker signal fee 0
            2: sell long 2 @ 103 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn a_change_that_makes_no_sense_changes_nothing() {
    check(
        "bar 100 100 100 100\n buy 1 @ 98\n bar 100 101 99 100\n amend 1 trigger 97\n amend 1 @ 97.95\n amend 1 qty 0.0005\n amend 7 qty 1\n buy 1 stop 105\n amend 2 @ 104\n bar 100 100 97 98",
        expect![[r#"
            #1 not amended: bad_amendment
            #1 not amended: price_filter
            #1 not amended: lot_filter
            #7 not amended: unknown_order
            #2 not amended: bad_amendment
            2: buy long 1 @ 98 maker signal fee 0
            #2 cancelled: end_of_data
            3: sell long 1 @ 98 taker end_of_data fee 0
            balance 1000
        "#]],
    );
}

#[test]
fn of_linked_orders_one_trades_and_the_others_end() {
    // A take-profit and a stop around a position: low first, so that the stop is met.
    check(
        "bar 100 100 100 100\n buy 1\n bar 100 100 100 100\n sell 1 @ 105 reduce link 1\n sell 1 stop 95 reduce link 1\n bar 100 106 94 100",
        expect![[r#"
            1: buy long 1 @ 100 taker signal fee 0
            #3 triggered
            2: sell long 1 @ 95 taker signal fee 0
            #2 cancelled: linked
            balance 995
        "#]],
    );
    // Two entries.
    check(
        "bar 100 100 100 100\n buy 1 stop 103 link 2\n sell 1 stop 97 link 2\n bar 100 104 96 100\n sell 1 stop 96 link 2\n bar 100 100 90 100",
        expect![[r#"
            #2 triggered
            1: sell short 1 @ 97 taker signal fee 0
            #1 cancelled: linked
            rejected: linked_traded
            3: buy short 1 @ 100 taker end_of_data fee 0
            balance 997
        "#]],
    );
}

/// So many seconds for orders and answers; the feed is instant.
#[derive(Debug, Clone, Copy)]
struct Seconds {
    order: i64,
    answer: i64,
}

const SECOND: i64 = 1_000_000_000;

impl LatencyModel for Seconds {
    fn feed(&mut self, _: UnixNanos) -> i64 {
        0
    }

    fn order(&mut self, _: UnixNanos) -> i64 {
        self.order * SECOND
    }

    fn answer(&mut self, _: UnixNanos) -> i64 {
        self.answer * SECOND
    }
}

#[test]
fn an_order_is_looked_at_when_it_has_arrived_and_its_answer_is_heard_when_it_is_back() {
    let script = "quote 99.9 5 100.1 5\n buy 1\n quote 100 5 100.2 5\n quote 100.1 5 100.3 5\n quote 100.2 5 100.4 5";
    let mut heard = Vec::new();
    let mut rehearsal = crate::rehearsal::Rehearsal::with_latency(Seconds { order: 1, answer: 2 });
    for line in script.lines().map(str::trim) {
        rehearsal.play(line);
        heard.push(std::mem::take(&mut rehearsal.told));
    }
    // Sent in second 1, there in second 2, done at the quote of second 2, heard in second 4, which is not played.
    assert_eq!(heard, ["", "", "", "", ""]);
    rehearsal.play("quote 100.2 5 100.4 5");
    expect![[r#"
        2: buy long 1 @ 100.3 taker signal fee 0
    "#]]
    .assert_eq(&rehearsal.told);
}

#[test]
fn a_cancellation_that_comes_too_late_is_refused() {
    let told = played_with(
        Seconds { order: 2, answer: 0 },
        "quote 99.9 5 100.1 5\n buy 1 @ 99.5\n quote 99.9 5 100.1 5\n quote 99.9 5 100.1 5\n cancel 1\n quote 99.3 5 99.4 5\n quote 99.3 5 99.4 5\n quote 99.3 5 99.4 5",
    )
    .told;
    expect![[r#"
        3: buy long 1 @ 99.4 taker signal fee 0
        #1 not cancelled: unknown_order
        5: sell long 1 @ 99.35 taker end_of_data fee 0
    "#]]
    .assert_eq(&told);
}

#[test]
fn what_is_on_its_way_when_the_data_ends_is_refused() {
    let told =
        played_with(Seconds { order: 9, answer: 9 }, "quote 99.9 5 100.1 5\n buy 1\n cancel 1\n quote 99.9 5 100.1 5").told;
    expect![[r#"
        rejected: end_of_data
        #1 not cancelled: end_of_data
    "#]]
    .assert_eq(&told);
}
