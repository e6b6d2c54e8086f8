//! What the market part makes of replies: of its own fixtures, field by field and broken in every way; and of captured ones.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops at once where it is wrong, and says what it skipped"
)]

mod captures; // replies that others have recorded or documented
mod fixtures; // each reply that is read
mod instruments; // listings as instruments
mod requests; // what is sent
mod values; // recorded values, field by field

use metaexpert_binance::{
    Product,
    decode::{Kind, decode},
};
use metaexpert_connect::{Malformed, Method, Report};

/// What `decode` makes of the reply to a GET.
fn decode_get<'a>(product: Product, path: &str, payload: &'a [u8]) -> Result<Vec<Report<'a>>, Malformed> {
    decode(product, &Kind::Rest { method: Method::Get, path: path.to_owned() }, payload)
}
