//! What a paper run came to: for people as text on standard output, for programs as a record in the log.

use std::fmt;

use metaexpert_core::{Instruments, PositionSide, Timeframe, engine::Stopped, portfolio::Leg};
use metaexpert_log::{info, slog::Logger};
use rust_decimal::Decimal;

use super::{
    bars::Bars,
    session::{Ran, Session},
    tally::Tally,
};

/// What has to be known of a run before it is over, for it is gone then.
#[derive(Debug)]
pub(crate) struct Heading {
    expert: String,
    symbol: String,
    timeframe: Timeframe,
    sources: Vec<(String, String)>,
    history: u64,
    capital: Decimal,
    is_made_up: bool,
    currency: String,
    instruments: Instruments,
    notes: Vec<String>,
}

impl Heading {
    pub(crate) fn of(session: &Session) -> Self {
        let main = session.instruments.get(session.main);
        let source = |(id, bars): &(_, Bars)| (session.instruments.get(*id).symbol.to_string(), bars.source().to_owned());
        Self {
            expert: session.expert.clone(),
            symbol: main.symbol.to_string(),
            timeframe: session.config.timeframe,
            sources: session.markets.iter().map(source).collect(),
            history: session.span.history(),
            capital: session.capital(),
            is_made_up: session.markets.iter().any(|(_, bars)| bars.are_made_up()),
            currency: main.settlement.to_string(),
            instruments: session.instruments.clone(),
            notes: session.notes.clone(),
        }
    }

    /// Writes down that the run begins.
    pub(crate) fn log_start(&self, log: &Logger, speed: u32) {
        let data: Vec<_> = self.sources.iter().map(|(_, source)| source.as_str()).collect();
        info!(log, "paper trading begins";
            "msgid" => "paper.started", "symbol" => &self.symbol, "timeframe" => self.timeframe.as_str(),
            "data" => data.join(" "), "speed" => speed, "history" => self.history);
    }

    /// One line on what runs.
    pub(crate) fn line(&self) -> String {
        format!("{} trades {} {} on paper", self.expert, self.symbol, self.timeframe)
    }
}

/// A finished run.
#[derive(Debug)]
pub(crate) struct PaperSummary {
    heading: Heading,
    /// Why it ended.
    reason: &'static str,
    ran: Ran<()>,
}

impl PaperSummary {
    pub(crate) fn new<J>(heading: Heading, ran: Ran<J>) -> Self {
        let reason = ran.ended.as_ref().map_or("failed", |reason| reason.as_str());
        Self { heading, reason, ran: ran.without_journal() }
    }

    /// What ended the run, if that was not meant to.
    pub(crate) fn into_failure(self) -> Option<Stopped> {
        self.ran.ended.err()
    }

    /// Balance at the end less that at the start: gains, losses and fees of what was closed, and fees of what is open.
    fn realized(&self) -> Decimal {
        self.ran.account.balance() - self.heading.capital
    }

    fn equity(&self) -> Decimal {
        self.ran.account.equity(&self.heading.instruments)
    }

    /// Writes down that the run has ended.
    pub(crate) fn log_end(&self, log: &Logger) {
        let Tally { orders, trades, .. } = self.ran.told.tally;
        info!(log, "paper trading has ended";
            "msgid" => "paper.ended", "reason" => self.reason, "bars" => self.ran.closes, "orders" => orders, "trades" => trades,
            "equity_start" => %self.heading.capital.normalize(), "equity_end" => %self.equity().normalize(),
            "realized_pnl" => %self.realized().normalize(), "open_positions" => self.ran.account.legs().count());
    }

    fn write_account(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nAccount ({})", self.heading.currency)?;
        row(f, "equity at the start", money(self.heading.capital))?;
        row(f, "equity at the end", money(self.equity()))?;
        row(f, "realised, with fees", money(self.realized()))?;
        let mut open = self.ran.account.legs().peekable();
        if open.peek().is_none() {
            return row(f, "left open", "nothing");
        }
        for (place, side, leg) in open {
            self.write_leg(f, place, side, leg)?;
        }
        Ok(())
    }

    fn write_leg(&self, f: &mut fmt::Formatter<'_>, place: usize, side: PositionSide, leg: &Leg) -> fmt::Result {
        let Some((id, instrument)) = self.heading.instruments.iter().nth(place) else { return Ok(()) };
        let price = self.ran.account.exact_mark(id).unwrap_or_default();
        let (entry, gain) = (leg.entry_price(instrument).round_dp(8).normalize(), leg.unrealized(side, price, instrument));
        let quantity = leg.quantity.normalize();
        row(f, "left open", format_args!("{side} {quantity} {} from {entry}, gain {}", instrument.symbol, money(gain)))
    }

    fn write_orders(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { orders, trades, rejected, errors } = &self.ran.told.tally;
        writeln!(f, "\nOrders")?;
        row(f, "sent", orders)?;
        row(f, "executions", trades)?;
        for (rule, count) in rejected {
            row(f, &format!("refused: {rule}"), count)?;
        }
        if *errors > 0 { row(f, "errors of handlers", errors) } else { Ok(()) }
    }
}

impl fmt::Display for PaperSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Heading { expert, symbol, timeframe, sources, history, notes, .. } = &self.heading;
        if self.heading.is_made_up {
            writeln!(f, "SYNTHETIC DATA: these prices were generated, nobody ever traded at them.\n")?;
        }
        writeln!(f, "{expert} on {symbol} {timeframe}, on paper")?;
        for (symbol, source) in sources {
            row(f, symbol, source)?;
        }
        row(f, "bars", format_args!("{}, after {history} of history", self.ran.closes))?;
        row(f, "ended", self.reason)?;
        if let Some(halt) = &self.ran.told.halt {
            row(f, "halted", halt.reason())?;
        }
        self.write_account(f)?;
        self.write_orders(f)?;
        notes.iter().try_for_each(|note| writeln!(f, "\nNote: {note}"))
    }
}

fn row(f: &mut fmt::Formatter<'_>, label: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {label:<22}  {value}")
}

/// Rounded here and nowhere before.
fn money(amount: Decimal) -> String {
    format!("{:.2}", amount.round_dp(2))
}
