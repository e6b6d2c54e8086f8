//! What takes a book away, and what it takes to bring it back.

use super::*;

#[test]
fn a_gap_empties_the_book_and_says_what_is_missing() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(5, 7, 0));
    assert_eq!(desk.answer(ask, &snapshot(7)), Step::Rebuilt);
    let Step::Broken { why, then: Remedy::AskSnapshot(ask) } = desk.take(&change(10, 11, 0)) else {
        panic!("8 and 9 are missing")
    };
    assert_eq!(why, Break::Gap { expected: 7, got: 9 });
    assert_eq!((desk.sync.is_live(), desk.book.bids().len(), desk.book.asks().len()), (false, 0, 0));
    assert_eq!(desk.answer(ask, &snapshot(9)), Step::Rebuilt, "the change that showed the gap has waited");
    assert_eq!(desk.bid(), 11);
}

#[test]
fn copies_change_nothing_and_a_new_numbering_breaks_the_book() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(50, 57, 0));
    assert_eq!(desk.answer(ask, &snapshot(55)), Step::Rebuilt);
    assert_eq!(desk.take(&change(50, 57, 0)), Step::Older);
    let Step::Broken { why, .. } = desk.take(&later(change(3, 4, 0), 90)) else { panic!("counted anew") };
    assert_eq!(why, Break::Restarted { have: 57, got: 4 });
}

#[test]
fn older_changes_behind_a_snapshot_are_late_only_for_so_long() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(1, 1, 0));
    assert_eq!(desk.answer(ask, &DepthReport { time: None, ..snapshot(5_000) }), Step::Rebuilt);
    for last in 2..=u64::from(OLDER_MAX) + 1 {
        assert_eq!(desk.take(&change(last, last, 0)), Step::Older);
    }
    assert!(matches!(desk.take(&change(900, 900, 0)), Step::Broken { why: Break::Restarted { .. }, .. }));
}

#[test]
fn a_new_numbering_among_what_waits_makes_the_open_question_worthless() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(50, 57, 0));
    let Step::AskSnapshot(anew) = desk.take(&later(change(1, 2, 0), 60)) else { panic!("counted anew") };
    assert_eq!(desk.answer(ask, &snapshot(55)), Step::Older);
    assert_eq!(desk.answer(anew, &snapshot(1)), Step::Rebuilt);
    assert_eq!(desk.bid(), 2);
}

#[test]
fn a_message_without_the_number_it_is_joined_by_breaks_the_book() {
    let mut desk = Desk::new(&WITH_PREVIOUS);
    let step = desk.take(&DepthReport { previous: None, ..change(1, 2, 0) });
    assert!(matches!(step, Step::Broken { why: Break::Unnumbered { last: 2 }, then: Remedy::AskSnapshot(_) }), "{step:?}");
    let step = desk.take(&DepthReport { last: 1 << 63, ..change(1, 2, 0) });
    assert!(matches!(step, Step::Broken { why: Break::Unnumbered { .. }, .. }), "{step:?}");
}

#[test]
fn a_book_that_differs_from_its_checksum_is_broken() {
    let mut desk = Desk::new(&CHAINED);
    assert_eq!(desk.take(&snapshot(10)), Step::Rebuilt);
    // `100:10:100.5:7` by another implementation (zlib).
    let told = 0xd7ec_e71a;
    assert_eq!(best_25(&desk.book), told);
    assert_eq!(desk.sync.verify(told, nanos(0), &mut desk.out), Step::Applied);
    assert_eq!(desk.sync.verify(0, nanos(0), &mut desk.out), Step::Applied, "none was sent");
    let step = desk.sync.verify(5, nanos(0), &mut desk.out);
    assert_eq!(desk.after(step), Step::Broken { why: Break::Checksum { told: 5, ours: told }, then: Remedy::Subscribe });
    assert_eq!((desk.bid(), desk.sync.book()), (0, None));
}

