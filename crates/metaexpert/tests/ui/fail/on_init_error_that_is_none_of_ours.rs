#![allow(unused)]

use metaexpert::prelude::*;

struct Cross;
struct Oops;

#[on_init]
fn init() -> Result<Cross, Oops> {
    Err(Oops)
}

#[on_bar]
fn bar(state: &mut Cross) {}

fn main() {}
