//! Everything closed, as far as the exchange lets it be: what it refuses, what has no price, and what is less than a lot.

use metaexpert_core::{
    InstrumentId, Percent, PositionSide, Rejection, Side, Tick,
    broker::Answer,
    config::{MarketType, OnStop, PositionMode},
    engine::Resumed,
    expert::HandlerEvent,
    feed::{Event, Then},
    portfolio::Leg,
};
use rust_decimal::{Decimal, dec};

use crate::{
    night::{Left, Night, at, id, leg, trade},
    trial::{Trial, bar},
};

const LONG: PositionSide = PositionSide::Long;

fn ids() -> [InstrumentId; 2] {
    Trial::instruments().1
}

fn close(minute: i64) -> Event {
    bar(ids()[0], minute, 100.0, 100.0, false)
}

/// A quote so many milliseconds after the first minute.
pub(crate) fn quote(of: InstrumentId, millis: i64) -> Event {
    let time = at(1).saturating_add_nanos(millis * 1_000_000);
    Event::Tick(of, Tick { time, bid: 100.0, bid_quantity: 1.0, ask: 100.0, ask_quantity: 1.0, last: None })
}

fn refused(sequence: u64) -> Event {
    Event::Answer(Answer::Rejected(id(2, sequence), Rejection::Refused))
}

fn executed(number: u64, order: Option<u64>, side: Side, quantity: Decimal, minute: i64) -> Event {
    let trade = trade(number, order.map(|sequence| id(2, sequence)), side, quantity, minute);
    Event::Answer(Answer::Trade { trade, remaining: dec!(0) })
}

/// A run that goes on with these legs.
pub(crate) fn with(legs: Vec<(InstrumentId, PositionSide, Leg)>) -> Night {
    Night { resumed: Some(Resumed { legs, ..Resumed::default() }), ..Night::new() }
}

/// Runs an expert that does nothing by itself.
fn run(night: Night, events: Vec<Event>) -> Left {
    night.run(events, |_, _, _| Ok(()))
}

#[test]
fn a_close_that_is_refused_is_sent_again_after_a_pause_and_not_with_every_price() {
    let [bitcoin, _] = ids();
    for wish in [Event::Flatten(Then::Halt), Event::Stop] {
        let mut night = with(vec![(bitcoin, LONG, leg(dec!(1)))]);
        night.config.on_stop = OnStop::Flatten;
        let mut events = vec![close(0), wish, refused(1)];
        events.extend((1..10).map(|tenth| quote(bitcoin, 100 * tenth)));
        events.extend([quote(bitcoin, 1_000), quote(bitcoin, 1_100), refused(2)]);
        events.extend((12..31).map(|tenth| quote(bitcoin, 100 * tenth)));
        let early = run(night, events.clone());
        assert_eq!(early.sent, ["place mx0-2-1 sell 1", "place mx0-2-2 sell 1"]);

        let mut night = with(vec![(bitcoin, LONG, leg(dec!(1)))]);
        night.config.on_stop = OnStop::Flatten;
        events.extend([quote(bitcoin, 3_100), executed(1, Some(3), Side::Sell, dec!(1), 2)]);
        let ran = run(night, events);
        assert_eq!(ran.sent.last().map(String::as_str), Some("place mx0-2-3 sell 1"));
        assert!(ran.ended.is_ok() && ran.written().contains(&"leg long 0".to_owned()));
    }
}

#[test]
fn a_leg_that_has_no_price_yet_ends_no_run_and_keeps_no_other_from_being_closed() {
    let [bitcoin, ether] = ids();
    let legs = vec![(bitcoin, LONG, leg(dec!(1))), (ether, LONG, leg(dec!(2)))];
    let ran = run(with(legs), vec![quote(ether, 0), Event::Flatten(Then::Halt), quote(ether, 100), close(2)]);
    assert!(ran.ended.is_ok(), "{:?}", ran.ended);
    assert_eq!(ran.sent, ["place mx0-2-1 sell 2", "place mx0-2-2 sell 1"]);
}

