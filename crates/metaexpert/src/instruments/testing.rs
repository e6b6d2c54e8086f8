//! An instrument for tests of what only has to have one.

use metaexpert_core::{Instrument, InstrumentKind, InstrumentRules, Percent, Symbol};
use rust_decimal::dec;

/// A perpetual without a margin to maintain.
pub(crate) fn perpetual(symbol: &str) -> Instrument {
    let symbol = Symbol::new(symbol).unwrap();
    let (base, quote) = symbol.currencies().unwrap();
    Instrument {
        symbol,
        base,
        settlement: quote.clone(),
        quote,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(0),
            contract_size: dec!(1),
            maintenance_margin: Percent::ZERO,
        },
        brackets: std::sync::Arc::default(),
    }
}
