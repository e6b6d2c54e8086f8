//! What is sent again, and what never is.

use super::*;
use crate::{
    endpoint::Params,
    failure::{Failure, Meaning},
    http::{
        BreakerState,
        testing::{BALANCE, CANCEL, PLACE, PRICE},
    },
};

const NONE: &Params = &Params::new();

#[tokio::test(start_paused = true)]
async fn an_order_whose_answer_is_lost_is_unknown_and_was_sent_exactly_once() {
    for play in [Play::Cut, Play::Silence, Reply::of(502, "<html>bad gateway</html>").into(), Reply::of(500, "").into()] {
        let bench = Bench::new([play.clone()]);
        let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
        assert!(matches!(failure, Failure::Unknown { endpoint: "place", .. }), "{play:?}: {failure}");
        assert!(failure.may_have_happened());
        assert_eq!(bench.calls(), ["POST /order"], "{play:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_whose_answer_is_lost_is_asked_again() {
    for play in [Play::Cut, Play::Silence, Play::Unconnected, Reply::of(503, "<html>").into(), Reply::of(500, "unknown").into()] {
        let bench = Bench::new([play.clone(), Reply::ok("42").into()]);
        assert_eq!(bench.client.call(&PRICE, NONE).await.unwrap(), "42", "{play:?}");
        assert_eq!(bench.calls().len(), 2, "{play:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_is_not_asked_for_ever() {
    let bench = Bench::new(vec![Play::Cut; 9]);
    let failure = bench.client.call(&PRICE, NONE).await.unwrap_err();
    assert!(matches!(failure, Failure::Unknown { .. }), "{failure}");
    assert_eq!(bench.calls().len(), 4);
    let times = bench.times();
    let gaps: Vec<_> = times.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(gaps.is_sorted() && gaps[0] >= 0.25, "pauses grow: {gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_certainly_was_not_carried_out_is_sent_again() {
    let limited = Reply::of(429, "").with("retry-after", 1);
    for play in [Play::Unconnected, refused("busy"), limited.into()] {
        let bench = Bench::new([play.clone(), Reply::ok("placed").into()]);
        assert_eq!(bench.client.call(&PLACE, NONE).await.unwrap(), "placed", "{play:?}");
        assert_eq!(bench.calls(), ["POST /order", "POST /order"], "{play:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_is_not_sent_any_more_when_all_its_attempts_together_took_too_long() {
    // Four seconds are within the patience of an entry, five; eight are not.
    let limited = || Reply::of(429, "").with("retry-after", 4);
    let bench = Bench::new([limited(), limited()]);
    let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::RateLimited));
    let times = bench.times();
    assert!(times.len() == 2 && times[1] < 5.0, "{times:?}");

    let bench = Bench::new([limited(), limited()]);
    bench.client.call(&CANCEL, NONE).await.unwrap();
    assert!(bench.times()[2] >= 8.0, "a cancel is never too late");
}

#[tokio::test(start_paused = true)]
async fn a_lost_cancel_is_not_called_refused_because_its_copy_was() {
    let bench = Bench::new([Play::Cut, refused("no")]);
    let failure = bench.client.call(&CANCEL, NONE).await.unwrap_err();
    assert!(matches!(failure, Failure::Unknown { .. }), "{failure}");
    assert_eq!(bench.calls().len(), 2);

    let bench = Bench::new([Play::Cut, refused("no")]);
    let failure = bench.client.call(&PRICE, NONE).await.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::Forbidden), "a question does nothing");
}

#[tokio::test(start_paused = true)]
async fn an_order_of_which_the_exchange_knows_nothing_itself_is_not_sent_again() {
    let bench = Bench::new([refused("unknown")]);
    let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::Unknown));
    assert!(failure.may_have_happened());
    assert_eq!(bench.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_final_for_questions_and_orders_alike() {
    for endpoint in [&PLACE, &CANCEL, &BALANCE, &PRICE] {
        let bench = Bench::new([refused("no")]);
        let failure = bench.client.call(endpoint, NONE).await.unwrap_err();
        assert_eq!(failure.meaning(), Some(Meaning::Forbidden));
        assert_eq!(bench.calls().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn which_statuses_are_good_is_the_dialects_to_say() {
    let bench = Bench::new([Reply::of(409, "one half was done"), Reply::of(302, "moved")]);
    assert_eq!(bench.client.call(&PLACE, NONE).await.unwrap(), "one half was done");
    let failure = bench.client.call(&PRICE, NONE).await.unwrap_err();
    assert!(matches!(failure, Failure::Malformed(_)), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn without_a_key_nothing_that_wants_one_is_sent() {
    let bench = Bench::new([Reply::ok("42")]);
    let nobody = bench.client.for_account(None);
    let failure = nobody.call(&PLACE, NONE).await.unwrap_err();
    assert_eq!(failure.to_string(), "place: not sent: there is no key");
    assert_eq!(nobody.call(&PRICE, NONE).await.unwrap(), "42");
    assert_eq!(bench.calls(), ["GET /price"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_put_together_is_not_tried_again_and_is_no_fault_of_the_host() {
    let bench = Bench::new(vec![Play::Unbuilt; 9]);
    for _ in 0..6 {
        let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
        assert_eq!(failure.to_string(), "place: not sent: bad header");
    }
    assert_eq!(bench.calls().len(), 6);
    assert_eq!(bench.client.breaker(), BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn one_seed_is_one_run_and_two_requests_do_not_knock_at_the_same_moments() {
    let run = async || {
        let bench = Bench::new(vec![Play::Cut; 8]);
        let _ = tokio::join!(bench.client.call(&PRICE, NONE), bench.client.call(&PRICE, NONE));
        bench.times()
    };
    let (first, second) = (run().await, run().await);
    assert_eq!(first, second);
    assert!(first[2] < first[3], "{first:?}");
}

#[tokio::test(start_paused = true)]
async fn neither_key_nor_secret_nor_signature_is_in_what_is_logged_said_or_shown() {
    let plays = [Play::Cut, Play::Unconnected, refused("busy"), Reply::of(429, "").with("retry-after", 1).into()];
    let bench = Bench::new(plays);
    let failure = bench.client.call(&BALANCE, NONE).await.unwrap_err();
    let signed = bench.wire.sent.lock()[0].said.clone();
    let signature = signed.split("signature=").nth(1).unwrap();
    let prepared = Prepared {
        path_and_query: format!("/balance?{signed}"),
        headers: vec![("X-KEY", KEY.into())],
        body: Some(("text/plain", Bytes::from(signed.clone()))),
    };
    let shown = format!("{failure} {failure:?} {:?} {prepared:?} {:?}", bench.client, bench.lines.all());
    assert!(bench.lines.all().len() >= 3, "{:?}", bench.lines.all());
    for secret in [KEY, SECRET, signature] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
