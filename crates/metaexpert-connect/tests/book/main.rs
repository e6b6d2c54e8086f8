//! Whatever a connection does to the messages of a book, the book is right or known to be absent, and it comes back.
//!
//! A market with a known book is told through a connection that loses, repeats, reorders, spoils and cuts, under each of the four
//! shapes of rules. After every event the synchronizer's book is compared with the market's.
#![expect(clippy::indexing_slicing, reason = "a test that cannot be set up has failed")]

mod allocations; // what a live book costs
mod market; // the exchange, with the truth

use metaexpert_connect::{
    BookSync,
    book_sync::{Ask, Overlap, Remedy, SequenceRule, Since, Step, Whole},
};
use metaexpert_core::{Book, LevelChange, UnixNanos};
use proptest::prelude::*;
use rust_decimal::dec;

use self::market::{Change, Market, Message, TICK};

/// First and last update are named; the snapshot is asked for.
static FIRST_AND_LAST: SequenceRule = SequenceRule {
    whole: Whole::Asked,
    since: Since::First,
    overlap: Overlap::Always,
    steps_back: false,
    whole_at: None,
    checksum: None,
};
/// The previous update is named as well.
static WITH_PREVIOUS: SequenceRule = SequenceRule { since: Since::Previous, overlap: Overlap::AfterSnapshot, ..FIRST_AND_LAST };
/// The stream begins with the book and counts its messages; the first of a new count is a book.
static COUNTED: SequenceRule =
    SequenceRule { whole: Whole::Streamed, since: Since::One, overlap: Overlap::Never, whole_at: Some(1), ..FIRST_AND_LAST };
/// The stream begins with the book, each message names the previous one, and numbers may step back.
static CHAINED: SequenceRule = SequenceRule { since: Since::Previous, steps_back: true, whole_at: None, ..COUNTED };

/// What happens between the exchange and us.
#[derive(Debug, Clone)]
enum Happening {
    /// A message arrives.
    Arrives(Vec<Change>),
    /// A message is lost.
    IsLost(Vec<Change>),
    /// Two messages arrive the other way round.
    Overtakes(Vec<Change>, Vec<Change>),
    /// A message that came some messages ago comes again.
    ComesAgain(usize),
    /// The exchange says that nothing has changed.
    Nothing,
    /// A message arrives with prices that are none. It is as good as lost.
    IsSpoilt(Vec<Change>),
    /// The connection is cut, and another one made.
    IsCut,
    /// The exchange counts anew, and says so only as its rule has it.
    Restarts,
    /// What was asked for arrives, as the book was so many updates ago.
    Answers(usize),
    /// The answer to an earlier question arrives.
    AnswersLate(usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec((any::<bool>(), 0_i64..12, 0_u8..4), 1..5)
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let happening = prop_oneof![
        16 => changes().prop_map(Happening::Arrives),
        2 => changes().prop_map(Happening::IsLost),
        2 => (changes(), changes()).prop_map(|(first, second)| Happening::Overtakes(first, second)),
        3 => (0_usize..6).prop_map(Happening::ComesAgain),
        1 => Just(Happening::Nothing),
        1 => changes().prop_map(Happening::IsSpoilt),
        1 => Just(Happening::IsCut),
        1 => Just(Happening::Restarts),
        8 => prop_oneof![2 => Just(0_usize), 1 => 1_usize..12].prop_map(Happening::Answers),
        1 => (0_usize..5).prop_map(Happening::AnswersLate),
    ];
    prop::collection::vec(happening, 1..100)
}

/// What is to be done for the book.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wanted {
    Nothing,
    Answer(Ask),
    Stream,
}