#[test]
fn less_than_a_lot_is_not_open_and_nothing_waits_for_its_end() {
    let [bitcoin, _] = ids();
    for (wish, told) in [
        (Event::Flatten(Then::Halt), vec!["init", "1 bar", "2 bar", "deinit end_of_data"]),
        (Event::Flatten(Then::Stop), vec!["init", "1 bar", "deinit user_stop"]),
        (Event::Stop, vec!["init", "1 bar", "deinit user_stop"]),
    ] {
        let mut night = with(vec![(bitcoin, LONG, leg(dec!(0.0004)))]);
        night.config.on_stop = OnStop::Flatten;
        night.config.stop_loss_pct = Some(Percent::new(dec!(5)));
        let ran = night.run(vec![close(0), wish, close(1)], |event, context, _| {
            if matches!(event, HandlerEvent::Bar { .. }) {
                assert!(context.is_flat() && !context.is_long());
                assert_eq!(context.position(LONG).map(|position| position.quantity), Some(dec!(0.0004)));
                assert_eq!((context.close_long()?, context.close_all()?), (None, 0));
            }
            Ok(())
        });
        assert!(ran.ended.is_ok(), "{:?}", ran.ended);
        assert_eq!((ran.told, ran.sent), (told.into_iter().map(str::to_owned).collect(), Vec::new()));
    }
}

/// On spot, a fee that is taken in coins has left less than a lot of what was bought when it was sold by its stop.
fn after_a_fee_in_coins(mut night: Night) -> Left {
    (night.config.market_type, night.config.position_mode) = (MarketType::Spot, PositionMode::Oneway);
    night.config.stop_loss_pct = Some(Percent::new(dec!(5)));
    let gone = Answer::Cancelled(id(2, 2), metaexpert_core::Cancellation::Requested);
    let events = vec![
        close(0),
        executed(1, Some(1), Side::Buy, dec!(1), 1),
        executed(2, None, Side::Sell, dec!(0.0006), 1),
        Event::Answer(gone),
        executed(3, Some(3), Side::Sell, dec!(0.999), 2),
        close(2),
        executed(4, Some(4), Side::Buy, dec!(1), 3),
    ];
    night.run(events, |event, context, _| {
        if matches!(event, HandlerEvent::Bar { .. }) && context.is_flat() {
            let _ = context.buy().send();
        }
        Ok(())
    })
}

#[test]
fn what_is_bought_after_dust_is_a_new_position() {
    let mut night = Night::new();
    night.config.max_positions_per_symbol = Some(1);
    let ran = after_a_fee_in_coins(night);
    assert!(ran.ended.is_ok(), "{:?}", ran.ended);
    let sent = [
        "place mx0-2-1 buy 1",
        "place mx0-2-2 sell 1",
        "cancel mx0-2-2",
        "place mx0-2-3 sell 0.999",
        "place mx0-2-4 buy 1",
        "place mx0-2-5 sell 1",
    ];
    assert_eq!(ran.sent, sent);
    assert!(ran.written().contains(&"leg long 1.0004".to_owned()), "the dust stays in the books: {:?}", ran.written());
}

#[test]
fn what_leaves_dust_begins_the_cooldown_as_what_closes_all_does() {
    let mut night = Night::new();
    night.config.cooldown_bars = Some(5);
    let ran = after_a_fee_in_coins(night);
    assert_eq!(ran.sent.iter().filter(|line| line.contains(" buy ")).count(), 1, "{:?}", ran.sent);
    assert!(ran.told.iter().any(|line| line.starts_with("error cooldown_bars")), "{:?}", ran.told);
}

#[test]
fn dust_takes_no_place_among_open_positions() {
    let [bitcoin, ether] = ids();
    for (held, sent) in [(dec!(0.0004), 1), (dec!(0.001), 0)] {
        let mut night = with(vec![(ether, LONG, leg(held))]);
        night.config.max_open_positions = Some(1);
        let ran = night.run(vec![quote(bitcoin, 0), close(1)], |event, context, _| {
            if matches!(event, HandlerEvent::Bar { .. }) {
                let _ = context.buy().send();
            }
            Ok(())
        });
        assert_eq!(ran.sent.len(), sent, "{held}: {:?}", ran.told);
    }
}
