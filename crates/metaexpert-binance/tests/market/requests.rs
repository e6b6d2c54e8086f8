//! What each request sends, and histories page by page, against a server that records.

use std::{fmt::Debug, ops::ControlFlow};

use metaexpert_binance::{
    Product,
    market::{
        Which,
        agg_trades::{self, AggTrades, agg_trades},
        depth::{depth, rpi_depth},
        exchange_info::exchange_info,
        funding::{self, FundingHistory, funding, funding_terms},
        general::{ping, time},
        indices::{asset_indices, constituents, margin_index, option_index},
        klines::{self, ContractType, Klines, Series, klines},
        margin,
        marks::{marks, option_limits},
        open_interest::{OpenInterestHistory, open_interest, open_interest_history, option_open_interest},
        quotes::quotes,
        reference::{average_price, execution_rules, reference_price},
        settlements::{Exercises, delivery_prices, exercises},
        tickers::{Detail, prices, rolling_tickers, tickers_24h, trading_day_tickers},
        trades::{block_trades, historical_trades, option_block_trades, trades},
    },
};
use metaexpert_connect::{
    Failure,
    http::{
        Client,
        testing::{RecordingServer, Reply, Toy, setup},
    },
};
use metaexpert_core::{Timeframe, UnixNanos};

fn fixture(file: &str) -> String {
    std::fs::read_to_string(format!("{}/testdata/market/{file}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn client_of(server: &RecordingServer) -> Client {
    Client::new(setup(server.base(), Toy)).unwrap()
}

/// What a request asks for, its parameters as they stand in the address, and what is made of the reply.
async fn asked<T: Debug>(file: &str, request: impl AsyncFnOnce(&Client) -> Result<T, Failure>) -> (String, T) {
    let server = RecordingServer::start([Reply::ok(fixture(file))]).await.unwrap();
    let got = request(&client_of(&server)).await.unwrap();
    let recorded = server.recorded();
    assert_eq!((recorded.len(), recorded[0].method.as_str()), (1, "GET"));
    (recorded[0].target.clone(), got)
}

fn at(millis: i64) -> UnixNanos {
    UnixNanos::from_millis(millis).unwrap()
}

/// The start of 2026, which the fixtures are of.
const START: i64 = 1_767_225_600_000;

#[tokio::test]
async fn spot_is_asked_as_its_documentation_says() {
    let spot = Product::Spot;
    let (target, ()) = asked("spot/api.v3.ping", async |client| ping(client, spot).await).await;
    assert_eq!(target, "/api/v3/ping");
    let (target, now) = asked("spot/api.v3.time", async |client| time(client, spot).await).await;
    assert_eq!((target.as_str(), now), ("/api/v3/time", at(START + 123)));
    let info = async |client: &Client| exchange_info(client, spot, Which::One("SOLUSDT")).await;
    let (target, info) = asked("spot/api.v3.exchangeInfo", info).await;
    assert_eq!((target.as_str(), info.listings.len(), info.limits.len()), ("/api/v3/exchangeInfo?symbol=SOLUSDT", 1, 5));
    let (target, book) = asked("spot/api.v3.depth", async |client| depth(client, spot, "SOLUSDT", 1000).await).await;
    assert_eq!((target.as_str(), book.symbol.as_deref()), ("/api/v3/depth?symbol=SOLUSDT&limit=1000", Some("SOLUSDT")));
    let (target, made) = asked("spot/api.v3.trades", async |client| trades(client, spot, "SOLUSDT", Some(2)).await).await;
    assert_eq!((target.as_str(), made[1].id), ("/api/v3/trades?symbol=SOLUSDT&limit=2", 502));
    let older = async |client: &Client| historical_trades(client, spot, "SOLUSDT", Some(17), None).await;
    assert_eq!(asked("spot/api.v3.historicalTrades", older).await.0, "/api/v3/historicalTrades?symbol=SOLUSDT&fromId=17");
    let blocks = async |client: &Client| block_trades(client, "SOLUSDT", 3, Some(10)).await;
    let (target, _) = asked("spot/api.v3.historicalBlockTrades", blocks).await;
    assert_eq!(target, "/api/v3/historicalBlockTrades?symbol=SOLUSDT&fromId=3&limit=10");
    let average = asked("spot/api.v3.avgPrice", async |client| average_price(client, "SOLUSDT").await).await;
    assert_eq!((average.0.as_str(), average.1.minutes), ("/api/v3/avgPrice?symbol=SOLUSDT", Some(5)));
    let reference = asked("spot/api.v3.referencePrice", async |client| reference_price(client, "SOLUSDT").await).await;
    assert_eq!(reference.0, "/api/v3/referencePrice?symbol=SOLUSDT");
    let rules = asked("spot/api.v3.executionRules", async |client| execution_rules(client, Which::All).await).await;
    assert_eq!((rules.0.as_str(), rules.1.len()), ("/api/v3/executionRules", 2));
}

#[tokio::test]
async fn spot_tickers_are_asked_as_their_documentation_says() {
    let spot = Product::Spot;
    let mini = async |client: &Client| tickers_24h(client, spot, Which::All, Detail::Mini).await;
    assert_eq!(asked("spot/api.v3.ticker.24hr", mini).await.0, "/api/v3/ticker/24hr?type=MINI");
    let rolling = async |client: &Client| rolling_tickers(client, Which::One("BNBUSDT"), "4h", Detail::Full).await;
    assert_eq!(asked("spot/api.v3.ticker", rolling).await.0, "/api/v3/ticker?symbol=BNBUSDT&windowSize=4h");
    let day = async |client: &Client| trading_day_tickers(client, Which::One("SOLUSDT"), Some("2"), Detail::Mini).await;
    let (target, _) = asked("spot/api.v3.ticker.tradingDay", day).await;
    assert_eq!(target, "/api/v3/ticker/tradingDay?symbol=SOLUSDT&timeZone=2&type=MINI");
    let last = async |client: &Client| prices(client, spot, Which::One("SOLUSDT")).await;
    assert_eq!(asked("spot/api.v3.ticker.price", last).await.0, "/api/v3/ticker/price?symbol=SOLUSDT");
    let several = async |client: &Client| quotes(client, spot, Which::Several(&["SOLUSDT", "BNBUSDT"])).await;
    let (target, _) = asked("spot/api.v3.ticker.bookTicker", several).await;
    let plain = target.replace("%22", "\"").replace("%5B", "[").replace("%5D", "]").replace("%2C", ",");
    assert_eq!(plain, r#"/api/v3/ticker/bookTicker?symbols=["SOLUSDT","BNBUSDT"]"#);
}

#[tokio::test]
async fn bars_are_asked_for_by_symbol_or_by_pair() {
    let request =
        |series, symbol| Klines { series, symbol, timeframe: Timeframe::M1, from: Some(at(START)), to: None, limit: Some(5) };
    let tail = "interval=1m&startTime=1767225600000&limit=5";
    let rows = [
        (Product::Spot, Series::Traded, "spot/api.v3.klines", "/api/v3/klines?symbol=S"),
        (Product::Spot, Series::Chart, "spot/api.v3.uiKlines", "/api/v3/uiKlines?symbol=S"),
        (Product::UsdM, Series::Mark, "usdm/fapi.v1.markPriceKlines", "/fapi/v1/markPriceKlines?symbol=S"),
        (Product::UsdM, Series::Premium, "usdm/fapi.v1.premiumIndexKlines", "/fapi/v1/premiumIndexKlines?symbol=S"),
        (Product::CoinM, Series::Index, "coinm/dapi.v1.indexPriceKlines", "/dapi/v1/indexPriceKlines?pair=S"),
        (
            Product::CoinM,
            Series::Continuous(ContractType::CurrentQuarter),
            "coinm/dapi.v1.continuousKlines",
            "/dapi/v1/continuousKlines?pair=S&contractType=CURRENT_QUARTER",
        ),
        (Product::Options, Series::Traded, "options/eapi.v1.klines", "/eapi/v1/klines?symbol=S"),
    ];
    for (product, series, file, head) in rows {
        let (target, bars) = asked(file, async |client| klines(client, product, &request(series, "S")).await).await;
        assert_eq!(target, format!("{head}&{tail}"));
        assert_eq!((bars[0].symbol.as_deref(), bars[0].timeframe), (Some("S"), Some(Timeframe::M1)));
    }
}

#[tokio::test]
async fn futures_are_asked_as_their_documentation_says() {
    let usdm = Product::UsdM;
    let (target, book) = asked("usdm/fapi.v1.depth", async |client| depth(client, usdm, "SOLUSDT", 60).await).await;
    assert_eq!((target.as_str(), book.last), ("/fapi/v1/depth?symbol=SOLUSDT&limit=100", 90310));
    let rpi = asked("usdm/fapi.v1.rpiDepth", async |client| rpi_depth(client, usdm, "SOLUSDT").await).await;
    assert_eq!(rpi.0, "/fapi/v1/rpiDepth?symbol=SOLUSDT&limit=1000");
    let last = asked("usdm/fapi.v2.ticker.price", async |client| prices(client, usdm, Which::All).await).await;
    assert_eq!(last.0, "/fapi/v2/ticker/price");
    let mark = asked("usdm/fapi.v1.premiumIndex", async |client| marks(client, usdm, Which::One("SOLUSDT")).await).await;
    assert_eq!(mark.0, "/fapi/v1/premiumIndex?symbol=SOLUSDT");
    let request = FundingHistory { symbol: Some("SOLUSDT"), from: None, to: Some(at(START)), limit: Some(2) };
    let (target, paid) = asked("usdm/fapi.v1.fundingRate", async |client| funding(client, usdm, &request).await).await;
    assert_eq!((target.as_str(), paid.len()), ("/fapi/v1/fundingRate?symbol=SOLUSDT&endTime=1767225600000&limit=2", 2));
    let terms = asked("usdm/fapi.v1.fundingInfo", async |client| funding_terms(client, usdm).await).await;
    assert_eq!((terms.0.as_str(), terms.1[0].interval_hours), ("/fapi/v1/fundingInfo", 4));
    let open = asked("usdm/fapi.v1.openInterest", async |client| open_interest(client, usdm, "SOLUSDT").await).await;
    assert_eq!(open.0, "/fapi/v1/openInterest?symbol=SOLUSDT");
    let request = |symbol, contract| OpenInterestHistory {
        symbol,
        contract,
        period: Timeframe::H1,
        from: None,
        to: None,
        limit: Some(500),
    };
    let of = async |client: &Client| open_interest_history(client, usdm, &request("SOLUSDT", None)).await;
    let (target, _) = asked("usdm/futures.data.openInterestHist", of).await;
    assert_eq!(target, "/futures/data/openInterestHist?symbol=SOLUSDT&period=1h&limit=500");
    let of = async |client: &Client| open_interest_history(client, Product::CoinM, &request("SOLUSD", None)).await;
    let (target, _) = asked("coinm/futures.data.openInterestHist", of).await;
    assert_eq!(target, "/futures/data/openInterestHist?pair=SOLUSD&contractType=ALL&period=1h&limit=500");
    let delivered = async |client: &Client| delivery_prices(client, Product::CoinM, "SOLUSD").await;
    assert_eq!(asked("coinm/futures.data.delivery-price", delivered).await.0, "/futures/data/delivery-price?pair=SOLUSD");
    let parts = async |client: &Client| constituents(client, usdm, "SOLUSDT").await;
    assert_eq!(asked("usdm/fapi.v1.constituents", parts).await.0, "/fapi/v1/constituents?symbol=SOLUSDT");
    let assets = async |client: &Client| asset_indices(client, Some("SOLUSD")).await;
    assert_eq!(asked("usdm/fapi.v1.assetIndex", assets).await.0, "/fapi/v1/assetIndex?symbol=SOLUSD");
}

#[tokio::test]
async fn options_and_margin_are_asked_as_their_documentation_says() {
    let day = async |client: &Client| tickers_24h(client, Product::Options, Which::All, Detail::Mini).await;
    assert_eq!(asked("options/eapi.v1.ticker", day).await.0, "/eapi/v1/ticker");
    let limits = asked("options/eapi.v1.mark", async |client| option_limits(client, None).await).await;
    assert_eq!((limits.0.as_str(), limits.1.len()), ("/eapi/v1/mark", 1));
    let index = asked("options/eapi.v1.index", async |client| option_index(client, "SOLUSDT").await).await;
    assert_eq!((index.0.as_str(), index.1.symbol.as_deref()), ("/eapi/v1/index?underlying=SOLUSDT", Some("SOLUSDT")));
    let open = async |client: &Client| option_open_interest(client, "SOL", "260327").await;
    let (target, _) = asked("options/eapi.v1.openInterest", open).await;
    assert_eq!(target, "/eapi/v1/openInterest?underlyingAsset=SOL&expiration=260327");
    let blocks = async |client: &Client| option_block_trades(client, None, Some(5)).await;
    assert_eq!(asked("options/eapi.v1.blockTrades", blocks).await.0, "/eapi/v1/blockTrades?limit=5");
    let ended = Exercises { underlying: Some("SOLUSDT"), ..Exercises::default() };
    let (target, _) = asked("options/eapi.v1.exerciseHistory", async |client| exercises(client, &ended).await).await;
    assert_eq!(target, "/eapi/v1/exerciseHistory?underlying=SOLUSDT");

    let pairs = asked("margin/sapi.v1.margin.allPairs", async |client| margin::pairs(client, None).await).await;
    assert_eq!((pairs.0.split('?').next(), pairs.1.len()), (Some("/sapi/v1/margin/allPairs"), 2));
    let index = async |client: &Client| margin_index(client, "SOLUSDT").await;
    assert!(asked("margin/sapi.v1.margin.priceIndex", index).await.0.starts_with("/sapi/v1/margin/priceIndex?symbol=SOLUSDT"));
    let (target, goes) = asked("margin/sapi.v1.margin.delist-schedule", async |client| margin::delistings(client).await).await;
    assert!(target.starts_with("/sapi/v1/margin/delist-schedule?timestamp=") && target.contains("signature="), "{target}");
    assert!(goes[0].is_end);
}

#[tokio::test]
async fn what_a_product_does_not_offer_is_not_sent() {
    let server = RecordingServer::start([Reply::ok("[]")]).await.unwrap();
    let client = client_of(&server);
    let request = AggTrades { symbol: "SOL-260327-150-C", from_id: None, from: None, to: None, limit: None };
    let failure = agg_trades(&client, Product::Options, &request).await.unwrap_err();
    assert_eq!(failure.to_string(), "agg_trades: not sent: options has no such call");
    let failure = quotes(&client, Product::UsdM, Which::Several(&["A", "B"])).await.unwrap_err();
    assert_eq!(failure.to_string(), "book_ticker: not sent: usdm takes one symbol or none");
    assert_eq!(server.recorded(), []);
}

/// Bars of a minute from the start on, as a page of them is written.
fn bars(minutes: impl IntoIterator<Item = i64>) -> Reply {
    let bar = |minute: i64| {
        let open = START + minute * 60_000;
        format!(r#"[{open},"1","2","0.5","1.5","10",{},"15",3,"5","7","0"]"#, open + 59_999)
    };
    Reply::ok(format!("[{}]", minutes.into_iter().map(bar).collect::<Vec<_>>().join(",")))
}

#[tokio::test]
async fn a_history_of_bars_is_asked_for_until_it_is_complete() {
    // The second page is short and overlaps the first.
    let server = RecordingServer::start([bars(0..1000), bars(998..1300), bars(1300..1500)]).await.unwrap();
    let (mut opens, mut pages) = (Vec::new(), 0);
    let mut take = |page: Vec<metaexpert_connect::report::BarReport<'static>>| {
        pages += 1;
        opens.extend(page.iter().map(|bar| (bar.open_time.as_nanos() / 1_000_000 - START) / 60_000));
        ControlFlow::Continue(())
    };
    let span = at(START)..at(START + 1500 * 60_000);
    let client = client_of(&server);
    klines::history(&client, Product::Spot, Series::Traded, "SOLUSDT", Timeframe::M1, span, &mut take).await.unwrap();
    assert_eq!((opens, pages), ((0..1500).collect(), 3));
    let starts: Vec<_> = server.recorded().iter().map(|request| request.query().to_owned()).collect();
    let end = START + 1500 * 60_000 - 1;
    let expected =
        |minute: i64| format!("symbol=SOLUSDT&interval=1m&startTime={}&endTime={end}&limit=1000", START + minute * 60_000);
    assert_eq!(starts, [0, 1000, 1300].map(expected));
}

#[tokio::test]
async fn a_history_ends_where_whoever_takes_it_has_enough() {
    let server = RecordingServer::start([bars(0..1000), bars(1000..1500)]).await.unwrap();
    let client = client_of(&server);
    let span = at(START)..at(START + 1500 * 60_000);
    let mut take = |_| ControlFlow::Break(());
    klines::history(&client, Product::Spot, Series::Traded, "SOLUSDT", Timeframe::M1, span, &mut take).await.unwrap();
    assert_eq!(server.recorded().len(), 1);
}

#[tokio::test]
async fn coin_margined_bars_are_asked_for_window_by_window() {
    let server = RecordingServer::start([bars(0..1500), bars([]), bars(3000..3100)]).await.unwrap();
    let client = client_of(&server);
    let mut count = 0;
    let mut take = |page: Vec<_>| {
        count += page.len();
        ControlFlow::Continue(())
    };
    let span = at(START)..at(START + 3100 * 60_000);
    klines::history(&client, Product::CoinM, Series::Traded, "SOLUSD_PERP", Timeframe::M1, span, &mut take).await.unwrap();
    assert_eq!(count, 1600);
    let asked: Vec<_> = server.recorded().iter().map(|request| request.query().to_owned()).collect();
    let window = |from: i64, to: i64| {
        let (from, to) = (START + from * 60_000, START + to * 60_000 - 1);
        format!("symbol=SOLUSD_PERP&interval=1m&startTime={from}&endTime={to}&limit=1500")
    };
    assert_eq!(asked, [window(0, 1500), window(1500, 3000), window(3000, 3100)]);
}

#[tokio::test]
async fn aggregate_trades_are_found_by_time_and_followed_by_number() {
    let page = |trades: &[(u64, i64)]| {
        let trade = |(id, millis): &(u64, i64)| {
            format!(r#"{{"a":{id},"p":"1","q":"2","f":{id},"l":{id},"T":{},"m":true}}"#, START + millis)
        };
        Reply::ok(format!("[{}]", trades.iter().map(trade).collect::<Vec<_>>().join(",")))
    };
    let hour = 3_600_000;
    // Nothing in the first hour; three trades of one millisecond over two pages; the last is behind the end.
    let script = [page(&[]), page(&[(7, hour + 5), (8, hour + 5)]), page(&[(9, hour + 5), (10, hour + 90)])];
    let server = RecordingServer::start(script).await.unwrap();
    let client = client_of(&server);
    let mut ids = Vec::new();
    let mut take = |page: Vec<metaexpert_connect::report::PublicTradeReport<'static>>| {
        ids.extend(page.iter().map(|trade| trade.id));
        ControlFlow::Continue(())
    };
    let span = at(START)..at(START + hour + 50);
    agg_trades::history(&client, Product::UsdM, "SOLUSDT", span, &mut take).await.unwrap();
    assert_eq!(ids, [7, 8, 9]);
    let asked: Vec<_> = server.recorded().iter().map(|request| request.query().to_owned()).collect();
    assert_eq!(
        asked,
        [
            format!("symbol=SOLUSDT&startTime={START}&endTime={}&limit=1000", START + hour - 1),
            format!("symbol=SOLUSDT&startTime={}&endTime={}&limit=1000", START + hour, START + hour + 49),
            "symbol=SOLUSDT&fromId=9&limit=1000".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_history_of_funding_is_asked_for_from_behind_its_last_record() {
    let page = |hours: &[i64]| {
        let paid =
            |hours: &i64| format!(r#"{{"symbol":"SOLUSDT","fundingTime":{},"fundingRate":"0.0001"}}"#, START + hours * 3_600_000);
        Reply::ok(format!("[{}]", hours.iter().map(paid).collect::<Vec<_>>().join(",")))
    };
    let server = RecordingServer::start([page(&[0, 8]), page(&[16]), page(&[])]).await.unwrap();
    let client = client_of(&server);
    let mut count = 0;
    let mut take = |page: Vec<_>| {
        count += page.len();
        ControlFlow::Continue(())
    };
    let span = at(START)..at(START + 86_400_000);
    funding::history(&client, Product::UsdM, "SOLUSDT", span, &mut take).await.unwrap();
    assert_eq!((count, server.recorded().len()), (3, 3));
    assert!(server.recorded()[1].query().contains(&format!("startTime={}", START + 8 * 3_600_000 + 1)));
}

#[tokio::test]
async fn a_history_that_does_not_go_forward_fails_instead_of_asking_for_ever() {
    let server = RecordingServer::start([bars(0..10), bars(0..10)]).await.unwrap();
    let client = client_of(&server);
    let span = at(START)..at(START + 1500 * 60_000);
    let mut take = |_| ControlFlow::Continue(());
    let history = klines::history(&client, Product::Spot, Series::Traded, "SOLUSDT", Timeframe::M1, span, &mut take);
    let failure = history.await.unwrap_err();
    assert!(failure.to_string().contains("klines of spot: asked for records from 1767226200000 ms on"), "{failure}");
}
