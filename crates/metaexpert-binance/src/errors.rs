//! Placeholder of the error table while it is written.

use metaexpert_connect::Meaning;

use crate::Product;

/// What a code of a product means here.
pub fn meaning(_product: Product, _code: i64) -> Meaning {
    Meaning::Other
}
