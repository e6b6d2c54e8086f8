//! The ledger, case by case. What it is worth against an exchange that counts is in `simulation`.

use std::time::Duration;

use metaexpert_core::UnixNanos;
use tokio::time::Instant;

use super::ledger::{Grant, Ledger, Turn, WAITERS_MAX};
use crate::{
    endpoint::{Lane, Pool},
    http::{Moment, PoolLimit},
};

const WEIGHT: Pool = Pool("weight");
const ORDERS: Pool = Pool("orders");
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

const fn limit(pool: Pool, limit: u32, window: Duration) -> PoolLimit {
    PoolLimit { pool, limit, window }
}

/// A run's time: milliseconds from its beginning, which is at a full minute.
#[derive(Clone, Copy)]
struct Start(Instant);

impl Start {
    fn at(self, millis: u64) -> Moment {
        let exchange = UnixNanos::from_millis(1_700_000_040_000 + i64::try_from(millis).unwrap()).unwrap();
        Moment { exchange, steady: self.0 + Duration::from_millis(millis) }
    }
}

fn ledger(limits: &[PoolLimit]) -> (Ledger, Start) {
    let mut ledger = Ledger::new(None, 1);
    ledger.set_limits(limits);
    (ledger, Start(Instant::now()))
}

fn granted(ledger: &mut Ledger, lane: Lane, costs: &[(Pool, u32)], now: Moment) -> Option<Grant> {
    let number = ledger.queue(lane, costs.to_vec()).unwrap();
    let Turn::Go(grant) = ledger.turn(number, now) else {
        ledger.leave(number);
        return None;
    };
    Some(grant)
}

/// Sends as many requests of one cost as may go now, and answers them without a count.
fn spend(ledger: &mut Ledger, lane: Lane, cost: u32, now: Moment) -> usize {
    let mut sent = 0;
    while let Some(grant) = granted(ledger, lane, &[(WEIGHT, cost)], now) {
        ledger.end(&grant, &[], now);
        sent += 1;
    }
    sent
}

#[test]
fn the_last_tenth_of_a_pool_is_for_what_makes_safer() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 50, MINUTE)]);
    assert_eq!(spend(&mut ledger, Lane::Market, 1, start.at(0)), 45);
    assert_eq!(spend(&mut ledger, Lane::Entry, 1, start.at(0)), 0);
    assert_eq!(spend(&mut ledger, Lane::Safety, 1, start.at(0)), 5);
}

#[test]
fn a_window_begins_with_the_exchanges_clock_and_not_with_the_first_request() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 10, MINUTE)]);
    assert_eq!(spend(&mut ledger, Lane::Safety, 1, start.at(59_000)), 10);
    assert_eq!(spend(&mut ledger, Lane::Safety, 1, start.at(59_999)), 0);
    assert_eq!(spend(&mut ledger, Lane::Safety, 1, start.at(60_000)), 10);
}

#[test]
fn several_pools_are_taken_from_together_or_not_at_all() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 100, MINUTE), limit(ORDERS, 1, SECOND)]);
    let order = [(WEIGHT, 1), (ORDERS, 1)];
    assert!(granted(&mut ledger, Lane::Safety, &order, start.at(0)).is_some());
    assert!(granted(&mut ledger, Lane::Safety, &order, start.at(0)).is_none());
    let spent: Vec<_> = ledger.spent(start.at(0).exchange).into_iter().map(|(_, spent)| spent).collect();
    assert_eq!(spent, [1, 1], "the second order has taken no weight either");
}

#[test]
fn the_exchanges_count_goes_before_ours_in_both_directions() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 100, MINUTE)]);
    let grant = granted(&mut ledger, Lane::Market, &[(WEIGHT, 40)], start.at(0)).unwrap();
    ledger.end(&grant, &[(WEIGHT, MINUTE, 2)], start.at(10));
    assert_eq!(ledger.spent(start.at(10).exchange)[0].1, 2, "it cost less than our table says");
    let grant = granted(&mut ledger, Lane::Market, &[(WEIGHT, 1)], start.at(20)).unwrap();
    ledger.end(&grant, &[(WEIGHT, MINUTE, 97)], start.at(30));
    assert!(granted(&mut ledger, Lane::Market, &[(WEIGHT, 1)], start.at(40)).is_none(), "somebody else spends of it too");
    assert!(granted(&mut ledger, Lane::Safety, &[(WEIGHT, 3)], start.at(40)).is_some());
}

