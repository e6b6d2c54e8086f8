//! Budgets, pauses that the exchange asks for, and a host that does not answer.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};

use super::*;
use crate::{
    endpoint::{Lane, Params},
    failure::Failure,
    http::{
        BreakerState, PoolLimit,
        host::QUESTIONS_MAX,
        testing::{BALANCE, CANCEL, ORDERS, PLACE, PRICE, TIME, WEIGHT},
    },
};

const NONE: &Params = &Params::new();

/// Lets every task run until all of them wait.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_by_everybody_what_makes_safer_included() {
    let bench = Bench::new([Reply::of(429, "").with("Retry-After", 30)]);
    let limited = tokio::spawn({
        let client = bench.client.clone();
        async move { client.call(&PRICE, NONE).await }
    });
    settle().await;
    assert_eq!(bench.client.budget().closed_for(), Some(Duration::from_secs(30)));
    let cancel = bench.client.call(&CANCEL, NONE).await;
    limited.await.unwrap().unwrap();
    cancel.unwrap();
    let times = bench.times();
    assert_eq!(times.len(), 3);
    assert!(times[1] >= 30.0 && times[1] < 30.1, "{times:?}");
    assert_eq!(bench.calls()[1], "DELETE /order", "the cancel goes first");
    assert!(bench.lines.all().iter().any(|line| line.contains("wants no requests") && line.contains("for_ms=30000")));
}

#[tokio::test(start_paused = true)]
async fn whoever_has_no_patience_for_the_pause_is_told_at_once_how_long_it_is() {
    let bench = Bench::new([Reply::of(418, "").with("Retry-After", 200)]);
    let failure = bench.client.call(&CANCEL, NONE).await.unwrap_err();
    let told = Failure::RateLimited { endpoint: "cancel", retry_after: Some(Duration::from_secs(200)), is_banned: true };
    assert_eq!(failure, told);
    let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
    let told = Failure::RateLimited { endpoint: "place", retry_after: Some(Duration::from_secs(200)), is_banned: true };
    assert_eq!(failure, told);
    assert_eq!(bench.calls(), ["DELETE /order"]);
    assert!(bench.wire.began.elapsed() < Duration::from_millis(10), "nobody has waited");
}

