//! What a key may say and this version cannot do yet. Refused before anything runs, with what can be done instead.

use metaexpert_core::{
    ConfigError,
    config::{BadValue, Config, FillModel, MarketType, Origin, Resolved, TradeMode},
};

/// A value of a key, and what there is instead of it.
const MISSING: &[(&str, &str, &str)] = &[
    // key             value       instead
    #[cfg(not(feature = "live"))]
    ("trade_mode", "live", "the program was built without the feature `live`"),
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
    let others = [without_an_adapter, without_a_market, without_a_recording, confirmed_for_ever, exposed_unasked, untraced];
    missing.chain(others.iter().filter_map(|rule| rule(resolved))).collect()
}

/// Exchanges that there is an adapter for.
const ADAPTERS: &[&str] = &[
    #[cfg(feature = "binance")]
    "binance",
];

/// Whether the run talks to an exchange.
fn is_connected(config: &Config) -> bool {
    match config.trade_mode {
        TradeMode::Live => true,
        TradeMode::Paper => config.data.is_none(),
        TradeMode::Backtest => false,
    }
}

/// Live orders and live prices come from an exchange that this version can talk to.
fn without_an_adapter(resolved: &Resolved) -> Option<ConfigError> {
    let config = &resolved.config;
    if !is_connected(config) {
        return None;
    }
    if !ADAPTERS.contains(&config.exchange.as_str()) {
        let mode = format!("`{}` ({})", config.trade_mode, resolved.place_of("trade_mode"));
        let instead = match config.trade_mode {
            TradeMode::Paper => "; a made-up market needs none: `--data synthetic`",
            TradeMode::Live | TradeMode::Backtest => "",
        };
        let rule = format!("cannot be talked to in this version, and {mode} has to{instead}");
        let bad = BadValue::new(config.exchange.as_str(), rule).or_nearest(ADAPTERS.first().copied());
        return Some(bad.at(resolved.place_of("exchange")));
    }
    // The adapter reads and places options; margin, expiry and settlement of a live account are not followed yet.
    (config.market_type == MarketType::Options).then(|| {
        let rule = format!("are not traded in `{}` in this version; in `backtest` they are", config.trade_mode);
        let bad = BadValue::new(config.market_type.as_str(), rule).or_nearest(Some("futures"));
        bad.at(resolved.place_of("market_type"))
    })
}

/// A made-up or recorded market has bars only, on paper.
fn without_a_market(resolved: &Resolved) -> Option<ConfigError> {
    let Config { trade_mode, fill_model, data, .. } = &resolved.config;
    if *trade_mode != TradeMode::Paper || data.is_none() || !matches!(fill_model, FillModel::Ticks | FillModel::Book) {
        return None;
    }
    let rule = "needs ticks or books, and with `data` a paper run takes only bars in this version; live prices have them";
    Some(BadValue::new(fill_model.as_str(), rule).or_nearest(Some("ohlc")).at(resolved.place_of("fill_model")))
}

/// Live prices are quotes and prints.
fn without_a_recording(resolved: &Resolved) -> Option<ConfigError> {
    let Config { trade_mode, fill_model, data, .. } = &resolved.config;
    if *trade_mode != TradeMode::Paper || data.is_some() || *fill_model != FillModel::Book {
        return None;
    }
    let rule = "is not what a paper run on live prices fills by in this version: quotes and prints are";
    Some(BadValue::new(fill_model.as_str(), rule).or_nearest(Some("ticks")).at(resolved.place_of("fill_model")))
}

/// The confirmation belongs to a call, not to a file that is there for ever, as `.env` is too.
fn confirmed_for_ever(resolved: &Resolved) -> Option<ConfigError> {
    let is_for_ever = match resolved.origins.confirm_live {
        Origin::Code | Origin::Attribute | Origin::File(_) | Origin::EnvironmentFile(_) => true,
        Origin::Default | Origin::Environment | Origin::Flag => false,
    };
    (resolved.config.confirm_live && is_for_ever).then(|| {
        let rule = "confirms live trading for ever; it belongs to the call: `--confirm-live`, or METAEXPERT_CONFIRM_LIVE=1 \
                    in its environment";
        BadValue::new("true", rule).at(resolved.place_of("confirm_live"))
    })
}

/// Nobody is asked for a password where metrics are served.
fn exposed_unasked(resolved: &Resolved) -> Option<ConfigError> {
    let address = resolved.config.metrics_address?.get();
    (!address.ip().is_loopback() && !resolved.config.metrics_exposed).then(|| {
        let rule = "can be reached from other machines, and nobody is asked for a password there; \
                    where that is meant, say `--metrics-exposed`";
        let nearest = Some(format!("127.0.0.1:{}", address.port()));
        BadValue::new(address.to_string(), rule).or_nearest(nearest).at(resolved.place_of("metrics_address"))
    })
}

/// Traces are followed by programs that were built for it.
fn untraced(resolved: &Resolved) -> Option<ConfigError> {
    let url = resolved.config.traces_url.as_ref().filter(|_| cfg!(not(feature = "otel")) && is_connected(&resolved.config))?;
    let rule = "is told nothing: the program was built without the feature `otel`";
    Some(BadValue::new(url.as_str(), rule).at(resolved.place_of("traces_url")))
}
