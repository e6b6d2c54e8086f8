//! What waits for an expert: events of markets and orders, in the order in which they came.
//!
//! The one decision: what can be superseded is. Where more waits than it has room for, a quote takes the place of the older one of the same
//! instrument that still waits, and so does a mark or index price. The older one vanishes, and the newer one stands at the end, where it
//! came: an expert that is behind sees fewer quotes, and none before a print or a bar that came before it. An order book is no matter of
//! the queue: whoever tells of it looks at [`Inlet::is_full`] and tells all of it again when there is room.
//!
//! Prints say what has happened, one by one, and nothing supersedes them: they wait in any number up to a bound far beyond the room (`MOST`),
//! which only an expert meets that hangs; then new ones are dropped. All that is dropped is counted ([`Inlet::missed`]). Bars, pauses and
//! what becomes of orders are never dropped: of them there are as many as time and orders bring.
//!
//! A lock and a condition variable, and for a moment before the consumer sleeps it looks again and again (`LOOKS`): what comes in a burst
//! finds it awake. To be woken takes far longer than all that happens to a quote on its way, so where events are dense it does not sleep
//! at all (`DENSE`): a market so loud is worth a processor. `cargo bench -p metaexpert-live --bench frame` measures how long a quote takes
//! through it.

mod waiting; // the events themselves

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use metaexpert_core::{UnixNanos, feed::Event};
use parking_lot::{Condvar, Mutex};

use self::waiting::Waiting;

/// How often the consumer looks before it sleeps.
const LOOKS: u32 = 64;
/// Where waits have lately been no longer than this, it goes on looking for twice as long: 5,000 events a second, evenly.
const DENSE: Duration = Duration::from_micros(200);
/// A wait counts for no more than this, so that a loud market is known for one soon after a silence.
const SILENCE: Duration = Duration::from_millis(2);

/// So many events wait at most before prints are dropped: two minutes of a storm of a thousand a second, some 20 MB.
const MOST: usize = 1 << 17;

/// What was dropped of a queue, since later ones had come or too much waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missed {
    /// Quotes that were superseded.
    pub quotes: u64,
    /// Mark and index prices that were superseded.
    pub marks: u64,
    /// Prints that found no place.
    pub prints: u64,
}

impl Missed {
    /// Nothing.
    pub(crate) const NOTHING: Self = Self { quotes: 0, marks: 0, prints: 0 };
}

/// A queue with room for so many events.
pub fn queue(expert: &str, room: usize) -> (Inlet, Outlet) {
    let shared = Arc::new(Shared {
        waiting: Mutex::new(Waiting::new(room, MOST.max(room))),
        arrival: Condvar::new(),
        arrived: AtomicU64::new(0),
        is_left: AtomicBool::new(false),
        expert: expert.to_owned(),
    });
    let has_processors = thread::available_parallelism().is_ok_and(|count| count.get() > 1);
    (Inlet { shared: Arc::clone(&shared) }, Outlet { shared, usual_wait: SILENCE, has_processors })
}

#[derive(Debug)]
struct Shared {
    waiting: Mutex<Waiting>,
    arrival: Condvar,
    /// How many times something has come in; looked at without the lock.
    arrived: AtomicU64,
    /// The consumer is gone.
    is_left: AtomicBool,
    expert: String,
}

/// Where events go in. Clones are the same queue.
#[derive(Debug, Clone)]
pub struct Inlet {
    shared: Arc<Shared>,
}

impl Inlet {
    /// An event of a market, whose frame was read from the socket at `received`.
    pub fn market(&self, event: Event, received: UnixNanos) {
        self.put(|waiting| waiting.push(event, Some(received)));
    }

    /// Several events of a market that nothing may come between; `received` where a frame has brought the last of them.
    pub fn markets(&self, events: impl IntoIterator<Item = Event>, received: Option<UnixNanos>) {
        self.put(|waiting| events.into_iter().for_each(|event| waiting.push(event, received)));
    }

    /// Any other event: what became of an order, a pause, a wish.
    pub fn tell(&self, event: Event) {
        self.put(|waiting| waiting.push(event, None));
    }

    /// Several events that nothing may come between.
    pub fn tell_all(&self, events: Vec<Event>) {
        self.markets(events, None);
    }

    /// The queue ends when it is empty: the expert's run does too.
    pub fn end(&self) {
        self.put(|waiting| waiting.has_ended = true);
    }

