//! Cancels and amendments of an order: when they leave, and what their answers mean.
//!
//! A cancel that went unanswered goes again: twice does what once does. An amendment goes once; what became of one whose answer was
//! lost is seen in the order itself. Neither leaves before the order's own request was answered or lost.

use metaexpert_connect::{Failure, Meaning, report::OrderReport};
use metaexpert_core::{Amendment, OrderKind, Quantity, Rejection, Trigger};
use rust_decimal::Decimal;
use tokio::time::Instant;

use super::{Cancel, Deed, Life, Out, Stage, Tell};
use crate::account::{
    meaning::{End, Passing, passing, rejection},
    patience,
};

/// Where the amendment is that goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amending {
    No,
    /// Its request is out.
    Out(Amendment),
    /// Its answer was lost; it was signed no later than this.
    Unknown(Amendment, Instant),
}

impl Amending {
    pub(super) const fn is_out(self) -> bool {
        !matches!(self, Self::No)
    }

    /// Whether it may make the order larger than this.
    pub(super) fn raises(self, quantity: Decimal) -> bool {
        match self {
            Self::No => false,
            Self::Out(amendment) | Self::Unknown(amendment, _) => amendment.quantity.is_some_and(|new| new.get() > quantity),
        }
    }
}

impl Life {
    /// The engine wants the order back.
    pub(in crate::account) fn cancel(&mut self, now: Instant, out: &mut Out) {
        match self.stage {
            Stage::Ended => out.tells.push(Tell::CancelRejected(Rejection::UnknownOrder)),
            // It was not taken, and now it never will be.
            Stage::Waiting(_) => self.tell_end(End::Rejected(Rejection::NotSent), out),
            Stage::Sending | Stage::Unknown(_) | Stage::Standing => {
                if self.cancel == Cancel::No {
                    self.cancel = Cancel::Wanted;
                    self.push(now, out);
                }
            }
        }
    }

    /// The engine wants the order changed.
    pub(in crate::account) fn amend(&mut self, amendment: Amendment, now: Instant, out: &mut Out) {
        if self.is_ended() {
            out.tells.push(Tell::AmendRejected(amendment, Rejection::UnknownOrder));
        } else if self.nature.amends {
            self.amendments.push_back(amendment);
            self.push(now, out);
        } else {
            out.tells.push(Tell::AmendRejected(amendment, Rejection::BadAmendment));
        }
    }

    /// Sends what was waiting for the order to stand. A cancel goes even where nobody knows whether there is an order.
    pub(super) fn push(&mut self, now: Instant, out: &mut Out) {
        let may_stand = matches!(self.stage, Stage::Standing | Stage::Unknown(_)) && self.ending.is_none();
        if may_stand && self.cancel == Cancel::Wanted {
            self.cancel = Cancel::Out;
            self.cancels += 1;
            out.deeds.push(Deed::Cancel);
        }
        if self.stage == Stage::Standing
            && self.ending.is_none()
            && self.cancel == Cancel::No
            && self.amending == Amending::No
            && let Some(next) = self.amendments.pop_front()
        {
            self.amending = Amending::Out(next);
            self.heard = now;
            out.deeds.push(Deed::Amend(next));
        }
    }

    /// The cancel was answered. What reports came with a good answer were heard before.
    pub(in crate::account) fn cancel_answered(&mut self, answer: Result<(), &Failure>, now: Instant, out: &mut Out) {
        if self.is_ended() || self.cancel == Cancel::No {
            return;
        }
        let meaning = answer.err().and_then(Failure::meaning);
        match answer {
            // The end comes over the stream, or is asked for.
            Ok(()) => self.cancel_again(self.nature.ask_again, now),
            Err(_) if meaning == Some(Meaning::Unchanged) => self.cancel_again(self.nature.ask_again, now),
            Err(_) if meaning == Some(Meaning::UnknownOrder) => self.cancel_again(patience::after(self.cancels), now),
            Err(failure) if failure.may_have_happened() => self.cancel_again(patience::after(self.cancels), now),
            Err(failure) => {
                if let Passing::Yes(wait) = passing(failure) {
                    self.cancel_again(wait.unwrap_or_else(|| patience::after(self.cancels)), now);
                } else {
                    self.cancel = Cancel::No;
                    out.tells.push(Tell::CancelRejected(rejection(failure)));
                    self.push(now, out);
                }
            }
        }
        self.cancels = self.cancels.saturating_add(1);
    }

