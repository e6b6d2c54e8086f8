//! How fast account events are read: from the bytes of a frame, wrapper included, to reports, and what a session makes of it.
//! Frames are made up. Run with `cargo bench -p metaexpert-binance --bench user`.

use std::hint::black_box;

use bytes::Bytes;
use divan::{Bencher, counter::BytesCount};
use metaexpert_binance::{
    Product,
    user::{self, FillFilter, UserStream, Way},
};
use metaexpert_connect::{Report, ws::StreamDialect};
use metaexpert_core::UnixNanos;

const SPOT_TRADE: &[u8] = include_bytes!("../testdata/user/spot/execution_trade.json");
const FUTURES_TRADE: &[u8] = include_bytes!("../testdata/user/usdm/order_trade.json");
const LITE: &[u8] = include_bytes!("../testdata/user/usdm/trade_lite.json");
const ACCOUNT: &[u8] = include_bytes!("../testdata/user/usdm/account_update.json");

fn main() {
    divan::main();
}

fn read(bencher: Bencher<'_, '_>, product: Product, frame: &[u8]) {
    bencher
        .counter(BytesCount::of_slice(frame))
        .bench_local(|| user::read(product, black_box(frame)).map(|reports| reports.len()));
}

#[divan::bench]
fn execution_of_spot(bencher: Bencher<'_, '_>) {
    read(bencher, Product::Spot, SPOT_TRADE);
}

#[divan::bench]
fn order_of_futures(bencher: Bencher<'_, '_>) {
    read(bencher, Product::UsdM, FUTURES_TRADE);
}

#[divan::bench]
fn trade_lite(bencher: Bencher<'_, '_>) {
    read(bencher, Product::UsdM, LITE);
}

#[divan::bench]
fn account_of_futures(bencher: Bencher<'_, '_>) {
    read(bencher, Product::UsdM, ACCOUNT);
}

#[divan::bench]
fn classify(bencher: Bencher<'_, '_>) {
    let stream = UserStream::new(Way::KeyInQuery, String::new(), None, || UnixNanos::from_nanos(0));
    let frame = Bytes::from_static(FUTURES_TRADE);
    bencher.counter(BytesCount::of_slice(FUTURES_TRADE)).bench_local(|| stream.classify(black_box(&frame)));
}

#[divan::bench]
fn a_fill_that_is_known(bencher: Bencher<'_, '_>) {
    let fill = user::read(Product::UsdM, LITE).ok().and_then(|reports| match reports.into_iter().next() {
        Some(Report::Fill(fill)) => Some(*fill),
        _ => None,
    });
    let mut filter = FillFilter::new();
    bencher.with_inputs(|| fill.clone()).bench_local_values(|fill| fill.and_then(|fill| filter.take(fill)));
}
