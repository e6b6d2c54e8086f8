#![allow(unused)]

use metaexpert::prelude::*;

struct Cross {
    bars: usize,
}

#[on_init]
fn init() -> Result<Cross> {
    Ok(Cross { bars: 0 })
}

struct Oops;

#[on_bar]
fn bar(bar: &Bar) -> Result<(), Oops> {
    Err(Oops)
}

fn main() {}
