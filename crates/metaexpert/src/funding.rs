//! `funding`: the rates that a simulation settles, read and named in the report.

use metaexpert_core::{
    ConfigError, Symbol,
    config::{MarketType, Resolved},
};
use metaexpert_data::{FundingSource, FundingSources};
use metaexpert_matching::FundingRates;

use crate::exit::RunError;

/// The sources that `funding` names.
///
/// # Errors
/// Where it names none, and on spot, where nobody pays funding.
pub(crate) fn funding_sources(resolved: &Resolved) -> Result<Option<FundingSources>, RunError> {
    let Some(text) = &resolved.config.funding else { return Ok(None) };
    if resolved.config.market_type != MarketType::Futures {
        let rule = "needs `market_type` futures: nobody else pays funding".to_owned();
        return Err(ConfigError { key: resolved.place_of("funding"), value: Some(text.clone()), rule, nearest: None }.into());
    }
    FundingSources::parse(text).map(Some).map_err(|error| place(resolved, &error))
}

/// The rates of a symbol, and what a reader of the report should know of them.
///
/// # Errors
/// Where its file cannot be read.
pub(crate) fn funding_of(
    symbol: &Symbol,
    is_main: bool,
    sources: &FundingSources,
    resolved: &Resolved,
) -> Result<(Option<FundingRates>, String), RunError> {
    match sources.of(symbol, is_main) {
        None => Ok((None, format!("no funding series was given for {symbol}: its funding is zero"))),
        Some(FundingSource::Fixed { percent, every }) => {
            let rates = FundingRates::Fixed { rate: percent / rust_decimal::Decimal::ONE_HUNDRED, every: every.nanos() };
            Ok((Some(rates), format!("funding of {symbol}: {percent} % every `{every}`, at the last price")))
        }
        Some(FundingSource::File(file)) => {
            let series = file.load().map_err(|error| place(resolved, &error))?;
            let (count, source) = (series.rates.len(), &series.source);
            let ends = series.rates.first().zip(series.rates.last());
            let from = ends.map(|(first, last)| format!(" from {} to {}", first.time, last.time)).unwrap_or_default();
            let price = if series.marked { "mark" } else { "last" };
            let note = format!("funding of {symbol}: {count} rates{from} out of {source}, at the {price} price");
            Ok((Some(FundingRates::Recorded(series.rates.into())), note))
        }
    }
}

fn place(resolved: &Resolved, error: &metaexpert_data::DataError) -> RunError {
    RunError::Data(format!("{}: {error}", resolved.place_of("funding")))
}
