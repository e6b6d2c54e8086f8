//! What a finished backtest hands to the report: what was asked, on which bars, and every execution.

use std::{collections::BTreeMap, sync::Arc};

use metaexpert_core::{Charge, Currency, Funding, InstrumentId, Instruments, Symbol, Timeframe, Trade, UnixNanos};
use metaexpert_data::BarSeries;
use rust_decimal::Decimal;

/// Funding that was settled, and where it stands among the executions.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// How many executions had happened before.
    pub after: usize,
    /// For which instrument.
    pub instrument: InstrumentId,
    /// What was settled.
    pub funding: Funding,
}

/// A charge that was booked, and where it stands among the executions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// How many executions had happened before.
    pub after: usize,
    /// What was booked, in the currency of the run.
    pub charge: Charge,
}

/// A finished backtest. Everything that a report says follows from it.
#[derive(Debug, Clone)]
pub struct Run {
    /// The expert's name.
    pub expert: String,
    /// The timeframe of the bars that drove the run.
    pub timeframe: Timeframe,
    /// The main symbol.
    pub symbol: Symbol,
    /// Every instrument that was traded or watched.
    pub instruments: Instruments,
    /// The bars of each instrument, one series an instrument. Shared, since the passes of an optimisation run over the same.
    pub series: Vec<(InstrumentId, Arc<BarSeries>)>,
    /// The effective configuration, in the order of its declaration; without what must not change a report (its path).
    pub config: Vec<(String, String)>,
    /// The expert's inputs, in the order of their declaration.
    pub inputs: Vec<(String, String)>,
    /// What the account started with.
    pub initial_capital: Decimal,
    /// The currency of capital, profit and fees.
    pub currency: Currency,
    /// Every execution, in the order of execution.
    pub trades: Vec<Trade>,
    /// Every settlement of funding, in the order of settlement.
    pub fundings: Vec<Settled>,
    /// Interest, transfers and what the insurance paid, in the order of booking.
    pub charges: Vec<Charged>,
    /// Orders that the expert sent and the gate passed.
    pub orders: u64,
    /// Orders that were refused by the gate or the venue, by rule.
    pub rejected: BTreeMap<&'static str, u64>,
    /// Errors that handlers returned.
    pub errors: u64,
    /// What `#[on_backtest]` returned, where the expert has one.
    pub criterion: Option<f64>,
    /// What a reader of the report must know, in sentences: `no funding series was given: funding is zero`.
    pub notes: Vec<String>,
}

impl Run {
    /// The bars of the main symbol; of the first one where the main symbol has none.
    pub fn main_series(&self) -> Option<&BarSeries> {
        let main = self.series.iter().find(|(id, _)| self.instruments.get(*id).symbol == self.symbol);
        main.or(self.series.first()).map(|(_, series)| series.as_ref())
    }

    /// When the first bar of any series opened; `None` without bars.
    pub fn start(&self) -> Option<UnixNanos> {
        self.series.iter().filter_map(|(_, series)| series.bars.first()).map(|bar| bar.time).min()
    }

    /// When the last bar of any series closed; `None` without bars.
    pub fn end(&self) -> Option<UnixNanos> {
        self.series.iter().filter_map(|(_, series)| series.bars.last().map(|bar| closing_time(series, bar.time))).max()
    }
}

/// When the bar of `series` that opened at `open` closed.
pub(crate) fn closing_time(series: &BarSeries, open: UnixNanos) -> UnixNanos {
    open.saturating_add_nanos(series.timeframe.nanos())
}