/// A synchronizer at the end of a connection to a market.
struct Desk {
    rule: &'static SequenceRule,
    market: Market,
    sync: BookSync,
    book: Book,
    out: Vec<LevelChange>,
    wanted: Wanted,
    earlier: Vec<Ask>,
    arrived: Vec<Message>,
    /// The newest state that any message brought.
    newest: usize,
    /// Whether a change has been applied since the book was built, and how many arrived since then without effect.
    joined: bool,
    without_effect: u32,
    rebuilt: u32,
}

const NOW: UnixNanos = UnixNanos::from_nanos(0);

impl Desk {
    fn new(rule: &'static SequenceRule) -> Self {
        Self {
            rule,
            market: Market::new(rule),
            sync: BookSync::new(rule, TICK),
            book: Book::new(TICK),
            out: Vec::new(),
            wanted: if rule.whole == Whole::Streamed { Wanted::Stream } else { Wanted::Nothing },
            earlier: Vec::new(),
            arrived: Vec::new(),
            newest: 0,
            joined: false,
            without_effect: 0,
            rebuilt: 0,
        }
    }

    fn happens(&mut self, happening: &Happening) -> Result<(), TestCaseError> {
        match happening {
            Happening::Arrives(changes) => {
                let message = self.market.changes(changes);
                self.arrives(message)
            }
            Happening::IsLost(changes) => {
                self.market.changes(changes);
                Ok(())
            }
            Happening::Overtakes(first, second) => {
                let (first, second) = (self.market.changes(first), self.market.changes(second));
                self.arrives(second)?;
                self.arrives(first)
            }
            Happening::ComesAgain(ago) => match self.arrived.iter().nth_back(*ago).cloned() {
                Some(message) => self.arrives(message),
                None => Ok(()),
            },
            Happening::Nothing if self.rule.steps_back => {
                let message = self.market.nothing();
                self.arrives(message)
            }
            Happening::Nothing => Ok(()),
            Happening::IsSpoilt(changes) => {
                let mut message = self.market.changes(changes);
                for level in message.report.bids.iter_mut().chain(&mut message.report.asks) {
                    level.price += dec!(0.001);
                }
                let step = self.sync.take(&message.report, NOW, &mut self.out);
                self.after(&step)
            }
            Happening::IsCut => {
                self.arrived.clear(); // what a dead connection had will not come
                let step = self.sync.cut(NOW, &mut self.out);
                self.wanted = if self.rule.whole == Whole::Streamed { Wanted::Stream } else { Wanted::Nothing };
                self.after(&step)
            }
            Happening::Restarts => match self.market.restart() {
                Some(message) => self.arrives(message),
                None => Ok(()),
            },
            Happening::Answers(ago) => self.answers(*ago),
            Happening::AnswersLate(ago) => {
                let Some(ask) = self.earlier.iter().nth_back(*ago).copied().filter(|ask| self.wanted != Wanted::Answer(*ask))
                else {
                    return Ok(());
                };
                let message = self.market.snapshot(0);
                let step = self.sync.answer(ask, &message.report, NOW, &mut self.out);
                prop_assert_eq!(&step, &Step::Older);
                self.after(&step)
            }
        }
    }

    fn arrives(&mut self, message: Message) -> Result<(), TestCaseError> {
        let is_news = message.state > self.newest;
        self.newest = self.newest.max(message.state);
        let step = self.sync.take(&message.report, NOW, &mut self.out);
        self.without_effect = if step == Step::Older { self.without_effect + u32::from(is_news) } else { 0 };
        self.arrived.push(message);
        self.after(&step)
    }

    fn answers(&mut self, ago: usize) -> Result<(), TestCaseError> {
        match self.wanted {
            Wanted::Nothing => Ok(()),
            Wanted::Answer(ask) => {
                let message = self.market.snapshot(ago);
                let step = self.sync.answer(ask, &message.report, NOW, &mut self.out);
                if step == Step::Rebuilt {
                    self.wanted = Wanted::Nothing;
                    self.newest = self.newest.max(message.state);
                }
                self.after(&step)
            }
            Wanted::Stream => {
                self.wanted = Wanted::Nothing;
                let message = self.market.snapshot(0);
                self.arrives(message)
            }
        }
    }

