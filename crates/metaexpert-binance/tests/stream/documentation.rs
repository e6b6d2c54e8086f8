//! The exchange's own examples of its stream messages, where they are at hand: each is read, or stands in a list with the reason
//! why nothing can be made of it.

use std::path::{Path, PathBuf};

use metaexpert_binance::{Product, stream};
use metaexpert_connect::{Report, report::Service};
use serde_json::Value;

/// Examples that are none: by what is in them.
const NO_MESSAGES: [(&str, &str); 5] = [
    (r#"\"e\": \"markPriceUpdate\""#, "not JSON: a comma is missing, and comments stand in it"),
    ("[{}]", "stands for a list of another example"),
    (r#""method":"#, "a request"),
    (r#""b":[["#, "a level without its quantity: the page lists prices and quantities apart"),
    (r#"{"B":"0","L":"#, "the inside of a bar without the event around it"),
];

/// Where examples are, whether all of a file is of streams.
fn sources(captures: &Path) -> Vec<(Product, PathBuf)> {
    let crawl = captures.join("exchange-docs-crawl/binance/derivatives");
    let sdk = captures.join("binance-sdk/binance");
    let mut sources = vec![(Product::Spot, captures.join("binance-spot-docs/binance/web-socket-streams.json"))];
    for (product, folder) in [
        (Product::UsdM, "usds-margined-futures"),
        (Product::CoinM, "coin-margined-futures"),
        (Product::Options, "options-trading"),
    ] {
        sources.extend(files(&crawl.join(folder).join("websocket-market-streams")).map(|file| (product, file)));
    }
    for (product, folder) in [
        (Product::Spot, "spot"),
        (Product::UsdM, "derivatives_trading_usds_futures"),
        (Product::CoinM, "derivatives_trading_coin_futures"),
        (Product::Options, "derivatives_trading_options"),
    ] {
        let of_streams = |file: &PathBuf| file.to_string_lossy().contains("__websocket_streams__");
        sources.extend(files(&sdk.join(folder)).filter(of_streams).map(|file| (product, file)));
    }
    let nautilus = captures.join("nautilus/binance");
    sources.extend(files(&nautilus.join("rust/futures/market_data_json")).map(|file| (Product::UsdM, file)));
    for (product, name) in [
        (Product::Spot, "spot_trade"),
        (Product::Spot, "spot_agg_trade"),
        (Product::Spot, "spot_ticker_book"),
        (Product::UsdM, "futures_book_ticker"),
        (Product::UsdM, "futures_depth_update"),
        (Product::UsdM, "futures_ticker_24hr"),
    ] {
        sources.push((product, nautilus.join(format!("py_integration/ws_messages/ws_{name}.json"))));
    }
    sources
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter()
}

/// The examples of a file: the blocks of a page, the cases of a client's tests, or all of it. What is not JSON comes as text.
fn examples(file: &Path) -> Vec<Value> {
    let content: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let blocks = content.get("blocks").unwrap_or(&content).as_array().cloned();
    let Some(blocks) =
        blocks.filter(|blocks| blocks.iter().all(|block| block.get("json").is_some() || block.get("raw").is_some()))
    else {
        return vec![content];
    };
    blocks.iter().filter_map(|block| block.get("json").filter(|json| !json.is_null()).or(block.get("raw"))).cloned().collect()
}

#[test]
fn every_example_is_read_or_known_to_be_none() {
    let Some(captures) = crate::captures() else {
        println!("skipped: no captures are at hand");
        return;
    };
    let (mut read, mut strange, mut none) = (0, 0, 0);
    for (product, file) in sources(&captures) {
        for example in examples(&file) {
            let text = example.to_string();
            match stream::read(product, text.as_bytes()) {
                Ok(reports) => {
                    assert!(!reports.is_empty(), "{text}");
                    read += 1;
                    strange += usize::from(matches!(reports.as_slice(), [Report::Service(Service::Strange { .. })]));
                }
                Err(error) => {
                    let known = NO_MESSAGES.iter().find(|(part, _)| text.contains(part));
                    assert!(known.is_some(), "{}: {error}", file.display());
                    none += 1;
                }
            }
        }
    }
    println!("{read} examples read, {strange} of them strange; {none} are no messages");
    // Strange are the trading sessions of stocks, which are left out.
    assert_eq!((read, strange, none), (218, 3, 16));
}
