//! `detail_timeframe` and `detail_data`: shorter bars beneath those that the expert gets, for the venue to walk over.
//!
//! The one decision: they only say more of the way inside a bar, never anything else. The run goes by the longer bars, and where the
//! shorter ones do not add up to one, its own walk is taken and the report says how often.

use std::sync::Arc;

use metaexpert_core::{
    Bar, ConfigError, Symbol, Timeframe,
    config::{FillModel, Resolved},
};
use metaexpert_data::{BarSeries, Source, Sources};
use metaexpert_matching::Detail;

use crate::exit::RunError;

/// The bars of a run, and the shorter ones beneath them.
pub(crate) struct Layered {
    pub(crate) bars: BarSeries,
    pub(crate) detail: Option<Arc<[Bar]>>,
    /// What a reader of the report should know of them.
    pub(crate) note: Option<String>,
}

/// The sources that `detail_data` names.
///
/// # Errors
/// Where it names none, or a simulation would not look at them.
pub(crate) fn detail_sources(resolved: &Resolved) -> Result<Option<Sources>, RunError> {
    let config = &resolved.config;
    let key = if config.detail_data.is_some() { "detail_data" } else { "detail_timeframe" };
    if config.detail_data.is_none() && config.detail_timeframe.is_none() {
        return Ok(None);
    }
    if config.fill_model == FillModel::Open {
        return Err(refused(resolved, key, None, "needs `fill_model` ohlc: `open` sees nothing inside a bar").into());
    }
    let named = config.detail_data.as_deref().map(Sources::parse).transpose();
    named.map_err(|error| RunError::Data(format!("{}: {error}", resolved.place_of("detail_data"))))
}

/// Puts the detail of a symbol beneath its bars: that of its own source, else of the bars themselves.
///
/// # Errors
/// Where the source cannot be read, and where the bars are not made of whole bars of the detail.
pub(crate) fn layered(
    symbol: &Symbol,
    is_main: bool,
    bars: BarSeries,
    sources: Option<&Sources>,
    resolved: &Resolved,
) -> Result<Layered, RunError> {
    let unnamed = sources.and_then(Sources::unnamed).filter(|_| is_main);
    match (sources.and_then(|sources| sources.get(symbol)).or(unnamed), resolved.config.detail_timeframe) {
        (Some(source), wanted) => of_source(source, wanted, bars, resolved),
        (None, Some(wanted)) if sources.is_none() => of_itself(wanted, &bars, resolved),
        (None, _) => Ok(Layered { bars, detail: None, note: None }),
    }
}

fn of_source(source: &Source, wanted: Option<Timeframe>, bars: BarSeries, resolved: &Resolved) -> Result<Layered, RunError> {
    let detail = source.load(wanted.unwrap_or(bars.timeframe));
    let detail = detail.map_err(|error| RunError::Data(format!("{}: {error}", resolved.place_of("detail_data"))))?;
    let length = detail.timeframe;
    if let Some(wanted) = wanted.filter(|wanted| *wanted != length) {
        let rule = format!("is not the length of the bars of {}; the nearest is `{length}`", detail.source);
        return Err(refused(resolved, "detail_timeframe", Some(wanted), &rule).into());
    }
    if length >= bars.timeframe || !bars.timeframe.is_multiple_of(length) {
        let (longer, of) = (bars.timeframe, &bars.source);
        let rule = format!("has `{length}` bars, of which the `{longer}` bars of {of} are not made");
        return Err(RunError::Data(format!("{}: {} {rule}", resolved.place_of("detail_data"), detail.source)));
    }
    let detail: Arc<[Bar]> = detail.bars.into();
    let note = note(&bars, length, &detail);
    Ok(Layered { bars, detail: Some(detail), note: Some(note) })
}

/// Bars that are finer than the expert's are their own detail.
fn of_itself(wanted: Timeframe, data: &BarSeries, resolved: &Resolved) -> Result<Layered, RunError> {
    let longer = resolved.config.timeframe;
    if wanted >= longer || !longer.is_multiple_of(wanted) {
        let rule = format!("is no part of `timeframe`, which is `{longer}`");
        return Err(refused(resolved, "detail_timeframe", Some(wanted), &rule).into());
    }
    let detail = data.resampled(wanted).ok_or_else(|| {
        let (length, source) = (data.timeframe, &data.source);
        let rule = format!("cannot be seen in the `{length}` bars of {source}; name finer ones in `detail_data`");
        refused(resolved, "detail_timeframe", Some(wanted), &rule)
    })?;
    let bars = data.resampled(longer).ok_or_else(|| {
        RunError::Data(format!("{}: {} holds no whole bar of `{longer}`", resolved.place_of("timeframe"), data.source))
    })?;
    let detail: Arc<[Bar]> = detail.bars.into();
    let note = note(&bars, wanted, &detail);
    Ok(Layered { bars, detail: Some(detail), note: Some(note) })
}

fn note(bars: &BarSeries, length: Timeframe, detail: &Arc<[Bar]>) -> String {
    let beneath = Detail::new(Arc::clone(detail));
    let seen = bars.bars.iter().filter(|bar| beneath.beneath(bar, bars.timeframe).is_some()).count();
    let (all, longer) = (bars.bars.len(), bars.timeframe);
    match all - seen {
        0 => format!("`{length}` bars stand beneath all {all} bars of `{longer}`"),
        others => format!(
            "`{length}` bars stand beneath {seen} of {all} bars of `{longer}`; they do not add up to the other {others}, which were \
             walked by themselves"
        ),
    }
}

fn refused(resolved: &Resolved, key: &str, value: Option<Timeframe>, rule: &str) -> ConfigError {
    ConfigError { key: resolved.place_of(key), value: value.map(|value| value.to_string()), rule: rule.to_owned(), nearest: None }
}
