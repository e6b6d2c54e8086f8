//! One order's life, from the moment it was handed over to its one end.
//!
//! The one decision: it is a machine without sockets and clocks. What is heard goes in with the time, what the engine is to be told and
//! what is to be asked comes out. Whatever the order in which things are heard, and however often, the engine hears a life that could
//! have happened: acceptance before everything else that shows it, each execution once, one end, and nothing after it.
//!
//! An end is held back until all executions that the exchange speaks of are known; those that do not come are fetched. A request for a
//! new order leaves once. It leaves again only where it certainly was not taken, and the order can only reduce a position.

mod asking; // what is asked, and when
mod changing; // cancels and amendments
mod sending; // the request for the order, and its answer

#[cfg(test)]
pub(in crate::account) mod fixtures;
#[cfg(test)]
mod rehearsal;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use metaexpert_connect::{
    exchange::Sent,
    report::{FillReport, OrderReport, OrderState},
};
use metaexpert_core::{
    Amendment, Cancellation, Fitting, NewOrder, OrderKind, OrderStatus, Price, Quantity, Rejection, UnixNanos, engine::Standing,
    order::read_client_name,
};
use rust_decimal::Decimal;
use tokio::time::Instant;

use super::{
    meaning::{End, end_of, reduces},
    patience,
};

/// What the engine is to be told of an order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tell {
    Accepted,
    Rejected(Rejection),
    Unknown,
    Triggered,
    Amended(Quantity),
    AmendRejected(Amendment, Rejection),
    Cancelled(Cancellation),
    CancelRejected(Rejection),
    /// An execution, and how much may still be executed.
    Fill(Box<FillReport>, Decimal),
}

/// What is to be asked of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Send the order.
    Send,
    /// Take it back.
    Cancel,
    /// Change it.
    Amend(Amendment),
    /// Ask where it stands.
    Ask,
    /// Fetch its executions.
    Fetch,
}

/// What follows from something that was heard.
#[derive(Debug, Default)]
pub(super) struct Out {
    pub tells: Vec<Tell>,
    pub deeds: Vec<Deed>,
}

/// What an exchange is like, as far as an order's life depends on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nature {
    /// For how long a request is good after it was signed.
    pub window: Duration,
    /// Whether orders that stand can be changed.
    pub amends: bool,
    /// How long a cancel may go without an end before it is asked again.
    pub ask_again: Duration,
}

/// Where the order is, as far as this side knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Its request is out.
    Sending,
    /// It was not taken, and leaves again at this time.
    Waiting(Instant),
    /// Its answer was lost: a copy that was signed no later than this may still arrive.
    Unknown(Instant),
    /// The exchange has it.
    Standing,
    /// Its end was told.
    Ended,
}

/// What was told already.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    accepted: bool,
    unknown: bool,
    triggered: bool,
}

/// A question that is asked until it is answered.
#[derive(Debug, Clone, Copy, Default)]
struct Question {
    /// When it is due; `None` where nothing is to be known.
    at: Option<Instant>,
    tries: u32,
    /// It was asked and is not answered.
    is_out: bool,
}

/// An end that was heard, and how much was executed by then, where that was said.
#[derive(Debug, Clone, Copy)]
struct Ending {
    end: End,
    executed: Option<Decimal>,
}

/// Whether the order is to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cancel {
    No,
    /// As soon as it can be.
    Wanted,
    /// The request is out.
    Out,
    /// It goes again at this time, unless the end comes first.
    Again(Instant),
}

/// One order.
#[derive(Debug)]
pub(super) struct Life {
    /// As it stands now: with the changes that were made.
    pub order: NewOrder,
    pub sent: Sent,
    nature: Nature,
    stage: Stage,
    told: Told,
    /// How much is wanted in all, as the exchange has it.
    quantity: Decimal,
    /// How much was told as executed.
    filled: Decimal,
    /// How much the exchange says was executed.
    executed: Decimal,
    seen: HashSet<String>,
    ending: Option<Ending>,
    /// Executions that wait for the answer to an amendment, since nobody knows yet whether they are the last.
    held: Vec<FillReport>,
    /// Less is wanted than once was.
    is_lowered: bool,
    /// An earlier run has sent it, and the exchange has not said yet how it stands.
    is_resumed: bool,
    cancel: Cancel,
    cancels: u32,
    amendments: VecDeque<Amendment>,
    amending: changing::Amending,
    question: Question,
    missing: u32,
    /// It is gone, and only its executions are to be looked through once more.
    vanishing: bool,
    fetch: Question,
    sends: u32,
    begun: Instant,
    /// When something of it was heard last.
    heard: Instant,
    /// The newest report that told a quantity.
    newest: Option<UnixNanos>,
}

impl Life {
    /// An order that is sent now.
    pub(super) fn begin(order: NewOrder, sent: Sent, nature: Nature, now: Instant, out: &mut Out) -> Self {
        out.deeds.push(Deed::Send);
        Self::at(Stage::Sending, order, sent, nature, now)
    }

