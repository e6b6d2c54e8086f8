//! The ledger against an exchange that counts, with latencies, lost answers and requests that are given up.

use std::time::Duration;

use metaexpert_core::UnixNanos;
use proptest::prelude::*;
use tokio::time::Instant;

use super::ledger::{Count, Grant, Ledger, Turn};
use crate::{
    endpoint::{Lane, Pool},
    http::{Moment, PoolLimit},
};

const WEIGHT: Pool = Pool("weight");
/// The grain of the simulation, in milliseconds.
const TICK: u64 = 20;

/// What happens to a request of the simulation.
#[derive(Debug, Clone, Copy)]
struct Plan {
    at: u64,
    lane: Lane,
    cost: u32,
    out: u64,
    back: u64,
    fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// Answered with the exchange's counts.
    Told,
    /// Answered without, or its answer is lost.
    Untold,
    /// There was no connection.
    Unsent,
    /// Given up if it waits this long.
    LeavesAfter(u64),
}

fn plan() -> impl Strategy<Value = Plan> {
    let lane = prop_oneof![Just(Lane::Safety), Just(Lane::Entry), Just(Lane::Account), Just(Lane::Market)];
    let fate = prop_oneof![
        6 => Just(Fate::Told),
        2 => Just(Fate::Untold),
        1 => Just(Fate::Unsent),
        1 => (0..900_u64).prop_map(Fate::LeavesAfter)
    ];
    let ticks = |millis: u64| (0..millis / TICK).prop_map(|ticks| ticks * TICK);
    (ticks(6_000), lane, 1..=4_u32, ticks(400), ticks(400), fate).prop_map(|(at, lane, cost, out, back, fate)| Plan {
        at,
        lane,
        cost,
        out,
        back,
        fate,
    })
}

/// An exchange's own count of one limit.
struct Counter {
    limit: PoolLimit,
    window: u64,
    count: u32,
}

impl Counter {
    fn count(&mut self, cost: u32, millis: u64) -> u32 {
        let window = millis / u64::try_from(self.limit.window.as_millis()).unwrap();
        if window != self.window {
            (self.window, self.count) = (window, 0);
        }
        self.count += cost;
        self.count
    }
}

const LIMITS: [PoolLimit; 2] = [
    PoolLimit { pool: WEIGHT, limit: 10, window: Duration::from_secs(1) },
    PoolLimit { pool: WEIGHT, limit: 24, window: Duration::from_secs(3) },
];

/// When a run begins, in milliseconds: at a full minute.
const BEGINNING: i64 = 1_700_000_040_000;

/// How a run went.
#[derive(Debug, Default)]
struct Run {
    /// When each request was let go, in milliseconds after it had asked.
    waited: Vec<Option<u64>>,
    over: Option<String>,
    left_over: Vec<u32>,
}

fn run(plans: &[Plan]) -> Run {
    let mut ledger = Ledger::new(None, 1);
    ledger.set_limits(&LIMITS);
    let steady = Instant::now();
    let at = |millis| Moment {
        exchange: UnixNanos::from_millis(BEGINNING + i64::try_from(millis).unwrap()).unwrap(),
        steady: steady + Duration::from_millis(millis),
    };
    let mut counters = LIMITS.map(|limit| Counter { limit, window: 0, count: 0 });
    let mut waiting: Vec<(usize, u64)> = Vec::new();
    let mut going: Vec<(usize, u64, Option<Grant>, Vec<Count>)> = Vec::new();
    let mut run = Run { waited: vec![None; plans.len()], ..Run::default() };
    for now in (0..90_000 / TICK).map(|tick| tick * TICK) {
        if now > 6_000 && waiting.is_empty() && going.iter().all(|(.., grant, _)| grant.is_none()) {
            break;
        }
        let moment = at(now);
        for (index, plan) in plans.iter().enumerate().filter(|(_, plan)| plan.at == now) {
            waiting.push((index, ledger.queue(plan.lane, vec![(WEIGHT, plan.cost)]).unwrap()));
        }
        for (index, sent, grant, counts) in &mut going {
            let plan = plans[*index];
            if now == *sent + plan.out && plan.fate != Fate::Unsent {
                for counter in &mut counters {
                    let count = counter.count(plan.cost, now);
                    if count > counter.limit.limit {
                        run.over = Some(format!("{count} of {:?} at {now}", counter.limit));
                    }
                    if plan.fate == Fate::Told {
                        counts.push((WEIGHT, counter.limit.window, count));
                    }
                }
            }
            if now == *sent + plan.out + plan.back
                && let Some(grant) = grant.take()
            {
                match plan.fate {
                    Fate::Unsent => ledger.give_back(&grant),
                    Fate::Told | Fate::Untold | Fate::LeavesAfter(_) => ledger.end(&grant, counts, moment),
                }
            }
        }
        waiting.retain(|(index, number)| {
            let plan = plans[*index];
            if matches!(plan.fate, Fate::LeavesAfter(after) if now > plan.at + after) {
                ledger.leave(*number);
                return false;
            }
            let Turn::Go(grant) = ledger.turn(*number, moment) else { return true };
            run.waited[*index] = Some(now - plan.at);
            // It leaves a moment later: what arrives in the same tick is counted in the next round.
            going.push((*index, now + TICK, Some(grant), Vec::new()));
            false
        });
    }
    run.left_over = ledger.spent(at(100_000).exchange).into_iter().map(|(_, spent)| spent).collect();
    run
}

/// How often a property is tried: an eighth of `PROPTEST_CASES`, or 32 times. A run is a minute of an exchange.
fn cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 8, failure_persistence: None, ..usual }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_window_of_the_exchange_ever_counts_more_than_its_limit(plans in prop::collection::vec(plan(), 1..90)) {
        let run = run(&plans);
        prop_assert_eq!(run.over, None);
    }

    #[test]
    fn whatever_is_given_up_lost_or_never_sent_the_pools_are_whole_again(plans in prop::collection::vec(plan(), 1..80)) {
        let run = run(&plans);
        prop_assert_eq!(run.left_over, vec![0; LIMITS.len()]);
        for (plan, waited) in plans.iter().zip(run.waited) {
            prop_assert!(waited.is_some() || matches!(plan.fate, Fate::LeavesAfter(_)), "{plan:?} never went");
        }
    }

    #[test]
    fn however_much_else_waits_what_makes_safer_goes_in_the_next_window_at_the_latest(
        mut plans in prop::collection::vec(plan(), 60..90), at in (0..300_u64).prop_map(|ticks| ticks * TICK),
    ) {
        for plan in &mut plans {
            plan.lane = plan.lane.max(Lane::Entry);
        }
        plans.push(Plan { at, lane: Lane::Safety, cost: 1, out: 10, back: 10, fate: Fate::Told });
        let run = run(&plans);
        let waited = run.waited.last().copied().flatten();
        prop_assert!(waited.is_some_and(|waited| waited <= 3_000), "{waited:?}");
    }
}
