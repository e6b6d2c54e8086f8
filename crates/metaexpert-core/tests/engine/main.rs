//! The engine's promises, with a scripted expert, a scripted feed and a broker that fills at the next open.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong should stop there")]

mod called_off; // linked orders, and those that reduce what is gone
mod closing; // everything closed: what is refused, and what is less than a lot
mod coins; // sells that wait for the coins that a stop keeps
mod crash; // the power goes at any moment, and the next run goes on
mod fates; // what becomes of orders at an exchange, pauses, and stopping
mod guarded; // what guards of legs are left with: orders of the other leg, the end of a run
mod halting; // entries refused, everything closed, limits over several runs
mod last_word; // how long a run that is stopped listens
mod night; // runs as at an exchange
mod orders; // from what an expert says to what leaves, and what stands
mod records; // what is written into the log
mod resuming; // what an earlier run has left, history, saved state
mod risk; // each rule of the gate, by an example
mod risk_orders; // rules about what an order itself names
mod risk_properties; // random strategies against a second reading of the rules
mod standing;
mod trial;

use std::{cell::RefCell, rc::Rc, time::Duration};

use metaexpert_core::{
    Error, Percent, Timeframe, UnixNanos,
    config::PositionMode,
    engine::Stopped,
    expert::{DeinitReason, HandlerEvent},
    feed::Event,
};
use rust_decimal::dec;
use trial::{Trial, bar, nothing, want};

#[test]
fn longer_bars_are_built_and_told_of_after_the_shorter_ones_that_end_with_them() {
    let mut trial = Trial::new();
    trial.wants.bars = vec![want(None, Some(Timeframe::M3)), want(None, None)];
    let ran = trial.run(&[(0, 1.0, 2.0), (1, 2.0, 3.0), (2, 3.0, 4.0), (3, 4.0, 5.0)], nothing);
    assert_eq!(
        ran.log,
        [
            "1 BTCUSDT bar 1 2",
            "2 BTCUSDT bar 2 3",
            "3 BTCUSDT bar 3 4",
            "3 BTCUSDT bar 1 4",
            "4 BTCUSDT bar 4 5",
            "4 deinit EndOfData"
        ]
    );
}

#[test]
fn a_longer_bar_that_a_gap_cut_short_is_told_of_before_the_next_bar_moves_the_market() {
    let mut trial = Trial::new();
    trial.wants.bars = vec![want(None, Some(Timeframe::M3))];
    trial.wants.trades = true;
    let ran = trial.run(&[(1, 1.0, 2.0), (7, 9.0, 9.5)], |event, context| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            context.buy().send()?;
        }
        Ok(())
    });
    assert_eq!(ran.log, ["3 BTCUSDT bar 1 2", "7 trade buy 1 @ 9", "8 deinit EndOfData"]);
}

#[test]
fn timers_run_on_simulated_time_and_do_not_see_the_close_of_a_bar_that_has_not_closed() {
    let mut trial = Trial::new();
    trial.wants.bars.clear();
    trial.wants.timers = vec![Duration::from_secs(30), Duration::from_mins(2)];
    let ran = trial.run(&[(0, 1.0, 2.0), (1, 2.0, 3.0), (2, 3.0, 4.0)], nothing);
    assert_eq!(
        ran.log,
        [
            "0 timer 0 sees None",
            "1 timer 0 sees Some(2.0)",
            "1 timer 0 sees Some(2.0)",
            "2 timer 0 sees Some(3.0)",
            "2 timer 1 sees Some(3.0)",
            "2 timer 0 sees Some(3.0)",
            "3 timer 0 sees Some(4.0)",
            "3 deinit EndOfData"
        ]
    );
}

#[test]
fn bars_of_the_warm_up_are_delivered_and_orders_in_it_are_refused() {
    let mut trial = Trial::new();
    trial.config.warmup_bars = 2;
    let ran = trial.run(&[(0, 1.0, 1.0), (1, 1.0, 1.0), (2, 1.0, 1.0)], |event, context| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            context.buy().send()?;
        }
        Ok(())
    });
    assert_eq!(
        ran.log,
        [
            "1 BTCUSDT bar 1 1",
            "1 error warmup: BTCUSDT: 2 of the `warmup_bars` are still to come",
            "2 BTCUSDT bar 1 1",
            "2 error warmup: BTCUSDT: 1 of the `warmup_bars` are still to come",
            "3 BTCUSDT bar 1 1",
            "3 deinit EndOfData"
        ]
    );
    assert_eq!(ran.kept.last().map(String::as_str), Some("append buy 1"));
}

