#![allow(unused)]

use metaexpert::prelude::*;

struct Cross {
    bars: usize,
}

#[on_init]
fn init() -> Result<Cross> {
    Ok(Cross { bars: 0 })
}

#[on_bar]
struct Bars {
    count: usize,
}

fn main() {}
