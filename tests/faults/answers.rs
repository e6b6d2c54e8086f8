//! Requests over HTTP on a bad day: what is late, lost, refused or cut short.
//!
//! The one decision: each test asks the audit how often an order arrived and how often it was accepted. An adapter that guesses
//! right by luck would send twice, and be found out there.

use std::time::Duration;

use metaexpert_binance::{
    Product, market,
    orders::{Desk, FuturesProduct, Reports, cancel},
};
use metaexpert_connect::{Failure, Meaning, http::Client, report::OrderState};
use metaexpert_core::Price;
use metaexpert_testnet::audit::Delivery;

use super::play::{Play, SYMBOL, future, named, spot, stands};

const ORDER: &str = "/api/v3/order";
const FUTURE: &str = "/fapi/v1/order";
const USDM: Desk = Desk::Futures(FuturesProduct::UsdM);

/// A testnet, a client of its spot host, and a price at which an order rests.
async fn spot_play() -> (Play, Client, Price) {
    let play = Play::begin(&[]).await;
    let client = play.client(Product::Spot);
    let price = play.low_price(&client, Product::Spot).await;
    (play, client, price)
}

/// The same of USD-M futures.
async fn usdm_play() -> (Play, Client, Price) {
    let play = Play::begin(&[]).await;
    let client = play.client(Product::UsdM);
    let price = play.low_price(&client, Product::UsdM).await;
    (play, client, price)
}

/// An order whose answer is lost: nobody knows, it was sent once, and asking by its name says what became of it.
fn is_unknown(reports: &Reports) {
    assert!(matches!(reports, Err(Failure::Unknown { .. })), "{reports:?}");
}

fn meaning(reports: &Reports) -> Option<Meaning> {
    reports.as_ref().err().and_then(Failure::meaning)
}

