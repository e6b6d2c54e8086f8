//! The journal of a backtest: a record in memory, from which the report is made.

use std::collections::BTreeMap;

use metaexpert_core::{
    Amendment, Charge, Error, Funding, NewOrder, Reason, Result, Trade,
    journal::{Journal, Record},
};

/// What a run has left behind.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// Orders that the expert sent and the gate passed.
    pub orders: u64,
    /// Every execution, in the order it happened.
    pub trades: Vec<Trade>,
    /// Every settlement of funding, and how many executions had happened before.
    pub fundings: Vec<(usize, Funding)>,
    /// Every interest, transfer and payment of the insurance, and how many executions had happened before.
    pub charges: Vec<(usize, Charge)>,
    /// Refusals by the gate and by the venue, by rule.
    pub rejected: BTreeMap<&'static str, u64>,
    /// Errors that handlers returned, apart from refusals.
    pub errors: u64,
    /// The first of those.
    pub first_error: Option<String>,
}

impl Journal for Recorder {
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        self.orders += u64::from(order.reason == Reason::Signal);
        Ok(())
    }

    fn amend(&mut self, _: &Amendment) -> Result<()> {
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        match record {
            Record::Trade(trade) => self.trades.push(trade.clone()),
            Record::Funding(funding) => self.fundings.push((self.trades.len(), funding.clone())),
            Record::Charged(charge) => self.charges.push((self.trades.len(), charge.clone())),
            Record::Rejected(_, rejection) => *self.rejected.entry(rejection.as_str()).or_default() += 1,
            Record::Error(Error::Risk(refusal)) => *self.rejected.entry(refusal.rule()).or_default() += 1,
            // Nothing came of a cancelled one, and a rejection was counted where it was recorded.
            Record::Cancelled(..)
            | Record::Accepted(_)
            | Record::Unknown(_)
            | Record::Filled(_)
            | Record::Amended(..)
            | Record::Leg(..)
            | Record::Guard(..)
            | Record::Balance(_)
            | Record::Risk(_)
            | Record::Error(Error::Rejected { .. } | Error::RequestRejected { .. }) => {}
            Record::Error(error) => {
                self.errors += 1;
                self.first_error.get_or_insert_with(|| error.to_string());
            }
        }
        Ok(())
    }
}
