//! Connecting, losing, keeping alive.

use metaexpert_connect::ws::{Session, SessionEvent, Settings, State, Topic, testing, testing::Plain};
use tokio::{io::AsyncWriteExt, time::Instant};

use crate::play::{acknowledge, ms, play, play_with, secs, serve};

#[tokio::test(start_paused = true)]
async fn after_a_cut_the_loss_is_told_before_the_next_frame_and_all_topics_are_asked_for_again() {
    let mut play = play(Plain::default(), &["a1", "b2"]);
    let mut peer = play.accept_live().await;
    peer.send("g 1 5 x").await;
    assert_eq!(play.frame().await, "g 1 5 x");
    drop(peer);
    assert!(!play.lost().await.is_empty());
    let mut peer = play.exchange.accept().await.unwrap();
    let asked = peer.text().await.unwrap();
    assert!(asked.ends_with(" a1,b2"), "{asked}");
    acknowledge(&mut peer, &asked).await;
    // A place that was seen before: after a loss it may be a snapshot, and is handed on.
    peer.send("g 1 5 x").await;
    assert_eq!(play.event().await, SessionEvent::Connected { epoch: 2 });
    assert_eq!(play.frame().await, "g 1 5 x");
}

#[tokio::test(start_paused = true)]
async fn what_an_exchange_says_when_it_closes_is_told() {
    let mut play = play(Plain::default(), &[]);
    let peer = play.accept_live().await;
    tokio::join!(peer.close(1008, "disconnected"), async {
        assert_eq!(play.lost().await, "closed by the exchange with 1008: disconnected");
    });
}

