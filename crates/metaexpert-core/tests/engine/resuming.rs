//! Runs that go on from an earlier one: what is there at the start, history before the present, and the strategy's own state.

use std::{cell::RefCell, rc::Rc, time::Duration};

use metaexpert_core::{
    Currency, Money, OrderKind, OrderStatus, Percent, PositionSide, Price, Reason, Side, UnixNanos,
    broker::Answer,
    engine::{Resumed, Standing},
    expert::HandlerEvent,
    feed::{Event, Then},
    journal::KeptState,
};
use rust_decimal::{Decimal, dec};

use crate::{
    night::{Entry, Night, at, id, leg, order, trade},
    trial::{Trial, bar},
};

fn usdt(amount: Decimal) -> Money {
    Money::new(amount, Currency::new("USDT"))
}

fn close(minute: i64, price: f64) -> Event {
    let (_, [main, _]) = Trial::instruments();
    bar(main, minute, price, price, false)
}

/// Three units long at 100, a balance of 5000, a resting buy, and a market order of which nobody knows.
fn left() -> Resumed {
    let (_, [main, _]) = Trial::instruments();
    let limit = OrderKind::Limit { price: Price::new(dec!(90)).unwrap() };
    let standing = |id, kind, status| Standing { order: order(id, Side::Buy, kind), filled: dec!(0), status, since: at(0) };
    Resumed {
        balances: vec![usdt(dec!(5000))],
        legs: vec![(main, PositionSide::Long, leg(dec!(3)))],
        orders: vec![
            standing(id(1, 1), limit, OrderStatus::Accepted),
            standing(id(1, 2), OrderKind::Market, OrderStatus::Unknown),
        ],
        ..Resumed::default()
    }
}

#[test]
fn what_an_earlier_run_has_left_is_there_in_on_init_and_its_orders_are_told_apart_from_new_ones() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let sees = Rc::clone(&seen);
    let night = Night { resumed: Some(left()), ..Night::new() };
    let fill = |number, order, remaining| {
        Event::Answer(Answer::Trade { trade: trade(number, Some(order), Side::Buy, dec!(1), 2), remaining })
    };
    // The old order 1 and the new order 1 are two.
    let events = vec![close(0, 100.0), fill(7, id(1, 1), dec!(0)), fill(8, id(1, 2), dec!(0)), fill(9, id(2, 1), dec!(0))];
    let ran = night.run(events, move |event, context, _| {
        if matches!(event, HandlerEvent::Init(_) | HandlerEvent::Deinit(_)) {
            let held = context.position(PositionSide::Long).map(|position| (position.quantity, position.entry_price));
            let orders: Vec<_> = context.orders().map(|order| format!("{} {}", order.id, order.status)).collect();
            sees.borrow_mut().push((held, context.balance(), context.equity(), orders));
        }
        if matches!(event, HandlerEvent::Bar { .. }) {
            context.buy().send()?;
        }
        Ok(())
    });
    assert!(ran.ended.is_ok(), "{:?}", ran.ended);
    let orders = ["mx0-1-1 accepted".to_owned(), "mx0-1-2 unknown".to_owned()].to_vec();
    let begun = (Some((dec!(3), dec!(100))), dec!(5000), dec!(5000), orders);
    let ended = (Some((dec!(6), dec!(100))), dec!(5000), dec!(5000), Vec::new());
    assert_eq!(*seen.borrow(), [begun, ended]);
    assert_eq!(ran.sent, ["place mx0-2-1 buy 1"]);
}