    /// The book is that of the newest message, or there is none.
    fn after(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let ends = self.out.iter().filter(|change| change.ends).count();
        prop_assert_eq!(ends, usize::from(!self.out.is_empty()), "{:?} is one message", step);
        prop_assert!(self.out.windows(2).all(|pair| pair[0].time == pair[1].time && !pair[1].clears));
        self.out.drain(..).for_each(|change| self.book.apply(&change));
        match step {
            Step::Applied => self.joined = true,
            Step::Rebuilt => {
                (self.joined, self.rebuilt) = (false, self.rebuilt + 1);
                self.wanted = Wanted::Nothing;
            }
            Step::AskSnapshot(ask) | Step::Broken { then: Remedy::AskSnapshot(ask), .. } => {
                if let Wanted::Answer(earlier) = self.wanted {
                    self.earlier.push(earlier);
                }
                self.wanted = Wanted::Answer(*ask);
            }
            Step::Broken { then: Remedy::Subscribe, .. } => self.wanted = Wanted::Stream,
            Step::Older | Step::Waits | Step::Broken { then: Remedy::Wait, .. } => {}
        }
        if !self.sync.is_live() {
            prop_assert!(self.book.bids().len() == 0 && self.book.asks().len() == 0, "levels of a book that there is not");
            return Ok(());
        }
        // Before any change has joined a snapshot without a time, a new numbering looks like changes that are late: bounded.
        let may_be_late = self.rule.since == Since::First && !self.joined && (1..=100).contains(&self.without_effect);
        prop_assert!(may_be_late || self.market.is(self.newest, &self.book), "the book is not that of the newest message");
        Ok(())
    }

    /// Nothing is lost any more, and what is wanted comes.
    fn calms_down(&mut self) -> Result<(), TestCaseError> {
        for round in 0..110 {
            self.happens(&Happening::Answers(0))?;
            self.happens(&Happening::Arrives(vec![(round % 2 == 0, round % 12, 1 + u8::try_from(round % 3).unwrap_or(0))]))?;
        }
        prop_assert!(self.sync.is_live(), "the book has not come back; wanted: {:?}", self.wanted);
        prop_assert!(self.market.is(self.market.state(), &self.book));
        Ok(())
    }
}

fn check(rule: &'static SequenceRule, happenings: &[Happening]) -> Result<u32, TestCaseError> {
    let mut desk = Desk::new(rule);
    for happening in happenings {
        desk.happens(happening)?;
    }
    desk.calms_down()?;
    Ok(desk.rebuilt)
}

proptest! {
    #![proptest_config(ProptestConfig::default())]
    #[test]
    fn by_first_and_last_update_the_book_is_right_or_absent_and_comes_back(happenings in happenings()) {
        check(&FIRST_AND_LAST, &happenings)?;
    }

    #[test]
    fn by_previous_update_the_book_is_right_or_absent_and_comes_back(happenings in happenings()) {
        check(&WITH_PREVIOUS, &happenings)?;
    }

    #[test]
    fn by_counted_messages_the_book_is_right_or_absent_and_comes_back(happenings in happenings()) {
        check(&COUNTED, &happenings)?;
    }

    #[test]
    fn by_chained_messages_the_book_is_right_or_absent_and_comes_back(happenings in happenings()) {
        check(&CHAINED, &happenings)?;
    }
}

#[test]
fn without_a_fault_the_book_is_built_once() {
    let calm: Vec<_> = (0..50).map(|at| Happening::Arrives(vec![(at % 2 == 0, at % 7, 2)])).collect();
    for rule in [&FIRST_AND_LAST, &WITH_PREVIOUS, &COUNTED, &CHAINED] {
        assert_eq!(check(rule, &calm).map_err(|why| why.to_string()), Ok(1));
    }
}
