//! The mode `backtest`: recorded or synthetic bars, or recorded ticks and order books; the tester, a summary on standard output and
//! a report in a folder.

mod recorded; // ticks and order books

use std::{path::PathBuf, sync::Arc};

use metaexpert_core::{
    Bar, Instrument, Symbol,
    config::{Config, FillModel, Key, MarketType, Resolved},
    expert::{ExpertEntry, Wants, folder_name},
    log::ExpertLog,
};
use metaexpert_data::{BarSeries, DataError, MarketFile, Source, Sources};
use metaexpert_log::{error, masked};
use metaexpert_matching::FundingRates;
use metaexpert_tester::{Backtest, BacktestError, Report, table};

use self::recorded::Market;
use crate::{
    detail::{Layered, detail_sources, layered},
    exit::{Console, RunError},
    funding::{funding_of, funding_sources},
    instruments::{Described, Steps, describe},
    logs::{ExpertLogs, Logs},
    markets::{NO_FUNDING, check_timeframe, fees, markets, refuse_stray, unheard},
    models::models,
    modes::Start,
    progress::ProgressBar,
    report_dir::write_report,
    venues::Fees,
};

/// Backtests one expert as its configuration says; one of several, where their reports need folders of their own.
pub(crate) fn backtest(start: Start<'_>, several: bool, logs: &mut Logs, console: &mut Console<'_>) -> Result<(), RunError> {
    let Start { entry, resolved, inputs, shown_inputs } = start;
    let resolved = &resolved;
    let expert = resolved.config.strategy_name.clone().unwrap_or_else(|| entry.name().to_owned());
    let ExpertLogs { program: log, simulation } = logs.of_simulation(resolved, &expert)?;
    let program = entry.instantiate(inputs)?;
    let failed_before = |error: &RunError| error!(log, "the backtest did not begin"; "msgid" => "run.failed", "error" => #error);
    let (mut prepared, markets) = prepare(program.wants(), resolved, console).inspect_err(failed_before)?;
    prepared.expert = expert;
    prepared.shown_inputs = shown_inputs;
    prepared.log = simulation;

    let directory = report_directory(&resolved.config, &prepared.expert, several);
    let bars = prepared.series.iter().map(|(_, series)| series.bars.len() as u64);
    let rows = markets.iter().map(|(_, rows)| rows.info().rows());
    let mut bar = ProgressBar::new(bars.chain(rows).sum(), if markets.is_empty() { "bars" } else { "rows" });
    // What ended the run is in the log already: the engine has put it there.
    let run = if markets.is_empty() {
        prepared.run(program, &mut |done| bar.update(done))
    } else {
        prepared.replay(markets, program, &mut |done| bar.update(done))
    };
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

/// Everything that a backtest is made from but for what is the caller's own: the expert's name, its inputs and its log. A run on ticks
/// or books has no bars, but recorded markets.
fn prepare(wants: &Wants, resolved: &Resolved, console: &mut Console<'_>) -> Result<(Backtest, Vec<Market>), RunError> {
    let config = &resolved.config;
    let mut notes = Vec::new();
    let (Loaded { series, detail, layers }, markets) = match config.fill_model {
        FillModel::Ohlc | FillModel::Open => {
            notes.extend(unheard(wants));
            (load(resolved, wants, &mut notes)?, Vec::new())
        }
        FillModel::Ticks | FillModel::Book => (Loaded::default(), recorded::load(resolved, wants, &mut notes)?),
    };
    for warning in &notes {
        console.warn(warning);
    }
    let Fees { maker, taker } = fees(resolved)?;
    notes.extend(layers);
    let traded = series.iter().map(|(instrument, _)| instrument).chain(markets.iter().map(|(instrument, _)| instrument));
    let symbols: Vec<Symbol> = traded.map(|instrument| instrument.symbol.clone()).collect();
    let funding = funding(&symbols, resolved, &mut notes)?;
    let models = models(resolved)?;
    let backtest = Backtest {
        expert: String::new(),
        config: config.clone(),
        shown_config: shown_config(config),
        shown_inputs: Vec::new(),
        series,
        funding,
        detail,
        models,
        taker_fee: taker,
        maker_fee: maker,
        notes,
        log: ExpertLog::silent(),
    };
    Ok((backtest, markets))
}

/// What a run goes over.
#[derive(Default)]
struct Loaded {
    series: Vec<(Instrument, Arc<BarSeries>)>,
    detail: Vec<(Symbol, Arc<[Bar]>)>,
    /// What a reader of the report should know of the detail.
    layers: Vec<String>,
}

/// The bars of the main symbol and of every other one that a handler asks for, with their instruments.
fn load(resolved: &Resolved, wants: &Wants, notes: &mut Vec<String>) -> Result<Loaded, RunError> {
    let config = &resolved.config;
    let sources = config.data.as_deref().map(Sources::parse).transpose().map_err(|error| data_error(resolved, error))?;
    let mut loaded = Loaded::default();
    let detail = detail_sources(resolved)?;
    let markets = markets(sources.as_ref(), resolved, wants)?;
    let symbols: Vec<Symbol> = markets.iter().map(|(symbol, _)| symbol.clone()).collect();
    refuse_stray("detail_data", detail.iter().flat_map(Sources::iter).filter_map(|(symbol, _)| symbol), &symbols, resolved)?;
    for (symbol, source) in markets {
        let bars = source.load(config.timeframe).and_then(|bars| bars.slice(config.backtest_start, config.backtest_end));
        let bars = bars.map_err(|error| bars_error(resolved, &source, error))?;
        check_timeframe(resolved, bars.timeframe, &bars.source)?;
        let Described { instrument, warning } = describe(&symbol, resolved, &Steps::from(&bars))?;
        resolved.check_instrument(&instrument.rules)?;
        notes.extend(warning);
        let Layered { bars, detail, note } = layered(&symbol, loaded.series.is_empty(), bars, detail.as_ref(), resolved)?;
        loaded.layers.extend(note);
        loaded.detail.extend(detail.map(|detail| (symbol, detail)));
        loaded.series.push((instrument, Arc::new(bars)));
    }
    Ok(loaded)
}

/// The funding of each symbol, the main one first.
fn funding(symbols: &[Symbol], resolved: &Resolved, notes: &mut Vec<String>) -> Result<Vec<(Symbol, FundingRates)>, RunError> {
    let mut funding = Vec::new();
    let Some(sources) = funding_sources(resolved)? else {
        if resolved.config.market_type != MarketType::Spot {
            notes.push(NO_FUNDING.to_owned());
        }
        return Ok(funding);
    };
    refuse_stray("funding", sources.symbols(), symbols, resolved)?;
    for symbol in symbols {
        let (rates, note) = funding_of(symbol, symbols.first() == Some(symbol), &sources, resolved)?;
        notes.push(note);
        funding.extend(rates.map(|rates| (symbol.clone(), rates)));
    }
    Ok(funding)
}

/// What the report says of the configuration: all that is set, but for where the report and the log go. Neither changes a result.
fn shown_config(config: &Config) -> Vec<(String, String)> {
    let is_shown = |key: &str| key != "report" && Key::find(key).is_none_or(|key| key.group != "Logging");
    let set = config.texts().into_iter().filter(|(key, _)| is_shown(key));
    set.filter_map(|(key, text)| Some((key.to_owned(), text?))).collect()
}

/// The folder that the report goes to. Several experts of one program get a folder each, below the one that was named.
fn report_directory(config: &Config, expert: &str, several: bool) -> PathBuf {
    match config.report.as_ref().map(PathBuf::from) {
        Some(directory) if several => directory.join(folder_name(expert)),
        Some(directory) => directory,
        None => {
            let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
            PathBuf::from("reports").join(format!("{}-{time}", folder_name(expert)))
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

/// As [`data_error`], where bars were wanted: a file of ticks and books is a good file, for another fill model.
fn bars_error(resolved: &Resolved, source: &Source, error: DataError) -> RunError {
    match source {
        Source::File(path)
            if matches!(error, DataError::MissingColumn { .. } | DataError::NotBars { .. }) && MarketFile::open(path).is_ok() =>
        {
            let (place, model) = (resolved.place_of("data"), resolved.config.fill_model);
            let file = path.display();
            RunError::Data(format!(
                "{place}: {file} holds ticks and books, and fill_model `{model}` needs bars; set `--fill-model ticks` or `--fill-model book`"
            ))
        }
        _ => data_error(resolved, error),
    }
}

fn failed(entry: &ExpertEntry, error: BacktestError) -> RunError {
    match error {
        BacktestError::Setup(error) => error.into(),
        BacktestError::Stopped(stopped) => RunError::stopped(entry.name(), stopped),
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
