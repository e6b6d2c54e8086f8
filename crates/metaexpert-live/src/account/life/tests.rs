//! An order's life, turn by turn.

use std::time::Duration;

use metaexpert_connect::{
    Failure, Meaning,
    report::{OrderReport, OrderState},
};
use metaexpert_core::{Amendment, Cancellation, OrderKind, OrderStatus, Price, Rejection, UnixNanos, engine::Standing};
use rust_decimal::dec;
use tokio::time::Instant;

use super::{
    Deed, Life, Nature, Out, Tell,
    fixtures::{NATURE, fill_of, limit, lost, not_sent, quantity, refused, report_of, sent_of, stop},
};

/// A life, and what came out of it since it was looked at last.
struct Told {
    life: Life,
    out: Out,
    now: Instant,
}

impl Told {
    fn begin(order: metaexpert_core::NewOrder) -> Self {
        let (now, mut out) = (Instant::now(), Out::default());
        let sent = sent_of(&order);
        let life = Life::begin(order, sent, NATURE, now, &mut out);
        assert_eq!(out.deeds, [Deed::Send]);
        Self { life, out: Out::default(), now }
    }

    fn accepted(order: metaexpert_core::NewOrder) -> Self {
        let mut told = Self::begin(order);
        told.life.sent(Ok(()), told.now, &mut told.out);
        assert_eq!(told.tells(), [Tell::Accepted]);
        told
    }

    fn tells(&mut self) -> Vec<Tell> {
        std::mem::take(&mut self.out.tells)
    }

    fn deeds(&mut self) -> Vec<Deed> {
        std::mem::take(&mut self.out.deeds)
    }

    /// Lets time pass up to when the life is due.
    fn wait(&mut self) -> Vec<Deed> {
        self.now = self.life.due().unwrap();
        self.life.wake(self.now, &mut self.out);
        self.deeds()
    }

    fn report(&mut self, state: OrderState, filled: rust_decimal::Decimal) {
        let report = report_of(&self.life.order.clone(), state, filled);
        self.life.report(&report, self.now, &mut self.out);
    }

    fn fill(&mut self, id: u64, of: rust_decimal::Decimal) {
        let fill = fill_of(&self.life.order.clone(), id, of);
        self.life.fill(fill, self.now, &mut self.out);
    }
}

fn filled(tells: &[Tell]) -> Vec<(String, rust_decimal::Decimal)> {
    let fill = |tell: &Tell| match tell {
        Tell::Fill(fill, remaining) => Some((fill.trade_id.clone(), *remaining)),
        _ => None,
    };
    tells.iter().filter_map(fill).collect()
}

#[test]
fn an_execution_before_the_acknowledgement_proves_that_the_order_was_taken() {
    let mut told = Told::begin(limit(dec!(3)));
    told.fill(1, dec!(1));
    assert_eq!(told.tells()[0], Tell::Accepted);
    told.life.sent(Ok(()), told.now, &mut told.out);
    told.fill(1, dec!(1));
    assert_eq!(told.tells(), [], "neither is told twice");
}

#[test]
fn an_end_is_held_back_until_the_executions_that_it_speaks_of_are_fetched() {
    let mut told = Told::accepted(limit(dec!(3)));
    told.report(OrderState::Cancelled, dec!(2));
    assert_eq!(told.tells(), []);
    assert_eq!(told.wait(), [Deed::Fetch]);
    told.fill(1, dec!(2));
    assert_eq!(filled(&told.tells()), [("1".to_owned(), dec!(1))]);
    assert!(told.life.is_ended());
}

#[test]
fn the_end_comes_after_its_last_execution() {
    let mut told = Told::accepted(limit(dec!(3)));
    told.report(OrderState::Expired, dec!(2));
    told.fill(1, dec!(2));
    let tells = told.tells();
    assert_eq!(tells.last(), Some(&Tell::Cancelled(Cancellation::Expired)));
    assert_eq!(tells.len(), 2);
}

