//! What the engine writes down: one function for each kind of record, which is named in the field `msgid`.
//!
//! INFO is the run, TRADE the life of an order and of a position (a refusal by the gate is part of it: filters refuse all
//! day), WARNING what was not meant to happen, ERROR what failed, CRITICAL what ended the run. Fields are put together only
//! when somebody takes the record.

use rust_decimal::Decimal;
use slog::{crit, debug, error, info, warn};

use super::{
    Loggers, TRADE,
    fields::{Commented, Executed, Moved, Ordered, Protected, Symbols},
};
use crate::{
    Cancellation, Charge, ClientOrderId, Error, Funding, Instrument, InstrumentId, Instruments, NewOrder, OrderStatus, Price,
    Rejection, Timeframe, Trade, UnixNanos,
    engine::Stopped,
    expert::DeinitReason,
    feed::{Pause, Then},
    portfolio::Leg,
    risk::{Breach, Halt, Refusal},
};

impl Loggers {
    pub(crate) fn started(&self, timeframe: Timeframe, instruments: &Instruments) {
        info!(self.root(), "started";
            "msgid" => "expert.started", "timeframe" => timeframe.as_str(), "symbols" => %Symbols(instruments));
    }

    pub(crate) fn ended(&self, reason: DeinitReason) {
        info!(self.root(), "ended"; "msgid" => "expert.ended", "reason" => reason.as_str());
    }

