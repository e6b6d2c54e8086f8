//! Legs that the engine guards: what their orders do to the other leg, and what becomes of them when a run is stopped.

use metaexpert_core::{
    Cancellation, Effect, InstrumentId, NewOrder, OrderKind, OrderStatus, Percent, PositionSide, Price, Reason, Rejection, Side,
    Tick, Trade, Trigger,
    broker::Answer,
    config::{OnStop, PositionMode},
    engine::{Resumed, Standing},
    expert::HandlerEvent,
    feed::{Event, Pause, PauseCause},
};
use rust_decimal::dec;

use crate::{
    night::{Night, at, id, leg, order, trade},
    trial::{Trial, bar},
};

pub(crate) fn main() -> InstrumentId {
    let (_, [main, _]) = Trial::instruments();
    main
}

pub(crate) fn close(minute: i64, price: f64) -> Event {
    bar(main(), minute, price, price, false)
}

pub(crate) fn told(trade: Trade) -> Event {
    Event::Answer(Answer::Trade { trade, remaining: dec!(0) })
}

/// A run that goes on with one unit at 100, for which an earlier run has left a stop five away.
pub(crate) fn with_a_stop(side: PositionSide) -> Night {
    let level = if side == PositionSide::Long { dec!(95) } else { dec!(105) };
    let trigger = Trigger::at(Price::new(level).unwrap());
    let stop = NewOrder {
        effect: Effect::Close(side),
        reason: Reason::StopLoss,
        ..order(id(1, 1), side.closing_side(), OrderKind::StopMarket { trigger })
    };
    let stands = Standing { order: stop, filled: dec!(0), status: OrderStatus::Accepted, since: at(0) };
    let legs = vec![(main(), side, leg(dec!(1)))];
    let mut night = Night { resumed: Some(Resumed { legs, orders: vec![stands], ..Resumed::default() }), ..Night::new() };
    night.config.stop_loss_pct = Some(Percent::new(dec!(5)));
    night
}

#[test]
fn a_stop_that_opens_the_other_leg_is_done_and_the_next_position_gets_its_own() {
    // Somebody else holds the symbol too: the exchange executes both the close and the stop.
    let mut night = with_a_stop(PositionSide::Long);
    night.config.position_mode = PositionMode::Oneway;
    let of = |number, order, side, position_side| told(Trade { position_side, ..trade(number, order, side, dec!(1), 1) });
    let events = vec![
        close(0, 100.0),
        of(1, Some(id(2, 1)), Side::Sell, PositionSide::Long),
        Event::Answer(Answer::Triggered(id(1, 1))),
        of(2, Some(id(1, 1)), Side::Sell, PositionSide::Short),
        of(3, None, Side::Buy, PositionSide::Short),
        Event::Answer(Answer::Cancelled(id(2, 2), Cancellation::Requested)),
        of(4, None, Side::Buy, PositionSide::Long),
    ];
    let ran = night.run(events, |event, context, _| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            context.close_long()?;
        }
        Ok(())
    });
    let expected = ["place mx0-2-1 sell 1", "cancel mx0-1-1", "place mx0-2-2 buy 1", "cancel mx0-2-2", "place mx0-2-3 sell 1"];
    assert_eq!(ran.sent, expected);
}

#[test]
fn a_run_that_is_stopped_in_history_takes_the_stop_of_what_it_has_closed_along() {
    let mut night = with_a_stop(PositionSide::Long);
    night.config.on_stop = OnStop::Flatten;
    night.has_history = true;
    let sold = told(trade(1, Some(id(2, 1)), Side::Sell, dec!(1), 1));
    let ran = night.run(vec![close(0, 100.0), Event::Stop, sold], |_, _, _| Ok(()));
    assert_eq!(ran.sent, ["place mx0-2-1 sell 1", "cancel mx0-1-1"]);
}

#[test]
fn a_run_that_is_stopped_in_history_leaves_at_no_old_price_but_at_one_of_the_present() {
    let ran = |then: Vec<Event>| {
        let mut night = with_a_stop(PositionSide::Long);
        night.config.on_stop = OnStop::Cancel;
        night.has_history = true;
        // Nobody knows of the stop, and it is for half of what is held.
        let resumed = night.resumed.as_mut().unwrap();
        resumed.orders[0].status = OrderStatus::Unknown;
        resumed.legs[0].2 = leg(dec!(2));
        let refused = Event::Answer(Answer::Rejected(id(2, 1), Rejection::Refused));
        let mut events = vec![close(0, 100.0), Event::Stop, close(1, 100.0), refused];
        events.extend(then);
        night.run(events, |_, _, _| Ok(())).sent
    };
    // Soon enough after the refusal that the stop is not tried again yet.
    let falls = |seconds: i64| {
        let time = at(2).saturating_add_nanos(seconds * 1_000_000_000);
        Event::Tick(main(), Tick { time, bid: 90.0, bid_quantity: 1.0, ask: 90.0, ask_quantity: 1.0, last: None })
    };
    assert_eq!(ran(vec![falls(10)]), ["place mx0-2-1 sell 2"]);
    let at_present = vec![falls(10), Event::Present, falls(20)];
    assert_eq!(ran(at_present), ["place mx0-2-1 sell 2", "place mx0-2-2 sell 1"]);
}

#[test]
fn a_run_that_is_stopped_before_the_first_comparison_guards_once_that_is_through() {
    let compared = |since| Event::Pause(Pause { instrument: None, cause: PauseCause::Reconciling, since });
    let mut night = with_a_stop(PositionSide::Long);
    night.config.on_stop = OnStop::Flatten;
    let sold = told(trade(1, Some(id(2, 1)), Side::Sell, dec!(1), 1));
    let events = vec![compared(Some(at(0))), close(0, 100.0), Event::Stop, sold, compared(None)];
    let ran = night.run(events, |_, _, _| Ok(()));
    assert_eq!(ran.sent, ["place mx0-2-1 sell 1", "cancel mx0-1-1"]);
}
