//! The gate's pass.

use crate::{Amendment, Fitting, NewOrder, Quantity, context::amended};

/// Something that the risk gate has passed. Only [`RiskGate::check`](super::RiskGate::check) makes one.
///
/// ```compile_fail
/// // There is no way around the gate: the field is private, and nothing converts into it.
/// let pass = metaexpert_core::risk::RiskApproved(1);
/// ```
///
/// ```compile_fail,E0308
/// // A broker takes no order that is only an order: it has to have passed the gate, and to be written down.
/// use metaexpert_core::{NewOrder, Result, broker::{Answer, Broker}};
/// fn send(broker: &mut impl Broker, order: NewOrder, answers: &mut Vec<Answer>) -> Result<()> {
///     broker.submit(order, answers)
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct RiskApproved<T>(T);

impl<T> RiskApproved<T> {
    pub(super) const fn new(checked: T) -> Self {
        Self(checked)
    }

    /// What was passed.
    pub const fn get(&self) -> &T {
        &self.0
    }

    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl RiskApproved<NewOrder> {
    /// The same order for less: what passes would pass with less too.
    pub(crate) fn cut_to(self, quantity: Quantity) -> Self {
        let Self(order) = self;
        Self(NewOrder { quantity: order.quantity.min(quantity), ..order })
    }

    /// Becomes what a change makes of it, which has passed as that.
    pub(crate) fn change(&mut self, change: &RiskApproved<Amendment>) {
        let (Self(order), RiskApproved(change)) = (self, change);
        order.kind = amended(order.kind, change);
        (order.quantity, order.fitting) = (change.quantity.unwrap_or(order.quantity), Fitting::Exact);
    }
}
