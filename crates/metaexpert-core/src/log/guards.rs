//! What the engine writes down of the orders that guard legs.
//!
//! They are TRADE, as the life of every order; that a leg is watched instead of guarded at the venue is a WARNING, and an ERROR where that
//! may stay so.

use rust_decimal::Decimal;
use slog::{error, info, warn};

use super::{Loggers, TRADE, fields::Ordered};
use crate::{Cancellation, InstrumentId, NewOrder, PositionSide, Rejection, protection::State};

impl Loggers {
    /// Where an order that guards a leg stands.
    pub(crate) fn guard_stands(&self, order: &NewOrder, state: State) {
        let word = match state {
            State::Sent => "sent",
            State::Accepted => "accepted",
            State::Triggered => "triggered",
            State::Unknown => "unknown",
        };
        info!(self.of(order.instrument), #TRADE, "{} {}", order.reason, word; "msgid" => "guard.order", Ordered(Some(order)));
    }

    /// The price has reached an exit that does not rest at the venue.
    pub(crate) fn guard_closes(&self, order: &NewOrder) {
        info!(self.of(order.instrument), #TRADE, "{} reached: the position is closed by market", order.reason;
            "msgid" => "guard.closes", Ordered(Some(order)));
    }

    /// An order that guards a leg is gone.
    pub(crate) fn guard_gone(&self, order: &NewOrder, why: Cancellation) {
        info!(self.of(order.instrument), #TRADE, "{} cancelled", order.reason;
            "msgid" => "guard.cancelled", Ordered(Some(order)), "rule" => why.as_str());
    }

    /// Somebody else has ended an order that guards a leg which is open.
    pub(crate) fn guard_lost(&self, order: &NewOrder, why: Cancellation) {
        warn!(self.of(order.instrument), #TRADE, "{} is gone, and the position is watched until another one stands", order.reason;
            "msgid" => "guard.lost", Ordered(Some(order)), "rule" => why.as_str());
    }

    /// The price of an exit is there already.
    pub(crate) fn guard_reached(&self, order: &NewOrder) {
        info!(self.of(order.instrument), #TRADE, "{} has been reached already: the position is closed by market", order.reason;
            "msgid" => "guard.reached", Ordered(Some(order)));
    }

    /// The venue did not take an order that guards a leg; it is tried again soon.
    pub(crate) fn guard_waits(&self, order: &NewOrder, rejection: Rejection) {
        warn!(self.of(order.instrument), #TRADE, "{} does not stand ({}): the position is watched, and it is tried again",
            order.reason, rejection; "msgid" => "guard.waits", Ordered(Some(order)), "rule" => rejection.as_str());
    }

    /// The venue refuses an order that guards a leg.
    pub(crate) fn guard_refused(&self, order: &NewOrder, rejection: Rejection) {
        error!(self.of(order.instrument), #TRADE,
            "{} is refused ({}): the position is watched as long as this program runs", order.reason, rejection;
            "msgid" => "guard.refused", Ordered(Some(order)), "rule" => rejection.as_str());
    }

    /// An order that guards a leg was not cancelled.
    pub(crate) fn guard_stays(&self, order: &NewOrder, rejection: Rejection) {
        warn!(self.of(order.instrument), #TRADE, "{} was not cancelled: {}", order.reason, rejection;
            "msgid" => "guard.stays", Ordered(Some(order)), "rule" => rejection.as_str());
    }

    /// What an earlier run has written of a leg's guard cannot be read.
    pub(crate) fn guard_forgotten(&self, instrument: InstrumentId, leg: PositionSide, error: &serde_json::Error) {
        warn!(self.of(instrument), "what guarded the {} position cannot be read: the configuration's stops guard it now", leg;
            "msgid" => "guard.forgotten", "error" => %error);
    }

    /// The run is over, and the venue has no stop for what it leaves.
    pub(crate) fn left_bare(&self, instrument: InstrumentId, leg: PositionSide, quantity: Decimal) {
        error!(self.of(instrument), "{} of the {} position are left without a stop at the exchange, and nobody watches them before the next run",
            quantity.normalize(), leg; "msgid" => "guard.left");
    }

    /// The run is over, and entries stay at the venue.
    pub(crate) fn entries_left(&self, entries: usize) {
        warn!(self.root(), "{} entries stay at the exchange: what they open has no stop before the next run", entries;
            "msgid" => "entries.left");
    }
}
