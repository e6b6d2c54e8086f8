//! Topics over several sessions.

use std::collections::BTreeMap;

use metaexpert_connect::ws::{SessionEvent, Settings, StreamPool, Topic, testing, testing::Plain};

use crate::play::{acknowledge, secs};

fn topics(names: std::ops::Range<u32>) -> Vec<Topic> {
    names.map(|at| Topic::from(format!("t{at}"))).collect()
}

#[tokio::test(start_paused = true)]
async fn topics_are_spread_over_as_many_connections_as_they_need_and_room_is_used_again() {
    let (network, mut exchange) = testing::exchange(3);
    let mut dialect = Plain::default();
    dialect.limits.topics = 10;
    let mut pool = StreamPool::new("pool", move || dialect.clone(), Settings::usual(), &network);
    pool.subscribe(topics(0..25)).await.unwrap();
    let mut peers = Vec::new();
    let mut sizes = Vec::new();
    for _ in 0..3 {
        let mut peer = exchange.accept().await.unwrap();
        let asked = peer.text().await.unwrap();
        sizes.push(asked.split(',').count());
        acknowledge(&mut peer, &asked).await;
        peers.push(peer);
    }
    assert_eq!(sizes, [10, 10, 5]);
    // Known ones are not asked for again; five more find room, and one needs a connection.
    pool.subscribe(topics(20..31)).await.unwrap();
    assert_eq!(peers[2].text().await.unwrap().split(',').count(), 5);
    let mut fourth = exchange.accept().await.unwrap();
    assert!(fourth.text().await.unwrap().ends_with(" t30"));
    assert_eq!(pool.sessions().count(), 4);
    // Without its topic a session ends.
    let last = ["t30".to_owned()];
    let (ended, goodbye) = tokio::join!(pool.unsubscribe(&last), fourth.message());
    ended.unwrap();
    assert!(goodbye.unwrap().is_close());
    assert_eq!(pool.sessions().count(), 3);
    pool.stop().await;
}

#[tokio::test(start_paused = true)]
async fn events_say_which_session_tells_them_and_a_refused_topic_leaves_room() {
    let (network, mut exchange) = testing::exchange(3);
    let mut dialect = Plain::default();
    dialect.limits.topics = 1;
    let mut pool = StreamPool::new("pool", move || dialect.clone(), Settings::usual(), &network);
    pool.subscribe(topics(0..2)).await.unwrap();
    let mut peers = BTreeMap::new();
    for _ in 0..2 {
        let mut peer = exchange.accept().await.unwrap();
        let asked = peer.text().await.unwrap();
        peers.insert(asked, peer);
    }
    for (asked, peer) in &mut peers {
        if asked.ends_with("t0") {
            peer.send("no 1 gone").await;
        } else {
            acknowledge(peer, asked).await;
            peer.send("g 1 5 x").await;
        }
    }
    let mut told = BTreeMap::new();
    while told.len() < 2 {
        match pool.recv().await {
            (number, SessionEvent::Refused { topic, .. }) => drop(told.insert(topic, number)),
            (number, SessionEvent::Frame { .. }) => drop(told.insert("frame".into(), number)),
            (_, SessionEvent::Connected { .. } | SessionEvent::Subscribed) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told, BTreeMap::from([("t0".to_owned(), 0), ("frame".to_owned(), 1)]));
    pool.subscribe(topics(2..3)).await.unwrap();
    assert_eq!(pool.sessions().count(), 2, "the room of the refused topic was not used");
    let silent = tokio::time::timeout(secs(5), exchange.accept()).await;
    assert!(silent.is_err());
}
