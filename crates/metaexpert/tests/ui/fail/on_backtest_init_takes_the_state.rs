#![allow(unused)]

use metaexpert::prelude::*;

struct Cross {
    bars: usize,
}

#[on_init]
fn init() -> Result<Cross> {
    Ok(Cross { bars: 0 })
}

#[on_backtest_init]
fn before(state: &mut Cross) {}

fn main() {}
