//! Experts that are right, all in one binary: each compiles without a warning under the lints that its file denies, and all of
//! them are found. What rustc says of wrong ones is in `compile_errors.rs`.
#![deny(future_incompatible)]
#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "what is written here is what users may write, not what this workspace would"
)]

mod every_attribute;
mod modules;
mod shadowed_names;
mod states;
pub mod strictest_lints; // what is public is held against more lints
mod without_a_prelude;

use std::collections::BTreeMap;

use metaexpert::core::expert::experts;

#[test]
fn each_file_is_as_many_experts_as_it_means() {
    let mut counts = BTreeMap::<_, usize>::new();
    for expert in experts().unwrap() {
        let file = expert.module().split("::").nth(1).unwrap();
        *counts.entry(file).or_default() += 1;
    }
    let expected = [
        ("every_attribute", 1),
        ("modules", 2),
        ("shadowed_names", 1),
        ("states", 5),
        ("strictest_lints", 1),
        ("without_a_prelude", 1),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}
