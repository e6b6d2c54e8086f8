//! One connection replaces another.

use metaexpert_connect::ws::{SessionEvent, Settings, State, testing::Plain};
use tokio::time::Instant;

use crate::play::{acknowledge, ms, play, play_with, secs, serve};

const DAY: u64 = 86_400;

#[tokio::test(start_paused = true)]
async fn a_connection_is_replaced_before_the_day_is_over_and_the_old_one_is_closed_politely() {
    let mut dialect = Plain::default();
    dialect.limits.lifetime = Some(secs(DAY));
    let mut play = play(dialect, &["a1"]);
    let mut old = play.accept_live().await;
    for _ in 0..4 {
        let start = Instant::now();
        let mut new = tokio::select! {
            peer = play.exchange.accept() => peer.unwrap(),
            () = serve(&mut old, secs(DAY)) => panic!("the day is over"),
        };
        tokio::join!(serve(&mut new, secs(5)), async { while old.message().await.is_some() {} });
        assert!(matches!(play.event().await, SessionEvent::Rotated { .. }));
        let lived = start.elapsed();
        assert!(lived < secs(DAY) + secs(10), "{lived:?}");
        old = new;
    }
    let vitals = play.session.vitals();
    assert_eq!((vitals.epoch, vitals.rotations, vitals.rotations_failed), (1, 4, 0));
}

#[tokio::test(start_paused = true)]
async fn sessions_that_began_together_are_not_replaced_together() {
    let mut times = Vec::new();
    for seed in 0..5 {
        let (network, mut exchange) = metaexpert_connect::ws::testing::exchange(seed);
        let mut dialect = Plain::default();
        dialect.limits.lifetime = Some(secs(DAY));
        let topics = Vec::new();
        let (_session, _events) =
            metaexpert_connect::ws::Session::start("one", dialect, topics, None, Settings::usual(), &network);
        let start = Instant::now();
        let mut old = exchange.accept().await.unwrap();
        let second = tokio::select! {
            peer = exchange.accept() => peer,
            () = serve(&mut old, secs(DAY)) => None,
        };
        assert!(second.is_some());
        let share = start.elapsed().as_secs_f64() / secs(DAY).as_secs_f64();
        assert!((0.90..=0.98).contains(&share), "{share}");
        times.push(start.elapsed());
    }
    times.sort();
    assert!(times.windows(2).all(|pair| pair[1] > pair[0] + secs(30)), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn the_new_connection_is_held_back_until_the_old_one_has_reached_its_beginning() {
    let mut play = play(Plain::default(), &["a1"]);
    let mut old = play.accept_live().await;
    old.send("g 1 10 old").await;
    assert_eq!(play.frame().await, "g 1 10 old");
    old.send("bye").await;
    let mut new = play.exchange.accept().await.unwrap();
    let asked = new.text().await.unwrap();
    acknowledge(&mut new, &asked).await;
    new.send("g 1 13 new").await;
    new.send("g 1 14 new").await;
    serve(&mut new, secs(3)).await;
    assert_eq!(play.session.vitals().state, State::Rotating);
    for place in [11, 12, 13] {
        old.send(format!("g 1 {place} old")).await;
        assert_eq!(play.frame().await, format!("g 1 {place} old"));
    }
    assert!(matches!(play.event().await, SessionEvent::Rotated { .. }));
    assert_eq!(play.frame().await, "g 1 14 new");
    new.send("g 1 15 new").await;
    assert_eq!(play.frame().await, "g 1 15 new");
    assert_eq!(old.text().await, None);
}

#[tokio::test(start_paused = true)]
async fn frames_without_growing_places_are_joined_by_what_they_are() {
    let mut play = play(Plain::default(), &["a1"]);
    let mut old = play.accept_live().await;
    old.send("bye").await;
    let mut new = play.exchange.accept().await.unwrap();
    let asked = new.text().await.unwrap();
    acknowledge(&mut new, &asked).await;
    serve(&mut new, ms(100)).await;
    // The same event twice over each, one that came over the old one alone, and one that it still has before it.
    for text in ["h 1 900 before", "h 1 500 x", "h 1 500 x", "h 1 70 y", "strange", "h 1 81 late for the new one"] {
        old.send(text).await;
        assert_eq!(play.frame().await, text);
    }
    for text in ["h 1 500 x", "h 1 500 x", "h 1 70 y", "strange", "h 1 60 late for the old one"] {
        new.send(text).await;
    }
    serve(&mut new, secs(2)).await;
    assert!(matches!(play.event().await, SessionEvent::Rotated { .. }));
    assert_eq!(play.frame().await, "h 1 60 late for the old one");
    new.send("h 1 81 late for the new one").await;
    new.send("h 1 44 next").await;
    assert_eq!(play.frame().await, "h 1 44 next");
}

#[tokio::test(start_paused = true)]
async fn where_the_old_one_never_reaches_the_new_one_it_is_kept_and_another_tried_later() {
    let mut play = play(Plain::default(), &["a1"]);
    let mut old = play.accept_live().await;
    old.send("g 1 10 old").await;
    assert_eq!(play.frame().await, "g 1 10 old");
    old.send("bye").await;
    let mut new = play.exchange.accept().await.unwrap();
    let asked = new.text().await.unwrap();
    acknowledge(&mut new, &asked).await;
    new.send("g 1 13 new").await;
    let gone = async { while new.message().await.is_some() {} };
    tokio::join!(gone, serve(&mut old, secs(12)));
    assert_eq!(play.session.vitals().rotations_failed, 1);
    old.send("g 1 11 old").await;
    assert_eq!(play.frame().await, "g 1 11 old");
    // The second attempt works.
    let mut new = play.exchange.accept().await.unwrap();
    serve(&mut new, secs(3)).await;
    assert!(matches!(play.event().await, SessionEvent::Rotated { .. }));
    assert_eq!(play.session.vitals().epoch, 1);
}

#[tokio::test(start_paused = true)]
async fn when_the_old_one_dies_first_the_loss_is_told_and_a_fresh_connection_made() {
    let mut play = play(Plain::default(), &["a1"]);
    let mut old = play.accept_live().await;
    old.send("g 1 10 old").await;
    old.send("bye").await;
    assert_eq!(play.frame().await, "g 1 10 old");
    let mut new = play.exchange.accept().await.unwrap();
    let asked = new.text().await.unwrap();
    acknowledge(&mut new, &asked).await;
    // A snapshot of what was handed on already, and a change of it that was not.
    new.send("g 1 10 snapshot").await;
    new.send("g 1 11 new").await;
    serve(&mut new, ms(100)).await;
    drop(old);
    play.lost().await;
    assert_eq!(new.text().await, None);
    let mut fresh = play.accept_live().await;
    fresh.send("g 1 12 snapshot").await;
    assert_eq!(play.frame().await, "g 1 12 snapshot");
}

#[tokio::test(start_paused = true)]
async fn more_than_can_be_held_back_ends_the_attempt_and_not_the_session() {
    let mut play = play_with(Plain::default(), &["a1"], Settings { held: 50, ..Settings::usual() });
    let mut old = play.accept_live().await;
    old.send("bye").await;
    let mut new = play.exchange.accept().await.unwrap();
    let asked = new.text().await.unwrap();
    acknowledge(&mut new, &asked).await;
    for place in 100..151 {
        new.send(format!("g 1 {place} new")).await;
    }
    assert_eq!(new.text().await, None);
    old.send("g 1 99 old").await;
    assert_eq!(play.frame().await, "g 1 99 old");
    assert_eq!(play.session.vitals().rotations_failed, 1);
}
