//! What is listed, what it did, and what is heard of it.

use std::{collections::BTreeSet, time::Duration};

use metaexpert_binance::Product;
use metaexpert_connect::{
    Exchange, Failure, Meaning,
    exchange::{MarketTopic, StreamNews},
};
use metaexpert_core::{InstrumentKind, Symbol, Timeframe, UnixNanos};
use rust_decimal::dec;

use super::{Desk, Heard, MARKETS, exchange_of};
use crate::stage::{MONDAY, Stage};

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

#[tokio::test]
async fn what_is_listed_is_found_by_the_users_own_spelling() {
    let stage = Stage::new().await;
    for (product, names, native) in [
        (Product::Spot, ["BTCUSDT", "eth/usdt"], ["BTCUSDT", "ETHUSDT"]),
        (Product::UsdM, ["eth/usdt", "BTCUSDT"], ["ETHUSDT", "BTCUSDT"]),
        (Product::CoinM, ["BTCUSD", "eth/usd"], ["BTCUSD_PERP", "ETHUSD_PERP"]),
    ] {
        let exchange = exchange_of(&stage, product, true);
        let listed = exchange.listed(&names.map(symbol)).await.unwrap();
        assert_eq!(listed.iter().map(|listed| &*listed.name).collect::<Vec<_>>(), native);
        for (listed, name) in listed.iter().zip(names) {
            assert_eq!((&listed.symbol, &listed.instrument.symbol), (&symbol(name), &symbol(name)));
            let is_spot = listed.instrument.kind == InstrumentKind::Spot;
            assert_eq!(listed.instrument.brackets.is_empty(), is_spot, "{product}: futures have brackets");
            assert!(listed.instrument.rules.tick_size > dec!(0) && listed.instrument.rules.lot_size > dec!(0));
        }
    }
}

#[tokio::test]
async fn what_is_not_listed_is_refused_with_the_nearest() {
    let stage = Stage::new().await;
    for (product, wrong, nearest) in
        [(Product::Spot, "BTCUSTD", "BTCUSDT"), (Product::UsdM, "BTCUSTD", "BTCUSDT"), (Product::CoinM, "BTCUDS", "BTCUSD")]
    {
        let exchange = exchange_of(&stage, product, true);
        let failure = exchange.listed(&[symbol(wrong)]).await.unwrap_err();
        assert_eq!(failure.meaning(), Some(Meaning::NotTrading), "{failure}");
        let said = failure.to_string();
        assert!(said.contains(&format!("`{wrong}` is not listed on {product} of binance; the nearest is `{nearest}`")), "{said}");
    }
}

#[tokio::test]
async fn an_option_is_listed_by_its_own_name() {
    let stage = Stage::new().await;
    let name = crate::option_orders::a_call(&stage.client(Product::Options)).await;
    let exchange = exchange_of(&stage, Product::Options, true);
    let listed = exchange.listed(&[symbol(&name)]).await.unwrap();
    assert_eq!(listed[0].name, name);
    assert!(matches!(listed[0].instrument.kind, InstrumentKind::Option(_)));
}

#[tokio::test]
async fn bars_have_closed_and_none_is_left_out() {
    let stage = Stage::new().await;
    stage.advance(Duration::from_secs(5 * 60 + 30));
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let end = MONDAY.saturating_add_nanos(3_600_000_000_000);
        let bars = desk.exchange.bars(&desk.listed.name, Timeframe::M1, MONDAY..end).await.unwrap();
        let times: Vec<UnixNanos> = bars.iter().map(|bar| bar.time).collect();
        let expected: Vec<UnixNanos> = (0..5).map(|minute| MONDAY.saturating_add_nanos(minute * Timeframe::M1.nanos())).collect();
        assert_eq!(times, expected, "{market:?}: the sixth has not closed");
        let depth = desk.exchange.depth(&desk.listed.name).await.unwrap();
        assert!(depth.is_snapshot && !depth.bids.is_empty() && !depth.asks.is_empty());
    }
}

#[tokio::test]
async fn markets_are_heard_over_one_listener_until_it_is_dropped() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let (name, has_marks) = (desk.listed.name.clone(), desk.product() != Product::Spot);
        let mut topics = vec![
            MarketTopic::Quotes(name.clone()),
            MarketTopic::PublicTrades(name.clone()),
            MarketTopic::Book(name.clone()),
            MarketTopic::Bars(name.clone(), Timeframe::M1),
        ];
        let mut wanted: BTreeSet<String> = ["quote", "trade", "depth", "bar"].map(|kind| format!("{kind} {name}")).into();
        if has_marks {
            topics.push(MarketTopic::Marks(name.clone()));
            wanted.insert(format!("mark {name}"));
        }
        let heard = Heard::default();
        let listening = desk.exchange.listen_markets(&topics, Box::new(heard.clone())).unwrap();
        heard.connected().await;
        for _ in 0..200 {
            stage.advance(Duration::from_millis(500));
            tokio::time::sleep(Duration::from_millis(1)).await;
            if wanted.iter().all(|kind| heard.notes().kinds.contains(kind)) {
                break;
            }
        }
        let kinds: BTreeSet<String> = heard.notes().kinds.drain(..).collect();
        assert_eq!(kinds, wanted, "{market:?}");
        assert_eq!(heard.notes().news, [StreamNews::Connected], "told once, whatever the number of connections");

        drop(listening);
        heard.alone().await;
    }
}

#[tokio::test]
async fn what_a_product_does_not_tell_is_refused_at_once() {
    let stage = Stage::new().await;
    let exchange = exchange_of(&stage, Product::Spot, false);
    let failure = exchange.listen_markets(&[MarketTopic::Marks("BTCUSDT".into())], Box::new(Heard::default())).unwrap_err();
    assert!(matches!(failure, Failure::NotSent { .. }), "{failure}");
}