#[test]
fn links_of_new_orders_are_none_of_an_earlier_run() {
    let mut resumed = left();
    let mut linked = resumed.orders.remove(0);
    linked.order.link = Some(metaexpert_core::Link(41));
    resumed.orders = vec![linked];
    let night = Night { resumed: Some(resumed), ..Night::new() };
    let ran = night.run(vec![close(0, 100.0)], |event, context, _| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            use metaexpert_core::context::Ticket;
            context.oco(Ticket::sell().limit(110.0).reduce_only(), Ticket::sell().stop(95.0).reduce_only())?;
        }
        Ok(())
    });
    let links = ran.entries.iter().filter_map(|entry| if let Entry::Append(order) = entry { order.link } else { None });
    assert_eq!(links.collect::<Vec<_>>(), [metaexpert_core::Link(42); 2]);
}

#[test]
fn in_history_bars_are_told_and_nothing_else_happens_until_the_present() {
    let mut night = Night { resumed: Some(left()), has_history: true, ..Night::new() };
    // Judged at 40, or at the peak before it, the drawdown would be far beyond this.
    night.config.max_drawdown_pct = Some(Percent::new(dec!(1)));
    night.wants.timers = vec![Duration::from_secs(30)];
    let events = vec![close(0, 400.0), close(1, 40.0), Event::Present, close(2, 100.0), close(3, 100.0)];
    let ran = night.run(events, |event, context, _| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            // Entries, exits, changes and cancels alike.
            let _ = context.buy().send();
            let _ = context.cancel(id(1, 1));
            let _ = context.amend(id(1, 1)).price(89.0).send();
            let _ = context.close_long();
        }
        Ok(())
    });
    let history = "error warmup: BTCUSDT: what is told is history; orders leave from the present on";
    let expected =
        ["init", "1 bar", history, history, history, "2 bar", history, history, history, "2 timer", "3 bar", "3 timer"];
    assert_eq!(ran.told[..expected.len()], expected, "{:#?}", ran.told);
    let kinds: Vec<_> = ran.sent.iter().filter_map(|line| line.split_once(' ').map(|(kind, _)| kind)).collect();
    assert_eq!(kinds[..4], ["place", "cancel", "amend", "place"], "{:#?}", ran.sent);
    assert!(!ran.told.iter().any(|line| line.contains("halted")), "{:#?}", ran.told);
}

#[test]
fn who_wants_everything_closed_while_history_is_told_has_it_closed_at_the_first_price_of_the_present() {
    let night = Night { resumed: Some(left()), has_history: true, ..Night::new() };
    let events = vec![close(0, 100.0), Event::Flatten(Then::Halt), close(1, 100.0), Event::Present, close(2, 100.0)];
    let ran = night.run(events, |_, _, _| Ok(()));
    assert_eq!(ran.sent, ["cancel mx0-1-1", "cancel mx0-1-2", "place mx0-2-1 sell 3"]);
}

#[test]
fn an_execution_that_is_told_in_history_is_in_the_saved_state_as_soon_as_it_is_in_the_journal() {
    // Found when orders were compared, while bars of before the start were still being told; then the process is killed.
    let found = |number| Event::Answer(Answer::Trade { trade: trade(number, None, Side::Buy, dec!(1), 1), remaining: dec!(0) });
    let first = Night { has_history: true, ..Night::new() };
    let ran = first.run(vec![close(0, 1.0), found(1), close(1, 1.0)], |_, _, _| Ok(()));
    let place = ran.entries.iter().position(|entry| matches!(entry, Entry::Trade(_))).unwrap();
    let together = ran.entries[place..].iter().take_while(|entry| **entry != Entry::Settle);
    let state = together.filter_map(|entry| if let Entry::State(state) = entry { Some(state.clone()) } else { None }).last();

    // What was told of neither is told once.
    let resumed = Some(Resumed { state: Some(state.expect("the state is settled with the execution")), ..Resumed::default() });
    let second = Night { has_history: true, resumed, ..Night::new() };
    let ran = second.run(vec![close(0, 1.0), close(1, 1.0), found(2), Event::Present], |_, _, _| Ok(()));
    assert_eq!((ran.known.bars, ran.known.trades), (vec![1, 2], vec!["1".to_owned(), "2".to_owned()]));
}

