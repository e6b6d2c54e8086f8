//! Placeholder of the stream part while it is written.

use metaexpert_connect::{Malformed, Report};

use crate::Product;

/// What a frame says.
///
/// # Errors
/// When nothing can be made of it.
pub fn read(product: Product, frame: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Err(Malformed::new(product.as_str(), "not written yet", frame))
}
