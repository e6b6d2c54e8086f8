//! Several experts that hear one market.

use metaexpert_connect::exchange::MarketTopic;
use metaexpert_core::Timeframe;

use super::*;
use crate::{
    Watcher,
    market::{Wanted, testing::ids},
};

fn two(history: usize) -> (Watcher, Outlet) {
    watcher(vec![bars_of("BTCUSDT"), bars_of("ETHUSDT")], history)
}

#[tokio::test(start_paused = true)]
async fn bars_that_close_together_are_told_together_whichever_comes_first() {
    let exchange = Played::new();
    let (watcher, mut outlet) = two(2);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    assert_eq!(heard(&mut outlet), ["btc -2+", "eth -2", "btc -1+", "eth -1", "present"]);
    exchange.closes("ETHUSDT", &[0]);
    assert!(heard(&mut outlet).is_empty());
    exchange.closes("BTCUSDT", &[0]);
    assert_eq!(heard(&mut outlet), ["btc 0+", "eth 0"]);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_come_in_time_is_asked_for_and_told_alone() {
    let exchange = Played::new();
    let (watcher, mut outlet) = two(1);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(58_900).await;
    heard(&mut outlet);
    exchange.state.lock().asked.clear();
    exchange.closes("BTCUSDT", &[0]);
    pass(1_900).await;
    assert!(heard(&mut outlet).is_empty());
    pass(600).await;
    assert_eq!(heard(&mut outlet), ["btc 0", "eth 0"]);
    assert_eq!(exchange.state.lock().asked.first(), Some(&("ETHUSDT".to_owned(), 0, 0)));
}

#[tokio::test(start_paused = true)]
async fn an_instrument_without_a_bar_holds_the_others_up_no_longer_than_patience_lasts() {
    let exchange = Played::new();
    let (watcher, mut outlet) = two(1);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    heard(&mut outlet);
    exchange.closes("BTCUSDT", &[0]);
    pass(2_500).await;
    assert_eq!(heard(&mut outlet), ["btc 0"]);
    exchange.closes("BTCUSDT", &[1]);
    exchange.closes("ETHUSDT", &[0, 1]);
    assert_eq!(heard(&mut outlet), ["eth 0", "btc 1+", "eth 1"]);
}

#[tokio::test(start_paused = true)]
async fn each_expert_has_its_own_history_and_timeframe_and_each_stream_is_listened_to_once() {
    let exchange = Played::new();
    let (short, mut short_outlet) = watcher(vec![bars_of("BTCUSDT")], 1);
    let (long, mut long_outlet) = watcher(vec![bars_of("BTCUSDT")], 3);
    let (slow, mut slow_outlet) = watcher(vec![bars_of("BTCUSDT")], 1);
    let slow = Watcher { timeframe: Some(Timeframe::M5), ..slow };
    let _desk = start(&exchange, vec![short, long, slow]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    exchange.closes("BTCUSDT", &[0]);
    assert_eq!(heard(&mut short_outlet), ["btc -1", "present", "btc 0"]);
    assert_eq!(heard(&mut long_outlet), ["btc -3", "btc -2", "btc -1", "present", "btc 0"]);
    assert_eq!(heard(&mut slow_outlet), ["btc -5", "present"]);
    let bars = |timeframe| MarketTopic::Bars("BTCUSDT".into(), timeframe);
    assert_eq!(exchange.state.lock().topics, [bars(Timeframe::M1), bars(Timeframe::M5)]);
}

#[tokio::test(start_paused = true)]
async fn quotes_and_prints_reach_those_who_want_them_by_their_own_numbers() {
    let exchange = Played::new();
    let [first, second] = ids();
    let quotes = |symbol, number| Wanted { bars: false, quotes: true, instrument: number, ..bars_of(symbol) };
    let (one, mut one_outlet) = watcher(vec![quotes("ETHUSDT", first)], 0);
    let prints = Wanted { public_trades: true, ..quotes("BTCUSDT", first) };
    let (two, mut two_outlet) = watcher(vec![prints, quotes("ETHUSDT", second)], 0);
    let _desk = start(&exchange, vec![one, two]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    for outlet in [&mut one_outlet, &mut two_outlet] {
        heard(outlet);
    }
    exchange.quotes("ETHUSDT", 50.0);
    exchange.prints("BTCUSDT", 7.0);
    exchange.quotes("BTCUSDT", 6.0);
    exchange.quotes("XRPUSDT", 1.0);
    assert_eq!(heard(&mut one_outlet), ["btc quote 50 last None"]);
    assert_eq!(heard(&mut two_outlet), ["eth quote 50 last None", "btc print 7", "btc quote 6 last Some(7.0)"]);
}

#[tokio::test(start_paused = true)]
async fn an_expert_that_is_gone_is_told_nothing_more_and_the_others_are() {
    let exchange = Played::new();
    let (gone, gone_outlet) = two(1);
    let (stays, mut outlet) = watcher(vec![bars_of("BTCUSDT")], 1);
    let _desk = start(&exchange, vec![gone, stays]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    heard(&mut outlet);
    drop(gone_outlet);
    pass(59_000).await;
    exchange.state.lock().asked.clear();
    exchange.closes("BTCUSDT", &[0]);
    pass(30_000).await;
    assert_eq!(heard(&mut outlet), ["btc 0"]);
    assert!(exchange.state.lock().asked.is_empty(), "nobody wants the other's bars any more");
}
