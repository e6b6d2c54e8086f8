//! Who has sent an order that bears an expert's number and is not kept here.
//!
//! The one decision: what runs of the expert's own journal have sent is its own. An order of a run that the journal lacks is its own too
//! if it can have left before this run began: that journal was lost, or a backup was put in its place. What such a run sends later comes
//! from another process: it is left alone, and entries wait until a person has given one of the two another number.

use std::time::Duration;

use metaexpert_core::{
    ClientOrderId, UnixNanos,
    feed::{Event, Pause, PauseCause},
};
use tokio::time::Instant;

use super::{compare::Comparison, desk::Desk};

impl Comparison {
    /// Whether what is heard now may have been on its way when the first comparison was made: a request takes no longer than `window`.
    fn is_young(&self, window: Duration, now: Instant) -> bool {
        self.first_done().is_none_or(|done| now < done + window)
    }
}

impl Desk {
    /// The member that has sent an order which is not kept here; `None` where it is nobody's here. `time` is when the order came to the
    /// exchange, or was executed there.
    pub(super) fn sender_of(&mut self, id: ClientOrderId, name: &str, time: Option<UnixNanos>, now: Instant) -> Option<usize> {
        let member = self.seats.iter().position(|seat| seat.is_numbered(id, name))?;
        let window = self.profile.window;
        let is_young = self.comparison.is_young(window, now);
        let begun = self.begun.saturating_add_nanos(i64::try_from(window.as_nanos()).unwrap_or(i64::MAX));
        let seat = self.seats.get_mut(member)?;
        if seat.has_sent(id) {
            return Some(member);
        }
        if is_young || time.is_some_and(|time| time < begun) {
            seat.find(id);
            return Some(member);
        }
        self.share(member, id, name);
        None
    }

    /// Another process trades under a member's number.
    fn share(&mut self, member: usize, id: ClientOrderId, name: &str) {
        let since = Some(self.exchange.clock().now());
        let Some(seat) = self.seats.get_mut(member) else { return };
        if self.comparison.log_once(format!("run {} {}", id.strategy, id.run)) {
            self.records.shared(&seat.expert, id, name);
        }
        if !std::mem::replace(&mut seat.is_shared, true) {
            seat.tell(vec![Event::Pause(Pause { instrument: None, cause: PauseCause::Shared, since })]);
        }
    }
}
