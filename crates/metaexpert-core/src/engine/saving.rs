//! The strategy's own state: offered to `on_init`, and written down when a handler has changed it.
//!
//! The one decision: with the state goes which bars are in it, of each symbol and timeframe. So after a restart no bar is told twice to
//! a state that has it, and none is left out because another symbol's came first. A bar counts as told when its handler is called: what
//! a crash in the midst of a handler leaves is not repeated, for an order of it may have left.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Engine, Stopped};
use crate::{
    Error, Result, UnixNanos,
    broker::Broker,
    clock::Clock,
    expert::{HandlerEvent, saved::Offered},
    feed::Feed,
    journal::{Journal, KeptState},
};

/// How long a state that ticks, books or prints have changed may wait: markets move many times a second, and each time would be a
/// write.
const OFTEN_NANOS: i64 = 1_000_000_000;

/// What is known of the saved state.
#[derive(Debug, Default)]
pub(super) struct Saving {
    /// Whether bars and changes are followed at all; not in a backtest.
    pub is_on: bool,
    /// Whether the journal takes a state.
    is_kept: bool,
    /// What an earlier run has left, until `on_init`.
    pub offered: Option<KeptState>,
    /// When the newest bar closed that each series has told.
    told: Vec<UnixNanos>,
    /// What was written last.
    written: Option<String>,
    written_at: UnixNanos,
    /// It could not be made into text the last time.
    has_failed: bool,
}

/// A state as it is written down.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    /// The symbol, the timeframe, and when the newest bar that is in it closed.
    bars: Vec<(String, String, i64)>,
    #[serde(borrow)]
    state: &'a RawValue,
}

impl Saving {
    /// Takes note of a bar that a series is about to tell; whether it was told before.
    pub(super) fn has_told(&mut self, series: usize, close: UnixNanos) -> bool {
        if series >= self.told.len() {
            self.told.resize(series + 1, UnixNanos::MIN);
        }
        let Some(told) = self.told.get_mut(series) else { return false };
        let before = *told >= close;
        *told = close.max(*told);
        before
    }
}

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// Offers `on_init` what an earlier run has saved.
    pub(super) fn offer_state(&mut self) -> Result<()> {
        let Some(kept) = &self.saving.offered else { return Ok(()) };
        let unread =
            |error| Error::Storage(format!("the saved state of expert `{}` cannot be read: {error}", self.expert_name()));
        let written: Written<'_> = serde_json::from_str(&kept.json).map_err(unread)?;
        self.program.offer(Offered { expert: self.expert_name(), json: written.state.get().to_owned() });
        Ok(())
    }

    /// After `on_init`: what it has taken is known to have been told, and what it has made is written down.
    pub(super) fn begin_saving(&mut self) -> Result<()> {
        let offered = self.saving.offered.take();
        if let Some(kept) = offered.filter(|_| self.program.took_offer()) {
            let written: Written<'_> = serde_json::from_str(&kept.json).map_err(|error| Error::Storage(error.to_string()))?;
            self.saving.is_on = true;
            for (symbol, timeframe, close) in &written.bars {
                if let Some(series) = self.series_named(symbol, timeframe) {
                    self.saving.has_told(series, UnixNanos::from_nanos(*close));
                }
            }
            self.saving.written = Some(written.state.get().to_owned());
        }
        if self.journal.keeps_state()
            && let Some(state) = self.program.snapshot()
        {
            // A state that can never be saved is found out here, and not in the night.
            let state = state?;
            (self.saving.is_on, self.saving.is_kept) = (true, true);
            if !self.is_history {
                self.write_state(state)?;
            }
        }
        Ok(())
    }

    /// After a handler, before what it has sent leaves.
    pub(super) fn save_after(&mut self, event: &HandlerEvent<'_>) -> Result<(), Stopped> {
        match event {
            HandlerEvent::Tick { .. } | HandlerEvent::PublicTrade { .. } => self.save_often(),
            // The journal has it, and it is not told again: in history, what bars have made of the state goes along.
            HandlerEvent::Order(_)
            | HandlerEvent::Trade(_)
            | HandlerEvent::Transaction(..)
            | HandlerEvent::Position(_)
            | HandlerEvent::Account(_)
            | HandlerEvent::Funding(_) => self.save_now(),
            _ => self.save_state(),
        }
    }

    /// After a handler of ticks, books or prints: not each time, unless it has sent something.
    pub(super) fn save_often(&mut self) -> Result<(), Stopped> {
        let waits = !self.context.desk.has_output();
        if waits && self.context.now().nanos_since(self.saving.written_at) < OFTEN_NANOS {
            return Ok(());
        }
        self.save_state()
    }

    /// Writes the state down, if it has changed. What bars of history have made of it is written when that is over: until then it can be
    /// made again.
    pub(super) fn save_state(&mut self) -> Result<(), Stopped> {
        if self.is_history { Ok(()) } else { self.save_now() }
    }

    fn save_now(&mut self) -> Result<(), Stopped> {
        if !self.saving.is_kept {
            return Ok(());
        }
        match self.program.snapshot() {
            None => Ok(()),
            Some(Ok(state)) => {
                self.saving.has_failed = false;
                Ok(self.write_state(state)?)
            }
            Some(Err(error)) => self.tell_of_unsaved(&error),
        }
    }

    fn write_state(&mut self, state: String) -> Result<()> {
        self.saving.written_at = self.context.now();
        if self.saving.written.as_ref() == Some(&state) {
            return Ok(());
        }
        let told = self.saving.told.iter().enumerate().filter(|(_, close)| **close > UnixNanos::MIN);
        let bars = told.filter_map(|(series, close)| {
            let (instrument, timeframe) = self.routes.subject_of(series)?;
            let symbol = self.context.desk.instruments.get(instrument).symbol.to_string();
            Some((symbol, timeframe.as_str().to_owned(), close.as_nanos()))
        });
        let unwritten = |error: serde_json::Error| Error::Storage(error.to_string());
        let raw: &RawValue = serde_json::from_str(&state).map_err(unwritten)?;
        let json = serde_json::to_string(&Written { bars: bars.collect(), state: raw }).map_err(unwritten)?;
        self.journal.state(&KeptState { json, time: self.context.now() })?;
        self.saving.written = Some(state);
        Ok(())
    }

    /// Told once, until it works again: what was saved before stays.
    fn tell_of_unsaved(&mut self, error: &Error) -> Result<(), Stopped> {
        if std::mem::replace(&mut self.saving.has_failed, true) {
            return Ok(());
        }
        self.context.desk.log.state_unsaved(error);
        self.tell_of_error(error)
    }

    fn series_named(&self, symbol: &str, timeframe: &str) -> Option<usize> {
        let is = |series: usize| {
            let (instrument, of) = self.routes.subject_of(series)?;
            let named = self.context.desk.instruments.get(instrument).symbol.to_string() == symbol && of.as_str() == timeframe;
            named.then_some(series)
        };
        (0..self.context.series.len()).find_map(is)
    }

    fn expert_name(&self) -> String {
        let config = &self.context.desk.config;
        config.strategy_name.clone().unwrap_or_else(|| config.strategy_id.to_string())
    }
}
