#![allow(unused)]

use metaexpert::prelude::*;

#[derive(Inputs)]
struct Params {
    #[input(default = 51, min = 5, max = 50)]
    fast: usize,
    #[input(default = -0.5, min = 0)]
    factor: f64,
}

fn main() {}
