//! The report of a run: its summary and its four files.
//!
//! The one decision: a file is written into whatever the caller gives, and its bytes depend on the run alone, not on where or
//! when it is written.

mod csv; // lines of comma-separated values
mod json; // report.json

use std::io;

use metaexpert_core::Summary;

use self::csv::Csv;
use crate::{EquityCurve, RoundTrip, Run, curve::lines, ledger::Ledger, round_trips, summarize};

/// A run with what follows from it.
#[derive(Debug)]
pub struct Report<'run> {
    /// What was asked and executed.
    pub run: &'run Run,
    /// Its positions from flat to flat, in the order of their exits.
    pub round_trips: Vec<RoundTrip>,
    /// Its numbers.
    pub summary: Summary,
}

/// A file of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFile {
    /// Each of our executions.
    Trades,
    /// Each round trip.
    RoundTrips,
    /// Equity at each bar's close.
    Equity,
    /// The summary, with what was asked.
    Summary,
}

impl ReportFile {
    /// All of them. The summary is the last: where it is, the others are.
    pub const ALL: [Self; 4] = [Self::Trades, Self::RoundTrips, Self::Equity, Self::Summary];

    /// Its name in the report's directory.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trades => "trades.csv",
            Self::RoundTrips => "round_trips.csv",
            Self::Equity => "equity.csv",
            Self::Summary => "report.json",
        }
    }
}

impl<'run> Report<'run> {
    /// The report of a run.
    pub fn of(run: &'run Run) -> Self {
        let round_trips = round_trips(run);
        let summary = summarize(run, &round_trips, &EquityCurve::of(run));
        Self { run, round_trips, summary }
    }

    /// Writes a file, in pieces of many kilobytes.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, file: ReportFile, out: &mut dyn io::Write) -> io::Result<()> {
        match file {
            ReportFile::Trades => self.write_trades(out),
            ReportFile::RoundTrips => self.write_round_trips(out),
            ReportFile::Equity => self.write_equity(out),
            ReportFile::Summary => json::write(self, out),
        }
    }

    fn write_trades(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let header =
            "time,symbol,order_id,side,position_side,quantity,price,notional,fee,fee_currency,liquidity,realized_pnl,reason";
        let mut csv = Csv::new(out, header);
        let mut ledger = Ledger::new(self.run.initial_capital, &self.run.instruments);
        for trade in &self.run.trades {
            let realized = ledger.apply(trade);
            let notional = self.run.instruments.get(trade.instrument).notional(trade.price, trade.quantity);
            csv.time(trade.time).text(trade.symbol.as_str()).shown(trade.order.as_ref());
            csv.text(trade.side.as_str()).text(trade.position_side.as_str());
            csv.decimal(trade.quantity.get()).decimal(trade.price.get()).decimal(notional);
            csv.decimal(trade.fee.amount).text(trade.fee.currency.as_str()).text(trade.liquidity.as_str());
            csv.decimal(realized).text(trade.reason.as_str());
            csv.end_line()?;
        }
        csv.finish()
    }

    fn write_round_trips(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let header =
            "entry_time,exit_time,symbol,side,quantity,entry_price,exit_price,gross_pnl,fees,funding,net_pnl,exit_reason";
        let mut csv = Csv::new(out, header);
        for trip in &self.round_trips {
            csv.time(trip.entry_time).time(trip.exit_time);
            csv.text(self.run.instruments.get(trip.instrument).symbol.as_str()).text(trip.side.as_str());
            csv.decimal(trip.quantity).decimal(trip.entry_price).decimal(trip.exit_price);
            csv.decimal(trip.gross_pnl).decimal(trip.fees).decimal(trip.funding).decimal(trip.net_pnl);
            csv.text(trip.exit_reason.as_str());
            csv.end_line()?;
        }
        csv.finish()
    }

    fn write_equity(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut csv = Csv::new(out, "time,equity,balance,drawdown_pct");
        lines::write(self.run, &mut csv)?;
        csv.finish()
    }
}

#[cfg(test)]
mod tests;
