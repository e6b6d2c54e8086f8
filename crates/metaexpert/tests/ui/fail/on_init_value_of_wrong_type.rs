#![allow(unused)]

use metaexpert::prelude::*;

#[on_init(symbol = "BTCUSDT", leverage = "ten")]
fn init() {}

fn main() {}