#[test]
fn a_level_that_is_none_breaks_the_book_and_nothing_of_its_message_is_told() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(1, 1, 0));
    assert_eq!(desk.answer(ask, &snapshot(1)), Step::Rebuilt);
    let asks = vec![level(dec!(101), 1.0), level(dec!(101.3), 1.0)];
    let Step::Broken { why, then: Remedy::AskSnapshot(mut ask) } = desk.take(&DepthReport { asks, ..change(2, 2, 0) }) else {
        panic!("101.3 is between two ticks")
    };
    assert_eq!(why.to_string(), "price 101.3 is not a multiple of the tick 0.5");
    assert_eq!((desk.book.bids().len(), desk.book.asks().len()), (0, 0));
    for quantity in [-1.0, f64::NAN, f64::INFINITY] {
        let step = desk.answer(ask, &DepthReport { bids: vec![level(dec!(99), quantity)], ..snapshot(3) });
        let Step::Broken { why: Break::BadQuantity { .. }, then: Remedy::AskSnapshot(again) } = step else { panic!("{step:?}") };
        assert_eq!((again.in_a_row, desk.sync.is_live()), (ask.in_a_row + 1, false));
        ask = again;
    }
}

#[test]
fn messages_with_levels_that_are_none_ask_once_and_the_answer_is_of_use() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(1, 1, 0));
    assert_eq!(desk.answer(ask, &snapshot(1)), Step::Rebuilt);
    let off_tick = |number| DepthReport { asks: vec![level(dec!(101.3), 1.0)], ..change(number, number, 0) };
    let ask = desk.asks(&off_tick(2));
    for number in 3..50 {
        let step = desk.take(&off_tick(number));
        assert!(matches!(step, Step::Broken { why: Break::OffTick { .. }, then: Remedy::Wait }), "{step:?}");
    }
    assert_eq!(desk.answer(ask, &snapshot(49)), Step::Rebuilt, "the question is still open");
    // A gap, and a level that is none, in one message: it is asked once, too.
    let ask = desk.asks(&off_tick(60));
    assert!(matches!(desk.take(&off_tick(61)), Step::Broken { then: Remedy::Wait, .. }));
    assert_eq!(desk.answer(ask, &snapshot(61)), Step::Rebuilt);
}

#[test]
fn a_cut_empties_the_book_and_what_waited_is_worthless() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(1, 1, 0));
    assert_eq!(desk.sync.cut(nanos(0), &mut desk.out), Step::Waits);
    assert_eq!(desk.answer(ask, &snapshot(1)), Step::Older);
    let ask = desk.asks(&change(5, 5, 0));
    assert_eq!(desk.answer(ask, &snapshot(5)), Step::Rebuilt);
    let step = desk.sync.cut(nanos(0), &mut desk.out);
    assert_eq!(desk.after(step), Step::Broken { why: Break::Cut, then: Remedy::Wait });
    assert_eq!(desk.bid(), 0);
    assert!(matches!(desk.take(&change(6, 6, 0)), Step::AskSnapshot(_)), "nothing joins over a cut");
}

#[test]
fn after_a_break_a_snapshot_has_to_reach_what_the_book_had() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(5, 7, 0));
    assert_eq!(desk.answer(ask, &snapshot(7)), Step::Rebuilt);
    assert_eq!(desk.sync.verify(1, nanos(0), &mut desk.out), Step::Older, "there is no checksum to compare");
    let spoilt = DepthReport { bids: vec![level(dec!(0.3), 1.0)], ..change(8, 9, 0) };
    let ask = desk.asks(&spoilt);
    let Step::AskSnapshot(ask) = desk.answer(ask, &snapshot(8)) else { panic!("9 has been seen, and could not be read") };
    assert_eq!(desk.answer(ask, &snapshot(9)), Step::Rebuilt);
    assert_eq!(desk.bid(), 9);
}

