//! What is refused of a filter's keys, and what is remarked upon.

use super::*;
use crate::config::Origin;

/// What is refused and remarked upon of these flags.
fn check(flags: &[(&str, &str)], expect: &[&str]) {
    let resolved = Resolved::of(flags.iter().map(|(key, text)| (*key, *text, Origin::Flag))).unwrap();
    let said: Vec<_> = resolved.check().into_iter().chain(resolved.remarks()).map(|error| error.to_string()).collect();
    assert_eq!(said, expect, "{flags:?}");
}

#[test]
fn a_filter_that_would_keep_nothing_out_is_refused() {
    check(
        &[("volatility_filter", "atr_band")],
        &[
            "flag --volatility-filter: `atr_band` needs `volatility_min_pct`, `volatility_max_pct` or both: a band without an end keeps nothing out",
        ],
    );
    check(
        &[("volatility_filter", "atr_percentile"), ("volatility_window", "50")],
        &[
            "flag --volatility-filter: `atr_percentile` needs `volatility_min_rank`, `volatility_max_rank` or both: without one every rank passes",
        ],
    );
    check(&[("volatility_filter", "atr_band"), ("volatility_min_pct", "0.2"), ("volatility_period", "20")], &[]);
    check(&[("volatility_filter", "atr_percentile"), ("volatility_max_rank", "90")], &[]);
}

#[test]
fn a_limit_that_nothing_would_ask_for_is_refused() {
    check(
        &[("volatility_min_pct", "1")],
        &["flag --volatility-min-pct: `1` needs `volatility_filter`, which is not set: `atr_band` is what the limit belongs to"],
    );
    check(
        &[("volatility_filter", "atr_band"), ("volatility_max_pct", "2"), ("volatility_max_rank", "90")],
        &[
            "flag --volatility-max-rank: `90` belongs to `atr_percentile`, and the filter is `atr_band` (flag --volatility-filter)",
        ],
    );
}

#[test]
fn limits_with_nothing_between_them_are_refused() {
    check(
        &[("volatility_filter", "atr_band"), ("volatility_min_pct", "2"), ("volatility_max_pct", "1")],
        &["flag --volatility-max-pct: `1` is not above the least, `2` (flag --volatility-min-pct): nothing would pass"],
    );
    check(
        &[("volatility_filter", "atr_percentile"), ("volatility_min_rank", "20"), ("volatility_max_rank", "20")],
        &["flag --volatility-max-rank: `20` is not above the least, `20` (flag --volatility-min-rank): nothing would pass"],
    );
}

#[test]
fn half_a_guard_is_refused() {
    for (key, other) in [
        ("stop_guard_count", "stop_guard_bars"),
        ("stop_guard_bars", "stop_guard_count"),
        ("circuit_breaker_pct", "circuit_breaker_minutes"),
        ("circuit_breaker_minutes", "circuit_breaker_pct"),
    ] {
        let flag = key.replace('_', "-");
        check(&[(key, "3")], &[&format!("flag --{flag}: `3` needs `{other}`, which is not set")]);
        check(&[(key, "3"), (other, "5")], &[]);
    }
}

#[test]
fn a_length_that_nothing_asks_for_is_remarked_upon() {
    check(
        &[("volatility_period", "20"), ("volatility_window", "50")],
        &[
            "flag --volatility-period: `20` is never asked for: neither `volatility_filter` nor `volatility_target_pct` is set",
            "flag --volatility-window: `50` is never asked for: `volatility_filter` is not `atr_percentile`",
        ],
    );
    check(&[("trend_period", "20")], &["flag --trend-period: `20` is never asked for: `trend_filter` is not set"]);
    check(
        &[("trend_filter", "sma"), ("trend_min_adx", "20")],
        &["flag --trend-min-adx: `20` is never asked for: `trend_filter` is not `adx`"],
    );
    check(&[("trend_filter", "adx"), ("trend_min_adx", "20"), ("trend_period", "14")], &[]);
    check(&[("volatility_target_pct", "1"), ("volatility_period", "20")], &[]);
}

#[test]
fn an_order_that_no_order_may_be_as_large_as_is_remarked_upon() {
    check(
        &[("size_type", "fixed_quote"), ("size_value", "500"), ("max_order_notional", "100")],
        &[
            "flag --size-value: `500` is more than an order may open, `100` (flag --max-order-notional): such entries are refused; the nearest is `100`",
        ],
    );
}
