//! The journal of a paper run: it counts. Nothing is kept of an order or an execution (the log has them), for a run may go on
//! for months.

use std::collections::BTreeMap;

use metaexpert_core::{
    Amendment, Error, NewOrder, Reason, Result,
    journal::{Journal, Record},
};

/// How much of what has happened.
#[derive(Debug, Default, PartialEq, Eq)]
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

impl Journal for Tally {
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        self.orders += u64::from(order.reason == Reason::Signal);
        Ok(())
    }

    fn amend(&mut self, _: &Amendment) -> Result<()> {
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        match record {
            Record::Trade(_) => self.trades += 1,
            Record::Rejected(_, rejection) => *self.rejected.entry(rejection.as_str()).or_default() += 1,
            Record::Error(Error::Risk(refusal)) => *self.rejected.entry(refusal.rule()).or_default() += 1,
            // Nothing came of a cancelled one; what was paid is in the balance, and a rejection was counted where it was recorded.
            Record::Cancelled(..)
            | Record::Charged(_)
            | Record::Risk(_)
            | Record::Funding(_)
            | Record::Error(Error::Rejected { .. } | Error::RequestRejected { .. }) => {}
            Record::Error(_) => self.errors += 1,
        }
        Ok(())
    }
}
