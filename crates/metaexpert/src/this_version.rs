//! What a key may say and this version cannot do yet. Refused before anything runs, with what can be done instead.

#[cfg(feature = "paper")]
use metaexpert_core::config::{Config, FillModel, TradeMode};
use metaexpert_core::{
    ConfigError,
    config::{BadValue, Resolved},
};
#[cfg(feature = "paper")]
use metaexpert_data::{Source, Sources};

/// A value of a key, and what there is instead of it.
const MISSING: &[(&str, &str, &str)] = &[
    // key             value       instead
    ("trade_mode", "live", "`paper` on a made-up market and `backtest` are"),
    #[cfg(not(feature = "paper"))]
    ("trade_mode", "paper", "the program was built without the feature `paper`"),
    #[cfg(not(feature = "backtest"))]
    ("trade_mode", "backtest", "the program was built without the feature `backtest`"),
];

/// Every value that this version cannot honour.
pub(crate) fn refusals(resolved: &Resolved) -> Vec<ConfigError> {
    let texts = resolved.config.texts();
    let text_of = |key: &str| texts.iter().find(|(name, _)| *name == key).and_then(|(_, text)| text.as_deref());
    let missing = MISSING.iter().filter(|(key, value, _)| text_of(key) == Some(value)).map(|(key, value, instead)| {
        BadValue::new(*value, format!("is not part of this version; {instead}")).at(resolved.place_of(key))
    });
    missing.chain(without_a_market(resolved)).chain(without_a_recording(resolved)).collect()
}

/// Paper trading goes by live prices; until there are any, a made-up market stands in for them.
#[cfg(feature = "paper")]
fn without_a_market(resolved: &Resolved) -> Option<ConfigError> {
    let mode = resolved.config.trade_mode;
    if mode != TradeMode::Paper {
        return None;
    }
    let place = resolved.place_of("trade_mode");
    let Some(data) = &resolved.config.data else {
        let rule = "needs live market data, which is not part of this version; a made-up market is: `--data synthetic` (or test on \
                    recorded data: `--trade-mode backtest`)";
        return Some(BadValue::new(mode.as_str(), rule).at(place));
    };
    // What cannot be read is said by whoever reads it.
    let is_recorded = |sources: Sources| sources.iter().any(|(_, source)| matches!(source, Source::File(_)));
    Sources::parse(data).is_ok_and(is_recorded).then(|| recorded(resolved, data))
}

/// A made-up market has bars only.
#[cfg(feature = "paper")]
fn without_a_recording(resolved: &Resolved) -> Option<ConfigError> {
    let Config { trade_mode, fill_model, .. } = &resolved.config;
    if *trade_mode != TradeMode::Paper || !matches!(fill_model, FillModel::Ticks | FillModel::Book) {
        return None;
    }
    let rule = "needs recorded ticks or books, and `paper` takes only a made-up market of bars in this version";
    Some(BadValue::new(fill_model.as_str(), rule).or_nearest(Some("ohlc")).at(resolved.place_of("fill_model")))
}

#[cfg(not(feature = "paper"))]
const fn without_a_recording(_resolved: &Resolved) -> Option<ConfigError> {
    None
}

/// That `data` is no market that paper trading could go by.
#[cfg(feature = "paper")]
pub(crate) fn recorded(resolved: &Resolved, data: &str) -> ConfigError {
    let place = resolved.place_of("trade_mode");
    let rule = format!("is recorded data, and `paper` ({place}) takes only a made-up market in this version");
    BadValue::new(data, rule).or_nearest(Some("synthetic")).at(resolved.place_of("data"))
}

#[cfg(not(feature = "paper"))]
const fn without_a_market(_resolved: &Resolved) -> Option<ConfigError> {
    None
}
