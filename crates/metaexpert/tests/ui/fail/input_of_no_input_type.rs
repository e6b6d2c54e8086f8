#![allow(unused)]

use metaexpert::prelude::*;

#[derive(Inputs)]
struct Params {
    #[input(default = vec![1])]
    lengths: Vec<usize>,
}

fn main() {}
