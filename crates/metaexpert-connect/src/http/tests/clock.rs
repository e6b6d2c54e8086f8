//! The exchange's time: measured, kept, and blamed once.

use super::*;
use crate::{
    endpoint::Params,
    failure::Meaning,
    http::testing::{BALANCE, CANCEL, PLACE, PRICE},
};

const NONE: &Params = &Params::new();

/// The exchange's clock, so many milliseconds ahead of ours at the beginning of the test.
fn time(millis: i64) -> Reply {
    Reply::ok(format!("time {}", BEGINNING / 1_000_000 + millis))
}

/// The time that a request was signed with, in milliseconds since the beginning.
fn signed_at(sent: &Sent) -> i64 {
    let stamp = sent.said.split('&').find_map(|part| part.strip_prefix("timestamp=")).unwrap();
    stamp.parse::<i64>().unwrap() - BEGINNING / 1_000_000
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_off_it_is_measured_and_the_order_sent_once_more() {
    let bench = Bench::new([refused("skew"), time(90_000).into(), time(90_000).into(), time(90_000).into()]);
    bench.client.call(&PLACE, NONE).await.unwrap();
    assert_eq!(bench.calls(), ["POST /order", "GET /time", "GET /time", "GET /time", "POST /order"]);
    let sent = bench.wire.sent.lock();
    assert_eq!((signed_at(&sent[0]), signed_at(&sent[4])), (0, 90_000));
}

#[tokio::test(start_paused = true)]
async fn a_time_that_is_off_twice_is_not_measured_a_second_time() {
    let bench = Bench::new([refused("skew"), time(0).into(), time(0).into(), time(0).into(), refused("skew")]);
    let failure = bench.client.call(&CANCEL, NONE).await.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::ClockSkew));
    assert_eq!(bench.calls().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_exchange_that_does_not_tell_its_time_leaves_the_refusal_as_it_was() {
    let bench = Bench::new([refused("skew"), refused("no"), refused("no"), refused("no")]);
    let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::ClockSkew));
    assert_eq!(bench.calls().iter().filter(|call| *call == "POST /order").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn many_requests_in_the_same_trouble_measure_once() {
    let slow = |reply| Play::Slow(Duration::from_millis(50), reply);
    let skewed = Reply::of(400, "skew");
    let bench = Bench::new([slow(skewed.clone()), slow(skewed.clone()), slow(skewed)]);
    for _ in 0..3 {
        bench.then(slow(time(5_075)));
    }
    let calls = [&BALANCE, &CANCEL, &PLACE].map(|endpoint| bench.client.call(endpoint, NONE));
    for answer in futures_util::future::join_all(calls).await {
        answer.unwrap();
    }
    assert_eq!(bench.calls().iter().filter(|call| *call == "GET /time").count(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_offset_that_lied_is_forgotten_when_the_exchange_says_so() {
    let bench = Bench::new([time(0), time(0), time(0)]);
    bench.client.sync_clock().await.unwrap();
    assert_eq!(bench.client.clock().offset_nanos(), 0);
    // Our clock was set since, by too little for the round trips to show it; the new ones are slower than the old ones.
    bench.then(refused("skew"));
    for sent in [0, 80, 160] {
        bench.then(Play::Slow(Duration::from_millis(80), time(200 + sent + 40)));
    }
    bench.client.call(&BALANCE, NONE).await.unwrap();
    assert_eq!(bench.client.clock().offset_nanos(), 200_000_000);
}

#[tokio::test(start_paused = true)]
async fn a_round_trip_in_which_our_clock_was_set_back_is_no_measurement() {
    let slow = |sent: i64| Play::Slow(Duration::from_millis(100), time(sent + 50));
    let bench = Bench::new([slow(1_000), slow(6_100), slow(6_200)]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let set_back = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        BEGAN.set(Some(bench.wire.began + Duration::from_millis(900)));
    };
    let (measured, ()) = tokio::join!(bench.client.sync_clock(), set_back);
    measured.unwrap();
    assert_eq!(bench.client.clock().measured(), 2);
    assert_eq!(bench.client.clock().offset_nanos(), 5_900_000_000);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_refused_for_its_time_is_not_sent_again_when_measuring_took_too_long() {
    let slow = |seconds, reply| Play::Slow(Duration::from_secs(seconds), reply);
    let times = [time(2_000), time(4_000), time(6_000)].map(|reply| slow(2, reply));
    let bench = Bench::new([refused("skew")].into_iter().chain(times));
    let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::ClockSkew));
    assert_eq!(bench.calls(), ["POST /order", "GET /time", "GET /time", "GET /time"]);
    assert_eq!(bench.client.clock().measured(), 3, "the next one has the better clock");
}

#[tokio::test(start_paused = true)]
async fn a_cancel_does_not_wait_behind_a_download_that_measures_the_clock() {
    let slow = |millis, reply| Play::Slow(Duration::from_millis(millis), reply);
    // What is left of the weight is kept for what makes safer.
    let skewed = Reply::of(400, "skew").with("x-weight-60s", 92);
    let bench = Bench::new([slow(40, skewed), slow(50, Reply::of(400, "skew"))]);
    for _ in 0..3 {
        bench.then(time(0));
    }
    let cancelled = async {
        bench.client.call(&CANCEL, NONE).await.unwrap();
        bench.wire.began.elapsed()
    };
    let (price, cancelled) = tokio::join!(bench.client.call(&PRICE, NONE), cancelled);
    price.unwrap();
    assert!(cancelled < Duration::from_secs(1), "{cancelled:?}");
    assert!(bench.times()[6] >= 60.0, "the download itself waits: {:?}", bench.times());
}

#[tokio::test(start_paused = true)]
async fn what_the_budget_held_back_is_no_part_of_a_round_trip() {
    let bench = Bench::new([Reply::ok("1").with("x-weight-60s", 100)]);
    bench.client.call(&PRICE, NONE).await.unwrap();
    for _ in 0..3 {
        bench.then(time(60_000));
    }
    bench.client.sync_clock().await.unwrap();
    assert!(bench.times()[1] >= 60.0);
    let offset = bench.client.clock().offset_nanos().abs();
    assert!(offset < 20_000_000, "{offset}");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_signed_when_it_goes_and_not_when_it_was_asked_for() {
    let bench = Bench::new([Reply::ok("1").with("x-weight-60s", 100)]);
    bench.client.call(&PRICE, NONE).await.unwrap();
    bench.client.call(&BALANCE, NONE).await.unwrap();
    let at = signed_at(&bench.wire.sent.lock()[1]);
    assert!(at >= 60_000, "{at}");
}

#[tokio::test(start_paused = true)]
async fn the_clock_is_kept_for_as_long_as_somebody_runs_it() {
    let bench = Bench::new(Vec::<Play>::new());
    for _ in 0..6 {
        bench.then(time(1_000));
    }
    let kept = bench.client.keep_clock(Duration::from_mins(15));
    assert!(tokio::time::timeout(Duration::from_mins(20), kept).await.is_err());
    assert_eq!(bench.calls(), ["GET /time"; 6]);
    assert_eq!(bench.client.clock().measured(), 6);
}
