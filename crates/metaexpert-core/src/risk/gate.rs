//! The gate itself: asks the rules, and keeps what they need to know.
//!
//! The rules and their order stand in [`RULES`](super::RULES), and nowhere else. Orders that only reduce pass without being asked any of
//! it, so that an expert can always get out. A rule that is off is not in the gate's list at all.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    Breach, Refusal, RiskApproved,
    closes::{Cooldown, StopGuard},
    monitor::end_of_day,
    pace::Pace,
    rules::{Entry, RULES, Rule},
    watch::{Missing, Volatility, Watch},
};
use crate::{
    Amendment, ConfigError, Instrument, InstrumentId, NewOrder, Price, Quantity, Symbol, Timeframe, Trade, UnixNanos,
    config::Config,
    feed::{Pause, PauseCause},
    portfolio::{Applied, Portfolio},
    rounding::decimal_of,
};

/// What the gate knows of the world when it judges an order.
#[derive(Debug)]
pub struct View<'a> {
    /// The time of the decision.
    pub now: UnixNanos,
    /// What is to be traded.
    pub instrument: &'a Instrument,
    /// The account as it will be when the orders sent before this one are done at their expected prices.
    pub expected: &'a Portfolio,
    /// How much of the order closes a leg; `expected` is the account after that, where the order opens something as well.
    pub closing: Decimal,
    /// What the order is expected to pay or get: the last price with slippage.
    pub price: Price,
    /// The volume of the last bar.
    pub volume: f64,
    /// How many bars of the warm-up are still to come.
    pub warmup: usize,
}

/// Judges every order. There is one for each expert.
#[derive(Debug)]
pub struct RiskGate {
    pub(super) config: Config,
    taker_fee: Decimal,
    /// Those that are on, in their order.
    rules: Vec<&'static Rule>,
    pub(super) halt: Option<Halt>,
    /// Somebody's sentence, as long as which is true no entry passes.
    pub(super) kill_switch: Option<String>,
    /// What is wrong with exchange or markets, as long as it is.
    pub(super) pauses: Vec<Pause>,
    pub(super) watch: Watch,
    pub(super) cooldown: Option<Cooldown>,
    pub(super) stop_guard: Option<StopGuard>,
    pub(super) pace: Option<Pace>,
}

/// Entries are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Halt {
    /// Why.
    pub breach: Breach,
    /// When it is over, which is when a UTC day begins; never, where a person has to resume.
    pub until: Option<UnixNanos>,
}