#[tokio::test(start_paused = true)]
async fn an_exchange_that_throws_out_whoever_comes_is_not_stormed() {
    let mut play = play(Plain::default(), &["a1"]);
    let start = Instant::now();
    let mut times = Vec::new();
    while start.elapsed() < secs(3_600) {
        let mut peer = play.exchange.accept().await.unwrap();
        times.push(Instant::now());
        // It looks well at first: logged in, subscribed, and a frame.
        let asked = peer.text().await.unwrap();
        acknowledge(&mut peer, &asked).await;
        peer.send("g 1 5 x").await;
        serve(&mut peer, secs(5)).await;
        drop(peer);
        assert!(matches!(play.event().await, SessionEvent::Connected { .. }));
        play.frame().await;
        play.lost().await;
    }
    let waits: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits[0] < secs(7) && waits.iter().all(|wait| *wait <= secs(66)), "{waits:?}");
    assert!((60..130).contains(&times.len()), "{} connects an hour", times.len());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_lived_for_long_is_replaced_at_once() {
    let mut play = play(Plain::default(), &["a1"]);
    for _ in 0..5 {
        let mut peer = play.accept_live().await;
        serve(&mut peer, secs(600)).await;
        drop(peer);
        let cut = Instant::now();
        play.lost().await;
        let peer = play.accept_live().await;
        assert!(cut.elapsed() <= secs(1), "{:?}", cut.elapsed());
        drop(peer);
        play.lost().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_exchange_that_is_down_is_tried_again_and_each_failure_is_told() {
    let (network, mut exchange) = testing::exchange(1);
    exchange.set_down(true);
    let (session, mut events) = Session::start("down", Plain::default(), Vec::new(), None, Settings::usual(), &network);
    for attempt in 1..=3 {
        let why = "exchange.example:80: connection refused".to_owned();
        assert_eq!(events.recv().await, Some(SessionEvent::NotConnected { attempt, why }));
        assert!(matches!(session.vitals().state, State::Waiting { until: Some(_), attempt: told } if told == attempt));
    }
    exchange.set_down(false);
    let _peer = exchange.accept().await.unwrap();
    assert_eq!(events.recv().await, Some(SessionEvent::Connected { epoch: 1 }));
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_hangs_is_given_up() {
    let mut play = play(Plain::default(), &[]);
    let (_, hanging) = play.exchange.incoming().await.unwrap();
    let start = Instant::now();
    let SessionEvent::NotConnected { attempt: 1, why } = play.event().await else { panic!("not told") };
    assert_eq!(why, "exchange.example: no connection within 10s");
    assert!(start.elapsed() >= secs(9));
    drop(hanging);
    play.accept_live().await;
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_answered_with_a_time_to_wait_is_not_tried_before_it() {
    let mut play = play(Plain::default(), &[]);
    let (_, mut stream) = play.exchange.incoming().await.unwrap();
    stream.write_all(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 300\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    let start = Instant::now();
    let why = "the handshake was answered with 429 Too Many Requests".to_owned();
    assert_eq!(play.event().await, SessionEvent::NotConnected { attempt: 1, why });
    play.accept_live().await;
    assert!((secs(300)..secs(301)).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_quiet_connection_that_answers_pings_is_kept() {
    let mut play = play(Plain::default(), &["a1"]);
    let mut peer = play.accept_live().await;
    serve(&mut peer, secs(86_400)).await;
    assert_eq!(play.session.vitals().epoch, 1);
    assert_eq!(play.session.vitals().latency, Some(secs(0)));
}

#[tokio::test(start_paused = true)]
async fn a_half_open_connection_is_noticed_by_its_silence() {
    let mut play = play(Plain::default(), &["a1"]);
    let peer = play.accept_live().await;
    let start = Instant::now();
    // The peer is there and neither reads nor writes.
    let why = play.lost().await;
    assert!(why.contains("nothing was heard"), "{why}");
    assert!((secs(59)..secs(61)).contains(&start.elapsed()), "{:?}", start.elapsed());
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn pings_as_text_are_sent_as_often_as_the_exchange_wants_and_their_round_trip_is_measured() {
    let mut dialect = Plain { pings_by_text: true, ..Plain::default() };
    dialect.limits.ping_every = Some(secs(20));
    let mut play = play(dialect, &[]);
    let mut peer = play.accept_live().await;
    let mut last = Instant::now();
    for _ in 0..5 {
        assert_eq!(peer.text().await.as_deref(), Some("ping"));
        assert!((ms(19_990)..ms(20_110)).contains(&last.elapsed()), "{:?}", last.elapsed());
        last = Instant::now();
        tokio::time::sleep(ms(80)).await;
        peer.send("pong").await;
    }
    let mut watch = play.session.watch();
    let vitals = watch.wait_for(|vitals| vitals.latency.is_some()).await.unwrap();
    assert!((ms(80)..ms(90)).contains(&vitals.latency.unwrap()), "{:?}", vitals.latency);
}

#[tokio::test(start_paused = true)]
async fn a_topic_that_falls_silent_among_others_that_talk_is_noticed() {
    let mut play = play(Plain::default(), &[]);
    let topic = Topic { name: "a1".into(), heartbeat: Some(secs(5)) };
    play.session.subscribe(vec![topic, "b2".into()]).await.unwrap();
    let mut peer = play.accept_live().await;
    let mut last = Instant::now();
    for second in 0..20 {
        peer.send(format!("g 2 {second} x")).await;
        if second < 10 {
            peer.send(format!("g 1 {second} x")).await;
            last = Instant::now();
        }
        serve(&mut peer, secs(1)).await;
    }
    let mut event = play.event().await;
    while matches!(event, SessionEvent::Frame { .. }) {
        event = play.event().await;
    }
    assert_eq!(event, SessionEvent::Lost { why: "a1 was silent for 5s".into() });
    assert!(last.elapsed() >= secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_stopped_says_goodbye_and_one_that_is_dropped_does_too() {
    for is_dropped in [false, true] {
        let mut play = play(Plain::default(), &["a1"]);
        let mut peer = play.accept_live().await;
        let session = play.session;
        let ends = async move { if is_dropped { drop(session) } else { session.stop().await } };
        let ((), goodbye) = tokio::join!(ends, peer.message());
        assert!(goodbye.unwrap().is_close());
        while peer.message().await.is_some() {}
        assert_eq!(play.events.recv().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn stopping_does_not_wait_for_an_exchange_that_hangs() {
    let mut play = play_with(Plain::default(), &[], Settings { close_within: secs(2), ..Settings::usual() });
    let peer = play.accept_live().await;
    let start = Instant::now();
    play.session.stop().await;
    assert!(start.elapsed() <= ms(2_010), "{:?}", start.elapsed());
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn connects_are_counted_over_all_sessions_of_a_host() {
    let (network, mut exchange) = testing::exchange(1);
    let mut dialect = Plain::default();
    dialect.limits.connects = (2, secs(60));
    let start = Instant::now();
    let sessions: Vec<_> = (0..5)
        .map(|at| Session::start(&at.to_string(), dialect.clone(), Vec::new(), None, Settings::usual(), &network))
        .collect();
    let mut peers = Vec::new();
    for minutes in [0, 0, 1, 1, 2] {
        peers.push(exchange.accept().await.unwrap());
        let elapsed = start.elapsed();
        assert!((secs(minutes * 60)..=secs(minutes * 60) + ms(10)).contains(&elapsed), "{elapsed:?}");
    }
    drop(sessions);
}