#[test]
fn a_count_never_makes_less_of_what_is_under_way() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 10, MINUTE)]);
    let first = granted(&mut ledger, Lane::Safety, &[(WEIGHT, 1)], start.at(0)).unwrap();
    let _second = granted(&mut ledger, Lane::Safety, &[(WEIGHT, 8)], start.at(0)).unwrap();
    ledger.end(&first, &[(WEIGHT, MINUTE, 1)], start.at(5));
    assert!(granted(&mut ledger, Lane::Safety, &[(WEIGHT, 2)], start.at(5)).is_none());
    assert!(granted(&mut ledger, Lane::Safety, &[(WEIGHT, 1)], start.at(5)).is_some());
}

#[test]
fn an_answer_that_was_overtaken_does_not_lower_the_count() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 10, MINUTE)]);
    let first = granted(&mut ledger, Lane::Safety, &[(WEIGHT, 1)], start.at(0)).unwrap();
    let second = granted(&mut ledger, Lane::Safety, &[(WEIGHT, 1)], start.at(0)).unwrap();
    ledger.end(&second, &[(WEIGHT, MINUTE, 9)], start.at(5));
    ledger.end(&first, &[(WEIGHT, MINUTE, 8)], start.at(6));
    assert_eq!(ledger.spent(start.at(6).exchange)[0].1, 9);
}

#[test]
fn the_last_count_of_a_window_does_not_close_the_next_one() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 100, MINUTE)]);
    let late = granted(&mut ledger, Lane::Market, &[(WEIGHT, 5)], start.at(59_990)).unwrap();
    ledger.end(&late, &[(WEIGHT, MINUTE, 99)], start.at(60_020));
    assert_eq!(ledger.spent(start.at(60_020).exchange)[0].1, 5, "it may have been counted in the new one");
}

#[test]
fn a_cheap_request_does_not_overtake_a_costly_one_of_the_same_pool() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 10, MINUTE), limit(ORDERS, 100, SECOND)]);
    let going = granted(&mut ledger, Lane::Safety, &[(WEIGHT, 6)], start.at(0)).unwrap();
    let costly = ledger.queue(Lane::Account, vec![(WEIGHT, 5)]).unwrap();
    let cheap = ledger.queue(Lane::Account, vec![(WEIGHT, 1)]).unwrap();
    let elsewhere = ledger.queue(Lane::Market, vec![(ORDERS, 1)]).unwrap();
    assert!(matches!(ledger.turn(costly, start.at(0)), Turn::Wait(_, WEIGHT)));
    assert!(matches!(ledger.turn(cheap, start.at(0)), Turn::Wait(_, WEIGHT)));
    assert!(matches!(ledger.turn(elsewhere, start.at(0)), Turn::Go(_)), "another pool is not held up");
    ledger.give_back(&going);
    assert!(matches!(ledger.turn(cheap, start.at(1)), Turn::Go(_)), "there is enough for both now");
    assert!(matches!(ledger.turn(costly, start.at(1)), Turn::Go(_)));
}

#[test]
fn where_there_is_enough_for_one_it_is_the_first_of_the_earliest_lane() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 5, MINUTE)]);
    let lanes = [Lane::Market, Lane::Account, Lane::Entry, Lane::Entry, Lane::Account];
    let places = lanes.map(|lane| ledger.queue(lane, vec![(WEIGHT, 5)]).unwrap());
    let order: Vec<_> = (0..5)
        .map(|minute| {
            let now = start.at(minute * 60_000);
            let mut went = Vec::new();
            for (index, place) in places.iter().enumerate() {
                if let Turn::Go(grant) = ledger.turn(*place, now) {
                    ledger.end(&grant, &[], now);
                    went.push(index);
                }
            }
            went
        })
        .collect();
    assert_eq!(order, [[2], [3], [1], [4], [0]]);
}

#[test]
fn what_can_never_go_is_said_at_once_and_what_fills_a_pool_goes_when_it_is_empty() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 50, MINUTE)]);
    let never = ledger.queue(Lane::Market, vec![(WEIGHT, 51)]).unwrap();
    assert!(matches!(ledger.turn(never, start.at(0)), Turn::Never(WEIGHT, 51, 50)));
    ledger.leave(never);
    assert!(granted(&mut ledger, Lane::Market, &[(WEIGHT, 50)], start.at(0)).is_some());
}

