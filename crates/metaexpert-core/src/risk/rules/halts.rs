//! What keeps every entry out for a while.

use std::time::Duration;

use super::Entry;
use crate::risk::{Refusal, RiskGate};

pub(super) fn warmup(_: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    if entry.view.warmup == 0 {
        return Ok(());
    }
    Err(Refusal::Warmup { symbol: entry.symbol(), remaining: entry.view.warmup })
}

pub(super) fn kill_switch(gate: &RiskGate, _: &Entry<'_>) -> Result<(), Refusal> {
    gate.kill_switch.as_ref().map_or(Ok(()), |reason| Err(Refusal::KillSwitch { reason: reason.clone() }))
}

pub(super) fn halted(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    match gate.halted(entry.view.now) {
        Some(halt) => Err(Refusal::Halted { breach: halt.breach.to_string(), until: halt.breach.until() }),
        None => Ok(()),
    }
}

pub(super) fn paused(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let Some((pause, since)) = gate.paused(entry.order.instrument) else { return Ok(()) };
    let age = u64::try_from(entry.view.now.nanos_since(since)).unwrap_or_default();
    let symbol = pause.instrument.map(|_| entry.symbol());
    Err(Refusal::Paused { symbol, cause: pause.cause, age: Duration::from_nanos(age) })
}

pub(super) fn stop_guard(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let Some(guard) = &gate.stop_guard else { return Ok(()) };
    let Some(until) = guard.halt(entry.view.now) else { return Ok(()) };
    Err(Refusal::StopGuard { symbol: entry.symbol(), stops: guard.count, bars: guard.bars, until })
}

pub(super) fn circuit_breaker(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let breaker = gate.watch.of(entry.order.instrument).and_then(|market| market.breaker.as_ref());
    let Some(trip) = breaker.and_then(|breaker| breaker.pause(entry.view.now)) else { return Ok(()) };
    let (limit, minutes) = (gate.config.circuit_breaker_pct, gate.config.circuit_breaker_minutes);
    Err(Refusal::CircuitBreaker {
        symbol: entry.symbol(),
        low: trip.low,
        high: trip.high,
        minutes: minutes.unwrap_or_default(),
        limit: limit.unwrap_or(crate::Percent::ZERO),
        until: trip.until,
    })
}

pub(super) fn cooldown(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let Some(cooldown) = &gate.cooldown else { return Ok(()) };
    let Some((closed, until)) = cooldown.rest(entry.order.instrument, entry.view.now) else { return Ok(()) };
    Err(Refusal::Cooldown { symbol: entry.symbol(), bars: cooldown.bars, closed, until })
}
