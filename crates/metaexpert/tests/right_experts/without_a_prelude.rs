//! Not even the standard prelude is needed.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings)]

#[derive(::metaexpert::prelude::Inputs)]
struct Params {
    #[input(default = 1)]
    length: usize,
}

#[::metaexpert::prelude::on_init(symbol = "BTCUSDT")]
fn init(params: &Params) -> ::metaexpert::prelude::Result<usize> {
    ::std::result::Result::Ok(params.length)
}

#[::metaexpert::prelude::on_bar(timeframe = "4h")]
fn bar(state: &mut usize, _: &::metaexpert::prelude::Bar) {
    *state += 1;
}
