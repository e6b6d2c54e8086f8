#![allow(unused)]

use metaexpert::prelude::*;

#[derive(Inputs)]
struct Params {
    #[input(default = "both", choices = ["long", "short"])]
    side: String,
}

fn main() {}
