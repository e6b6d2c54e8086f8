//! An order's life against a toy exchange that loses, doubles, delays and reorders whatever it says, by a seed.
//!
//! What must hold whatever happens: the order arrives once at most; what was told as executed is what was executed, each execution
//! once; there is one end and nothing after it; and an order that was never taken is only called so if it never was.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use metaexpert_connect::{
    Failure, Meaning,
    report::{FillReport, OrderReport, OrderState},
};
use metaexpert_core::{Amendment, NewOrder, Rejection, UnixNanos};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use tokio::time::Instant;

use super::{
    Deed, Life, Out, Tell,
    fixtures::{NATURE, fill_of, limit, lost, not_sent, quantity, refused, report_of, sent_of, stop},
};

/// Faults end here, and so does the order if it still stands.
const CALM: Duration = Duration::from_mins(1);
/// By now everything is known.
const OVER: Duration = Duration::from_mins(10);

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn millis(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.roll(most) + 1)
    }
}

/// What is on its way.
enum Parcel {
    /// To the exchange.
    Arrive,
    Cancel {
        heard: bool,
    },
    Change(Amendment, bool),
    Find(Instant),
    Fetch,
    Trade,
    Vanish,
    /// To this side.
    Report(Box<OrderReport>),
    Fill(FillReport),
    Placed(Result<(), Failure>),
    Cancelled(Result<(), Failure>),
    Amended(Result<Option<Decimal>, Failure>),
    Found(Option<Box<OrderReport>>, Instant),
    NotFound,
    Fetched(Option<Vec<FillReport>>),
    /// The engine's wishes, and a comparison.
    WantCancel,
    WantAmend(Amendment),
    Compare,
}

struct Stage {
    dice: Dice,
    order: NewOrder,
    begun: Instant,
    now: Instant,
    road: BTreeMap<(Instant, u64), Parcel>,
    parcels: u64,
    // The exchange.
    arrivals: u32,
    state: Option<OrderState>,
    wanted: Decimal,
    fills: Vec<FillReport>,
    // What was told.
    tells: Vec<Tell>,
}

impl Stage {
    fn new(seed: u64, order: NewOrder) -> Self {
        let now = Instant::now();
        let wanted = order.quantity.get();
        let (road, tells, fills) = (BTreeMap::new(), Vec::new(), Vec::new());
        let dice = Dice(seed | 1);
        Self { dice, order, begun: now, now, road, parcels: 0, arrivals: 0, state: None, wanted, fills, tells }
    }

    fn is_calm(&self) -> bool {
        self.now >= self.begun + CALM
    }

    fn send(&mut self, after: Duration, parcel: Parcel) {
        self.parcels += 1;
        self.road.insert((self.now + after, self.parcels), parcel);
    }

    fn executed(&self) -> Decimal {
        self.fills.iter().map(|fill| fill.quantity).sum()
    }

    fn report(&self) -> Option<OrderReport> {
        let state = self.state?;
        let since = self.now.duration_since(self.begun).as_nanos();
        Some(OrderReport {
            quantity: Some(self.wanted),
            updated: Some(UnixNanos::from_nanos(i64::try_from(since).unwrap())),
            ..report_of(&self.order, state, self.executed())
        })
    }

    fn is_open(&self) -> bool {
        matches!(self.state, Some(OrderState::New | OrderState::PartiallyFilled | OrderState::Triggered))
    }

    /// Says something over the stream: late, never or twice.
    fn stream(&mut self, fill: Option<&FillReport>) {
        let report = self.report();
        for _ in 0..=u64::from(self.dice.one_in(4)) {
            if !self.dice.one_in(4) {
                let after = self.dice.millis(1_500);
                self.send(after, Parcel::Report(Box::new(report.clone().unwrap())));
            }
            if let Some(fill) = fill.cloned()
                && !self.dice.one_in(4)
            {
                let after = self.dice.millis(1_500);
                self.send(after, Parcel::Fill(fill));
            }
        }
    }

    fn trade(&mut self, of: Decimal) {
        let left = self.wanted - self.executed();
        let fill = fill_of(&self.order, self.fills.len() as u64 + 1, of.min(left));
        self.fills.push(fill.clone());
        self.state = Some(if self.executed() >= self.wanted { OrderState::Filled } else { OrderState::PartiallyFilled });
        self.stream(Some(&fill));
    }

