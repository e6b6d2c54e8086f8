//! What is known here, held against what the exchange says: at the start, after each loss of the account's stream, and on a timer.
//!
//! The one decision: the exchange is right. Each difference is healed from its side and logged. What may be a difference of a moment
//! (a position, while executions are on their way) has to be there twice before it is believed.
//!
//! Whose something is follows from names: an order that bears the number of an expert and was sent by a run of its journal, or before
//! this run began, is that expert's; every other order is somebody else's, and is left alone. Of a position only the sum is known. Where it is less than the experts hold
//! together, the one that holds most gives first; where it is more, the rest is somebody else's.

mod bookings; // funding, interest, transfers, and the balance
mod facts; // what the exchange says
mod holdings; // positions and coins

use std::collections::{HashMap, HashSet};

use metaexpert_connect::{Failure, exchange::Sent, report::OrderReport};
use metaexpert_core::{ClientOrderId, PositionSide, UnixNanos, order::read_client_name};
use metaexpert_observe::measures;
use rust_decimal::Decimal;
use std::time::Duration;
use tokio::time::Instant;

pub(super) use facts::{Facts, Plan, gather};

use super::{
    desk::{Desk, is_open},
    life::Tell,
    records::Records,
};
use crate::points;

/// How far back what happened is asked for again: executions and bookings may be listed later than their own times say.
pub const OVERLAP: i64 = 5 * 60 * 1_000_000_000;

/// When a difference is looked at for the second time.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// A run compares as soon as it hears the account's stream; where that does not come about, after this: what earlier runs have left is to
/// be guarded all the same.
const DEAF_START: Duration = Duration::from_secs(5);

/// A comparison that is under way.
#[derive(Debug, Clone, Copy)]
struct Running {
    why: &'static str,
    begun: Instant,
    /// How many trades had been told by then.
    trades: u64,
}

/// A difference that was seen once. It is one if the next comparison sees the same, and nothing was told in between: executions are often
/// of one size, and then what is missing is as much as before, and is something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Suspect {
    difference: Decimal,
    /// How many trades had been told of what differs.
    trades: u64,
}

/// Where the comparing stands.
#[derive(Debug)]
pub(super) struct Comparison {
    every: Duration,
    next: Instant,
    /// A comparison is wanted for this reason at this time.
    wanted: Option<(&'static str, Instant)>,
    /// The one that is under way.
    running: Option<Running>,
    /// What is found now is a difference. When the comparison that finds it was begun.
    healing: Option<Instant>,
    differences: u64,
    /// Trades that were told.
    trades: u64,
    /// Trades that had been told when the comparison before began.
    trades_before: u64,
    /// Until when executions of an instrument are known.
    fills_until: HashMap<String, UnixNanos>,
    entries_until: Option<UnixNanos>,
    /// Bookings that were told, and when they were booked.
    entries_told: HashMap<String, UnixNanos>,
    /// Orders that stand though their end was told, as the last comparison has found them.
    risen: HashSet<String>,
    /// Differences that were seen once.
    suspects: HashMap<String, Suspect>,
    /// When the first one was through.
    first_done: Option<Instant>,
    /// Exits of earlier runs that were left standing, and the legs that they close.
    left: HashMap<ClientOrderId, PositionSide>,
    /// What was logged once, and is not again.
    logged: HashSet<String>,
    is_hedge: bool,
}

impl Comparison {
    pub(super) fn new(every: Duration, is_hedge: bool, now: Instant) -> Self {
        Self {
            every,
            next: now + every,
            wanted: Some(("start", now + DEAF_START)),
            running: None,
            healing: None,
            differences: 0,
            trades: 0,
            trades_before: 0,
            fills_until: HashMap::new(),
            entries_until: None,
            entries_told: HashMap::new(),
            risen: HashSet::new(),
            suspects: HashMap::new(),
            first_done: None,
            left: HashMap::new(),
            logged: HashSet::new(),
            is_hedge,
        }
    }

    /// One is wanted now; one that is under way may have begun too early.
    pub(super) fn want(&mut self, why: &'static str, now: Instant) {
        self.wanted = Some((why, now));
    }

    pub(super) fn due(&self) -> Option<Instant> {
        let wanted = self.wanted.map_or(self.next, |(_, at)| at.min(self.next));
        self.running.is_none().then_some(wanted)
    }

    /// A trade was told.
    pub(super) const fn traded(&mut self) {
        self.trades += 1;
    }

    /// Something is told of an order: while differences are healed it is one.
    pub(super) fn differs(&mut self, records: &Records, expert: &str, id: ClientOrderId, tell: &Tell) {
        if self.healing.is_none() {
            return;
        }
        self.differences += 1;
        match tell {
            Tell::Fill(fill, _) => records.execution_missed(expert, fill),
            Tell::Accepted => records.order_differs(expert, id, "to stand"),
            Tell::Triggered => records.order_differs(expert, id, "triggered"),
            Tell::Rejected(rejection) => records.order_differs(expert, id, rejection.as_str()),
            Tell::Cancelled(cancellation) => records.order_differs(expert, id, cancellation.as_str()),
            Tell::Amended(_) => records.order_differs(expert, id, "amended"),
            Tell::Unknown | Tell::AmendRejected(..) | Tell::CancelRejected(_) => {}
        }
    }

