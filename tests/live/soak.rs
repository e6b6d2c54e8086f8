//! All faults of the testnet at once, on an expert that never rests; then calm, and the judge.
//!
//! The one decision: what goes wrong is drawn from a seed and told as rules of the testnet, so that nothing here knows what the expert does
//! about it. All that counts is what the books say in the end.
//!
//! CI soaks it for two minutes. The whole of it takes twenty:
//! `SOAK_SECONDS=1200 cargo nextest run -p metaexpert-tests -E 'test(soak::)' --no-capture`.

use std::{
    env, fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng as _, SeedableRng as _},
};

use crate::{
    judge::Found,
    night::{Leash, Night, SYMBOLS, signal},
};

/// How much faster than the wall clock the markets go.
const SPEED: f64 = 30.0;

/// How long CI has patience.
const USUAL: u64 = 120;

/// Executions that a night has at least.
const ENOUGH: usize = 200;

/// By how much what the expert holds may grow from when it is warm to the end, however long the night is. It is warm after a quarter of
/// the night and of the executions. Its own books do not grow ([`books`](crate::books)). What still comes are tables that fill up to a
/// bound: orders that are over, 1.4 MB for 4,096 of them, and executions that were told, 100 bytes each.
const GROWTH: u64 = 4 << 20;

/// By how much its pages may: a coarse look at what is not counted as held, SQLite first of all. A burst that is over leaves holes of
/// some megabytes, the first errors page in code.
const PAGES: u64 = 32 << 20;

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How many looks are taken together. What is held for good is held in the calmest of them, too; orders that are asked for are not.
const TOGETHER: usize = 20;

/// What goes wrong all the time.
const CLIMATE: &[&str] = &[
    "latency on=message topic=market delay=1ms jitter=40ms p=0.02",
    "latency on=message topic=account delay=5ms jitter=400ms p=0.1",
    "latency on=answer over=rest delay=5ms jitter=400ms p=0.1",
    "latency on=request over=rest delay=5ms jitter=200ms p=0.05",
    "drop topic=market p=0.003",
    "duplicate topic=market p=0.01",
    "reorder topic=market p=0.01",
    "truncate on=message topic=market p=0.001",
    "drop topic=account p=0.02",
    "duplicate topic=account p=0.1",
    "reorder topic=account p=0.1",
    "truncate on=message topic=account p=0.01",
    "cut on=answer method=POST p=0.02",
    "cut on=answer method=DELETE p=0.02",
    "cut on=request over=rest p=0.005",
    "truncate on=answer over=rest p=0.005",
    "500 on=request over=rest p=0.005",
    "502 on=answer over=rest p=0.005",
    "503 on=answer method=POST p=0.02",
    "504 on=request over=rest p=0.005",
    "-1006 on=answer method=POST p=0.01",
    "-1007 on=answer method=POST p=0.02",
    "-1007 on=request method=POST p=0.01",
    "-1021 over=rest p=0.005",
    "too-many-orders method=POST p=0.005",
    "partial-fills quantity=40",
];

/// What goes wrong now and then, and is over after a while.
const WEATHER: &[&str] = &[
    "half-open on=message times=1",
    "half-open on=request over=rest times=1",
    "half-open on=answer over=rest times=1",
    "cut on=message topic=account times=1",
    "cut on=message topic=market times=1",
    "stale-listen-keys",
    "restart state=kept",
    "maintenance until=2s",
    "clock-skew skew=1500ms until=5s",
    "clock-skew skew=-3s until=5s",
    "429 seconds=2 over=rest times=1",
    "-1003 seconds=2 over=rest times=1",
    "partial-fills quantity=0.03 until=3s",
];

