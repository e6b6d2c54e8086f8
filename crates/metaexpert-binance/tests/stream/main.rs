//! Market streams as a whole: each of the project's own payloads in every form that it could come in, and real recordings where
//! they are at hand. What is made of each payload, field by field, is asserted beside the reader of its kind.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its payload has failed")]

mod documentation; // the exchange's own examples
mod payloads; // the project's payloads
mod recordings; // what was recorded
mod shapes; // payloads in every form

use std::path::PathBuf;

/// Payloads of others, which lie beside the repository.
fn captures() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/captures"));
    let captures = std::env::var_os("METAEXPERT_CAPTURES").map_or_else(beside, PathBuf::from);
    captures.is_dir().then_some(captures)
}
