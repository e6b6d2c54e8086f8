#![allow(unused)]

use metaexpert::prelude::*;

#[on_init(symbol = "BTCUSDT", timeframe = "7m")]
fn init() {}

fn main() {}
