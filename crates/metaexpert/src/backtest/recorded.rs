//! What a backtest on ticks or order books runs over: a file for each symbol, held against what the run asks of it.

use metaexpert_core::{
    ConfigError, Instrument, UnixNanos,
    config::{FillModel, Resolved},
    expert::Wants,
};
use metaexpert_data::{MarketFile, MarketInfo, MarketRows, Source, Sources};

use super::data_error;
use crate::{
    exit::RunError,
    instruments::{Described, Steps, describe},
    markets::markets,
};

/// An instrument and its recorded rows.
pub(super) type Market = (Instrument, Box<dyn MarketRows>);

/// The ticks or books of the main symbol and of every other one that a handler asks for.
pub(super) fn load(resolved: &Resolved, wants: &Wants, notes: &mut Vec<String>) -> Result<Vec<Market>, RunError> {
    let Some(data) = resolved.config.data.as_deref() else { return Err(made_up(resolved, None)) };
    let sources = Sources::parse(data).map_err(|error| data_error(resolved, error))?;
    let mut markets_loaded: Vec<Market> = Vec::new();
    let mut hears_ticks = false;
    for (symbol, source) in markets(Some(&sources), resolved, wants)? {
        let Source::File(path) = &source else { return Err(made_up(resolved, Some(&source))) };
        let file = MarketFile::open(path).map_err(|error| data_error(resolved, error))?;
        check(resolved, wants, file.info())?;
        hears_ticks |= file.info().quotes > 0 || resolved.config.fill_model == FillModel::Ticks;
        let Described { instrument, warning } = describe(&symbol, resolved, &Steps::from(file.info()))?;
        resolved.check_instrument(&instrument.rules)?;
        notes.extend(warning);
        markets_loaded.push((instrument, Box::new(file)));
    }
    notes.extend(unheard(wants, resolved.config.fill_model, hears_ticks));
    Ok(markets_loaded)
}

/// A market that is made up has bars only.
fn made_up(resolved: &Resolved, source: Option<&Source>) -> RunError {
    let model = resolved.config.fill_model;
    let rule = format!("has bars only; fill_model `{model}` needs a file that `metaexpert data convert` has made");
    let value = source.map_or_else(|| "synthetic".to_owned(), ToString::to_string);
    ConfigError { key: resolved.place_of("data"), value: Some(value), rule, nearest: None }.into()
}

/// The file must have what the fill model fills by and what handlers wait for, and cover the stretch that was asked for.
fn check(resolved: &Resolved, wants: &Wants, info: &MarketInfo) -> Result<(), RunError> {
    let model = resolved.config.fill_model;
    let refuse = |rule: String, nearest: Option<FillModel>| {
        let nearest = nearest.map(|nearest| nearest.to_string());
        Err(ConfigError { key: resolved.place_of("fill_model"), value: Some(model.to_string()), rule, nearest }.into())
    };
    let has_ticks = info.quotes > 0 || info.prints > 0;
    if model == FillModel::Ticks && !has_ticks {
        return refuse(
            format!("has nothing to fill by: {} has neither quotes nor public trades", info.source),
            Some(FillModel::Book),
        );
    }
    if model == FillModel::Book && info.levels == 0 {
        return refuse(format!("has nothing to fill by: {} has no order book", info.source), Some(FillModel::Ticks));
    }
    if !wants.bars.is_empty() && info.prints == 0 {
        return refuse(
            format!("has no bars: `#[on_bar]` is called for bars of public trades, and {} has none", info.source),
            None,
        );
    }
    let outside = |key: &str, time: UnixNanos, rule: &str| {
        let (place, MarketInfo { source, first, last, .. }) = (resolved.place_of(key), info);
        Err(RunError::Data(format!("{place}: `{time}` {rule}; {source} covers `{first}` to `{last}`")))
    };
    match (resolved.config.backtest_start, resolved.config.backtest_end) {
        (Some(start), _) if start > info.last => outside("backtest_start", start, "is after the last row"),
        (_, Some(end)) if end <= info.first => outside("backtest_end", end, "is not after the first row"),
        (Some(start), Some(end)) if end <= start => outside("backtest_end", end, "is not after `backtest_start`"),
        _ => Ok(()),
    }
}

/// What handlers will never hear of.
fn unheard(wants: &Wants, model: FillModel, hears_ticks: bool) -> Option<String> {
    let kinds =
        [("on_tick", wants.ticks.is_empty() || hears_ticks), ("on_book", wants.books.is_empty() || model == FillModel::Book)];
    let unheard: Vec<_> = kinds.iter().filter(|(_, fine)| !fine).map(|(name, _)| format!("`#[{name}]`")).collect();
    (!unheard.is_empty()).then(|| format!("fill_model `{model}` on this data: {} will not be called", unheard.join(", ")))
}
