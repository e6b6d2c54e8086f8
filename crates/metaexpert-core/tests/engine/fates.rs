//! What becomes of orders at an exchange, in whatever order it is told; times in which entries wait; and the end that a person wants.

use metaexpert_core::{
    Cancellation, OrderStatus, Rejection, Side,
    broker::Answer,
    config::OnStop,
    engine::{Resumed, Standing},
    expert::HandlerEvent,
    feed::{Event, Pause, PauseCause},
};
use rust_decimal::{Decimal, dec};

use crate::{
    night::{Left, Night, at, id, leg, order, trade},
    trial::{Trial, bar},
};

fn close(minute: i64, price: f64) -> Event {
    let (_, [main, _]) = Trial::instruments();
    bar(main, minute, price, price, false)
}

fn filled(number: u64, quantity: Decimal, remaining: Decimal) -> Answer {
    Answer::Trade { trade: trade(number, Some(id(2, 1)), Side::Buy, quantity, 1), remaining }
}

/// What the expert is told when it has bought one, and the exchange says this.
fn told(answers: Vec<Answer>) -> Left {
    let mut night = Night::new();
    night.wants.orders = true;
    night.wants.transactions = true;
    let mut events = vec![close(0, 100.0)];
    events.extend(answers.into_iter().map(Event::Answer));
    let mut ran = night.run(events, |event, context, _| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            context.buy().send()?;
        }
        Ok(())
    });
    assert!(ran.ended.is_ok(), "{:?}", ran.ended);
    // Behind `on_init` and the bar, before `on_deinit`.
    ran.told = ran.told[2..ran.told.len() - 1].to_vec();
    ran
}

#[test]
fn after_an_order_was_unknown_comes_the_truth_whatever_it_is() {
    let unknown = ["outcome Unknown", "order mx0-2-1 unknown"];
    let expired = Cancellation::Expired;
    for (truth, after) in [
        (vec![Answer::Accepted(id(2, 1))], vec!["outcome Accepted", "order mx0-2-1 accepted"]),
        (vec![filled(1, dec!(1), dec!(0))], vec!["1 trade 1", "order mx0-2-1 filled"]),
        (
            vec![filled(1, dec!(0.5), dec!(0.5)), Answer::Accepted(id(2, 1)), filled(2, dec!(0.5), dec!(0))],
            vec!["1 trade 1", "order mx0-2-1 partially_filled", "outcome Accepted", "1 trade 2", "order mx0-2-1 filled"],
        ),
        (vec![Answer::Cancelled(id(2, 1), expired)], vec!["order mx0-2-1 expired"]),
        (
            vec![Answer::Rejected(id(2, 1), Rejection::NotSent)],
            vec!["outcome Rejected(NotSent)", "order mx0-2-1 rejected", "error order mx0-2-1 was not executed: not_sent"],
        ),
    ] {
        let answers = [vec![Answer::Unknown(id(2, 1))], truth].concat();
        let ran = told(answers);
        assert_eq!(ran.told, [unknown.to_vec(), after].concat());
        assert!(ran.written().contains(&"unknown mx0-2-1".to_owned()));
    }
}

#[test]
fn what_the_journal_does_not_take_is_not_sent_and_the_run_goes_on() {
    let mut night = Night::new();
    night.wants.orders = true;
    let is_full = std::rc::Rc::clone(&night.is_full);
    let events = vec![
        close(0, 100.0),
        Event::Answer(Answer::Accepted(id(2, 1))),
        close(1, 100.0),
        close(2, 100.0),
        Event::Answer(filled(1, dec!(1), dec!(0))),
    ];
    let mut bars = 0;
    let ran = night.run(events, move |event, context, _| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            bars += 1;
            *is_full.borrow_mut() = bars == 2;
            if bars == 2 {
                context.amend(id(2, 1)).price(90.0).send()?;
            }
            context.buy().limit(99.0).send()?;
        }
        Ok(())
    });
    assert!(ran.ended.is_ok(), "{:?}", ran.ended);
    assert_eq!(ran.sent, ["place mx0-2-1 buy 1", "place mx0-2-3 buy 1"]);
    let told: Vec<&str> = ran.told.iter().map(String::as_str).filter(|line| !line.ends_with("bar")).collect();
    assert_eq!(
        told,
        [
            "init",
            "order mx0-2-1 accepted",
            "error journal: the disk is full; no order leaves until it can be written",
            "error order mx0-2-1: amend was refused: not_sent",
            "order mx0-2-2 rejected",
            "error order mx0-2-2 was not executed: not_sent",
            "3 trade 1",
            "order mx0-2-1 filled",
            "deinit end_of_data",
        ]
    );
    let of_second = |line: &String| line.ends_with("mx0-2-2");
    assert!(!ran.written().iter().any(of_second), "the end of an order that is not there: {:?}", ran.written());
}

