//! All orders that the desk knows, by the names that they go by.
//!
//! The one decision: an order is found by its client name or by the exchange's number, and the next one that wants attention is found
//! without a look at the others. Of an order that is over only so much is kept as an execution needs that comes late.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, VecDeque};

use metaexpert_connect::report::{FillReport, OrderReport, SubmitReport};
use metaexpert_core::{ClientOrderId, Effect, InstrumentId, PositionSide, Reason, order::read_client_name};
use rust_decimal::Decimal;
use tokio::time::Instant;

use super::life::Life;

/// So many orders are remembered after their end, for what still comes of them.
const REMEMBERED: usize = 4_096;

/// An order that is not over, and whose it is.
#[derive(Debug)]
pub(super) struct Held {
    pub life: Life,
    pub member: usize,
    booked: Decimal,
    /// Executions that were met, so that each counts once.
    met: Names,
    due: Option<Instant>,
}

/// An order that is over.
#[derive(Debug)]
struct Over {
    ticket: Ticket,
    /// Its instrument, as the exchange spells it.
    name: Box<str>,
    /// Executions that were heard of it.
    heard: Names,
    met: Names,
}

/// What has to be known of an order, over or not, to say whose its executions are and what they do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    pub member: usize,
    pub instrument: InstrumentId,
    pub effect: Effect,
    pub reason: Reason,
    /// How much of it the journal had when this run began, less the executions that it had whole and that were met again.
    pub booked: Decimal,
}

impl Ticket {
    /// The leg that it closes, and opens nothing beyond.
    pub(super) const fn closed_leg(&self) -> Option<PositionSide> {
        match self.effect {
            Effect::Close(leg) | Effect::CloseAll(leg) => Some(leg),
            Effect::Open(_) | Effect::Net => None,
        }
    }
}

/// The exchange's numbers of an order's executions, in no more room than they take: most orders have one or none.
#[derive(Debug, Default)]
struct Names(Vec<Box<str>>);

impl Names {
    /// `false` where it is there already.
    fn insert(&mut self, name: &str) -> bool {
        let place = self.0.binary_search_by(|known| (**known).cmp(name));
        if let Err(place) = place {
            self.0.reserve_exact(1);
            self.0.insert(place, name.into());
        }
        place.is_err()
    }
}

impl Held {
    const fn ticket(&self) -> Ticket {
        let order = &self.life.order;
        let (instrument, effect, reason) = (order.instrument, order.effect, order.reason);
        Ticket { member: self.member, instrument, effect, reason, booked: self.booked }
    }

    /// What is left of it after its end.
    fn over(self) -> Over {
        let mut heard = Names::default();
        for name in self.life.seen() {
            heard.insert(name);
        }
        Over { ticket: self.ticket(), name: self.life.sent.name.as_str().into(), heard, met: self.met }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Orders {
    held: HashMap<ClientOrderId, Held>,
    over: HashMap<ClientOrderId, Over>,
    /// The exchange's numbers, for each instrument.
    numbers: HashMap<String, HashMap<Box<str>, ClientOrderId>>,
    due: BTreeSet<(Instant, ClientOrderId)>,
    ended: VecDeque<ClientOrderId>,
}

impl Orders {
    pub(super) fn add(&mut self, life: Life, member: usize) {
        let (id, booked) = (life.order.id, life.filled());
        self.held.insert(id, Held { life, member, booked, met: Names::default(), due: None });
        self.look_again(id);
    }

    pub(super) fn get(&self, id: ClientOrderId) -> Option<&Held> {
        self.held.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: ClientOrderId) -> Option<&mut Held> {
        self.held.get_mut(&id)
    }

    /// Whether an order is over; `None` where it is not known here.
    pub(super) fn is_over(&self, id: ClientOrderId) -> Option<bool> {
        if self.held.contains_key(&id) { Some(false) } else { self.over.contains_key(&id).then_some(true) }
    }

    /// What is known of an order, over or not.
    pub(super) fn ticket(&self, id: ClientOrderId) -> Option<Ticket> {
        let of_held = |held: &Held| held.ticket();
        self.held.get(&id).map(of_held).or_else(|| self.over.get(&id).map(|over| over.ticket))
    }

    /// The journal has an execution of an order, or it is about to have it. Each counts once.
    pub(super) fn meet(&mut self, id: ClientOrderId, fill: &FillReport, is_in_journal: bool) {
        let (booked, met) = match (self.held.get_mut(&id), self.over.get_mut(&id)) {
            (Some(held), _) => (&mut held.booked, &mut held.met),
            (None, Some(over)) => (&mut over.ticket.booked, &mut over.met),
            (None, None) => return,
        };
        if !booked.is_zero() && met.insert(&fill.trade_id) && is_in_journal {
            *booked = (*booked - fill.quantity).max(Decimal::ZERO);
        }
    }

    /// An execution of an order that is over: whether it is the first that is heard of it. `None` where no such order is remembered.
    pub(super) fn hear_late(&mut self, id: ClientOrderId, fill: &FillReport) -> Option<bool> {
        self.over.get_mut(&id).map(|over| over.heard.insert(&fill.trade_id))
    }

    /// Those that are not over.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Held> {
        self.held.values()
    }

    /// The orders that are not over, oldest first.
    pub(super) fn alive(&self) -> Vec<ClientOrderId> {
        let mut alive: Vec<_> = self.held.values().map(|held| (held.life.order.time, held.life.order.id)).collect();
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
        let of_held = || self.held.get(&id).map(|held| held.life.sent.name.clone());
        let of_over = || self.over.get(&id).map(|over| over.name.to_string());
        let symbol = submitted.symbol.clone().or_else(of_held).or_else(of_over)?;
        self.learn(&symbol, submitted.venue_id.as_deref(), id);
        Some(id)
    }

    /// Which order of ours was executed.
    pub(super) fn of_fill(&self, fill: &FillReport) -> Option<ClientOrderId> {
        let by_name = fill.client_id.as_deref().and_then(read_client_name);
        by_name.or_else(|| self.of_number(&fill.symbol, fill.venue_id.as_deref()))
    }

    fn of_number(&self, symbol: &str, number: Option<&str>) -> Option<ClientOrderId> {
        self.numbers.get(symbol)?.get(number?).copied()
    }

    fn learn(&mut self, symbol: &str, number: Option<&str>, id: ClientOrderId) {
        let Some(number) = number.filter(|_| self.is_over(id).is_some()) else { return };
        if !self.numbers.contains_key(symbol) {
            self.numbers.insert(symbol.to_owned(), HashMap::new());
        }
        if let Some(numbers) = self.numbers.get_mut(symbol) {
            numbers.insert(number.into(), id);
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

    /// An order has ended. What its executions need is remembered for a while.
    pub(super) fn ended(&mut self, id: ClientOrderId) {
        let Some(held) = self.held.remove(&id) else { return };
        self.over.insert(id, held.over());
        self.ended.push_back(id);
        if self.ended.len() <= REMEMBERED {
            return;
        }
        for id in self.ended.drain(..REMEMBERED / 2) {
            self.over.remove(&id);
        }
        for numbers in self.numbers.values_mut() {
            numbers.retain(|_, id| self.held.contains_key(id) || self.over.contains_key(id));
        }
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The orders that want attention now.
    pub(super) fn due_by(&self, now: Instant) -> Vec<ClientOrderId> {
        self.due.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id).collect()
    }
}
