//! Which line of the curve sees which execution, which settlement of funding, and which charge.
//!
//! An execution at or inside a bar counts from the close of the bar that its time falls into (on ticks and books: of the minute), and
//! so do funding and charges. The close at the
//! end of the data carries a closing time and counts in the line of that time.

use metaexpert_core::{InstrumentId, Trade, UnixNanos};

use metaexpert_data::BarSeries;

use crate::{Charged, Run, Settled, ledger::Ledger, run::closing_time};

/// A ledger, and the executions, settlements and charges that it has not seen yet.
#[derive(Debug)]
pub(crate) struct Fills<'run> {
    run: &'run Run,
    waiting: &'run [Trade],
    unsettled: &'run [Settled],
    uncharged: &'run [Charged],
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
        let mut fills = Self {
            run,
            waiting: &run.trades,
            unsettled: &run.fundings,
            uncharged: &run.charges,
            ledger,
            due: None,
            open_since: None,
            exposed_nanos: 0,
        };
        fills.due = fills.next_due(UnixNanos::MIN);
        fills
    }

    /// The closing time of the line that the next of them counts in first; `None` when all are booked.
    pub(crate) const fn due(&self) -> Option<UnixNanos> {
        self.due
    }

    /// The account as far as it is booked.
    pub(crate) const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Books what counts in the line that closes at `close`; whether that was anything.
    pub(crate) fn book_until(&mut self, close: UnixNanos) -> bool {
        let mut booked = false;
        while let Some(due) = self.due.filter(|due| *due <= close) {
            match self.next() {
                Some(Next::Funding(settled)) => {
                    self.ledger.settle(settled.funding.amount.amount);
                    self.unsettled = self.unsettled.get(1..).unwrap_or_default();
                }
                Some(Next::Charge(charged)) => {
                    self.ledger.settle(charged.charge.amount.amount);
                    self.uncharged = self.uncharged.get(1..).unwrap_or_default();
                }
                Some(Next::Trade(trade)) => {
                    self.apply(trade);
                    self.waiting = self.waiting.get(1..).unwrap_or_default();
                }
                None => break,
            }
            self.due = self.next_due(due);
            booked = true;
        }
        booked
    }

    fn apply(&mut self, trade: &Trade) {
        self.ledger.apply(trade);
        match (self.ledger.is_flat(), self.open_since) {
            (false, None) => self.open_since = Some(trade.time),
            (true, Some(since)) => {
                self.exposed_nanos += trade.time.nanos_since(since);
                self.open_since = None;
            }
            (false, Some(_)) | (true, None) => {}
        }
    }

    /// How long there was a position on any leg until `end`, in nanoseconds.
    pub(crate) fn exposed_nanos(&self, end: UnixNanos) -> i64 {
        self.exposed_nanos + self.open_since.map_or(0, |since| end.nanos_since(since))
    }

    fn next(&self) -> Option<Next<'run>> {
        let executed = self.run.trades.len() - self.waiting.len();
        let settled = self.unsettled.first().filter(|settled| settled.after <= executed);
        let charged = || self.uncharged.first().filter(|charged| charged.after <= executed);
        let waiting = || self.waiting.first().map(Next::Trade);
        settled.map(Next::Funding).or_else(|| charged().map(Next::Charge)).or_else(waiting)
    }

    /// All count in their order, so none is due before the one before it.
    fn next_due(&self, earliest: UnixNanos) -> Option<UnixNanos> {
        let (instrument, time) = self.next()?.of();
        let mut series = self.run.series.iter();
        let series = match instrument {
            Some(instrument) => series.find(|(id, _)| *id == instrument),
            None => series.next(),
        };
        let series = series.map(|(_, series)| series);
        Some(series.map_or(time, |series| counts_from(series, time)).max(earliest))
    }
}

/// When the bar closes that `time` falls into, or the next one after a gap; `time` itself once the last one has closed.
fn counts_from(series: &BarSeries, time: UnixNanos) -> UnixNanos {
    match series.bars.last() {
        Some(last) if time < closing_time(series, last.time) => {}
        _ => return time,
    }
    // Most carry the opening time of their bar, and need no search.
    if series.timeframe.open_of(time) == time {
        return closing_time(series, time);
    }
    let after = series.bars.partition_point(|bar| bar.time <= time);
    let falls_into = after.checked_sub(1).and_then(|place| series.bars.get(place));
    let bar = falls_into.filter(|bar| time < closing_time(series, bar.time)).or_else(|| series.bars.get(after));
    bar.map_or(time, |bar| closing_time(series, bar.time))
}

/// What is booked next.
enum Next<'run> {
    Funding(&'run Settled),
    Charge(&'run Charged),
    Trade(&'run Trade),
}

impl Next<'_> {
    /// By whose bars it counts, and when it happened; a charge is the account's, and counts by the first bars.
    const fn of(&self) -> (Option<InstrumentId>, UnixNanos) {
        match self {
            Self::Funding(settled) => (Some(settled.instrument), settled.funding.time),
            Self::Charge(charged) => (None, charged.charge.time),
            Self::Trade(trade) => (Some(trade.instrument), trade.time),
        }
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::Timeframe;

    use super::*;
    use crate::made;

    #[test]
    fn what_happens_inside_a_bar_counts_from_its_close_and_what_happens_in_a_gap_from_the_next() {
        let time = |text: &str| UnixNanos::parse(&format!("2024-01-01T{text}")).unwrap();
        let series = made::series(Timeframe::H1, ["00:00", "01:00", "04:00"].map(|open| made::bar(time(open), 1.0)).into());
        for (at, counts) in [
            ("00:00", "01:00"),
            ("00:30", "01:00"),
            ("01:00", "02:00"),
            ("01:59", "02:00"),
            ("02:30", "05:00"),
            ("04:59", "05:00"),
            ("05:00", "05:00"),
        ] {
            assert_eq!(counts_from(&series, time(at)), time(counts), "{at}");
        }
        // There is no line between: whatever is at or after this is the next bar's.
        assert!((time("02:00")..=time("05:00")).contains(&counts_from(&series, time("02:00"))));
    }
}
