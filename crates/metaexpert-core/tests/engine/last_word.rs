//! How long a run that is stopped listens, so that what it leaves is not left without a stop.
//!
//! In each of these the last event is an execution that nobody hears any more: the run was over before it.

use metaexpert_core::{
    Cancellation, Context, NewOrder, Offset, OrderKind, OrderStatus, Percent, PositionSide, Price, Protection, Rejection, Result,
    Side, Trigger,
    broker::Answer,
    config::OnStop,
    engine::{Resumed, Standing},
    expert::HandlerEvent,
    feed::Event,
};
use rust_decimal::{Decimal, dec};

use crate::{
    closing::{quote, with},
    guarded::{close, main, told},
    night::{Left, Night, at, id, leg, order, trade},
};

/// A run whose positions have a stop, and which leaves everything as it is.
fn night() -> Night {
    let mut night = Night::new();
    (night.config.on_stop, night.config.stop_loss_pct) = (OnStop::Keep, Some(Percent::new(dec!(5))));
    night
}

fn accepted(sequence: u64) -> Event {
    Event::Answer(Answer::Accepted(id(2, sequence)))
}

fn bought(number: u64, run: u32, sequence: u64) -> Event {
    told(trade(number, Some(id(run, sequence)), Side::Buy, dec!(1), 1))
}

fn assert_over_in_time(ran: &Left, sent: &[&str]) {
    assert!(ran.ended.is_ok(), "{:?}", ran.ended);
    assert_eq!(ran.sent, sent);
    assert!(!ran.written().contains(&"trade 9".to_owned()), "it has listened for too long: {:?}", ran.written());
}

#[test]
fn an_order_that_trades_at_once_is_waited_for_though_it_was_accepted() {
    type Act = fn(&mut Context) -> Result<()>;
    let limit: Act = |context| context.buy().limit(101.0).ioc().send().map(drop);
    let market: Act = |context| context.buy().send().map(drop);
    for act in [limit, market] {
        let events = vec![close(0, 100.0), accepted(1), Event::Stop, bought(1, 2, 1), accepted(2), bought(9, 2, 1)];
        let ran = night().run(events, move |event, context, _| match event {
            HandlerEvent::Bar { .. } => act(context),
            _ => Ok(()),
        });
        assert_over_in_time(&ran, &["place mx0-2-1 buy 1", "place mx0-2-2 sell 1"]);
    }
}

/// An entry of an earlier run that stands, or has been triggered.
fn with_an_entry(kind: OrderKind, status: OrderStatus) -> Night {
    let protection = Protection { stop_loss: Some(Offset::Percent(Percent::new(dec!(5)))), ..Protection::default() };
    let entry = NewOrder { protection, ..order(id(1, 1), Side::Buy, kind) };
    let stands = Standing { order: entry, filled: dec!(0), status, since: at(0) };
    Night { resumed: Some(Resumed { orders: vec![stands], ..Resumed::default() }), ..night() }
}

#[test]
fn what_waits_stays_and_what_was_triggered_is_waited_for() {
    let trigger = Trigger::at(Price::new(dec!(105)).unwrap());
    let stop = OrderKind::StopMarket { trigger };
    let limit = OrderKind::StopLimit { trigger, price: Price::new(dec!(106)).unwrap() };
    for (kind, status) in [(stop, OrderStatus::Accepted), (limit, OrderStatus::Accepted), (limit, OrderStatus::Triggered)] {
        let ran = with_an_entry(kind, status).run(vec![close(0, 100.0), Event::Stop, bought(9, 1, 1)], |_, _, _| Ok(()));
        assert_over_in_time(&ran, &[]);
    }
    let events = vec![close(0, 100.0), Event::Stop, bought(1, 1, 1), accepted(1), bought(9, 1, 1)];
    let ran = with_an_entry(stop, OrderStatus::Triggered).run(events, |_, _, _| Ok(()));
    assert_over_in_time(&ran, &["place mx0-2-1 sell 1"]);
}

#[test]
fn a_venue_is_asked_for_its_last_word_until_nothing_has_come_of_it() {
    let limit = OrderKind::Limit { price: Price::new(dec!(90)).unwrap() };
    let part = |number, remaining| {
        let trade = trade(number, Some(id(1, 1)), Side::Buy, dec!(0.5), 1);
        Event::Answer(Answer::Trade { trade, remaining })
    };
    let events = vec![
        close(0, 100.0),
        Event::Stop,
        part(1, dec!(0.5)),
        // It was told before the stop has left, and more may be known meanwhile.
        Event::LastWord,
        accepted(1),
        part(2, Decimal::ZERO),
        accepted(2),
        Event::Answer(Answer::Cancelled(id(2, 1), Cancellation::Requested)),
        Event::LastWord,
        bought(9, 1, 1),
    ];
    let ran = Night { has_last_word: true, ..with_an_entry(limit, OrderStatus::Accepted) }.run(events, |_, _, _| Ok(()));
    assert_over_in_time(&ran, &["place mx0-2-1 sell 0.5", "place mx0-2-2 sell 1", "cancel mx0-2-1"]);
}

/// A position of an earlier run.
fn with_a_long(quantity: Decimal) -> Night {
    let Night { resumed, .. } = with(vec![(main(), PositionSide::Long, leg(quantity))]);
    Night { resumed, ..night() }
}

#[test]
fn a_position_whose_stop_was_refused_is_not_left_before_it_has_one() {
    let refused = Event::Answer(Answer::Rejected(id(2, 1), Rejection::NotSent));
    let events =
        vec![close(0, 100.0), refused, Event::Stop, quote(main(), 1_000), quote(main(), 3_600_000), accepted(2), bought(9, 2, 9)];
    let ran = with_a_long(dec!(1)).run(events, |_, _, _| Ok(()));
    assert_over_in_time(&ran, &["place mx0-2-1 sell 1", "place mx0-2-2 sell 1"]);
}

#[test]
fn what_is_less_than_a_lot_is_left_at_once() {
    let ran = with_a_long(dec!(0.0004)).run(vec![close(0, 100.0), Event::Stop, bought(9, 2, 9)], |_, _, _| Ok(()));
    assert_over_in_time(&ran, &[]);
}
