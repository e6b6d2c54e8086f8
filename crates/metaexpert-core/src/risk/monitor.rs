//! Watches equity for `max_drawdown_pct` and `daily_loss_limit`.
//!
//! It looks at a float first and computes exactly only where that is near a limit or a new peak, so that a bar costs a few
//! comparisons.

use rust_decimal::Decimal;

use crate::{Instruments, UnixNanos, config::Config, portfolio::Portfolio, rounding::float_of};

/// A limit that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// `max_drawdown_pct`: halted until a person resumes.
    Drawdown {
        /// Equity's peak.
        peak: Decimal,
        /// Equity now.
        equity: Decimal,
    },
    /// `daily_loss_limit`: halted until the next UTC day.
    DailyLoss {
        /// Equity at the start of the UTC day.
        start: Decimal,
        /// Equity now.
        equity: Decimal,
    },
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
        }
    }
}

impl Breach {
    /// Until when entries are refused, as the rest of a sentence.
    pub const fn until(&self) -> &'static str {
        match self {
            Self::Drawdown { .. } => "until a person resumes",
            Self::DailyLoss { .. } => "until the next UTC day",
        }
    }
}

/// Equity's peak and the day's start, against the two limits.
#[derive(Debug, Clone)]
pub struct Monitor {
    /// Share of the peak that is left when the drawdown limit is reached.
    floor: Option<Decimal>,
    daily_loss: Option<Decimal>,
    peak: Decimal,
    day: Option<i64>,
    day_start: Decimal,
    last: Decimal,
}

/// Floats are computed from exact decimals by a handful of operations: far closer than this.
const NEAR: f64 = 1e-9;

impl Monitor {
    /// A monitor of the configuration's limits.
    pub fn new(config: &Config) -> Self {
        Self {
            floor: config.max_drawdown_pct.map(|limit| Decimal::ONE - limit.fraction()),
            daily_loss: config.daily_loss_limit,
            peak: config.initial_capital,
            day: None,
            day_start: config.initial_capital,
            last: config.initial_capital,
        }
    }

    /// Whether there is a limit to watch at all.
    pub const fn is_watching(&self) -> bool {
        self.floor.is_some() || self.daily_loss.is_some()
    }

    /// The UTC day that a moment closes: midnight belongs to the day that ends with it.
    fn day_of(time: UnixNanos) -> i64 {
        time.saturating_add_nanos(-1).utc_day()
    }

    /// Looks at the equity after the prices of `time`; the limit that it has reached, if any.
    pub fn observe(&mut self, time: UnixNanos, portfolio: &Portfolio, instruments: &Instruments) -> Option<Breach> {
        let day = Self::day_of(time);
        if self.daily_loss.is_some() && self.day != Some(day) {
            self.day = Some(day);
            self.day_start = self.last;
        }
        let about = portfolio.approximate_equity();
        let margin = about.abs() * NEAR;
        let near_peak = about + margin >= float_of(self.peak);
        let near_floor = self.floor.is_some_and(|floor| about - margin <= float_of(self.peak * floor));
        let near_loss = self.daily_loss.is_some_and(|limit| about - margin <= float_of(self.day_start - limit));
        // The day's start is the equity at the last bar of the day before, so that each bar's must be known exactly.
        if !(near_peak || near_floor || near_loss || self.daily_loss.is_some()) {
            return None;
        }
        let equity = portfolio.equity(instruments);
        self.last = equity;
        self.peak = self.peak.max(equity);
        if self.floor.is_some_and(|floor| equity <= self.peak * floor) {
            return Some(Breach::Drawdown { peak: self.peak, equity });
        }
        let lost = self.daily_loss.is_some_and(|limit| self.day_start - equity >= limit);
        lost.then_some(Breach::DailyLoss { start: self.day_start, equity })
    }
}
