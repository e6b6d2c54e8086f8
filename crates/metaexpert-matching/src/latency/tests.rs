//! Lengths, the order of arrivals, and what users may write.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

const fn at(nanos: i64) -> UnixNanos {
    UnixNanos::from_nanos(nanos)
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn record(sent: i64, reached: i64, answered: i64) -> LatencyRecord {
    LatencyRecord { sent: at(sent), reached: at(reached), answered: at(answered), feed: 0 }
}

/// The three lengths for one time.
fn three(model: &mut impl LatencyModel, time: i64) -> [i64; 3] {
    [model.feed(at(time)), model.order(at(time)), model.answer(at(time))]
}

#[test]
fn each_way_has_its_own_length() {
    assert_eq!(three(&mut NoLatency, 5), [0, 0, 0]);
    assert_eq!(three(&mut Constant::new(ms(1), ms(5), ms(4)).unwrap(), 5), [1_000_000, 5_000_000, 4_000_000]);
    assert_eq!(size_of::<NoLatency>(), 0);
}

#[test]
fn the_same_seed_jitters_the_same_on_every_machine() {
    let mut model = Jittered::new(ms(5), ms(20), 7).unwrap();
    let drawn: Vec<_> = (0..3).map(|_| three(&mut model, 0)).collect();
    assert_eq!(
        drawn,
        [[13_797_431, 5_830_406, 19_368_858], [5_557_467, 7_581_737, 11_214_281], [6_144_174, 15_763_642, 19_043_129]],
        "the numbers of xoshiro256++ for seed 7; another set would change old runs"
    );
}

#[test]
fn one_more_order_does_not_change_when_data_arrives() {
    let (mut one, mut other) = (Jittered::new(ms(0), ms(50), 1).unwrap(), Jittered::new(ms(0), ms(50), 1).unwrap());
    other.order(at(0));
    other.answer(at(0));
    assert!((0..100).all(|time| one.feed(at(time)) == other.feed(at(time))));
    // And the three ways are not the same numbers.
    assert_ne!(one.order(at(0)), one.answer(at(0)));
}

#[test]
fn a_jitter_without_room_is_constant() {
    assert_eq!(three(&mut Jittered::new(ms(5), ms(5), 3).unwrap(), 0), [5_000_000; 3]);
}

#[test]
fn a_jitter_meets_all_its_lengths_alike() {
    let (low, high) = (Duration::from_nanos(10), Duration::from_nanos(13));
    let mut model = Jittered::new(low, high, 42).unwrap();
    let mut counts = [0_u32; 4];
    for _ in 0..40_000 {
        let index = usize::try_from(model.order(at(0)) - 10).unwrap();
        counts[index] += 1;
    }
    // Four standard deviations of a binomial of 40,000 at 1/4 are 346.
    assert!(counts.iter().all(|count| count.abs_diff(10_000) < 346), "{counts:?}");
}

#[test]
fn between_two_records_the_length_is_in_proportion() {
    let mut model = Recorded::new([record(1_000, 1_100, 1_150), record(2_000, 2_300, 2_310)]).unwrap();
    let orders = [(0, 100), (1_000, 100), (1_250, 150), (1_500, 200), (2_000, 300), (9_000, 300), (1_250, 150), (-5, 100)];
    for (time, length) in orders {
        assert_eq!(model.order(at(time)), length, "an order at {time}");
    }
    // Answers count from when the request reached the exchange: 1,100 and 2,300.
    for (time, length) in [(1_100, 50), (1_700, 30), (2_300, 10), (2_299, 10), (1_000, 50)] {
        assert_eq!(model.answer(at(time)), length, "an answer at {time}");
    }
    assert_eq!(model.feed(at(1_500)), 0);
    // Of two requests that reached the exchange together, the later one counts from then on.
    let mut together = Recorded::new([record(10, 20, 25), record(11, 20, 40)]).unwrap();
    assert_eq!([19, 20, 21, 19].map(|time| together.answer(at(time))), [5, 20, 20, 5]);
}

#[test]
fn a_request_sent_as_recorded_is_answered_as_recorded() {
    let records = [record(10, 17, 30), record(20, 21, 22), record(40, 41, 99)];
    let mut model = Recorded::new(records).unwrap();
    for LatencyRecord { sent, reached, answered, .. } in records {
        let arrives = sent.saturating_add_nanos(model.order(sent));
        assert_eq!(arrives, reached);
        assert_eq!(arrives.saturating_add_nanos(model.answer(arrives)), answered);
    }
}

#[test]
fn times_at_the_ends_of_time_do_not_overflow() {
    let far = LatencyRecord { sent: at(i64::MAX - 2), reached: at(i64::MAX - 1), answered: UnixNanos::MAX, feed: i64::MAX };
    let early = LatencyRecord { sent: UnixNanos::MIN, reached: UnixNanos::MIN, answered: UnixNanos::MIN, feed: 0 };
    let mut model = Recorded::new([early, far]).unwrap();
    for time in [UnixNanos::MIN, at(0), UnixNanos::MAX] {
        assert!(model.feed(time) >= 0 && model.order(time) >= 0 && model.answer(time) >= 0);
    }
}

#[test]
fn a_record_that_cannot_be_is_refused_by_number() {
    let good = record(10, 20, 30);
    for (records, error) in [
        (vec![], "there is no latency record; at least one is needed"),
        (vec![record(10, 9, 30)], "latency record 1 cannot be: it reached the exchange before it was sent"),
        (vec![good, record(11, 30, 29)], "latency record 2 cannot be: it was answered before it reached the exchange"),
        (vec![good, good], "latency record 2 cannot be: it was not sent after the record before it"),
        (vec![good, record(12, 15, 30)], "latency record 2 cannot be: it reached the exchange before the record before it did"),
        (vec![LatencyRecord { feed: -1, ..good }], "latency record 1 cannot be: data arrived before it was sent"),
    ] {
        assert_eq!(Recorded::new(records).unwrap_err().to_string(), error);
    }
}

#[test]
fn what_users_write_is_what_they_get() {
    for (text, lengths) in [
        ("none", [0, 0, 0]),
        ("constant:5ms", [5_000_000; 3]),
        ("constant: 250 us", [250_000; 3]),
        ("constant:0.5ms", [500_000; 3]),
        ("constant:1s", [1_000_000_000; 3]),
        ("constant:7ns", [7; 3]),
        ("constant:order=5ms,feed=1ms,answer=4ms", [1_000_000, 5_000_000, 4_000_000]),
        ("jitter:5ms..5ms,seed=7", [5_000_000; 3]),
        ("jitter:3us..3us", [3_000; 3]),
    ] {
        assert_eq!(three(&mut Latency::parse(text).unwrap(), 0), lengths, "{text}");
    }
    assert_eq!(
        "jitter:5ms..20ms,seed=7".parse::<Latency>(),
        Jittered::new(ms(5), ms(20), 7).map(Latency::Jittered),
        "the seed is used"
    );
    assert_eq!("jitter:5ms..20ms".parse::<Latency>(), Jittered::new(ms(5), ms(20), 0).map(Latency::Jittered));
}

#[test]
fn what_cannot_be_read_is_refused_with_what_can() {
    for (text, error) in [
        ("5ms", "`5ms` is not a latency; write none, constant:5ms,"),
        ("latency:5ms", "`latency:5ms` is not a latency;"),
        ("constant:5", "`5` is not a length of time; write a number and ns, us, ms or s, such as 5ms"),
        ("constant:", "`` is not a length of time"),
        ("constant:-5ms", "`-5ms` is not a length of time"),
        ("constant:1_0ms", "`1_0ms` is not a length of time"),
        ("constant:0.5ns", "`0.5ns` is not a length of time; write a number and ns, us, ms or s, such as 5ms, in whole"),
        ("constant:61s", "a latency of 61s is too long; the longest is 60s"),
        ("constant:feed=1ms,order=5ms", "`feed=1ms,order=5ms` is not a constant latency; write one length for all, or feed="),
        ("constant:feed=1ms,order=5ms,feed=1ms", "`feed=1ms,order=5ms,feed=1ms` is not a constant latency"),
        ("constant:feed=1ms,order=5ms,reply=1ms", "`feed=1ms,order=5ms,reply=1ms` is not a constant latency"),
        ("jitter:5ms", "`5ms` is not a jitter; write two lengths and, if it is not to be 0, a seed: 5ms..20ms,seed=7"),
        ("jitter:5ms..20ms,seed=x", "`5ms..20ms,seed=x` is not a jitter"),
        ("jitter:5ms..20ms,7", "`5ms..20ms,7` is not a jitter"),
        ("jitter:20ms..5ms", "a jitter from 20ms to 5ms has its ends the wrong way round"),
        ("jitter:5ms..90s", "a latency of 90s is too long"),
    ] {
        let said = Latency::parse(text).unwrap_err().to_string();
        assert!(said.starts_with(error), "{text}: {said}");
    }
}

proptest! {
    #[test]
    fn a_jitter_stays_between_its_ends(low in 0_u64..60_000_000_000, more in 0_u64..1_000_000_000, seed: u64) {
        let high = (low + more).min(60_000_000_000);
        let mut model = Jittered::new(Duration::from_nanos(low), Duration::from_nanos(high), seed).unwrap();
        for length in (0..30).flat_map(|time| three(&mut model, time)) {
            prop_assert!(u64::try_from(length).is_ok_and(|length| (low..=high).contains(&length)));
        }
    }

    #[test]
    fn a_recorded_length_lies_between_those_of_its_neighbours(lengths in prop::collection::vec((1_i64..1000, 0_i64..5_000_000), 1..40), times in prop::collection::vec(-100_i64..50_000, 1..40)) {
        let mut sent = 0;
        let mut points = Vec::new();
        for (gap, feed) in lengths {
            sent += gap;
            points.push((sent, feed));
        }
        let mut model = Recorded::new(points.iter().map(|&(sent, feed)| LatencyRecord { feed, ..record(sent, sent, sent) })).unwrap();
        for time in times {
            let before = points.iter().rev().find(|(sent, _)| *sent <= time).or(points.first()).unwrap().1;
            let after = points.iter().find(|(sent, _)| *sent > time).or(points.last()).unwrap().1;
            let length = model.feed(at(time));
            prop_assert!(length >= before.min(after) && length <= before.max(after));
        }
    }

    #[test]
    fn everything_arrives_once_in_the_order_sent_and_never_early(sends in prop::collection::vec((0_i64..100, 0_i64..1000), 0..100)) {
        let mut way = Delayed::default();
        let (mut now, mut arrived, mut sent) = (0, Vec::new(), Vec::new());
        for (number, (gap, length)) in sends.into_iter().enumerate() {
            now += gap;
            while let Some((due, item)) = way.pop(at(now)) {
                prop_assert!(due <= at(now));
                arrived.push((due, item));
            }
            prop_assert!(way.next_due().is_none_or(|due| due > at(now)));
            let due = way.push(at(now + length), number);
            prop_assert!(due >= at(now + length));
            sent.push((due, number));
        }
        while let Some(next) = way.pop(UnixNanos::MAX) {
            arrived.push(next);
        }
        prop_assert!(arrived.is_sorted_by_key(|(due, _)| *due));
        prop_assert_eq!(arrived, sent);
        prop_assert!(way.is_empty() && way.iter().next().is_none());
    }
}