#[test]
fn a_lost_answer_is_asked_after_and_counts_as_not_sent_only_when_it_can_no_longer_arrive() {
    let mut told = Told::begin(limit(dec!(1)));
    told.life.sent(Err(&lost()), told.now, &mut told.out);
    assert_eq!(told.tells(), [Tell::Unknown]);
    let signed = told.now;
    while !told.life.is_ended() {
        assert_eq!(told.wait(), [Deed::Ask]);
        let asked = told.now;
        told.life.found(None, asked, told.now, &mut told.out);
        assert_eq!(told.life.is_ended(), asked >= signed + Duration::from_secs(7));
    }
    assert_eq!(told.tells(), [Tell::Rejected(Rejection::NotSent)]);
}

#[test]
fn an_unknown_order_that_is_found_goes_on_from_there() {
    let mut told = Told::begin(limit(dec!(1)));
    told.life.sent(Err(&refused(Meaning::DuplicateClientId)), told.now, &mut told.out);
    assert_eq!((told.tells(), told.wait()), (vec![Tell::Unknown], vec![Deed::Ask]));
    let report = report_of(&limit(dec!(1)), OrderState::New, dec!(0));
    told.life.found(Some(&report), told.now, told.now, &mut told.out);
    assert_eq!(told.tells(), [Tell::Accepted]);
    assert_eq!(told.life.due(), None);
}

#[test]
fn an_entry_that_was_not_sent_is_not_sent_again_and_an_exit_is_for_a_while() {
    let mut entry = Told::begin(limit(dec!(1)));
    entry.life.sent(Err(&not_sent()), entry.now, &mut entry.out);
    assert_eq!(entry.tells(), [Tell::Rejected(Rejection::NotSent)]);
    let mut exit = Told::begin(stop(dec!(1)));
    let (mut sends, began) = (0, exit.now);
    while !exit.life.is_ended() {
        exit.life.sent(Err(&not_sent()), exit.now, &mut exit.out);
        if !exit.life.is_ended() {
            assert_eq!(exit.wait(), [Deed::Send]);
            sends += 1;
        }
    }
    assert_eq!((sends, exit.tells()), (4, vec![Tell::Rejected(Rejection::NotSent)]));
    assert!(exit.now < began + Duration::from_secs(10));
}

#[test]
fn an_exit_that_has_to_wait_for_long_is_not_sent_so_that_the_engine_guards_by_other_means() {
    let wait =
        |seconds| Failure::RateLimited { endpoint: "place", retry_after: Some(Duration::from_secs(seconds)), is_banned: false };
    let mut exit = Told::begin(stop(dec!(1)));
    exit.life.sent(Err(&wait(3)), exit.now, &mut exit.out);
    assert_eq!((exit.tells(), exit.wait()), (vec![], vec![Deed::Send]));
    exit.life.sent(Err(&wait(60)), exit.now, &mut exit.out);
    assert_eq!(exit.tells(), [Tell::Rejected(Rejection::NotSent)]);
}

#[test]
fn an_order_whose_end_was_heard_is_not_cancelled_again_while_its_executions_are_fetched() {
    let mut told = Told::accepted(limit(dec!(3)));
    told.life.cancel(told.now, &mut told.out);
    assert_eq!(told.deeds(), [Deed::Cancel]);
    told.life.cancel_answered(Err(&refused(Meaning::UnknownOrder)), told.now, &mut told.out);
    told.report(OrderState::Filled, dec!(3));
    let until = told.now + Duration::from_mins(2);
    while told.now < until {
        for deed in told.wait() {
            assert_ne!(deed, Deed::Cancel);
            match deed {
                Deed::Fetch => told.life.fetched(told.now, &mut told.out),
                _ => told.life.not_answered(told.now),
            }
        }
    }
    told.fill(1, dec!(3));
    assert!(told.life.is_ended());
}

