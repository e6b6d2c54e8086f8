//! What is asked about an order, when, and what comes of it.

use metaexpert_connect::report::OrderReport;
use metaexpert_core::Cancellation;
use tokio::time::Instant;

use super::{Cancel, Deed, End, Ending, Life, Out, Question, Stage};
use crate::account::patience;

impl Life {
    /// When the order wants to be looked at next.
    pub(in crate::account) fn due(&self) -> Option<Instant> {
        let send = match self.stage {
            Stage::Waiting(at) => Some(at),
            Stage::Sending | Stage::Unknown(_) | Stage::Standing | Stage::Ended => None,
        };
        let cancel = match self.cancel {
            // What has ended needs no end: only its executions are waited for.
            Cancel::Again(at) if self.ending.is_none() => Some(at),
            Cancel::Again(_) | Cancel::No | Cancel::Wanted | Cancel::Out => None,
        };
        [self.question.due(), self.fetch.due(), send, cancel].into_iter().flatten().min()
    }

    /// It is time.
    pub(in crate::account) fn wake(&mut self, now: Instant, out: &mut Out) {
        if matches!(self.stage, Stage::Waiting(at) if at <= now) {
            self.stage = Stage::Sending;
            self.sends += 1;
            out.deeds.push(Deed::Send);
        }
        if self.ending.is_none() && matches!(self.cancel, Cancel::Again(at) if at <= now) {
            self.cancel = Cancel::Out;
            out.deeds.push(Deed::Cancel);
        }
        if self.question.is_due(now) {
            self.question.is_out = true;
            out.deeds.push(Deed::Ask);
        }
        if self.fetch.is_due(now) {
            self.fetch.is_out = true;
            out.deeds.push(Deed::Fetch);
        }
    }

    /// What the exchange says of the order that it was asked for at `asked`.
    pub(in crate::account) fn found(&mut self, found: Option<&OrderReport>, asked: Instant, now: Instant, out: &mut Out) {
        self.question.is_out = false;
        self.question.at = None;
        if self.is_ended() {
            return;
        }
        match found {
            Some(report) => {
                self.question.tries = 0;
                self.report(report, now, out);
                self.amending_found(report, asked, now, out);
                self.still_open(now);
            }
            None => self.not_there(asked, now, out),
        }
    }

    /// The question was not answered.
    pub(in crate::account) fn not_answered(&mut self, now: Instant) {
        self.question.is_out = false;
        if !self.is_ended() {
            self.ask_later(now);
        }
    }

    /// All executions since before the order began were heard.
    pub(in crate::account) fn fetched(&mut self, now: Instant, out: &mut Out) {
        self.fetch.is_out = false;
        self.fetch.at = None;
        if self.is_ended() {
            return;
        }
        if self.vanishing && self.ending.is_none() {
            // The exchange has forgotten it: it was cancelled long ago, or by somebody else.
            self.ending = Some(Ending { end: End::Cancelled(Cancellation::Requested), executed: None });
        }
        self.settle(now, out);
        if self.fetch.at.is_some() {
            self.fetch.tries += 1;
            self.fetch.at = Some(now + patience::after(self.fetch.tries));
        }
    }

    /// They could not be fetched.
    pub(in crate::account) fn not_fetched(&mut self, now: Instant) {
        self.fetch.is_out = false;
        if !self.is_ended() {
            self.fetch.tries += 1;
            self.fetch.at = Some(now + patience::after(self.fetch.tries));
        }
    }

    /// Whether its executions were asked for again and again, and one is missing still.
    pub(in crate::account) const fn is_fetched_in_vain(&self) -> bool {
        self.fetch.tries >= patience::IN_VAIN
    }

    pub(super) fn ask_soon(&mut self, now: Instant) {
        self.question.at = Some(now + patience::FIRST);
        self.question.tries = 0;
    }

    pub(super) fn ask_later(&mut self, now: Instant) {
        self.question.tries += 1;
        self.question.at = Some(now + patience::after(self.question.tries));
    }

    /// It was asked for, and still stands: a cancel that seemed to be taken has to go again.
    fn still_open(&mut self, now: Instant) {
        if self.is_ended() || self.ending.is_some() {
            return;
        }
        if self.cancel != Cancel::No && self.cancel != Cancel::Out {
            self.question.at.get_or_insert(now + self.nature.ask_again);
        }
    }
}

impl Question {
    fn due(&self) -> Option<Instant> {
        self.at.filter(|_| !self.is_out)
    }

    fn is_due(&self, now: Instant) -> bool {
        self.due().is_some_and(|at| at <= now)
    }
}