#[test]
fn all_faults_at_once_lose_nothing_and_double_nothing() {
    let seconds = env::var("SOAK_SECONDS").ok().map_or(USUAL, |seconds| seconds.parse().unwrap());
    let night = Night::begin(SPEED, |builder| builder);
    // It acts on every fifth quote, for much of the time it may not.
    let held = night.path("held");
    let mut child = Leash(night.expert("--pause 5").env("HELD", &held).spawn().unwrap());
    night.until("it trades", |night| night.executions() > 0);
    for rule in CLIMATE {
        night.fault(rule);
    }

    let (begun, whole) = (Instant::now(), Duration::from_secs(seconds));
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(23);
    let (mut looks, mut warm) = (Vec::new(), None);
    let is_enough = |looks: &[Memory], warm: Option<usize>| {
        night.executions() >= ENOUGH && warm.is_some_and(|warm| looks.len() >= warm + 3 * TOGETHER)
    };
    // A night that keeps it from trading shows nothing: it goes on until there was enough of it.
    while begun.elapsed() < whole || (!is_enough(&looks, warm) && begun.elapsed() < whole * 3) {
        let rule = WEATHER[usize::try_from(chance.next_u64()).unwrap() % WEATHER.len()];
        night.fault(rule);
        // What hangs is given up after ten seconds: between two such nights there is some day.
        let until = Instant::now() + Duration::from_millis(3_000 + chance.next_u64() % 9_000);
        while Instant::now() < until {
            thread::sleep(LOOK.min(until - Instant::now()));
            assert_eq!(child.0.try_wait().unwrap(), None, "it has ended by itself: {}", night.complaints());
            looks.push(Memory::of(&child, &held));
        }
        if warm.is_none() && begun.elapsed() >= whole / 4 && night.executions() >= ENOUGH / 4 {
            warm = Some(looks.len());
        }
    }
    let Some(warm) = warm.filter(|warm| looks.len() >= warm + TOGETHER) else {
        panic!("it was kept from trading: {}", night.newest_records())
    };
    let calmest = |looks: &[Memory], what: Measure| looks.iter().map(what).min().unwrap();
    let (early, late) = (&looks[warm..warm + TOGETHER], &looks[looks.len() - TOGETHER..]);
    let measures: [(&str, Measure, u64); 2] =
        [("what it held", |look| look.held, GROWTH), ("its pages", |look| look.pages, PAGES)];
    let grown = measures.map(|(name, what, bearable)| {
        let (early, late, most) = (calmest(early, what), calmest(late, what), looks.iter().map(what).max().unwrap());
        eprintln!("{name}: {early} bytes when it was warm, {late} in the end, {most} at most");
        (name, early, late, bearable)
    });

    night.is_well();
    let found = dusk(&night, child, "all faults");
    eprintln!("{seconds} s of all faults in {} symbols: {found:?}", SYMBOLS.len());
    assert!(found.trades >= ENOUGH, "it was kept from trading: {found:?}");
    for (name, early, late, bearable) in grown {
        assert!(late <= early + bearable, "{name} grew from {early} to {late} bytes");
    }
}

/// Nothing goes wrong any more: the expert trades again, comes to rest, is stopped and judged.
pub(crate) fn dusk(night: &Night, mut child: Leash, after: &str) -> Found {
    let mark = night.mark();
    night.until(&format!("it trades again after {after}"), |night| {
        assert_eq!(child.0.try_wait().unwrap(), None, "it ended by itself after {after}: {}", night.complaints());
        night.executed_since(mark) >= 3
    });
    night.freeze();
    night.until_quiet();
    night.until_covered(after);
    signal(&child.0, "TERM");
    let status = child.0.wait().unwrap();
    assert!(status.success(), "after {after} it ended with {status}: {}", night.complaints());
    let found = night.judge();
    night.thaw();
    found
}

/// What an expert has in memory, in bytes.
struct Memory {
    /// As it counts it itself ([`held`](../held.rs)).
    held: u64,
    /// As the system does.
    pages: u64,
}

/// One of the two.
type Measure = fn(&Memory) -> u64;

impl Memory {
    fn of(expert: &Leash, held: &Path) -> Self {
        let held = fs::read_to_string(held).unwrap().parse().unwrap();
        let status = fs::read_to_string(format!("/proc/{}/status", expert.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        Self { held, pages: line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10 }
    }
}
