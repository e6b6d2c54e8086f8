//! Replies of accounts that others have recorded or taken from the documents: each is read, and counted.

use std::{collections::BTreeMap, path::PathBuf};

use metaexpert_binance::{
    Product, account,
    decode::{Kind, decode},
};
use metaexpert_connect::Method;
use serde_json::Value;

/// Where the captures are; `None`, and a line that says so, where they are not.
pub(crate) fn captures() -> Option<PathBuf> {
    let root = std::env::var_os("METAEXPERT_CAPTURES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures"), PathBuf::from);
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: there are no captures at {}", root.display());
    None
}

pub(crate) fn json(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A call and a payload that answers it.
struct Capture {
    source: String,
    product: Product,
    method: Method,
    path: String,
    payload: Value,
}

fn method(word: &str) -> Option<Method> {
    [Method::Get, Method::Post, Method::Put, Method::Delete].into_iter().find(|method| method.as_str() == word)
}

/// Folders of the SDK's captures and of the crawl, and the product that each is of.
const SDK: [(&str, Product); 6] = [
    ("spot", Product::Spot),
    ("wallet", Product::Spot),
    ("margin_trading", Product::Margin),
    ("derivatives_trading_usds_futures", Product::UsdM),
    ("derivatives_trading_coin_futures", Product::CoinM),
    ("derivatives_trading_options", Product::Options),
];
const CRAWL: [(&str, Product); 5] = [
    ("wallet", Product::Spot),
    ("margin_trading", Product::Margin),
    ("derivatives/usds-margined-futures", Product::UsdM),
    ("derivatives/coin-margined-futures", Product::CoinM),
    ("derivatives/options-trading", Product::Options),
];

/// Recordings of nautilus, by file.
const NAUTILUS: [(&str, Product, &str); 9] = [
    ("rust/futures/http_json/account_info_v2.json", Product::UsdM, "/fapi/v2/account"),
    ("rust/futures/http_json/position_risk.json", Product::UsdM, "/fapi/v2/positionRisk"),
    ("rust/futures/http_json/balance.json", Product::UsdM, "/fapi/v2/balance"),
    ("rust/spot/http_json/account_response.json", Product::Spot, "/api/v3/account"),
    ("rust/spot/http_json/account_trades_response.json", Product::Spot, "/api/v3/myTrades"),
    ("py_integration/http_responses/http_futures_account_trades.json", Product::UsdM, "/fapi/v1/userTrades"),
    ("py_integration/http_responses/http_futures_account_symbol_config.json", Product::UsdM, "/fapi/v1/symbolConfig"),
    ("py_integration/http_responses/http_wallet_trading_fees.json", Product::Spot, "/sapi/v1/asset/tradeFee"),
    ("py_integration/http_responses/http_futures_wallet_commission_rate_btcusdt.json", Product::UsdM, "/fapi/v1/commissionRate"),
];

fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path) } else { vec![path] }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    found.sort();
    found
}

fn sdk(root: &std::path::Path) -> Vec<Capture> {
    let of = |(folder, product): (&str, Product)| {
        files(&root.join("binance-sdk/binance").join(folder)).into_iter().flat_map(move |file| {
            let rows = json(&file).as_array().cloned().unwrap_or_default();
            let source = file.file_stem().unwrap().to_string_lossy().into_owned();
            rows.into_iter().filter_map(move |row| {
                let http = row.get("http")?;
                Some(Capture {
                    source: source.clone(),
                    product,
                    method: method(http.get("method")?.as_str()?)?,
                    path: http.get("path")?.as_str()?.to_owned(),
                    payload: row.get("json")?.clone(),
                })
            })
        })
    };
    SDK.into_iter().flat_map(of).collect()
}