    /// Whether as much waits as there is room for. What comes nevertheless still goes in.
    pub fn is_full(&self) -> bool {
        self.shared.waiting.lock().is_full()
    }

    /// Whether half of the room is free, or more: whoever held back may go on.
    pub fn has_room(&self) -> bool {
        self.shared.waiting.lock().has_room()
    }

    /// Whether nobody takes anything out any more.
    pub fn is_left(&self) -> bool {
        self.shared.is_left.load(Ordering::Relaxed)
    }

    /// What was dropped since this was asked last.
    pub fn missed(&self) -> Missed {
        std::mem::take(&mut self.shared.waiting.lock().missed)
    }

    fn put(&self, change: impl FnOnce(&mut Waiting)) {
        if self.is_left() {
            return;
        }
        let mut waiting = self.shared.waiting.lock();
        change(&mut waiting);
        self.shared.arrived.fetch_add(1, Ordering::Release);
        let sleeps = std::mem::take(&mut waiting.sleeps);
        drop(waiting);
        if sleeps {
            self.shared.arrival.notify_one();
        }
    }
}

/// Where events come out. There is one, on the expert's thread.
#[derive(Debug)]
pub struct Outlet {
    shared: Arc<Shared>,
    /// How long has lately been waited for an event.
    usual_wait: Duration,
    /// Whether whoever waits awake leaves one to others.
    has_processors: bool,
}

/// What has come out.
#[derive(Debug)]
pub enum Out {
    /// An event; `received` where a frame has brought it.
    Event(Event, Option<UnixNanos>),
    /// Nothing has come in time.
    Quiet,
    /// Nothing more will come.
    Ended,
}

impl Outlet {
    /// The next event; waits for no longer than this.
    pub fn next(&mut self, longest: Duration) -> Out {
        let (mut until, mut begun) = (None, None);
        loop {
            let seen = {
                let mut waiting = self.shared.waiting.lock();
                if let Some((event, received)) = waiting.pop() {
                    drop(waiting);
                    self.note_wait(begun);
                    return Out::Event(event, received);
                }
                if waiting.has_ended {
                    return Out::Ended;
                }
                self.shared.arrived.load(Ordering::Acquire)
            };
            if longest.is_zero() {
                return Out::Quiet;
            }
            let since = *begun.get_or_insert_with(Instant::now);
            if self.looks_again(seen, since, longest) {
                continue;
            }
            let until = *until.get_or_insert_with(|| since + longest.min(LONGEST));
            let mut waiting = self.shared.waiting.lock();
            while waiting.is_empty() && !waiting.has_ended {
                waiting.sleeps = true;
                let is_late = self.shared.arrival.wait_until(&mut waiting, until).timed_out();
                waiting.sleeps = false;
                if is_late && waiting.is_empty() && !waiting.has_ended {
                    return Out::Quiet;
                }
            }
        }
    }

    /// How many events wait.
    pub fn waiting(&self) -> usize {
        self.shared.waiting.lock().len()
    }

    /// Whose events they are.
    pub fn expert(&self) -> &str {
        &self.shared.expert
    }

    /// Whether something comes within a moment.
    fn looks_again(&self, seen: u64, since: Instant, longest: Duration) -> bool {
        let looks = || {
            (0..LOOKS).any(|_| {
                std::hint::spin_loop();
                self.shared.arrived.load(Ordering::Acquire) != seen
            })
        };
        let is_dense = self.has_processors && self.usual_wait <= DENSE;
        let awake = if is_dense { longest.min(2 * DENSE) } else { Duration::ZERO };
        loop {
            if looks() {
                return true;
            }
            if since.elapsed() >= awake {
                return false;
            }
        }
    }

    /// An event came after a wait that began then; one that was there already tells nothing.
    fn note_wait(&mut self, begun: Option<Instant>) {
        let Some(begun) = begun else { return };
        self.usual_wait = (self.usual_wait * 7 + begun.elapsed().min(SILENCE)) / 8;
    }
}

/// A day: whoever waits for longer is woken once in it. It keeps the sum of times within bounds.
const LONGEST: Duration = Duration::from_hours(24);

impl Drop for Outlet {
    fn drop(&mut self) {
        self.shared.is_left.store(true, Ordering::Relaxed);
        // Nobody will take them.
        *self.shared.waiting.lock() = Waiting::new(0, 0);
    }
}

#[cfg(test)]
mod tests;
