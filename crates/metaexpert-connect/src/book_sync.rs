//! Snapshot and changes to a book that is right or absent, never stale.
//!
//! The one decision: how the numbers of an exchange join is data ([`SequenceRule`]), and this file only ever asks it two
//! questions: does this message follow what the book has, and is it older. What it cannot prove to be in order breaks the book:
//! the book is emptied, that is told, and it is built again. A needless rebuild costs a request; a wrong book costs money.
//!
//! It keeps no levels of its own (the engine maintains the book) unless the rule has a checksum, which is made of them. It sends
//! nothing and reads no clock: what is to be asked for is in the [`Step`], and the caller asks.

mod pending; // changes that wait for a snapshot
mod rule; // how an exchange numbers its messages   <- read first
mod step; // what came of a message, and what is to be done
mod ticks; // prices to ticks, exactly
mod top; // streams that always send the best levels

use metaexpert_core::{Book, LevelChange, Side, UnixNanos};
use rust_decimal::Decimal;

use self::{
    pending::{Held, Pending},
    rule::Span,
    ticks::TickGrid,
};
use crate::report::{DepthReport, LevelReport};

pub use rule::{Checksum, Overlap, SequenceRule, Since, Whole};
pub use step::{Ask, Break, Remedy, Step};
pub use top::PartialBook;

/// So many messages in a row that seem older than the book, by one of number and time alone, are taken for late ones: ten seconds
/// of a stream of one message in 100 ms. More of them say that the numbering has begun again, or that a time before them lied.
const OLDER_MAX: u32 = 100;

/// Joins snapshot and changes of one instrument.
///
/// ```
/// use metaexpert_connect::book_sync::{BookSync, Overlap, SequenceRule, Since, Step, Whole};
/// use metaexpert_connect::report::{DepthReport, LevelReport};
/// use metaexpert_core::UnixNanos;
/// use rust_decimal::dec;
///
/// static RULE: SequenceRule = SequenceRule {
///     whole: Whole::Asked, since: Since::First, overlap: Overlap::Always, steps_back: false, whole_at: None, checksum: None,
/// };
/// let report = |is_snapshot, first, last, price| DepthReport {
///     symbol: None, time: None, is_snapshot, first, last, previous: None,
///     bids: vec![LevelReport { price, quantity: 2.0 }], asks: vec![],
/// };
/// let (mut sync, mut out, now) = (BookSync::new(&RULE, dec!(0.1)), Vec::new(), UnixNanos::from_nanos(1));
/// let Step::AskSnapshot(ask) = sync.take(&report(false, Some(7), 9, dec!(100.2)), now, &mut out) else { panic!() };
/// assert_eq!(sync.answer(ask, &report(true, None, 8, dec!(100.0)), now, &mut out), Step::Rebuilt);
/// assert_eq!(out.iter().map(|change| (change.ticks, change.clears, change.ends)).collect::<Vec<_>>(), [(1000, true, false), (1002, false, true)]);
/// ```
#[derive(Debug, Clone)]
pub struct BookSync {
    rule: &'static SequenceRule,
    grid: TickGrid,
    /// Where the book stands; `None` while there is none.
    place: Option<Place>,
    pending: Pending,
    asks: Asks,
    /// The latest time that was told. A book's time never goes back.
    told: UnixNanos,
    /// The latest time that the exchange has named.
    heard: Option<UnixNanos>,
    /// Only where the rule has a checksum.
    book: Option<Box<Book>>,
}

/// Where a book stands that is right.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The number of the last update in it.
    last: i64,
    /// When the exchange made it.
    time: Option<UnixNanos>,
    /// Whether a change has joined since the snapshot.
    joined: bool,
    /// Messages in a row that seemed older.
    older: u32,
}

/// How a change meets a book.
enum Meets {
    Follows,
    IsOlder,
    Breaks(Break),
}

/// Requests for snapshots.
#[derive(Debug, Clone, Copy, Default)]
struct Asks {
    number: u32,
    in_a_row: u32,
    is_open: bool,
}

