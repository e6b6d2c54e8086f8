#![allow(unused)]

use metaexpert::prelude::*;

struct Cross;

#[on_init]
fn init(state: &mut Cross) -> Result<Cross> {
    Ok(Cross)
}

fn main() {}
