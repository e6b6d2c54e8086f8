//! Watches equity for `max_drawdown_pct` and `daily_loss_limit`.
//!
//! It looks at a float first and computes exactly only where that is near a limit or a new peak, so that a bar costs a few
//! comparisons.

use rust_decimal::Decimal;

use serde::{Deserialize, Serialize};

use super::RiskState;
use crate::{Instruments, Timeframe, UnixNanos, config::Config, portfolio::Portfolio, rounding::float_of};

/// Why entries are refused: a limit that was reached, or a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", deny_unknown_fields)]
pub enum Breach {
    /// `max_drawdown_pct`: halted until a person resumes.
    #[serde(rename = "max_drawdown_pct")]
    Drawdown {
        /// Equity's peak.
        peak: Decimal,
        /// Equity now.
        equity: Decimal,
    },
    /// `daily_loss_limit`: halted until the next UTC day.
    #[serde(rename = "daily_loss_limit")]
    DailyLoss {
        /// Equity at the start of the UTC day.
        start: Decimal,
        /// Equity now.
        equity: Decimal,
    },
    /// Somebody had everything closed: halted until a person resumes.
    #[serde(rename = "flatten")]
    Flattened,
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Drawdown { peak, equity } => {
                write!(f, "max_drawdown_pct is reached: equity {} after a peak of {}", equity.normalize(), peak.normalize())
            }
            Self::DailyLoss { start, equity } => {
                write!(
                    f,
                    "daily_loss_limit is reached: equity {}, {} at the start of the day",
                    equity.normalize(),
                    start.normalize()
                )
            }
            Self::Flattened => f.write_str("somebody had everything closed"),
        }
    }
}

impl Breach {
    /// Until when entries are refused, as the rest of a sentence.
    pub const fn until(&self) -> &'static str {
        match self {
            Self::Drawdown { .. } | Self::Flattened => "until a person resumes",
            Self::DailyLoss { .. } => "until the next UTC day",
        }
    }
}

/// When the UTC day of this time ends. Midnight belongs to the day that ends with it.
pub(super) const fn end_of_day(time: UnixNanos) -> UnixNanos {
    Timeframe::D1.open_of(time.saturating_add_nanos(-1)).saturating_add_nanos(Timeframe::D1.nanos())
}

/// Equity's peak and the day's start, against the two limits.
#[derive(Debug, Clone)]
pub struct Monitor {
    /// Share of the peak that is left when the drawdown limit is reached.
    floor: Option<Decimal>,
    daily_loss: Option<Decimal>,
    peak: Decimal,
    day_start: Decimal,
    day_end: UnixNanos,
    /// As long as equity stays between these, there is neither a new peak nor a limit near.
    quiet: (f64, f64),
}

/// Floats are computed from exact decimals by a handful of operations: far closer than this, as a fraction.
const NEAR: f64 = 1e-9;

impl Monitor {
    /// A monitor of the configuration's limits.
    pub fn new(config: &Config) -> Self {
        let mut monitor = Self {
            floor: config.max_drawdown_pct.map(|limit| Decimal::ONE - limit.fraction()),
            daily_loss: config.daily_loss_limit,
            peak: config.initial_capital,
            day_start: config.initial_capital,
            day_end: UnixNanos::MIN,
            quiet: (0.0, 0.0),
        };
        monitor.settle();
        monitor
    }

    /// Goes on from where an earlier run was.
    pub(crate) fn resume(&mut self, state: &RiskState) {
        (self.peak, self.day_start, self.day_end) = (state.peak, state.day_start, state.day_end);
        self.settle();
    }

    /// Begins anew with this equity.
    pub(crate) fn begin_with(&mut self, equity: Decimal) {
        (self.peak, self.day_start) = (equity, equity);
        self.settle();
    }

    /// Money came in or was taken out, which is neither gain nor loss: the drawdown stays the same in percent, the day's loss the same
    /// in money. `equity` is that before, in the settlement currency as `amount`.
    pub(crate) fn transfer(&mut self, amount: Decimal, equity: Decimal) {
        let after = equity + amount;
        let scaled = || self.peak.checked_div(equity)?.checked_mul(after);
        let is_sound = equity > Decimal::ZERO && after > Decimal::ZERO;
        self.peak = is_sound.then(scaled).flatten().unwrap_or(self.peak + amount).max(after);
        self.day_start += amount;
        self.settle();
    }

    /// The running peak, the equity that the UTC day began with, and when that day ends.
    pub(crate) const fn measured_from(&self) -> (Decimal, Decimal, UnixNanos) {
        (self.peak, self.day_start, self.day_end)
    }

    /// Whether there is a limit to watch at all.
    #[inline]
    pub const fn is_watching(&self) -> bool {
        self.floor.is_some() || self.daily_loss.is_some()
    }

    /// Before anything of the time up to `close` happens: where a UTC day begins, the equity it begins with is kept. Midnight
    /// belongs to the day that ends with it.
    #[inline]
    pub fn begin(&mut self, close: UnixNanos, portfolio: &Portfolio, instruments: &Instruments) {
        if close > self.day_end {
            self.day_end = end_of_day(close);
            self.day_start = portfolio.equity(instruments);
            self.settle();
        }
    }

    /// Looks at the equity after the newest prices; the limit that it has reached, if any.
    #[inline]
    pub fn observe(&mut self, portfolio: &Portfolio, instruments: &Instruments) -> Option<Breach> {
        let about = portfolio.approximate_equity();
        if about > self.quiet.0 && about < self.quiet.1 { None } else { self.look(portfolio.equity(instruments)) }
    }

    fn look(&mut self, equity: Decimal) -> Option<Breach> {
        if equity > self.peak {
            self.peak = equity;
            self.settle();
        }
        if self.floor.is_some_and(|floor| equity <= self.peak * floor) {
            return Some(Breach::Drawdown { peak: self.peak, equity });
        }
        let lost = self.daily_loss.is_some_and(|limit| self.day_start - equity >= limit);
        lost.then_some(Breach::DailyLoss { start: self.day_start, equity })
    }

    fn settle(&mut self) {
        let floor = self.floor.map_or(f64::NEG_INFINITY, |floor| float_of(self.peak * floor));
        let loss = self.daily_loss.map_or(f64::NEG_INFINITY, |limit| float_of(self.day_start - limit));
        let near = float_of(self.peak) * NEAR;
        self.quiet = (floor.max(loss) + near, float_of(self.peak) - near);
    }
}