impl BookSync {
    /// Knows nothing yet.
    pub fn new(rule: &'static SequenceRule, tick_size: Decimal) -> Self {
        Self {
            rule,
            grid: TickGrid::new(tick_size),
            place: None,
            pending: Pending::default(),
            asks: Asks::default(),
            told: UnixNanos::MIN,
            heard: None,
            book: rule.checksum.map(|_| Box::new(Book::new(tick_size))),
        }
    }

    /// Whether the changes told so far make a book that is right.
    pub const fn is_live(&self) -> bool {
        self.place.is_some()
    }

    /// The number of the last update in the book; `None` while there is none.
    pub fn last(&self) -> Option<u64> {
        self.place.and_then(|place| u64::try_from(place.last).ok())
    }

    /// The book, where the rule has a checksum and it is therefore kept here.
    pub fn book(&self) -> Option<&Book> {
        self.book.as_deref().filter(|_| self.is_live())
    }

    /// Takes a message of the stream and adds the changes it makes to `out`. `received` stands in where the exchange names no time.
    pub fn take(&mut self, report: &DepthReport<'_>, received: UnixNanos, out: &mut Vec<LevelChange>) -> Step {
        let is_whole = report.is_snapshot || self.rule.whole_at == Some(report.last);
        let step = if is_whole { self.take_whole(report, received, out) } else { self.take_change(report, received, out) };
        self.heard = self.heard.max(report.time);
        step
    }

    /// Takes the answer to a request for a snapshot. Only the answer to the latest one is of use.
    pub fn answer(&mut self, ask: Ask, report: &DepthReport<'_>, received: UnixNanos, out: &mut Vec<LevelChange>) -> Step {
        if self.asks.is_open && self.asks.number == ask.number { self.rebuild(report, received, out) } else { Step::Older }
    }

    /// Compares the book with the checksum that came with the last message.
    pub fn verify(&mut self, told: u32, received: UnixNanos, out: &mut Vec<LevelChange>) -> Step {
        let (Some(checksum), Some(book)) = (self.rule.checksum, self.book()) else { return Step::Older };
        let ours = (checksum.of)(book);
        if checksum.none == Some(told) || ours == told {
            return Step::Applied;
        }
        self.breaks(Break::Checksum { told, ours }, received, out)
    }

    /// The connection was cut: what came before it and what comes after it do not join.
    pub fn cut(&mut self, received: UnixNanos, out: &mut Vec<LevelChange>) -> Step {
        self.pending.clear();
        self.asks.is_open = false;
        let empties = self.is_live();
        self.empty(received, out);
        self.heard = None;
        if !empties {
            return Step::Waits;
        }
        Step::Broken { why: Break::Cut, then: Remedy::Wait }
    }

    fn take_change(&mut self, report: &DepthReport<'_>, received: UnixNanos, out: &mut Vec<LevelChange>) -> Step {
        let Some(span) = self.rule.span(report) else {
            return self.breaks(Break::Unnumbered { last: report.last }, received, out);
        };
        let Some(place) = &mut self.place else { return self.hold(span, report) };
        match place.meets(self.rule, span, report.time, self.heard) {
            Meets::IsOlder => Step::Older,
            Meets::Follows => self.apply(span, report, received, out),
            Meets::Breaks(why) => {
                let broken = self.breaks(why, received, out);
                // It may be the first that the next snapshot is followed by. The question has been asked already.
                match (self.hold(span, report), broken) {
                    (Step::Broken { why: not_a_level, .. }, Step::Broken { then, .. }) => Step::Broken { why: not_a_level, then },
                    (_, broken) => broken,
                }
            }
        }
    }

    fn apply(&mut self, span: Span, report: &DepthReport<'_>, received: UnixNanos, out: &mut Vec<LevelChange>) -> Step {
        let begins = out.len();
        let at = report.time.unwrap_or(received).max(self.told);
        if let Err(why) = self.levels(report, at, out) {
            let broken = self.breaks(why, received, out);
            self.pending.keep(self.rule, Held::only_reached(span.last, report.time));
            return broken;
        }
        let time = self.place.and_then(|place| place.time).max(report.time);
        self.place = Some(Place { last: span.last, time, joined: true, older: 0 });
        self.tell(begins, at, out);
        Step::Applied
    }