/// The crawl mostly does not say which call a page is about: its file's name does, by this list.
const PAGES: &[(&str, &str)] = &[
    ("Account-Information", "/account"),
    ("Account-Information-V2", "/fapi/v2/account"),
    ("Account-Information-V3", "/fapi/v3/account"),
    ("Futures-Account-Balance", "/dapi/v1/balance"),
    ("Futures-Account-Balance-V2", "/fapi/v2/balance"),
    ("Futures-Account-Balance-V3", "/fapi/v3/balance"),
    ("Account-Config", "/fapi/v1/accountConfig"),
    ("Symbol-Config", "/fapi/v1/symbolConfig"),
    ("Get-Current-Position-Mode", "/v1/positionSide/dual"),
    ("Get-Current-Multi-Assets-Mode", "/fapi/v1/multiAssetsMargin"),
    ("Notional-and-Leverage-Brackets", "/fapi/v1/leverageBracket"),
    ("Notional-Bracket-for-Pair", "/dapi/v1/leverageBracket"),
    ("Notional-Bracket-for-Symbol", "/dapi/v2/leverageBracket"),
    ("User-Commission-Rate", "/v1/commissionRate"),
    ("User-Commission", "/eapi/v1/commission"),
    ("Get-Income-History", "/v1/income"),
    ("Query-Rate-Limit", "/v1/rateLimit/order"),
    ("Get-Position-Margin-Change-History", "/v1/positionMargin/history"),
    ("Position-Information", "/dapi/v1/positionRisk"),
    ("Position-Information-V2", "/fapi/v2/positionRisk"),
    ("Position-Information-V3", "/fapi/v3/positionRisk"),
    ("Account-Trade-List", "/v1/userTrades"),
    ("Position-ADL-Quantile-Estimation", "/v1/adlQuantile"),
    ("Option-Position-Information", "/eapi/v1/position"),
    ("Account-Funding-Flow", "/eapi/v1/bill"),
    ("Query-Cross-Margin-Account-Details", "/sapi/v1/margin/account"),
    ("Query-Isolated-Margin-Account-Info", "/sapi/v1/margin/isolated/account"),
    ("Query-Cross-Isolated-Margin-Capital-Flow", "/sapi/v1/margin/capital-flow"),
    ("Query-Cross-Margin-Fee-Data", "/sapi/v1/margin/crossMarginData"),
    ("Query-Isolated-Margin-Fee-Data", "/sapi/v1/margin/isolatedMarginData"),
    ("Get-Interest-History", "/sapi/v1/margin/interestHistory"),
    ("Query-Borrow-Repay", "/sapi/v1/margin/borrow-repay"),
    ("Query-Margin-Interest-Rate-History", "/sapi/v1/margin/interestRateHistory"),
    ("Query-Max-Borrow", "/sapi/v1/margin/maxBorrowable"),
    ("Query-Max-Transfer-Out-Amount", "/sapi/v1/margin/maxTransferable"),
    ("Query-Margin-Account-Trade-List", "/sapi/v1/margin/myTrades"),
    ("Query-Current-Margin-Order-Count-Usage", "/sapi/v1/margin/rateLimit/order"),
    ("trade-fee", "/sapi/v1/asset/tradeFee"),
    ("Change-Initial-Leverage", "POST /v1/leverage"),
    ("Change-Margin-Type", "POST /v1/marginType"),
    ("Change-Position-Mode", "POST /v1/positionSide/dual"),
    ("Change-Multi-Assets-Mode", "POST /fapi/v1/multiAssetsMargin"),
    ("Modify-Isolated-Position-Margin", "POST /v1/positionMargin"),
    ("Enable-Isolated-Margin-Account", "POST /sapi/v1/margin/isolated/account"),
    ("Disable-Isolated-Margin-Account", "DELETE /sapi/v1/margin/isolated/account"),
    ("Margin-Account-Borrow-Repay", "POST /sapi/v1/margin/borrow-repay"),
    ("user-universal-transfer", "POST /sapi/v1/asset/transfer"),
];

fn crawl(root: &std::path::Path) -> Vec<Capture> {
    let of = |(folder, product): (&str, Product)| {
        let folder = root.join("exchange-docs-crawl/binance").join(folder);
        files(&folder).into_iter().filter(|file| !file.to_string_lossy().contains("websocket-api")).flat_map(move |file| {
            let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
            let call = PAGES.iter().find(|(page, _)| *page == stem).map(|(_, call)| *call);
            let blocks = call.map(|_| json(&file)["blocks"].as_array().cloned().unwrap_or_default()).unwrap_or_default();
            blocks.into_iter().filter_map(move |block| {
                let (verb, path) = call?.split_once(' ').unwrap_or(("GET", call?));
                let row = account::RESPONSES
                    .iter()
                    .find(|row| row.products.contains(&product) && row.method.as_str() == verb && row.path.ends_with(path))?;
                Some(Capture {
                    source: format!("crawl {stem}"),
                    product,
                    method: row.method,
                    path: row.path.to_owned(),
                    payload: block.get("json")?.clone(),
                })
            })
        })
    };
    CRAWL.into_iter().flat_map(of).collect()
}

fn nautilus(root: &std::path::Path) -> Vec<Capture> {
    let of = |(file, product, path): (&str, Product, &str)| Capture {
        source: format!("nautilus {file}"),
        product,
        method: Method::Get,
        path: path.to_owned(),
        payload: json(&root.join("nautilus/binance").join(file)),
    };
    NAUTILUS.map(of).into_iter().collect()
}

#[test]
fn recorded_replies_are_read() {
    let Some(root) = captures() else { return };
    let all: Vec<Capture> = sdk(&root).into_iter().chain(crawl(&root)).chain(nautilus(&root)).collect();
    let (mut read, mut failed, mut seen) = (0, Vec::new(), BTreeMap::<&str, usize>::new());
    for capture in &all {
        let row = account::RESPONSES
            .iter()
            .find(|row| row.products.contains(&capture.product) && row.method == capture.method && row.path == capture.path);
        let Some(row) = row else { continue };
        *seen.entry(row.path).or_default() += 1;
        let kind = Kind::Rest { method: capture.method, path: capture.path.clone() };
        match decode(capture.product, &kind, capture.payload.to_string().as_bytes()) {
            Ok(reports) => {
                let is_empty_list = capture.payload.as_array().is_some_and(Vec::is_empty);
                assert!(
                    !reports.is_empty() || is_empty_list || capture.path.ends_with("adlQuantile"),
                    "{}: {}",
                    capture.source,
                    capture.path
                );
                read += 1;
            }
            Err(malformed) => failed.push(format!("{} {}: {malformed}", capture.source, capture.path)),
        }
    }
    println!("{read} replies of {} calls are read, {} are not", seen.len(), failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(read >= 100, "{read}");
}
