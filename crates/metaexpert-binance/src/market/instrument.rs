//! From a listing to an instrument: what the rest of the program trades by.
//!
//! The one decision: nothing is guessed. A listing without a tick or a lot is no instrument, and the error names what it lacks.

use std::sync::Arc;

use metaexpert_connect::report::{BracketReport, Filter, Listing};
use metaexpert_core::{Currency, Instrument, InstrumentKind, InstrumentRules, Percent};
use rust_decimal::Decimal;

/// Why a listing is no instrument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{symbol}: the listing has no {missing}")]
pub struct Incomplete {
    /// The exchange's name of it.
    pub symbol: String,
    /// What it lacks.
    pub missing: Missing,
}

/// What a listing may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Its name follows none of the exchange's own rules.
    #[error("name that can be told apart from others")]
    Symbol,
    /// It is of a kind that this program does not know.
    #[error("kind that is known here")]
    Kind,
    /// Prices have no step.
    #[error("tick (`PRICE_FILTER` with a `tickSize`)")]
    Tick,
    /// Quantities have no step.
    #[error("lot (`LOT_SIZE` with a `stepSize`)")]
    Lot,
    /// A future without a maintenance margin, neither its own nor of a bracket.
    #[error("maintenance margin (`maintMarginPercent`, or leverage brackets)")]
    MaintenanceMargin,
}

/// The instrument of a listing, with its leverage brackets where they are known.
///
/// # Errors
/// When the listing lacks what an instrument is made of.
pub fn instrument(listing: &Listing, brackets: Option<&BracketReport>) -> Result<Instrument, Incomplete> {
    let incomplete = |missing| Incomplete { symbol: listing.symbol.clone(), missing };
    let symbol = listing.unified.clone().ok_or_else(|| incomplete(Missing::Symbol))?;
    let kind = listing.kind.ok_or_else(|| incomplete(Missing::Kind))?;
    let brackets: Arc<[_]> = brackets.map(|report| report.brackets.as_slice().into()).unwrap_or_default();
    let smallest = brackets.first().map(|bracket| bracket.maintenance_margin).or(listing.maintenance_margin);
    let maintenance_margin = match kind {
        // What is bought outright has none, and what a short option must hold does not follow from its own value.
        InstrumentKind::Spot | InstrumentKind::Option(_) => Percent::ZERO,
        InstrumentKind::Perpetual(_) | InstrumentKind::Dated { .. } => {
            smallest.ok_or_else(|| incomplete(Missing::MaintenanceMargin))?
        }
    };
    Ok(Instrument {
        symbol,
        base: Currency::new(&listing.base),
        quote: Currency::new(&listing.quote),
        settlement: Currency::new(&listing.settlement),
        kind,
        rules: InstrumentRules {
            tick_size: tick(&listing.filters).ok_or_else(|| incomplete(Missing::Tick))?,
            lot_size: lot(&listing.filters).ok_or_else(|| incomplete(Missing::Lot))?,
            min_notional: min_notional(&listing.filters).unwrap_or(Decimal::ZERO),
            contract_size: listing.contract_size,
            maintenance_margin,
        },
        brackets,
    })
}

fn tick(filters: &[Filter]) -> Option<Decimal> {
    filters.iter().find_map(|filter| match filter {
        Filter::Price { tick, .. } => *tick,
        _ => None,
    })
}

/// The step of quantities. A smallest quantity above it is asked for by the filter itself, before an order is sent.
fn lot(filters: &[Filter]) -> Option<Decimal> {
    filters.iter().find_map(|filter| match filter {
        Filter::Lot { step, market: false, .. } => *step,
        _ => None,
    })
}

fn min_notional(filters: &[Filter]) -> Option<Decimal> {
    filters.iter().find_map(|filter| match filter {
        Filter::Notional { min, .. } => *min,
        _ => None,
    })
}
