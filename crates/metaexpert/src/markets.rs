//! Which symbols an expert needs, and what the bars of each come from: the same for every mode that has no exchange at hand.

use metaexpert_core::{
    ConfigError, Symbol, Timeframe,
    config::{Config, Resolved, nearest},
    expert::Wants,
};
use metaexpert_data::{Source, Sources, SyntheticSpec};

use crate::{
    exit::RunError,
    instruments::{check_spelling, symbol_of},
    venues::{Fees, fees_of, synthetic_price_of},
};

/// What a user of futures must know of a run where there is no exchange.
pub(crate) const NO_FUNDING: &str = "no funding series was given: funding is zero";

/// The main symbol first, then the others that handlers name, each once and with its source.
///
/// # Errors
/// A symbol that is missing or none, a source of a symbol that the expert does not have, and a symbol without a source.
pub(crate) fn markets(sources: Option<&Sources>, resolved: &Resolved, wants: &Wants) -> Result<Vec<(Symbol, Source)>, RunError> {
    let symbols = symbols(resolved, wants)?;
    let named = sources.iter().flat_map(|sources| sources.iter()).filter_map(|(symbol, _)| symbol);
    refuse_stray("data", named, &symbols, resolved)?;
    let with_source = |(place, symbol): (u64, Symbol)| {
        let source = source_of(sources, &symbol, place, resolved)?;
        Ok((symbol, source))
    };
    (0..).zip(symbols).map(with_source).collect()
}

/// The fees in force.
///
/// # Errors
/// Where neither the configuration nor the table of exchanges has them.
pub(crate) fn fees(resolved: &Resolved) -> Result<Fees, ConfigError> {
    let config: &Config = &resolved.config;
    fees_of(config).ok_or_else(|| {
        let rule = format!("has no fee table for {}; set `--taker-fee-pct` and `--maker-fee-pct`", config.market_type);
        ConfigError { key: resolved.place_of("exchange"), value: Some(config.exchange.clone()), rule, nearest: None }
    })
}

/// The expert's bars must be made of whole bars of the data.
///
/// # Errors
/// Where they are not.
pub(crate) fn check_timeframe(resolved: &Resolved, bars: Timeframe, source: &str) -> Result<(), RunError> {
    let wanted = resolved.config.timeframe;
    if wanted.is_multiple_of(bars) {
        return Ok(());
    }
    Err(RunError::Data(format!(
        "{}: `{wanted}` bars cannot be built from the `{bars}` bars of {source}; the nearest is `{bars}`",
        resolved.place_of("timeframe"),
    )))
}

/// What handlers will never hear of in a run on bars.
pub(crate) fn unheard(wants: &Wants) -> Option<String> {
    let kinds = [
        ("on_tick", wants.ticks.is_empty()),
        ("on_book", wants.books.is_empty()),
        ("on_public_trade", wants.public_trades.is_empty()),
    ];
    let unheard: Vec<_> = kinds.iter().filter(|(_, none)| !none).map(|(name, _)| format!("`#[{name}]`")).collect();
    (!unheard.is_empty()).then(|| format!("the data has bars only: {} will not be called", unheard.join(", ")))
}

/// A source of a symbol that the expert does not trade would be read by nobody.
///
/// # Errors
/// For the first of the symbols that `key` names and the expert does not have.
pub(crate) fn refuse_stray<'a>(
    key: &str,
    mut named: impl Iterator<Item = &'a Symbol>,
    symbols: &[Symbol],
    resolved: &Resolved,
) -> Result<(), RunError> {
    let Some(stray) = named.find(|symbol| !symbols.contains(symbol)) else { return Ok(()) };
    let known: Vec<_> = symbols.iter().map(|symbol| format!("`{symbol}`")).collect();
    let rule = format!("is not a symbol of this expert, which has {}", known.join(", "));
    let nearest = nearest(stray.as_str(), symbols.iter().map(Symbol::as_str)).map(str::to_owned);
    Err(ConfigError { key: resolved.place_of(key), value: Some(stray.to_string()), rule, nearest }.into())
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
pub(crate) fn symbols(resolved: &Resolved, wants: &Wants) -> Result<Vec<Symbol>, RunError> {
    let place = resolved.place_of("symbol");
    let Some(main) = resolved.config.symbol.as_deref() else {
        let rule = "is not set: name the symbol to trade, in `#[on_init(symbol = ..)]` or with `--symbol`".to_owned();
        return Err(ConfigError { key: place, value: None, rule, nearest: None }.into());
    };
    let checked = |text: &str, place: String| {
        let (symbol, spelling) = symbol_of(text, place.as_str())?;
        check_spelling(text, &spelling, &place, resolved)?;
        Ok::<_, ConfigError>(symbol)
    };
    let mut symbols = vec![checked(main, place)?];
    let of_handlers = wants.bars.iter().map(|want| want.symbol).chain(wants.ticks.iter().map(|want| want.symbol));
    let of_handlers = of_handlers.chain(wants.books.iter().map(|want| want.symbol));
    for text in of_handlers.chain(wants.public_trades.iter().map(|want| want.symbol)).flatten() {
        let symbol = checked(text, "symbol of a handler".to_owned())?;
        if !symbols.contains(&symbol) {
            symbols.push(symbol);
        }
    }
    Ok(symbols)
}
