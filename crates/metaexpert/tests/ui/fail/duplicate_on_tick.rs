#![allow(unused)]

use metaexpert::prelude::*;

struct Cross {
    bars: usize,
}

#[on_init]
fn init() -> Result<Cross> {
    Ok(Cross { bars: 0 })
}

#[on_tick]
fn tick(tick: &Tick) {}

#[on_tick]
fn tick_again(tick: &Tick) {}

fn main() {}
