#![allow(unused)]

use metaexpert::prelude::*;

#[derive(Inputs)]
enum Params {
    Fast,
}

fn main() {}
