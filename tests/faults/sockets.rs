//! Sockets on a bad day: cut, silent, refused, and gone in the middle of an order.
//!
//! The one decision: an order over a socket is judged as one over HTTP is. What was written and not answered is unknown, and the
//! audit shows that neither the socket nor HTTP carried it a second time.

use std::time::Duration;

use metaexpert_binance::{
    Product,
    orders::{Desk, Reports, place, query, ws_api::SocketFirst},
    stream::{dialect::MarketDialect, topics::Base},
    user::UserStream,
};
use metaexpert_connect::{
    Failure, Meaning,
    http::Client,
    report::OrderState,
    ws::{Caller, Events, Session, SessionEvent, Settings, State},
};
use metaexpert_core::Price;
use metaexpert_testnet::audit::SocketState;

use super::{
    messages::Follower,
    play::{Play, SYMBOL, named, network, now, order_of, spot, stands},
};

const API: &str = "ws-api.binance.com/ws-api/v3";

/// A session of spot's market streams with one topic.
fn market(play: &Play) -> (Session, Events) {
    let dialect = MarketDialect::new(Product::Spot, play.socket("stream.binance.com"), Base::Only);
    Session::start("market", dialect, vec!["btcusdt@bookTicker".into()], None, Settings::usual(), &network())
}

