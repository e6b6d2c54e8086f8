#![allow(unused)]

use metaexpert::prelude::*;

#[on_init(symbol = "BTCUSDT", levrage = 10)]
fn init() {}

fn main() {}
