//! Events of a book: the first byte chooses the rule, each eight bytes behind it are an event.
//!
//! Whether a book is right, only who knows the truth can say (`tests/book` of `metaexpert-connect`). Here events are any at all, and
//! what holds is what always holds: changes come as one message, a book that is not live is empty, and it comes back.

use metaexpert_connect::{
    BookSync,
    book_sync::{Ask, Checksum, Overlap, Remedy, SequenceRule, Since, Step, Whole},
    report::{DepthReport, LevelReport},
};
use metaexpert_core::{Book, LevelChange, Side, UnixNanos};
use rust_decimal::{Decimal, dec};

const TICK: Decimal = dec!(0.05);

const ASKED: SequenceRule = SequenceRule {
    whole: Whole::Asked,
    since: Since::First,
    overlap: Overlap::Always,
    steps_back: false,
    whole_at: None,
    checksum: None,
};
const CHECKSUM: Checksum = Checksum { none: Some(0), of: levels };

/// The four known shapes, and two that nobody has yet.
static RULES: [SequenceRule; 6] = [
    ASKED,
    SequenceRule { since: Since::Previous, overlap: Overlap::AfterSnapshot, ..ASKED },
    SequenceRule { whole: Whole::Streamed, since: Since::One, overlap: Overlap::Never, whole_at: Some(1), ..ASKED },
    SequenceRule {
        whole: Whole::Streamed,
        since: Since::Previous,
        overlap: Overlap::Never,
        steps_back: true,
        checksum: Some(CHECKSUM),
        ..ASKED
    },
    SequenceRule { since: Since::Previous, steps_back: true, checksum: Some(CHECKSUM), ..ASKED },
    SequenceRule { since: Since::One, overlap: Overlap::Never, whole_at: Some(1), ..ASKED },
];

fn levels(book: &Book) -> u32 {
    u32::try_from(book.bids().len() + book.asks().len()).unwrap_or(u32::MAX)
}

/// Eight bytes.
struct Event {
    what: u8,
    first: u8,
    last: u8,
    previous: u8,
    time: u8,
    price: u8,
    quantity: u8,
    many: u8,
}

impl Event {
    fn report(&self, is_snapshot: bool) -> DepthReport<'static> {
        // The ends of the numbers too: of each byte, the last values are the largest there are.
        let number = |byte: u8| if byte > 250 { u64::MAX - u64::from(255 - byte) } else { u64::from(byte) };
        let price = match self.price {
            0 => Decimal::MAX,
            1 => dec!(0.051),
            price => Decimal::from(price) * TICK,
        };
        let quantity = match self.quantity {
            255 => f64::NAN,
            254 => -1.0,
            quantity => f64::from(quantity),
        };
        let levels = vec![LevelReport { price, quantity }; usize::from(self.many % 4)];
        let (bids, asks) = if self.many & 4 == 0 { (levels, vec![]) } else { (vec![], levels) };
        DepthReport {
            symbol: None,
            time: (self.time > 0).then(|| UnixNanos::from_nanos(self.time.into())),
            is_snapshot,
            first: (self.first > 0).then(|| number(self.first)),
            last: number(self.last),
            previous: (self.previous > 0).then(|| if self.previous == 255 { i64::MIN } else { i64::from(self.previous) - 2 }),
            bids,
            asks,
        }
    }
}

/// A synchronizer and the book that its changes make.
struct Desk {
    sync: BookSync,
    book: Book,
    out: Vec<LevelChange>,
    ask: Option<Ask>,
    received: UnixNanos,
}

impl Desk {
    fn happens(&mut self, event: &Event) {
        let report = event.report(event.what & 1 == 1);
        let step = match event.what >> 1 & 7 {
            0..=4 => self.sync.take(&report, self.received, &mut self.out),
            5 => match self.ask {
                Some(ask) => self.sync.answer(ask, &report, self.received, &mut self.out),
                None => return,
            },
            6 => self.sync.cut(self.received, &mut self.out),
            _ => self.sync.verify(event.last.into(), self.received, &mut self.out),
        };
        self.after(&step);
    }

    fn after(&mut self, step: &Step) {
        let ends = self.out.iter().filter(|change| change.ends).count();
        assert_eq!(ends, usize::from(!self.out.is_empty()), "{step:?}: {:?}", self.out);
        assert!(self.out.last().is_none_or(|change| change.ends));
        assert!(self.out.iter().skip(1).all(|change| !change.clears));
        assert!(self.out.iter().all(|change| change.time >= self.book.time()), "time goes back: {step:?}");
        let clears = self.out.first().is_some_and(|change| change.clears);
        match step {
            Step::Rebuilt => assert!(clears && self.sync.is_live()),
            Step::Applied => assert!(!clears && self.sync.is_live()),
            Step::Older | Step::Waits | Step::AskSnapshot(_) => assert!(self.out.is_empty()),
            Step::Broken { why, .. } => assert!(!self.sync.is_live() && !why.to_string().is_empty()),
        }
        self.out.drain(..).for_each(|change| self.book.apply(&change));
        match step {
            Step::AskSnapshot(ask) | Step::Broken { then: Remedy::AskSnapshot(ask), .. } => self.ask = Some(*ask),
            _ => {}
        }
        assert!(self.sync.is_live() || levels(&self.book) == 0, "levels of a book that there is not");
        assert_eq!(self.sync.last().is_some(), self.sync.is_live());
        if let Some(own) = self.sync.book() {
            assert!([Side::Buy, Side::Sell].into_iter().all(|side| own.opposite(side).eq(self.book.opposite(side))));
        }
    }
}

/// Lets events happen, and then only good ones.
///
/// # Panics
/// Where something does not hold that always holds.
pub fn run(data: &[u8]) {
    let Some((chosen, events)) = data.split_first() else { return };
    let Some(rule) = RULES.get(usize::from(*chosen) % RULES.len()) else { return };
    let (sync, book, received) = (BookSync::new(rule, TICK), Book::new(TICK), UnixNanos::from_nanos(0));
    let mut desk = Desk { sync, book, out: Vec::new(), ask: None, received };
    for event in events.chunks_exact(8).take(200) {
        if let [what, first, last, previous, time, price, quantity, many] = *event {
            desk.happens(&Event { what, first, last, previous, time, price, quantity, many });
        }
    }
    comes_back(rule, desk);
}

/// A cut, a stream that begins anew, and the book is there.
fn comes_back(rule: &SequenceRule, mut desk: Desk) {
    let step = desk.sync.cut(desk.received, &mut desk.out);
    desk.after(&step);
    let good = |what: u8| Event { what, first: 60, last: 61, previous: 61, time: 250, price: 3, quantity: 1, many: 1 };
    let step = desk.sync.take(&good(0).report(rule.whole == Whole::Streamed), desk.received, &mut desk.out);
    desk.after(&step);
    if let Some(ask) = desk.ask.filter(|_| rule.whole == Whole::Asked) {
        let snapshot = DepthReport { last: 61, ..good(0).report(true) };
        let step = desk.sync.answer(ask, &snapshot, desk.received, &mut desk.out);
        desk.after(&step);
    }
    assert!(desk.sync.is_live(), "the book has not come back");
}