    /// What the life asks for is done, more or less.
    fn follow(&mut self, out: Out) {
        self.tells.extend(out.tells);
        for deed in out.deeds {
            let (there, back) = (self.dice.millis(800), self.dice.millis(800));
            let fault = if self.is_calm() { 9 } else { self.dice.roll(10) };
            match deed {
                Deed::Send => match fault {
                    0 => self.send(back, Parcel::Placed(Err(not_sent()))),
                    1 => self.send(back, Parcel::Placed(Err(refused(Meaning::Unavailable)))),
                    2 => self.send(back, Parcel::Placed(Err(lost()))),
                    3 | 4 => {
                        // It may arrive after its answer is lost, but not after its window.
                        let late = self.dice.millis(4_000);
                        self.send(late, Parcel::Arrive);
                        self.send(back, Parcel::Placed(Err(lost())));
                    }
                    5 => {
                        self.send(there, Parcel::Arrive);
                        self.send(there + back, Parcel::Placed(Err(refused(Meaning::DuplicateClientId))));
                    }
                    _ => {
                        self.send(there, Parcel::Arrive);
                        self.send(there + back, Parcel::Placed(Ok(())));
                    }
                },
                Deed::Cancel => match fault {
                    0 => self.send(back, Parcel::Cancelled(Err(not_sent()))),
                    1 => self.send(back, Parcel::Cancelled(Err(lost()))),
                    _ => self.send(there, Parcel::Cancel { heard: fault != 2 }),
                },
                Deed::Amend(change) => match fault {
                    0 => self.send(back, Parcel::Amended(Err(not_sent()))),
                    1 => self.send(back, Parcel::Amended(Err(lost()))),
                    _ => self.send(there, Parcel::Change(change, fault != 2)),
                },
                Deed::Ask if fault == 0 => self.send(back, Parcel::NotFound),
                Deed::Ask => {
                    let asked = self.now;
                    self.send(there, Parcel::Find(asked));
                }
                Deed::Fetch if fault == 0 => self.send(back, Parcel::Fetched(None)),
                Deed::Fetch => self.send(there, Parcel::Fetch),
            }
        }
    }

    fn deliver(&mut self, life: &mut Life, parcel: Parcel) {
        let (now, back, mut out) = (self.now, self.dice.millis(800), Out::default());
        match parcel {
            Parcel::Arrive => self.arrive(),
            Parcel::Cancel { heard } => {
                let answer = if self.is_open() {
                    self.state = Some(OrderState::Cancelled);
                    self.stream(None);
                    Ok(())
                } else {
                    Err(refused(Meaning::UnknownOrder))
                };
                self.send(back, Parcel::Cancelled(if heard { answer } else { Err(lost()) }));
            }
            Parcel::Change(change, heard) => {
                let answer = if self.is_open() {
                    self.wanted = change.quantity.unwrap().get();
                    if self.executed() >= self.wanted {
                        self.state = Some(OrderState::Cancelled);
                    }
                    self.stream(None);
                    Ok(Some(self.wanted))
                } else {
                    Err(refused(Meaning::UnknownOrder))
                };
                self.send(back, Parcel::Amended(if heard { answer } else { Err(lost()) }));
            }
            Parcel::Find(asked) => {
                let found = self.report().map(Box::new);
                self.send(back, Parcel::Found(found, asked));
            }
            Parcel::Fetch => {
                let fills = self.fills.clone();
                self.send(back, Parcel::Fetched(Some(fills)));
            }
            Parcel::Trade if self.is_open() => {
                let of = Decimal::from(self.dice.roll(4) + 1);
                self.trade(of);
            }
            Parcel::Vanish if self.is_open() => {
                self.state = Some(if self.dice.one_in(2) { OrderState::Expired } else { OrderState::Cancelled });
                self.stream(None);
            }
            Parcel::Trade | Parcel::Vanish => {}
            Parcel::Report(report) => life.report(&report, now, &mut out),
            Parcel::Fill(fill) => life.fill(fill, now, &mut out),
            Parcel::Placed(answer) => life.sent(answer.as_ref().copied(), now, &mut out),
            Parcel::Cancelled(answer) => life.cancel_answered(answer.as_ref().copied(), now, &mut out),
            Parcel::Amended(answer) => life.amend_answered(answer.as_ref().map(|quantity| *quantity), now, &mut out),
            Parcel::Found(found, asked) => life.found(found.as_deref(), asked, now, &mut out),
            Parcel::NotFound => life.not_answered(now),
            Parcel::Fetched(None) => life.not_fetched(now),
            Parcel::Fetched(Some(fills)) => {
                for fill in fills {
                    life.fill(fill, now, &mut out);
                }
                life.fetched(now, &mut out);
            }
            Parcel::WantCancel => {
                if !life.is_ended() {
                    life.cancel(now, &mut out);
                }
            }
            Parcel::WantAmend(change) => {
                if !life.is_ended() {
                    life.amend(change, now, &mut out);
                }
            }
            Parcel::Compare => self.compare(life, &mut out),
        }
        self.follow(out);
    }

    fn arrive(&mut self) {
        self.arrivals += 1;
        self.state = Some(OrderState::New);
        self.stream(None);
        if self.order.kind.is_conditional() && !self.dice.one_in(4) {
            self.state = Some(OrderState::Triggered);
            self.stream(None);
        }
        for _ in 0..self.dice.roll(5) {
            let after = self.dice.millis(9_000);
            self.send(after, Parcel::Trade);
        }
        if self.dice.one_in(4) {
            let after = self.dice.millis(9_000);
            self.send(after, Parcel::Vanish);
        }
    }

