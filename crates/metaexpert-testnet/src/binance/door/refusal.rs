//! Why the world did not do what it was asked for, in the codes and words of each product.

use super::{ApiError, Product};
use crate::order::Refusal;

impl ApiError {
    /// The error that a product answers for a refusal.
    pub fn of(refusal: &Refusal, product: Product) -> Self {
        todo!("{refusal:?} {product:?}")
    }
}