    /// When the comparison was begun by which what is told now is found.
    pub(super) const fn healing(&self) -> Option<Instant> {
        self.healing
    }

    /// From when on executions of an instrument are to be fetched for an order that was decided on then: from a while before the last
    /// comparison on, or all of its time where that has not helped.
    pub(super) fn fills_since(&self, name: &str, order: UnixNanos, has_helped: bool) -> UnixNanos {
        let until = self.fills_until.get(name).filter(|_| has_helped);
        until.map_or(order, |until| order.max(*until)).saturating_add_nanos(-OVERLAP)
    }

    pub(super) const fn first_done(&self) -> Option<Instant> {
        self.first_done
    }

    /// The leg that an exit of an earlier run closes, which was left standing.
    pub(super) fn left_leg(&self, id: ClientOrderId) -> Option<PositionSide> {
        self.left.get(&id).copied()
    }

    pub(super) fn log_once(&mut self, what: String) -> bool {
        self.logged.insert(what)
    }
}

impl Desk {
    /// Begins a comparison if it is time.
    pub(super) fn compare_if_due(&mut self, now: Instant) {
        if self.comparison.due().is_none_or(|due| due > now) {
            return;
        }
        let why = self.comparison.wanted.take().filter(|(_, at)| *at <= now).map_or("timer", |(why, _)| why);
        self.comparison.next = now + self.comparison.every;
        self.comparison.running = Some(Running { why, begun: now, trades: self.comparison.trades });
        let plan = self.plan();
        self.requests.compare(plan);
    }

    fn plan(&self) -> Plan {
        let mut names: Vec<String> =
            self.seats.iter().flat_map(|seat| seat.instruments.iter().map(|(_, listed)| listed.name.clone())).collect();
        names.sort_unstable();
        names.dedup();
        let alive = self.orders.alive();
        let asked_for = |id: &ClientOrderId| self.orders.get(*id).filter(|held| held.life.is_unknown() || held.life.is_settled());
        let orders: Vec<Sent> = alive.iter().filter_map(asked_for).map(|held| held.life.sent.clone()).collect();
        let fills = names.iter().map(|name| (name.clone(), self.fills_from(name, &alive))).collect();
        let now = self.exchange.clock().now();
        let entries_from =
            self.comparison.entries_until.unwrap_or_else(|| self.seats.iter().map(|seat| seat.since).min().unwrap_or(now));
        Plan {
            fills,
            names,
            orders,
            entries: entries_from.saturating_add_nanos(-OVERLAP)..now,
            has_positions: self.profile.has_positions,
            now,
        }
    }

    /// From when on executions in an instrument are asked for: the first time since before the oldest order that stands, for what the
    /// journal has of it is told apart by its executions.
    fn fills_from(&self, name: &str, alive: &[ClientOrderId]) -> UnixNanos {
        let known_until = self.comparison.fills_until.get(name).copied();
        let since = || {
            let seats = self.seats.iter().filter(|seat| seat.named(name).is_some()).map(|seat| seat.since);
            let orders = alive.iter().filter_map(|id| self.orders.get(*id)).filter(|held| held.life.sent.name == name);
            seats.chain(orders.map(|held| held.life.order.time)).min().unwrap_or(UnixNanos::from_nanos(0))
        };
        known_until.unwrap_or_else(since).saturating_add_nanos(-OVERLAP)
    }

    /// The exchange has said what it knows, or has not.
    pub(super) fn hear_compared(&mut self, facts: Result<Box<Facts>, Failure>, now: Instant) {
        let Some(running) = self.comparison.running.take() else { return };
        self.reach(facts.as_ref().err());
        match facts {
            Ok(facts) => {
                points::hit(points::BEFORE_HEALING);
                self.heal_all(*facts, running, now);
            }
            Err(failure) => {
                self.records.not_compared(&failure);
                self.comparison.wanted.get_or_insert((running.why, now + self.settings.ask_again));
            }
        }
    }