#[test]
fn an_error_of_a_handler_reaches_on_error_once_and_the_run_goes_on() {
    let ran = Trial::new().run(&[(0, 1.0, 1.0), (1, 1.0, 1.0)], |event, context| match event {
        HandlerEvent::Bar { bar, .. } if bar.time == UnixNanos::default() => Err("out of tea".into()),
        HandlerEvent::Error(_) => Err(format!("at {}", context.now()).into()),
        _ => Ok(()),
    });
    assert_eq!(ran.log, ["1 BTCUSDT bar 1 1", "1 error out of tea", "2 BTCUSDT bar 1 1", "2 deinit EndOfData"]);
    assert_eq!(ran.kept, ["error out of tea", "error at 1970-01-01T00:01:00Z"]);
    assert!(matches!(ran.ended, Ok(DeinitReason::EndOfData)));
}

#[test]
fn a_fatal_error_ends_the_run_after_on_deinit() {
    let ran = Trial::new().run(&[(0, 1.0, 1.0), (1, 1.0, 1.0)], |event, _| match event {
        HandlerEvent::Bar { .. } => Err(Error::input("fast", 30, "must be below `slow` (26)")),
        _ => Ok(()),
    });
    assert_eq!(ran.log, ["1 BTCUSDT bar 1 1", "1 deinit HandlerError"]);
    assert!(matches!(ran.ended, Err(Stopped::HandlerFailed(Error::Config(_)))));
}

#[test]
fn a_rejection_by_the_venue_is_journalled_and_told_of() {
    let mut trial = Trial::new();
    trial.refuse = true;
    trial.wants.orders = true;
    let ran = trial.run(&[(0, 1.0, 1.0), (1, 1.0, 1.0)], |event, context| {
        if matches!(event, HandlerEvent::Bar { .. }) && context.now().as_nanos() < 90_000_000_000 {
            context.buy().send()?;
        }
        Ok(())
    });
    assert_eq!(
        ran.log,
        [
            "1 BTCUSDT bar 1 1",
            "1 order mx0-1-1 rejected",
            "1 error order mx0-1-1 was not executed: funds",
            "2 BTCUSDT bar 1 1",
            "2 deinit EndOfData"
        ]
    );
}

#[test]
fn an_order_for_every_order_is_taken_for_an_endless_loop() {
    let mut trial = Trial::new();
    trial.wants.orders = true;
    trial.config.initial_capital = dec!(1_000_000_000);
    let ran = trial.run(&[(0, 1.0, 1.0)], |event, context| {
        if matches!(event, HandlerEvent::Bar { .. } | HandlerEvent::Order(_)) {
            context.buy().quantity(dec!(0.001)).send()?;
        }
        Ok(())
    });
    assert!(ran.ended.unwrap_err().to_string().starts_with("handlers and venue keep answering each other"));
}

#[test]
fn bars_that_close_together_move_all_markets_before_an_expert_sees_one() {
    let mut trial = Trial::new();
    trial.wants.bars = vec![want(None, None), want(Some("ETH/USDT"), None)];
    let (_, [bitcoin, ether]) = Trial::instruments();
    let events = vec![bar(bitcoin, 0, 1.0, 2.0, true), bar(ether, 0, 5.0, 6.0, false), bar(ether, 1, 6.0, 7.0, false)];
    let seen = Rc::new(RefCell::new(Vec::new()));
    let sees = Rc::clone(&seen);
    let ran = trial.run_events(events, move |event, context| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            context.buy().symbol("ETHUSDT").send()?;
            sees.borrow_mut().push((context.bars(9).len(), context.equity()));
        }
        Ok(())
    });
    assert_eq!(ran.log, ["1 BTCUSDT bar 1 2", "1 ETHUSDT bar 5 6", "2 ETHUSDT bar 6 7", "2 deinit EndOfData"]);
    // Both orders of the first minute were filled at 6 in the second; at its close each has gained one.
    assert_eq!(*seen.borrow(), [(1, dec!(10000)), (1, dec!(10000)), (2, dec!(10002))]);
}