#[test]
fn what_is_told_twice_or_too_late_is_heard_once() {
    let (accepted, cancelled) = (Answer::Accepted(id(2, 1)), Answer::Cancelled(id(2, 1), Cancellation::Requested));
    let ran = told(vec![accepted.clone(), accepted.clone(), Answer::Unknown(id(2, 1))]);
    assert_eq!(ran.told, ["outcome Accepted", "order mx0-2-1 accepted"]);
    let ran = told(vec![cancelled.clone(), cancelled.clone(), Answer::Rejected(id(2, 1), Rejection::Funds), accepted]);
    assert_eq!(ran.told, ["outcome Accepted", "order mx0-2-1 cancelled"]);
    assert_eq!(ran.written().iter().filter(|line| line.starts_with("over")).count(), 1);
    // Of orders that nobody knows there is nothing to tell, but that executions count.
    let ran = told(vec![
        Answer::Accepted(id(9, 9)),
        Answer::Triggered(id(9, 9)),
        Answer::Unknown(id(9, 9)),
        Answer::Cancelled(id(9, 9), Cancellation::Expired),
    ]);
    assert!(ran.told.is_empty(), "{:?}", ran.told);
}

#[test]
fn an_execution_counts_though_its_order_is_done_or_not_known() {
    let late = Answer::Trade { trade: trade(5, Some(id(9, 9)), Side::Buy, dec!(2), 1), remaining: dec!(0) };
    let ran = told(vec![Answer::Cancelled(id(2, 1), Cancellation::Expired), filled(1, dec!(0.5), dec!(0.5)), late]);
    assert_eq!(ran.told, ["order mx0-2-1 expired", "1 trade 1", "1 trade 5"]);
    assert!(ran.written().contains(&"leg long 2.5".to_owned()), "{:?}", ran.written());
}

#[test]
fn an_execution_that_cannot_be_is_told_and_entries_wait_until_positions_were_compared() {
    let close_two = Answer::Trade { trade: trade(5, None, Side::Sell, dec!(2), 1), remaining: dec!(0) };
    let compared = Event::Pause(Pause { instrument: None, cause: PauseCause::Reconciling, since: None });
    let night =
        Night { resumed: Some(Resumed { legs: vec![(main(), LONG, leg(dec!(1)))], ..Resumed::default() }), ..Night::new() };
    let events = vec![Event::Answer(close_two), close(1, 100.0), compared, close(2, 100.0)];
    let ran = night.run(events, |event, context, _| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            let _ = context.buy().send();
        }
        Ok(())
    });
    let disputed = "error the venue and the account disagree: BTCUSDT: a trade closes 2 of the long leg, which holds 1";
    let paused = "error paused: BTCUSDT: disputed for 60 s: new entries are refused until that is over";
    assert_eq!(ran.told, ["init", "1 trade 5", disputed, "2 bar", paused, "3 bar", "deinit end_of_data"]);
    assert_eq!(ran.sent, ["compare", "place mx0-2-2 buy 1"]);
    assert!(ran.written().contains(&"leg long 0".to_owned()), "{:?}", ran.written());
}

const LONG: metaexpert_core::PositionSide = metaexpert_core::PositionSide::Long;

fn main() -> metaexpert_core::InstrumentId {
    let (_, [main, _]) = Trial::instruments();
    main
}

#[test]
fn as_long_as_something_is_wrong_entries_are_refused_with_its_age_and_exits_pass() {
    let (_, [bitcoin, ether]) = Trial::instruments();
    let stale = |since| Event::Pause(Pause { instrument: Some(bitcoin), cause: PauseCause::Stale, since });
    let unreachable = |since| Event::Pause(Pause { instrument: None, cause: PauseCause::Unreachable, since });
    let legs = vec![(bitcoin, LONG, leg(dec!(9)))];
    let night = Night { resumed: Some(Resumed { legs, ..Resumed::default() }), ..Night::new() };
    let events = vec![
        bar(ether, 0, 100.0, 100.0, true),
        close(0, 100.0),
        stale(Some(at(1))),
        close(1, 100.0),
        unreachable(Some(at(2))),
        stale(None),
        close(2, 100.0),
        unreachable(None),
        close(3, 100.0),
    ];
    let ran = night.run(events, |event, context, _| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            let _ = context.buy().send();
            let _ = context.buy().symbol("ETHUSDT").quantity(2.0).send();
            context.sell().quantity(0.5).reduce_only().send()?;
        }
        Ok(())
    });
    let stale = "error paused: BTCUSDT: stale for 60 s: new entries are refused until that is over";
    let unreachable = "error paused: unreachable for 60 s: new entries are refused until that is over";
    assert_eq!(ran.told, ["init", "1 bar", "2 bar", stale, "3 bar", unreachable, unreachable, "4 bar", "deinit end_of_data"]);
    let quantities: Vec<_> = ran.sent.iter().filter_map(|line| line.rsplit_once(' ').map(|(_, quantity)| quantity)).collect();
    assert_eq!(quantities, ["1", "2", "0.5", "2", "0.5", "0.5", "1", "2", "0.5"]);
}

