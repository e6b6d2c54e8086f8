//! Two connections of the same topics become one stream.
//!
//! While a new connection is made ready, frames of the old one go on and those of the new one are held back. The new one takes
//! over once the old one has reached, in each stream, the place at which the new one began: from there on the new one is
//! complete, so that what it holds beyond the old one's last place follows, and nothing is missing or comes twice.
//!
//! The one decision: places are compared within a rotation only. After an unplanned cut streams begin anew, whatever their places
//! are, for an exchange may begin with a snapshot of a place that was seen before.

use std::{
    collections::VecDeque,
    hash::{Hash, Hasher},
};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use tokio::time::Instant;

use super::{Mark, SessionEvent};

/// Most frames without a growing place that are remembered to be known again: some seconds of a busy stream of account data.
const REMEMBERED: usize = 8_192;

/// Where frames without a mark are counted: no dialect hashes a name to it but by an accident of one in 2^64.
const UNMARKED: u64 = u64::MAX;

/// The mark of a frame that has none: it is only equal to another or not.
pub(crate) fn mark_of(bytes: &[u8]) -> Mark {
    let mut hasher = FxHasher::default();
    bytes.hash(&mut hasher);
    Mark { stream: UNMARKED, place: hasher.finish(), grows: false, supersedes: false }
}

/// The last place of a stream, and how many frames had it: where places are times, several may.
#[derive(Debug, Clone, Copy)]
struct Last {
    place: u64,
    frames: u32,
}

/// Frames that are only equal or not, counted; the oldest are forgotten.
#[derive(Debug, Default)]
struct Seen {
    counts: FxHashMap<(u64, u64), u32>,
    order: VecDeque<(Instant, Mark)>,
}

impl Seen {
    fn add(&mut self, mark: Mark, now: Instant) {
        *self.counts.entry((mark.stream, mark.place)).or_default() += 1;
        self.order.push_back((now, mark));
        if self.order.len() > REMEMBERED
            && let Some((_, oldest)) = self.order.pop_front()
        {
            self.take(oldest);
        }
    }

    /// Forgets what was seen before a time.
    fn forget_before(&mut self, time: Instant) {
        while let Some((_, oldest)) = self.order.pop_front_if(|(at, _)| *at < time) {
            self.take(oldest);
        }
    }

    /// Whether there is one; it is counted off.
    fn take(&mut self, mark: Mark) -> bool {
        let key = (mark.stream, mark.place);
        let Some(count) = self.counts.get_mut(&key) else { return false };
        *count -= 1;
        if *count == 0 {
            self.counts.remove(&key);
        }
        true
    }
}

/// What could still come a second time after the new connection took over.
#[derive(Debug)]
struct Tail {
    last: FxHashMap<u64, Last>,
    seen: Seen,
    until: Instant,
}

impl Tail {
    fn is_double(&mut self, mark: Mark) -> bool {
        if !mark.grows {
            return self.seen.take(mark);
        }
        let Some(last) = self.last.get_mut(&mark.stream) else { return false };
        if mark.place < last.place {
            return true;
        }
        if mark.place == last.place && last.frames > 0 {
            last.frames -= 1;
            return true;
        }
        self.last.remove(&mark.stream);
        false
    }
}

/// What the new connection sent while the old one still counts.
#[derive(Debug, Default)]
struct Hold {
    frames: VecDeque<(Mark, SessionEvent)>,
    /// Streams that the new connection began, and the places of those whose beginning the old one has yet to reach.
    begun: FxHashSet<u64>,
    unreached: FxHashMap<u64, u64>,
    /// Of frames that are only equal or not: what is held, and what of it the old one sent, too.
    held: Seen,
    both: Seen,
}

/// The new connection sent more than is held back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Joins the frames of connections.
#[derive(Debug)]
pub(crate) struct Joiner {
    most_held: usize,
    last: FxHashMap<u64, Last>,
    /// What was handed on lately of frames that are only equal or not.
    recent: Seen,
    tail: Option<Tail>,
    hold: Option<Hold>,
}

impl Joiner {
    pub(crate) fn new(most_held: usize) -> Self {
        Self { most_held, last: FxHashMap::default(), recent: Seen::default(), tail: None, hold: None }
    }

