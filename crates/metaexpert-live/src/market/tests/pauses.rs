//! Entries wait while a market is not heard.

use std::time::Duration;

use metaexpert_core::Timeframe;

use super::*;
use crate::market::{Wanted, testing::bar};

#[tokio::test(start_paused = true)]
async fn a_lost_stream_pauses_entries_until_it_is_back_and_nothing_is_missing() {
    let (exchange, _desk, mut outlet) = one_present().await;
    pass(30_000).await;
    exchange.lose();
    exchange.lose();
    assert_eq!(heard(&mut outlet), ["btc unreachable"], "it is told once");
    exchange.state.lock().fails = true;
    pass(120_000).await;
    exchange.news(StreamNews::Connected);
    pass(1_000).await;
    exchange.closes("BTCUSDT", &[2]);
    assert!(heard(&mut outlet).is_empty(), "two bars are missing");
    exchange.state.lock().fails = false;
    pass(10_100).await;
    assert_eq!(heard(&mut outlet), ["btc 0", "btc 1", "btc 2", "btc unreachable over"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_back_within_a_bar_has_missed_none() {
    let (exchange, _desk, mut outlet) = one_present().await;
    pass(10_000).await;
    exchange.lose();
    pass(10_000).await;
    exchange.news(StreamNews::Connected);
    exchange.closes("BTCUSDT", &[0]);
    assert_eq!(heard(&mut outlet), ["btc unreachable", "btc unreachable over", "btc 0"]);
    assert!(exchange.state.lock().asked.is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_begins_before_there_is_a_stream_is_told_so() {
    let exchange = Played::new();
    let (watcher, mut outlet) = watcher(vec![bars_of("BTCUSDT")], 1);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::NotConnected(1, "refused".into()));
    pass(100).await;
    assert_eq!(heard(&mut outlet), ["btc -1", "btc unreachable", "present"]);
    exchange.news(StreamNews::Connected);
    assert_eq!(heard(&mut outlet), ["btc unreachable over"]);
}

#[tokio::test(start_paused = true)]
async fn bars_of_several_wait_longer_for_one_another_while_what_was_missed_is_fetched() {
    let exchange = Played::new();
    let (watcher, mut outlet) = watcher(vec![bars_of("BTCUSDT"), bars_of("ETHUSDT")], 1);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    exchange.lose();
    exchange.state.lock().lag = Duration::from_mins(10);
    pass(119_000).await;
    heard(&mut outlet);
    exchange.news(StreamNews::Connected);
    exchange.closes("BTCUSDT", &[0, 1]);
    pass(3_000).await;
    assert!(heard(&mut outlet).is_empty(), "patience is two seconds otherwise");
    exchange.state.lock().lag = Duration::ZERO;
    pass(2_000).await;
    let over = ["btc unreachable over", "eth unreachable over"];
    assert_eq!(heard(&mut outlet), [&["btc 0+", "eth 0", "btc 1+", "eth 1"][..], &over].concat());
}

#[tokio::test(start_paused = true)]
async fn an_instrument_whose_bars_cannot_be_fetched_holds_up_no_entries_elsewhere() {
    let exchange = Played::new();
    let both = || vec![bars_of("BTCUSDT"), bars_of("ETHUSDT")];
    let ((both, mut both_outlet), (one, mut one_outlet)) = (watcher(both(), 1), watcher(vec![bars_of("BTCUSDT")], 1));
    let _desk = start(&exchange, vec![both, one]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    exchange.lose();
    exchange.state.lock().fails_for = Some("ETHUSDT");
    pass(119_000).await;
    heard(&mut both_outlet);
    heard(&mut one_outlet);
    exchange.news(StreamNews::Connected);
    pass(300).await;
    assert_eq!(heard(&mut one_outlet), ["btc 1"]);
    assert!(heard(&mut both_outlet).is_empty(), "it waits for the other's, for a while");
    pass(12_000).await;
    assert_eq!(heard(&mut both_outlet), ["btc 1", "btc unreachable over"]);
    assert_eq!(heard(&mut one_outlet), ["btc unreachable over"]);
    exchange.state.lock().fails_for = None;
    pass(11_000).await;
    assert_eq!(heard(&mut both_outlet), ["eth 0", "eth 1", "eth unreachable over"]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_instrument_pauses_its_own_entries_until_something_is_heard_of_it() {
    let exchange = Played::new();
    let quotes = |symbol| Wanted { bars: false, quotes: true, ..bars_of(symbol) };
    let (watcher, mut outlet) = watcher(vec![quotes("BTCUSDT"), quotes("ETHUSDT")], 0);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    heard(&mut outlet);
    for _ in 0..4 {
        pass(40_000).await;
        exchange.quotes("ETHUSDT", 5.0);
    }
    let stale: Vec<_> = heard(&mut outlet).into_iter().filter(|event| !event.contains("quote")).collect();
    assert_eq!(stale, ["btc stale"]);
    exchange.quotes("BTCUSDT", 9.0);
    assert_eq!(heard(&mut outlet), ["btc stale over", "btc quote 9 last None"]);
}

#[tokio::test(start_paused = true)]
async fn where_quotes_are_wanted_nothing_else_keeps_an_instrument_from_being_silent() {
    let exchange = Played::new();
    let wanted = Wanted { quotes: true, public_trades: true, ..bars_of("BTCUSDT") };
    let (watcher, mut outlet) = watcher(vec![wanted], 1);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    exchange.quotes("BTCUSDT", 5.0);
    heard(&mut outlet);
    for second in 0..40 {
        pass(5_000).await;
        exchange.prints("BTCUSDT", 7.0);
        exchange.tells("BTCUSDT", bar("BTCUSDT", second / 12), Timeframe::M1, Some(false));
    }
    let told = |outlet: &mut Outlet| heard(outlet).into_iter().filter(|event| event.contains("stale")).collect::<Vec<_>>();
    assert_eq!(told(&mut outlet), ["btc stale"]);
    exchange.quotes("BTCUSDT", 6.0);
    assert_eq!(told(&mut outlet), ["btc stale over"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_stream_is_not_called_silent_too() {
    let (exchange, _desk, mut outlet) = one_present().await;
    exchange.state.lock().fails = true;
    exchange.lose();
    pass(600_000).await;
    assert_eq!(heard(&mut outlet), ["btc unreachable"]);
}