#[tokio::test(start_paused = true)]
async fn a_ban_without_a_word_of_how_long_is_kept_to_for_minutes() {
    let bench = Bench::new([Reply::of(418, "")]);
    bench.client.call(&PRICE, NONE).await.unwrap();
    let times = bench.times();
    assert!(times[1] >= 120.0 && times[1] <= 240.1, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_429_of_something_on_the_way_is_one_too() {
    let bench = Bench::new([Reply::of(429, "<html>slow down</html>").with("Retry-After", 7)]);
    bench.client.call(&PRICE, NONE).await.unwrap();
    assert!(bench.times()[1] >= 7.0, "{:?}", bench.times());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_means_too_many_requests_closes_the_host_whatever_its_status() {
    let bench = Bench::new([refused("slowly")]);
    bench.client.call(&PLACE, NONE).await.unwrap();
    let times = bench.times();
    assert!(times[1] >= 1.0 && times[1] <= 2.1, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn too_many_orders_hold_back_orders_until_their_window_ends_and_nothing_else() {
    let bench = Bench::new([Reply::of(400, "crowded")]);
    let placed = async {
        let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
        assert!(failure.to_string().contains("no budget of `orders`") && !failure.may_have_happened(), "{failure}");
    };
    let cancelled = async {
        settle().await;
        bench.client.call(&CANCEL, NONE).await.unwrap();
        assert!(bench.wire.began.elapsed() < Duration::from_millis(10));
    };
    tokio::join!(placed, cancelled);
    assert_eq!(bench.client.budget().closed_for(), None);
    assert_eq!(bench.calls(), ["POST /order", "DELETE /order"]);
    // An order that only reduces has the patience for the next window, which is ten seconds long.
    bench.client.call_in(Lane::Safety, &PLACE, NONE).await.unwrap();
    assert!(bench.times()[2] >= 10.0, "{:?}", bench.times());
}

#[tokio::test(start_paused = true)]
async fn a_cancel_goes_before_market_data_that_has_waited_longer() {
    let bench = Bench::new([Reply::ok("1").with("x-weight-60s", 99)]);
    bench.client.call(&PRICE, NONE).await.unwrap();
    let mut calls = Vec::new();
    for endpoint in [&PRICE, &BALANCE, &PRICE, &CANCEL] {
        let client = bench.client.clone();
        calls.push(tokio::spawn(async move { client.call(endpoint, NONE).await }));
        settle().await;
    }
    assert_eq!(bench.calls()[1..], ["DELETE /order"], "of what is kept back");
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(bench.calls().len(), 5);
    assert!(bench.times()[1] < 1.0 && bench.times()[2] >= 60.0, "{:?}", bench.times());
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_would_have_to_wait_too_long_is_not_sent() {
    let bench = Bench::new([Reply::ok("1").with("x-orders-10s", 10)]);
    tokio::time::advance(Duration::from_secs(1)).await;
    bench.client.call(&PLACE, NONE).await.unwrap();
    let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
    assert_eq!(failure.to_string(), "place: not sent: no budget of `orders` within 5s");
    assert!(!failure.may_have_happened());
    assert_eq!(bench.calls().len(), 1);
    // In the next window it goes, and a reduction of the same call has had the patience all along.
    bench.client.call_in(Lane::Safety, &PLACE, NONE).await.unwrap();
    assert!(bench.times()[1] >= 10.0, "{:?}", bench.times());
}

#[tokio::test(start_paused = true)]
async fn a_new_limit_lets_those_go_who_waited_for_it() {
    let bench = Bench::new([Reply::ok("1").with("x-weight-60s", 100)]);
    bench.client.call(&PRICE, NONE).await.unwrap();
    let waiting = tokio::spawn({
        let client = bench.client.clone();
        async move { client.call(&PRICE, NONE).await }
    });
    settle().await;
    assert_eq!(bench.calls().len(), 1);
    bench.client.set_limits(&[PoolLimit { pool: WEIGHT, limit: 1_000, window: Duration::from_mins(1) }]);
    settle().await;
    assert_eq!(bench.calls().len(), 2);
    waiting.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn clients_that_share_a_budget_spend_it_together() {
    let budget = Budget::new(None, 1);
    let spot = Bench::with_budget(budget.clone(), [Reply::ok("1").with("x-weight-60s", 98)]);
    let margin = Bench::with_budget(budget, [Reply::ok("1")]);
    spot.client.call(&PRICE, NONE).await.unwrap();
    margin.client.call(&PRICE, NONE).await.unwrap();
    assert!(margin.times()[0] >= 60.0, "{:?}", margin.times());
}

#[tokio::test(start_paused = true)]
async fn rate_limit_spreads_requests_whatever_the_exchange_allows() {
    let bench = Bench::with_budget(Budget::new(Some(2), 1), Vec::<Play>::new());
    for _ in 0..6 {
        bench.client.call(&CANCEL, NONE).await.unwrap();
    }
    let times = bench.times();
    assert!(times.windows(3).all(|three| three[2] - three[0] >= 1.0), "{times:?}");
    assert!(times[5] < 2.1, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_waits_has_taken_nothing() {
    let bench = Bench::new([Reply::ok("1").with("x-weight-60s", 85)]);
    bench.client.call(&PRICE, NONE).await.unwrap();
    let waits = tokio::time::timeout(Duration::from_secs(1), bench.client.call(&BALANCE, NONE)).await;
    assert!(waits.is_err());
    let spent: Vec<_> = bench.client.budget().spent(now()).iter().map(|spent| spent.spent).collect();
    assert_eq!(spent, [85, 0]);
    // Its place is free as well: what costs less does not wait behind it.
    bench.client.call(&PRICE, NONE).await.unwrap();
    assert!(bench.times()[1] < 2.0, "{:?}", bench.times());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_after_it_was_sent_stays_spent_in_its_window() {
    let bench = Bench::new([Play::Silence]);
    let sent = tokio::time::timeout(Duration::from_secs(1), bench.client.call(&BALANCE, NONE)).await;
    assert!(sent.is_err());
    let spent = |pool| bench.client.budget().spent(now()).iter().find(|spent| spent.limit.pool == pool).unwrap().spent;
    assert_eq!((spent(WEIGHT), spent(ORDERS)), (10, 0));
    tokio::time::advance(Duration::from_mins(1)).await;
    assert_eq!(spent(WEIGHT), 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_whenever_nobody_else_is_held_up_for_ever_and_nothing_is_lost() {
    for seed in 0..40 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let bench = Bench::new((0..60).map(|_| match random.next_u32() % 8 {
            0 => Play::Cut,
            1 => Play::Unconnected,
            2 => Play::Slow(Duration::from_secs(2), Reply::ok("slow")),
            3 => refused("busy"),
            4 => Reply::of(429, "").with("retry-after", 3).into(),
            _ => Reply::ok("done").into(),
        }));
        let mut calls = Vec::new();
        for _ in 0..60 {
            let endpoint = [&PRICE, &BALANCE, &PLACE, &CANCEL][random.next_u32() as usize % 4];
            let patience = Duration::from_millis(u64::from(random.next_u32() % 60_000));
            let client = bench.client.clone();
            calls.push(tokio::spawn(async move { tokio::time::timeout(patience, client.call(endpoint, NONE)).await }));
            tokio::time::advance(Duration::from_millis(u64::from(random.next_u32() % 400))).await;
        }
        for call in calls {
            let _ = call.await.unwrap();
        }
        tokio::time::advance(Duration::from_mins(2)).await;
        let spent: Vec<_> = bench.client.budget().spent(now()).iter().map(|spent| spent.spent).collect();
        assert_eq!(spent, [0, 0], "seed {seed}");
        bench.wire.plays.lock().clear();
        let began = Instant::now();
        bench.client.call(&PRICE, NONE).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(1), "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_never_connected_costs_nothing() {
    let bench = Bench::new(vec![Play::Unconnected; 4]);
    let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
    assert_eq!(failure.to_string(), "place: not sent: connection refused");
    assert!(bench.client.budget().spent(now()).iter().all(|spent| spent.spent == 0));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_does_not_answer_is_left_alone_and_a_cancel_may_try_it_at_once() {
    let bench = Bench::new(vec![Play::Cut; 6]);
    bench.client.call(&PRICE, NONE).await.unwrap_err();
    assert_eq!(bench.client.breaker(), BreakerState::Closed);
    bench.client.call(&PRICE, NONE).await.unwrap_err();
    assert_eq!(bench.client.breaker(), BreakerState::Open);
    let sent = bench.calls().len();
    assert_eq!(sent, 5, "the second retry already met the open breaker");

    let failure = bench.client.call(&PLACE, NONE).await.unwrap_err();
    assert!(failure.to_string().starts_with("place: not sent: the host has not answered for a while"), "{failure}");
    assert_eq!(bench.calls().len(), sent);

    bench.client.call(&CANCEL, NONE).await.unwrap();
    assert_eq!(bench.calls()[sent..], ["DELETE /order", "DELETE /order"], "cut, and tried again");
    assert_eq!(bench.client.breaker(), BreakerState::Closed);
    bench.client.call(&PLACE, NONE).await.unwrap();
    let lines = bench.lines.all();
    assert!(lines.iter().any(|line| line.contains("left alone")) && lines.iter().any(|line| line.contains("answers again")));
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_carried_out_is_not_called_unsent_because_it_was_not_sent_again() {
    let bench = Bench::new([Reply::ok("1").into(), Play::Cut, Reply::of(429, "").with("retry-after", 600).into()]);
    bench.client.call(&PRICE, NONE).await.unwrap();
    let failure = bench.client.call(&CANCEL, NONE).await.unwrap_err();
    assert!(matches!(failure, Failure::Unknown { .. }) && failure.may_have_happened(), "{failure}");
    assert_eq!(bench.calls().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn after_the_wait_anything_may_try_the_host() {
    let bench = Bench::new(vec![Play::Unconnected; 5]);
    for _ in 0..2 {
        bench.client.call(&PRICE, NONE).await.unwrap_err();
    }
    assert_eq!(bench.client.breaker(), BreakerState::Open);
    tokio::time::advance(Duration::from_secs(5)).await;
    bench.then(Play::Slow(Duration::from_secs(1), Reply::ok("42")));
    let probe = tokio::spawn({
        let client = bench.client.clone();
        async move { client.call(&PRICE, NONE).await }
    });
    settle().await;
    assert_eq!(bench.client.breaker(), BreakerState::HalfOpen);
    bench.client.call(&PLACE, NONE).await.unwrap_err();
    assert_eq!(bench.calls().len(), 6, "one is enough to find out");
    assert_eq!(probe.await.unwrap().unwrap(), "42");
    assert_eq!(bench.client.breaker(), BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn only_so_many_questions_are_out_at_a_time_and_orders_go_all_the_same() {
    let slow = |_| Play::Slow(Duration::from_secs(1), Reply::ok("done"));
    let bench = Bench::new((0..2 * QUESTIONS_MAX + 2).map(slow));
    let mut asked = tokio::task::JoinSet::new();
    for endpoint in [&TIME; 2 * QUESTIONS_MAX] {
        let client = bench.client.clone();
        asked.spawn(async move { client.call(endpoint, NONE).await });
    }
    settle().await;
    assert_eq!(bench.calls().len(), QUESTIONS_MAX);
    for endpoint in [&PLACE, &CANCEL] {
        let client = bench.client.clone();
        asked.spawn(async move { client.call(endpoint, NONE).await });
    }
    settle().await;
    assert_eq!(bench.calls()[QUESTIONS_MAX..], ["POST /order", "DELETE /order"]);
    while let Some(answer) = asked.join_next().await {
        answer.unwrap().unwrap();
    }
    let late = bench.times().into_iter().filter(|at| *at >= 1.0).count();
    assert_eq!(
        (bench.calls().len(), late),
        (2 * QUESTIONS_MAX + 2, QUESTIONS_MAX),
        "all went, half of the questions a second later"
    );
}

#[tokio::test(start_paused = true)]
async fn a_question_that_finds_no_room_says_so_and_was_not_sent() {
    let bench = Bench::new((0..QUESTIONS_MAX).map(|_| Play::Slow(Duration::from_mins(2), Reply::ok("done"))));
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..QUESTIONS_MAX {
        let client = bench.client.clone();
        asked.spawn(async move { client.call(&TIME, NONE).await });
    }
    settle().await;
    let failure = bench.client.call(&TIME, NONE).await.unwrap_err();
    let Failure::NotSent { why, .. } = &failure else { panic!("{failure:?}") };
    assert_eq!(why, "16 others were out for 60s");
    assert_eq!(bench.calls().len(), QUESTIONS_MAX);
}