    /// A frame of the connection that counts. `false` if it was handed on before.
    pub(crate) fn forward(&mut self, mark: Mark, now: Instant) -> bool {
        if self.tail.as_mut().is_some_and(|tail| tail.is_double(mark)) {
            return false;
        }
        let is_held = match &mut self.hold {
            Some(hold) if mark.grows => {
                if hold.unreached.get(&mark.stream).is_some_and(|first| mark.place >= *first) {
                    hold.unreached.remove(&mark.stream);
                }
                false
            }
            Some(hold) => hold.held.take(mark).then(|| hold.both.add(mark, now)).is_some(),
            None => false,
        };
        if !is_held {
            self.note(mark, now);
        }
        self.forget_front();
        true
    }

    /// Remembers what is handed on.
    fn note(&mut self, mark: Mark, now: Instant) {
        if !mark.grows {
            self.recent.add(mark, now);
            return;
        }
        let last = self.last.entry(mark.stream).or_insert(Last { place: mark.place, frames: 0 });
        last.frames = if last.place == mark.place { last.frames.saturating_add(1) } else { 1 };
        last.place = mark.place;
    }

    /// Held frames that the old connection has passed are no longer needed.
    fn forget_front(&mut self) {
        let Some(hold) = &mut self.hold else { return };
        let passed = |mark: &Mark| mark.grows && self.last.get(&mark.stream).is_some_and(|last| mark.place < last.place);
        while hold.frames.front().is_some_and(|(mark, _)| passed(mark)) {
            hold.frames.pop_front();
        }
        if hold.frames.len() >= self.most_held {
            hold.frames.retain(|(mark, _)| !passed(mark));
        }
    }

    /// A new connection is made ready. It brings nothing that was handed on before `since`.
    pub(crate) fn begin(&mut self, since: Option<Instant>) {
        if let Some(since) = since {
            self.recent.forget_before(since);
        }
        self.hold = Some(Hold::default());
    }

    /// It is given up.
    pub(crate) fn abandon(&mut self) {
        self.hold = None;
    }

    /// A frame of the new connection.
    pub(crate) fn hold(&mut self, mark: Mark, event: SessionEvent, now: Instant) -> Result<(), Full> {
        let Some(hold) = &mut self.hold else { return Ok(()) };
        if mark.grows {
            let reached = self.last.get(&mark.stream).is_some_and(|last| last.place >= mark.place);
            // Of a stream in which only the latest counts nothing is missing that is not there.
            if hold.begun.insert(mark.stream) && !reached && !mark.supersedes {
                hold.unreached.insert(mark.stream, mark.place);
            }
        } else if self.recent.take(mark) {
            return Ok(());
        } else {
            hold.held.add(mark, now);
        }
        hold.frames.push_back((mark, event));
        self.forget_front();
        let full = self.hold.as_ref().is_some_and(|hold| hold.frames.len() > self.most_held);
        if full { Err(Full) } else { Ok(()) }
    }

    /// Whether the new connection has all that the old one has not.
    pub(crate) fn can_take_over(&self) -> bool {
        self.hold.as_ref().is_some_and(|hold| hold.unreached.is_empty())
    }

    /// The new connection takes over; gives what follows. Until `until` what comes a second time is dropped.
    pub(crate) fn take_over(&mut self, until: Instant, now: Instant) -> Vec<SessionEvent> {
        let Some(hold) = self.hold.take() else { return Vec::new() };
        let Hold { frames, mut both, .. } = hold;
        let mut tail = Tail { last: self.last.clone(), seen: std::mem::take(&mut self.recent), until };
        let mut follow = Vec::new();
        for (mark, event) in frames {
            let double = if mark.grows { tail.is_double(mark) } else { both.take(mark) };
            if !double {
                self.note(mark, now);
                follow.push(event);
            }
        }
        self.tail = Some(tail);
        follow
    }

    /// The connection that counts is gone: streams begin anew.
    pub(crate) fn lost(&mut self) {
        *self = Self::new(self.most_held);
    }

    /// When doubles can no longer come.
    pub(crate) fn tail_until(&self) -> Option<Instant> {
        self.tail.as_ref().map(|tail| tail.until)
    }

    pub(crate) fn tick(&mut self, now: Instant) {
        self.tail.take_if(|tail| tail.until <= now);
    }
}

#[cfg(test)]
mod tests;
