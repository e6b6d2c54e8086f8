//! How many orders and positions, how large, how far from the market, how much borrowed.

use rust_decimal::{Decimal, dec};

use super::Entry;
use crate::{
    portfolio::Leg,
    risk::{Refusal, RiskGate},
};

/// The largest position, in contracts and in base currency, and the largest value of one, in quote currency. A decimal holds
/// 7.9e28; this leaves room for leverage, percent, and for prices that rise a hundred million times.
const MAX_QUANTITY: Decimal = dec!(1_000_000_000_000_000_000);
const MAX_VALUE: Decimal = dec!(100_000_000_000_000_000_000);

pub(super) fn max_orders_per_minute(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    match gate.pace.as_ref().filter(|pace| pace.is_reached(entry.view.now)) {
        Some(pace) => Err(Refusal::MaxOrdersPerMinute { symbol: entry.symbol(), limit: pace.limit }),
        None => Ok(()),
    }
}

pub(super) fn max_open_positions(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let expected = entry.view.expected;
    let opens = !expected.is_open(entry.order.instrument, entry.side());
    let Some(limit) = gate.config.max_open_positions.filter(|_| opens) else { return Ok(()) };
    let open = expected.open_legs().count();
    if open < limit as usize {
        return Ok(());
    }
    Err(Refusal::MaxOpenPositions { symbol: entry.symbol(), open, limit })
}

pub(super) fn max_positions_per_symbol(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let Some(limit) = gate.config.max_positions_per_symbol else { return Ok(()) };
    let instrument = entry.order.instrument.index();
    let entries = |(index, _, leg): (usize, _, &Leg)| if index == instrument { leg.entries as usize } else { 0 };
    let open = entry.view.expected.open_legs().map(entries).sum();
    if open < limit as usize {
        return Ok(());
    }
    Err(Refusal::MaxPositionsPerSymbol { symbol: entry.symbol(), open, limit })
}

/// Refuses a position that no exact number could hold the value of. Asked before anything is multiplied.
pub(super) fn max_quantity(_: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let quantity = entry.held().saturating_add(entry.open);
    let base = quantity.saturating_mul(entry.view.instrument.rules.contract_size);
    let value = base.saturating_mul(entry.view.price.get());
    if quantity <= MAX_QUANTITY && base <= MAX_QUANTITY && value <= MAX_VALUE {
        return Ok(());
    }
    let quantity = quantity.normalize();
    Err(Refusal::MaxQuantity { symbol: entry.symbol(), quantity, limit: MAX_QUANTITY, value_limit: MAX_VALUE })
}

pub(super) fn max_position_size(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let Some(limit) = gate.config.max_position_size_quote else { return Ok(()) };
    let notional = entry.notional(entry.open) + entry.notional(entry.held());
    if notional <= limit {
        return Ok(());
    }
    Err(Refusal::MaxPositionSize { symbol: entry.symbol(), side: entry.side(), notional, limit })
}

pub(super) fn max_order_notional(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let Some(limit) = gate.config.max_order_notional else { return Ok(()) };
    let notional = entry.notional(entry.open);
    if notional <= limit {
        return Ok(());
    }
    Err(Refusal::MaxOrderNotional { symbol: entry.symbol(), notional: notional.normalize(), limit })
}

pub(super) fn price_collar(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let (Some(limit), Some(price)) = (gate.config.price_collar_pct, entry.order.kind.limit_price()) else { return Ok(()) };
    let Some(last) = entry.view.expected.exact_mark(entry.order.instrument) else { return Ok(()) };
    let distance = (price.get() - last).abs();
    if distance <= last * limit.fraction() {
        return Ok(());
    }
    let percent = (distance * Decimal::ONE_HUNDRED).checked_div(last).unwrap_or_default().round_dp(4).normalize();
    Err(Refusal::PriceCollar { symbol: entry.symbol(), price: price.get(), last, distance: percent, limit })
}

/// The key's leverage is the most; so is that of the bracket that the whole position comes into.
pub(super) fn leverage(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let leverage = entry.order.leverage;
    if leverage > gate.config.leverage {
        return Err(Refusal::Leverage { symbol: entry.symbol(), leverage, limit: gate.config.leverage });
    }
    let instrument = entry.view.instrument;
    let Some(last) = instrument.brackets.last() else { return Ok(()) };
    let value = instrument.value(entry.view.price.get(), entry.held() + entry.open);
    let bracket = instrument.brackets.iter().find(|bracket| value <= bracket.up_to).unwrap_or(last);
    if leverage <= bracket.max_leverage {
        return Ok(());
    }
    Err(Refusal::BracketLeverage { symbol: entry.symbol(), leverage, value: value.normalize(), limit: bracket.max_leverage })
}
