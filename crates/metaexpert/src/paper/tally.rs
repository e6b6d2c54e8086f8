//! What is counted of a run that goes by the clock: a few numbers, for it may go on for months.

use std::collections::BTreeMap;

use metaexpert_core::{Error, NewOrder, Reason, journal::Record};

/// How much of what has happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Orders that the expert sent and the gate passed.
    pub(crate) orders: u64,
    /// Executions, protective exits included.
    pub(crate) trades: u64,
    /// Refusals by the gate and by the venue, by rule.
    pub(crate) rejected: BTreeMap<&'static str, u64>,
    /// Errors that handlers returned, apart from refusals.
    pub(crate) errors: u64,
}

impl Tally {
    /// An order has left.
    pub(crate) fn sent(&mut self, order: &NewOrder) {
        self.orders += u64::from(order.reason == Reason::Signal);
    }

    /// Something has happened.
    pub(crate) fn count(&mut self, record: &Record<'_>) {
        match record {
            Record::Trade(_) => self.trades += 1,
            Record::Rejected(_, rejection) => *self.rejected.entry(rejection.as_str()).or_default() += 1,
            Record::Error(Error::Risk(refusal)) => *self.rejected.entry(refusal.rule()).or_default() += 1,
            // A rejection was counted where it was recorded.
            Record::Error(Error::Rejected { .. } | Error::RequestRejected { .. }) => {}
            Record::Error(_) => self.errors += 1,
            // Nothing came of a cancelled one, what was paid is in the balance, and all else is no count of a summary.
            _ => {}
        }
    }
}
