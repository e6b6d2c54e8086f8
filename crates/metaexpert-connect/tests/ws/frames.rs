//! What comes over the wire, whatever it is.

use metaexpert_connect::ws::{SessionEvent, Settings, testing::Plain};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::play::{play, play_with, secs, serve};

#[tokio::test(start_paused = true)]
async fn what_nobody_understands_is_handed_on_and_ends_nothing() {
    let mut play = play(Plain::default(), &[]);
    let mut peer = play.accept_live().await;
    let garbage = ["", "{", "g", "g x y", "g 1 99999999999999999999", "ack 77", "no 77 why", "in", "reply 5 late"];
    for text in garbage {
        peer.send(text).await;
        assert_eq!(play.frame().await, text);
    }
    peer.send_message(Message::binary(vec![0xff, 0, 1])).await;
    let SessionEvent::Frame { bytes, mark: None, .. } = play.event().await else { panic!("not handed on") };
    assert_eq!(bytes.as_ref(), [0xff, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_message_in_fragments_is_one_frame() {
    let mut play = play(Plain::default(), &[]);
    let mut peer = play.accept_live().await;
    let parts = [("g 1 5 ", Data::Text, false), ("first, ", Data::Continue, false), ("last", Data::Continue, true)];
    for (text, kind, is_final) in parts {
        peer.send_message(Message::Frame(Frame::message(text, OpCode::Data(kind), is_final))).await;
    }
    assert_eq!(play.frame().await, "g 1 5 first, last");
}

#[tokio::test(start_paused = true)]
async fn a_large_message_arrives_and_one_beyond_the_bound_cuts_the_connection() {
    let mut play = play_with(Plain::default(), &[], Settings { longest_message: 1 << 20, ..Settings::usual() });
    let mut peer = play.accept_live().await;
    let large = format!("g 1 5 {}", "x".repeat(1_000_000));
    // More than the socket holds: it is sent while it is read.
    let (_, received) = tokio::join!(peer.send(large.clone()), play.frame());
    assert_eq!(received, large);
    let too_large = "x".repeat(1_100_000);
    let (_, why) = tokio::join!(peer.send(too_large), play.lost());
    assert!(why.contains("Space limit exceeded"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn pings_of_the_exchange_are_answered_with_what_they_hold() {
    let mut play = play(Plain::default(), &[]);
    let mut peer = play.accept_live().await;
    peer.send_message(Message::Ping("1700000000".into())).await;
    assert_eq!(peer.message().await, Some(Message::Pong("1700000000".into())));
    // They are signs of life: no more is needed to keep the connection.
    for _ in 0..10 {
        serve(&mut peer, secs(50)).await;
        peer.send_message(Message::Ping("".into())).await;
    }
    assert_eq!(play.session.vitals().epoch, 1);
}