#[test]
fn a_refusal_is_told_in_the_engines_words() {
    for (meaning, rejection) in [
        (Meaning::Rejected(Rejection::Funds), Rejection::Funds),
        (Meaning::NotTrading, Rejection::Expired),
        (Meaning::BadKey, Rejection::Refused),
        (Meaning::TooManyOrders, Rejection::NotSent),
    ] {
        let mut told = Told::begin(limit(dec!(1)));
        told.life.sent(Err(&refused(meaning)), told.now, &mut told.out);
        assert_eq!(told.tells(), [Tell::Rejected(rejection)], "{meaning:?}");
    }
}

#[test]
fn a_cancel_waits_for_the_answer_to_its_order_and_is_repeated_until_the_end() {
    let mut told = Told::begin(limit(dec!(1)));
    told.life.cancel(told.now, &mut told.out);
    assert_eq!(told.deeds(), []);
    told.life.sent(Ok(()), told.now, &mut told.out);
    assert_eq!(told.deeds(), [Deed::Cancel]);
    told.life.cancel_answered(Err(&lost()), told.now, &mut told.out);
    assert_eq!(told.wait(), [Deed::Ask]);
    let open = report_of(&limit(dec!(1)), OrderState::New, dec!(0));
    told.life.found(Some(&open), told.now, told.now, &mut told.out);
    assert_eq!(told.wait(), [Deed::Cancel]);
    told.tells();
    told.report(OrderState::Cancelled, dec!(0));
    assert_eq!(told.tells(), [Tell::Cancelled(Cancellation::Requested)]);
}

#[test]
fn a_cancel_that_comes_too_late_finds_out_what_became_of_the_order() {
    let mut told = Told::accepted(limit(dec!(2)));
    told.life.cancel(told.now, &mut told.out);
    assert_eq!(told.deeds(), [Deed::Cancel]);
    told.life.cancel_answered(Err(&refused(Meaning::UnknownOrder)), told.now, &mut told.out);
    assert_eq!((told.tells(), told.wait()), (vec![], vec![Deed::Ask]));
    let report = report_of(&limit(dec!(2)), OrderState::Filled, dec!(2));
    told.life.found(Some(&report), told.now, told.now, &mut told.out);
    told.fill(1, dec!(2));
    assert_eq!(filled(&told.tells()), [("1".to_owned(), dec!(0))]);
}

#[test]
fn a_cancel_that_is_refused_leaves_the_order_standing() {
    let mut told = Told::accepted(limit(dec!(2)));
    told.life.cancel(told.now, &mut told.out);
    told.life.cancel_answered(Err(&refused(Meaning::Rejected(Rejection::LinkedTraded))), told.now, &mut told.out);
    assert_eq!(told.tells(), [Tell::CancelRejected(Rejection::LinkedTraded)]);
    told.deeds();
    told.life.cancel(told.now, &mut told.out);
    assert_eq!(told.deeds(), [Deed::Cancel], "it can be wanted back again");
}

#[test]
fn the_execution_that_would_complete_an_order_waits_while_a_larger_quantity_is_asked_for() {
    let mut told = Told::accepted(limit(dec!(2)));
    let larger = Amendment { id: told.life.order.id, quantity: Some(quantity(dec!(5))), price: None, trigger: None };
    told.life.amend(larger, told.now, &mut told.out);
    assert_eq!(told.deeds(), [Deed::Amend(larger)]);
    told.fill(1, dec!(2));
    assert_eq!(told.tells(), []);
    told.life.amend_answered(Ok(Some(dec!(5))), told.now, &mut told.out);
    let tells = told.tells();
    assert_eq!(tells[0], Tell::Amended(quantity(dec!(5))));
    assert_eq!(filled(&tells), [("1".to_owned(), dec!(3))]);
}

#[test]
fn an_order_that_is_amended_to_what_it_has_executed_ends_when_the_exchange_says_so() {
    let mut told = Told::accepted(limit(dec!(5)));
    told.fill(1, dec!(2));
    told.tells();
    let smaller = Amendment { id: told.life.order.id, quantity: Some(quantity(dec!(1))), price: None, trigger: None };
    told.life.amend(smaller, told.now, &mut told.out);
    told.life.amend_answered(Ok(None), told.now, &mut told.out);
    assert_eq!(told.tells(), [Tell::Amended(quantity(dec!(1)))]);
    told.report(OrderState::Cancelled, dec!(2));
    assert_eq!(told.tells(), [Tell::Cancelled(Cancellation::Requested)]);
}

