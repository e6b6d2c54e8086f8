//! The lives of orders, for whoever follows one through several programs: when it was decided on, journalled, sent, acknowledged, executed,
//! and how it ended.
//!
//! The one decision: who follows is decided once, at the start of the program ([`follow`]), as with measures. Whoever has a step to tell
//! calls a function; where nobody follows that costs the look at a cell that is empty.

#[cfg(feature = "otel")]
mod collector; // to an OpenTelemetry collector
#[cfg(feature = "otel")]
mod span; // one order's life, as OTLP writes it

use std::sync::{Arc, OnceLock};

use metaexpert_core::{ClientOrderId, NewOrder, Quantity, Side, UnixNanos, journal::Record};

#[cfg(feature = "otel")]
pub use collector::{BadCollector, Collector};

/// A step of an order's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The gate has passed it.
    Decided {
        /// Which way.
        side: Side,
        /// How much.
        quantity: Quantity,
    },
    /// The journal holds it.
    Journalled,
    /// Its bytes were handed to the connection.
    Sent,
    /// The exchange has it.
    Acknowledged,
    /// Nobody knows whether the exchange has it.
    Unknown,
    /// So much of it was executed.
    Executed(Quantity),
    /// It has ended: `filled`, `rejected`, `cancelled`.
    Ended(&'static str),
}

/// Whoever follows orders. It never blocks.
pub trait Trace: Send + Sync {
    /// An order has come to a step.
    fn note(&self, order: ClientOrderId, step: Step, at: UnixNanos);
}

/// Who follows the orders of this process, and the clock of steps.
static FOLLOWING: OnceLock<Following> = OnceLock::new();

type Following = (Arc<dyn Trace>, fn() -> UnixNanos);

/// From now on to the end of the process this one follows orders. `now` is the clock of people: several programs have that in common.
/// The first one stays; whether this is it.
pub fn follow(trace: Arc<dyn Trace>, now: fn() -> UnixNanos) -> bool {
    FOLLOWING.set((trace, now)).is_ok()
}

fn note(order: ClientOrderId, step: impl FnOnce() -> Step) {
    if let Some((trace, now)) = FOLLOWING.get() {
        trace.note(order, step(), now());
    }
}

/// An order is about to be appended to the journal.
pub fn decided(order: &NewOrder) {
    note(order.id, || Step::Decided { side: order.side, quantity: order.quantity });
}

/// The journal holds an order.
pub fn journalled(order: ClientOrderId) {
    note(order, || Step::Journalled);
}

/// The bytes of an order were handed to the connection.
pub fn sent(order: ClientOrderId) {
    note(order, || Step::Sent);
}

/// What the journal was told, where it is a step of an order's life.
pub fn recorded(record: &Record<'_>) {
    match record {
        Record::Accepted(order) => note(*order, || Step::Acknowledged),
        Record::Unknown(order) => note(*order, || Step::Unknown),
        Record::Trade(trade) => {
            if let Some(order) = trade.order {
                note(order, || Step::Executed(trade.quantity));
            }
        }
        Record::Filled(order) => note(*order, || Step::Ended("filled")),
        Record::Rejected(order, _) => note(*order, || Step::Ended("rejected")),
        Record::Cancelled(order, _) => note(*order, || Step::Ended("cancelled")),
        // The rest is no step of an order.
        _ => {}
    }
}
