//! Orders of the engine's own that guard a leg: how they pass the gate.
//!
//! The one decision: they pass as closes do, and neither count among the orders of a minute nor begin a cooldown when they are sent. In a
//! backtest the venue guards legs, and no order is sent for it at all; what an expert may do next is the same in both. When one is
//! executed, the gate sees the trade.

use super::{RiskApproved, RiskGate};
use crate::{Effect, NewOrder};

impl RiskGate {
    /// Passes an order that only closes; `None` for any other.
    pub(crate) fn check_exit(order: NewOrder) -> Option<RiskApproved<NewOrder>> {
        matches!(order.effect, Effect::Close(_) | Effect::CloseAll(_)).then(|| RiskApproved::new(order))
    }
}
