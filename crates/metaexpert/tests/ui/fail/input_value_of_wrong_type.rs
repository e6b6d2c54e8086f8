#![allow(unused)]

use metaexpert::prelude::*;

#[derive(Inputs)]
struct Params {
    #[input(default = "twelve")]
    fast: usize,
}

fn main() {}