#[test]
fn a_drawdown_beyond_the_limit_closes_what_is_open_and_refuses_entries() {
    let mut trial = Trial::new();
    trial.config.max_drawdown_pct = Some(Percent::new(dec!(5)));
    trial.config.initial_capital = dec!(1000);
    trial.wants.trades = true;
    let bars = [(0, 100.0, 100.0), (1, 100.0, 60.0), (2, 60.0, 40.0), (3, 41.0, 41.0), (4, 41.0, 41.0)];
    let ran = trial.run(&bars, |event, context| {
        if matches!(event, HandlerEvent::Bar { .. }) && context.is_flat() {
            context.buy().send()?;
        }
        Ok(())
    });
    let breach = "error halted: new entries are refused until a person resumes: \
                  max_drawdown_pct is reached: equity 940 after a peak of 1000";
    assert_eq!(
        ran.log,
        [
            "1 BTCUSDT bar 100 100",
            "1 trade buy 1 @ 100",
            "2 BTCUSDT bar 100 60",
            "3 BTCUSDT bar 60 40",
            "3 trade sell 1 @ 41",
            "4 BTCUSDT bar 41 41",
            &format!("4 {breach}"),
            "5 BTCUSDT bar 41 41",
            &format!("5 {breach}"),
            "5 deinit EndOfData"
        ]
    );
}

#[test]
fn after_a_daily_loss_entries_are_refused_until_the_next_utc_day() {
    let mut trial = Trial::new();
    trial.config.daily_loss_limit = Some(dec!(10));
    trial.wants.trades = true;
    let day = 24 * 60;
    let bars = [(0, 100.0, 100.0), (1, 100.0, 90.0), (2, 90.0, 90.0), (day, 90.0, 90.0), (day + 1, 91.0, 91.0)];
    let ran = trial.run(&bars, |event, context| {
        if matches!(event, HandlerEvent::Bar { .. }) && context.is_flat() {
            context.buy().send()?;
        }
        Ok(())
    });
    let trades: Vec<_> = ran.log.iter().filter(|line| line.contains("trade")).collect();
    assert_eq!(trades, ["1 trade buy 1 @ 100", "2 trade sell 1 @ 90", "1441 trade buy 1 @ 91"]);
    assert_eq!(ran.kept.iter().filter(|line| line.starts_with("error halted")).count(), 1);
}

#[test]
fn time_that_passes_without_a_bar_fires_timers_and_a_wish_to_stop_is_told_to_the_expert() {
    let mut trial = Trial::new();
    trial.wants.timers = vec![Duration::from_mins(2)];
    let (_, [main, _]) = Trial::instruments();
    let at = |minute: i64| Event::Time(UnixNanos::from_seconds(minute * 60).unwrap());
    let events = vec![bar(main, 0, 1.0, 2.0, false), at(2), at(5), Event::Stop, bar(main, 5, 2.0, 3.0, false)];
    let ran = trial.run_events(events, nothing);
    let expected = ["1 BTCUSDT bar 1 2", "2 timer 0 sees Some(2.0)", "4 timer 0 sees Some(2.0)", "5 deinit UserStop"];
    assert_eq!(ran.log, expected);
    assert!(matches!(ran.ended, Ok(DeinitReason::UserStop)));
}

#[test]
fn an_order_before_the_first_price_is_an_error_and_not_a_panic() {
    let mut trial = Trial::new();
    trial.wants.timers = vec![Duration::from_secs(59)];
    let ran = trial.run(&[(0, 1.0, 1.0)], |event, context| match event {
        HandlerEvent::Timer { .. } => context.buy().send().map(|_| ()),
        _ => Ok(()),
    });
    assert_eq!(ran.kept, ["error market data: BTCUSDT: there is no price yet"]);
}

#[test]
fn a_closed_position_is_not_closed_twice() {
    let mut trial = Trial::new();
    trial.wants.trades = true;
    let ran = trial.run(&[(0, 1.0, 1.0), (1, 1.0, 1.0), (2, 1.0, 1.0)], |event, context| {
        if matches!(event, HandlerEvent::Bar { .. }) {
            if context.is_flat() {
                context.buy().send()?;
            } else {
                assert_eq!(context.close_all()?, 1);
                assert_eq!(context.close_all()?, 0);
                assert_eq!(context.close_long()?, None);
            }
        }
        Ok(())
    });
    let trades: Vec<_> = ran.log.iter().filter(|line| line.contains("trade")).collect();
    assert_eq!(trades, ["1 trade buy 1 @ 1", "2 trade sell 1 @ 1"]);
}

#[test]
fn a_failed_on_init_ends_the_run_whatever_it_failed_with() {
    let ran = Trial::new().run(&[(0, 1.0, 1.0)], |event, _| match event {
        HandlerEvent::Init(_) => Err("no such file".into()),
        _ => Ok(()),
    });
    assert_eq!(ran.ended.unwrap_err().to_string(), "no such file");
    assert_eq!(ran.log, [""; 0]);
}

