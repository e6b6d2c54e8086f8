//! What the next run has to know of this one: how deep the drawdown is, what the day has lost, and whether entries are refused.
//!
//! The one decision: it is told of when it has changed by something that matters, not with every price, so that whoever writes it
//! down can do so at once and may take his time. After a crash what is written is no further off than that. Nothing is written here.

use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use super::{Breach, Halt, Monitor};
use crate::{
    UnixNanos,
    config::{Config, TradeMode},
    context::Desk,
    rounding::float_of,
};

/// What `max_drawdown_pct` and `daily_loss_limit` are measured from, and whether entries are refused.
///
/// ```
/// use metaexpert_core::{UnixNanos, risk::RiskState};
/// use rust_decimal::dec;
/// let day_end = UnixNanos::parse("2024-03-05").unwrap();
/// let kept = RiskState { equity: dec!(9000), peak: dec!(10000), day_start: dec!(9200), day_end, halt: None };
/// // The next run begins with 5000: it is 10 % below its peak, and has lost 200 today.
/// let carried = kept.carried_to(day_end, dec!(5000));
/// assert_eq!((carried.peak.round_dp(2), carried.day_start), (dec!(5555.56), dec!(5200)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskState {
    /// Equity, in the settlement currency as all of these.
    pub equity: Decimal,
    /// Its running peak.
    pub peak: Decimal,
    /// What it was when the UTC day began.
    pub day_start: Decimal,
    /// When that day ends.
    pub day_end: UnixNanos,
    /// Why entries are refused, where they are.
    pub halt: Option<Halt>,
}

/// How a [`RiskState`] is written down, with the version of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "version")]
pub enum WrittenRisk {
    /// The first way.
    #[serde(rename = "1")]
    V1(RiskState),
}

impl WrittenRisk {
    /// The name of the file that a run keeps in its `state_dir`. It is named as the journal is, by mode and venue: each of those has an
    /// account of its own, and the peak of one says nothing of another.
    ///
    /// ```
    /// use metaexpert_core::{config::TradeMode, risk::WrittenRisk};
    /// assert_eq!(WrittenRisk::file(TradeMode::Live, "binance usdm"), "risk-live-binance-usdm.json");
    /// ```
    pub fn file(mode: TradeMode, venue: &str) -> String {
        format!("risk-{mode}-{}.json", venue.replace(' ', "-"))
    }

    /// The name that it had when all venues of a mode shared one.
    pub fn file_of_all_venues(mode: TradeMode) -> String {
        format!("risk-{mode}.json")
    }

    /// What was written down.
    pub fn into_state(self) -> RiskState {
        let Self::V1(state) = self;
        state
    }
}

impl RiskState {
    /// The same for a run that begins at `now` with `equity`: as many percent below the peak, and with the same loss of the same
    /// day. What was paid in or out between the runs, and a paper account that begins anew, is neither gain nor loss. A halt
    /// that is over by then is gone.
    #[must_use]
    pub fn carried_to(self, now: UnixNanos, equity: Decimal) -> Self {
        let scaled = |peak: Decimal| Some(peak.checked_div(self.equity)?.checked_mul(equity)?.max(equity));
        let is_sound = self.equity > Decimal::ZERO && self.peak > self.equity;
        Self {
            equity,
            peak: if is_sound { scaled(self.peak).unwrap_or(equity) } else { equity },
            day_start: equity + (self.day_start - self.equity),
            day_end: self.day_end,
            halt: self.halt.filter(|halt| halt.holds(now)),
        }
    }

    /// The same after a person has said that trading may go on: no halt, and drawdown and the day's loss count from here.
    #[must_use]
    pub fn resumed(self) -> Self {
        Self { peak: self.equity, day_start: self.equity, halt: None, ..self }
    }

    /// How far equity is below its peak, as a fraction of it.
    fn drawdown(&self) -> Decimal {
        (self.peak - self.equity).checked_div(self.peak).unwrap_or_default()
    }

    /// What the day has lost; negative where it has gained.
    fn loss(&self) -> Decimal {
        self.day_start - self.equity
    }
}

/// Notices when the state of the limits is worth telling.
#[derive(Debug)]
pub(crate) struct Keeper {
    /// What was told last, or what the run began with.
    told: RiskState,
    /// What drawdown, and the peak, change by until they are told again, as fractions.
    drawdown_step: Decimal,
    loss_step: Decimal,
    /// As long as equity stays between these, none of them can have changed by that much.
    quiet: (f64, f64),
}

/// Of a limit: what a crash may lose of what was measured.
const STEP_OF_LIMIT: Decimal = dec!(0.01);
/// Of equity, where there is no limit that somebody could come near.
const STEP: Decimal = dec!(0.001);
/// Of a step: a peak that rises with equity changes what the drawdown is a fraction of.
const HALF: Decimal = dec!(0.5);

impl Keeper {
    /// One that knows what the run begins with.
    pub(crate) fn new(config: &Config, begun_with: RiskState) -> Self {
        let drawdown_step = config.max_drawdown_pct.map_or(STEP, |limit| limit.fraction() * STEP_OF_LIMIT);
        let loss_step = config.daily_loss_limit.map_or(begun_with.equity * STEP, |limit| limit * STEP_OF_LIMIT);
        let mut keeper = Self { told: begun_with, drawdown_step, loss_step, quiet: (0.0, 0.0) };
        keeper.settle();
        keeper
    }

