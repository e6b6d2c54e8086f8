//! A journal, and those who hear what is written to it.
//!
//! The one decision: they hear of what was written, after it was. What they make of it keeps nobody from trading.

use metaexpert_core::{
    Amendment, InstrumentId, Money, NewOrder, PositionSide, Result, UnixNanos,
    journal::{Journal, KeptState, Record},
    portfolio::Leg,
    risk::Halt,
};

use super::points;
use crate::paper::{Guards, RiskFile, Tally};

/// Hears what was written, beside the counts of the summary.
pub(crate) trait Follower: std::fmt::Debug {
    /// An order has passed the gate and is about to be written down.
    fn decided(&mut self, order: &NewOrder);

    /// An order is in the journal, and leaves now.
    fn order(&mut self, order: &NewOrder);

    /// Something was written down.
    fn record(&mut self, record: &Record<'_>);
}

/// What a run's journal was told of it, for its summary.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) tally: Tally,
    /// Why entries are refused.
    pub(crate) halt: Option<Halt>,
    /// What is open, as far as it was told of.
    pub(crate) legs: Vec<(InstrumentId, PositionSide, Leg)>,
    /// What the account has of each currency, as far as it was told of.
    pub(crate) balances: Vec<Money>,
}

/// A journal that others follow, and that leaves the next run what it has to know of the risk limits.
#[derive(Debug)]
pub(crate) struct Followed<J> {
    pub(crate) journal: J,
    pub(crate) file: Option<RiskFile>,
    pub(crate) told: Told,
    pub(crate) followers: Vec<Box<dyn Follower>>,
    /// Those of a simulated venue; the engine writes its own.
    guards: Guards,
}

impl<J> Followed<J> {
    /// A journal that nobody follows yet.
    pub(crate) fn new(journal: J, file: Option<RiskFile>, halt: Option<Halt>) -> Self {
        Self { journal, file, told: Told { halt, ..Told::default() }, followers: Vec::new(), guards: Guards::default() }
    }

    /// The same, which writes down what guards the legs of a simulated venue.
    pub(crate) fn writing_guards(self, guards: Guards) -> Self {
        Self { guards, ..self }
    }

    fn follow(&mut self, record: &Record<'_>) {
        match *record {
            Record::Risk(state) => {
                self.told.halt.clone_from(&state.halt);
                if let Some(file) = &mut self.file {
                    file.write(state);
                }
            }
            Record::Leg(id, side, leg) => {
                self.told.legs.retain(|(of, held, _)| (*of, *held) != (id, side));
                self.told.legs.extend(leg.map(|leg| (id, side, leg.clone())));
            }
            Record::Balance(money) => {
                self.told.balances.retain(|other| other.currency != money.currency);
                self.told.balances.push(money.clone());
            }
            _ => {}
        }
        self.told.tally.count(record);
        for follower in &mut self.followers {
            follower.record(record);
        }
    }
}

impl<J: Journal> Followed<J> {
    /// Writes down what has only followed prices since the last thing happened.
    ///
    /// # Errors
    /// As the journal's.
    pub(crate) fn at_its_end(mut self) -> Result<(J, Told)> {
        if self.guards.write(&mut self.journal)? {
            self.journal.settle()?;
        }
        Ok((self.journal, self.told))
    }
}

impl<J: Journal> Journal for Followed<J> {
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        for follower in &mut self.followers {
            follower.decided(order);
        }
        points::hit(points::BEFORE_APPEND);
        self.journal.append(order)?;
        points::hit(points::AFTER_APPEND);
        self.told.tally.sent(order);
        for follower in &mut self.followers {
            follower.order(order);
        }
        Ok(())
    }

    fn amend(&mut self, amendment: &Amendment) -> Result<()> {
        self.journal.amend(amendment)
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        let is_trade = matches!(record, Record::Trade(_));
        if is_trade {
            points::hit(points::BEFORE_TRADE);
        }
        self.journal.record(record)?;
        self.follow(&record);
        if is_trade {
            points::hit(points::AFTER_TRADE);
        }
        Ok(())
    }

    fn at(&mut self, now: UnixNanos) {
        self.journal.at(now);
    }

    fn keeps_state(&self) -> bool {
        self.journal.keeps_state()
    }

    fn state(&mut self, state: &KeptState) -> Result<()> {
        self.journal.state(state)
    }

    fn settle(&mut self) -> Result<()> {
        self.guards.write(&mut self.journal)?;
        points::hit(points::BEFORE_SETTLE);
        self.journal.settle()?;
        points::hit(points::AFTER_SETTLE);
        Ok(())
    }
}
