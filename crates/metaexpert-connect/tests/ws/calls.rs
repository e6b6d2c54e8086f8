//! Questions over the socket.

use metaexpert_connect::{
    Failure,
    ws::{SessionEvent, testing::Plain},
};
use tokio::time::Instant;

use crate::play::{play, secs, serve};

#[tokio::test(start_paused = true)]
async fn a_call_is_answered_by_its_number_whatever_the_order() {
    let mut play = play(Plain::default(), &[]);
    let mut peer = play.accept_live().await;
    let exchange = async {
        let (first, second) = (peer.text().await.unwrap(), peer.text().await.unwrap());
        assert_eq!((first.as_str(), second.as_str()), ("order 1", "order 2"));
        peer.send("reply 2 refused").await;
        peer.send("reply 1 taken").await;
    };
    let session = &play.session;
    let calls = async {
        let (first, second) = tokio::join!(
            session.call("place", "1".into(), "order 1".into()),
            session.call("place", "2".into(), "order 2".into())
        );
        assert_eq!(first.unwrap(), "reply 1 taken");
        assert_eq!(second.unwrap(), "reply 2 refused");
    };
    tokio::join!(exchange, calls);
}

#[tokio::test(start_paused = true)]
async fn of_a_call_whose_answer_is_cut_off_nobody_knows_and_it_is_not_sent_again() {
    let mut play = play(Plain::default(), &[]);
    let mut peer = play.accept_live().await;
    let exchange = async move {
        assert_eq!(peer.text().await.as_deref(), Some("order 1"));
    };
    let (failure, ()) = tokio::join!(play.session.call("place", "1".into(), "order 1".into()), exchange);
    let failure = failure.unwrap_err();
    assert!(matches!(failure, Failure::Unknown { endpoint: "place", .. }) && failure.may_have_happened(), "{failure}");
    play.lost().await;
    let mut peer = play.accept_live().await;
    let silent = tokio::time::timeout(secs(20), peer.text()).await;
    assert!(silent.is_err(), "{silent:?}");
}

#[tokio::test(start_paused = true)]
async fn without_a_connection_a_call_is_not_sent() {
    let play = play(Plain::default(), &[]);
    let failure = play.session.call("place", "1".into(), "order 1".into()).await.unwrap_err();
    assert_eq!(failure.to_string(), "place: not sent: there is no connection");
    assert!(!failure.may_have_happened());
    let caller = play.session.caller();
    play.session.stop().await;
    let failure = caller.call("place", "2".into(), "order 2".into()).await.unwrap_err();
    assert_eq!(failure.to_string(), "place: not sent: the session is over");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_too_late_is_unknown_to_the_caller_and_news_to_the_receiver() {
    let mut play = play(Plain::default(), &[]);
    let mut peer = play.accept_live().await;
    let start = Instant::now();
    let (failure, text) = tokio::join!(play.session.call("place", "1".into(), "order 1".into()), peer.text());
    assert!(text.is_some() && start.elapsed() >= secs(10));
    assert!(matches!(failure, Err(Failure::Unknown { .. })));
    peer.send("reply 1 taken").await;
    assert_eq!(play.frame().await, "reply 1 taken");
}

#[tokio::test(start_paused = true)]
async fn calls_that_a_socket_did_not_take_were_not_sent_and_never_are() {
    let mut play = play(Plain::default(), &[]);
    let mut peer = play.accept_live().await;
    // The peer does not read, and the first call fills the socket.
    let large = format!("order 1 {}", "x".repeat(200_000));
    let (first, second) = tokio::join!(
        play.session.call("place", "1".into(), large.clone()),
        play.session.call("place", "2".into(), "order 2".into())
    );
    assert!(matches!(first, Err(Failure::Unknown { .. })), "{first:?}");
    assert!(matches!(second, Err(Failure::NotSent { .. })), "{second:?}");
    // It wakes up: what was given to the socket arrives, what was called not sent does not.
    assert_eq!(peer.text().await.unwrap(), large);
    let rest = tokio::time::timeout(secs(5), peer.text()).await;
    assert!(rest.is_err(), "{rest:?}");
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_pace_wait_for_their_second_and_a_number_in_use_is_refused() {
    let mut play = play(Plain::default(), &[]);
    let mut peer = play.accept_live().await;
    let start = Instant::now();
    let exchange = async {
        let mut times = Vec::new();
        for id in 0..12 {
            assert_eq!(peer.text().await.unwrap(), format!("order {id}"));
            times.push(start.elapsed());
        }
        for id in 0..12 {
            peer.send(format!("reply {id} taken")).await;
        }
        times
    };
    let session = &play.session;
    let calls = futures_util::future::join_all((0..12).map(|id| session.call("place", id.to_string(), format!("order {id}"))));
    let twice = session.call("place", "3".into(), "order 3 again".into());
    let (times, answers, twice) = tokio::join!(exchange, calls, twice);
    assert!(answers.iter().all(Result::is_ok));
    assert!(times[4] < secs(1) && times[5] >= secs(1) && times[11] < secs(3), "{times:?}");
    assert_eq!(twice.unwrap_err().to_string(), "place: not sent: a call of this number waits for its answer");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_replaced_stays_until_its_answers_have_come() {
    let mut play = play(Plain::default(), &[]);
    let mut old = play.accept_live().await;
    let caller = play.session.caller();
    let call = tokio::spawn(async move { caller.call("place", "1".into(), "order 1".into()).await });
    assert_eq!(old.text().await.as_deref(), Some("order 1"));
    old.send("bye").await;
    let mut new = play.exchange.accept().await.unwrap();
    serve(&mut new, secs(3)).await;
    assert!(matches!(play.event().await, SessionEvent::Rotated { .. }));
    // Calls of now go over the new one.
    let (second, ()) = tokio::join!(play.session.call("place", "2".into(), "order 2".into()), async {
        assert_eq!(new.text().await.as_deref(), Some("order 2"));
        new.send("reply 2 taken").await;
    });
    assert_eq!(second.unwrap(), "reply 2 taken");
    old.send("reply 1 taken").await;
    assert_eq!(call.await.unwrap().unwrap(), "reply 1 taken");
    assert_eq!(old.text().await, None, "the old connection is still there");
}
