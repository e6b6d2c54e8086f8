//! One order book, and who hears of it.
//!
//! The one decision: the book is kept here too, beside the one that the engine keeps, so that whoever comes late or was too slow can be told
//! all of it. An expert whose queue is full is told that there is no book, and hears of none until there is room; then of the whole one.

use metaexpert_connect::{
    BookSync, SequenceRule,
    book_sync::{Ask, Break, Remedy, Step},
    report::DepthReport,
};
use metaexpert_core::{Book, InstrumentId, LevelChange, Side, UnixNanos, feed::Event};
use rust_decimal::Decimal;

use crate::Inlet;

/// One order book.
#[derive(Debug)]
pub(super) struct LiveBook {
    sync: BookSync,
    book: Book,
    changes: Vec<LevelChange>,
    was_live: bool,
    pub(super) readers: Vec<Reader>,
}

/// Who hears of it.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) hearer: usize,
    pub(super) instrument: InstrumentId,
    /// It was told that there is no book, since it was too slow.
    is_behind: bool,
    /// How often that was, since somebody asked.
    times_gone: u64,
}

/// What is to be done after a message.
#[derive(Debug, Default)]
pub(super) struct Aftermath {
    /// A snapshot is to be asked for.
    pub(super) ask: Option<Ask>,
    /// The stream is to begin again.
    pub(super) subscribes: bool,
    /// The book has broken.
    pub(super) broke: Option<Break>,
    /// The book is right again, and was before.
    pub(super) is_rebuilt: bool,
}

impl LiveBook {
    pub(super) fn new(rule: &'static SequenceRule, tick_size: Decimal) -> Self {
        Self {
            sync: BookSync::new(rule, tick_size),
            book: Book::new(tick_size),
            changes: Vec::new(),
            was_live: false,
            readers: Vec::new(),
        }
    }

    pub(super) fn add_reader(&mut self, hearer: usize, instrument: InstrumentId) {
        self.readers.push(Reader { hearer, instrument, is_behind: false, times_gone: 0 });
    }

    /// A message of the stream.
    pub(super) fn take(&mut self, report: &DepthReport<'_>, received: UnixNanos) -> Aftermath {
        self.changes.clear();
        let step = self.sync.take(report, received, &mut self.changes);
        self.after(step)
    }

    /// The answer to a request for a snapshot.
    pub(super) fn answer(&mut self, ask: Ask, report: &DepthReport<'_>, received: UnixNanos) -> Aftermath {
        self.changes.clear();
        let step = self.sync.answer(ask, report, received, &mut self.changes);
        self.after(step)
    }

    /// The connection was cut.
    pub(super) fn cut(&mut self, now: UnixNanos) {
        self.changes.clear();
        let step = self.sync.cut(now, &mut self.changes);
        // A cut asks for nothing, and why there is no book is known.
        let _ = self.after(step);
    }

    /// Tells what the last message has changed. `inlet` is the queue of a hearer that is to be told.
    pub(super) fn tell<'a>(&mut self, received: Option<UnixNanos>, inlet: impl Fn(usize) -> Option<&'a Inlet>) {
        if self.changes.is_empty() {
            return;
        }
        for reader in &mut self.readers {
            let Some(inlet) = inlet(reader.hearer) else { continue };
            if reader.is_behind {
                reader.catch_up(&self.book, inlet);
            } else if inlet.is_full() {
                reader.is_behind = true;
                reader.times_gone += 1;
                inlet.tell(Event::Book(reader.instrument, nothing(self.book.time())));
            } else {
                let of = reader.instrument;
                inlet.markets(self.changes.iter().map(|change| Event::Book(of, *change)), received);
            }
        }
    }

    /// Who was too slow, and how often, since this was asked last.
    pub(super) fn take_gone(&mut self) -> impl Iterator<Item = (usize, u64)> {
        self.readers.iter_mut().map(|reader| (reader.hearer, std::mem::take(&mut reader.times_gone)))
    }

    /// Tells those who were too slow, and no longer are.
    pub(super) fn catch_up<'a>(&mut self, inlet: impl Fn(usize) -> Option<&'a Inlet>) {
        for reader in self.readers.iter_mut().filter(|reader| reader.is_behind) {
            if let Some(inlet) = inlet(reader.hearer) {
                reader.catch_up(&self.book, inlet);
            }
        }
    }

    /// All of the book as one message; nothing where there is none.
    pub(super) fn whole(&self, instrument: InstrumentId) -> Vec<Event> {
        if !self.sync.is_live() {
            return Vec::new();
        }
        let events = whole(&self.book).into_iter();
        events.map(|change| Event::Book(instrument, change)).collect()
    }

    fn after(&mut self, step: Step) -> Aftermath {
        for change in &self.changes {
            self.book.apply(change);
        }
        let nothing = Aftermath::default();
        match step {
            Step::Applied | Step::Older | Step::Waits => nothing,
            Step::AskSnapshot(ask) => Aftermath { ask: Some(ask), ..nothing },
            Step::Rebuilt => Aftermath { is_rebuilt: std::mem::replace(&mut self.was_live, true), ..nothing },
            Step::Broken { why, then } => {
                let (ask, subscribes) = match then {
                    Remedy::AskSnapshot(ask) => (Some(ask), false),
                    Remedy::Subscribe => (None, true),
                    Remedy::Wait => (None, false),
                };
                Aftermath { ask, subscribes, broke: Some(why), is_rebuilt: false }
            }
        }
    }
}

impl Reader {
    fn catch_up(&mut self, book: &Book, inlet: &Inlet) {
        if inlet.has_room() {
            self.is_behind = false;
            inlet.tell_all(whole(book).into_iter().map(|change| Event::Book(self.instrument, change)).collect());
        }
    }
}

/// A book as the message that makes it of nothing.
fn whole(book: &Book) -> Vec<LevelChange> {
    let side = |side: Side| {
        let level = move |(ticks, quantity)| LevelChange { side, ticks, quantity, clears: false, ends: false, time: book.time() };
        book.opposite(side.opposite()).map(level)
    };
    let mut changes: Vec<_> = side(Side::Buy).chain(side(Side::Sell)).collect();
    if changes.is_empty() {
        changes.push(nothing(book.time()));
    }
    if let Some(first) = changes.first_mut() {
        first.clears = true;
    }
    if let Some(last) = changes.last_mut() {
        last.ends = true;
    }
    changes
}

/// The message that there is no book.
const fn nothing(time: UnixNanos) -> LevelChange {
    LevelChange { time, side: Side::Buy, ticks: 0, quantity: 0.0, clears: true, ends: true }
}
