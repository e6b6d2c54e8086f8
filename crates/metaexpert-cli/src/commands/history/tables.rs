//! What is written of a journal: orders, trades, fees, profit by day.

use std::{io, iter::Peekable};

use metaexpert_core::{Currency, Symbol, UnixNanos};
use metaexpert_store::{
    StoreError,
    history::{ChargeLine, FundingLine, History, Period, TradeLine},
};
use rust_decimal::Decimal;
use serde::Serialize;

use super::writing::Writer;
use crate::command_line::FileFormat;

/// What is written into one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Orders,
    Trades,
    Fees,
    Pnl,
}

/// Why it is not written.
#[derive(Debug)]
pub(super) enum Failure {
    /// The journal cannot be read.
    Unread(StoreError),
    /// The file cannot be written.
    Unwritten(io::Error),
}

/// Something that was paid or received besides the price of a trade.
#[derive(Debug, Serialize)]
struct FeeLine {
    time: UnixNanos,
    /// `trading_fee`, `funding`, `interest`, `insurance`, `transfer`.
    what: &'static str,
    symbol: Option<Symbol>,
    /// The execution that a trading fee belongs to.
    trade: Option<String>,
    /// How much came in; negative where it was paid.
    amount: String,
    currency: Currency,
}

impl Table {
    /// Its name in those of files.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Trades => "trades",
            Self::Fees => "fees",
            Self::Pnl => "pnl",
        }
    }

    /// The names of its columns, for a file without lines.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Orders => &[
                "time",
                "order",
                "venue_name",
                "symbol",
                "side",
                "kind",
                "time_in_force",
                "effect",
                "position_side",
                "quantity",
                "price",
                "trigger",
                "reason",
                "status",
                "filled",
                "since",
            ],
            Self::Trades => &[
                "time",
                "trade",
                "symbol",
                "order",
                "side",
                "position_side",
                "price",
                "quantity",
                "value",
                "realized",
                "currency",
                "fee",
                "fee_currency",
                "liquidity",
                "reason",
            ],
            Self::Fees => &["time", "what", "symbol", "trade", "amount", "currency"],
            Self::Pnl => &[
                "day",
                "symbol",
                "currency",
                "trades",
                "volume",
                "realized",
                "fees",
                "funding",
                "charges",
                "transfers",
                "profit",
            ],
        }
    }

    /// Writes it; returns how many lines it has.
    pub(super) fn write(
        self,
        history: &History,
        period: Period,
        format: FileFormat,
        file: &mut dyn io::Write,
    ) -> Result<u64, Failure> {
        let mut writer = Writer::begin(format, self.columns(), file)?;
        match self {
            Self::Orders => writer.all(history.orders(period))?,
            Self::Trades => writer.all(history.trades(period))?,
            Self::Fees => writer.all(fees(history, period))?,
            Self::Pnl => writer.all(history.days(period)?.into_iter().map(Ok))?,
        }
        writer.end()
    }
}

/// In the order of their times, whatever they are.
fn fees(history: &History, period: Period) -> impl Iterator<Item = Result<FeeLine, StoreError>> {
    let trading = history.trades(period).map(|line| line.map(FeeLine::of_trade));
    let funding = history.fundings(period).map(|line| line.map(FeeLine::of_funding));
    let charges = history.charges(period).map(|line| line.map(FeeLine::of_charge));
    Merged { first: Merged { first: trading.peekable(), second: funding.peekable() }.peekable(), second: charges.peekable() }
}

/// Two rows of lines as one, by time; an error comes as soon as it is there.
struct Merged<A: Iterator, B: Iterator> {
    first: Peekable<A>,
    second: Peekable<B>,
}

type Read = Result<FeeLine, StoreError>;

impl<A: Iterator<Item = Read>, B: Iterator<Item = Read>> Iterator for Merged<A, B> {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        let time = |line: Option<&Read>| line.map(|line| line.as_ref().ok().map(|line| line.time));
        match (time(self.first.peek()), time(self.second.peek())) {
            (Some(first), Some(second)) if second < first => self.second.next(),
            (Some(_), _) => self.first.next(),
            (None, _) => self.second.next(),
        }
    }
}

impl FeeLine {
    fn of_trade(line: TradeLine) -> Self {
        let TradeLine { time, trade, symbol, fee, fee_currency, .. } = line;
        Self {
            time,
            what: "trading_fee",
            symbol: Some(symbol),
            trade: Some(trade.to_string()),
            amount: plain(-fee),
            currency: fee_currency,
        }
    }

    fn of_funding(line: FundingLine) -> Self {
        let FundingLine { time, symbol, amount, currency, .. } = line;
        Self { time, what: "funding", symbol: Some(symbol), trade: None, amount: plain(amount), currency }
    }

    fn of_charge(line: ChargeLine) -> Self {
        let ChargeLine { time, cause, amount, currency } = line;
        Self { time, what: cause.as_str(), symbol: None, trade: None, amount: plain(amount), currency }
    }
}

fn plain(amount: Decimal) -> String {
    amount.normalize().to_string()
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Unread(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Unwritten(error)
    }
}