    /// The state now, if it is worth telling. A float is looked at first, so that a price costs a few comparisons.
    #[inline]
    pub(crate) fn news(&mut self, monitor: &Monitor, desk: &Desk, now: UnixNanos) -> Option<&RiskState> {
        let about = desk.portfolio.approximate_equity();
        if about > self.quiet.0 && about < self.quiet.1 && desk.gate.halted(now) == self.told.halt.as_ref() {
            return None;
        }
        let state = state(monitor, desk, now);
        self.is_news(&state).then(|| self.tell(state))
    }

    /// The state at the end of a run, if it is another one than was told.
    pub(crate) fn last_news(&mut self, monitor: &Monitor, desk: &Desk, now: UnixNanos) -> Option<&RiskState> {
        let state = state(monitor, desk, now);
        // A new day alone changes nothing.
        let is_same = RiskState { day_end: self.told.day_end, ..state.clone() } == self.told;
        (!is_same).then(|| self.tell(state))
    }

    fn tell(&mut self, state: RiskState) -> &RiskState {
        self.told = state;
        self.settle();
        &self.told
    }

    fn settle(&mut self) {
        let step = self.loss_step.min(self.told.peak * self.drawdown_step) * HALF;
        self.quiet = (float_of(self.told.equity - step), float_of(self.told.equity + step));
    }

    fn is_news(&self, state: &RiskState) -> bool {
        state.halt != self.told.halt
            || (state.drawdown() - self.told.drawdown()).abs() >= self.drawdown_step
            || (state.loss() - self.told.loss()).abs() >= self.loss_step
            || state.peak - self.told.peak >= self.told.peak * self.drawdown_step
    }
}

fn state(monitor: &Monitor, desk: &Desk, now: UnixNanos) -> RiskState {
    let equity = desk.portfolio.equity(&desk.instruments);
    let (peak, day_start, day_end) = monitor.measured_from();
    RiskState { equity, peak: peak.max(equity), day_start, day_end, halt: desk.gate.halted(now).cloned() }
}

impl Halt {
    /// Why entries are refused and until when, as a sentence.
    pub fn reason(&self) -> String {
        format!("new entries are refused {}: {}", self.breach.until(), self.breach)
    }

    /// Whether only a person can end it.
    pub const fn needs_a_person(&self) -> bool {
        match self.breach {
            Breach::Drawdown { .. } | Breach::Flattened => true,
            Breach::DailyLoss { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(equity: Decimal, peak: Decimal, day_start: Decimal) -> RiskState {
        RiskState { equity, peak, day_start, day_end: UnixNanos::parse("2024-03-05").unwrap(), halt: None }
    }

    #[test]
    fn an_account_that_begins_anew_keeps_its_drawdown_in_percent_and_the_days_loss_in_money() {
        let now = UnixNanos::parse("2024-03-04T12:00:00Z").unwrap();
        for (kept, equity, peak, day_start) in [
            ((dec!(8000), dec!(10000), dec!(8500)), dec!(10000), dec!(12500), dec!(10500)),
            ((dec!(8000), dec!(10000), dec!(7500)), dec!(4000), dec!(5000), dec!(3500)),
            ((dec!(12000), dec!(12000), dec!(12000)), dec!(10000), dec!(10000), dec!(10000)),
            // Nothing sensible can be said of what was lost altogether.
            ((dec!(-5), dec!(10000), dec!(0)), dec!(10000), dec!(10000), dec!(10005)),
        ] {
            let carried = state(kept.0, kept.1, kept.2).carried_to(now, equity);
            assert_eq!((carried.equity, carried.peak, carried.day_start), (equity, peak, day_start), "{kept:?}");
        }
    }

    #[test]
    fn a_halt_is_carried_as_long_as_it_holds() {
        let midnight = UnixNanos::parse("2024-03-05").unwrap();
        let for_a_day = Halt { breach: Breach::DailyLoss { start: dec!(10), equity: dec!(9) }, until: Some(midnight) };
        let for_good = Halt { breach: Breach::Flattened, until: None };
        for (halt, later, holds) in [(&for_a_day, -1, true), (&for_a_day, 0, false), (&for_good, i64::MAX, true)] {
            let kept = RiskState { halt: Some(halt.clone()), ..state(dec!(9), dec!(10), dec!(10)) };
            let carried = kept.clone().carried_to(midnight.saturating_add_nanos(later), dec!(9));
            assert_eq!(carried.halt.is_some(), holds, "{halt:?} {later}");
            assert_eq!(kept.resumed(), state(dec!(9), dec!(9), dec!(9)));
        }
    }

    #[test]
    fn a_hundredth_of_a_limit_is_news_and_less_is_not() {
        let config = Config {
            max_drawdown_pct: Some(crate::Percent::new(dec!(20))),
            daily_loss_limit: Some(dec!(500)),
            ..Config::default()
        };
        // A drawdown of 0.2 %, a loss of 5, a peak that is 0.2 % higher.
        let keeper = Keeper::new(&config, state(dec!(10000), dec!(10000), dec!(10000)));
        for (equity, peak, day_start, is_news) in [
            (dec!(9980.01), dec!(10000), dec!(9980.01), false),
            (dec!(9980), dec!(10000), dec!(9980), true),
            (dec!(9995.01), dec!(10000), dec!(10000), false),
            (dec!(9995), dec!(10000), dec!(10000), true),
            (dec!(10019.99), dec!(10019.99), dec!(10019.99), false),
            (dec!(10020), dec!(10020), dec!(10020), true),
        ] {
            assert_eq!(keeper.is_news(&state(equity, peak, day_start)), is_news, "{equity}");
        }
        let halt = Some(Halt { breach: Breach::Flattened, until: None });
        assert!(keeper.is_news(&RiskState { halt, ..state(dec!(10000), dec!(10000), dec!(10000)) }));
    }
}
