//! Coins that a stop keeps: orders of the expert that leave the same leg wait until it has let them go, and leave for what is left.

use metaexpert_core::{
    Cancellation, ClientOrderId, Context, NewOrder, Percent, PositionSide, Price, Rejection, Result, Side,
    broker::Answer,
    config::{MarketType, OnBreach},
    context::Ticket,
    expert::HandlerEvent,
    feed::Event,
};
use rust_decimal::{Decimal, dec};

use crate::{
    guarded::{close, told, with_a_stop},
    night::{Entry, Left, Night, id, trade},
};

/// The exchange has taken back what was to be cancelled.
fn gone(order: ClientOrderId) -> Event {
    Event::Answer(Answer::Cancelled(order, Cancellation::Requested))
}

/// So much of the leg is sold by an order, or by nobody's.
fn sold(number: u64, order: Option<ClientOrderId>, quantity: Decimal) -> Event {
    told(trade(number, order, Side::Sell, quantity, 1))
}

/// A run on spot, with one coin and a stop for it. The expert acts at each bar, of which the first comes before `then`.
fn run(then: Vec<Event>, act: impl FnMut(usize, &mut Context) -> Result<()> + 'static) -> Left {
    run_on(MarketType::Spot, with_a_stop(PositionSide::Long), then, act)
}

fn run_on(
    market: MarketType,
    mut night: Night,
    then: Vec<Event>,
    mut act: impl FnMut(usize, &mut Context) -> Result<()> + 'static,
) -> Left {
    night.config.market_type = market;
    night.wants.orders = true;
    let mut events = vec![close(0, 100.0)];
    events.extend(then);
    let mut bars = 0;
    let ran = night.run(events, move |event, context, _| {
        if !matches!(event, HandlerEvent::Bar { .. }) {
            return Ok(());
        }
        bars += 1;
        act(bars, context)
    });
    assert!(ran.ended.is_ok(), "{:?}", ran.ended);
    ran
}

fn written_down(ran: &Left) -> Vec<&NewOrder> {
    ran.entries.iter().filter_map(|entry| if let Entry::Append(order) = entry { Some(order) } else { None }).collect()
}

#[test]
fn a_part_of_a_leg_is_sold_before_the_stop_for_the_rest_stands() {
    for limit in [None, Some(110.0)] {
        let ran = run(vec![gone(id(1, 1)), close(1, 100.0)], move |bar, context| {
            let sell = context.sell().quantity(0.4);
            match limit {
                _ if bar > 1 => Ok(()),
                None => sell.send().map(drop),
                Some(limit) => sell.limit(limit).send().map(drop),
            }
        });
        assert_eq!(ran.sent, ["cancel mx0-1-1", "place mx0-2-1 sell 0.4", "place mx0-2-2 sell 0.6"]);
    }
}

#[test]
fn what_an_entry_adds_while_a_sale_waits_gets_its_stop_after_the_sale() {
    let bought = told(trade(1, None, Side::Buy, dec!(0.5), 1));
    let ran = run(vec![bought, gone(id(1, 1))], |_, context| context.close_long().map(drop));
    assert_eq!(ran.sent, ["cancel mx0-1-1", "place mx0-2-1 sell 1", "place mx0-2-2 sell 0.5"]);
}

#[test]
fn a_sale_that_waited_while_the_stop_sold_everything_never_leaves() {
    let events = vec![sold(1, Some(id(1, 1)), dec!(1)), close(1, 100.0)];
    let ran = run(events, |_, context| context.close_long().map(drop));
    assert_eq!(ran.sent, ["cancel mx0-1-1"]);
    assert_eq!(ran.told, ["init", "1 bar", "1 trade 1", "order mx0-2-1 cancelled", "2 bar", "deinit end_of_data"]);
    assert!(ran.written().contains(&"over mx0-2-1".to_owned()), "{:?}", ran.written());
}

#[test]
fn a_sale_that_waited_leaves_for_what_is_left() {
    // A fee that was taken in coins.
    let ran = run(vec![sold(1, None, dec!(0.0015)), gone(id(1, 1))], |_, context| context.close_long().map(drop));
    assert_eq!(ran.sent, ["cancel mx0-1-1", "place mx0-2-1 sell 0.998"]);
    assert_eq!(written_down(&ran).last().map(|order| order.quantity.get()), Some(dec!(0.998)));
}

#[test]
fn two_sales_that_waited_do_not_sell_the_same_coins_and_two_that_are_linked_may() {
    let ran = run(vec![sold(1, None, dec!(0.5)), gone(id(1, 1))], |_, context| {
        context.sell().quantity(0.4).limit(110.0).send()?;
        context.sell().quantity(0.6).limit(120.0).send().map(drop)
    });
    assert_eq!(ran.sent, ["cancel mx0-1-1", "place mx0-2-1 sell 0.4", "place mx0-2-2 sell 0.1"]);
    let ran = run(vec![gone(id(1, 1))], |_, context| {
        context.oco(Ticket::sell().limit(110.0).quantity(1.0), Ticket::sell().stop(96.0).quantity(1.0)).map(drop)
    });
    assert_eq!(ran.sent, ["cancel mx0-1-1", "place mx0-2-1 sell 1", "place mx0-2-2 sell 1"]);
}

