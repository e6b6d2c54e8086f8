#![allow(unused)]

use metaexpert::prelude::*;

struct Cross;

#[on_init]
async fn init() -> Result<Cross> {
    Ok(Cross)
}

#[on_bar]
fn bar(state: &mut Cross, bar: &Bar) {}

fn main() {}
