//! Market streams: every topic that can be asked for is taken by the exchange, read, and agrees with REST; a book that is kept from
//! snapshot and changes is the exchange's.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use metaexpert_binance::{
    Product, book_rules,
    market::{self, Which, exchange_info::exchange_info},
    stream::{
        self,
        dialect::MarketDialect,
        topics::{self, Base, Every, Topic},
    },
};
use metaexpert_connect::{
    BookSync, Report,
    book_sync::{Ask, Remedy, Step},
    report::{LevelReport, Service},
    ws::{Events, Session, SessionEvent, Settings},
};
use metaexpert_core::{LevelChange, Side, Timeframe};
use rust_decimal::{Decimal, dec};

use crate::{
    heard::network,
    stage::{Stage, exact, now},
};

const HANG: Duration = Duration::from_secs(30);

struct Heard {
    _sessions: Vec<Session>,
    events: Vec<Events>,
}

/// Sessions for topics, one for each base address that they belong to.
async fn listen(stage: &Stage, product: Product, names: &[String]) -> Heard {
    let (mut sessions, mut all) = (Vec::new(), Vec::new());
    for base in [Base::Only, Base::Public, Base::Market] {
        let own: Vec<_> = names.iter().filter(|name| topics::base(product, name).unwrap() == base).cloned().collect();
        if own.is_empty() {
            continue;
        }
        let dialect = MarketDialect::new(product, stage.hosts(product).stream, base);
        let topics = own.into_iter().map(Into::into).collect();
        let (session, mut events) = Session::start("market", dialect, topics, None, Settings::usual(), &network());
        loop {
            match tokio::time::timeout(HANG, events.recv()).await.expect("a connection").expect("the session goes on") {
                SessionEvent::Connected { .. } => break,
                SessionEvent::NotConnected { why, .. } => panic!("{why}"),
                _ => {}
            }
        }
        sessions.push(session);
        all.push(events);
    }
    Heard { _sessions: sessions, events: all }
}

/// Lets time pass until each of these topics was heard, and reads all that comes.
async fn hears_all(stage: &Stage, product: Product, topics: &[Topic<'_>], may_be_silent: &[Topic<'_>]) {
    let name = |topic: &Topic<'_>| topic.name(product).unwrap();
    let wanted: BTreeSet<String> = topics.iter().map(name).collect();
    let asked: Vec<String> = topics.iter().chain(may_be_silent).map(name).collect();
    let mut heard = listen(stage, product, &asked).await;
    let mut missing = wanted.clone();
    for _ in 0..400 {
        stage.advance(Duration::from_millis(500));
        tokio::time::sleep(Duration::from_millis(10)).await;
        for events in &mut heard.events {
            while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(1), events.recv()).await {
                match event {
                    SessionEvent::Frame { bytes, .. } => {
                        let reports = stream::read(product, &bytes).unwrap();
                        let is_strange = |report: &Report<'_>| matches!(report, Report::Service(Service::Strange { .. }));
                        assert!(!reports.iter().any(is_strange), "{reports:?} {}", String::from_utf8_lossy(&bytes));
                        if let Some(topic) = stream::topic(&bytes) {
                            assert!(!reports.is_empty(), "{topic} says nothing");
                            missing.remove(topic.as_ref());
                        }
                    }
                    SessionEvent::Refused { topic, why } => panic!("{topic}: {why}"),
                    SessionEvent::Dropped { .. } | SessionEvent::Connected { .. } | SessionEvent::Subscribed => {}
                    other => panic!("{other:?}"),
                }
            }
        }
        if missing.is_empty() {
            return;
        }
    }
    panic!("{product}: never heard {missing:?}");
}

