//! Two connections of the same topics, joined without a frame lost or doubled.

use std::time::Duration;

use bytes::Bytes;
use metaexpert_core::UnixNanos;
use proptest::prelude::*;

use super::*;

fn at(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

fn grows(stream: u64, place: u64) -> Mark {
    Mark { stream, place, grows: true, supersedes: false }
}

fn hash(place: u64) -> Mark {
    Mark { stream: 9, place, grows: false, supersedes: false }
}

/// A frame whose text is a number of its own.
fn frame(mark: Mark, number: u64) -> SessionEvent {
    let bytes = Bytes::from(number.to_string());
    SessionEvent::Frame { bytes, received: UnixNanos::from_nanos(0), connection: 2, mark: Some(mark) }
}

fn numbers(events: &[SessionEvent]) -> Vec<u64> {
    let number = |event: &SessionEvent| match event {
        SessionEvent::Frame { bytes, .. } => std::str::from_utf8(bytes).unwrap().parse().unwrap(),
        other => panic!("{other:?}"),
    };
    events.iter().map(number).collect()
}

/// A joiner at one moment; when something came matters to one test alone.
struct Bench {
    joiner: Joiner,
    now: Instant,
}

impl Bench {
    fn new(most_held: usize) -> Self {
        Self { joiner: Joiner::new(most_held), now: Instant::now() }
    }

    fn forward(&mut self, mark: Mark) -> bool {
        self.joiner.forward(mark, self.now)
    }

    fn begin(&mut self) {
        self.joiner.begin(self.now.checked_sub(Duration::from_secs(10)));
    }

    fn hold(&mut self, mark: Mark, number: u64) -> Result<(), Full> {
        self.joiner.hold(mark, frame(mark, number), self.now)
    }

    fn take_over(&mut self) -> Vec<u64> {
        numbers(&self.joiner.take_over(self.now + Duration::from_secs(10), self.now))
    }
}

#[test]
fn the_new_one_may_take_over_once_each_of_its_streams_was_reached() {
    let mut joiner = Bench::new(100);
    joiner.forward(grows(1, 5));
    joiner.begin();
    assert!(joiner.joiner.can_take_over());
    joiner.hold(grows(1, 7), 70).unwrap();
    joiner.hold(grows(2, 3), 30).unwrap();
    joiner.hold(grows(1, 8), 80).unwrap();
    joiner.forward(grows(1, 7));
    assert!(!joiner.joiner.can_take_over());
    joiner.forward(grows(2, 4));
    assert!(joiner.joiner.can_take_over());
    assert_eq!(joiner.take_over(), [80]);
}

#[test]
fn quotes_that_the_old_one_does_not_bring_keep_nobody_waiting() {
    let mut joiner = Bench::new(100);
    joiner.begin();
    // What an exchange sends at once to whoever subscribes.
    let quote = Mark { supersedes: true, ..grows(1, 7) };
    joiner.hold(quote, 70).unwrap();
    assert!(joiner.joiner.can_take_over());
    assert_eq!(joiner.take_over(), [70]);
}

#[test]
fn of_frames_at_the_same_place_as_many_follow_as_were_not_handed_on() {
    let mut joiner = Bench::new(100);
    joiner.begin();
    // Three trades of one millisecond, of which the old connection brought one.
    joiner.forward(grows(1, 4));
    joiner.forward(grows(1, 5));
    for number in 0..3 {
        joiner.hold(grows(1, 5), number).unwrap();
    }
    assert_eq!(joiner.take_over(), [1, 2]);
    assert!(joiner.forward(grows(1, 5)));
}

#[test]
fn what_comes_a_second_time_after_the_take_over_is_dropped_for_a_while_only() {
    let mut joiner = Bench::new(100);
    joiner.forward(grows(1, 5));
    joiner.begin();
    joiner.forward(hash(77));
    assert!(joiner.take_over().is_empty());
    assert!(!joiner.forward(grows(1, 4)) && !joiner.forward(grows(1, 5)) && !joiner.forward(hash(77)));
    assert!(joiner.forward(hash(77)), "the second one of its kind is another");
    assert!(joiner.forward(grows(1, 6)));
    // An exchange that restarted counts from the beginning.
    assert!(joiner.forward(grows(1, 1)));
    joiner.begin();
    joiner.take_over();
    joiner.now += Duration::from_secs(10);
    joiner.joiner.tick(joiner.now);
    assert!(joiner.forward(grows(1, 1)), "the time of doubles is over");
}

#[test]
fn a_frame_like_one_of_long_ago_is_another() {
    let mut joiner = Bench::new(100);
    joiner.forward(hash(77));
    joiner.now += Duration::from_secs(11);
    joiner.forward(hash(78));
    joiner.begin();
    joiner.hold(hash(77), 1).unwrap();
    joiner.hold(hash(78), 2).unwrap();
    assert_eq!(joiner.take_over(), [1]);
}

#[test]
fn streams_begin_anew_after_a_loss() {
    let mut joiner = Bench::new(100);
    joiner.forward(grows(1, 5));
    joiner.begin();
    joiner.joiner.lost();
    assert!(!joiner.joiner.can_take_over());
    assert!(joiner.forward(grows(1, 5)));
}

#[test]
fn what_the_old_one_has_passed_takes_no_room() {
    let mut joiner = Bench::new(10);
    joiner.begin();
    for place in 0..1_000 {
        joiner.forward(grows(1, place));
        assert_eq!(joiner.hold(grows(1, place), place), Ok(()));
        // A stream that the old one does not bring keeps its first frame, and the room of the others all the same.
        if place == 0 {
            joiner.hold(grows(2, 1), 0).unwrap();
        }
    }
    let ahead: Vec<_> = (1_000..1_020).map(|place| joiner.hold(grows(1, place), place)).collect();
    assert!(ahead[0].is_ok() && ahead[19] == Err(Full));
}

proptest! {
    /// Both connections bring the same events, each from some point on and with a lag of its own.
    #[test]
    fn whatever_the_lag_events_are_handed_on_in_order_and_once(
        streams in prop::collection::vec(0u64..3, 20..120),
        begins in 0usize..15,
        steps in prop::collection::vec(any::<bool>(), 40..300),
    ) {
        // Streams 0 and 1 grow, 2 does not; the text is the number of the event.
        let mark = |number: usize| match streams[number] {
            2 => hash(number as u64 ^ 0x15),
            stream => grows(stream, number as u64),
        };
        let mut joiner = Bench::new(1_000);
        let mut given: Vec<u64> = (0..begins).filter(|number| joiner.forward(mark(*number))).map(|number| number as u64).collect();
        joiner.begin();
        // The new one may have been subscribed before what the old one brings just now.
        let (mut old, mut new, mut taken) = (begins, begins / 2, false);
        let leave = |joiner: &mut Bench, given: &mut Vec<u64>, old: usize, new: usize| {
            // Both were heard for long enough: the old one has passed the new one's beginning.
            let ready = joiner.joiner.can_take_over() && old >= begins / 2;
            if ready && new > begins {
                given.extend(joiner.take_over());
                return true;
            }
            false
        };
        for is_old in steps {
            if is_old && !taken && old < streams.len() {
                if joiner.forward(mark(old)) {
                    given.push(old as u64);
                }
                old += 1;
            } else if !is_old && new < streams.len() {
                if taken {
                    if joiner.forward(mark(new)) {
                        given.push(new as u64);
                    }
                } else {
                    joiner.hold(mark(new), new as u64).unwrap();
                }
                new += 1;
            }
            taken = taken || leave(&mut joiner, &mut given, old, new);
        }
        for stream in 0..3 {
            let of_stream: Vec<u64> = given.iter().copied().filter(|number| streams[at(*number)] == stream).collect();
            let last = of_stream.last().copied().unwrap_or(0);
            let made: Vec<u64> =
                (0..streams.len() as u64).filter(|number| streams[at(*number)] == stream && *number <= last).collect();
            prop_assert_eq!(of_stream.is_empty() || of_stream == made, true, "stream {}: {:?} of {:?}", stream, of_stream, made);
        }
    }
}