#[test]
fn what_ended_the_run_counts_and_not_what_came_of_it_in_on_deinit() {
    let ran = Trial::new().run(&[(0, 1.0, 1.0)], |event, _| match event {
        HandlerEvent::Bar { .. } => Err(Error::input("fast", 30, "is the cause")),
        HandlerEvent::Deinit(_) => Err(Error::input("slow", 30, "is the consequence")),
        _ => Ok(()),
    });
    assert_eq!(ran.ended.unwrap_err().to_string(), "input `fast`: `30` is the cause");
}

#[test]
fn an_order_after_the_end_is_refused_and_counted() {
    let ran = Trial::new().run(&[(0, 1.0, 1.0)], |event, context| match event {
        HandlerEvent::Deinit(_) => context.buy().send().map(|_| ()),
        _ => Ok(()),
    });
    assert_eq!(ran.kept, ["error end_of_data: BTCUSDT: the run has ended"]);
}

#[test]
fn news_of_an_order_is_about_its_own_symbol_and_so_are_the_bars() {
    let mut trial = Trial::new();
    trial.refuse = true;
    trial.wants.orders = true;
    trial.wants.bars = vec![want(None, None), want(Some("ETHUSDT"), Some(Timeframe::M3))];
    let (_, [bitcoin, ether]) = Trial::instruments();
    let events = vec![bar(ether, 0, 5.0, 6.0, true), bar(bitcoin, 0, 1.0, 2.0, false)];
    let seen = Rc::new(RefCell::new(Vec::new()));
    let sees = Rc::clone(&seen);
    let ran = trial.run_events(events, move |event, context| {
        match event {
            HandlerEvent::Bar { .. } => drop(context.buy().symbol("ETHUSDT").send()?),
            HandlerEvent::Order(_) | HandlerEvent::Error(_) => {
                sees.borrow_mut().push(format!("{} {}", context.symbol(), context.bars(5).len()));
            }
            _ => {}
        }
        Ok(())
    });
    // Ether's own bars of three minutes have not closed yet; bitcoin's minute is not theirs.
    assert_eq!(*seen.borrow(), ["ETHUSDT 0", "ETHUSDT 0"], "{:#?}", ran.log);
}

#[test]
fn a_protection_that_the_configuration_could_not_have_is_refused() {
    let ran = Trial::new().run(&[(0, 1.0, 1.0)], |event, context| match event {
        HandlerEvent::Bar { .. } => context.buy().stop_loss_pct(150.0).send().map(|_| ()),
        _ => Ok(()),
    });
    assert_eq!(ran.kept, ["error BTCUSDT: stop_loss_pct: `150` is not above 0 and below 100"]);
}

#[test]
fn a_flip_is_judged_without_the_leg_that_it_closes() {
    let mut trial = Trial::new();
    trial.config.position_mode = PositionMode::Oneway;
    trial.config.max_open_positions = Some(1);
    trial.config.initial_capital = dec!(10);
    let ran = trial.run(&[(0, 1.0, 1.0), (1, 1.0, 1.0)], |event, context| match event {
        HandlerEvent::Bar { .. } if context.is_flat() => context.buy().quantity(9.0).send().map(|_| ()),
        HandlerEvent::Bar { .. } => context.sell().quantity(18.0).send().map(|_| ()),
        _ => Ok(()),
    });
    assert_eq!(ran.kept, ["append buy 9", "append sell 18"]);
}

#[test]
fn an_order_that_only_reduces_takes_a_part_and_never_more_than_there_is() {
    let mut trial = Trial::new();
    trial.wants.trades = true;
    let ran = trial.run(&[(0, 1.0, 1.0), (1, 1.0, 1.0), (2, 1.0, 1.0), (3, 1.0, 1.0)], |event, context| {
        match event {
            HandlerEvent::Bar { bar, .. } if bar.time == UnixNanos::default() => drop(context.buy().quantity(5.0).send()?),
            HandlerEvent::Bar { bar, .. } if bar.time.as_nanos() == 60_000_000_000 => {
                context.sell().quantity(2.0).reduce_only().send()?;
                context.sell().quantity(9.0).reduce_only().send()?;
                context.sell().reduce_only().send()?;
            }
            _ => {}
        }
        Ok(())
    });
    let trades: Vec<_> = ran.log.iter().filter(|line| line.contains("trade")).collect();
    assert_eq!(trades, ["1 trade buy 5 @ 1", "2 trade sell 2 @ 1", "2 trade sell 3 @ 1"]);
    assert!(ran.kept.contains(&"error BTCUSDT: reduce_only: there is no long position left to reduce".to_owned()));
}
