#![allow(unused)]

use metaexpert::prelude::*;

struct Cross {
    bars: usize,
}

#[on_init]
fn init() -> Result<Cross> {
    Ok(Cross { bars: 0 })
}

#[on_bar(timeframe = "4h", timeframe = "1h")]
fn bar(bar: &Bar) {}

fn main() {}
