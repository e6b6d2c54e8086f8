//! A market with a true book, numbered as an exchange would number it, and all the states that it ever had.

use std::collections::BTreeMap;

use metaexpert_connect::{
    book_sync::{SequenceRule, Since, Whole},
    report::{DepthReport, LevelReport},
};
use metaexpert_core::{Book, Side, UnixNanos};
use rust_decimal::{Decimal, dec};

/// Where the first numbering begins; each later one begins below all that were used. Two numberings that meet in a number cannot be
/// told apart by anybody.
const FIRST: u64 = 10_000_000;
const APART: u64 = 10_000;

pub(crate) const TICK: Decimal = dec!(0.01);

/// Quantities by price, in ticks: bids, then asks.
pub(crate) type Sides = [BTreeMap<i64, u8>; 2];

/// A change of one level: whose, at which tick from the middle, to what.
pub(crate) type Change = (bool, i64, u8);

/// The book after one update.
struct State {
    number: u64,
    time: UnixNanos,
    sides: Sides,
}

/// The exchange.
pub(crate) struct Market {
    rule: &'static SequenceRule,
    states: Vec<State>,
    /// The number of the last update that a message told.
    told: u64,
    /// The first state of the numbering.
    epoch: usize,
    restarts: u64,
    clock: i64,
}

/// A message, and which state of the market it brings.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) report: DepthReport<'static>,
    pub(crate) state: usize,
}

impl Market {
    pub(crate) fn new(rule: &'static SequenceRule) -> Self {
        let sides = [BTreeMap::from([(9_999, 5), (9_990, 2)]), BTreeMap::from([(10_001, 4)])];
        Self {
            rule,
            states: vec![State { number: FIRST, time: UnixNanos::from_nanos(0), sides }],
            told: FIRST,
            epoch: 0,
            restarts: 0,
            clock: 0,
        }
    }

    /// Some levels change, and a message tells it.
    pub(crate) fn changes(&mut self, changes: &[Change]) -> Message {
        self.clock += 1;
        let (previous, time) = (self.told, UnixNanos::from_nanos(self.clock));
        let counts_messages = self.rule.since == Since::One;
        let mut touched = Vec::new();
        let mut first = None;
        for (at, (is_ask, offset, quantity)) in changes.iter().enumerate() {
            let mut sides = self.now().clone();
            let price = if *is_ask { 10_001 + offset } else { 9_999 - offset };
            let side = &mut sides[usize::from(*is_ask)];
            if *quantity == 0 {
                side.remove(&price)
            } else {
                side.insert(price, *quantity)
            };
            touched.push((*is_ask, price));
            // Numbers that are shared between instruments leave gaps.
            let step = if self.rule.since == Since::Previous { 1 + u64::from(*quantity) } else { 1 };
            let number = if counts_messages { previous + 1 } else { self.number() + step };
            first.get_or_insert(number);
            match self.states.last_mut() {
                Some(state) if counts_messages && at > 0 => state.sides = sides,
                _ => self.states.push(State { number, time, sides }),
            }
        }
        self.told = self.number();
        self.message(first, previous, &touched)
    }

    /// The exchange says that it is there, and nothing has changed.
    pub(crate) fn nothing(&mut self) -> Message {
        self.clock += 1;
        self.message(None, self.told, &[])
    }

    /// The exchange begins to count anew. How a stream shows it, if it does.
    pub(crate) fn restart(&mut self) -> Option<Message> {
        self.clock += 1;
        let (sides, previous, time) = (self.now().clone(), self.told, UnixNanos::from_nanos(self.clock));
        self.restarts += 1;
        let number = self.rule.whole_at.unwrap_or(FIRST - self.restarts * APART);
        self.epoch = self.states.len();
        self.states.push(State { number, time, sides });
        self.told = number;
        if self.rule.steps_back {
            return Some(self.message(None, previous, &[]));
        }
        let is_whole = self.rule.whole_at.is_some();
        is_whole.then(|| {
            let whole = self.snapshot(0);
            Message { report: DepthReport { is_snapshot: false, ..whole.report }, ..whole }
        })
    }

    /// The whole book as it was some updates ago, but never of an older numbering.
    pub(crate) fn snapshot(&mut self, ago: usize) -> Message {
        self.clock += 1;
        let state = (self.states.len() - 1).saturating_sub(ago).max(self.epoch);
        let State { number, time, sides } = &self.states[state];
        let [bids, asks] = sides.each_ref().map(|side| side.iter().map(|(ticks, quantity)| level(*ticks, *quantity)).collect());
        // By the rule of first and last (spot), a snapshot says no time; by others, when its last update was made.
        let time = match self.rule.whole {
            Whole::Streamed => Some(UnixNanos::from_nanos(self.clock)),
            Whole::Asked => Some(*time).filter(|_| self.rule.since == Since::Previous),
        };
        let report =
            DepthReport { symbol: None, time, is_snapshot: true, first: None, last: *number, previous: None, bids, asks };
        Message { report, state }
    }

    /// The state that the market is in.
    pub(crate) fn state(&self) -> usize {
        self.states.len() - 1
    }

    /// Whether a book is as the market was.
    pub(crate) fn is(&self, state: usize, book: &Book) -> bool {
        [Side::Buy, Side::Sell].into_iter().zip(&self.states[state].sides).all(|(side, levels)| {
            let ours = book.opposite(side.opposite());
            ours.len() == levels.len()
                && ours.into_iter().all(|(ticks, quantity)| {
                    levels.get(&ticks).is_some_and(|known| f64::from(*known).to_bits() == quantity.to_bits())
                })
        })
    }

    fn message(&self, first: Option<u64>, previous: u64, touched: &[(bool, i64)]) -> Message {
        let side = |wanted: bool| {
            let levels = &self.now()[usize::from(wanted)];
            let of_it = touched.iter().filter(|(is_ask, _)| *is_ask == wanted);
            of_it.map(|(_, ticks)| level(*ticks, levels.get(ticks).copied().unwrap_or(0))).collect()
        };
        let report = DepthReport {
            symbol: None,
            time: Some(UnixNanos::from_nanos(self.clock)),
            is_snapshot: false,
            first,
            last: self.told,
            previous: Some(previous.cast_signed()),
            bids: side(false),
            asks: side(true),
        };
        Message { report, state: self.state() }
    }

    fn now(&self) -> &Sides {
        &self.states[self.states.len() - 1].sides
    }

    fn number(&self) -> u64 {
        self.states[self.states.len() - 1].number
    }
}

fn level(ticks: i64, quantity: u8) -> LevelReport {
    LevelReport { price: Decimal::new(ticks, 2), quantity: f64::from(quantity) }
}
