//! What the gate keeps of closed positions: the last close of each symbol, and the last protective stops.
//!
//! The one decision: bars are counted as time, in lengths of `timeframe` from the beginning of the bar that something happened
//! in. So neither a gap nor the symbols that an expert trades change what `n` bars are.

use std::collections::VecDeque;

use crate::{InstrumentId, PositionSide, Reason, Timeframe, Trade, UnixNanos, config::Config};

/// The time when `bars` whole bars after the bar of `time` have ended.
fn end_of_bars_after(timeframe: Timeframe, time: UnixNanos, bars: u32) -> UnixNanos {
    let bars = i64::from(bars).saturating_add(1);
    timeframe.open_of(time).saturating_add_nanos(bars.saturating_mul(timeframe.nanos()))
}

/// `cooldown_bars`: when each symbol was closed last.
#[derive(Debug)]
pub(super) struct Cooldown {
    pub bars: u32,
    timeframe: Timeframe,
    closed: Vec<Option<UnixNanos>>,
}

impl Cooldown {
    pub(super) fn of(config: &Config, instruments: usize) -> Option<Self> {
        let bars = config.cooldown_bars?;
        Some(Self { bars, timeframe: config.timeframe, closed: vec![None; instruments] })
    }

    /// A leg was closed, or an order that closes it has passed.
    pub(super) fn close(&mut self, instrument: InstrumentId, time: UnixNanos) {
        if let Some(closed) = self.closed.get_mut(instrument.index()) {
            *closed = Some(time);
        }
    }

    /// When the symbol was closed and when entries pass again, where that is still to come.
    pub(super) fn rest(&self, instrument: InstrumentId, now: UnixNanos) -> Option<(UnixNanos, UnixNanos)> {
        let closed = (*self.closed.get(instrument.index())?)?;
        let until = end_of_bars_after(self.timeframe, closed, self.bars);
        (now < until).then_some((closed, until))
    }
}

/// `stop_guard_count` and `stop_guard_bars`: the last protective stops of all symbols.
#[derive(Debug)]
pub(super) struct StopGuard {
    pub count: u32,
    pub bars: u32,
    timeframe: Timeframe,
    stops: VecDeque<UnixNanos>,
    /// Executions of one leg at one moment are one stop.
    last: Option<(InstrumentId, PositionSide, UnixNanos)>,
    until: Option<UnixNanos>,
}

impl StopGuard {
    pub(super) fn of(config: &Config) -> Option<Self> {
        let (count, bars) = (config.stop_guard_count?, config.stop_guard_bars?);
        let stops = VecDeque::with_capacity(usize::try_from(count).ok()?);
        Some(Self { count, bars, timeframe: config.timeframe, stops, last: None, until: None })
    }

    /// Takes note of a trade that closed something.
    pub(super) fn see(&mut self, trade: &Trade) {
        let is_stop = match trade.reason {
            Reason::StopLoss | Reason::TrailingStop | Reason::Breakeven | Reason::Liquidation => true,
            Reason::Signal | Reason::TakeProfit | Reason::RiskHalt | Reason::Expiry | Reason::EndOfData => false,
        };
        let leg = Some((trade.instrument, trade.position_side, trade.time));
        if !is_stop || self.last == leg {
            return;
        }
        self.last = leg;
        if self.stops.len() >= self.count as usize {
            self.stops.pop_front();
        }
        self.stops.push_back(trade.time);
        let first = self.stops.front().copied().filter(|_| self.stops.len() >= self.count as usize);
        let span = i64::from(self.bars).saturating_mul(self.timeframe.nanos());
        let of_bar = |time| self.timeframe.open_of(time);
        if first.is_some_and(|first| of_bar(trade.time).nanos_since(of_bar(first)) < span) {
            self.until = Some(end_of_bars_after(self.timeframe, trade.time, self.bars));
        }
    }

    /// When entries pass again, where that is still to come.
    pub(super) fn halt(&self, now: UnixNanos) -> Option<UnixNanos> {
        self.until.filter(|until| now < *until)
    }
}
