#![allow(unused)]

use metaexpert::prelude::*;

#[on_bar]
fn bar(bar: &Bar) {}

fn main() {}