#[test]
fn bars_that_are_in_the_saved_state_are_only_looked_back_on() {
    let first = Night { has_history: true, ..Night::new() };
    let ran = first.run(vec![close(0, 1.0), Event::Present, close(1, 1.0), close(2, 1.0)], |_, _, _| Ok(()));
    let states = ran.entries.iter().filter_map(|entry| if let Entry::State(state) = entry { Some(state) } else { None });
    let states: Vec<&KeptState> = states.collect();
    assert_eq!(states.iter().map(|state| state.time).collect::<Vec<_>>(), [at(1), at(2), at(3)]);

    for (takes_state, told) in [(true, vec![1, 2, 3, 4]), (false, vec![2, 3, 4])] {
        let state = Some(states.last().copied().unwrap().clone());
        let resumed = Some(Resumed { state, ..Resumed::default() });
        let looked_back = Rc::new(RefCell::new(0));
        let looks = Rc::clone(&looked_back);
        let second = Night { has_history: true, resumed, takes_state, ..Night::new() };
        let events = vec![close(1, 1.0), close(2, 1.0), close(3, 1.0), Event::Present];
        let ran = second.run(events, move |event, context, _| {
            if matches!(event, HandlerEvent::Bar { .. }) {
                *looks.borrow_mut() = context.bars(9).len();
            }
            Ok(())
        });
        assert_eq!(ran.known.bars, told);
        assert_eq!(*looked_back.borrow(), 3);
    }
}

#[test]
fn each_symbols_bars_are_counted_for_itself() {
    let (_, [bitcoin, ether]) = Trial::instruments();
    let night = || {
        let mut night = Night { has_history: true, ..Night::new() };
        night.wants.bars.push(crate::trial::want(Some("ETHUSDT"), None));
        night
    };
    // The state is saved when bitcoin's bar was told, and ether's of the same minute was not.
    let mut ran = night().run(vec![Event::Present, bar(bitcoin, 0, 1.0, 1.0, false)], |_, _, _| Ok(()));
    let Some(Entry::State(state)) = ran.entries.iter().rev().find(|entry| matches!(entry, Entry::State(_))).cloned() else {
        panic!("no state: {:?}", ran.written())
    };
    assert_eq!(ran.known.bars, [1]);
    let resumed = Some(Resumed { state: Some(state), ..Resumed::default() });
    let history = vec![bar(bitcoin, 0, 1.0, 1.0, true), bar(ether, 0, 1.0, 1.0, false), Event::Present];
    ran = Night { resumed, ..night() }.run(history, |_, _, _| Ok(()));
    assert_eq!(ran.known.bars, [1, 1]);
    assert_eq!(ran.told.iter().filter(|line| line.ends_with("bar")).count(), 1);
}

#[test]
fn an_execution_what_came_of_it_and_the_state_stand_before_the_order_that_it_set_off() {
    let events = vec![
        close(0, 100.0),
        Event::Answer(Answer::Accepted(id(2, 1))),
        Event::Answer(Answer::Trade { trade: trade(7, Some(id(2, 1)), Side::Buy, dec!(1), 1), remaining: dec!(0) }),
        Event::Time(at(2)),
    ];
    let ran = Night::new().run(events, |event, context, _| {
        match event {
            HandlerEvent::Bar { .. } => drop(context.buy().send()?),
            HandlerEvent::Trade(_) => drop(context.close_long()?),
            _ => {}
        }
        Ok(())
    });
    let expected = [
        "state at -153722867", // of `on_init`, before the first event
        "settle",
        "state at 1",
        "append mx0-2-1",
        "settle",
        "accepted mx0-2-1",
        "settle",
        "trade 7",
        "leg long 1",
        "balance 10000 USDT",
        "over mx0-2-1",
        "guard long",
        "state at 1",
        "append mx0-2-2",
        "settle",
    ];
    assert_eq!(ran.written(), expected);
}

