//! The commands that ask an exchange, through the built program, against a server that records what it is asked.

#![expect(clippy::unwrap_used, reason = "a test ends with a panic")]

use std::process::{Command, Output};

use metaexpert_connect::http::testing::{Recorded, RecordingServer, Reply};

const USDM: &str = r#"{"timezone":"UTC","serverTime":1790000000000,"futuresType":"U_MARGINED",
    "rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":2400}],
    "exchangeFilters":[],"assets":[],"symbols":[
    {"symbol":"BTCUSDT","pair":"BTCUSDT","contractType":"PERPETUAL","deliveryDate":4133404800000,"onboardDate":1569398400000,
     "status":"TRADING","maintMarginPercent":"2.5000","requiredMarginPercent":"5.0000","baseAsset":"BTC","quoteAsset":"USDT",
     "marginAsset":"USDT","pricePrecision":2,"quantityPrecision":3,"baseAssetPrecision":8,"quotePrecision":8,
     "underlyingType":"COIN","underlyingSubType":["PoW"],"triggerProtect":"0.0500","liquidationFee":"0.012500",
     "filters":[{"filterType":"PRICE_FILTER","minPrice":"556.80","maxPrice":"4529764","tickSize":"0.10"},
       {"filterType":"LOT_SIZE","minQty":"0.001","maxQty":"1000","stepSize":"0.001"},
       {"filterType":"MAX_NUM_ORDERS","limit":200},{"filterType":"MIN_NOTIONAL","notional":"100"}],
     "orderTypes":["LIMIT","MARKET"],"timeInForce":["GTC","IOC","FOK","GTX"]}]}"#;

/// Runs the program against a server that answers in this order.
async fn ask(words: &[&str], answers: &[&str]) -> (Output, Vec<Recorded>) {
    let server = RecordingServer::start(answers.iter().map(|answer| Reply::ok(*answer))).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_metaexpert"));
    command.args(words).args(["--base-url", &server.base(), "--timeout", "5"]).current_dir(home.path());
    command.env("XDG_CONFIG_HOME", home.path()).env_remove("BINANCE_API_KEY").env_remove("BINANCE_API_SECRET");
    std::fs::write(home.path().join(".env"), "BINANCE_API_KEY=key-of-nobody\nBINANCE_API_SECRET=secret-of-nobody\n").unwrap();
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    drop(home);
    (output, server.recorded())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn markets_are_listed_with_the_rules_of_orders() {
    let (output, asked) = ask(&["markets", "btc", "--format", "table"], &[USDM]).await;
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let line = said.lines().nth(1).unwrap();
    assert_eq!(
        line.split_whitespace().collect::<Vec<_>>(),
        ["BTCUSDT", "BTCUSDT", "trading", "0.1", "0.001", "0.001", "100", "1", "USDT"],
        "{said}"
    );
    assert_eq!(asked.iter().map(Recorded::path).collect::<Vec<_>>(), ["/fapi/v1/exchangeInfo"]);

    let (output, _) = ask(&["markets", "ETH"], &[USDM]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nothing that usdm trades has `ETH` in its name"), "{}", text(&output.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bars_go_to_a_pipe_as_the_file_that_a_backtest_reads() {
    let bars = r#"[[1767225600000,"100.5","110","90","105","12.5",1767229199999,"1300",42,"6","650","0"],
        [1767229200000,"105","106","104","104.5","3",1767232799999,"315",7,"1","105","0"]]"#;
    let words = ["bars", "BTC/USDT", "--timeframe", "1h", "--from", "2026-01-01", "--to", "2026-01-01T02:00:00Z"];
    let (output, asked) = ask(&words, &[bars]).await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(
        text(&output.stdout),
        "timestamp,open,high,low,close,volume\n\
         2026-01-01T00:00:00Z,100.5,110,90,105,12.5\n\
         2026-01-01T01:00:00Z,105,106,104,104.5,3\n"
    );
    assert_eq!(asked[0].path(), "/fapi/v1/klines");
    assert!(asked[0].query().starts_with("symbol=BTCUSDT&interval=1h&startTime=1767225600000"), "{}", asked[0].query());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_is_cut_to_the_levels_that_were_asked_for() {
    let book = r#"{"lastUpdateId":7,"E":1767225600000,"T":1767225600000,"bids":[["99.5","1"],["99.4","2"]],"asks":[["99.6","3"],["99.7","4"]]}"#;
    let (output, asked) = ask(&["book", "BTCUSDT", "--depth", "1", "--format", "table"], &[book]).await;
    assert_eq!(text(&output.stdout), "ask  99.6  3\nbid  99.5  1\n", "{}", text(&output.stderr));
    assert_eq!((asked[0].path(), asked[0].query()), ("/fapi/v1/depth", "symbol=BTCUSDT&limit=5"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_asked_with_a_signature_and_shows_no_secret() {
    let balances = r#"[{"accountAlias":"x","asset":"USDT","balance":"122.5","crossWalletBalance":"122.5","crossUnPnl":"0","availableBalance":"100",
        "maxWithdrawAmount":"100","marginAvailable":true,"updateTime":1767225600000},
        {"accountAlias":"x","asset":"BNB","balance":"0","crossWalletBalance":"0","crossUnPnl":"0","availableBalance":"0",
        "maxWithdrawAmount":"0","marginAvailable":true,"updateTime":0}]"#;
    let (output, asked) = ask(&["account", "--format", "json"], &[balances, "[]", "[]", "[]"]).await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    let holds: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(holds["balances"].as_array().unwrap().len(), 1, "nothing is owned of the other: {holds}");
    assert_eq!(holds["balances"][0]["free"], "100");
    let paths: Vec<_> = asked.iter().map(Recorded::path).collect();
    assert_eq!(paths, ["/fapi/v3/balance", "/fapi/v3/positionRisk", "/fapi/v1/openOrders", "/fapi/v1/openAlgoOrders"]);
    assert!(asked.iter().all(|request| request.header("x-mbx-apikey") == Some("key-of-nobody")));
    assert!(asked.iter().all(|request| request.query().contains("&signature=")));
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(!said.contains("of-nobody"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_exchange_refuses_is_told_in_its_words() {
    let (output, _) = ask(&["book", "BTCUSDT"], &[r#"{"code":-1121,"msg":"Invalid symbol."}"#]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("refused with -1121: Invalid symbol."), "{}", text(&output.stderr));
    for (words, said) in [
        (&["book", "BTCUSDT", "--product", "options"][..], "`BTCUSDT` names nothing that options trades"),
        (&["bars", "BTCUSDT", "--timeframe", "7m"], "--timeframe: `7m` is none of 1s, 1m"),
        (&["bars", "BTCUSDT", "--from", "soon"], "--from: `soon` is not a time"),
        (&["bars", "BTCUSDT", "--from", "2026-02-01", "--to", "2026-01-01"], "--from: `2026-02-01T00:00:00Z` is not before"),
        (&["markets", "--exchange", "okx"], "only `binance` can be asked in this version"),
    ] {
        let (output, asked) = ask(words, &[]).await;
        assert_eq!(output.status.code(), Some(3), "{words:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said), "{words:?}: {}", text(&output.stderr));
        assert!(asked.is_empty(), "{words:?}");
    }
}