    fn heal_all(&mut self, mut facts: Facts, Running { why, begun, trades }: Running, now: Instant) {
        (self.comparison.healing, self.comparison.differences) = (Some(begun), 0);
        let open: Vec<&OrderReport> = facts.open.iter().filter(|report| is_open(report)).collect();
        for report in &open {
            self.orders.of_report(report);
        }
        for (_, _, found) in &facts.found {
            if let Some(report) = found {
                self.orders.of_report(report);
            }
        }
        // Executions first: what they explain is no difference, and an end is not held back for them.
        for fill in std::mem::take(&mut facts.fills) {
            self.hear_fill(fill, now);
        }
        for report in &open {
            match self.orders.of_report(report).and_then(|id| self.orders.is_over(id)) {
                None => self.hear_stray(report, &facts, now),
                Some(false) => drop(self.hear_order(report, now)),
                Some(true) => self.hear_risen(report),
            }
        }
        self.comparison.risen.retain(|name| open.iter().any(|report| report.client_id.as_ref() == Some(name)));
        for (id, asked, found) in &facts.found {
            self.with(*id, |life, out| life.found(found.as_ref(), *asked, now, out));
        }
        for name in &facts.names {
            self.comparison.fills_until.insert(name.clone(), facts.now);
        }
        let is_quiet = self.comparison.trades == trades;
        let mut doubts = false;
        if facts.has_positions {
            doubts |= self.heal_positions(&facts.positions, is_quiet, facts.now);
        } else {
            doubts |= self.heal_coins(&facts.balances, is_quiet, facts.now);
        }
        self.book_entries(facts.entries, &facts.positions, facts.now);
        doubts |= self.heal_balances(&facts.balances, trades, facts.now);
        self.comparison.trades_before = trades;
        self.comparison.healing = None;
        self.overtaking.tidy(now);
        self.comparison.first_done.get_or_insert(now);
        self.conclude(why, doubts, now);
    }

    /// What is doubted is looked at again, and entries wait for that.
    fn conclude(&mut self, why: &'static str, doubts: bool, now: Instant) {
        let differences = self.comparison.differences;
        measures::reconciled(self.profile.exchange, differences);
        if why != "timer" || differences > 0 {
            self.records.reconciled(why, differences);
        }
        if doubts && self.comparison.wanted.is_none() {
            self.comparison.wanted = Some((why, now + SECOND_LOOK));
        } else if self.comparison.wanted.is_none() {
            // Also where the account's stream is away: entries wait for that by themselves, and legs are to have their stops.
            self.pauses.reconciling = false;
        }
    }

    /// An order stands there whose end was told here. What was asked may be older than the end; seen for the second time, it stands, and
    /// nobody looks after it any more.
    fn hear_risen(&mut self, report: &OrderReport) {
        let name = report.client_id.clone().unwrap_or_default();
        if !self.comparison.risen.insert(name.clone()) {
            let Some(id) = read_client_name(&name) else { return };
            let Some(expert) =
                self.orders.ticket(id).and_then(|ticket| self.seats.get(ticket.member)).map(|seat| seat.expert.clone())
            else {
                return;
            };
            self.records.stray(&expert, &name, &report.symbol, true);
            self.comparison.differences += 1;
            self.take_away(id, name, report);
        }
    }

    /// An order stands at the exchange that is not known here. Where an earlier run has sent it, nobody looks after it any more: it is
    /// taken away, but for an exit of something that is held. Where the journal lacks that run, it lacks what the run held as well: the
    /// exchange knows it.
    fn hear_stray(&mut self, report: &OrderReport, facts: &Facts, now: Instant) {
        let name = report.client_id.as_deref().unwrap_or_default();
        let Some(id) = read_client_name(name) else { return };
        let Some(member) = self.sender_of(id, &report.symbol, report.created, now) else { return };
        let Some(seat) = self.seats.get(member) else { return };
        let leg = report.position_side.or_else(|| report.side.map(|side| side.opened_leg().opposite()));
        let closes = leg.is_some_and(|leg| report.side == Some(leg.closing_side()));
        let only_reduces = report.reduce_only == Some(true) || report.close_position == Some(true);
        let is_exit = only_reduces || (closes && (report.position_side.is_some() || !self.profile.has_positions));
        let holds = seat.named(&report.symbol).zip(leg).is_some_and(|((instrument, listed), leg)| {
            !seat.held(instrument, leg).is_zero() || (!seat.has_in_journal(id) && facts.has(listed, leg))
        });
        let is_left = is_exit && holds;
        if is_left {
            self.comparison.left.extend(leg.map(|leg| (id, leg)));
        }
        let expert = seat.expert.clone();
        if !is_left || self.comparison.log_once(format!("order {name}")) {
            self.records.stray(&expert, name, &report.symbol, !is_left);
            self.comparison.differences += 1;
        }
        if !is_left {
            self.take_away(id, name.to_owned(), report);
        }
    }

    fn take_away(&mut self, id: ClientOrderId, name: String, report: &OrderReport) {
        self.requests.sweep(Sent {
            id,
            client_name: name,
            name: report.symbol.clone(),
            is_conditional: report.conditional.is_some(),
            worst_price: None,
        });
    }

    /// What came of that; if it stands still, the next comparison finds it again.
    pub(super) fn hear_swept(&mut self, failure: Option<&Failure>) {
        self.reach(failure);
    }
}