#[tokio::test]
async fn every_topic_of_spot_is_heard() {
    let stage = Stage::new().await;
    let symbol = "btcusdt";
    let topics = [
        Topic::Trades(symbol),
        Topic::AggregateTrades(symbol),
        Topic::BookTicker(symbol),
        Topic::Depth { symbol, every: Every::Usual },
        Topic::Depth { symbol, every: Every::Ms100 },
        Topic::BestLevels { symbol, levels: 5, every: Every::Usual },
        Topic::BestLevels { symbol, levels: 20, every: Every::Ms100 },
        Topic::Bars(symbol, Timeframe::S1),
        Topic::Bars(symbol, Timeframe::M1),
        Topic::MiniTicker(symbol),
        Topic::AllMiniTickers,
        Topic::Ticker(symbol),
        Topic::WindowTicker(symbol, Timeframe::H1),
        Topic::AllWindowTickers(Timeframe::H4),
        Topic::AveragePrice(symbol),
    ];
    hears_all(&stage, Product::Spot, &topics, &[Topic::BlockTrades(symbol), Topic::ReferencePrice(symbol)]).await;
}

#[tokio::test]
async fn every_topic_of_usdm_is_heard() {
    let stage = Stage::new().await;
    let symbol = "btcusdt";
    let topics = [
        Topic::Trades(symbol),
        Topic::AggregateTrades(symbol),
        Topic::BookTicker(symbol),
        Topic::AllBookTickers,
        Topic::Depth { symbol, every: Every::Usual },
        Topic::Depth { symbol, every: Every::Ms100 },
        Topic::BestLevels { symbol, levels: 10, every: Every::Ms500 },
        Topic::RetailDepth(symbol),
        Topic::Bars(symbol, Timeframe::M1),
        Topic::ContinuousBars { pair: symbol, contract: "perpetual", timeframe: Timeframe::M1 },
        Topic::MarkPrice(symbol, Every::Usual),
        Topic::MarkPrice(symbol, Every::Second),
        Topic::AllMarkPrices(Every::Second),
        Topic::MiniTicker(symbol),
        Topic::AllMiniTickers,
        Topic::Ticker(symbol),
        Topic::AllTickers,
        Topic::AllAssetIndices,
    ];
    let silent = [Topic::Liquidations(symbol), Topic::AllLiquidations, Topic::ContractInfo];
    hears_all(&stage, Product::UsdM, &topics, &silent).await;
}

#[tokio::test]
async fn every_topic_of_coinm_is_heard() {
    let stage = Stage::new().await;
    let (symbol, pair) = ("btcusd_perp", "btcusd");
    let topics = [
        Topic::Trades(symbol),
        Topic::AggregateTrades(symbol),
        Topic::BookTicker(symbol),
        Topic::AllBookTickers,
        Topic::Depth { symbol, every: Every::Usual },
        Topic::BestLevels { symbol, levels: 5, every: Every::Ms100 },
        Topic::Bars(symbol, Timeframe::M1),
        Topic::ContinuousBars { pair, contract: "perpetual", timeframe: Timeframe::M1 },
        Topic::IndexBars(pair, Timeframe::M1),
        Topic::MarkBars(symbol, Timeframe::M1),
        Topic::MarkPrice(symbol, Every::Second),
        Topic::IndexPrice(pair, Every::Second),
        Topic::MiniTicker(symbol),
        Topic::AllMiniTickers,
        Topic::Ticker(symbol),
        Topic::AllTickers,
    ];
    let silent = [Topic::Liquidations(symbol), Topic::AllLiquidations, Topic::ContractInfo];
    hears_all(&stage, Product::CoinM, &topics, &silent).await;
}

#[tokio::test]
async fn every_topic_of_options_is_heard() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Options);
    let info = exchange_info(&client, Product::Options, Which::All).await.unwrap();
    let symbol = info.listings[0].symbol.to_lowercase();
    let (symbol, expiry) = (symbol.as_str(), symbol.split('-').nth(1).unwrap());
    let underlying = "btcusdt";
    let topics = [
        Topic::Depth { symbol, every: Every::Ms100 },
        Topic::BestLevels { symbol, levels: 10, every: Every::Ms500 },
        Topic::BookTicker(symbol),
        Topic::Bars(symbol, Timeframe::M1),
        Topic::OptionMarks(underlying),
        Topic::OptionTickers(underlying, expiry),
        Topic::OptionOpenInterest(underlying, expiry),
        Topic::OptionIndices,
    ];
    hears_all(&stage, Product::Options, &topics, &[Topic::Trades(symbol), Topic::NewOptions]).await;
}

