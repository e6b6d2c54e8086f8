//! Markets over REST: what one call says agrees with what the others say, on every product.

mod calls; // which calls are made

use std::{ops::ControlFlow, time::Duration};

use metaexpert_binance::{
    Product,
    market::{
        self, Which, agg_trades, exchange_info, funding, general, indices, klines, marks, open_interest, quotes, reference,
    },
    market::{margin, settlements, tickers, trades},
};
use metaexpert_connect::{Failure, http::Client};
use metaexpert_core::{InstrumentKind, Timeframe, UnixNanos};
use rust_decimal::Decimal;

pub(crate) use calls::{CALLS, COINM_CALLS, MARGIN_CALLS, OPTION_CALLS, REFUSED_CALLS, USDM_CALLS};

use crate::stage::{MONDAY, Stage, exact, now};

const MINUTE: i64 = 60_000_000_000;
const PAST: Duration = Duration::from_mins(3);

/// What every product's market says in several ways.
async fn agrees(stage: &Stage, client: &Client, product: Product, symbol: &str) {
    general::ping(client, product).await.unwrap();
    assert_eq!(general::time(client, product).await.unwrap(), now());
    let info = exchange_info::exchange_info(client, product, Which::One(symbol)).await.unwrap();
    assert_eq!(info.listings.len(), 1);
    if product == Product::Spot {
        // Of contracts it takes brackets as well, which are an account's to ask.
        market::instrument::instrument(&info.listings[0], None).unwrap();
    }
    assert!(!info.limits.is_empty());

    let book = market::depth::depth(client, product, symbol, 20).await.unwrap();
    assert!(book.bids.windows(2).all(|two| two[0].price > two[1].price), "{book:?}");
    assert!(book.asks.windows(2).all(|two| two[0].price < two[1].price), "{book:?}");
    assert!(book.bids[0].price < book.asks[0].price);
    assert_eq!((book.bids[0].price, book.asks[0].price), stage.quote(product, symbol).await);

    let last = trades::trades(client, product, symbol, Some(50)).await.unwrap();
    assert!(last.windows(2).all(|two| two[0].id < two[1].id && two[0].time <= two[1].time), "{last:?}");

    let request =
        klines::Klines { series: klines::Series::Traded, symbol, timeframe: Timeframe::M1, from: None, to: None, limit: Some(5) };
    let bars = klines::klines(client, product, &request).await.unwrap();
    assert_eq!(bars.len(), 5);
    assert!(bars.windows(2).all(|two| two[1].open_time.nanos_since(two[0].open_time) == MINUTE));
    let ticker = tickers::tickers_24h(client, product, Which::One(symbol), tickers::Detail::Full).await.unwrap();
    assert_eq!(ticker.len(), 1);
    assert_eq!(ticker[0].last, Some(bars[4].close), "{ticker:?} {bars:?}");
    if let Some(trade) = last.last() {
        assert_eq!(ticker[0].last, Some(trade.price));
    }
}