    /// What ended a run before its data did, or failed around it. `at` is the instrument at hand.
    pub(crate) fn stopped(&self, at: InstrumentId, stopped: &Stopped) {
        let log = self.at_hand(at);
        match stopped {
            Stopped::Panicked { event, message } => {
                crit!(log, "{} panicked", event; "msgid" => "handler.panicked", "handler" => event, "error" => message);
            }
            Stopped::HandlerFailed(error) => {
                crit!(log, "a handler's error ends the run"; "msgid" => "expert.failed", "error" => #error);
            }
            Stopped::Failed(error) => crit!(log, "an error ends the run"; "msgid" => "expert.failed", "error" => #error),
        }
    }

    /// A handler's error that the expert goes on after.
    pub(crate) fn handler_failed(&self, at: InstrumentId, handler: &'static str, error: &Error) {
        error!(self.at_hand(at), "{} failed", handler; "msgid" => "handler.failed", "handler" => handler, "error" => #error);
    }

    pub(crate) fn halted(&self, breach: &Breach) {
        let (rule, fallen_from, equity) = match breach {
            Breach::Drawdown { peak, equity } => ("max_drawdown_pct", peak, equity),
            Breach::DailyLoss { start, equity } => ("daily_loss_limit", start, equity),
            Breach::Flattened => {
                warn!(self.root(), "new entries are refused {}", breach.until(); "msgid" => "risk.halted", "rule" => "flatten");
                return;
            }
        };
        warn!(self.root(), "new entries are refused {}", breach.until();
            "msgid" => "risk.halted", "rule" => rule, "equity" => %equity.normalize(), "fallen_from" => %fallen_from.normalize());
    }

    /// An earlier run was halted, and so is this one.
    pub(crate) fn still_halted(&self, halt: &Halt) {
        warn!(self.root(), "{}", halt.reason(); "msgid" => "risk.still_halted");
    }

    /// Somebody wants no new entries, or allows them again.
    pub(crate) fn switched(&self, kill_switch: Option<&str>) {
        match kill_switch {
            Some(reason) => warn!(self.root(), "new entries are refused: {}", reason; "msgid" => "risk.kill_switch_on"),
            None => warn!(self.root(), "new entries are allowed again"; "msgid" => "risk.kill_switch_off"),
        }
    }

    /// Somebody wants everything closed.
    pub(crate) fn flattening(&self, then: Then) {
        let then = match then {
            Then::Halt => "halts",
            Then::Stop => "ends",
        };
        warn!(self.root(), "everything is closed, and the expert {}", then; "msgid" => "risk.flatten", "then" => then);
    }

    /// The gate has passed an order, which is expected to be executed at this price.
    #[inline]
    pub(crate) fn order_approved(&self, order: &NewOrder, expected: Price) {
        if self.is_silent() {
            return;
        }
        debug!(self.of(order.instrument), "order approved";
            "msgid" => "order.approved", Ordered(Some(order)), "price" => %expected, Protected(&order.protection));
    }

    /// The other of two orders that were to be sent together was refused.
    pub(crate) fn order_withdrawn(&self, id: ClientOrderId) {
        debug!(self.root(), "order withdrawn: the order it was to be linked to was refused";
            "msgid" => "order.withdrawn", "order_id" => %id);
    }

    /// The gate has refused an order; or there is none, for its size rounds to nothing.
    pub(crate) fn order_refused(&self, instrument: InstrumentId, order: Option<&NewOrder>, refusal: &Refusal) {
        info!(self.of(instrument), #TRADE, "order refused: {}", refusal; "msgid" => "order.refused", Ordered(order), refusal);
    }

    #[inline]
    pub(crate) fn order_submitted(&self, order: &NewOrder) {
        if self.is_silent() {
            return;
        }
        info!(self.of(order.instrument), #TRADE, "order submitted";
            "msgid" => "order.submitted", Ordered(Some(order)), Commented(self.comment.as_deref()));
    }

    /// What an earlier run has left.
    pub(crate) fn resumed(&self, legs: usize, orders: usize, has_state: bool) {
        info!(self.root(), "goes on from an earlier run";
            "msgid" => "expert.resumed", "positions" => legs, "orders" => orders, "state" => has_state);
    }

    /// Entries are refused from now on, or allowed again: what was wrong, and since when.
    pub(crate) fn paused(&self, pause: &Pause, held: Option<&Pause>, now: UnixNanos) {
        let log = pause.instrument.map_or(self.root(), |instrument| self.of(instrument));
        let cause = pause.cause.as_str();
        match (pause.since, held.and_then(|held| held.since)) {
            (Some(_), None) => warn!(log, "new entries are refused: {}", cause; "msgid" => "risk.paused", "rule" => cause),
            (None, Some(since)) => {
                let seconds = now.nanos_since(since).max(0) / 1_000_000_000;
                warn!(log, "new entries are allowed again: no longer {}", cause;
                    "msgid" => "risk.unpaused", "rule" => cause, "seconds" => seconds);
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }

    /// The venue says something of an order that is done, or that nobody knows.
    pub(crate) fn order_stray(&self, id: ClientOrderId, said: &'static str) {
        debug!(self.root(), "order is done or not known, and the exchange says: {}", said;
            "msgid" => "order.stray", "order_id" => %id, "status" => said);
    }

    /// The venue told of a trade that cannot be.
    pub(crate) fn disputed(&self, trade: &Trade, error: &Error) {
        error!(self.of(trade.instrument), "an execution cannot be, going by those before it";
            "msgid" => "execution.disputed", Executed(trade), "error" => #error);
    }

    /// The journal does not take an order, which is not sent for that.
    pub(crate) fn not_journaled(&self, error: &Error) {
        error!(self.root(), "an order was not sent: the journal does not take it"; "msgid" => "journal.full", "error" => #error);
    }

    /// The strategy's own state could not be made into text.
    pub(crate) fn state_unsaved(&self, error: &Error) {
        error!(self.root(), "the strategy's state could not be saved"; "msgid" => "state.unsaved", "error" => #error);
    }

    /// Where an order stands, as the venue says.
    pub(crate) fn order_stands(&self, order: &NewOrder, status: OrderStatus, filled: Decimal) {
        if status == OrderStatus::Unknown {
            warn!(self.of(order.instrument), #TRADE, "order unknown: no answer came, and it is asked for";
                "msgid" => msgid_of(status), Ordered(Some(order)), "status" => status.as_str(), "filled" => %filled.normalize());
            return;
        }
        info!(self.of(order.instrument), #TRADE, "order {}", status;
            "msgid" => msgid_of(status), Ordered(Some(order)), "status" => status.as_str(), "filled" => %filled.normalize());
    }

    /// The venue has changed an order, which is as it says now.
    pub(crate) fn order_amended(&self, order: &NewOrder) {
        info!(self.of(order.instrument), #TRADE, "order amended"; "msgid" => "order.amended", Ordered(Some(order)));
    }

    /// An order, or what was left of it, is gone.
    pub(crate) fn order_gone(&self, order: &NewOrder, status: OrderStatus, filled: Decimal, why: Cancellation) {
        info!(self.of(order.instrument), #TRADE, "order {}", status;
            "msgid" => msgid_of(status), Ordered(Some(order)), "status" => status.as_str(), "filled" => %filled.normalize(),
            "rule" => why.as_str());
    }

    /// The venue has not changed (`amend`) or not cancelled an order.
    pub(crate) fn request_rejected(
        &self,
        request: &'static str,
        id: ClientOrderId,
        instrument: Option<InstrumentId>,
        rejection: Rejection,
    ) {
        let log = instrument.map_or(self.root(), |instrument| self.of(instrument));
        let msgid = if request == "amend" { "order.amend_rejected" } else { "order.cancel_rejected" };
        warn!(log, #TRADE, "{} rejected: {}", request, rejection;
            "msgid" => msgid, "order_id" => %id, "rule" => rejection.as_str());
    }

    /// The venue has rejected what the gate had passed: an order, or what was left of it.
    pub(crate) fn order_rejected(&self, id: ClientOrderId, order: Option<&NewOrder>, rejection: Rejection) {
        let status = OrderStatus::Rejected;
        match order {
            Some(order) => {
                warn!(self.of(order.instrument), #TRADE, "order rejected: {}", rejection;
                    "msgid" => msgid_of(status), Ordered(Some(order)), "status" => status.as_str(), "rule" => rejection.as_str());
            }
            None => {
                warn!(self.root(), #TRADE, "order rejected: {}", rejection;
                    "msgid" => msgid_of(status), "order_id" => %id, "status" => status.as_str(), "rule" => rejection.as_str());
            }
        }
    }

    pub(crate) fn execution(&self, trade: &Trade) {
        info!(self.of(trade.instrument), #TRADE, "executed: {} {} at {}", trade.side, trade.quantity, trade.price;
            "msgid" => "execution", Executed(trade));
    }

    /// What a trade has made of its leg, which is `None` when it is closed.
    pub(crate) fn position(&self, trade: &Trade, realized: Decimal, leg: Option<&Leg>, of: &Instrument) {
        let (msgid, word) = match leg {
            None => ("position.closed", "closed"),
            Some(leg) if trade.opens() && leg.entries == 1 => ("position.opened", "opened"),
            Some(_) => ("position.changed", "changed"),
        };
        info!(self.of(trade.instrument), #TRADE, "{} position {}", trade.position_side, word;
            "msgid" => msgid, Moved { trade, realized, leg, of });
    }

    /// What a trade has left of its leg is less than a lot.
    pub(crate) fn dust(&self, trade: &Trade, left: Decimal, lot: Decimal) {
        info!(self.of(trade.instrument), #TRADE, "what is left of the {} position cannot be closed, and counts as closed",
            trade.position_side; "msgid" => "position.dust", "quantity" => %left.normalize(), "lot" => %lot);
    }

    pub(crate) fn funding(&self, instrument: Option<InstrumentId>, funding: &Funding) {
        let log = instrument.map_or(self.root(), |instrument| self.of(instrument));
        info!(log, #TRADE, "funding settled: {}", funding.amount;
            "msgid" => "funding", "rate" => funding.rate, "amount" => %funding.amount.amount.normalize(),
            "currency" => %funding.amount.currency);
    }

    /// The venue has booked what is no execution and no funding.
    pub(crate) fn charged(&self, charge: &Charge) {
        info!(self.root(), #TRADE, "charged: {}", charge.amount;
            "msgid" => "charge", "reason" => charge.cause.as_str(), "amount" => %charge.amount.amount.normalize(),
            "currency" => %charge.amount.currency);
    }
}

const fn msgid_of(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Submitted => "order.submitted",
        OrderStatus::Accepted => "order.accepted",
        OrderStatus::Triggered => "order.triggered",
        OrderStatus::Rejected => "order.rejected",
        OrderStatus::PartiallyFilled => "order.partially_filled",
        OrderStatus::Filled => "order.filled",
        OrderStatus::Cancelled => "order.cancelled",
        OrderStatus::Expired => "order.expired",
        OrderStatus::Unknown => "order.unknown",
    }
}
