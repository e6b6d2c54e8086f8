//! All orders that the desk knows, by the names that they go by.
//!
//! The one decision: an order is found by its client name or by the exchange's number, and the next one that wants attention is found
//! without a look at the others.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use metaexpert_connect::report::{FillReport, OrderReport, SubmitReport};
use metaexpert_core::{ClientOrderId, order::read_client_name};
use tokio::time::Instant;

use super::life::Life;

/// So many orders are remembered after their end, for what still comes of them.
const REMEMBERED: usize = 4_096;

/// An order, and whose it is.
#[derive(Debug)]
pub(super) struct Held {
    pub life: Life,
    pub member: usize,
    /// How much of it the journal had when this run began, less the executions that it had whole and that were met again.
    pub booked: rust_decimal::Decimal,
    /// Those that were met.
    met: HashSet<String>,
    due: Option<Instant>,
}

impl Held {
    /// The journal has this execution, or it is about to have it. Each counts once.
    pub(super) fn meet(&mut self, fill: &FillReport, is_in_journal: bool) {
        if !self.booked.is_zero() && self.met.insert(fill.trade_id.clone()) && is_in_journal {
            self.booked = (self.booked - fill.quantity).max(rust_decimal::Decimal::ZERO);
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Orders {
    held: HashMap<ClientOrderId, Held>,
    /// The exchange's numbers, for each instrument.
    numbers: HashMap<(String, String), ClientOrderId>,
    due: BTreeSet<(Instant, ClientOrderId)>,
    ended: VecDeque<ClientOrderId>,
}

impl Orders {
    pub(super) fn add(&mut self, life: Life, member: usize) {
        let (id, booked) = (life.order.id, life.filled());
        self.held.insert(id, Held { life, member, booked, met: HashSet::new(), due: None });
        self.look_again(id);
    }

    pub(super) fn get(&self, id: ClientOrderId) -> Option<&Held> {
        self.held.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: ClientOrderId) -> Option<&mut Held> {
        self.held.get_mut(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Held> {
        self.held.values()
    }

    /// The orders that are not over, oldest first.
    pub(super) fn alive(&self) -> Vec<ClientOrderId> {
        let alive = self.held.values().map(|held| &held.life).filter(|life| !life.is_ended());
        let mut alive: Vec<_> = alive.map(|life| (life.order.time, life.order.id)).collect();
        // Not by their names: the numbers of runs are drawn.
        alive.sort_unstable();
        alive.into_iter().map(|(_, id)| id).collect()
    }

    /// Which order a report is about. A cancel's report may bear a name of its own beside the order's.
    pub(super) fn of_report(&mut self, report: &OrderReport) -> Option<ClientOrderId> {
        let named = |name: &Option<String>| name.as_deref().and_then(read_client_name);
        let by_name = named(&report.original_client_id).or_else(|| named(&report.client_id));
        let id = by_name.or_else(|| self.of_number(&report.symbol, report.venue_id.as_deref()))?;
        self.learn(&report.symbol, report.venue_id.as_deref(), id);
        Some(id)
    }

    /// Which order of ours the exchange's number stands for from now on: that of the order which a conditional one has become.
    pub(super) fn of_submitted(&mut self, submitted: &SubmitReport) -> Option<ClientOrderId> {
        let id = submitted.client_id.as_deref().and_then(read_client_name)?;
        let symbol = submitted.symbol.clone().or_else(|| self.held.get(&id).map(|held| held.life.sent.name.clone()))?;
        self.learn(&symbol, submitted.venue_id.as_deref(), id);
        Some(id)
    }

    /// Which order of ours was executed.
    pub(super) fn of_fill(&self, fill: &FillReport) -> Option<ClientOrderId> {
        let by_name = fill.client_id.as_deref().and_then(read_client_name);
        by_name.or_else(|| self.of_number(&fill.symbol, fill.venue_id.as_deref()))
    }

    fn of_number(&self, symbol: &str, number: Option<&str>) -> Option<ClientOrderId> {
        self.numbers.get(&(symbol.to_owned(), number?.to_owned())).copied()
    }

    fn learn(&mut self, symbol: &str, number: Option<&str>, id: ClientOrderId) {
        if let Some(number) = number.filter(|_| self.held.contains_key(&id)) {
            self.numbers.insert((symbol.to_owned(), number.to_owned()), id);
        }
    }

    /// An order has changed: when it wants attention next, and whether it is over.
    pub(super) fn look_again(&mut self, id: ClientOrderId) {
        let Some(held) = self.held.get_mut(&id) else { return };
        let due = held.life.due();
        if held.due != due {
            if let Some(before) = held.due {
                self.due.remove(&(before, id));
            }
            if let Some(next) = due {
                self.due.insert((next, id));
            }
            held.due = due;
        }
    }

    /// An order has ended. It is remembered for a while.
    pub(super) fn ended(&mut self, id: ClientOrderId) {
        self.ended.push_back(id);
        if self.ended.len() <= REMEMBERED {
            return;
        }
        let forgotten: Vec<_> = self.ended.drain(..REMEMBERED / 2).collect();
        for id in forgotten {
            self.held.remove(&id);
        }
        self.numbers.retain(|_, id| self.held.contains_key(id));
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The orders that want attention now.
    pub(super) fn due_by(&self, now: Instant) -> Vec<ClientOrderId> {
        self.due.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id).collect()
    }
}
