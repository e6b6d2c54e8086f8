//! What a run on live prices came to: for people as text on standard output, for programs as a record in the log.

use std::fmt;

use metaexpert_core::{InstrumentId, Instruments, Timeframe, engine::Stopped, expert::DeinitReason};
use metaexpert_log::{info, slog::Logger};
use metaexpert_observe::Watcher;
use rust_decimal::Decimal;

use super::expert::{Filled, Ready};
use crate::journal::Told;

/// A run, with what came of it once it is over.
#[derive(Debug)]
pub(super) struct LiveSummary {
    expert: String,
    symbol: String,
    timeframe: Timeframe,
    filled: Filled,
    venue: String,
    capital: Decimal,
    currency: String,
    instruments: Instruments,
    log: Logger,
    ended: Result<DeinitReason, Stopped>,
    told: Told,
    equity: Decimal,
}

impl LiveSummary {
    /// One of a run that is about to begin.
    pub(super) fn of(ready: &Ready<'_>, main: InstrumentId) -> Self {
        let instrument = ready.instruments.get(main);
        let kept = ready.left.balances.iter().find(|money| money.currency == instrument.settlement);
        let capital = kept.map_or(ready.config.initial_capital, |money| money.amount);
        let first = ready.listed.first().map(|(_, listed)| listed.name.clone()).unwrap_or_default();
        Self {
            expert: ready.chosen.expert.clone(),
            symbol: instrument.symbol.to_string(),
            timeframe: ready.config.timeframe,
            filled: ready.chosen.filled,
            venue: format!("{} {first}", ready.config.exchange),
            capital,
            currency: instrument.settlement.to_string(),
            instruments: ready.instruments.clone(),
            log: ready.chosen.log.clone(),
            ended: Ok(DeinitReason::UserStop),
            told: Told::default(),
            equity: capital,
        }
    }

    /// The same of a run that has ended; it is logged.
    pub(super) fn with(self, ended: Result<DeinitReason, Stopped>, told: Told, equity: Decimal) -> Self {
        let summary = Self { ended, told, equity, ..self };
        info!(summary.log, "trading has ended";
            "msgid" => if summary.filled == Filled::Exchange { "live.ended" } else { "paper.ended" },
            "reason" => summary.reason(), "orders" => summary.told.tally.orders, "trades" => summary.told.tally.trades,
            "equity_start" => %summary.capital.normalize(), "equity_end" => %summary.equity.normalize(),
            "open_positions" => summary.told.legs.len());
        summary
    }

    /// Whether the run ended as it was meant to.
    pub(super) const fn is_good(&self) -> bool {
        self.ended.is_ok()
    }

    /// Tells people how the run has ended.
    pub(super) fn tell(&self, watcher: &Watcher) {
        if let Err(stopped) = &self.ended {
            watcher.failed(&stopped.to_string());
        }
        watcher.ended(self.reason());
    }

    /// What ended the run, if that was not meant to.
    pub(super) fn into_failure(self) -> Option<Stopped> {
        self.ended.err()
    }

    /// Why it ended.
    pub(super) fn reason(&self) -> &'static str {
        self.ended.as_ref().map_or("failed", |reason| reason.as_str())
    }
}

impl fmt::Display for LiveSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expert, symbol, timeframe, venue, currency, .. } = self;
        let how = if self.filled == Filled::Exchange { "live" } else { "on paper, on live prices" };
        writeln!(f, "{expert} on {symbol} {timeframe}, {how}")?;
        row(f, "market", venue)?;
        row(f, "ended", self.reason())?;
        if let Some(halt) = &self.told.halt {
            row(f, "halted", halt.reason())?;
        }
        writeln!(f, "\nAccount ({currency})")?;
        row(f, "at the start", money(self.capital))?;
        row(f, "equity at the end", money(self.equity))?;
        if self.told.legs.is_empty() {
            row(f, "left open", "nothing")?;
        }
        for (id, side, leg) in &self.told.legs {
            let instrument = self.instruments.get(*id);
            let (quantity, entry) = (leg.quantity.normalize(), leg.entry_price(instrument).round_dp(8).normalize());
            row(f, "left open", format_args!("{side} {quantity} {} from {entry}", instrument.symbol))?;
        }
        let tally = &self.told.tally;
        writeln!(f, "\nOrders")?;
        row(f, "sent", tally.orders)?;
        row(f, "executions", tally.trades)?;
        for (rule, count) in &tally.rejected {
            row(f, &format!("refused: {rule}"), count)?;
        }
        if tally.errors > 0 { row(f, "errors of handlers", tally.errors) } else { Ok(()) }
    }
}

fn row(f: &mut fmt::Formatter<'_>, label: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {label:<22}  {value}")
}

/// Rounded here and nowhere before.
fn money(amount: Decimal) -> String {
    format!("{:.2}", amount.round_dp(2))
}
