//! From a configuration to a paper run that is ready to go: its markets, their instruments, and its span in time.

use metaexpert_core::{
    ConfigError, InstrumentId, Instruments, Symbol, Timeframe, UnixNanos,
    config::{Config, MarketType, Resolved},
    expert::Wants,
    log::ExpertLog,
    risk::bars_needed,
};
use metaexpert_data::{BarSeries, DataError, Source, Sources, SyntheticSpec};

use super::{bars::Bars, feed::Span, session::Session};
use crate::{
    exit::RunError,
    instruments::{Described, Steps, describe},
    markets::{NO_FUNDING, check_timeframe, fees, markets, unheard},
};

/// A run of an expert that starts at `now`, on the wall clock, and what its user should know of it. Only its name and its log are
/// still missing.
///
/// # Errors
/// Where the configuration names no market that is to be had, or one that does not fit the expert.
pub(crate) fn prepare(wants: &Wants, resolved: &Resolved, now: UnixNanos) -> Result<(Session, Vec<String>), RunError> {
    let mut warnings = Vec::from_iter(unheard(wants));
    let (span, found) = match sources(resolved, wants)? {
        Found::MadeUp(specs) => made_up(resolved, specs, now)?,
        Found::Recorded(series) => recorded(resolved, series)?,
    };
    let mut instruments = Instruments::default();
    let mut markets = Vec::new();
    for (symbol, bars, steps) in found {
        let Described { instrument, warning } = describe(&symbol, resolved, &steps)?;
        resolved.check_instrument(&instrument.rules)?;
        warnings.extend(warning);
        markets.push((instruments.add(instrument), bars));
    }
    let main = main_of(&markets)?;
    let fees = fees(resolved)?;
    let on_margin = resolved.config.market_type != MarketType::Spot;
    let notes = Vec::from_iter(on_margin.then(|| NO_FUNDING.to_owned()));
    let config = Config { warmup_bars: history_of(&resolved.config), ..resolved.config.clone() };
    let log = ExpertLog::silent();
    Ok((
        Session { expert: String::new(), config, instruments, main, markets, fees, span, notes, log, left: None, risk: None },
        warnings,
    ))
}

/// The first symbol is the expert's own.
fn main_of(markets: &[(InstrumentId, Bars)]) -> Result<InstrumentId, RunError> {
    let main = markets.first().map(|(id, _)| *id);
    main.ok_or_else(|| RunError::Data("a paper run needs at least one symbol".to_owned()))
}

/// What a run is to go by: markets that are made up, or that were recorded.
enum Found {
    MadeUp(Vec<(Symbol, SyntheticSpec)>),
    Recorded(Vec<(Symbol, BarSeries)>),
}

/// The bars of a symbol, and what they say of its instrument.
type Market = (Symbol, Bars, Steps);

/// Where each symbol's bars come from.
fn sources(resolved: &Resolved, wants: &Wants) -> Result<Found, RunError> {
    let sources = resolved.config.data.as_deref().map(Sources::parse).transpose().map_err(|error| bad_data(resolved, &error))?;
    let (mut specs, mut recorded) = (Vec::new(), Vec::new());
    for (symbol, source) in markets(sources.as_ref(), resolved, wants)? {
        match source {
            Source::Synthetic(spec) => specs.push((symbol, spec)),
            Source::File(_) => {
                let series = source.load(resolved.config.timeframe).map_err(|error| bad_data(resolved, &error))?;
                check_timeframe(resolved, series.timeframe, &series.source)?;
                recorded.push((symbol, series));
            }
        }
    }
    match (specs.is_empty(), recorded.is_empty()) {
        (_, true) => Ok(Found::MadeUp(specs)),
        (true, false) => Ok(Found::Recorded(recorded)),
        (false, false) => {
            let place = resolved.place_of("data");
            Err(RunError::Data(format!(
                "{place}: made-up and recorded markets cannot be traded together: they have no time in common"
            )))
        }
    }
}

/// Markets that are made up as they are due.
fn made_up(resolved: &Resolved, specs: Vec<(Symbol, SyntheticSpec)>, now: UnixNanos) -> Result<(Span, Vec<Market>), RunError> {
    let span = span(resolved, specs.iter().map(|(_, spec)| spec), now)?;
    let market = |(symbol, spec): (Symbol, SyntheticSpec)| {
        let bars = spec.endless(span.timeframe, span.first_open).map_err(|error| bad_data(resolved, &error))?;
        check_timeframe(resolved, bars.timeframe(), bars.source())?;
        let steps = Steps { price: bars.price_step(), volume: bars.volume_step(), lowest: bars.first_price() };
        Ok((symbol, Bars::MadeUp(bars.into()), steps))
    };
    let markets: Result<Vec<_>, RunError> = specs.into_iter().map(market).collect();
    Ok((span, markets?))
}