#[test]
fn where_the_exchange_changes_no_orders_nothing_is_sent() {
    let mut told = Told::accepted(limit(dec!(5)));
    told.life.nature = Nature { amends: false, ..NATURE };
    let change = Amendment { id: told.life.order.id, quantity: Some(quantity(dec!(1))), price: None, trigger: None };
    told.life.amend(change, told.now, &mut told.out);
    assert_eq!((told.tells(), told.deeds()), (vec![Tell::AmendRejected(change, Rejection::BadAmendment)], vec![]));
}

#[test]
fn a_stop_is_triggered_before_it_is_executed_whichever_is_heard() {
    let mut told = Told::accepted(stop(dec!(1)));
    told.fill(1, dec!(1));
    let tells = told.tells();
    assert_eq!(tells[0], Tell::Triggered);
    assert_eq!(filled(&tells), [("1".to_owned(), dec!(0))]);
}

#[test]
fn an_order_that_the_exchange_has_forgotten_is_gone_after_its_executions_were_looked_through() {
    let mut told = Told::accepted(limit(dec!(1)));
    let mut asked = 0;
    while asked < 3 {
        told.now += Duration::from_secs(1);
        told.life.found(None, told.now, told.now, &mut told.out);
        asked += 1;
    }
    assert_eq!((told.tells(), told.wait()), (vec![], vec![Deed::Fetch]));
    told.life.fetched(told.now, &mut told.out);
    assert_eq!(told.tells(), [Tell::Cancelled(Cancellation::Requested)]);
}

#[test]
fn an_execution_after_the_end_still_counts() {
    let mut told = Told::accepted(limit(dec!(3)));
    told.report(OrderState::Cancelled, dec!(0));
    told.tells();
    told.fill(9, dec!(1));
    assert_eq!(filled(&told.tells()), [("9".to_owned(), dec!(0))]);
}

#[test]
fn what_an_earlier_run_has_changed_without_an_answer_is_found_in_the_order() {
    let order = limit(dec!(2));
    let standing =
        Standing { order: order.clone(), filled: dec!(0), status: OrderStatus::Accepted, since: UnixNanos::from_nanos(1) };
    let (now, mut out) = (Instant::now(), Out::default());
    let mut life = Life::resume(&standing, sent_of(&order), NATURE, now);
    let there = OrderReport { price: Some(dec!(101)), quantity: Some(dec!(5)), ..report_of(&order, OrderState::New, dec!(0)) };
    life.report(&there, now, &mut out);
    assert_eq!(out.tells, [Tell::Amended(quantity(dec!(5)))]);
    assert_eq!(life.order.kind, OrderKind::Limit { price: Price::new(dec!(101)).unwrap() });
    // Only what stands before this run has said anything: a report that is late does not turn a change of its own back.
    life.report(&report_of(&order, OrderState::New, dec!(0)), now, &mut out);
    assert_eq!(life.order.kind, OrderKind::Limit { price: Price::new(dec!(101)).unwrap() });
}

#[test]
fn an_order_is_not_at_rest_while_an_execution_or_a_change_of_it_is_not_told() {
    let mut told = Told::accepted(limit(dec!(2)));
    assert!(told.life.is_at_rest());
    told.report(OrderState::PartiallyFilled, dec!(1));
    assert!(told.life.is_settled() && !told.life.is_at_rest(), "an execution is spoken of that was not told");
    told.fill(1, dec!(1));
    assert!(told.life.is_at_rest());
    let id = told.life.order.id;
    told.life.amend(Amendment { id, quantity: Some(quantity(dec!(3))), price: None, trigger: None }, told.now, &mut told.out);
    assert!(!told.life.is_at_rest(), "a change is on its way");
}