fn stands_new(reports: Reports) {
    assert_eq!(stands(&reports.unwrap()).0, Some(OrderState::New));
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_waited_for() {
    let (play, client, price) = spot_play().await;
    play.fault("latency delay=2s jitter=1s method=POST");
    stands_new(play.place(&client, &spot("slow", Some(price))).await);
    let asked = play.asked("POST", ORDER);
    assert_eq!((asked.len(), asked[0].line.delivery, play.accepted("slow")), (1, Delivery::Whole, 1));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_slow_to_arrive_is_waited_for_and_meets_the_exchange_when_it_does() {
    let (play, client, price) = spot_play().await;
    play.fault("latency delay=3s on=request method=POST");
    let sent = client.clock().now();
    stands_new(play.place(&client, &spot("late", Some(price))).await);
    let waited = client.clock().now().nanos_since(sent);
    assert!((3_000_000_000..3_200_000_000).contains(&waited), "{waited} ns");
    assert_eq!((play.asked("POST", ORDER).len(), play.accepted("late")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_arrives_after_its_window_is_refused_for_its_time_and_not_accepted_later() {
    let (play, client, price) = spot_play().await;
    // Longer than the window of five seconds, shorter than the patience of ten.
    let rule = play.fault("latency delay=6s on=request method=POST");
    let reports = play.place(&client, &spot("stale", Some(price))).await;
    assert!(reports.is_err(), "{reports:?}");
    let asked = play.asked("POST", ORDER);
    assert!(asked.iter().all(|asked| asked.line.code == Some(-1021)), "the exchange judges by its own clock");
    assert_eq!(play.accepted("stale"), 0);
    assert!(play.struck(rule) <= 2, "once, and once more with a better clock");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_after_all_patience_leaves_the_order_unknown_and_found_by_its_name() {
    let (play, client, price) = spot_play().await;
    play.fault("latency delay=15s method=POST times=1");
    is_unknown(&play.place(&client, &spot("too-late", Some(price))).await);
    play.pass(Duration::from_secs(6)).await;
    let asked = play.asked("POST", ORDER);
    assert_eq!((asked.len(), asked[0].line.delivery, play.accepted("too-late")), (1, Delivery::NobodyThere, 1));
    stands_new(play.find(&client, Desk::Spot, "too-late").await);
}

#[tokio::test(start_paused = true)]
async fn a_lost_acknowledgement_is_unknown_is_never_sent_twice_and_is_found_by_its_name() {
    for (fault, delivery) in [
        ("cut on=answer method=POST times=1", Delivery::Cut),
        ("drop on=answer over=rest method=POST times=1", Delivery::Never),
        ("half-open on=answer over=rest method=POST times=1", Delivery::Never),
        ("truncate method=POST times=1", Delivery::Half),
    ] {
        let (play, client, price) = spot_play().await;
        let rule = play.fault(fault);
        is_unknown(&play.place(&client, &spot("lost", Some(price))).await);
        let asked = play.asked("POST", ORDER);
        assert_eq!((asked.len(), asked[0].line.delivery, asked[0].line.is_handled), (1, delivery, true), "{fault}");
        assert_eq!((play.struck(rule), play.accepted("lost")), (1, 1), "{fault}");
        stands_new(play.find(&client, Desk::Spot, "lost").await);
        // Nothing comes of it later either.
        play.pass(Duration::from_mins(1)).await;
        assert_eq!((play.asked("POST", ORDER).len(), play.accepted("lost")), (1, 1), "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_market_order_of_futures_whose_acknowledgement_is_lost_is_executed_once() {
    let (play, client, _) = usdm_play().await;
    play.fault("cut on=answer method=POST times=1");
    is_unknown(&play.place(&client, &future("market", None)).await);
    let found = play.find(&client, USDM, "market").await.unwrap();
    assert_eq!(stands(&found).0, Some(OrderState::Filled));
    assert_eq!((play.asked("POST", FUTURE).len(), play.accepted("market")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_never_arrived_is_as_unknown_and_asking_for_it_says_that_there_is_none() {
    for fault in
        ["cut on=request method=POST", "drop on=request over=rest method=POST", "half-open on=request over=rest method=POST"]
    {
        let (play, client, price) = spot_play().await;
        play.fault(&format!("{fault} times=1"));
        is_unknown(&play.place(&client, &spot("gone", Some(price))).await);
        assert_eq!((play.asked("POST", ORDER).len(), play.accepted("gone")), (1, 0), "{fault}");
        assert_eq!(meaning(&play.find(&client, Desk::Spot, "gone").await), Some(Meaning::UnknownOrder), "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_whose_answer_is_lost_is_asked_again() {
    for fault in ["cut on=answer", "truncate", "drop on=answer over=rest", "502", "503 on=answer", "-1007"] {
        let (play, client, price) = spot_play().await;
        play.place(&client, &spot("asked", Some(price))).await.unwrap();
        play.fault(&format!("{fault} method=GET path={ORDER} times=2"));
        stands_new(play.find(&client, Desk::Spot, "asked").await);
        assert_eq!(play.asked("GET", ORDER).len(), 3, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_whose_answer_is_lost_is_sent_again_and_what_is_gone_is_not_called_refused() {
    let (play, client, price) = spot_play().await;
    play.place(&client, &spot("cancelled", Some(price))).await.unwrap();
    play.fault("cut on=answer method=DELETE times=1");
    let cancelled = play.until(cancel(&client, Desk::Spot, SYMBOL, &named("cancelled"))).await;
    // The second copy finds nothing, which says nothing of the first: it was carried out, or never arrived.
    is_unknown(&cancelled);
    let found = play.find(&client, Desk::Spot, "cancelled").await.unwrap();
    assert_eq!(stands(&found).0, Some(OrderState::Cancelled));
    assert_eq!(play.asked("DELETE", ORDER).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_429_is_obeyed_for_as_long_as_it_says_and_the_order_is_accepted_once() {
    let (play, client, price) = spot_play().await;
    play.fault("429 seconds=3 method=POST times=1");
    stands_new(play.place(&client, &spot("limited", Some(price))).await);
    let asked = play.asked("POST", ORDER);
    let statuses: Vec<_> = asked.iter().map(|asked| (asked.line.status, asked.line.is_handled)).collect();
    assert_eq!(statuses, [(429, false), (200, true)]);
    let waited = asked[1].at.checked_sub(asked[0].at).unwrap();
    assert!((3_000..4_000).contains(&waited.as_millis()), "{waited:?}");
    assert_eq!(play.accepted("limited"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_order_does_not_outlive_its_moment_behind_a_429_and_nothing_else_is_sent_meanwhile() {
    let (play, client, price) = spot_play().await;
    play.fault("429 seconds=30 method=POST times=1");
    let reports = play.place(&client, &spot("limited", Some(price))).await;
    let Err(Failure::RateLimited { retry_after: Some(wait), is_banned: false, .. }) = reports else { panic!("{reports:?}") };
    assert!(wait <= Duration::from_secs(30) && wait > Duration::from_secs(29), "{wait:?}");
    // What has more patience waits, and goes out when it may.
    assert_eq!(meaning(&play.find(&client, Desk::Spot, "limited").await), Some(Meaning::UnknownOrder));
    let (order, question) = (&play.asked("POST", ORDER)[0], &play.asked("GET", ORDER)[0]);
    let waited = question.at.checked_sub(order.at).unwrap();
    assert!((30_000..31_000).contains(&waited.as_millis()), "{waited:?}");
    assert_eq!((play.asked("POST", ORDER).len(), play.accepted("limited")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn after_a_418_nobody_knocks_until_the_ban_is_over() {
    let (play, client, price) = spot_play().await;
    play.fault("418 seconds=120 method=POST times=1");
    let reports = play.place(&client, &spot("banned", Some(price))).await;
    assert!(matches!(reports, Err(Failure::RateLimited { is_banned: true, .. })), "{reports:?}");
    let first = play.asked("POST", ORDER)[0].at;
    for _ in 0..3 {
        assert!(play.find(&client, Desk::Spot, "banned").await.is_err());
        play.pass(Duration::from_secs(10)).await;
    }
    assert_eq!(play.asked("GET", ORDER).len(), 0, "a ban grows with every knock");
    play.pass(Duration::from_secs(90)).await;
    stands_new(play.place(&client, &spot("again", Some(price))).await);
    let asked = play.asked("POST", ORDER);
    assert!(asked.len() == 2 && asked[1].at >= first + Duration::from_mins(2), "{:?}", asked[1].at);
}

#[tokio::test(start_paused = true)]
async fn a_1003_is_a_429() {
    let (play, client, _) = usdm_play().await;
    play.fault("-1003 seconds=2 path=/fapi/v1/depth times=1");
    play.until(market::depth::depth(&client, Product::UsdM, SYMBOL, 5)).await.unwrap();
    let asked = play.asked("GET", "/fapi/v1/depth");
    let [.., limited, answered] = &asked[..] else { panic!("{} requests", asked.len()) };
    assert_eq!((limited.line.status, limited.line.code), (429, Some(-1003)));
    assert!(answered.at >= limited.at + Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn too_many_orders_stop_orders_and_nothing_else() {
    let (play, client, price) = spot_play().await;
    play.fault("too-many-orders method=POST times=1");
    let reports = play.place(&client, &spot("crowd", Some(price))).await;
    assert!(reports.is_err(), "{reports:?}");
    let before = play.asked("GET", ORDER).len();
    assert_eq!(meaning(&play.find(&client, Desk::Spot, "crowd").await), Some(Meaning::UnknownOrder));
    let (first, question) = (play.asked("POST", ORDER)[0].at, play.asked("GET", ORDER)[before].at);
    assert!(question < first + Duration::from_secs(10), "a question waits for no order: {question:?} after {first:?}");
    assert_eq!(play.accepted("crowd"), 0);
    // The shortest window of orders is ten seconds.
    play.pass(Duration::from_secs(10)).await;
    stands_new(play.place(&client, &spot("calm", Some(price))).await);
}

#[tokio::test(start_paused = true)]
async fn an_order_behind_a_5xx_is_unknown_whether_it_was_done_or_not() {
    for status in ["500", "502", "503", "504", "-1001", "-1006", "-1007"] {
        for (stage, accepted) in [("request", 0), ("answer", 1)] {
            let (play, client, price) = spot_play().await;
            play.fault(&format!("{status} on={stage} method=POST times=1"));
            is_unknown(&play.place(&client, &spot("broken", Some(price))).await);
            assert_eq!((play.asked("POST", ORDER).len(), play.accepted("broken")), (1, accepted), "{status} on {stage}");
            let found = play.find(&client, Desk::Spot, "broken").await;
            match accepted {
                0 => assert_eq!(meaning(&found), Some(Meaning::UnknownOrder), "{status}"),
                _ => stands_new(found),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_of_futures_that_the_exchange_says_it_did_not_do_is_sent_again_and_accepted_once() {
    let (play, client, price) = usdm_play().await;
    // Derivatives, "HTTP 503 Status": this message is a failure, and nothing was done.
    play.fault("-1001 method=POST times=1");
    stands_new(play.place(&client, &future("again", Some(price))).await);
    assert_eq!((play.asked("POST", FUTURE).len(), play.accepted("again")), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn an_order_of_futures_whose_fate_the_exchange_does_not_know_is_not_sent_again() {
    for fault in ["503", "500", "-1006", "-1007"] {
        for (stage, accepted) in [("request", 0), ("answer", 1)] {
            let (play, client, price) = usdm_play().await;
            play.fault(&format!("{fault} on={stage} method=POST times=1"));
            is_unknown(&play.place(&client, &future("dark", Some(price))).await);
            assert_eq!((play.asked("POST", FUTURE).len(), play.accepted("dark")), (1, accepted), "{fault} on {stage}");
            assert_eq!(play.find(&client, USDM, "dark").await.is_ok(), accepted == 1, "{fault} on {stage}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_1021_leads_to_one_measurement_of_the_clock_and_one_success() {
    let (play, client, price) = spot_play().await;
    play.fault("-1021 method=POST times=1");
    stands_new(play.place(&client, &spot("timed", Some(price))).await);
    let codes: Vec<_> = play.asked("POST", ORDER).iter().map(|asked| asked.line.code).collect();
    assert_eq!((codes, play.accepted("timed")), (vec![Some(-1021), None], 1));
    assert_eq!(play.asked("GET", "/api/v3/time").len(), 3, "a measurement is three round trips");
}

#[tokio::test(start_paused = true)]
async fn a_1021_that_stays_is_not_tried_for_ever() {
    let (play, client, price) = spot_play().await;
    play.fault("-1021 method=POST");
    let reports = play.place(&client, &spot("timed", Some(price))).await;
    assert_eq!(meaning(&reports), Some(Meaning::ClockSkew));
    assert_eq!((play.asked("POST", ORDER).len(), play.accepted("timed")), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_cuts_every_connection_is_left_alone_but_for_what_makes_safer() {
    let (play, client, price) = spot_play().await;
    play.place(&client, &spot("resting", Some(price))).await.unwrap();
    let rule = play.fault("cut on=request over=rest");
    for _ in 0..3 {
        assert!(play.find(&client, Desk::Spot, "resting").await.is_err());
    }
    let knocked = play.struck(rule);
    assert!((5..=8).contains(&knocked), "five failures in a row open the breaker: {knocked}");
    let not_sent = play.place(&client, &spot("held", Some(price))).await;
    assert!(matches!(not_sent, Err(Failure::NotSent { .. })), "{not_sent:?}");
    assert_eq!(play.struck(rule), knocked);
    play.is_well();
    // A cancel goes out all the same, and finds the host alive.
    let cancelled = play.until(cancel(&client, Desk::Spot, SYMBOL, &named("resting"))).await.unwrap();
    assert_eq!(stands(&cancelled).0, Some(OrderState::Cancelled));
    stands_new(play.place(&client, &spot("held", Some(price))).await);
}
