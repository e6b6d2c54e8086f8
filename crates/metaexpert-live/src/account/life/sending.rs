//! The request for an order, and its answer.

use metaexpert_connect::Failure;
use metaexpert_core::Rejection;
use tokio::time::Instant;

use super::{Cancel, End, Life, Out, Stage, Tell};
use crate::account::{
    meaning::{Passing, passing, reduces, rejection},
    patience,
};

impl Life {
    /// The request was answered. What reports came with a good answer were heard before.
    pub(in crate::account) fn sent(&mut self, answer: Result<(), &Failure>, now: Instant, out: &mut Out) {
        if self.is_ended() {
            return;
        }
        match answer {
            Ok(()) => {
                self.heard = now;
                self.accept(out);
                self.settle(now, out);
            }
            // The stream was faster than the answer: the exchange has it.
            Err(_) if self.told.accepted => self.ask_soon(now),
            Err(failure) if failure.may_have_happened() => self.lose(now, out),
            Err(failure) => match passing(failure) {
                Passing::Yes(wait) if self.may_leave_again(now + wait.unwrap_or_else(|| patience::after(self.sends))) => {
                    self.stage = Stage::Waiting(now + wait.unwrap_or_else(|| patience::after(self.sends)));
                }
                _ => self.tell_end(End::Rejected(rejection(failure)), out),
            },
        }
    }

    /// The answer was lost.
    fn lose(&mut self, now: Instant, out: &mut Out) {
        self.stage = Stage::Unknown(now);
        if !self.told.unknown {
            self.told.unknown = true;
            out.tells.push(Tell::Unknown);
        }
        self.ask_soon(now);
        self.push(now, out);
    }

    /// An order that was certainly not taken leaves again if it can only reduce a position, for a short while, and while nobody wants
    /// it back. An entry does not: the price that it was decided at is gone. Where the exchange wants a longer wait, the engine is told
    /// at once: what it believes to be on its way it does not guard by other means.
    fn may_leave_again(&self, then: Instant) -> bool {
        reduces(&self.order) && self.cancel == Cancel::No && then < self.begun + patience::TO_REDUCE
    }

    /// The exchange does not know the order, by a question that was asked at `asked`.
    pub(super) fn not_there(&mut self, asked: Instant, now: Instant, out: &mut Out) {
        match self.stage {
            Stage::Unknown(signed) if asked >= signed + self.nature.window + patience::CLOCKS => {
                self.tell_end(End::Rejected(Rejection::NotSent), out);
            }
            Stage::Unknown(_) => self.ask_later(now),
            Stage::Standing if self.ending.is_none() && self.heard < asked => {
                self.missing += 1;
                if self.missing >= patience::MISSING {
                    self.vanishing = true;
                    self.fetch.at.get_or_insert(now);
                } else {
                    self.ask_later(now);
                }
            }
            Stage::Sending | Stage::Waiting(_) | Stage::Standing | Stage::Ended => {}
        }
    }
}
