//! Days on which the exchange is away: maintenance, and a start anew with and without what it knew.
//!
//! The one decision: what an adapter may count on afterwards is the exchange's word and not its own memory: it comes back by
//! itself, and what it asks then is answered by what the exchange still knows.

use std::time::Duration;

use metaexpert_binance::{
    Product,
    market::general,
    orders::{Desk, FuturesProduct, OrderRequest, cancel, open},
};
use metaexpert_connect::{
    Failure, Meaning, Report,
    http::Client,
    report::OrderState,
    ws::{SessionEvent, Settings},
};

use super::{
    account::Listener,
    messages::Follower,
    play::{Play, SYMBOL, future, named, now, spot, stands},
};

/// Where a product's orders are taken, and one that rests.
async fn resting(play: &Play, client: &Client, product: Product, name: &str) -> (Desk, OrderRequest) {
    let price = Some(play.low_price(client, product).await);
    match product {
        Product::UsdM => (Desk::Futures(FuturesProduct::UsdM), future(name, price)),
        _ => (Desk::Spot, spot(name, price)),
    }
}

#[tokio::test(start_paused = true)]
async fn through_maintenance_sessions_wait_longer_and_longer_and_come_back_after_it() {
    for product in [Product::Spot, Product::UsdM] {
        let play = Play::begin(&[]).await;
        let mut follower = Follower::begin(&play, product);
        follower.follow(Duration::from_secs(2)).await;
        play.fault("maintenance until=300s");
        follower.follow(Duration::from_secs(299)).await;
        let knocked = play.audit(|audit| audit.requests().filter(|seen| seen.request.status == 503).count());
        // From half a second up to at most a minute.
        assert!((6..=16).contains(&knocked), "{product} knocked {knocked} times in five minutes");
        assert_eq!(follower.seen.cuts, 1, "{product}");
        let longest = Settings::usual().backoff.longest();
        follower.follow(longest + Duration::from_secs(2)).await;
        assert_eq!(follower.seen.rebuilt, 2, "{product}");
        follower.is_right().await;
        follower.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_in_maintenance_is_not_accepted_and_one_after_it_is() {
    let play = Play::begin(&[]).await;
    let client = play.client(Product::Spot);
    let price = play.low_price(&client, Product::Spot).await;
    play.fault("maintenance until=60s");
    let reports = play.place(&client, &spot("early", Some(price))).await;
    // On spot a 503 says nothing of what became of an order.
    assert!(matches!(reports, Err(Failure::Unknown { .. })), "{reports:?}");
    assert_eq!((play.asked("POST", "/api/v3/order").len(), play.accepted("early")), (1, 0));
    assert!(play.until(general::ping(&client, Product::Spot)).await.is_err());
    play.pass(Duration::from_secs(61)).await;
    let found = play.find(&client, Desk::Spot, "early").await;
    assert_eq!(found.err().and_then(|failure| failure.meaning()), Some(Meaning::UnknownOrder));
    let reports = play.place(&client, &spot("early", Some(price))).await;
    assert_eq!(stands(&reports.unwrap()).0, Some(OrderState::New));
    assert_eq!(play.accepted("early"), 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_start_anew_with_its_state_orders_stand_and_their_events_are_heard() {
    for product in [Product::Spot, Product::UsdM] {
        let play = Play::begin(&[]).await;
        let client = play.client(product);
        let (desk, order) = resting(&play, &client, product, "kept").await;
        play.place(&client, &order).await.unwrap();
        let mut listener = Listener::begin(&play, product).await;
        play.fault("restart state=kept");
        assert!(matches!(listener.happens().await, SessionEvent::Lost { .. }), "{product}");
        assert_eq!(listener.happens().await, SessionEvent::Connected { epoch: 2 }, "{product}");
        listener.listen(Duration::from_secs(1)).await;
        assert_eq!(stands(&play.find(&client, desk, "kept").await.unwrap()).0, Some(OrderState::New), "{product}");
        play.until(cancel(&client, desk, SYMBOL, &named("kept"))).await.unwrap();
        listener.listen(Duration::from_secs(1)).await;
        assert_eq!(listener.states_of("kept"), [OrderState::Cancelled], "{product}");
        assert_eq!(play.accepted("kept"), 1, "{product}");
        // A key that may have been forgotten is kept at once; one that was not is the same.
        let asked = ["POST", "PUT"].map(|method| play.asked(method, "/fapi/v1/listenKey").len());
        assert_eq!(asked, if product == Product::UsdM { [1, 1] } else { [0, 0] }, "{product}");
        listener.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_start_anew_without_its_state_orders_are_gone_and_the_book_is_right() {
    for product in [Product::Spot, Product::UsdM] {
        let play = Play::begin(&[]).await;
        let client = play.client(product);
        let (desk, order) = resting(&play, &client, product, "lost").await;
        play.place(&client, &order).await.unwrap();
        let mut listener = Listener::begin(&play, product).await;
        let mut follower = Follower::begin(&play, product);
        follower.follow(Duration::from_secs(5)).await;
        play.fault("restart state=lost");
        follower.follow(Duration::from_secs(10)).await;
        assert_eq!((follower.seen.cuts, follower.seen.rebuilt), (1, 2), "{product}");
        follower.is_right().await;
        assert!(matches!(listener.happens().await, SessionEvent::Lost { .. }), "{product}");
        // A listen key is forgotten as well, and is taken all the same: by keeping it that is found out.
        listener.listen(Duration::from_secs(5)).await;
        let found = play.find(&client, desk, "lost").await;
        assert_eq!(found.err().and_then(|failure| failure.meaning()), Some(Meaning::UnknownOrder), "{product}");
        let open = play.until(open(&client, desk, Some(SYMBOL))).await.unwrap();
        assert!(!open.iter().any(|report| matches!(report, Report::Order(_))), "{product}: {open:?}");
        // Trading goes on, and is heard of.
        let (_, order) = resting(&play, &client, product, "new").await;
        play.place(&client, &order).await.unwrap();
        listener.listen(Duration::from_secs(1)).await;
        assert_eq!(listener.states_of("new"), [OrderState::New], "{product}");
        follower.end().await;
        listener.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_anew_in_the_middle_of_an_order_leaves_it_unknown_and_the_exchange_knows() {
    for (state, stands_there) in [("kept", true), ("lost", false)] {
        let play = Play::begin(&[]).await;
        let client = play.client(Product::Spot);
        let price = play.low_price(&client, Product::Spot).await;
        // What counts requests strikes at an answer: the one after the first that it concerns.
        play.fault(&format!("restart state={state} method=POST after=1"));
        play.place(&client, &spot("first", Some(price))).await.unwrap();
        let before = now();
        let reports = play.place(&client, &spot("second", Some(price))).await;
        assert!(matches!(reports, Err(Failure::Unknown { .. })), "{state}: {reports:?}");
        assert!(now().nanos_since(before) < 1_000_000_000, "a connection that is gone is noticed at once");
        assert_eq!((play.asked("POST", "/api/v3/order").len(), play.accepted("second")), (2, 1), "{state}");
        assert_eq!(play.find(&client, Desk::Spot, "second").await.is_ok(), stands_there, "{state}");
        assert_eq!(play.find(&client, Desk::Spot, "first").await.is_ok(), stands_there, "{state}");
    }
}
