#![allow(unused)]

use metaexpert::prelude::*;

struct Cross {
    bars: usize,
}

#[on_init]
fn init() -> Result<Cross> {
    Ok(Cross { bars: 0 })
}

struct Params {
    fast: usize,
}

#[on_bar]
fn bar(bar: &Bar, params: &Params) {}

fn main() {}
