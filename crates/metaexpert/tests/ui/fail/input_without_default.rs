#![allow(unused)]

use metaexpert::prelude::*;

#[derive(Inputs)]
struct Params {
    /// Fast EMA length in bars.
    #[input(min = 5, max = 50)]
    fast: usize,
    slow: usize,
}

fn main() {}
