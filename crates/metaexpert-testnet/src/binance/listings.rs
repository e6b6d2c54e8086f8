//! What is listed: a table of markets, with expiries after the first moment of the testnet.
//!
//! The one decision: rows are what `exchangeInfo` of the real exchange looks like (tick, lot, filters, brackets), rounded where the
//! real numbers change every month. A symbol that is not in the table is listed with rules that fit any price.

mod contracts; // USD-M and COIN-M: perpetual and quarterly, brackets
mod expiry; // Fridays at 08:00 UTC
mod options; // a small chain on BTC
mod spot; // pairs of coins

use metaexpert_core::{Instrument, InstrumentKind, InstrumentRules, Percent, Symbol, UnixNanos};
use rust_decimal::Decimal;

use crate::{
    faults::spelling::value::hint,
    listing::{Class, Listing, OrderLimits},
};

/// What is to be listed.
#[derive(Debug, Clone, PartialEq)]
pub struct ListingSetup {
    /// Which symbols; all of the table where it is empty. `BTCUSDT` names the pair and the perpetual contract, `BTCUSDT_QUARTER` and
    /// `BTCUSD_QUARTER` the contracts that end with the quarter, `BTC-OPTIONS` the chain.
    pub symbols: Vec<String>,
    /// What a bitcoin costs, about: options' strikes lie around it.
    pub bitcoin: Decimal,
}

impl Default for ListingSetup {
    fn default() -> Self {
        Self { symbols: Vec::new(), bitcoin: Decimal::from(80_000) }
    }
}

/// A symbol that cannot be listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{symbol}`: not in the table of listings, and no pair of coins with a known quote currency, as `SOLUSDT`{hint}")]
pub struct UnknownSymbol {
    /// As it was asked for.
    pub symbol: String,
    /// The nearest right one, or all of the table.
    pub hint: String,
}

/// Everything that is listed from `start` on.
///
/// # Errors
/// The first symbol that cannot be listed.
pub fn listings(setup: &ListingSetup, start: UnixNanos) -> Result<Vec<Listing>, UnknownSymbol> {
    let mut rows = spot::rows(start);
    rows.extend(contracts::rows(start));
    rows.extend(options::rows(start, setup.bitcoin));
    if setup.symbols.is_empty() {
        return Ok(rows.into_iter().map(|row| row.listing).collect());
    }
    let mut listed: Vec<Listing> = Vec::new();
    for symbol in &setup.symbols {
        let wanted: Vec<Listing> = rows
            .iter()
            .filter(|row| row.name == *symbol || row.listing.symbol == *symbol)
            .map(|row| row.listing.clone())
            .collect();
        let wanted = if wanted.is_empty() { unlisted(symbol, start).ok_or_else(|| unknown(symbol, &rows))? } else { wanted };
        let known = |listing: &Listing| listed.iter().any(|other| other.class == listing.class && other.symbol == listing.symbol);
        let fresh: Vec<Listing> = wanted.into_iter().filter(|listing| !known(listing)).collect();
        listed.extend(fresh);
    }
    // Spot first, as in the table: other markets follow its prices.
    listed.sort_by_key(|listing| listing.class);
    Ok(listed)
}

/// A listing with the name by which a setup asks for it.
#[derive(Debug, Clone)]
struct Row {
    name: String,
    listing: Listing,
}

/// What a row of any class says.
struct Terms<'a> {
    symbol: &'a str,
    class: Class,
    kind: InstrumentKind,
    /// Base, quote, settlement.
    currencies: [&'a str; 3],
    tick: Decimal,
    lot: Decimal,
    contract_size: Decimal,
    maintenance: Decimal,
    brackets: Vec<metaexpert_core::Bracket>,
    limits: OrderLimits,
    listed: UnixNanos,
}

impl Terms<'_> {
    /// The listing; `None` where the symbol is none.
    fn listing(self) -> Option<Listing> {
        let [base, quote, settlement] = self.currencies.map(metaexpert_core::Currency::new);
        Some(Listing {
            symbol: self.symbol.to_owned(),
            class: self.class,
            instrument: Instrument {
                symbol: Symbol::new(self.symbol)?,
                base,
                quote,
                settlement,
                kind: self.kind,
                rules: InstrumentRules {
                    tick_size: self.tick,
                    lot_size: self.lot,
                    min_notional: self.limits.notional.0,
                    contract_size: self.contract_size,
                    maintenance_margin: Percent::new(self.maintenance),
                },
                brackets: self.brackets.into(),
            },
            limits: self.limits,
            listed: self.listed,
        })
    }
}