/// What spot and futures have beyond that.
async fn tape_agrees(stage: &Stage, client: &Client, product: Product, symbol: &str) {
    let last = trades::trades(client, product, symbol, Some(200)).await.unwrap();
    let past = trades::historical_trades(client, product, symbol, Some(last[0].id), Some(200)).await.unwrap();
    assert_eq!(past[..last.len()], last[..], "the same trades, by number");
    let request = agg_trades::AggTrades { symbol, from_id: None, from: None, to: None, limit: Some(500) };
    let taken = agg_trades::agg_trades(client, product, &request).await.unwrap();
    assert!(taken.windows(2).all(|two| two[0].id + 1 == two[1].id), "numbers without a gap");
    let ends = taken.last().unwrap().trades.unwrap();
    assert_eq!(ends.1, last.last().unwrap().id, "aggregated up to the last trade");
    assert!(taken.windows(2).all(|two| two[0].trades.unwrap().1 + 1 == two[1].trades.unwrap().0), "each trade in one");

    let span = UnixNanos::from_nanos(now().as_nanos() - 2 * MINUTE)..now();
    let mut walked = Vec::new();
    agg_trades::history(client, product, symbol, span.clone(), &mut |page| {
        walked.extend(page);
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    assert!(!walked.is_empty() && walked.windows(2).all(|two| two[0].id + 1 == two[1].id));
    assert!(walked.iter().all(|trade| span.contains(&trade.time)));

    let mut bars = Vec::new();
    let day = UnixNanos::from_nanos(now().as_nanos() - 2_000 * MINUTE)..now();
    klines::history(client, product, klines::Series::Traded, symbol, Timeframe::M1, day, &mut |page| {
        bars.extend(page);
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    assert!((1_999..=2_000).contains(&bars.len()), "{}", bars.len());
    assert!(bars.windows(2).all(|two| two[1].open_time.nanos_since(two[0].open_time) == MINUTE), "two pages join");

    let price = tickers::prices(client, product, Which::One(symbol)).await.unwrap();
    assert_eq!(price[0].last, Some(last.last().unwrap().price));
    let quote = quotes::quotes(client, product, Which::One(symbol)).await.unwrap();
    let (bid, ask) = stage.quote(product, symbol).await;
    assert_eq!((exact(quote[0].bid), exact(quote[0].ask)), (bid.normalize(), ask.normalize()));
    assert!(quotes::quotes(client, product, Which::All).await.unwrap().len() > 1);
}

#[tokio::test]
async fn spot_says_the_same_in_all_its_calls() {
    let stage = Stage::new().await;
    stage.advance(PAST);
    let (product, symbol) = (Product::Spot, "BTCUSDT");
    let client = stage.client(product);
    agrees(&stage, &client, product, symbol).await;
    tape_agrees(&stage, &client, product, symbol).await;
    assert!(trades::block_trades(&client, symbol, 1, None).await.unwrap().is_empty());
    let chart =
        klines::Klines { series: klines::Series::Chart, symbol, timeframe: Timeframe::M5, from: None, to: None, limit: Some(3) };
    let traded = klines::Klines { series: klines::Series::Traded, ..chart.clone() };
    let (chart, traded) = (klines::klines(&client, product, &chart).await, klines::klines(&client, product, &traded).await);
    assert_eq!(chart.unwrap(), traded.unwrap());

    let day = tickers::tickers_24h(&client, product, Which::One(symbol), tickers::Detail::Mini).await.unwrap();
    let average = reference::average_price(&client, symbol).await.unwrap();
    let average = average.price.unwrap();
    assert!(exact(day[0].low.unwrap()) <= average && average <= exact(day[0].high.unwrap()));
    assert_eq!(average.scale(), 8, "eight places, as spot's prices");
    let rolling = tickers::rolling_tickers(&client, Which::One(symbol), "1d", tickers::Detail::Full).await.unwrap();
    assert_eq!(rolling[0].last, day[0].last);
    let several = Which::Several(&["BTCUSDT", "ETHUSDT"]);
    let trading_day = tickers::trading_day_tickers(&client, several, None, tickers::Detail::Full).await.unwrap();
    assert_eq!(trading_day.len(), 2);
    assert_eq!(trading_day[0].last, day[0].last);
    let none = reference::reference_price(&client, symbol).await.unwrap_err();
    assert!(matches!(none, Failure::Refused { ref refused, .. } if refused.code == -2043), "no market here has one: {none}");
    reference::execution_rules(&client, Which::One(symbol)).await.unwrap();
    stage.assert_called(CALLS);
}

#[tokio::test]
async fn margin_names_its_pairs_and_coins() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Margin);
    let cross = margin::pairs(&client, None).await.unwrap();
    let isolated = margin::isolated_pairs(&client, None).await.unwrap();
    assert!(cross.iter().any(|pair| pair.symbol == "BTCUSDT") && isolated.iter().any(|pair| pair.symbol == "BTCUSDT"));
    assert_eq!(margin::pairs(&client, Some("ETHUSDT")).await.unwrap().len(), 1);
    let coins = margin::assets(&client, None).await.unwrap();
    let coin = coins.iter().find(|coin| coin.asset == "BTC").unwrap();
    assert!(coin.is_borrowable);
    let index = indices::margin_index(&client, "BTCUSDT").await.unwrap();
    let (bid, ask) = stage.quote(Product::Spot, "BTCUSDT").await;
    assert!((index.price - bid).abs() < bid / Decimal::from(20) && ask > bid, "{index:?} {bid}");
    margin::delistings(&client).await.unwrap();
    margin::new_listings(&client).await.unwrap();
    stage.assert_called(MARGIN_CALLS);
}

async fn contracts_agree(client: &Client, product: Product, symbol: &str, pair: &str) {
    let bars = |series, symbol| klines::Klines { series, symbol, timeframe: Timeframe::M1, from: None, to: None, limit: Some(2) };
    let mark = marks::marks(client, product, Which::One(symbol)).await.unwrap().remove(0);
    for (series, symbol, price) in [
        (klines::Series::Mark, symbol, Some(mark.mark)),
        (klines::Series::Index, pair, mark.index),
        (klines::Series::Premium, symbol, None),
        (klines::Series::Continuous(klines::ContractType::Perpetual), pair, None),
    ] {
        let bars = klines::klines(client, product, &bars(series, symbol)).await.unwrap();
        assert_eq!(bars.len(), 2, "{series:?}");
        if let Some(price) = price {
            assert_eq!(exact(bars[1].close), price.normalize(), "{series:?}: the bar of now ends with the price of now");
        }
    }
    assert!(mark.funding_rate.is_some() && mark.next_funding.unwrap() > now());

    let request = funding::FundingHistory { symbol: Some(symbol), from: None, to: None, limit: Some(3) };
    let rates = funding::funding(client, product, &request).await.unwrap();
    assert!(rates.windows(2).all(|two| two[0].time < two[1].time), "{rates:?}");
    funding::funding_terms(client, product).await.unwrap();
    let open = open_interest::open_interest(client, product, symbol).await.unwrap();
    assert_eq!(open.len(), 1);
    let request = open_interest::OpenInterestHistory {
        symbol: if product == Product::CoinM { pair } else { symbol },
        contract: Some(klines::ContractType::Perpetual),
        period: Timeframe::M5,
        from: None,
        to: None,
        limit: Some(3),
    };
    open_interest::open_interest_history(client, product, &request).await.unwrap();
    settlements::delivery_prices(client, product, pair).await.unwrap();
    let parts = indices::constituents(client, product, pair).await.unwrap();
    assert!(!parts.parts.is_empty());
}

#[tokio::test]
async fn usdm_says_the_same_in_all_its_calls() {
    let stage = Stage::new().await;
    stage.advance(PAST);
    let (product, symbol) = (Product::UsdM, "BTCUSDT");
    let client = stage.client(product);
    agrees(&stage, &client, product, symbol).await;
    tape_agrees(&stage, &client, product, symbol).await;
    contracts_agree(&client, product, symbol, "BTCUSDT").await;
    market::depth::rpi_depth(&client, product, symbol).await.unwrap();
    let indices = indices::asset_indices(&client, None).await.unwrap();
    assert!(indices.iter().all(|index| index.price > Decimal::ZERO));
    stage.assert_called(USDM_CALLS);
}

#[tokio::test]
async fn coinm_says_the_same_in_all_its_calls() {
    let stage = Stage::new().await;
    stage.advance(PAST);
    let (product, symbol) = (Product::CoinM, "BTCUSD_PERP");
    let client = stage.client(product);
    agrees(&stage, &client, product, symbol).await;
    tape_agrees(&stage, &client, product, symbol).await;
    contracts_agree(&client, product, symbol, "BTCUSD").await;
    stage.assert_called(COINM_CALLS);
}

#[tokio::test]
async fn options_say_the_same_in_all_their_calls() {
    let stage = Stage::new().await;
    stage.advance(PAST);
    let product = Product::Options;
    let client = stage.client(product);
    let info = exchange_info::exchange_info(&client, product, Which::All).await.unwrap();
    let listing = info.listings.iter().find(|listing| listing.symbol.ends_with("-C")).unwrap();
    let symbol = listing.symbol.as_str();
    let Some(InstrumentKind::Option(terms)) = listing.kind else { panic!("{listing:?}") };
    assert!(terms.expiry > MONDAY);
    agrees(&stage, &client, product, symbol).await;
    let all = marks::marks(&client, product, Which::All).await.unwrap();
    assert_eq!(all.len(), info.listings.len(), "each has a mark");
    let mark = marks::marks(&client, product, Which::One(symbol)).await.unwrap().remove(0);
    let rules = marks::option_limits(&client, Some(symbol)).await.unwrap();
    assert_eq!(rules.len(), 1);
    let index = indices::option_index(&client, "BTCUSDT").await.unwrap();
    assert!(mark.mark < index.price && mark.implied_volatility.unwrap() > 0.0);
    let expiry = symbol.split('-').nth(1).unwrap();
    let open = open_interest::option_open_interest(&client, "BTC", expiry).await.unwrap();
    assert!(open.iter().all(|open| open.symbol.as_deref().unwrap().contains(expiry)), "{open:?}");
    trades::option_block_trades(&client, Some(symbol), None).await.unwrap();
    let request = settlements::Exercises { underlying: Some("BTCUSDT"), from: None, to: None, limit: None };
    settlements::exercises(&client, &request).await.unwrap();
    stage.assert_called(OPTION_CALLS);
}
