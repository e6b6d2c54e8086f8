//! What a key may say and this version cannot do yet. Refused before anything runs, with what can be done instead.

use metaexpert_core::{
    ConfigError,
    config::{BadValue, Resolved, nearest},
};

/// The exchanges that there are.
const EXCHANGES: &[&str] = &["binance", "bybit", "okx"];

/// A value of a key, and what there is instead of it.
const MISSING: &[(&str, &str, &str)] = &[
    // key             value       instead
    #[cfg(feature = "backtest")]
    ("trade_mode", "paper", "backtest is: `--trade-mode backtest`"),
    #[cfg(feature = "backtest")]
    ("trade_mode", "live", "backtest is: `--trade-mode backtest`"),
    #[cfg(not(feature = "backtest"))]
    ("trade_mode", "paper", WITHOUT_A_MODE),
    #[cfg(not(feature = "backtest"))]
    ("trade_mode", "live", WITHOUT_A_MODE),
    #[cfg(not(feature = "backtest"))]
    ("trade_mode", "backtest", WITHOUT_A_MODE),
    ("market_type", "margin", "`spot` and `futures` are"),
    ("market_type", "options", "`spot` and `futures` are"),
    ("contract_type", "inverse", "`linear` is"),
    ("margin_mode", "cross", "`isolated` is"),
];

#[cfg(not(feature = "backtest"))]
const WITHOUT_A_MODE: &str = "the program was built without the feature `backtest`";

/// Every value that this version cannot honour.
pub(crate) fn refusals(resolved: &Resolved) -> Vec<ConfigError> {
    let texts = resolved.config.texts();
    let text_of = |key: &str| texts.iter().find(|(name, _)| *name == key).and_then(|(_, text)| text.as_deref());

    let exchange = resolved.config.exchange.as_str();
    let unknown = (!EXCHANGES.contains(&exchange)).then(|| {
        let bad = BadValue::new(exchange, "is not one of `binance`, `bybit`, `okx`");
        bad.or_nearest(nearest(exchange, EXCHANGES.iter().copied())).at(resolved.place_of("exchange"))
    });
    let missing = MISSING.iter().filter(|(key, value, _)| text_of(key) == Some(value)).map(|(key, value, instead)| {
        BadValue::new(*value, format!("is not part of this version; {instead}")).at(resolved.place_of(key))
    });
    unknown.into_iter().chain(missing).collect()
}
