#![allow(unused)]

use metaexpert::prelude::*;

struct Cross {
    bars: usize,
}

#[on_init]
fn init() -> Result<Cross> {
    Ok(Cross { bars: 0 })
}

mod other {
    use super::*;

    pub struct Reversal;

    #[on_init]
    fn init() -> Result<Reversal> {
        Ok(Reversal)
    }
}

#[on_bar]
fn bar(bar: &Bar, state: &mut other::Reversal) {}

fn main() {}
