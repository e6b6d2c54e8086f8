//! Bars that are missing, late, repeated, or close together.

use std::time::Duration;

use metaexpert_core::{Bar, Timeframe};

use super::*;
use crate::market::testing::bar;

#[tokio::test(start_paused = true)]
async fn history_comes_first_then_the_present() {
    let (exchange, _desk, mut outlet) = one(3).await;
    exchange.closes("BTCUSDT", &[0, 1]);
    assert_eq!(heard(&mut outlet), ["btc -3", "btc -2", "btc -1", "present", "btc 0", "btc 1"]);
    assert_eq!(exchange.state.lock().asked, [("BTCUSDT".to_owned(), -3, -1)]);
}

#[tokio::test(start_paused = true)]
async fn a_bar_is_told_once_and_the_first_that_was_said_to_be_closed_counts() {
    let (exchange, _desk, mut outlet) = one_present().await;
    let changed = Bar { volume: 99.0, ..bar("BTCUSDT", 0) };
    exchange.tells("BTCUSDT", changed, Timeframe::M1, Some(false));
    exchange.tells("BTCUSDT", changed, Timeframe::M1, None);
    exchange.closes("BTCUSDT", &[0]);
    exchange.tells("BTCUSDT", changed, Timeframe::M1, Some(true));
    exchange.closes("BTCUSDT", &[0, -5, 1]);
    exchange.tells("BTCUSDT", changed, Timeframe::M5, Some(true));
    assert_eq!(heard(&mut outlet), ["btc 0", "btc 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_missing_bar_is_fetched_before_the_later_one_is_told() {
    let (exchange, _desk, mut outlet) = one_present().await;
    pass(119_400).await;
    assert_eq!(heard(&mut outlet), ["btc 0"]);
    exchange.closes("BTCUSDT", &[2]);
    assert!(heard(&mut outlet).is_empty());
    pass(100).await;
    assert_eq!(heard(&mut outlet), ["btc 1", "btc 2"]);
    assert_eq!(exchange.state.lock().asked.last(), Some(&("BTCUSDT".to_owned(), 1, 1)));
}

#[tokio::test(start_paused = true)]
async fn a_bar_is_asked_for_again_where_the_task_that_asked_has_panicked() {
    let (exchange, _desk, mut outlet) = one_present().await;
    pass(119_400).await;
    exchange.state.lock().panics = true;
    exchange.closes("BTCUSDT", &[2]);
    pass(100).await;
    assert_eq!(heard(&mut outlet), ["btc 0"]);
    exchange.state.lock().panics = false;
    pass(2_000).await;
    assert_eq!(heard(&mut outlet), ["btc 1", "btc 2"]);
}

#[tokio::test(start_paused = true)]
async fn what_comes_in_the_wrong_order_is_told_in_the_right_one() {
    let (exchange, _desk, mut outlet) = one_present().await;
    exchange.state.lock().fails = true;
    exchange.closes("BTCUSDT", &[2, 0]);
    assert_eq!(heard(&mut outlet), ["btc 0"]);
    exchange.closes("BTCUSDT", &[1]);
    assert_eq!(heard(&mut outlet), ["btc 1", "btc 2"], "nobody has to be asked any more");
}

#[tokio::test(start_paused = true)]
async fn requests_that_know_of_a_bar_later_than_streams_are_asked_again() {
    let (exchange, _desk, mut outlet) = one_present().await;
    exchange.state.lock().lag = Duration::from_millis(1_500);
    pass(119_400).await;
    heard(&mut outlet);
    exchange.state.lock().asked.clear();
    exchange.closes("BTCUSDT", &[2]);
    pass(3_000).await;
    assert_eq!(heard(&mut outlet), ["btc 1", "btc 2"]);
    assert_eq!(exchange.state.lock().asked.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_bar_that_the_exchange_has_not_is_left_out_after_a_few_questions() {
    let (exchange, _desk, mut outlet) = one_present().await;
    exchange.state.lock().holes.extend([0, 1]);
    exchange.closes("BTCUSDT", &[2]);
    pass(500).await;
    assert!(heard(&mut outlet).is_empty(), "it may only be late");
    pass(9_000).await;
    assert_eq!(heard(&mut outlet), ["btc 2"]);
    let asked = exchange.state.lock().asked.len();
    assert_eq!(asked, 5);
}

#[tokio::test(start_paused = true)]
async fn a_hole_between_bars_that_it_has_is_believed_at_once() {
    let (exchange, _desk, mut outlet) = one_present().await;
    exchange.state.lock().holes.insert(1);
    exchange.state.lock().lag = Duration::from_mins(10);
    exchange.lose();
    pass(239_000).await;
    exchange.state.lock().lag = Duration::ZERO;
    exchange.state.lock().asked.clear();
    exchange.news(StreamNews::Connected);
    pass(100).await;
    assert_eq!(heard(&mut outlet), ["btc unreachable", "btc 0", "btc 2", "btc 3", "btc unreachable over"]);
    assert_eq!(exchange.state.lock().asked.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn bars_wait_for_as_long_as_requests_fail() {
    let (exchange, _desk, mut outlet) = one_present().await;
    exchange.state.lock().fails = true;
    exchange.closes("BTCUSDT", &[1]);
    pass(170_000).await;
    exchange.closes("BTCUSDT", &[2]);
    assert!(heard(&mut outlet).iter().all(|event| !event.starts_with("btc 1") && !event.starts_with("btc 2")));
    exchange.state.lock().fails = false;
    pass(10_100).await;
    let bars: Vec<_> = heard(&mut outlet).into_iter().filter(|event| !event.contains("stale")).collect();
    assert_eq!(bars, ["btc 0", "btc 1", "btc 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_history_that_cannot_be_had_yet_is_waited_for() {
    let exchange = Played::new();
    exchange.state.lock().fails = true;
    let (watcher, mut outlet) = watcher(vec![bars_of("BTCUSDT")], 2);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(62_000).await;
    exchange.closes("BTCUSDT", &[0]);
    assert!(heard(&mut outlet).is_empty());
    exchange.state.lock().fails = false;
    pass(10_100).await;
    assert_eq!(heard(&mut outlet), ["btc -2", "btc -1", "present", "btc 0"], "what closed after the start is no history");
}

#[tokio::test(start_paused = true)]
async fn an_instrument_may_have_less_history_than_is_asked_for_or_none() {
    let exchange = Played::new();
    exchange.state.lock().listed = -2;
    let (watcher, mut outlet) = watcher(vec![bars_of("BTCUSDT")], 500);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    assert_eq!(heard(&mut outlet), ["btc -2", "btc -1", "present"]);

    let exchange = Played::new();
    exchange.state.lock().listed = 3;
    let (watcher, mut outlet) = super::watcher(vec![bars_of("BTCUSDT")], 5);
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    assert_eq!(heard(&mut outlet), ["present"]);
    pass(240_000 - 200).await;
    heard(&mut outlet);
    exchange.closes("BTCUSDT", &[3, 4]);
    pass(10_000).await;
    assert_eq!(heard(&mut outlet), ["btc stale over", "btc 3", "btc 4"]);
}

#[tokio::test(start_paused = true)]
async fn an_expert_without_history_hears_the_bar_that_was_open_when_it_began() {
    let (exchange, _desk, mut outlet) = one(0).await;
    pass(120_000).await;
    exchange.closes("BTCUSDT", &[2]);
    pass(100).await;
    assert_eq!(heard(&mut outlet), ["present", "btc 0", "btc 1", "btc 2"]);
    assert_eq!(exchange.state.lock().asked.first(), Some(&("BTCUSDT".to_owned(), 0, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_bar_that_no_stream_tells_of_is_asked_for_and_never_closed_by_the_clock() {
    let (exchange, _desk, mut outlet) = one_present().await;
    pass(60_000).await;
    assert!(heard(&mut outlet).is_empty(), "it has closed a second ago, and nobody says so");
    pass(6_000).await;
    assert_eq!(heard(&mut outlet), ["btc 0"], "the exchange says so");
    exchange.closes("BTCUSDT", &[0]);
    assert!(heard(&mut outlet).is_empty());
    exchange.state.lock().holes.insert(1);
    exchange.state.lock().asked.clear();
    pass(60_000 + 2_000).await;
    pass(30_000).await;
    assert_eq!(exchange.state.lock().asked.len(), 5, "it is given up after a few questions");
}
