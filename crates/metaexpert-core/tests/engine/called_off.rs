//! Orders that nobody wants any more after an execution: an exchange leaves them, the engine cancels them.

use metaexpert_core::{
    Cancellation, OrderStatus, PositionSide, Side, broker::Answer, context::Ticket, engine::Resumed, expert::HandlerEvent,
    feed::Event,
};
use rust_decimal::dec;

use crate::{
    guarded::{close, main, told},
    night::{Night, id, leg, trade},
};

/// A run that goes on with one unit, which nothing guards.
fn with_a_leg() -> Night {
    let legs = vec![(main(), PositionSide::Long, leg(dec!(1)))];
    Night { resumed: Some(Resumed { legs, ..Resumed::default() }), ..Night::new() }
}

#[test]
fn the_first_of_two_linked_orders_that_trades_cancels_the_other() {
    let sold = |quantity, number| Answer::Trade {
        trade: trade(number, Some(id(2, 1)), Side::Sell, quantity, 1),
        remaining: dec!(1) - quantity,
    };
    let events = vec![
        close(0, 100.0),
        Event::Answer(Answer::Accepted(id(2, 1))),
        Event::Answer(Answer::Accepted(id(2, 2))),
        Event::Answer(sold(dec!(0.4), 1)),
        Event::Answer(Answer::Cancelled(id(2, 2), Cancellation::Requested)),
        close(1, 101.0),
    ];
    let (tell, hear) = std::sync::mpsc::channel();
    let mut night = with_a_leg();
    night.wants.orders = true;
    let ran = night.run(events, move |event, context, _| {
        match event {
            HandlerEvent::Bar { bar, .. } if bar.close < 101.0 => {
                let target = Ticket::sell().reduce_only().limit(110.0);
                let stop = Ticket::sell().reduce_only().stop(90.0);
                context.oco(target, stop)?;
            }
            HandlerEvent::Order(order) => tell.send((order.id, order.status)).unwrap(),
            _ => {}
        }
        Ok(())
    });
    let last = hear.try_iter().last();
    assert_eq!(ran.sent, ["place mx0-2-1 sell 1", "place mx0-2-2 sell 1", "cancel mx0-2-2"], "{:?}", ran.ended);
    assert_eq!(last, Some((id(2, 2), OrderStatus::Cancelled)));
}

#[test]
fn what_only_reduces_a_leg_goes_with_the_leg_though_somebody_else_has_closed_it() {
    let events = vec![
        close(0, 100.0),
        Event::Answer(Answer::Accepted(id(2, 1))),
        told(trade(1, None, Side::Sell, dec!(0.5), 1)),
        close(1, 101.0),
        told(trade(2, None, Side::Sell, dec!(0.5), 1)),
        close(2, 101.0),
    ];
    let ran = with_a_leg().run(events, |event, context, _| {
        if matches!(event, HandlerEvent::Bar { bar, .. } if bar.close < 101.0) {
            context.sell().reduce_only().limit(110.0).send()?;
        }
        Ok(())
    });
    assert_eq!(ran.sent, ["place mx0-2-1 sell 1", "cancel mx0-2-1"], "{:?}", ran.ended);
}
