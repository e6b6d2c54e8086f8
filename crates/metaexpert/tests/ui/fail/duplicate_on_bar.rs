#![allow(unused)]

use metaexpert::prelude::*;

struct Cross {
    bars: usize,
}

#[on_init]
fn init() -> Result<Cross> {
    Ok(Cross { bars: 0 })
}

#[on_bar(timeframe = "4h", symbol = "ETHUSDT")]
fn trend(bar: &Bar) {}

#[on_bar(symbol = "ETHUSDT", timeframe = "4h")]
fn trend_again(bar: &Bar) {}

fn main() {}
