//! The rules between the keys of the gate's filters and guards.
//!
//! The one decision: a limit that nothing would ask for is refused, since somebody relies on it; a length that nothing would ask
//! for is only remarked upon.

use super::{KeyValue, Resolved, VolatilityFilter};
use crate::{error::ConfigError, money::Percent};

/// A filter that would keep nothing out.
pub(super) fn volatility_without_limits(of: &Resolved) -> Option<ConfigError> {
    let config = &of.config;
    let filter = config.volatility_filter?;
    let (low, high, rule) = match filter {
        VolatilityFilter::AtrBand => (
            config.volatility_min_pct,
            config.volatility_max_pct,
            "needs `volatility_min_pct`, `volatility_max_pct` or both: a band without an end keeps nothing out",
        ),
        VolatilityFilter::AtrPercentile => (
            config.volatility_min_rank,
            config.volatility_max_rank,
            "needs `volatility_min_rank`, `volatility_max_rank` or both: without one every rank passes",
        ),
    };
    (low.is_none() && high.is_none()).then(|| of.refuse("volatility_filter", &filter, rule))
}

/// A limit of the volatility filter, where that is another filter or none.
pub(super) fn of_the_volatility_filter(
    of: &Resolved,
    key: &str,
    limit: Option<Percent>,
    filter: VolatilityFilter,
) -> Option<ConfigError> {
    let limit = limit.filter(|_| of.config.volatility_filter != Some(filter))?;
    let rule = match of.config.volatility_filter {
        None => format!("needs `volatility_filter`, which is not set: `{filter}` is what the limit belongs to"),
        Some(other) => format!("belongs to `{filter}`, and the filter is `{other}` ({})", of.place_of("volatility_filter")),
    };
    Some(of.refuse(key, &limit, rule))
}

/// A least value that is not below the greatest.
pub(super) fn nothing_between(
    of: &Resolved,
    low_key: &str,
    low: Option<Percent>,
    high_key: &str,
    high: Option<Percent>,
) -> Option<ConfigError> {
    let (low, high) = (low?, high?);
    let rule = format!("is not above the least, `{low}` ({}): nothing would pass", of.place_of(low_key));
    (high <= low).then(|| of.refuse(high_key, &high, rule))
}

/// One of two keys that mean something only together.
pub(super) fn half<T: KeyValue, U: Copy>(
    of: &Resolved,
    key: &str,
    value: Option<T>,
    other_key: &str,
    other: Option<U>,
) -> Option<ConfigError> {
    let value = value.filter(|_| other.is_none())?;
    Some(of.refuse(key, &value, format!("needs `{other_key}`, which is not set")))
}

/// A number that somebody has set and nothing asks for.
pub(super) fn never_asked<T: KeyValue>(of: &Resolved, key: &str, value: &T, is_asked: bool, rule: &str) -> Option<ConfigError> {
    (of.is_set(key) && !is_asked).then(|| of.refuse(key, value, rule))
}

#[cfg(test)]
mod tests;
