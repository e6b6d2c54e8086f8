//! The mode `backtest`: recorded or synthetic bars, the tester, a summary on standard output and a report in a folder.

use std::{path::PathBuf, sync::Arc};

use metaexpert_core::{
    ConfigError, Instrument, Symbol,
    config::{Config, Key, MarketType, Resolved, nearest},
    engine::Stopped,
    expert::{ExpertEntry, InputValues, Wants},
    log::ExpertLog,
};
use metaexpert_data::{BarSeries, DataError, Source, Sources, SyntheticSpec};
use metaexpert_log::{error, masked};
use metaexpert_tester::{Backtest, BacktestError, Report, table};

use crate::{
    exit::{Console, RunError},
    instruments::{Described, describe, symbol_of},
    logs::{ExpertLogs, Logs},
    progress::ProgressBar,
    report_dir::write_report,
    slug::slug,
    venues::{Fees, fees_of, synthetic_price_of},
};

/// Backtests one expert of the program as its configuration says.
pub(crate) fn backtest(
    entry: &ExpertEntry,
    experts: &[ExpertEntry],
    resolved: &Resolved,
    inputs: InputValues,
    shown_inputs: &[(String, String)],
    logs: &mut Logs,
    console: &mut Console<'_>,
) -> Result<(), RunError> {
    let expert = resolved.config.strategy_name.clone().unwrap_or_else(|| entry.name().to_owned());
    let ExpertLogs { program: log, simulation } = logs.of_simulation(resolved, &expert)?;
    let program = entry.instantiate(inputs)?;
    let failed_before = |error: &RunError| error!(log, "the backtest did not begin"; "msgid" => "run.failed", "error" => #error);
    let mut prepared = prepare(program.wants(), resolved, console).inspect_err(failed_before)?;
    prepared.expert = expert;
    prepared.shown_inputs = shown_inputs.to_vec();
    prepared.log = simulation;

    let directory = report_directory(&resolved.config, &prepared.expert, experts);
    let mut bar = ProgressBar::new(prepared.series.iter().map(|(_, series)| series.bars.len() as u64).sum());
    // What ended the run is in the log already: the engine has put it there.
    let run = prepared.run(program, &mut |done| bar.update(done));
    drop(bar);
    let mut run = run.map_err(|error| failed(entry, error))?;
    // A note may hold the words of a handler's error, and goes to standard output and into the report.
    run.notes.iter_mut().for_each(|note| *note = masked(note).into_owned());
    if run.orders == 0 && !run.rejected.is_empty() {
        let rules: Vec<_> = run.rejected.iter().map(|(rule, count)| format!("{rule} ({count})")).collect();
        console.warn(format_args!("no order was sent; all were refused: {}", rules.join(", ")));
    }
    let report = Report::of(&run);
    let written = write_report(&report, &directory).map_err(|error| RunError::Failed(error.to_string()));
    written.inspect_err(|error| error!(log, "the report could not be written"; "msgid" => "report.failed", "error" => #error))?;
    console.say(table(&report, Some(&directory.display().to_string())));
    Ok(())
}

/// Everything that a backtest is made from but for what is the caller's own: the expert's name, its inputs and its log.
fn prepare(wants: &Wants, resolved: &Resolved, console: &mut Console<'_>) -> Result<Backtest, RunError> {
    let config = &resolved.config;
    let mut notes = Vec::from_iter(unheard(wants));
    let series = load(resolved, wants, &mut notes)?;
    for warning in &notes {
        console.warn(warning);
    }
    let Fees { maker, taker } = fees_of(config).ok_or_else(|| {
        let rule = format!("has no fee table for {}; set `--taker-fee-pct` and `--maker-fee-pct`", config.market_type);
        ConfigError { key: resolved.place_of("exchange"), value: Some(config.exchange.clone()), rule, nearest: None }
    })?;
    if config.market_type != MarketType::Spot {
        notes.push("no funding series was given: funding is zero".to_owned());
    }
    Ok(Backtest {
        expert: String::new(),
        config: config.clone(),
        shown_config: shown_config(config),
        shown_inputs: Vec::new(),
        series,
        taker_fee: taker,
        maker_fee: maker,
        notes,
        log: ExpertLog::silent(),
    })
}

/// The bars of the main symbol and of every other one that a handler asks for, with their instruments.
fn load(resolved: &Resolved, wants: &Wants, notes: &mut Vec<String>) -> Result<Vec<(Instrument, Arc<BarSeries>)>, RunError> {
    let config = &resolved.config;
    let sources = config.data.as_deref().map(Sources::parse).transpose().map_err(|error| data_error(resolved, error))?;
    let symbols = symbols(resolved, wants)?;
    check_sources(sources.as_ref(), &symbols, resolved)?;
    let mut series = Vec::new();
    for (place, symbol) in (0..).zip(symbols) {
        let source = source_of(sources.as_ref(), &symbol, place, resolved)?;
        let bars = source.load(config.timeframe).and_then(|bars| bars.slice(config.backtest_start, config.backtest_end));
        let bars = bars.map_err(|error| data_error(resolved, error))?;
        check_timeframe(resolved, &bars)?;
        let Described { instrument, warning } = describe(&symbol, resolved, &bars)?;
        resolved.check_instrument(&instrument.rules)?;
        notes.extend(warning);
        series.push((instrument, Arc::new(bars)));
    }
    Ok(series)
}

/// A source of a symbol that the expert does not trade would be read by nobody.
fn check_sources(sources: Option<&Sources>, symbols: &[Symbol], resolved: &Resolved) -> Result<(), RunError> {
    let mut named = sources.iter().flat_map(|sources| sources.iter()).filter_map(|(symbol, _)| symbol);
    let Some(stray) = named.find(|symbol| !symbols.contains(symbol)) else { return Ok(()) };
    let known: Vec<_> = symbols.iter().map(|symbol| format!("`{symbol}`")).collect();
    let rule = format!("is not a symbol of this expert, which has {}", known.join(", "));
    let nearest = nearest(stray.as_str(), symbols.iter().map(Symbol::as_str)).map(str::to_owned);
    Err(ConfigError { key: resolved.place_of("data"), value: Some(stray.to_string()), rule, nearest }.into())
}

/// Where the bars of a symbol come from: its own source, the one without a name for the main symbol, else a made-up market.
/// Made-up markets of several symbols have seeds of their own, so that they do not move as one.
fn source_of(sources: Option<&Sources>, symbol: &Symbol, place: u64, resolved: &Resolved) -> Result<Source, RunError> {
    let synthetic = |spec: &SyntheticSpec| {
        let price = synthetic_price_of(symbol).filter(|_| sources.is_none()).unwrap_or(spec.price);
        Source::Synthetic(SyntheticSpec { seed: spec.seed.wrapping_add(place), price, ..spec.clone() })
    };
    let Some(sources) = sources else { return Ok(synthetic(&SyntheticSpec::default())) };
    match (sources.get(symbol), sources.unnamed()) {
        (Some(source), _) => Ok(source.clone()),
        (None, Some(Source::Synthetic(spec))) => Ok(synthetic(spec)),
        (None, Some(source)) if place == 0 => Ok(source.clone()),
        (None, _) => Err(RunError::Data(format!(
            "{}: there is no data for {symbol}; name each symbol's, as in `--data {symbol}=bars.csv,OTHER=other.csv`",
            resolved.place_of("data")
        ))),
    }
}

/// The main symbol first, then the others that handlers name, each once.
fn symbols(resolved: &Resolved, wants: &Wants) -> Result<Vec<Symbol>, RunError> {
    let place = resolved.place_of("symbol");
    let Some(main) = resolved.config.symbol.as_deref() else {
        let rule = "is not set: name the symbol to trade, in `#[on_init(symbol = ..)]` or with `--symbol`".to_owned();
        return Err(ConfigError { key: place, value: None, rule, nearest: None }.into());
    };
    let mut symbols = vec![symbol_of(main, place)?.0];
    let of_handlers = wants.bars.iter().map(|want| want.symbol).chain(wants.ticks.iter().map(|want| want.symbol));
    let of_handlers = of_handlers.chain(wants.books.iter().map(|want| want.symbol));
    for text in of_handlers.chain(wants.public_trades.iter().map(|want| want.symbol)).flatten() {
        let (symbol, ..) = symbol_of(text, "symbol of a handler")?;
        if !symbols.contains(&symbol) {
            symbols.push(symbol);
        }
    }
    Ok(symbols)
}

/// The expert's bars must be made of whole bars of the data.
fn check_timeframe(resolved: &Resolved, bars: &BarSeries) -> Result<(), RunError> {
    let wanted = resolved.config.timeframe;
    if wanted.is_multiple_of(bars.timeframe) {
        return Ok(());
    }
    Err(RunError::Data(format!(
        "{}: `{wanted}` bars cannot be built from the `{}` bars of {}; the nearest is `{}`",
        resolved.place_of("timeframe"),
        bars.timeframe,
        bars.source,
        bars.timeframe
    )))
}

/// What handlers will never hear of in a backtest on bars.
fn unheard(wants: &Wants) -> Option<String> {
    let kinds = [
        ("on_tick", wants.ticks.is_empty()),
        ("on_book", wants.books.is_empty()),
        ("on_public_trade", wants.public_trades.is_empty()),
    ];
    let unheard: Vec<_> = kinds.iter().filter(|(_, none)| !none).map(|(name, _)| format!("`#[{name}]`")).collect();
    (!unheard.is_empty()).then(|| format!("the data has bars only: {} will not be called", unheard.join(", ")))
}

/// What the report says of the configuration: all that is set, but for where the report and the log go. Neither changes a result.
fn shown_config(config: &Config) -> Vec<(String, String)> {
    let is_shown = |key: &str| key != "report" && Key::find(key).is_none_or(|key| key.group != "Logging");
    let set = config.texts().into_iter().filter(|(key, _)| is_shown(key));
    set.filter_map(|(key, text)| Some((key.to_owned(), text?))).collect()
}

/// The folder that the report goes to. Several experts of one program get a folder each, below the one that was named.
fn report_directory(config: &Config, expert: &str, experts: &[ExpertEntry]) -> PathBuf {
    match config.report.as_ref().map(PathBuf::from) {
        Some(directory) if experts.len() > 1 => directory.join(slug(expert)),
        Some(directory) => directory,
        None => {
            let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
            PathBuf::from("reports").join(format!("{}-{time}", slug(expert)))
        }
    }
}

/// What is wrong with the data, after the key that named it: a date that the data does not cover, or its source.
fn data_error(resolved: &Resolved, error: DataError) -> RunError {
    RunError::Data(match error {
        DataError::OutsideData { source_name, which, time, rule, first, close } => {
            let (key, nearest) = if which == "start" { ("backtest_start", first) } else { ("backtest_end", close) };
            let place = resolved.place_of(key);
            format!("{place}: `{time}` {rule}; {source_name} covers `{first}` to `{close}`, and the nearest is `{nearest}`")
        }
        error => format!("{}: {error}", resolved.place_of("data")),
    })
}

fn failed(entry: &ExpertEntry, error: BacktestError) -> RunError {
    match error {
        BacktestError::Setup(error) | BacktestError::Stopped(Stopped::HandlerFailed(error) | Stopped::Failed(error)) => {
            error.into()
        }
        BacktestError::Stopped(panicked @ Stopped::Panicked { .. }) => {
            RunError::Failed(format!("{panicked}\nthe expert {} is halted", entry.name()))
        }
        error @ (BacktestError::NoData | BacktestError::MixedTimeframes { .. }) => RunError::Data(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_says_nothing_of_its_own_place() {
        let config = Config { report: Some("somewhere".to_owned()), ..Config::default() };
        assert!(shown_config(&config).iter().all(|(key, text)| key != "report" && text != "somewhere"));
        assert!(shown_config(&config).contains(&("leverage".to_owned(), "1".to_owned())));
    }
}