    /// A whole book in the stream replaces what there was, unless it is a copy of an older one.
    fn take_whole(&mut self, report: &DepthReport<'_>, received: UnixNanos, out: &mut Vec<LevelChange>) -> Step {
        let have = self.place.map_or(self.heard, |place| place.time);
        match report.time.zip(have) {
            Some((time, have)) if time < have => match self.place.as_mut().map(|place| (place.last, place.is_one_too_many())) {
                Some((_, false)) => Step::Older,
                Some((have, true)) => {
                    let got = i64::try_from(report.last).unwrap_or(i64::MAX);
                    self.breaks(Break::Restarted { have, got }, received, out)
                }
                None => self.breaks(Break::Past { time, have }, received, out),
            },
            Some(_) | None => {
                self.pending.clear();
                self.rebuild(report, received, out)
            }
        }
    }

    /// Begins the book anew with a snapshot and the changes that have waited for it, all as one message: nobody sees the past.
    fn rebuild(&mut self, report: &DepthReport<'_>, received: UnixNanos, out: &mut Vec<LevelChange>) -> Step {
        let Ok(have) = i64::try_from(report.last) else {
            return self.breaks(Break::Unnumbered { last: report.last }, received, out);
        };
        let Some(chain) = self.pending.chain(self.rule, have) else { return Step::AskSnapshot(self.asks.next()) };
        let begins = out.len();
        let newest = self.pending.from(chain).next_back();
        let (last, joined) = (newest.map_or(have, |held| held.span.last), newest.is_some());
        let time = newest.map_or(report.time, |held| held.time.max(report.time));
        let at = time.or(self.heard).unwrap_or(received).max(self.told);
        if let Err(why) = self.levels(report, at, out) {
            return self.breaks(why, received, out);
        }
        if out.len() == begins {
            out.push(LevelChange { time: at, side: Side::Buy, ticks: 0, quantity: 0.0, clears: false, ends: false });
        }
        if let Some(first) = out.get_mut(begins) {
            first.clears = true;
        }
        out.extend(self.pending.from(chain).flat_map(|held| &held.levels).copied());
        self.place = Some(Place { last, time, joined, older: 0 });
        self.pending.clear();
        self.asks = Asks { in_a_row: 0, is_open: false, ..self.asks };
        self.tell(begins, at, out);
        Step::Rebuilt
    }

    /// Keeps a change until there is a snapshot that it follows.
    fn hold(&mut self, span: Span, report: &DepthReport<'_>) -> Step {
        if self.rule.whole == Whole::Streamed {
            return Step::Waits;
        }
        let mut levels = Vec::with_capacity(report.bids.len() + report.asks.len());
        let read = self.levels(report, UnixNanos::MIN, &mut levels);
        let held =
            if read.is_ok() { Held { span, time: report.time, levels } } else { Held::only_reached(span.last, report.time) };
        if !self.pending.keep(self.rule, held) {
            self.asks.is_open = false; // the answer would be of the old numbering
        }
        match read {
            // Each of a stream of them would be a question otherwise, and none would wait for its answer.
            Err(why) if self.asks.is_open => Step::Broken { why, then: Remedy::Wait },
            Err(why) => Step::Broken { why, then: Remedy::AskSnapshot(self.asks.next()) },
            Ok(()) if self.asks.is_open => Step::Waits,
            Ok(()) => Step::AskSnapshot(self.asks.next()),
        }
    }