#[test]
fn a_sale_waits_as_well_for_one_of_the_experts_own_that_is_being_cancelled() {
    for (last, quantity) in [(gone(id(2, 1)), "1"), (sold(1, Some(id(2, 1)), dec!(0.4)), "0.6")] {
        let events = vec![gone(id(1, 1)), close(1, 100.0), gone(id(2, 2)), last];
        let ran = run(events, |bar, context| {
            if bar == 1 {
                return context.sell().quantity(0.4).limit(110.0).send().map(drop);
            }
            context.cancel(id(2, 1))?;
            context.close_long().map(drop)
        });
        let last = format!("place mx0-2-3 sell {quantity}");
        let begun = ["cancel mx0-1-1", "place mx0-2-1 sell 0.4", "place mx0-2-2 sell 0.6", "cancel mx0-2-1", "cancel mx0-2-2"];
        assert_eq!(ran.sent, [&begun[..], &[last.as_str()]].concat());
    }
}

#[test]
fn no_stop_stands_before_a_sale_that_waits_has_left() {
    // Of what is held 0.4 are sold by an order that was to be cancelled, 0.3 are to be sold, 0.3 stay.
    let events = vec![gone(id(1, 1)), close(1, 100.0), gone(id(2, 2)), sold(1, Some(id(2, 1)), dec!(0.4))];
    let ran = run(events, |bar, context| {
        if bar == 1 {
            return context.sell().quantity(0.4).limit(110.0).send().map(drop);
        }
        context.cancel(id(2, 1))?;
        context.sell().quantity(0.3).send().map(drop)
    });
    assert_eq!(ran.sent[3..], ["cancel mx0-2-1", "cancel mx0-2-2", "place mx0-2-3 sell 0.3", "place mx0-2-4 sell 0.3"]);
    // An entry makes good what is to be sold, so that the stop which the exchange did not cancel is of the right size.
    let stays = Event::Answer(Answer::CancelRejected(id(1, 1), Rejection::NotSent));
    let bought = told(trade(1, None, Side::Buy, dec!(0.4), 1));
    let ran = run(vec![stays, bought, close(1, 100.0), gone(id(1, 1))], |bar, context| {
        if bar == 1 { context.sell().quantity(0.4).send().map(drop) } else { Ok(()) }
    });
    let expected = ["cancel mx0-1-1", "cancel mx0-1-1", "place mx0-2-1 sell 0.4", "place mx0-2-2 sell 1"];
    assert_eq!(ran.sent, expected);
}

#[test]
fn a_sale_that_waits_is_changed_where_it_waits() {
    let ran = run(vec![close(1, 100.0), close(2, 100.0), gone(id(1, 1))], |bar, context| match bar {
        1 => context.sell().quantity(0.4).limit(110.0).send().map(drop),
        2 => context.amend(id(2, 1)).quantity(0.3).price(120.0).send(),
        _ => context.amend(id(2, 1)).price(130.0).send(),
    });
    assert_eq!(ran.sent, ["cancel mx0-1-1", "place mx0-2-1 sell 0.3", "place mx0-2-2 sell 0.7"]);
    let prices: Vec<_> = written_down(&ran).iter().map(|order| order.kind.limit_price().map(Price::get)).collect();
    assert_eq!(prices, [Some(dec!(130)), None]);
    assert_eq!(ran.told.iter().filter(|line| *line == "order mx0-2-1 submitted").count(), 2, "{:?}", ran.told);
}

#[test]
fn on_margin_nothing_is_borrowed_to_leave_a_leg_twice() {
    for (side, says) in [(PositionSide::Long, "sell"), (PositionSide::Short, "buy")] {
        let ran = run_on(MarketType::Margin, with_a_stop(side), vec![gone(id(1, 1))], move |_, context| {
            let closed = if side == PositionSide::Long { context.close_long() } else { context.close_short() };
            closed.map(drop)
        });
        assert_eq!(ran.sent, ["cancel mx0-1-1".to_owned(), format!("place mx0-2-1 {says} 1")]);
        // What turns the position waits as well, and is not cut to what is held.
        let ran = run_on(MarketType::Margin, with_a_stop(side), vec![gone(id(1, 1))], move |_, context| {
            let turns = if side == PositionSide::Long { context.sell() } else { context.buy() };
            turns.quantity(3.0).send().map(drop)
        });
        assert_eq!(ran.sent, ["cancel mx0-1-1".to_owned(), format!("place mx0-2-1 {says} 3")]);
    }
}

#[test]
fn on_margin_a_close_leaves_what_an_exit_that_rests_closes() {
    let ran = run_on(MarketType::Margin, with_a_stop(PositionSide::Short), vec![gone(id(1, 1))], |_, context| {
        context.buy().reduce_only().quantity(0.4).limit(90.0).send()?;
        context.close_short().map(drop)
    });
    assert_eq!(ran.sent, ["cancel mx0-1-1", "place mx0-2-1 buy 0.4", "place mx0-2-2 buy 0.6"]);
}

#[test]
fn on_margin_a_limit_that_closes_everything_cancels_exits_that_rest_first() {
    let mut night = with_a_stop(PositionSide::Short);
    night.config.max_drawdown_pct = Some(Percent::new(dec!(0.03)));
    night.config.on_breach = OnBreach::Close;
    let events = vec![gone(id(1, 1)), close(1, 104.0), gone(id(2, 2)), gone(id(2, 1))];
    let ran = run_on(MarketType::Margin, night, events, |bar, context| {
        if bar > 1 {
            return Ok(());
        }
        context.buy().reduce_only().quantity(0.4).limit(90.0).send().map(drop)
    });
    let begun = ["cancel mx0-1-1", "place mx0-2-1 buy 0.4", "place mx0-2-2 buy 0.6"];
    assert_eq!(ran.sent, [&begun[..], &["cancel mx0-2-1", "cancel mx0-2-2", "place mx0-2-3 buy 1"]].concat());
}
