//! The rules of the gate, in their order. This list is the order: it is asked from the top, and the first that refuses has the
//! last word. `docs/guides/risk.md` explains each, in the same order, and a test holds the two together.
//!
//! Drawdown and daily loss stand at its end in the design: they are not asked when an order comes but after every event, of the
//! equity as it is then ([`Monitor`](super::Monitor)), and an order meets them as `halted`.

mod entry; // the order at hand                             <- read first
mod exchange; // what its exchange asks: tick, lot, least value; what it costs
mod filters; // when, and in which market
mod halts; // what keeps every entry out for a while
mod limits; // how many, how large, how far

pub(super) use entry::Entry;

use super::{Refusal, RiskGate};
use crate::config::Config;

/// One rule of the gate.
pub struct Rule {
    /// What it is called in refusals, logs and reports: the key that it enforces, where there is one.
    pub name: &'static str,
    pub(super) is_on: fn(&Config) -> bool,
    pub(super) check: fn(&RiskGate, &Entry<'_>) -> Result<(), Refusal>,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn rule(name: &'static str, is_on: fn(&Config) -> bool, check: fn(&RiskGate, &Entry<'_>) -> Result<(), Refusal>) -> Rule {
    Rule { name, is_on, check }
}

/// For rules that no key turns off.
const fn always(_: &Config) -> bool {
    true
}

/// Every rule that an entry must pass, in the order they are asked.
pub static RULES: &[Rule] = &[
    //   name                      on, where                                             what it asks
    // halted?
    rule("warmup", always, halts::warmup),
    rule("kill_switch", always, halts::kill_switch),
    rule("halted", always, halts::halted),
    rule("paused", always, halts::paused),
    rule("stop_guard_count", |config| config.stop_guard_count.is_some(), halts::stop_guard),
    rule("circuit_breaker_pct", |config| config.circuit_breaker_pct.is_some(), halts::circuit_breaker),
    rule("cooldown_bars", |config| config.cooldown_bars.is_some(), halts::cooldown),
    // filters
    rule("trade_hours", |config| config.trade_hours.is_some(), filters::trade_hours),
    rule("allowed_days", |config| config.allowed_days.is_some(), filters::allowed_days),
    rule("min_volume", |config| config.min_volume.is_some(), filters::min_volume),
    rule("max_spread_pct", |config| config.max_spread_pct.is_some(), filters::max_spread),
    rule("volatility_filter", |config| config.volatility_filter.is_some(), filters::volatility),
    rule("trend_filter", |config| config.trend_filter.is_some(), filters::trend),
    // position limits
    rule("max_orders_per_minute", |config| config.max_orders_per_minute.is_some(), limits::max_orders_per_minute),
    rule("max_open_positions", |config| config.max_open_positions.is_some(), limits::max_open_positions),
    rule("max_positions_per_symbol", |config| config.max_positions_per_symbol.is_some(), limits::max_positions_per_symbol),
    // size limits; of an order that takes less, what is left of it must be something
    rule("margin", always, exchange::affords_a_lot),
    rule("max_quantity", always, limits::max_quantity),
    rule("max_position_size_quote", |config| config.max_position_size_quote.is_some(), limits::max_position_size),
    rule("max_order_notional", |config| config.max_order_notional.is_some(), limits::max_order_notional),
    rule("price_collar_pct", |config| config.price_collar_pct.is_some(), limits::price_collar),
    // leverage
    rule("leverage", always, limits::leverage),
    // exchange filters
    rule("tick_size", always, exchange::tick_size),
    rule("lot_size", always, exchange::lot_size),
    rule("min_notional", always, exchange::min_notional),
    // margin
    rule("margin", always, exchange::margin),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules that the guide explains, in its order: the headings of its third level.
    fn explained() -> Vec<&'static str> {
        let guide = include_str!("../../../../docs/guides/risk.md");
        guide.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect()
    }

    #[test]
    fn the_guide_explains_every_rule_in_the_order_they_are_asked() {
        let mut rules: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
        // An order that takes less is asked twice; the guide says so where the second stands.
        let first = rules.iter().position(|name| *name == "margin").unwrap();
        rules.remove(first);
        assert_eq!(explained(), rules);
    }

    #[test]
    fn a_gate_without_limits_has_only_the_rules_that_no_key_turns_off() {
        let on: Vec<_> = RULES.iter().filter(|rule| (rule.is_on)(&Config::default())).map(|rule| rule.name).collect();
        let always = [
            "warmup",
            "kill_switch",
            "halted",
            "paused",
            "margin",
            "max_quantity",
            "leverage",
            "tick_size",
            "lot_size",
            "min_notional",
            "margin",
        ];
        assert_eq!(on, always);
    }
}
