#![allow(unused)]

use metaexpert::prelude::*;

#[derive(Inputs)]
struct Params(usize);

fn main() {}