    /// An order that an earlier run has left. What it was told is asked for again.
    pub(super) fn resume(standing: &Standing, sent: Sent, nature: Nature, now: Instant) -> Self {
        let is_known = matches!(
            standing.status,
            OrderStatus::Accepted | OrderStatus::Triggered | OrderStatus::PartiallyFilled | OrderStatus::Filled
        );
        // The earlier run may have signed it the moment before it ended.
        let stage = if is_known { Stage::Standing } else { Stage::Unknown(now) };
        let mut life = Self::at(stage, standing.order.clone(), sent, nature, now);
        (life.filled, life.executed, life.is_resumed) = (standing.filled, standing.filled, true);
        life.told = Told {
            accepted: is_known,
            unknown: standing.status == OrderStatus::Unknown,
            triggered: standing.status == OrderStatus::Triggered || !standing.filled.is_zero(),
        };
        life
    }

    fn at(stage: Stage, order: NewOrder, sent: Sent, nature: Nature, now: Instant) -> Self {
        Self {
            quantity: order.quantity.get(),
            order,
            sent,
            nature,
            stage,
            told: Told::default(),
            filled: Decimal::ZERO,
            executed: Decimal::ZERO,
            seen: HashSet::new(),
            ending: None,
            held: Vec::new(),
            is_lowered: false,
            is_resumed: false,
            cancel: Cancel::No,
            cancels: 0,
            amendments: VecDeque::new(),
            amending: changing::Amending::No,
            question: Question::default(),
            missing: 0,
            vanishing: false,
            fetch: Question::default(),
            sends: 1,
            begun: now,
            heard: now,
            newest: None,
        }
    }