impl Halt {
    /// Whether it is in force at this time.
    pub fn holds(&self, now: UnixNanos) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl RiskGate {
    /// A gate with the configuration's limits. `taker_fee` is a fraction of the notional.
    pub fn new(config: Config, taker_fee: Decimal) -> Self {
        Self {
            taker_fee,
            rules: RULES.iter().filter(|rule| (rule.is_on)(&config)).collect(),
            halt: None,
            kill_switch: None,
            pauses: Vec::new(),
            watch: Watch::default(),
            cooldown: None,
            stop_guard: StopGuard::of(&config),
            pace: Pace::of(&config),
            config,
        }
    }

    /// Refuses entries from now on.
    /// A halt that a person has to end stands; one for a daily loss gives way to it.
    /// Returns the breach if it is a new reason to.
    pub fn halt(&mut self, breach: Breach, now: UnixNanos) -> Option<&Breach> {
        let is_weaker = matches!(breach, Breach::DailyLoss { .. }) && self.is_halted(now);
        let stands = self.halt.as_ref().is_some_and(|halt| halt.until.is_none());
        if is_weaker || stands {
            return None;
        }
        let until = match breach {
            Breach::Drawdown { .. } | Breach::Flattened => None,
            // Midnight belongs to the day that ends with it.
            Breach::DailyLoss { .. } => Some(end_of_day(now)),
        };
        Some(&self.halt.insert(Halt { breach, until }).breach)
    }

    /// Refuses entries for the reason that an earlier run had.
    pub(crate) fn resume(&mut self, halt: Option<Halt>) {
        self.halt = halt;
    }

    /// Why entries are refused now, where a breach is the reason.
    pub fn halted(&self, now: UnixNanos) -> Option<&Halt> {
        self.halt.as_ref().filter(|halt| halt.holds(now))
    }

    /// Refuses entries for as long as somebody says, whatever else is in force.
    pub(crate) fn switch(&mut self, kill_switch: Option<String>) {
        self.kill_switch = kill_switch;
    }

    /// Refuses entries, in one instrument or in all, for as long as something is wrong; or takes note that it is over. What was held
    /// for the same reason until now, if something was.
    pub(crate) fn pause(&mut self, pause: Pause) -> Option<Pause> {
        let Pause { instrument, cause, since } = pause;
        let held = self.pauses.iter().position(|held| (held.instrument, held.cause) == (instrument, cause));
        let held = held.map(|place| self.pauses.remove(place));
        if since.is_some() {
            self.pauses.push(pause);
        }
        held
    }

    /// What keeps entries of an instrument out, and since when; what has done so for longest.
    pub(super) fn paused(&self, instrument: InstrumentId) -> Option<(&Pause, UnixNanos)> {
        let concerns = |pause: &&Pause| pause.instrument.is_none_or(|of| of == instrument);
        self.pauses.iter().filter(concerns).filter_map(|pause| Some((pause, pause.since?))).min_by_key(|(_, since)| *since)
    }

    /// The instruments in which an execution is disputed: those of this pause, or all.
    pub(crate) fn disputed(&self, instrument: Option<InstrumentId>) -> Vec<Option<InstrumentId>> {
        let is = |pause: &&Pause| pause.cause == PauseCause::Disputed && (instrument.is_none() || pause.instrument == instrument);
        self.pauses.iter().filter(is).map(|pause| pause.instrument).collect()
    }

    /// Whether entries are refused because of a breach.
    pub fn is_halted(&self, now: UnixNanos) -> bool {
        self.halted(now).is_some()
    }

    /// Begins to keep what its rules ask for of so many instruments, of which the data has bars of this length.
    ///
    /// # Errors
    /// A length in bars that no average can have.
    pub fn watch(&mut self, feed: Timeframe, instruments: usize) -> Result<(), ConfigError> {
        self.watch = Watch::new(&self.config, feed, instruments)?;
        self.cooldown = Cooldown::of(&self.config, instruments);
        Ok(())
    }

    /// Whether any rule asks for what markets do.
    #[inline]
    pub(crate) const fn is_watching(&self) -> bool {
        self.watch.is_asked()
    }

    /// The markets that the gate keeps something of.
    pub(crate) const fn markets(&mut self) -> &mut Watch {
        &mut self.watch
    }

    /// Takes note of an execution.
    #[inline]
    pub(crate) fn see_trade(&mut self, trade: &Trade, applied: Applied) {
        if trade.opens() {
            return;
        }
        if let Some(cooldown) = self.cooldown.as_mut().filter(|_| applied.closed) {
            cooldown.close(trade.instrument, trade.time);
        }
        if let Some(guard) = &mut self.stop_guard {
            guard.see(trade);
        }
    }

    /// What a size that is worked out is multiplied by, at most 1: `volatility_target_pct` divided by the average true range,
    /// both in percent, cut to eight decimals.
    ///
    /// # Errors
    /// As long as there is no average true range.
    pub fn size_factor(&self, instrument: InstrumentId, symbol: &Symbol) -> Result<Decimal, Refusal> {
        let Some(target) = self.config.volatility_target_pct else { return Ok(Decimal::ONE) };
        let volatility = self.watch.of(instrument).and_then(|market| market.volatility.as_ref());
        let percent = volatility.map_or(Err(Missing { seen: 0, needed: self.config.volatility_period + 1 }), Volatility::percent);
        let percent = percent.map_err(|missing| missing.refusal("volatility_target_pct", symbol))?;
        let factor = decimal_of(percent).and_then(|percent| target.get().checked_div(percent)).unwrap_or(Decimal::ONE);
        Ok(factor.min(Decimal::ONE).trunc_with_scale(8))
    }

    /// Passes or refuses an order. An order that asks for as much as can be paid is cut to that.
    ///
    /// # Errors
    /// The first of the [rules](super::RULES) that refuses, with its numbers.
    pub fn check(&mut self, mut order: NewOrder, view: &View<'_>) -> Result<RiskApproved<NewOrder>, Refusal> {
        let opening = order.quantity.get() - view.closing;
        if opening.is_zero() {
            self.note_close(&order, view);
        } else {
            order.quantity = self.ask(&order, opening, view)?;
        }
        if let Some(pace) = &mut self.pace {
            pace.count(view.now);
        }
        Ok(RiskApproved::new(order))
    }

    /// Passes or refuses a change of an order that stands, by what the order is after it: `amended`, with what is still to be
    /// executed of it. `view` is the world without that order. What only takes from the quantity passes, as what only reduces does.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn check_amendment(
        &self,
        amendment: Amendment,
        standing: &NewOrder,
        amended: &NewOrder,
        view: &View<'_>,
    ) -> Result<RiskApproved<Amendment>, Refusal> {
        let opening = amended.quantity.get() - view.closing;
        let only_takes = amended.kind == standing.kind && amended.quantity <= standing.quantity;
        if !opening.is_zero() && !only_takes {
            self.ask(amended, opening, view)?;
        }
        Ok(RiskApproved::new(amendment))
    }

    /// Asks every rule that is on, in their order; the quantity that passes.
    fn ask(&self, order: &NewOrder, opening: Decimal, view: &View<'_>) -> Result<Quantity, Refusal> {
        let entry = Entry::new(order, opening, view, self.taker_fee);
        for rule in &self.rules {
            (rule.check)(self, &entry)?;
        }
        entry.quantity.ok_or_else(|| entry.lot_refusal())
    }

    /// An order that closes all that its leg holds, or all but dust, begins the cooldown when it is sent: an entry that is decided after it waits.
    fn note_close(&mut self, order: &NewOrder, view: &View<'_>) {
        let Some(cooldown) = &mut self.cooldown else { return };
        let leg = view.expected.leg(order.instrument, order.side.opened_leg().opposite());
        let lot = view.instrument.rules.lot_size;
        if leg.is_some_and(|leg| view.closing >= leg.quantity || leg.quantity - view.closing < lot) {
            cooldown.close(order.instrument, view.now);
        }
    }
}