#[test]
fn rate_limit_holds_for_any_second_however_it_lies() {
    let mut ledger = Ledger::new(Some(4), 1);
    let start = Start(Instant::now());
    let mut sent = Vec::new();
    for millis in (700..4_000).step_by(10) {
        if granted(&mut ledger, Lane::Market, &[], start.at(millis)).is_some() {
            sent.push(millis);
        }
    }
    assert_eq!(sent.len(), 16, "{sent:?}");
    assert!(sent.windows(5).all(|five| five[4] - five[0] >= 1_000), "{sent:?}");
}

#[test]
fn limits_can_change_while_it_runs_and_what_is_spent_stays_spent() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 10, MINUTE), limit(ORDERS, 5, SECOND)]);
    assert_eq!(spend(&mut ledger, Lane::Safety, 1, start.at(0)), 10);
    ledger.set_limits(&[limit(WEIGHT, 12, MINUTE), limit(WEIGHT, 100, SECOND)]);
    assert_eq!(spend(&mut ledger, Lane::Safety, 1, start.at(0)), 2);
    let pools: Vec<_> =
        ledger.spent(start.at(0).exchange).into_iter().map(|(limit, spent)| (limit.pool, limit.limit, spent)).collect();
    assert_eq!(pools, [(ORDERS, 5, 0), (WEIGHT, 12, 12), (WEIGHT, 100, 2)]);
}

#[test]
fn a_closed_host_gets_nothing_and_a_longer_word_counts() {
    let (mut ledger, start) = ledger(&[limit(WEIGHT, 10, MINUTE)]);
    ledger.close(Some(SECOND * 30), false, start.at(0).steady);
    ledger.close(Some(SECOND * 2), false, start.at(1).steady);
    let number = ledger.queue(Lane::Safety, vec![(WEIGHT, 1)]).unwrap();
    assert!(matches!(ledger.turn(number, start.at(29_000)), Turn::Closed(left, false) if left == SECOND));
    assert!(matches!(ledger.turn(number, start.at(30_000)), Turn::Go(_)));
}

#[test]
fn without_a_word_the_pauses_grow_a_ban_is_longer_and_a_good_answer_starts_them_anew() {
    let (mut ledger, start) = ledger(&[]);
    let mut now = 0;
    let mut close = |ledger: &mut Ledger, is_banned| {
        let wait = ledger.close(None, is_banned, start.at(now).steady);
        now += u64::try_from(wait.as_millis()).unwrap() + 1;
        wait
    };
    let waits: Vec<_> = (0..9).map(|_| close(&mut ledger, false)).collect();
    assert!(waits[..6].is_sorted() && waits[0] >= SECOND && waits[0] < SECOND * 3, "{waits:?}");
    assert!(waits[8] >= MINUTE && waits[8] <= MINUTE * 2, "capped, with its jitter: {waits:?}");
    assert!(close(&mut ledger, true) >= MINUTE * 2);
    ledger.is_well();
    assert!(close(&mut ledger, false) < SECOND * 3);
}

#[test]
fn a_wait_of_nothing_is_no_word_and_one_of_years_is_not_believed() {
    let (mut ledger, start) = ledger(&[]);
    assert!(ledger.close(Some(Duration::ZERO), false, start.at(0).steady) >= SECOND);
    let years = ledger.close(Some(Duration::MAX), true, start.at(0).steady);
    assert_eq!(years, Duration::from_hours(7 * 24));
    assert_eq!(ledger.closed_for(start.at(0).steady), Some((years, true)));
}

#[test]
fn refusals_of_requests_that_were_under_way_make_the_pause_no_longer() {
    let (mut ledger, start) = ledger(&[]);
    let wait = ledger.close(None, false, start.at(0).steady);
    for millis in 1..20 {
        ledger.close(None, false, start.at(millis).steady);
    }
    assert_eq!(ledger.closed_for(start.at(0).steady), Some((wait, false)));
}

#[test]
fn no_more_than_a_bounded_number_waits() {
    let (mut ledger, _) = ledger(&[]);
    let queued = (0..WAITERS_MAX + 5).filter_map(|_| ledger.queue(Lane::Market, Vec::new())).count();
    assert_eq!(queued, WAITERS_MAX);
    assert!(ledger.queue(Lane::Safety, Vec::new()).is_some(), "that is no reason to refuse a cancel");
}
