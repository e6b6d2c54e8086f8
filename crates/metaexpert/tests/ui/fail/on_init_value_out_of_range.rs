#![allow(unused)]

use metaexpert::prelude::*;

#[on_init(symbol = "BTCUSDT", leverage = 500)]
fn init() {}

fn main() {}
