#![allow(unused)]

use metaexpert::prelude::*;

#[derive(Inputs)]
struct Params {
    #[input(default = 12, min = 50, max = 5)]
    fast: usize,
}

fn main() {}