    pub(super) const fn is_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended)
    }

    /// Whether what is known of it is all that there is to know at the moment: it stands, or has ended.
    pub(super) const fn is_settled(&self) -> bool {
        matches!(self.stage, Stage::Standing | Stage::Ended) && self.ending.is_none()
    }

    /// Whether it is to leave once more.
    pub(super) const fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting(_))
    }

    /// Whether nothing of it is under way that a position may have changed by: no end, no execution and no change that was not told.
    pub(super) fn is_at_rest(&self) -> bool {
        let has_all = self.held.is_empty() && self.executed <= self.filled && !self.amending.is_out();
        self.is_ended() || (self.is_settled() && has_all)
    }

    /// Whether its fate is not known.
    pub(super) const fn is_unknown(&self) -> bool {
        matches!(self.stage, Stage::Unknown(_))
    }

    /// How much was told as executed.
    pub(super) const fn filled(&self) -> Decimal {
        self.filled
    }

    /// Executions that were heard of it, by the exchange's numbers.
    pub(super) fn seen(&self) -> impl Iterator<Item = &str> {
        self.seen.iter().map(String::as_str)
    }

    /// The exchange has said where the order stands: over the stream, in an answer, or because it was asked.
    pub(super) fn report(&mut self, report: &OrderReport, now: Instant, out: &mut Out) {
        if self.is_ended() {
            return;
        }
        self.heard = now;
        self.missing = 0;
        self.vanishing = false;
        self.take_name(report);
        self.take_quantity(report);
        self.take_change(report, out);
        self.executed = self.executed.max(report.filled.unwrap_or_default());
        if let Some(end) = end_of(report, &self.order, self.cancel != Cancel::No) {
            // The first end that is told is the one; a later report may only know of more executions.
            let ending = self.ending.get_or_insert(Ending { end, executed: report.filled });
            ending.executed = ending.executed.max(report.filled);
        } else if report.state.known().is_none() {
            self.ask_soon(now);
        }
        let is_refused = self.ending.is_some_and(|ending| matches!(ending.end, End::Rejected(_)));
        if !is_refused || !self.executed.is_zero() {
            self.accept(out);
        }
        let is_triggered = matches!(report.state.known(), Some(OrderState::Triggered)) || !self.executed.is_zero();
        if is_triggered && !is_refused {
            self.trigger(out);
        }
        self.settle(now, out);
    }

    /// A part of the order was executed. Each execution counts once, whoever tells of it.
    pub(super) fn fill(&mut self, fill: FillReport, now: Instant, out: &mut Out) {
        // An early report is followed by a fuller one, with the fee.
        if fill.is_early || !self.seen.insert(fill.trade_id.clone()) {
            return;
        }
        self.heard = now;
        self.missing = 0;
        self.accept(out);
        self.trigger(out);
        self.held.push(fill);
        self.settle(now, out);
    }

    /// The name by which the exchange has it is the one to call it by: another run may have sent it under another comment.
    fn take_name(&mut self, report: &OrderReport) {
        let name = report.original_client_id.as_ref().or(report.client_id.as_ref());
        if let Some(name) = name.filter(|name| read_client_name(name) == Some(self.order.id) && **name != self.sent.client_name) {
            self.sent.client_name.clone_from(name);
        }
    }

    /// What the exchange says is wanted in all. An old report does not count, and while a change is under way none does.
    fn take_quantity(&mut self, report: &OrderReport) {
        let Some(quantity) = report.quantity.filter(|quantity| *quantity > Decimal::ZERO) else { return };
        if report.updated < self.newest {
            return;
        }
        self.newest = report.updated.or(self.newest);
        if !self.amending.is_out() {
            self.is_lowered |= quantity < self.quantity;
            self.quantity = quantity;
        }
    }

    /// What an earlier run has changed without hearing of it: a limit that stands at the exchange is as it is there. A change of this run
    /// tells of itself.
    fn take_change(&mut self, report: &OrderReport, out: &mut Out) {
        let OrderKind::Limit { price } = self.order.kind else { return };
        let is_newest = report.updated.is_none() || report.updated == self.newest;
        let is_exact = self.order.fitting == Fitting::Exact;
        if !std::mem::take(&mut self.is_resumed) || !is_exact || !is_newest || end_of(report, &self.order, false).is_some() {
            return;
        }
        self.order.kind = OrderKind::Limit { price: report.price.and_then(Price::new).unwrap_or(price) };
        if let Some(quantity) = Quantity::new(self.quantity).filter(|quantity| *quantity != self.order.quantity) {
            self.order.quantity = quantity;
            self.accept(out);
            out.tells.push(Tell::Amended(quantity));
        }
    }

    /// The exchange has the order.
    fn accept(&mut self, out: &mut Out) {
        if !self.is_ended() {
            self.stage = Stage::Standing;
        }
        if !self.told.accepted && !self.is_ended() {
            self.told.accepted = true;
            out.tells.push(Tell::Accepted);
        }
    }

    /// What a conditional order waited for has happened.
    fn trigger(&mut self, out: &mut Out) {
        if self.order.kind.is_conditional() && !self.told.triggered && !self.is_ended() {
            self.told.triggered = true;
            out.tells.push(Tell::Triggered);
        }
    }

    /// Tells what can be told now, and sees to what cannot.
    fn settle(&mut self, now: Instant, out: &mut Out) {
        self.tell_fills(out);
        if self.is_ended() {
            return;
        }
        if let Some(ending) = self.ending
            && self.held.is_empty()
            && self.filled >= self.total_of(ending)
        {
            self.tell_end(ending.end, out);
            return;
        }
        let is_due = self.ending.is_some() || self.executed > self.filled;
        if is_due && self.held.is_empty() {
            self.fetch.at.get_or_insert(now + patience::FOR_A_FILL);
        }
        if self.ending.is_none() {
            if !self.held.is_empty() && self.is_lowered {
                self.question.at.get_or_insert(now + patience::FIRST);
            }
            self.push(now, out);
        }
    }

    /// How much will have been executed when the end is told.
    fn total_of(&self, ending: Ending) -> Decimal {
        let said = match ending.end {
            End::Filled => ending.executed.filter(|executed| !executed.is_zero()).unwrap_or(self.quantity),
            End::Cancelled(_) | End::Rejected(_) => ending.executed.unwrap_or_default(),
        };
        said.max(self.executed)
    }

    /// Tells executions in the order in which they came. The one that completes the order waits while an amendment is under way that
    /// would make the order larger: only its answer says whether that execution is the last. So it does where the order was made smaller
    /// than it was executed meanwhile, perhaps: only the exchange's word of its end says which execution was the last.
    fn tell_fills(&mut self, out: &mut Out) {
        while let Some(fill) = self.held.first() {
            let filled = self.filled + fill.quantity;
            let is_open = self.ending.is_none() && !self.is_ended();
            if is_open && filled >= self.quantity && (self.is_lowered || self.amending.raises(self.quantity)) {
                return;
            }
            let fill = self.held.remove(0);
            self.filled = filled;
            self.executed = self.executed.max(filled);
            // After its end nothing is left of an order, even if the exchange knows of an execution more.
            let left = if self.is_ended() { Decimal::ZERO } else { self.wanted() - filled };
            let remaining = left.max(Decimal::ZERO);
            out.tells.push(Tell::Fill(Box::new(fill), remaining));
            if remaining.is_zero() {
                self.end();
            }
        }
    }

    /// How much is wanted in all: by the exchange's last word where it is filled.
    fn wanted(&self) -> Decimal {
        match self.ending {
            Some(ending @ Ending { end: End::Filled, .. }) => self.total_of(ending),
            // An order that was made smaller than what it had executed has executed more than is wanted.
            Some(ending) => self.quantity.max(self.total_of(ending)),
            None => self.quantity,
        }
    }

    fn tell_end(&mut self, end: End, out: &mut Out) {
        match end {
            // What was told last left something: the exchange wanted less than this side knew.
            End::Filled if reduces(&self.order) => out.tells.push(Tell::Cancelled(Cancellation::NothingToClose)),
            End::Filled => out.tells.push(Tell::Cancelled(Cancellation::Requested)),
            End::Cancelled(cancellation) => out.tells.push(Tell::Cancelled(cancellation)),
            End::Rejected(rejection) => out.tells.push(Tell::Rejected(rejection)),
        }
        self.end();
    }

    fn end(&mut self) {
        self.stage = Stage::Ended;
        self.cancel = Cancel::No;
        self.amendments.clear();
        (self.question, self.fetch) = (Question::default(), Question::default());
    }
}
