//! What waits for a slow receiver.
//!
//! The one decision: only a frame that a later one of its stream makes worthless is dropped, when that later one comes. All else
//! waits; where too much does, no more is read from the socket, and the exchange feels it.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::SessionEvent;

/// Events on their way to the receiver.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// Dropped ones leave a hole, so that places stay what they were.
    queue: VecDeque<Option<SessionEvent>>,
    /// How many events ever left the queue: the place of its front.
    front: u64,
    waiting: usize,
    /// Where the newest frame of a stream stands that may be dropped.
    newest: FxHashMap<u64, u64>,
    dropped: u64,
    dropped_ever: u64,
}

impl Outbox {
    pub(crate) fn push(&mut self, event: SessionEvent) {
        let place = self.front + self.queue.len() as u64;
        if let SessionEvent::Frame { mark: Some(mark), .. } = &event
            && mark.supersedes
        {
            self.drop_before(mark.stream, place);
        }
        self.queue.push_back(Some(event));
        self.waiting += 1;
    }

    fn drop_before(&mut self, stream: u64, place: u64) {
        let Some(earlier) = self.newest.insert(stream, place) else { return };
        let Some(at) = earlier.checked_sub(self.front).and_then(|at| usize::try_from(at).ok()) else { return };
        if self.queue.get_mut(at).and_then(Option::take).is_some() {
            self.waiting -= 1;
            self.dropped += 1;
            self.dropped_ever += 1;
        }
    }

    /// The next event. That frames were dropped is told before anything that came after them.
    pub(crate) fn pop(&mut self) -> Option<SessionEvent> {
        if self.dropped > 0 {
            return Some(SessionEvent::Dropped { count: std::mem::take(&mut self.dropped) });
        }
        while let Some(event) = self.queue.pop_front() {
            self.front += 1;
            if event.is_some() {
                self.waiting -= 1;
                if self.waiting == 0 {
                    self.clear();
                }
                return event;
            }
        }
        None
    }

    /// Nothing waits: nothing can be superseded either.
    fn clear(&mut self) {
        self.front += self.queue.len() as u64;
        self.queue.clear();
        self.newest.clear();
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.waiting == 0 && self.dropped == 0
    }

    pub(crate) const fn waiting(&self) -> usize {
        self.waiting
    }

    pub(crate) const fn dropped_ever(&self) -> u64 {
        self.dropped_ever
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use metaexpert_core::UnixNanos;
    use proptest::prelude::*;

    use super::*;
    use crate::ws::Mark;

    fn at(number: u64) -> usize {
        usize::try_from(number).unwrap()
    }

    fn frame(stream: u64, place: u64, supersedes: bool) -> SessionEvent {
        let mark = Some(Mark { stream, place, grows: true, supersedes });
        SessionEvent::Frame { bytes: Bytes::new(), received: UnixNanos::from_nanos(0), connection: 1, mark }
    }

    fn all(outbox: &mut Outbox) -> Vec<SessionEvent> {
        std::iter::from_fn(|| outbox.pop()).collect()
    }

    #[test]
    fn of_quotes_that_wait_the_newest_of_each_instrument_is_kept_and_the_others_are_counted() {
        let mut outbox = Outbox::default();
        for place in 0..5 {
            outbox.push(frame(1, place, true));
            outbox.push(frame(2, place, false));
        }
        assert_eq!(outbox.waiting(), 6);
        let mut expected = vec![SessionEvent::Dropped { count: 4 }];
        expected.extend((0..4).map(|place| frame(2, place, false)));
        expected.extend([frame(1, 4, true), frame(2, 4, false)]);
        assert_eq!(all(&mut outbox), expected);
        assert!(outbox.is_empty());
    }

    proptest! {
        #[test]
        fn what_may_not_be_dropped_never_is_and_the_newest_of_each_stream_arrives(
            steps in prop::collection::vec((0u64..4, any::<bool>()), 1..200)
        ) {
            // Streams 0 and 1 are of quotes, 2 and 3 of trades; `true` reads one event between two frames.
            let (mut outbox, mut given, mut sent) = (Outbox::default(), Vec::new(), [0u64; 4]);
            for (stream, reads) in steps {
                sent[at(stream)] += 1;
                outbox.push(frame(stream, sent[at(stream)], stream < 2));
                if reads {
                    given.extend(outbox.pop());
                }
            }
            given.extend(all(&mut outbox));
            let (mut dropped, mut places) = (0, vec![Vec::new(); 4]);
            for event in given {
                match event {
                    SessionEvent::Dropped { count } => dropped += count,
                    SessionEvent::Frame { mark: Some(mark), .. } => places[at(mark.stream)].push(mark.place),
                    other => panic!("{other:?}"),
                }
            }
            for (places, sent) in places.iter().zip(sent) {
                prop_assert!(places.is_sorted());
                prop_assert_eq!(places.last().copied().unwrap_or(0), sent);
            }
            prop_assert_eq!(&places[2], &(1..=sent[2]).collect::<Vec<_>>());
            let arrived: u64 = places.iter().map(|places| places.len() as u64).sum();
            prop_assert_eq!(arrived + dropped, sent.iter().sum::<u64>());
        }
    }
}
