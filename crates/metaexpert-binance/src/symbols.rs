//! How Binance spells what is traded, and how users do.
//!
//! The one decision: Binance's spelling is the user's with an end to it, and which end belongs to which contract is a row. A name that
//! does not come back as itself has no user's spelling: better no name than one that names something else.
//!
//! Sources: "symbol" in the exchange information of each product (Spot API 2026-07, where a name may be of any letters; derivatives
//! 2026-01).

use metaexpert_core::{Contract, Spelling, Symbol};

use crate::Product;

/// A product's spelling of one sort of contract.
struct Rule {
    product: Product,
    sort: Sort,
    /// What stands behind the user's spelling.
    end: &'static str,
}

/// The sort of contract that a user's spelling names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// `BTCUSDT`: the pair, on a futures market its perpetual contract.
    Pair,
    /// `BTCUSDT_260327`.
    Dated,
    /// `BTC-260327-100000-C`.
    Option,
}

const SYMBOLS: [Rule; 7] = [
    Rule { product: Product::Spot, sort: Sort::Pair, end: "" },
    Rule { product: Product::Margin, sort: Sort::Pair, end: "" },
    Rule { product: Product::UsdM, sort: Sort::Pair, end: "" },
    Rule { product: Product::UsdM, sort: Sort::Dated, end: "" },
    Rule { product: Product::CoinM, sort: Sort::Pair, end: "_PERP" },
    Rule { product: Product::CoinM, sort: Sort::Dated, end: "" },
    Rule { product: Product::Options, sort: Sort::Option, end: "" },
];

/// The user's spelling of what a product calls `native`; `None` where the name follows none of Binance's own rules.
///
/// ```
/// use metaexpert_binance::{Product, symbols::unified};
/// assert_eq!(unified(Product::CoinM, "BTCUSD_PERP").unwrap().as_str(), "BTCUSD");
/// assert_eq!(unified(Product::UsdM, "BTCUSD_PERP"), None);
/// ```
pub fn unified(product: Product, native: &str) -> Option<Symbol> {
    let mut rules = SYMBOLS.iter().filter(|rule| rule.product == product);
    rules.find_map(|rule| {
        let own = native.strip_suffix(rule.end)?;
        let symbol = Symbol::new(own).filter(|symbol| symbol.as_str() == own)?;
        (sort(&symbol) == Some(rule.sort)).then_some(symbol)
    })
}

/// What a product calls `symbol`; `None` where it has no contract of that sort.
///
/// ```
/// use metaexpert_binance::{Product, symbols::native};
/// use metaexpert_core::Symbol;
/// let symbol = Symbol::new("BTC/USD").unwrap();
/// assert_eq!(native(Product::CoinM, &symbol).as_deref(), Some("BTCUSD_PERP"));
/// ```
pub fn native(product: Product, symbol: &Symbol) -> Option<String> {
    let sort = sort(symbol)?;
    let rule = SYMBOLS.iter().find(|rule| rule.product == product && rule.sort == sort)?;
    Some(format!("{symbol}{}", rule.end))
}

/// A name whose currencies nobody can tell apart is that of a pair: quote currencies come and go. `None` for what no product of Binance
/// trades: options priced in anything but USDT, which alone is left out of a name.
fn sort(symbol: &Symbol) -> Option<Sort> {
    match symbol.spelling() {
        None | Some(Spelling { contract: Contract::Pair | Contract::Perpetual, .. }) => Some(Sort::Pair),
        Some(Spelling { contract: Contract::Dated(_), .. }) => Some(Sort::Dated),
        Some(Spelling { contract: Contract::Option(_), quote, .. }) => (quote.as_str() == "USDT").then_some(Sort::Option),
    }
}

#[cfg(test)]
mod tests;
