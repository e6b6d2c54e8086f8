//! Subscriptions.

use metaexpert_connect::ws::{SessionEvent, State, testing::Plain};
use tokio::time::Instant;

use crate::play::{acknowledge, ms, play, secs, serve};

#[tokio::test(start_paused = true)]
async fn topics_are_asked_for_in_batches_and_no_faster_than_allowed() {
    let names: Vec<String> = (0..95).map(|at| format!("t{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut play = play(Plain::default(), &names);
    let mut peer = play.exchange.accept().await.unwrap();
    let mut times = Vec::new();
    let mut asked = Vec::new();
    while asked.len() < 95 {
        let text = peer.text().await.unwrap();
        times.push(Instant::now());
        let batch: Vec<String> = text.rsplit(' ').next().unwrap().split(',').map(str::to_owned).collect();
        assert!(batch.len() <= 10);
        asked.extend(batch);
        acknowledge(&mut peer, &text).await;
    }
    assert_eq!(asked, names);
    assert_eq!(times.len(), 10);
    // Five a second: the sixth waits for the first to be a second old.
    assert!(times.windows(6).all(|six| six[5] - six[0] >= ms(999)), "{times:?}");
    assert!(times[9] - times[0] < ms(1_100));
}

#[tokio::test(start_paused = true)]
async fn a_refused_topic_is_told_once_and_never_asked_for_again() {
    let mut play = play(Plain::default(), &["a1", "bad", "c3"]);
    let mut refusals = 0;
    for epoch in 1..=2 {
        let mut peer = play.exchange.accept().await.unwrap();
        let mut watch = play.session.watch();
        loop {
            let text = tokio::select! {
                text = peer.text() => text.unwrap(),
                _ = watch.wait_for(|vitals| vitals.state == State::Live) => break,
            };
            if text.contains("bad") {
                refusals += 1;
                let id = text.split(' ').nth(1).unwrap();
                peer.send(format!("no {id} no such market")).await;
            } else {
                acknowledge(&mut peer, &text).await;
            }
        }
        assert_eq!(play.event().await, SessionEvent::Connected { epoch });
        if epoch == 1 {
            let (topic, why) = ("bad".into(), "no such market".into());
            assert_eq!(play.event().await, SessionEvent::Refused { topic, why });
        }
        drop(peer);
        play.lost().await;
    }
    // The batch that it was in, and itself alone.
    assert_eq!(refusals, 2);
}

#[tokio::test(start_paused = true)]
async fn topics_come_and_go_while_the_session_is_live() {
    let mut play = play(Plain::default(), &["a1"]);
    let mut peer = play.accept_live().await;
    play.session.subscribe(vec!["a1".into(), "b2".into()]).await.unwrap();
    assert_eq!(peer.text().await.unwrap(), "sub 2 b2");
    peer.send("ack 2").await;
    play.session.unsubscribe(vec!["a1".into(), "unknown".into()]).await.unwrap();
    assert_eq!(peer.text().await.unwrap(), "unsub 3 a1");
    peer.send("ack 3").await;
    serve(&mut peer, secs(1)).await;
    drop(peer);
    play.lost().await;
    let mut peer = play.exchange.accept().await.unwrap();
    assert_eq!(peer.text().await.unwrap(), "sub 4 b2");
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_is_not_answered_means_another_connection() {
    let mut play = play(Plain::default(), &["a1"]);
    let mut peer = play.exchange.accept().await.unwrap();
    let start = Instant::now();
    // It is alive: it answers pings and sends data, only not what it was asked.
    let alive = async { while peer.text().await.is_some() {} };
    let told = async {
        assert_eq!(play.event().await, SessionEvent::Connected { epoch: 1 });
        assert_eq!(play.lost().await, "a subscription was not answered");
    };
    tokio::join!(alive, told);
    assert!((secs(10)..secs(13)).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_is_refused_as_a_login_is_asked_for_until_it_is_given() {
    let mut play = play(Plain::default(), &["a1"]);
    for (epoch, answer) in [(1, "out busy"), (2, "out busy"), (3, "ack 3")] {
        let mut peer = play.exchange.accept().await.unwrap();
        assert_eq!(peer.text().await.unwrap(), format!("sub {epoch} a1"));
        peer.send(answer).await;
        assert_eq!(play.event().await, SessionEvent::Connected { epoch });
        if epoch < 3 {
            assert_eq!(play.event().await, SessionEvent::LoginRefused { why: "busy".into() });
            assert_eq!(play.lost().await, "the login was refused");
            continue;
        }
        // The same answer to a connection that is made ready beside it does it no harm.
        peer.send("bye").await;
        for (id, answer) in [(4, "out busy"), (5, "ack 5")] {
            let mut next = play.exchange.accept().await.unwrap();
            assert_eq!(next.text().await.unwrap(), format!("sub {id} a1"));
            next.send(answer).await;
            serve(&mut next, secs(2)).await;
        }
        assert_eq!(play.event().await, SessionEvent::LoginRefused { why: "busy".into() });
        assert_eq!(play.event().await, SessionEvent::Rotated { connection: 5 });
    }
}

#[tokio::test(start_paused = true)]
async fn topics_beyond_what_a_connection_takes_are_refused_and_not_forgotten_in_silence() {
    let mut dialect = Plain::default();
    dialect.limits.topics = 2;
    let mut play = play(dialect, &["a1", "b2", "c3"]);
    let (topic, why) = ("c3".into(), "the connection is full: it has 2 topics".into());
    assert_eq!(play.event().await, SessionEvent::Refused { topic, why });
    let mut peer = play.exchange.accept().await.unwrap();
    assert_eq!(peer.text().await.unwrap(), "sub 1 a1,b2");
}

#[tokio::test(start_paused = true)]
async fn an_address_that_subscribes_is_not_followed_by_requests() {
    let mut play = play(Plain { address_subscribes: true, ..Plain::default() }, &["a1", "b2"]);
    let mut peer = play.accept_live().await;
    assert_eq!(peer.path(), "/a1/b2?");
    play.session.subscribe(vec!["c3".into()]).await.unwrap();
    assert_eq!(peer.text().await.unwrap(), "sub 1 c3");
}
