//! Slow receivers.

use metaexpert_connect::ws::{SessionEvent, Settings, testing::Plain};

use crate::play::{play_with, secs, serve};

const SMALL: Settings = Settings { buffer: 8, ..Settings::usual() };

#[tokio::test(start_paused = true)]
async fn a_slow_receiver_misses_old_quotes_and_nothing_else_and_is_told_how_many() {
    let mut play = play_with(Plain::default(), &[], SMALL);
    let mut peer = play.accept_live().await;
    for place in 0..1_000 {
        peer.send(format!("q 1 {place} x")).await;
        if place % 200 == 0 {
            peer.send(format!("g 2 {place} x")).await;
        }
    }
    serve(&mut peer, secs(1)).await;
    let (mut quotes, mut trades, mut dropped) = (Vec::new(), Vec::new(), 0);
    while quotes.last() != Some(&999) {
        match play.event().await {
            SessionEvent::Frame { mark: Some(mark), .. } if mark.stream == 1 => quotes.push(mark.place),
            SessionEvent::Frame { mark: Some(mark), .. } => trades.push(mark.place),
            SessionEvent::Dropped { count } => dropped += count,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(trades, [0, 200, 400, 600, 800]);
    assert!(quotes.is_sorted());
    assert_eq!(quotes.len() as u64 + dropped, 1_000);
    assert!(dropped > 900);
    assert_eq!(play.session.vitals().dropped, dropped);
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_dropped_makes_the_socket_wait_and_the_wait_is_no_silence() {
    let mut play = play_with(Plain::default(), &[], SMALL);
    let mut peer = play.accept_live().await;
    let sending = tokio::spawn(async move {
        for place in 0..20_000 {
            assert!(peer.send(format!("g 1 {place} x")).await, "cut at {place}");
        }
        peer
    });
    // Nobody receives for a quarter of an hour; pings are not even read in that time.
    tokio::time::sleep(secs(900)).await;
    assert!(!sending.is_finished(), "the socket took everything");
    for place in 0..20_000 {
        assert_eq!(play.frame().await, format!("g 1 {place} x"));
    }
    drop(sending.await.unwrap());
    play.lost().await;
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_receiver_is_gone_ends() {
    let play = play_with(Plain::default(), &[], SMALL);
    let mut exchange = play.exchange;
    drop(play.events);
    let mut peer = exchange.accept().await.unwrap();
    while peer.message().await.is_some() {}
    assert!(play.session.subscribe(vec!["a1".into()]).await.is_err());
}