    /// Discards the book and says so. A snapshot that is older than it was will not do.
    fn breaks(&mut self, why: Break, received: UnixNanos, out: &mut Vec<LevelChange>) -> Step {
        if let Some(Place { last, time, .. }) = self.place {
            self.pending.clear();
            if !matches!(why, Break::Restarted { .. }) {
                self.pending.keep(self.rule, Held::only_reached(last, time));
            }
        }
        self.empty(received, out);
        if matches!(why, Break::Restarted { .. }) {
            self.heard = None; // it may be the time that lied
        }
        let then = match self.rule.whole {
            Whole::Asked => Remedy::AskSnapshot(self.asks.next()),
            Whole::Streamed => Remedy::Subscribe,
        };
        Step::Broken { why, then }
    }

    /// Tells that there is no book, where there was one.
    fn empty(&mut self, received: UnixNanos, out: &mut Vec<LevelChange>) {
        if self.place.take().is_some() {
            let (begins, at) = (out.len(), self.heard.unwrap_or(received).max(self.told));
            out.push(LevelChange { time: at, side: Side::Buy, ticks: 0, quantity: 0.0, clears: true, ends: true });
            self.tell(begins, at, out);
        }
    }

    /// Adds the levels of a message to `out`, or none of them.
    fn levels(&self, report: &DepthReport<'_>, time: UnixNanos, out: &mut Vec<LevelChange>) -> Result<(), Break> {
        let begins = out.len();
        let mut add = |side, levels: &[LevelReport]| {
            levels.iter().try_for_each(|level| {
                let ticks = self.grid.checked(level)?;
                out.push(LevelChange { time, side, ticks, quantity: level.quantity, clears: false, ends: false });
                Ok(())
            })
        };
        let added = add(Side::Buy, &report.bids).and_then(|()| add(Side::Sell, &report.asks));
        if added.is_err() {
            out.truncate(begins);
        }
        added
    }

    /// Makes one message of the changes from `begins` on.
    fn tell(&mut self, begins: usize, at: UnixNanos, out: &mut [LevelChange]) {
        self.told = at;
        let Some(told) = out.get_mut(begins..) else { return };
        if let Some(last) = told.last_mut() {
            last.ends = true;
        }
        for change in told {
            change.time = at;
            if let Some(book) = &mut self.book {
                book.apply(change);
            }
        }
    }
}

impl Place {
    fn meets(&mut self, rule: &SequenceRule, span: Span, time: Option<UnixNanos>, heard: Option<UnixNanos>) -> Meets {
        let is_past = |have: Option<UnixNanos>| time.zip(have).is_some_and(|(time, have)| time < have);
        let is_new_numbering = if rule.follows(self.last, span, !self.joined) {
            // A number can come twice, a time cannot: a message made before the book's last is of an older numbering.
            // Whether a snapshot that was asked for is timed by the same clock is not known.
            let is_comparable = self.joined || rule.whole == Whole::Streamed;
            if !(is_comparable && is_past(self.time)) {
                return Meets::Follows;
            }
            self.is_one_too_many()
        } else if span.last > self.last {
            if !is_past(heard) {
                return Meets::Breaks(Break::Gap { expected: self.last, got: span.from });
            }
            self.is_one_too_many()
        } else {
            // A copy of what the book has is not made later than it: what is, was numbered anew. Where a time is missing and
            // nothing has joined the snapshot, which may be ahead of the stream, only their number tells.
            match time.zip(self.time) {
                Some((time, have)) => time > have,
                None if self.joined => rule.steps_back,
                None => self.is_one_too_many(),
            }
        };
        if is_new_numbering { Meets::Breaks(Break::Restarted { have: self.last, got: span.last }) } else { Meets::IsOlder }
    }

    /// Counts a message that seems older, and says whether so many in a row cannot be late ones: they are what the exchange sends
    /// now, and the book is not.
    const fn is_one_too_many(&mut self) -> bool {
        self.older = self.older.saturating_add(1);
        self.older > OLDER_MAX
    }
}

impl Asks {
    const fn next(&mut self) -> Ask {
        *self = Self { number: self.number.wrapping_add(1), in_a_row: self.in_a_row.saturating_add(1), is_open: true };
        Ask { number: self.number, in_a_row: self.in_a_row }
    }
}

#[cfg(test)]
mod tests;
