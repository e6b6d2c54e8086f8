//! How fast market frames are read: from the bytes of a frame, wrapper included, to reports. Frames are made up, of the size that
//! frames of busy markets have. Run with `cargo bench -p metaexpert-binance --bench stream`.

use std::{fmt::Write, hint::black_box};

use divan::{Bencher, counter::BytesCount};
use metaexpert_binance::{
    Product,
    stream::{self, dialect::MarketDialect, topics::Base},
};
use metaexpert_connect::ws::StreamDialect;

fn main() {
    divan::main();
}

#[divan::bench]
fn trade_of_spot(bencher: Bencher) {
    read(
        bencher,
        Product::Spot,
        r#"{"stream":"ethusdt@trade","data":{"e":"trade","E":1790000000123,"s":"ETHUSDT","t":2214567890,"p":"2501.37000000","q":"0.41350000","T":1790000000122,"m":true,"M":true}}"#,
    );
}

#[divan::bench]
fn book_ticker_of_spot(bencher: Bencher) {
    read(bencher, Product::Spot, SPOT_QUOTE);
}

#[divan::bench]
fn book_ticker_of_futures(bencher: Bencher) {
    read(bencher, Product::UsdM, FUTURES_QUOTE);
}

#[divan::bench]
fn bar(bencher: Bencher) {
    read(
        bencher,
        Product::UsdM,
        r#"{"stream":"ethusdt@kline_1m","data":{"e":"kline","E":1790000000123,"s":"ETHUSDT","k":{"t":1789999980000,"T":1790000039999,"s":"ETHUSDT","i":"1m","f":100,"L":200,"o":"2501.37","c":"2502.10","h":"2502.99","l":"2500.01","v":"1032.553","n":1845,"x":false,"q":"2583411.77310","V":"500.120","Q":"1251033.20110","B":"0"}}}"#,
    );
}

#[divan::bench(args = [5, 20, 1_000])]
fn depth_of_spot(bencher: Bencher, levels: usize) {
    let frame = format!(
        r#"{{"stream":"ethusdt@depth@100ms","data":{{"e":"depthUpdate","E":1790000000123,"s":"ETHUSDT","U":50093239189,"u":50093239202,"b":[{}],"a":[{}]}}}}"#,
        side(levels, 2_500, 8),
        side(levels, 2_501, 8)
    );
    read(bencher, Product::Spot, &frame);
}

#[divan::bench(args = [20, 1_000])]
fn depth_of_futures(bencher: Bencher, levels: usize) {
    let frame = format!(
        r#"{{"stream":"ethusdt@depth@100ms","data":{{"e":"depthUpdate","E":1790000000123,"T":1790000000120,"s":"ETHUSDT","U":5123107832006,"u":5123107837557,"pu":5123107831937,"b":[{}],"a":[{}]}}}}"#,
        side(levels, 2_500, 2),
        side(levels, 2_501, 2)
    );
    read(bencher, Product::UsdM, &frame);
}

#[divan::bench]
fn best_20_levels_of_spot(bencher: Bencher) {
    let frame = format!(
        r#"{{"stream":"ethusdt@depth20@100ms","data":{{"lastUpdateId":50093239202,"bids":[{}],"asks":[{}]}}}}"#,
        side(20, 2_500, 8),
        side(20, 2_501, 8)
    );
    read(bencher, Product::Spot, &frame);
}

#[divan::bench]
fn classify_a_quote(bencher: Bencher) {
    let dialect = MarketDialect::new(Product::UsdM, "wss://localhost".into(), Base::Public);
    let frame = bytes::Bytes::from_static(FUTURES_QUOTE.as_bytes());
    bencher.bench_local(|| dialect.classify(black_box(&frame)));
}

#[divan::bench(args = [20, 1_000])]
fn classify_an_update_of_a_book(bencher: Bencher, levels: usize) {
    let dialect = MarketDialect::new(Product::Spot, "wss://localhost".into(), Base::Only);
    let frame = bytes::Bytes::from(format!(
        r#"{{"stream":"ethusdt@depth@100ms","data":{{"e":"depthUpdate","E":1790000000123,"s":"ETHUSDT","U":50093239189,"u":50093239202,"b":[{}],"a":[{}]}}}}"#,
        side(levels, 2_500, 8),
        side(levels, 2_501, 8)
    ));
    bencher.bench_local(|| dialect.classify(black_box(&frame)));
}

const SPOT_QUOTE: &str = r#"{"stream":"ethusdt@bookTicker","data":{"u":50093239212,"s":"ETHUSDT","b":"2501.37000000","B":"3.78826000","a":"2501.38000000","A":"1.54698000"}}"#;

const FUTURES_QUOTE: &str = r#"{"stream":"ethusdt@bookTicker","data":{"e":"bookTicker","u":5123107839020,"s":"ETHUSDT","b":"2501.37","B":"12.507","a":"2501.38","A":"2.510","T":1790000000123,"E":1790000000125}}"#;

fn read(bencher: Bencher, product: Product, frame: &str) {
    assert_eq!(stream::read(product, frame.as_bytes()).map(|reports| reports.len()), Ok(1), "the frame of a bench is a good one");
    bencher.counter(BytesCount::of_str(frame)).bench_local(|| {
        stream::read_into(product, black_box(frame.as_bytes()), &mut |report| {
            black_box(report);
        })
    });
}

/// Levels as they are written with this many decimals.
fn side(levels: usize, price: usize, decimals: usize) -> String {
    let mut text = String::new();
    for level in 0..levels {
        let separator = if level == 0 { "" } else { "," };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            r#"{separator}["{price}.{:0decimals$}","{}.{:0decimals$}"]"#,
            level % 100 * 10_usize.pow(u32::try_from(decimals).unwrap_or(2) - 2),
            level * 7 % 50,
            level * 13 % 100 * 10_usize.pow(u32::try_from(decimals).unwrap_or(2) - 2),
        );
    }
    text
}
