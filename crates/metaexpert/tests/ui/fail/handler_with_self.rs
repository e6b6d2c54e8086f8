#![allow(unused)]

use metaexpert::prelude::*;

struct Cross {
    bars: usize,
}

#[on_init]
fn init() -> Result<Cross> {
    Ok(Cross { bars: 0 })
}

impl Cross {
    #[on_bar]
    fn bar(&mut self, bar: &Bar) {
        self.bars += 1;
    }
}

fn main() {}