    /// As the desk does it: executions first, then what stands, and what does not is asked for.
    fn compare(&mut self, life: &mut Life, out: &mut Out) {
        if self.is_calm() && self.is_open() {
            let left = self.wanted - self.executed();
            self.trade(left);
        }
        let now = self.now;
        for fill in self.fills.clone() {
            life.fill(fill, now, out);
        }
        if life.is_unknown() || life.is_settled() {
            match self.report() {
                Some(report) if self.is_open() => life.report(&report, now, out),
                found => life.found(found.as_ref(), now, now, out),
            }
        }
        self.send(Duration::from_secs(20), Parcel::Compare);
    }
}

fn rehearse(seed: u64, order: &NewOrder) -> Stage {
    let mut stage = Stage::new(seed, order.clone());
    let mut out = Out::default();
    let mut life = Life::begin(order.clone(), sent_of(order), NATURE, stage.now, &mut out);
    stage.follow(out);
    stage.send(Duration::from_secs(20), Parcel::Compare);
    if stage.dice.one_in(2) {
        let after = stage.dice.millis(9_000);
        stage.send(after, Parcel::WantCancel);
    }
    for _ in 0..stage.dice.roll(3) {
        let (after, of) = (stage.dice.millis(9_000), Decimal::from(stage.dice.roll(12) + 1));
        let change = Amendment { id: order.id, quantity: Some(quantity(of)), price: None, trigger: None };
        stage.send(after, Parcel::WantAmend(change));
    }
    while stage.now < stage.begun + OVER {
        let due = life.due();
        let next = stage.road.first_key_value().map(|((at, _), _)| *at);
        let Some(at) = [due, next].into_iter().flatten().min() else { break };
        stage.now = stage.now.max(at);
        if next == Some(at) {
            let (_, parcel) = stage.road.pop_first().unwrap();
            stage.deliver(&mut life, parcel);
        }
        let mut out = Out::default();
        life.wake(stage.now, &mut out);
        stage.follow(out);
    }
    assert!(life.is_ended(), "no end after ten minutes: {life:#?}");
    stage
}

/// Whether what was told could have happened, and did.
fn check(stage: &Stage) {
    let tells = &stage.tells;
    assert!(stage.arrivals <= 1, "the order arrived {} times", stage.arrivals);
    let (mut accepted, mut ended, mut told, mut seen) = (false, false, Decimal::ZERO, HashSet::new());
    for tell in tells {
        assert!(!ended, "something was told after the end: {tells:#?}");
        match tell {
            Tell::Unknown => assert!(!accepted, "unknown after it was accepted: {tells:#?}"),
            Tell::Accepted => assert!(!std::mem::replace(&mut accepted, true), "accepted twice"),
            Tell::Triggered | Tell::Amended(_) => assert!(accepted, "{tell:?} before it was accepted"),
            Tell::Fill(fill, remaining) => {
                assert!(accepted && seen.insert(fill.trade_id.clone()), "{} was told twice, or too early", fill.trade_id);
                told += fill.quantity;
                ended = remaining.is_zero();
            }
            Tell::Cancelled(_) => {
                assert!(accepted, "gone before it was accepted");
                ended = true;
            }
            Tell::Rejected(rejection) => {
                if *rejection == Rejection::NotSent {
                    assert_eq!(stage.arrivals, 0, "it was there all the same: {tells:#?}");
                }
                ended = true;
            }
            Tell::AmendRejected(..) | Tell::CancelRejected(_) => {}
        }
    }
    assert!(ended, "no end was told: {tells:#?}");
    assert_eq!(told, stage.executed(), "told and executed: {tells:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn an_entry_has_one_life_whatever_is_lost_doubled_late_or_out_of_order(seed: u64) {
        check(&rehearse(seed, &limit(dec!(10))));
    }

    #[test]
    fn a_stop_has_one_life_whatever_is_lost_doubled_late_or_out_of_order(seed: u64) {
        check(&rehearse(seed, &stop(dec!(10))));
    }
}

#[test]
fn the_toy_exchange_does_everything_that_can_happen() {
    let stages: Vec<Stage> = (1..400).map(|seed| rehearse(seed * 7_919, &limit(dec!(10)))).collect();
    let some = |what: &dyn Fn(&Tell) -> bool| stages.iter().any(|stage| stage.tells.iter().any(what));
    assert!(some(&|tell| *tell == Tell::Unknown));
    assert!(some(&|tell| *tell == Tell::Rejected(Rejection::NotSent)));
    assert!(some(&|tell| matches!(tell, Tell::Amended(_))));
    assert!(some(&|tell| matches!(tell, Tell::AmendRejected(..))));
    assert!(some(&|tell| matches!(tell, Tell::Cancelled(_))));
    assert!(some(&|tell| matches!(tell, Tell::Fill(_, remaining) if remaining.is_zero())));
    assert!(some(&|tell| matches!(tell, Tell::Fill(_, remaining) if !remaining.is_zero())));
}
