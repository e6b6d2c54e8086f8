//! What requests cost that cost more the more they ask for.
//!
//! Spot API, "Market Data endpoints" (2026-07); derivatives, the page of each call (2026-01).

use metaexpert_connect::{Cost, Params};

use crate::pools::{FUNDING, SAPI_IP, STATISTICS, WEIGHT};

pub(super) const FREE: &[Cost] = &[];
pub(super) const W1: &[Cost] = &[Cost::Fixed(WEIGHT, 1)];
pub(super) const W2: &[Cost] = &[Cost::Fixed(WEIGHT, 2)];
pub(super) const W3: &[Cost] = &[Cost::Fixed(WEIGHT, 3)];
pub(super) const W4: &[Cost] = &[Cost::Fixed(WEIGHT, 4)];
pub(super) const W5: &[Cost] = &[Cost::Fixed(WEIGHT, 5)];
pub(super) const W10: &[Cost] = &[Cost::Fixed(WEIGHT, 10)];
pub(super) const W20: &[Cost] = &[Cost::Fixed(WEIGHT, 20)];
pub(super) const W25: &[Cost] = &[Cost::Fixed(WEIGHT, 25)];
pub(super) const S1: &[Cost] = &[Cost::Fixed(SAPI_IP, 1)];
pub(super) const S10: &[Cost] = &[Cost::Fixed(SAPI_IP, 10)];
pub(super) const S100: &[Cost] = &[Cost::Fixed(SAPI_IP, 100)];
pub(super) const FUNDING_CALL: &[Cost] = &[Cost::Fixed(FUNDING, 1)];
pub(super) const STATISTICS_CALL: &[Cost] = &[Cost::Fixed(STATISTICS, 1)];

pub(super) const SPOT_DEPTH: &[Cost] = &[Cost::By(WEIGHT, spot_depth)];
pub(super) const FUTURES_DEPTH: &[Cost] = &[Cost::By(WEIGHT, futures_depth)];
pub(super) const OPTIONS_DEPTH: &[Cost] = &[Cost::By(WEIGHT, options_depth)];
pub(super) const FUTURES_KLINES: &[Cost] = &[Cost::By(WEIGHT, futures_klines)];
pub(super) const SPOT_TICKER_24H: &[Cost] = &[Cost::By(WEIGHT, |params| match symbols(params) {
    1..=20 => 2,
    21..=100 => 40,
    _ => 80,
})];
pub(super) const SPOT_PRICES: &[Cost] = &[Cost::By(WEIGHT, |params| if params.get("symbol").is_some() { 2 } else { 4 })];
pub(super) const SPOT_WINDOWS: &[Cost] =
    &[Cost::By(WEIGHT, |params| u32::try_from(symbols(params)).unwrap_or(u32::MAX).saturating_mul(4).min(200))];
pub(super) const EXECUTION_RULES: &[Cost] = &[Cost::By(WEIGHT, |params| match symbols(params) {
    0 => 40,
    count => u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(2).min(40),
})];
pub(super) const FUTURES_TICKER_24H: &[Cost] = &[Cost::By(WEIGHT, |params| by_symbol(params, 1, 40))];
pub(super) const FUTURES_PRICES: &[Cost] = &[Cost::By(WEIGHT, |params| by_symbol(params, 1, 2))];
pub(super) const FUTURES_QUOTES: &[Cost] = &[Cost::By(WEIGHT, |params| by_symbol(params, 2, 5))];
pub(super) const FUTURES_MARKS: &[Cost] = &[Cost::By(WEIGHT, |params| by_symbol(params, 1, 10))];

fn by_symbol(params: &Params, with: u32, without: u32) -> u32 {
    if params.get("symbol").is_some() { with } else { without }
}

/// How many symbols are named: one as `symbol`, several as a list in `symbols`, 0 for all.
fn symbols(params: &Params) -> usize {
    match (params.get("symbol"), params.get("symbols")) {
        (Some(_), _) => 1,
        (None, Some(list)) => list.split(',').count(),
        (None, None) => 0,
    }
}

fn limit(params: &Params, default: u32) -> u32 {
    params.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(default)
}

fn spot_depth(params: &Params) -> u32 {
    match limit(params, 100) {
        0..=100 => 5,
        101..=500 => 25,
        501..=1000 => 50,
        _ => 250,
    }
}

fn futures_depth(params: &Params) -> u32 {
    match limit(params, 500) {
        0..=50 => 2,
        51..=100 => 5,
        101..=500 => 10,
        _ => 20,
    }
}

fn options_depth(params: &Params) -> u32 {
    match limit(params, 100) {
        0..=50 => 1,
        51..=100 => 5,
        101..=500 => 10,
        _ => 20,
    }
}

fn futures_klines(params: &Params) -> u32 {
    match limit(params, 500) {
        0..=99 => 1,
        100..=499 => 2,
        500..=1000 => 5,
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(cost: &[Cost], params: &Params) -> u32 {
        cost.iter().map(|cost| cost.of(params).1).sum()
    }

    #[test]
    fn depth_costs_by_how_deep_it_is() {
        let deep = |limit: u32| Params::new().with("symbol", "BTCUSDT").with("limit", limit);
        let costs = |table, limits: [u32; 5]| limits.map(|limit| cost(table, &deep(limit)));
        assert_eq!(costs(SPOT_DEPTH, [100, 101, 500, 1000, 5000]), [5, 25, 25, 50, 250]);
        assert_eq!(costs(FUTURES_DEPTH, [5, 50, 100, 500, 1000]), [2, 2, 5, 10, 20]);
        assert_eq!(costs(OPTIONS_DEPTH, [10, 50, 100, 500, 1000]), [1, 1, 5, 10, 20]);
        assert_eq!([SPOT_DEPTH, FUTURES_DEPTH, OPTIONS_DEPTH].map(|table| cost(table, &Params::new())), [5, 10, 5]);
    }

    #[test]
    fn klines_of_futures_cost_by_their_number() {
        let costs =
            [1, 99, 100, 499, 500, 1000, 1001, 1500].map(|limit| cost(FUTURES_KLINES, &Params::new().with("limit", limit)));
        assert_eq!(costs, [1, 1, 2, 2, 5, 5, 10, 10]);
    }

    #[test]
    fn tickers_cost_by_the_symbols_that_are_named() {
        let one = Params::new().with("symbol", "BTCUSDT");
        let many = |count: usize| Params::new().with("symbols", format!("[{}]", vec!["\"A\""; count].join(",")));
        let all = Params::new();
        assert_eq!(
            [&one, &many(20), &many(21), &many(100), &many(101), &all].map(|p| cost(SPOT_TICKER_24H, p)),
            [2, 2, 40, 40, 80, 80]
        );
        assert_eq!([&one, &many(2), &all].map(|p| cost(SPOT_PRICES, p)), [2, 4, 4]);
        assert_eq!([&one, &many(3), &many(60)].map(|p| cost(SPOT_WINDOWS, p)), [4, 12, 200]);
        assert_eq!([&one, &many(3), &many(30), &all].map(|p| cost(EXECUTION_RULES, p)), [2, 6, 40, 40]);
        assert_eq!(
            [FUTURES_TICKER_24H, FUTURES_PRICES, FUTURES_QUOTES, FUTURES_MARKS].map(|t| (cost(t, &one), cost(t, &all))),
            [(1, 40), (1, 2), (2, 5), (1, 10)]
        );
    }
}
