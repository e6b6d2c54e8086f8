//! Names: Binance's and the user's are each other's.

use metaexpert_binance::{
    Product,
    symbols::{native, unified},
};
use metaexpert_core::Symbol;

/// Spells a name both ways, for each product.
///
/// # Panics
/// Where a name comes back as another one.
pub fn run(data: &[u8]) {
    let Ok(name) = std::str::from_utf8(data) else { return };
    for product in Product::ALL {
        if let Some(symbol) = unified(product, name) {
            assert_eq!(native(product, &symbol).as_deref(), Some(name), "{product}: {symbol}");
        }
        // A symbol made of what is no name may read as another one: what an exchange makes of that is nobody's promise.
        let symbol = Symbol::new(name).filter(|symbol| Symbol::new(symbol.as_str()).as_ref() == Some(symbol));
        if let Some((symbol, theirs)) = symbol.and_then(|symbol| native(product, &symbol).map(|theirs| (symbol, theirs))) {
            assert_eq!(unified(product, &theirs), Some(symbol), "{product}: {theirs}");
        }
    }
}
