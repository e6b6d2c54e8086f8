//! Killed at every step of an order's life, and at times that nobody chose; started again, and judged.
//!
//! The one decision: a run that is to be killed knows nothing of it. Where it dies at a step, the step itself ends the process as
//! `kill -9` does (`FAILPOINTS`); where it dies by the clock, the signal comes from outside.
//!
//! `LIVE_KILLS=200 cargo nextest run -p metaexpert-tests -E 'test(kill::)'` kills it so often at random; CI ten times.

use std::{
    env,
    os::unix::process::ExitStatusExt as _,
    process::{Child, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng as _, SeedableRng as _},
};

use crate::night::{Leash, Night, kill, signal};

/// How much faster than the wall clock the markets go: exits are reached within seconds.
const SPEED: f64 = 20.0;

/// Exits near enough to the price to be moved and reached all the time.
const EXITS: &str = "--stop-loss-pct 0.3 --take-profit-pct 0.4 --trailing-stop-pct 0.2";

/// Every step at which it can be killed, and after how many passings at most it is. A stop that is moved is a new order, and then a
/// cancel of the old one: it dies between the two as well.
const STEPS: &[(&str, u64)] = &[
    ("journal::before-append", 12),
    ("journal::after-append", 12),
    ("orders::handed-over", 12),
    ("orders::before-send", 12),
    ("orders::after-send", 12),
    ("orders::answered", 12),
    ("orders::before-telling", 20),
    ("orders::before-execution", 6),
    ("orders::after-execution", 6),
    ("journal::before-trade", 1),
    ("journal::before-trade", 6),
    ("journal::after-trade", 1),
    ("journal::after-trade", 6),
    ("journal::before-settle", 20),
    ("journal::after-settle", 20),
    ("orders::before-cancel", 6),
    ("orders::cancelled", 6),
    ("orders::before-healing", 1),
];

#[test]
fn killed_at_every_step_of_an_orders_life_nothing_is_lost_and_nothing_doubled() {
    let night = Night::begin(SPEED, |builder| builder);
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed(7));
    for (step, most) in STEPS {
        let passings = chance.next_u64() % most;
        let mut command = night.expert(EXITS);
        command.env("FAILPOINTS", format!("{step}={passings}*off->return"));
        let died = end_of(&mut command.spawn().unwrap(), Duration::from_mins(1));
        assert_eq!(died.and_then(|died| died.signal()), Some(9), "at {step} after {passings}: {died:?}\n{}", night.complaints());
        calm(&night, &format!("{step} after {passings}"));
    }
}

#[test]
fn killed_at_any_time_nothing_is_lost_and_nothing_doubled() {
    let kills = env::var("LIVE_KILLS").ok().map_or(10, |kills| kills.parse().unwrap());
    let night = Night::begin(SPEED, |builder| builder);
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed(11));
    for number in 0..kills {
        let child = night.expert(EXITS).spawn().unwrap();
        thread::sleep(Duration::from_millis(chance.next_u64() % 2_500));
        kill(child);
        // Killed twice and more before anybody comes to rest, it is in a mess that one kill does not make.
        if number % 3 != 2 || number + 1 == kills {
            calm(&night, &format!("kill number {number}"));
        }
    }
}

#[test]
fn on_spot_killed_at_any_time_nothing_is_lost_and_nothing_doubled() {
    let night = Night::begin(SPEED, |builder| builder).spot();
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed(13));
    for number in 0..6 {
        let child = night.expert(EXITS).spawn().unwrap();
        thread::sleep(Duration::from_millis(chance.next_u64() % 2_500));
        kill(child);
        calm(&night, &format!("kill number {number} on spot"));
    }
}

/// Another sequence of chances than the usual one, where somebody wants that.
fn seed(usual: u64) -> u64 {
    env::var("LIVE_SEED").ok().map_or(usual, |seed| seed.parse().unwrap())
}

/// A run that nothing happens to: it compares itself with the exchange, trades a little, and is stopped.
fn calm(night: &Night, after: &str) {
    let (mark, begun) = (night.mark(), Instant::now());
    let mut child = Leash(night.expert(EXITS).spawn().unwrap());
    night.until(&format!("it trades again after {after}"), |night| {
        let ended = child.0.try_wait().unwrap();
        assert_eq!(ended, None, "it ended by itself after {after}\n{}", night.complaints());
        night.executed_since(mark) >= 3
    });
    rest(night, after);
    signal(&child.0, "TERM");
    let Some(status) = end_of(&mut child.0, Duration::from_mins(1)) else { panic!("it does not stop after {after}") };
    assert!(status.success(), "after {after} it ended with {status}\n{}", night.complaints());
    let found = night.judge();
    night.thaw();
    eprintln!("after {after}: {found:?}, {} ms", begun.elapsed().as_millis());
}

/// Stops the markets, and waits until nothing is on its way any more.
fn rest(night: &Night, after: &str) {
    night.freeze();
    night.until_quiet();
    assert!(!night.complaints().contains("overflowed"), "{}", night.complaints());
    night.until(&format!("nothing is in doubt after {after}"), |night| night.in_doubt().is_empty());
    night.until_covered(after);
}

/// How it ends, if it does within this time.
pub(crate) fn end_of(child: &mut Child, within: Duration) -> Option<ExitStatus> {
    let begun = Instant::now();
    while begun.elapsed() < within {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(20));
    }
    None
}