/// A pair and a contract of a symbol that the table does not have.
fn unlisted(symbol: &str, start: UnixNanos) -> Option<Vec<Listing>> {
    let (base, quote) = Symbol::new(symbol).and_then(|symbol| symbol.currencies())?;
    if format!("{base}{quote}") != symbol {
        return None;
    }
    let mut wanted: Vec<Listing> = spot::any(symbol, base.as_str(), quote.as_str(), start).into_iter().collect();
    if quote.as_str() == "USDT" {
        wanted.extend(contracts::any(symbol, base.as_str(), start));
    }
    Some(wanted)
}

fn unknown(symbol: &str, rows: &[Row]) -> UnknownSymbol {
    let mut names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    UnknownSymbol { symbol: symbol.to_owned(), hint: hint(symbol, &names) }
}

/// A number of the tables, which are written as decimal literals and checked by the tests.
fn number(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> UnixNanos {
        UnixNanos::parse("2026-11-21T12:00:00Z").unwrap()
    }

    fn symbols(setup: &ListingSetup) -> Vec<String> {
        let listed = listings(setup, start()).unwrap();
        listed.iter().map(|listing| format!("{} {}", listing.class.as_str(), listing.symbol)).collect()
    }

    #[test]
    fn the_table_lists_what_it_is_documented_to() {
        let listed = symbols(&ListingSetup::default());
        for expected in [
            "spot BTCUSDT",
            "spot ETHUSDT",
            "spot BNBUSDT",
            "spot XRPUSDT",
            "spot ETHBTC",
            "linear BTCUSDT",
            "linear ETHUSDT",
            "linear XRPUSDT",
            "linear BTCUSDT_261225",
            "inverse BTCUSD_PERP",
            "inverse ETHUSD_PERP",
            "inverse BTCUSD_261225",
            "options BTC-261127-80000-C",
            "options BTC-261127-80000-P",
            "options BTC-261225-80000-C",
        ] {
            assert!(listed.iter().any(|symbol| symbol == expected), "{expected} is not in {listed:?}");
        }
        assert_eq!(listed.len(), 12 + 12);
    }

    #[test]
    fn every_row_is_a_market_that_orders_can_fit() {
        for listing in listings(&ListingSetup::default(), start()).unwrap() {
            let (rules, limits, name) = (&listing.instrument.rules, &listing.limits, &listing.symbol);
            assert!(rules.tick_size > Decimal::ZERO && rules.lot_size > Decimal::ZERO, "{name}");
            assert!(limits.price.0 >= rules.tick_size && limits.price.0 < limits.price.1, "{name}");
            assert!(limits.quantity.0 >= rules.lot_size && limits.quantity.0 < limits.quantity.1, "{name}");
            assert!(limits.market_quantity > limits.quantity.0 && limits.notional.0 < limits.notional.1, "{name}");
            assert!(limits.price.0 % rules.tick_size == Decimal::ZERO, "{name}");
            assert!(limits.band.0 < Decimal::ONE && limits.band.1 > Decimal::ONE, "{name}");
            assert!(listing.instrument.kind.expiry().is_none_or(|expiry| expiry > start()), "{name}");
            assert!(listing.listed < start(), "{name}");
        }
    }

    #[test]
    fn a_symbol_names_its_pair_and_its_contract() {
        let of = |symbols_asked: &[&str]| {
            symbols(&ListingSetup {
                symbols: symbols_asked.iter().map(|&symbol| symbol.into()).collect(),
                ..ListingSetup::default()
            })
        };
        assert_eq!(of(&["BTCUSDT"]), ["spot BTCUSDT", "linear BTCUSDT"]);
        assert_eq!(of(&["BTCUSD_QUARTER", "BTCUSDT", "BTCUSDT"]), ["spot BTCUSDT", "linear BTCUSDT", "inverse BTCUSD_261225"]);
        assert_eq!(of(&["SOLUSDT"]), ["spot SOLUSDT", "linear SOLUSDT"]);
        assert_eq!(of(&["SOLBTC"]), ["spot SOLBTC"]);
        assert_eq!(of(&["BTC-OPTIONS"]).len(), 12);
    }

    #[test]
    fn what_is_no_symbol_is_refused_by_name() {
        let setup = ListingSetup { symbols: vec!["HELLO".into()], ..ListingSetup::default() };
        let error = listings(&setup, start()).unwrap_err().to_string();
        assert!(error.starts_with("`HELLO`: not in the table"), "{error}");
    }
}