/// A run with a position and an order that rests, stopped after its first bar; what the exchange says then.
fn stopped(on_stop: OnStop, then: Vec<Event>) -> Left {
    let limit = metaexpert_core::OrderKind::Limit { price: metaexpert_core::Price::new(dec!(90)).unwrap() };
    let rests =
        Standing { order: order(id(1, 1), Side::Buy, limit), filled: dec!(0), status: OrderStatus::Accepted, since: at(0) };
    let resumed = Resumed { legs: vec![(main(), LONG, leg(dec!(3)))], orders: vec![rests], ..Resumed::default() };
    let mut night = Night { resumed: Some(resumed), ..Night::new() };
    night.config.on_stop = on_stop;
    night.wants.orders = true;
    let mut events = vec![close(0, 100.0), Event::Stop];
    events.extend(then);
    night.run(events, |event, context, _| {
        match event {
            HandlerEvent::Deinit(_) => {
                // The expert's last wishes: an exit leaves, an entry does not.
                assert!(context.buy().send().is_err());
                context.sell().quantity(1.0).reduce_only().send()?;
            }
            HandlerEvent::Order(_) => assert!(context.buy().send().is_err()),
            _ => {}
        }
        Ok(())
    })
}

#[test]
fn a_run_that_is_stopped_says_farewell_then_sees_to_its_orders_and_waits_for_what_it_asked() {
    let exit = |number, quantity, order, remaining| {
        Event::Answer(Answer::Trade { trade: trade(number, Some(order), Side::Sell, quantity, 2), remaining })
    };
    // The entry that was refused has taken the first number.
    let sold = exit(1, dec!(1), id(2, 2), dec!(0));
    let cancelled = Event::Answer(Answer::Cancelled(id(1, 1), Cancellation::Requested));
    let late = close(5, 100.0);
    let refused = "error kill_switch: new entries are refused: the run is being stopped";
    let begun = ["init", "1 bar", "deinit user_stop", refused];
    let gone = "error end_of_data: BTCUSDT: the run has ended";

    let ran = stopped(OnStop::Keep, vec![sold.clone(), late.clone()]);
    assert_eq!(ran.sent, ["place mx0-2-2 sell 1"]);
    assert_eq!(ran.told, [&begun[..], &["2 trade 1", "order mx0-2-2 filled", gone]].concat());
    assert!(ran.ended.is_ok());

    let ran = stopped(OnStop::Cancel, vec![sold.clone(), cancelled.clone(), late.clone()]);
    assert_eq!(ran.sent, ["place mx0-2-2 sell 1", "cancel mx0-1-1"]);
    let told = ["2 trade 1", "order mx0-2-2 filled", gone, "order mx0-1-1 cancelled", gone];
    assert_eq!(ran.told, [&begun[..], &told].concat());

    let flat = exit(2, dec!(2), id(2, 3), dec!(0));
    let ran = stopped(OnStop::Flatten, vec![sold, cancelled, flat, late]);
    assert_eq!(ran.sent, ["place mx0-2-2 sell 1", "cancel mx0-1-1", "place mx0-2-3 sell 2"]);
    assert!(ran.written().contains(&"leg long 0".to_owned()));
    // The state knows of what was executed after the farewell.
    assert_eq!(ran.known.trades, ["1", "2"]);
}

#[test]
fn while_a_run_is_stopped_a_leg_whose_stop_does_not_stand_is_still_closed_at_its_price() {
    let limit = metaexpert_core::OrderKind::Limit { price: metaexpert_core::Price::new(dec!(90)).unwrap() };
    let rests =
        Standing { order: order(id(1, 1), Side::Buy, limit), filled: dec!(0), status: OrderStatus::Accepted, since: at(0) };
    // Ten seconds after its refusal the stop is not tried again yet.
    let time = at(1).saturating_add_nanos(10_000_000_000);
    let tick = metaexpert_core::Tick { time, bid: 94.0, bid_quantity: 1.0, ask: 94.0, ask_quantity: 1.0, last: None };
    let print = metaexpert_core::PublicTrade { time, price: 94.0, quantity: 1.0, buyer_is_taker: false };
    for falls in [Event::Tick(main(), tick), Event::PublicTrade(main(), print)] {
        let resumed = Resumed { legs: vec![(main(), LONG, leg(dec!(3)))], orders: vec![rests.clone()], ..Resumed::default() };
        let mut night = Night { resumed: Some(resumed), ..Night::new() };
        night.config.on_stop = OnStop::Cancel;
        night.config.stop_loss_pct = Some(metaexpert_core::Percent::new(dec!(5)));
        let refused = Event::Answer(Answer::Rejected(id(2, 1), Rejection::Refused));
        let ran = night.run(vec![close(0, 100.0), refused, Event::Stop, falls], |_, _, _| Ok(()));
        assert_eq!(ran.sent, ["place mx0-2-1 sell 3", "cancel mx0-1-1", "place mx0-2-2 sell 3"]);
    }
}

#[test]
fn a_run_that_is_stopped_ends_with_its_feed_though_not_everything_was_answered() {
    let ran = stopped(OnStop::Flatten, Vec::new());
    assert!(ran.ended.is_ok());
    assert_eq!(ran.sent.len(), 3);
    assert_eq!(ran.written().last().map(String::as_str), Some("settle"));
}
