//! From a configuration to a paper run that is ready to go: its markets, their instruments, and its span in time.

use metaexpert_core::{
    ConfigError, InstrumentId, Instruments, Symbol, Timeframe, UnixNanos,
    config::{Config, MarketType, Resolved},
    expert::Wants,
    log::ExpertLog,
    risk::bars_needed,
};
use metaexpert_data::{DataError, Source, Sources, SyntheticBars, SyntheticSpec};

use super::{feed::Span, session::Session};
use crate::{
    exit::RunError,
    instruments::{Described, Steps, describe},
    markets::{NO_FUNDING, check_timeframe, fees, markets, unheard},
    this_version::recorded,
};

/// A run of an expert that starts at `now`, on the wall clock, and what its user should know of it. Only its name and its log are
/// still missing.
///
/// # Errors
/// Where the configuration names no market that is to be had, or one that does not fit the expert.
pub(crate) fn prepare(wants: &Wants, resolved: &Resolved, now: UnixNanos) -> Result<(Session, Vec<String>), RunError> {
    let mut warnings = Vec::from_iter(unheard(wants));
    let specs = specs(resolved, wants)?;
    let span = span(resolved, specs.iter().map(|(_, spec)| spec), now)?;
    let mut instruments = Instruments::default();
    let mut made_up = Vec::new();
    for (symbol, spec) in specs {
        let bars = spec.endless(span.timeframe, span.first_open).map_err(|error| bad_data(resolved, &error))?;
        check_timeframe(resolved, bars.timeframe(), bars.source())?;
        let steps = Steps { price: bars.price_step(), volume: bars.volume_step(), lowest: bars.first_price() };
        let Described { instrument, warning } = describe(&symbol, resolved, &steps)?;
        resolved.check_instrument(&instrument.rules)?;
        warnings.extend(warning);
        made_up.push((instruments.add(instrument), bars));
    }
    let main = main_of(&made_up)?;
    let fees = fees(resolved)?;
    let on_margin = resolved.config.market_type != MarketType::Spot;
    let notes = Vec::from_iter(on_margin.then(|| NO_FUNDING.to_owned()));
    let config = Config { warmup_bars: history_of(&resolved.config), ..resolved.config.clone() };
    let log = ExpertLog::silent();
    Ok((
        Session { expert: String::new(), config, instruments, main, markets: made_up, fees, span, notes, log, risk: None },
        warnings,
    ))
}

/// The first symbol is the expert's own.
fn main_of(markets: &[(InstrumentId, SyntheticBars)]) -> Result<InstrumentId, RunError> {
    let main = markets.first().map(|(id, _)| *id);
    main.ok_or_else(|| RunError::Data("a paper run needs at least one symbol".to_owned()))
}

/// What each symbol's market is made up from.
fn specs(resolved: &Resolved, wants: &Wants) -> Result<Vec<(Symbol, SyntheticSpec)>, RunError> {
    let sources = resolved.config.data.as_deref().map(Sources::parse).transpose().map_err(|error| bad_data(resolved, &error))?;
    let mut specs = Vec::new();
    for (symbol, source) in markets(sources.as_ref(), resolved, wants)? {
        match source {
            Source::Synthetic(spec) => specs.push((symbol, spec)),
            Source::File(path) => return Err(recorded(resolved, &path.display().to_string()).into()),
        }
    }
    Ok(specs)
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