#[test]
fn a_change_that_cannot_be_read_while_others_wait_has_to_be_in_the_snapshot() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(5, 7, 0));
    let step = desk.take(&DepthReport { bids: vec![level(dec!(0.3), 1.0)], ..change(8, 9, 0) });
    assert!(matches!(step, Step::Broken { why: Break::OffTick { .. }, then: Remedy::Wait }), "{step:?}");
    assert_eq!(desk.take(&change(10, 11, 0)), Step::Waits);
    let Step::AskSnapshot(ask) = desk.answer(ask, &snapshot(6)) else { panic!("8 and 9 are missing") };
    assert_eq!(desk.answer(ask, &snapshot(9)), Step::Rebuilt);
    assert_eq!((desk.sync.last(), desk.bid()), (Some(11), 11));
}

#[test]
fn a_change_of_an_older_numbering_is_no_gap() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&later(change(5, 7, 0), 900));
    assert_eq!(desk.answer(ask, &snapshot(7)), Step::Rebuilt);
    assert_eq!(desk.take(&later(change(800, 801, 0), 500)), Step::Older, "a larger number of an earlier time");
    assert!(matches!(desk.take(&later(change(800, 801, 0), 901)), Step::Broken { why: Break::Gap { .. }, .. }));
}

#[test]
fn a_copy_of_the_book_that_began_a_stream_does_not_bring_it_back() {
    let mut desk = Desk::new(&COUNTED);
    assert_eq!(desk.take(&snapshot(6)), Step::Rebuilt);
    assert!(matches!(desk.take(&change(0, 9, 0)), Step::Broken { .. }));
    let step = desk.take(&snapshot(6));
    assert_eq!(step, Step::Broken { why: Break::Past { time: nanos(6), have: nanos(9) }, then: Remedy::Subscribe });
    assert_eq!(desk.take(&snapshot(10)), Step::Rebuilt);
}

#[test]
fn one_time_that_lies_far_ahead_does_not_keep_a_book_that_says_it_is_right() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(5, 7, 0));
    assert_eq!(desk.answer(ask, &snapshot(7)), Step::Rebuilt);
    assert_eq!(desk.take(&later(change(8, 8, 0), 1 << 60)), Step::Applied);
    let mut late = 9..;
    for last in late.by_ref().take(100) {
        assert_eq!(desk.take(&change(last, last, 0)), Step::Older, "{last}");
    }
    let last = late.next().unwrap();
    let Step::Broken { why, then: Remedy::AskSnapshot(ask) } = desk.take(&change(last, last, 0)) else { panic!("frozen") };
    assert_eq!(why, Break::Restarted { have: 8, got: 109 });
    assert_eq!(desk.answer(ask, &snapshot(last)), Step::Rebuilt);
    assert_eq!(desk.take(&change(110, 110, 0)), Step::Applied);
    let step = desk.take(&change(112, 112, 0));
    assert!(matches!(step, Step::Broken { why: Break::Gap { .. }, .. }), "the time that lied is forgotten: {step:?}");
}

#[test]
fn late_changes_are_counted_in_a_row_only() {
    let mut desk = Desk::new(&COUNTED);
    assert_eq!(desk.take(&later(snapshot(6), 50)), Step::Rebuilt);
    for last in 7..300 {
        assert_eq!(desk.take(&later(change(0, last + 1, 0), 49)), Step::Older);
        assert_eq!(desk.take(&later(change(0, last, 0), 50)), Step::Applied);
    }
}

#[test]
fn whole_books_that_stay_older_than_the_one_that_is_kept_replace_it() {
    let mut desk = Desk::new(&COUNTED);
    assert_eq!(desk.take(&later(snapshot(6), 1 << 60)), Step::Rebuilt);
    for last in 7..107 {
        assert_eq!(desk.take(&snapshot(last)), Step::Older);
    }
    let broken = Step::Broken { why: Break::Restarted { have: 6, got: 107 }, then: Remedy::Subscribe };
    assert_eq!(desk.take(&snapshot(107)), broken);
    assert_eq!(desk.bid(), 0);
    assert_eq!(desk.take(&snapshot(108)), Step::Rebuilt);
    assert_eq!(desk.take(&change(0, 109, 0)), Step::Applied);
}
