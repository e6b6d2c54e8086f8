//! Which line of the curve sees which execution.
//!
//! An execution at or inside a bar carries that bar's opening time and counts from the bar's close on. The close at the end
//! of the data carries a closing time and counts in the line of that time.

use metaexpert_core::{Trade, UnixNanos};

use crate::{Run, ledger::Ledger};

/// A ledger, and the executions that it has not seen yet.
#[derive(Debug)]
pub(crate) struct Fills<'run> {
    run: &'run Run,
    waiting: &'run [Trade],
    ledger: Ledger,
    /// From which closing time on the first waiting execution counts.
    due: Option<UnixNanos>,
    /// When the positions that are open now began, and how long there were any before, in nanoseconds.
    open_since: Option<UnixNanos>,
    exposed_nanos: i64,
}

impl<'run> Fills<'run> {
    pub(crate) fn new(run: &'run Run) -> Self {
        let ledger = Ledger::new(run.initial_capital, &run.instruments);
        let mut fills = Self { run, waiting: &run.trades, ledger, due: None, open_since: None, exposed_nanos: 0 };
        fills.due = fills.next_due(UnixNanos::MIN);
        fills
    }

    /// The closing time of the line that the next execution counts in first; `None` when all are booked.
    pub(crate) const fn due(&self) -> Option<UnixNanos> {
        self.due
    }

    /// The account as far as it is booked.
    pub(crate) const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Books what counts in the line that closes at `close`; whether that was anything.
    pub(crate) fn book_until(&mut self, close: UnixNanos) -> bool {
        let before = self.waiting.len();
        while let (Some(due), [trade, rest @ ..]) = (self.due, self.waiting) {
            if due > close {
                break;
            }
            self.ledger.apply(trade);
            match (self.ledger.is_flat(), self.open_since) {
                (false, None) => self.open_since = Some(trade.time),
                (true, Some(since)) => {
                    self.exposed_nanos += trade.time.nanos_since(since);
                    self.open_since = None;
                }
                (false, Some(_)) | (true, None) => {}
            }
            self.waiting = rest;
            self.due = self.next_due(due);
        }
        self.waiting.len() < before
    }

    /// How long there was a position on any leg until `end`, in nanoseconds.
    pub(crate) fn exposed_nanos(&self, end: UnixNanos) -> i64 {
        self.exposed_nanos + self.open_since.map_or(0, |since| end.nanos_since(since))
    }

    /// Executions count in their order, so none is due before the one before it.
    fn next_due(&self, earliest: UnixNanos) -> Option<UnixNanos> {
        let trade = self.waiting.first()?;
        let series = self.run.series.iter().find(|(id, _)| *id == trade.instrument).map(|(_, series)| series);
        let counts_from = series.map_or(trade.time, |series| match series.bars.last() {
            Some(last) if trade.time <= last.time => crate::run::closing_time(series, trade.time),
            _ => trade.time,
        });
        Some(counts_from.max(earliest))
    }
}