/// Markets that were recorded: the history is their beginning, and the present begins behind it.
fn recorded(resolved: &Resolved, recorded: Vec<(Symbol, BarSeries)>) -> Result<(Span, Vec<Market>), RunError> {
    let config = &resolved.config;
    let lengths = recorded.iter().map(|(_, series)| Some(series.timeframe));
    let timeframe = one(resolved, "timeframe", lengths)?.unwrap_or(config.timeframe);
    let first_open = recorded.iter().map(|(_, series)| series.first()).min().unwrap_or(UnixNanos::MIN);
    let end = recorded.iter().map(|(_, series)| series.close()).max().unwrap_or(UnixNanos::MIN);
    let history = i64::try_from(history_of(config)).ok().and_then(|bars| bars.checked_mul(config.timeframe.nanos()));
    let start = first_open.saturating_add_nanos(history.unwrap_or(i64::MAX));
    if start >= end {
        let (place, history) = (resolved.place_of("data"), history_of(config));
        return Err(RunError::Data(format!(
            "{place}: the recording ends at `{end}`, within its history of {history} bars of {}; nothing would be traded",
            config.timeframe
        )));
    }
    let market = |(symbol, series): (Symbol, BarSeries)| {
        let steps = Steps::from(&series);
        (symbol, Bars::recorded(series), steps)
    };
    Ok((Span { timeframe, first_open, start, end: Some(end) }, recorded.into_iter().map(market).collect()))
}

/// When a run on these markets begins and ends. One that names its start begins its present there; else the wall clock says it.
fn span<'a>(
    resolved: &Resolved,
    specs: impl Iterator<Item = &'a SyntheticSpec> + Clone,
    now: UnixNanos,
) -> Result<Span, RunError> {
    let config = &resolved.config;
    let timeframe = one(resolved, "timeframe", specs.clone().map(|spec| Some(spec.timeframe.unwrap_or(config.timeframe))))?;
    let timeframe = timeframe.unwrap_or(config.timeframe);
    check_timeframe(resolved, timeframe, "the data")?;
    let start = one(resolved, "start", specs.clone().map(|spec| spec.start))?.unwrap_or(now);
    let bars = one(resolved, "bars", specs.map(|spec| spec.bars))?;
    let end = bars.and_then(|bars| i64::try_from(bars).ok()?.checked_mul(timeframe.nanos()));
    let end = end.map(|length| timeframe.open_of(start).saturating_add_nanos(length));
    Ok(Span { timeframe, first_open: first_open(resolved, start)?, start, end })
}

/// When the history opens: as many whole bars of the expert before the one that is open at the start.
fn first_open(resolved: &Resolved, start: UnixNanos) -> Result<UnixNanos, RunError> {
    let timeframe: Timeframe = resolved.config.timeframe;
    let history = history_of(&resolved.config);
    let length = i64::try_from(history).ok().and_then(|bars| bars.checked_mul(timeframe.nanos()));
    let open = length.and_then(|length| timeframe.open_of(start).as_nanos().checked_sub(length)).filter(|open| *open >= 0);
    open.map(UnixNanos::from_nanos).ok_or_else(|| {
        let config = &resolved.config;
        let key = if config.warmup_bars > config.lookback_bars { "warmup_bars" } else { "lookback_bars" };
        let value = Some(history.to_string());
        let rule = format!("bars of {timeframe} before {start} begin before 1970");
        ConfigError { key: resolved.place_of(key), value, rule, nearest: None }.into()
    })
}

/// How many bars reach the expert before it may trade: what its handlers look back on, what its indicators and filters need; one at the
/// least, so that there is a price.
fn history_of(config: &Config) -> usize {
    config.lookback_bars.max(config.warmup_bars).max(bars_needed(config)).max(1)
}

/// What all sources that say it say.
fn one<T: Copy + PartialEq>(
    resolved: &Resolved,
    parameter: &str,
    said: impl Iterator<Item = Option<T>>,
) -> Result<Option<T>, RunError> {
    let mut said = said.flatten();
    let first = said.next();
    if said.all(|other| Some(other) == first) {
        return Ok(first);
    }
    Err(RunError::Data(format!("{}: `{parameter}` must be the same for every symbol", resolved.place_of("data"))))
}

fn bad_data(resolved: &Resolved, error: &DataError) -> RunError {
    RunError::Data(format!("{}: {error}", resolved.place_of("data")))
}