#[tokio::test(start_paused = true)]
async fn after_a_cut_a_session_comes_back_asks_for_its_topics_again_and_the_book_is_right() {
    for fault in ["cut on=message topic=market times=1 after=30", "half-open topic=market times=1 after=30"] {
        for product in [Product::Spot, Product::UsdM] {
            let play = Play::begin(&[]).await;
            let mut follower = Follower::begin(&play, product);
            let rule = play.fault(fault);
            follower.follow(Duration::from_secs(80)).await;
            assert_eq!((play.struck(rule), follower.seen.cuts, follower.seen.rebuilt), (1, 1, 2), "{fault} of {product}");
            follower.is_right().await;
            assert_eq!(play.heard("SUBSCRIBE"), 2, "{fault} of {product}");
            follower.end().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_falls_silent_is_given_up_after_twenty_seconds() {
    let play = Play::begin(&[]).await;
    let (session, mut events) = market(&play);
    assert_eq!(play.happens(&mut events).await, SessionEvent::Connected { epoch: 1 });
    play.pass(Duration::from_secs(5)).await;
    play.fault("half-open topic=market times=1");
    let before = now();
    let SessionEvent::Lost { .. } = play.happens(&mut events).await else { panic!("it is lost") };
    let silent = now().nanos_since(before);
    assert!((19_000_000_000..22_000_000_000).contains(&silent), "{silent} ns");
    assert!(play.sockets().contains(&SocketState::HalfOpen));
    assert_eq!(play.happens(&mut events).await, SessionEvent::Connected { epoch: 2 });
    play.until(session.stop()).await;
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_fails_is_tried_again_after_waits_that_grow() {
    for fault in ["503 over=ws", "cut on=request over=ws", "500 over=ws"] {
        let play = Play::begin(&[&format!("{fault} times=4")]).await;
        let (session, mut events) = market(&play);
        let mut times = vec![now()];
        for attempt in 1..=4 {
            let event = play.happens(&mut events).await;
            assert!(matches!(event, SessionEvent::NotConnected { attempt: known, .. } if known == attempt), "{fault}: {event:?}");
            times.push(now());
        }
        assert_eq!(play.happens(&mut events).await, SessionEvent::Connected { epoch: 1 }, "{fault}");
        let waits: Vec<i64> = times.windows(2).skip(1).map(|pair| pair[1].nanos_since(pair[0]) / 1_000_000).collect();
        // Half a second, one, two, and chance up to as much again.
        for (wait, least) in waits.iter().zip([500, 1_000, 2_000]) {
            assert!((least..=2 * least + 100).contains(wait), "{fault}: {waits:?}");
        }
        play.until(session.stop()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_not_answered_is_given_up_after_ten_seconds() {
    let play = Play::begin(&["drop on=request over=ws times=1"]).await;
    let (session, mut events) = market(&play);
    let before = now();
    assert!(matches!(play.happens(&mut events).await, SessionEvent::NotConnected { attempt: 1, .. }));
    let waited = now().nanos_since(before) / 1_000_000;
    assert!((9_900..10_300).contains(&waited), "{waited} ms");
    assert_eq!(play.happens(&mut events).await, SessionEvent::Connected { epoch: 1 });
    play.until(session.stop()).await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_wants_no_connections_for_a_while_is_left_alone_for_so_long() {
    for fault in ["429 seconds=40 over=ws times=1", "418 seconds=40 over=ws times=1"] {
        let play = Play::begin(&[fault]).await;
        let (session, mut events) = market(&play);
        assert!(matches!(play.happens(&mut events).await, SessionEvent::NotConnected { attempt: 1, .. }));
        let before = now();
        assert_eq!(play.happens(&mut events).await, SessionEvent::Connected { epoch: 1 }, "{fault}");
        let waited = now().nanos_since(before) / 1_000_000;
        assert!((40_000..45_000).contains(&waited), "{fault}: {waited} ms");
        play.until(session.stop()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_whose_answer_is_lost_is_asked_for_on_another_connection() {
    let play = Play::begin(&["drop topic=answer times=1"]).await;
    let (session, mut events) = market(&play);
    assert_eq!(play.happens(&mut events).await, SessionEvent::Connected { epoch: 1 });
    assert!(matches!(play.happens(&mut events).await, SessionEvent::Lost { .. }));
    assert_eq!(play.happens(&mut events).await, SessionEvent::Connected { epoch: 2 });
    play.pass(Duration::from_secs(1)).await;
    assert_eq!((session.vitals().state, play.heard("SUBSCRIBE")), (State::Live, 2));
    play.until(session.stop()).await;
}

/// Orders over a socket, with HTTP behind it.
struct Desks {
    play: Play,
    client: Client,
    session: Session,
    events: Events,
    via: SocketFirst<Caller>,
    price: Price,
}

async fn desks() -> Desks {
    let play = Play::begin(&[]).await;
    let client = play.client(Product::Spot);
    let price = play.low_price(&client, Product::Spot).await;
    let api = UserStream::api(play.socket(API), play.credentials(), now);
    let (session, mut events) = Session::start("orders", api, Vec::new(), None, Settings::usual(), &network());
    let via = SocketFirst::new(session.caller(), client.clone(), Duration::from_secs(5)).unwrap();
    assert_eq!(play.happens(&mut events).await, SessionEvent::Connected { epoch: 1 });
    Desks { play, client, session, events, via, price }
}

impl Desks {
    async fn place(&self, name: &str) -> Reports {
        self.play.until(place(&self.via, &spot(name, Some(self.price)), now())).await
    }

    async fn find(&self, name: &str) -> Reports {
        self.play.until(query(&self.via, Desk::Spot, SYMBOL, &named(name))).await
    }

    /// How often an order went out over the socket, how often over HTTP, and how often it was accepted.
    fn counts(&self, name: &str) -> [usize; 3] {
        [self.play.heard("order.place"), self.play.asked("POST", "/api/v3/order").len(), self.play.accepted(name)]
    }

    async fn end(self) {
        self.play.until(self.session.stop()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_over_a_socket_whose_answer_is_lost_is_unknown_was_sent_once_and_is_found() {
    for fault in [
        "cut on=answer over=ws",
        "half-open on=answer over=ws",
        "drop topic=answer",
        "truncate on=message topic=answer",
        "503 on=answer over=ws",
        "-1001 on=answer over=ws",
        "-1006 on=answer over=ws",
        "-1007 on=answer over=ws",
        "latency topic=answer on=message delay=12s",
    ] {
        let desks = desks().await;
        desks.play.fault(&format!("{fault} times=1"));
        let reports = desks.place("lost").await;
        assert!(matches!(reports, Err(Failure::Unknown { .. })), "{fault}: {reports:?}");
        assert_eq!(desks.counts("lost"), [1, 0, 1], "{fault}");
        assert_eq!(stands(&desks.find("lost").await.unwrap()).0, Some(OrderState::New), "{fault}");
        desks.play.pass(Duration::from_secs(90)).await;
        assert_eq!(desks.counts("lost"), [1, 0, 1], "{fault}");
        desks.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_a_socket_swallowed_is_unknown_and_there_is_none() {
    for fault in
        ["cut on=request over=ws", "drop on=request over=ws", "half-open on=request over=ws", "503 over=ws", "-1007 over=ws"]
    {
        let desks = desks().await;
        desks.play.fault(&format!("{fault} times=1"));
        let reports = desks.place("gone").await;
        assert!(matches!(reports, Err(Failure::Unknown { .. })), "{fault}: {reports:?}");
        assert_eq!(desks.counts("gone"), [1, 0, 0], "{fault}");
        let found = desks.find("gone").await;
        assert_eq!(found.as_ref().err().and_then(Failure::meaning), Some(Meaning::UnknownOrder), "{fault}: {found:?}");
        desks.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_goes_by_http_while_there_is_no_socket_and_by_the_socket_when_there_is() {
    let mut desks = desks().await;
    desks.play.fault("503 over=ws times=3");
    desks.play.fault("cut on=request over=ws times=1 contains=session.status");
    let ask = r#"{"id":"s","method":"session.status"}"#;
    let cut = desks.play.until(desks.session.call("status", "s".into(), ask.into())).await;
    assert!(cut.is_err(), "{cut:?}");
    assert!(matches!(desks.play.happens(&mut desks.events).await, SessionEvent::Lost { .. }));
    assert!(desks.place("by-http").await.is_ok());
    assert_eq!(desks.counts("by-http"), [0, 1, 1]);
    while desks.play.happens(&mut desks.events).await != (SessionEvent::Connected { epoch: 2 }) {}
    assert!(desks.place("by-socket").await.is_ok());
    assert_eq!(desks.counts("by-socket"), [1, 1, 1]);
    desks.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_limit_told_over_the_socket_holds_for_http_as_well() {
    for (fault, banned) in [("429 over=ws seconds=20", false), ("418 over=ws seconds=20", true)] {
        let desks = desks().await;
        desks.play.fault(&format!("{fault} times=1"));
        let reports = desks.place("limited").await;
        assert!(matches!(reports, Err(Failure::RateLimited { is_banned, .. }) if is_banned == banned), "{fault}: {reports:?}");
        assert_eq!(desks.counts("limited"), [1, 0, 0], "{fault}");
        assert!(desks.client.budget().closed_for().is_some(), "{fault}");
        assert!(desks.play.place(&desks.client, &spot("limited", Some(desks.price))).await.is_err());
        assert_eq!(desks.counts("limited"), [1, 0, 0], "{fault}: nothing is sent meanwhile");
        desks.play.pass(Duration::from_secs(21)).await;
        assert!(desks.place("limited").await.is_ok(), "{fault}");
        assert_eq!(desks.counts("limited"), [2, 0, 1], "{fault}");
        desks.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_1021_over_the_socket_is_mended_over_http_and_accepted_once() {
    let desks = desks().await;
    desks.play.fault("-1021 over=ws times=1");
    assert_eq!(stands(&desks.place("timed").await.unwrap()).0, Some(OrderState::New));
    assert_eq!(desks.counts("timed")[2], 1);
    desks.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_doubled_answer_is_taken_once_and_the_session_goes_on() {
    let desks = desks().await;
    desks.play.fault("duplicate topic=answer");
    assert!(desks.place("first").await.is_ok());
    assert!(desks.place("second").await.is_ok());
    assert_eq!((desks.counts("first")[2], desks.counts("second")[2]), (1, 1));
    assert_eq!(desks.session.vitals().epoch, 1);
    desks.end().await;
}

#[tokio::test(start_paused = true)]
async fn answers_that_overtake_each_other_are_each_given_to_whoever_asked() {
    let desks = desks().await;
    desks.play.fault("reorder topic=answer times=1");
    let orders = [spot("one", Some(desks.price)), spot("other", Some(desks.price))];
    let both = async { tokio::join!(place(&desks.via, &orders[0], now()), place(&desks.via, &orders[1], now())) };
    let (one, other) = desks.play.until(both).await;
    let names = [one, other].map(|reports| order_of(&reports.unwrap()).client_id.unwrap());
    assert_eq!(names, ["one", "other"]);
    desks.end().await;
}
