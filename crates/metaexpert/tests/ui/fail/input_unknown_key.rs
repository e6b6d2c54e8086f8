#![allow(unused)]

use metaexpert::prelude::*;

#[derive(Inputs)]
struct Params {
    #[input(default = 12, minimum = 5)]
    fast: usize,
    #[input(defualt = 26)]
    slow: usize,
}

fn main() {}