type Levels = BTreeMap<(bool, Decimal), f64>;

fn put(book: &mut Levels, change: &LevelChange, tick: Decimal) {
    if change.clears {
        book.clear();
    }
    let level = (change.side == Side::Buy, (Decimal::from(change.ticks) * tick).normalize());
    if change.quantity > 0.0 {
        book.insert(level, change.quantity)
    } else {
        book.remove(&level)
    };
}

/// Keeps a book for a while, and holds it against a snapshot.
async fn keeps_the_book(product: Product, symbol: &str, tick: Decimal) {
    let stage = Stage::new().await;
    let client = stage.client(product);
    let small = symbol.to_lowercase();
    let name = Topic::Depth { symbol: &small, every: Every::Ms100 }.name(product).unwrap();
    let mut heard = listen(&stage, product, &[name]).await;
    let events = &mut heard.events[0];
    let mut sync = BookSync::new(book_rules::book_rule(product), tick);
    let (mut book, mut changes): (Levels, Vec<LevelChange>) = Default::default();
    let (mut applied, mut asks, mut last) = (0, 0, 0);
    let mut wanted: Option<Ask> = None;
    for _ in 0..100 {
        stage.advance(Duration::from_millis(100));
        while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(15), events.recv()).await {
            let SessionEvent::Frame { bytes, received, .. } = event else { continue };
            for report in stream::read(product, &bytes).unwrap() {
                let Report::Depth(report) = report else { continue };
                match sync.take(&report, received, &mut changes) {
                    Step::Applied => applied += 1,
                    Step::AskSnapshot(ask) | Step::Broken { then: Remedy::AskSnapshot(ask), .. } => wanted = Some(ask),
                    Step::Rebuilt | Step::Older | Step::Waits => {}
                    other @ Step::Broken { .. } => panic!("{other:?}"),
                }
            }
        }
        if let Some(ask) = wanted.take() {
            asks += 1;
            let levels = u16::try_from(book_rules::snapshot_levels(product)).unwrap();
            let snapshot = market::depth::depth(&client, product, symbol, levels).await.unwrap();
            match sync.answer(ask, &snapshot, now(), &mut changes) {
                Step::AskSnapshot(ask) | Step::Broken { then: Remedy::AskSnapshot(ask), .. } => wanted = Some(ask),
                _ => {}
            }
        }
        for change in changes.drain(..) {
            put(&mut book, &change, tick);
        }
        last = sync.last().unwrap_or(last);
    }
    assert!(sync.is_live() && applied > 20, "applied {applied}, asked {asks}");
    let levels = u16::try_from(book_rules::snapshot_levels(product)).unwrap();
    let snapshot = market::depth::depth(&client, product, symbol, levels).await.unwrap();
    assert_eq!(snapshot.last, last, "both end with the same update");
    let of = |is_bid: bool, rows: &[LevelReport]| -> Vec<_> {
        rows.iter().map(|row| ((is_bid, row.price.normalize()), exact(row.quantity))).collect()
    };
    let mut theirs = of(true, &snapshot.bids);
    theirs.extend(of(false, &snapshot.asks));
    let ours: Vec<_> = theirs.iter().map(|(level, _)| (*level, exact(book.get(level).copied().unwrap_or_default()))).collect();
    assert_eq!(ours, theirs);
    assert_eq!(book.len(), theirs.len(), "and no level more");
}

#[tokio::test]
async fn a_book_that_is_kept_is_the_exchanges_on_spot() {
    keeps_the_book(Product::Spot, "BTCUSDT", dec!(0.01)).await;
}

#[tokio::test]
async fn a_book_that_is_kept_is_the_exchanges_on_usdm() {
    keeps_the_book(Product::UsdM, "BTCUSDT", dec!(0.1)).await;
}

#[tokio::test]
async fn a_book_that_is_kept_is_the_exchanges_on_coinm() {
    keeps_the_book(Product::CoinM, "BTCUSD_PERP", dec!(0.1)).await;
}
