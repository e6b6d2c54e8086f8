//! Rules strike whom they name, when they say, as often as they say.

use std::time::Duration;

use super::*;
use crate::protocol::{Failure, Topic};

fn at(seconds: u64) -> Since {
    Since { clock: Duration::from_secs(seconds), market: Duration::from_secs(60 * seconds) }
}

fn order<'a>(stage: Stage, now: Since) -> Passing<'a> {
    Passing {
        stage,
        over: Over::Rest,
        host: "api.example.com",
        method: "POST",
        path: "/api/v3/order",
        account: Some("trader"),
        topic: None,
        texts: ["symbol=BTCUSDT&side=BUY", ""],
        now,
    }
}

fn with(rule: &str) -> Faults {
    let mut faults = Faults::new(7);
    faults.add(from_flag(rule).unwrap(), at(0));
    faults
}

/// Which of ten requests, one a second from the first second on, a rule strikes.
fn struck(rule: &str) -> Vec<u64> {
    let mut faults = with(rule);
    (1..=10).filter(|second| !faults.befall(&order(Stage::Request, at(*second))).is_nothing()).collect()
}

#[test]
fn a_schedule_says_which_requests_are_struck() {
    for (rule, which) in [
        ("503", (1..=10).collect::<Vec<u64>>()),
        ("503 after=7", vec![8, 9, 10]),
        ("503 every=3", vec![3, 6, 9]),
        ("503 after=2 every=3", vec![5, 8]),
        ("503 times=2", vec![1, 2]),
        ("503 from=4s until=6s", vec![4, 5]),
        ("503 from=4m until=6m by=market", vec![4, 5]),
        ("503 p=0", vec![]),
    ] {
        assert_eq!(struck(rule), which, "{rule}");
    }
}

#[test]
fn times_are_counted_from_when_the_rule_was_given() {
    let mut faults = Faults::new(7);
    faults.add(from_flag("503 until=2s").unwrap(), at(5));
    assert!(!faults.befall(&order(Stage::Request, at(6))).is_nothing());
    assert!(faults.befall(&order(Stage::Request, at(7))).is_nothing());
}

#[test]
fn a_scope_says_whom_a_rule_concerns() {
    for (rule, concerns) in [
        ("503 host=API.example.com", true),
        ("503 host=other.example.com", false),
        ("503 path=/api/*", true),
        ("503 path=/fapi/*", false),
        ("503 method=post", true),
        ("503 method=GET", false),
        ("503 over=rest", true),
        ("503 over=ws", false),
        ("503 account=trader", true),
        ("503 account=other", false),
        ("503 symbol=btcusdt", true),
        ("503 symbol=ETHUSDT", false),
        ("503 contains=side=BUY", true),
        ("503 contains=SELL", false),
        ("503 on=answer", false),
        ("503 topic=market", false),
    ] {
        assert_eq!(!with(rule).befall(&order(Stage::Request, at(1))).is_nothing(), concerns, "{rule}");
    }
}

#[test]
fn the_same_seed_has_the_same_luck_and_another_rule_does_not_change_it() {
    let lucky = |others: &[&str]| {
        let mut faults = with("503 p=0.5");
        for other in others {
            faults.add(from_flag(other).unwrap(), at(0));
        }
        (0..200).map(|_| faults.befall(&order(Stage::Request, at(1))).struck.contains(&(1, "503"))).collect::<Vec<_>>()
    };
    let alone = lucky(&[]);
    assert_eq!(alone, lucky(&["latency delay=1s on=request p=0.5"]));
    let often = alone.iter().filter(|struck| **struck).count();
    assert!((70..=130).contains(&often), "{often} of 200 with a probability of a half");
}

#[test]
fn what_strikes_at_once_adds_up() {
    let mut faults = with("latency delay=100ms on=request");
    faults.add(from_flag("latency delay=1s on=request").unwrap(), at(0));
    faults.add(from_flag("-1007").unwrap(), at(0));
    faults.add(from_flag("418").unwrap(), at(0));
    let effect = faults.befall(&order(Stage::Request, at(1)));
    assert_eq!(effect.delay, Duration::from_millis(1100));
    assert_eq!(effect.failure, Some(Failure::Timeout), "the first of the failures holds");
    assert_eq!(effect.struck.len(), 4);
    assert_eq!(faults.struck(4), Some(1));
}

#[test]
fn jitter_adds_up_to_its_size_and_never_more() {
    let mut faults = with("latency delay=100ms jitter=50ms on=request");
    let delays: Vec<_> = (0..100).map(|_| faults.befall(&order(Stage::Request, at(1))).delay).collect();
    assert!(delays.iter().all(|delay| (100..150).contains(&delay.as_millis())), "{delays:?}");
    assert!(delays.iter().max() > delays.iter().min());
}

#[test]
fn an_answer_over_a_socket_is_struck_as_the_message_that_it_is() {
    let mut faults = with("drop on=answer");
    let message = Passing { over: Over::Socket, topic: Some(Topic::Answer), ..order(Stage::Message, at(1)) };
    assert!(faults.befall(&message).is_dropped);
    assert!(faults.befall(&Passing { topic: Some(Topic::Market), ..message }).is_nothing());
    assert!(faults.befall(&Passing { stage: Stage::Answer, topic: None, ..message }).is_nothing(), "it is struck once");
}

#[test]
fn states_last_and_events_happen_once() {
    let mut faults = with("clock-skew skew=-2s from=5s until=10s");
    faults.add(from_flag("partial-fills quantity=0.5").unwrap(), at(0));
    faults.add(from_flag("restart state=lost from=5s").unwrap(), at(0));
    faults.add(from_flag("maintenance from=5s").unwrap(), at(0));
    assert_eq!((faults.skew(at(4)), faults.skew(at(5)), faults.skew(at(10))), (0, -2_000_000_000, 0));
    assert_eq!(faults.fill_cap(at(1)), Some("0.5".parse().unwrap()));
    assert_eq!(faults.due(at(4)), []);
    assert_eq!(faults.due(at(6)), [(3, Event::Restart { keeps_state: false }, Scope::default())]);
    assert_eq!(faults.due(at(7)), [], "it was started anew");
    assert_eq!(faults.maintenance(at(4)), None);
    assert_eq!(faults.befall(&order(Stage::Request, at(6))).failure, Some(Failure::Maintenance));
    assert_eq!(faults.maintenance(at(6)), Some((4, Scope::default())), "sockets are closed even after a request was refused");
    assert_eq!(faults.maintenance(at(7)), None, "sockets are closed once");
}

#[test]
fn an_event_may_wait_for_requests_instead() {
    let mut faults = with("stale-listen-keys after=2");
    assert_eq!(faults.due(at(1)), []);
    let mut events = || faults.befall(&order(Stage::Answer, at(1))).events;
    assert_eq!(events(), []);
    assert_eq!(events(), []);
    assert_eq!(events(), [Event::StaleListenKeys]);
    assert_eq!(events(), []);
}

#[test]
fn a_rule_ends_when_it_is_removed() {
    let mut faults = with("503");
    assert!(!faults.remove(2));
    assert!(faults.remove(1));
    assert!(faults.befall(&order(Stage::Request, at(1))).is_nothing());
    assert_eq!(faults.clear(), 0);
}
