//! The instrument of a symbol where no exchange is at hand to be asked: from flags, else from the table of majors, else from
//! the data's own decimals, with a warning.

mod contract; // what kind of instrument a symbol is
#[cfg(test)]
#[cfg(feature = "paper")]
pub(crate) mod testing;

use metaexpert_core::{
    ConfigError, Instrument, InstrumentKind, InstrumentRules, Percent, Spelling, Symbol,
    config::{Config, MarketType, Resolved, nearest},
    rounding::decimal_of,
};
use metaexpert_data::{BarSeries, MarketInfo};
use rust_decimal::Decimal;

use crate::venues::{MAJOR_SYMBOLS, MARGIN_ACCOUNT_MAINTENANCE, Major, USUAL_MAINTENANCE_MARGIN, brackets_of, major_of};
pub(crate) use contract::check_spelling;

/// An instrument, and what its user should know of where its rules come from.
pub(crate) struct Described {
    pub instrument: Instrument,
    pub warning: Option<String>,
}

/// The symbol that a user wrote, and what it says of itself.
pub(crate) fn symbol_of(text: &str, place: impl Into<String>) -> Result<(Symbol, Spelling), ConfigError> {
    let known = Symbol::new(text).zip(Spelling::read(text));
    known.ok_or_else(|| ConfigError {
        key: place.into(),
        value: Some(text.to_owned()),
        rule: "is not a symbol: a base currency and a quote currency such as USDT, USDC, USD, EUR, BTC".to_owned(),
        nearest: nearest(text, MAJOR_SYMBOLS.iter().copied()).map(str::to_owned),
    })
}

/// What data says of its instrument by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps {
    /// The finest step of a price.
    pub(crate) price: Decimal,
    /// The finest step of a volume.
    pub(crate) volume: Decimal,
    /// The lowest price.
    pub(crate) lowest: Decimal,
}

impl From<&BarSeries> for Steps {
    fn from(series: &BarSeries) -> Self {
        let lowest = series.bars.iter().map(|bar| bar.low).fold(f64::INFINITY, f64::min);
        let lowest = decimal_of(lowest).unwrap_or(Decimal::MAX);
        Self { price: series.price_step, volume: series.volume_step, lowest }
    }
}

impl From<&MarketInfo> for Steps {
    /// The lowest price is not known before the run, which refuses a price that is off the tick.
    fn from(info: &MarketInfo) -> Self {
        Self { price: info.price_step, volume: info.quantity_step, lowest: Decimal::MAX }
    }
}

/// Describes the instrument of which there is this data.
pub(crate) fn describe(symbol: &Symbol, resolved: &Resolved, steps: &Steps) -> Result<Described, ConfigError> {
    let config = &resolved.config;
    let major = major_of(symbol, config);
    let (symbol, spelling) = symbol_of(symbol.as_str(), resolved.place_of("symbol"))?;
    let kind = contract::kind_of(&symbol, &spelling, resolved)?;
    let rules = rules(config, major, steps);
    check_tick(resolved, &rules, steps)?;
    let Spelling { base, quote, .. } = spelling;
    let settlement = if kind.is_inverse() { base.clone() } else { quote.clone() };
    contract::check_capital(&symbol, &settlement, kind, resolved)?;
    // Whoever says what the maintenance margin is, or describes the instrument, wants that and no table.
    let is_described = config.maintenance_margin_pct.is_some() || config.tick_size.is_some() && config.lot_size.is_some();
    let has_brackets = kind == InstrumentKind::LINEAR_PERPETUAL && !is_described;
    let brackets = if has_brackets { brackets_of(&symbol) } else { std::sync::Arc::default() };
    let instrument = Instrument { symbol, base, quote, settlement, kind, rules, brackets };
    Ok(Described { warning: warning(config, major, &instrument), instrument })
}

fn rules(config: &Config, major: Option<Major>, steps: &Steps) -> InstrumentRules {
    // Whoever gives both tick and lot describes the instrument; the table's minimum would be another one's.
    let described = config.tick_size.is_some() && config.lot_size.is_some();
    let min_notional = major.filter(|_| !described).map_or(Decimal::ZERO, |major| major.min_notional);
    let (usual, of_major) = match config.market_type {
        MarketType::Spot => (Percent::ZERO, None),
        MarketType::Margin => (MARGIN_ACCOUNT_MAINTENANCE, None),
        MarketType::Futures | MarketType::Options => (USUAL_MAINTENANCE_MARGIN, major.map(|major| major.maintenance_margin)),
    };
    InstrumentRules {
        tick_size: config.tick_size.or(major.map(|major| major.tick_size)).unwrap_or(steps.price),
        lot_size: config.lot_size.or(major.map(|major| major.lot_size)).unwrap_or(steps.volume),
        min_notional: config.min_notional.unwrap_or(min_notional),
        contract_size: config.contract_size.or(major.map(|major| major.contract_size)).unwrap_or(Decimal::ONE),
        maintenance_margin: config.maintenance_margin_pct.or(of_major).unwrap_or(usual),
    }
}

/// What was read off the data, if anything was.
fn warning(config: &Config, major: Option<Major>, instrument: &Instrument) -> Option<String> {
    if major.is_some() || config.tick_size.is_some() && config.lot_size.is_some() {
        return None;
    }
    let read_off = [
        ("tick_size", "--tick-size", config.tick_size, instrument.rules.tick_size),
        ("lot_size", "--lot-size", config.lot_size, instrument.rules.lot_size),
    ];
    let missing: Vec<_> = read_off.iter().filter(|(_, _, given, _)| given.is_none()).collect();
    let values: Vec<_> = missing.iter().map(|(key, _, _, value)| format!("{key} {}", value.normalize())).collect();
    let flags: Vec<_> = missing.iter().map(|(_, flag, _, _)| *flag).collect();
    Some(format!(
        "{}: {} read off the data's own decimals, since the built-in table does not have the symbol; set {}",
        instrument.symbol,
        values.join(" and "),
        flags.join(" and ")
    ))
}

/// A tick above the prices would round them away.
fn check_tick(resolved: &Resolved, rules: &InstrumentRules, steps: &Steps) -> Result<(), ConfigError> {
    if rules.tick_size <= steps.lowest {
        return Ok(());
    }
    Err(ConfigError {
        key: resolved.place_of("tick_size"),
        value: Some(rules.tick_size.normalize().to_string()),
        rule: format!("is above the lowest price of the data, {}", steps.lowest.normalize()),
        nearest: Some(steps.price.to_string()),
    })
}
