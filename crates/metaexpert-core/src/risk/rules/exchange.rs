//! What the exchange asks of an order, and whether it can be paid for.

use super::Entry;
use crate::{
    Fitting, OrderKind, Price,
    risk::{Refusal, RiskGate},
};

/// Of an order that takes less, at least a lot must be left.
pub(super) fn affords_a_lot(_: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    match entry.order.fitting {
        Fitting::CutToFunds if entry.open.is_zero() => entry.check_margin(entry.view.instrument.rules.lot_size),
        Fitting::CutToFunds | Fitting::Exact | Fitting::Spend(_) => Ok(()),
    }
}

/// Every price that the order names is on the tick.
pub(super) fn tick_size(_: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let kind = entry.order.kind;
    let activation = match kind {
        OrderKind::TrailingStop { activation, .. } => activation,
        _ => None,
    };
    let tick = entry.view.instrument.rules.tick_size;
    let is_off = |price: &Price| !price.get().checked_rem(tick).unwrap_or_default().is_zero();
    let prices = [kind.limit_price(), kind.trigger().map(|trigger| trigger.price), activation];
    match prices.into_iter().flatten().find(is_off) {
        Some(price) => Err(Refusal::TickSize { symbol: entry.symbol(), price: price.get(), tick }),
        None => Ok(()),
    }
}

pub(super) fn lot_size(_: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    entry.quantity.map(|_| ()).ok_or_else(|| entry.lot_refusal())
}

pub(super) fn min_notional(_: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let (notional, minimum) = (entry.notional(entry.open), entry.view.instrument.rules.min_notional);
    if notional >= minimum {
        return Ok(());
    }
    Err(Refusal::MinNotional { symbol: entry.symbol(), notional, minimum })
}

pub(super) fn margin(_: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    entry.check_margin(entry.open)
}
