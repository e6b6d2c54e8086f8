//! Where an earlier run of the same expert has stopped: what the next one goes on from.
//!
//! The one decision: it is handed in before the run begins, so that `on_init` sees the positions that there are.

use rust_decimal::Decimal;

use crate::{InstrumentId, Money, NewOrder, OrderStatus, PositionSide, UnixNanos, journal::KeptState, portfolio::Leg};

/// What an earlier run has left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resumed {
    /// What the account has of each currency; those that are not named are as the configuration says.
    pub balances: Vec<Money>,
    /// Legs that are open.
    pub legs: Vec<(InstrumentId, PositionSide, Leg)>,
    /// Orders that stood, or of which nobody knew, protective ones included.
    pub orders: Vec<Standing>,
    /// What guards the legs, as it was told in [`Record::Guard`](crate::journal::Record::Guard).
    pub guards: Vec<(InstrumentId, PositionSide, String)>,
    /// The strategy's own state.
    pub state: Option<KeptState>,
}

/// An order that stood when the earlier run stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// As it was sent, with the changes that were made since.
    pub order: NewOrder,
    /// How much of it was executed.
    pub filled: Decimal,
    /// Where it stood.
    pub status: OrderStatus,
    /// Since when.
    pub since: UnixNanos,
}