    /// Asks what became of the order, and for its end again if none comes.
    fn cancel_again(&mut self, wait: std::time::Duration, now: Instant) {
        self.cancel = Cancel::Again(now + wait.max(patience::FIRST * 2));
        if self.ending.is_none() {
            self.question.at.get_or_insert(now + patience::FIRST);
        }
    }

    /// The amendment was answered; `quantity` is what the exchange says is wanted now, if it says.
    pub(in crate::account) fn amend_answered(&mut self, answer: Result<Option<Decimal>, &Failure>, now: Instant, out: &mut Out) {
        let Amending::Out(amendment) = self.amending else { return };
        match answer {
            Ok(quantity) => self.amended(amendment, quantity, now, out),
            Err(failure) if failure.may_have_happened() => {
                self.amending = Amending::Unknown(amendment, now);
                if !self.is_ended() {
                    self.question.at = Some(now + patience::FIRST);
                }
            }
            Err(failure) => self.not_amended(amendment, rejection(failure), now, out),
        }
    }

    /// Whether an amendment whose answer was lost shows in the order.
    pub(super) fn amending_found(&mut self, report: &OrderReport, asked: Instant, now: Instant, out: &mut Out) {
        let Amending::Unknown(amendment, signed) = self.amending else { return };
        if self.is_ended() || self.ending.is_some() {
            return;
        }
        if shows(report, &amendment) {
            self.amended(amendment, report.quantity, now, out);
        } else if asked >= signed + self.nature.window + patience::CLOCKS {
            self.not_amended(amendment, Rejection::NotSent, now, out);
        } else {
            self.ask_later(now);
        }
    }

    fn amended(&mut self, amendment: Amendment, said: Option<Decimal>, now: Instant, out: &mut Out) {
        self.amending = Amending::No;
        if self.is_ended() {
            return;
        }
        let said = said.filter(|said| *said > Decimal::ZERO);
        let quantity = said.or(amendment.quantity.map(Quantity::get)).unwrap_or(self.quantity);
        self.is_lowered |= quantity < self.quantity;
        self.quantity = quantity;
        self.order.kind = changed(self.order.kind, &amendment);
        if let Some(quantity) = Quantity::new(self.quantity) {
            self.order.quantity = quantity;
            out.tells.push(Tell::Amended(quantity));
        }
        self.heard = now;
        if self.filled >= self.quantity {
            // The exchange ends an order that is amended to what it has executed, and says so; if that is missed, it is asked for.
            self.ask_soon(now);
        }
        self.settle(now, out);
    }

    fn not_amended(&mut self, amendment: Amendment, rejection: Rejection, now: Instant, out: &mut Out) {
        self.amending = Amending::No;
        if self.is_ended() {
            return;
        }
        out.tells.push(Tell::AmendRejected(amendment, rejection));
        if rejection == Rejection::UnknownOrder {
            self.ask_soon(now);
        }
        self.settle(now, out);
    }
}

/// Whether an order is as an amendment wanted it.
fn shows(report: &OrderReport, amendment: &Amendment) -> bool {
    let same = |wanted: Option<Decimal>, is: Option<Decimal>| wanted.is_none() || wanted == is;
    same(amendment.quantity.map(Quantity::get), report.quantity)
        && same(amendment.price.map(metaexpert_core::Price::get), report.price)
        && same(
            amendment.trigger.map(metaexpert_core::Price::get),
            report.conditional.as_ref().and_then(|conditional| conditional.trigger),
        )
}

/// The kind that an order has after a change.
fn changed(kind: OrderKind, amendment: &Amendment) -> OrderKind {
    let limit = |price| amendment.price.unwrap_or(price);
    let at = |trigger: Trigger| Trigger { price: amendment.trigger.unwrap_or(trigger.price), ..trigger };
    match kind {
        OrderKind::Market | OrderKind::TrailingStop { .. } => kind,
        OrderKind::Limit { price } => OrderKind::Limit { price: limit(price) },
        OrderKind::StopMarket { trigger } => OrderKind::StopMarket { trigger: at(trigger) },
        OrderKind::StopLimit { trigger, price } => OrderKind::StopLimit { trigger: at(trigger), price: limit(price) },
        OrderKind::TakeProfitMarket { trigger } => OrderKind::TakeProfitMarket { trigger: at(trigger) },
        OrderKind::TakeProfitLimit { trigger, price } => OrderKind::TakeProfitLimit { trigger: at(trigger), price: limit(price) },
    }
}