#[test]
fn a_state_that_ticks_change_is_written_once_a_second_or_with_the_order_that_one_sends() {
    let (_, [main, _]) = Trial::instruments();
    let tick = |millis: i64| {
        let time = UnixNanos::from_nanos(at(1).as_nanos() + millis * 1_000_000);
        Event::Tick(main, metaexpert_core::Tick { time, bid: 99.9, bid_quantity: 1.0, ask: 100.1, ask_quantity: 1.0, last: None })
    };
    let mut night = Night::new();
    night.wants.ticks = vec![metaexpert_core::expert::TickWant { symbol: None }];
    let ticks = Rc::new(RefCell::new(0));
    let mut told = vec![close(0, 100.0)];
    told.extend((1..=25).map(|tenth| tick(tenth * 100)));
    let counts = Rc::clone(&ticks);
    // The state is what `Known` holds; an order at the third tick.
    let ran = night.run(told, move |event, context, known| {
        if matches!(event, HandlerEvent::Tick { .. }) {
            known.trades.push("tick".to_owned());
            *counts.borrow_mut() += 1;
            if *counts.borrow() == 3 {
                context.buy().send()?;
            }
        }
        Ok(())
    });
    let lengths = ran.entries.iter().filter_map(|entry| match entry {
        Entry::State(state) => Some(state.json.matches("tick").count().to_string()),
        Entry::Append(_) => Some("order".to_owned()),
        _ => None,
    });
    assert_eq!(lengths.collect::<Vec<_>>(), ["0", "0", "3", "order", "13", "23", "25"]);
}

#[test]
fn money_that_comes_in_or_goes_out_is_neither_gain_nor_loss() {
    use metaexpert_core::{Charge, ChargeCause};
    let charged = |amount, cause| Event::Answer(Answer::Charged(Charge { time: at(1), amount: usdt(amount), cause }));
    for (amount, cause, halts) in [
        (dec!(-5000), ChargeCause::Transfer, false),
        (dec!(5000), ChargeCause::Transfer, false),
        (dec!(-2000), ChargeCause::Interest, true),
    ] {
        let mut night = Night::new();
        night.config.max_drawdown_pct = Some(Percent::new(dec!(15)));
        night.config.daily_loss_limit = Some(dec!(1500));
        // A drawdown of 10 % before.
        let events = vec![close(0, 100.0), charged(dec!(-1000), ChargeCause::Interest), charged(amount, cause), close(1, 100.0)];
        let ran = night.run(events, |event, context, _| {
            if matches!(event, HandlerEvent::Bar { .. }) && context.now() == at(2) {
                context.buy().send()?;
            }
            Ok(())
        });
        assert_eq!(ran.told.iter().any(|line| line.contains("halted")), halts, "{amount}: {:?}", ran.told);
        assert_eq!(ran.sent.is_empty(), halts);
        assert!(ran.written().contains(&format!("balance {} USDT", dec!(9000) + amount)), "{:?}", ran.written());
    }
}

#[test]
fn a_standing_exit_of_an_earlier_run_is_filled_and_counts() {
    let mut resumed = left();
    resumed.orders = vec![Standing {
        order: order(id(1, 5), Side::Sell, OrderKind::Limit { price: Price::new(dec!(110)).unwrap() }),
        filled: dec!(0.4),
        status: OrderStatus::PartiallyFilled,
        since: at(0),
    }];
    let mut night = Night { resumed: Some(resumed), ..Night::new() };
    night.wants.orders = true;
    let rest = trade(3, Some(id(1, 5)), Side::Sell, dec!(0.6), 1);
    assert_eq!(rest.reason, Reason::Signal);
    let ran = night.run(vec![Event::Answer(Answer::Trade { trade: rest, remaining: dec!(0) })], |_, _, _| Ok(()));
    assert_eq!(ran.told, ["init", "1 trade 3", "order mx0-1-5 filled", "deinit end_of_data"]);
    assert!(ran.written().contains(&"leg long 2.4".to_owned()));
}
