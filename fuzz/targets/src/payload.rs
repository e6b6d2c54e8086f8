//! An input whose first line says what it is for, and the rest of which is a payload.
//!
//! The one decision: names, not numbers, so that a file of the corpus stays what it is when a table grows. A line that names
//! nothing still chooses something: a mutation of it is a wish for something else.

use metaexpert_binance::Product;
use metaexpert_connect::{Malformed, Report, malformed::PAYLOAD_SHOWN};

/// The first line, and what follows it.
pub(crate) fn split(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    (data.get(..end).unwrap_or_default(), data.get(end + 1..).unwrap_or_default())
}

/// The one of `all` that a line names, or any that it chooses.
pub(crate) fn choose<T: Copy>(all: &[T], line: &[u8], names: impl Fn(&T) -> String) -> Option<T> {
    let named = all.iter().find(|one| names(one).as_bytes() == line);
    let sum = line.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    named.or_else(|| all.get(sum.checked_rem(all.len())?)).copied()
}

/// The product that a line names or chooses.
pub(crate) fn product(line: &[u8]) -> Product {
    choose(&Product::ALL, line, |product| product.as_str().to_owned()).unwrap_or(Product::Spot)
}

/// What a reader may make of bytes: reports that can be printed, or an error that is short.
///
/// # Panics
/// Where it is neither.
pub(crate) fn check(made: Result<Vec<Report<'_>>, Malformed>) {
    match made {
        Ok(reports) => {
            let printed = serde_json::to_vec(&reports).map(|json| json.len());
            assert!(printed.is_ok(), "{reports:?} cannot be printed: {printed:?}");
        }
        Err(malformed) => {
            assert!(malformed.payload.len() <= PAYLOAD_SHOWN + 3, "an error shows {} bytes", malformed.payload.len());
            assert!(!malformed.to_string().is_empty());
        }
    }
}
