//! The strategy tester: what a run of an expert over recorded bars came to.
//!
//! The one decision: everything in a report is a pure function of a [`Run`], the record of what was asked and what was
//! executed. Positions, balances, round trips, the equity curve and all metrics follow from the executions and the bars
//! alone, so that the same run gives the same bytes. Nothing here opens a file, reads a clock or knows a terminal: reports
//! are written into writers that the caller gives.

mod backtest; // an expert over recorded bars               <- read first
mod bar_feed; // the bars, as a feed
mod curve; // equity and drawdown, bar by bar
mod digits; // exact numbers and times as text, fast
mod fills; // which line of the curve sees which execution
mod ledger; // executions folded into cash and positions
mod market_feed; // ticks and books, as a feed
mod metrics; // the numbers of a summary
mod minutes; // what the report of a run over those marks equity at
mod recorder; // what is kept of a run, as a journal
mod replay; // an expert over recorded ticks and books
mod report; // the files
mod round_trips; // positions from flat to flat
mod run; // what every report follows from
mod table; // the summary for people

#[cfg(test)]
mod made; // runs for tests

pub use backtest::{Backtest, BacktestError, Models};
pub use curve::EquityCurve;
pub use metrics::{summarize, summary_of};
pub use report::{Report, ReportFile};
pub use round_trips::{RoundTrip, round_trips};
pub use run::{Charged, Run, Settled};
pub use table::table;
