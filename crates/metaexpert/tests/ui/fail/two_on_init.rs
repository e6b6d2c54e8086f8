#![allow(unused)]

use metaexpert::prelude::*;

struct Cross;

#[on_init(symbol = "BTCUSDT")]
fn init() -> Result<Cross> {
    Ok(Cross)
}

#[on_init(symbol = "ETHUSDT")]
fn init_again() -> Result<Cross> {
    Ok(Cross)
}

fn main() {}
