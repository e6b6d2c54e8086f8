//! The gate itself: a fixed order of rules, each of which can refuse.
//!
//! Order (design, section 6): warm-up, halted, filters (hours, days, volume), position limits, what can be paid for (of orders
//! that take less), the largest quantity, size limits, minimum notional, margin. The lot is asked where the order is sized,
//! before all of them. Orders that only reduce pass without being asked any of it, so that an expert can always get out.

use rust_decimal::{Decimal, dec};

use super::{Breach, Refusal, RiskApproved};
use crate::{
    Fitting, Instrument, NewOrder, Price, UnixNanos,
    config::{Config, DaySet},
    portfolio::Portfolio,
    rounding::decimal_of,
    sizing::{affordable, needed_times},
};

/// The largest position, in contracts and in base currency, and the largest value of one, in quote currency. A decimal holds
/// 7.9e28; this leaves room for leverage, percent, and for prices that rise a hundred million times.
const MAX_QUANTITY: Decimal = dec!(1_000_000_000_000_000_000);
const MAX_VALUE: Decimal = dec!(100_000_000_000_000_000_000);

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
    config: Config,
    taker_fee: Decimal,
    halt: Option<Halt>,
}

/// Entries are refused.
#[derive(Debug)]
struct Halt {
    breach: Breach,
    /// The UTC day from which it is over; never, where a person has to resume.
    over_on: Option<i64>,
}

impl RiskGate {
    /// A gate with the configuration's limits. `taker_fee` is a fraction of the notional.
    pub const fn new(config: Config, taker_fee: Decimal) -> Self {
        Self { config, taker_fee, halt: None }
    }

    /// Refuses entries from now on.
    /// A halt for a drawdown stands; one for a daily loss gives way to it.
    /// Returns the breach if it is a new reason to.
    pub fn halt(&mut self, breach: Breach, now: UnixNanos) -> Option<&Breach> {
        let is_weaker = matches!(breach, Breach::DailyLoss { .. }) && self.is_halted(now);
        let stands = matches!(&self.halt, Some(Halt { breach: Breach::Drawdown { .. }, .. }));
        if is_weaker || stands {
            return None;
        }
        let over_on = match breach {
            Breach::Drawdown { .. } => None,
            // Midnight belongs to the day that ends with it.
            Breach::DailyLoss { .. } => Some(now.saturating_add_nanos(-1).utc_day() + 1),
        };
        Some(&self.halt.insert(Halt { breach, over_on }).breach)
    }

    /// Whether entries are refused because of a breach.
    pub fn is_halted(&self, now: UnixNanos) -> bool {
        self.halt.as_ref().is_some_and(|halt| halt.over_on.is_none_or(|day| now.utc_day() < day))
    }

    /// Passes or refuses an order. An order that asks for as much as can be paid is cut to that.
    ///
    /// # Errors
    /// The first rule that refuses, with its numbers.
    pub fn check(&self, mut order: NewOrder, view: &View<'_>) -> Result<RiskApproved<NewOrder>, Refusal> {
        let opening = order.quantity.get() - view.closing;
        if opening.is_zero() {
            return Ok(RiskApproved::new(order));
        }
        self.check_halts(view)?;
        self.check_filters(view)?;
        self.check_positions(&order, view)?;
        let open = match order.fitting {
            Fitting::Exact | Fitting::Spend(_) => opening,
            Fitting::CutToFunds => opening.min(self.affordable(&order, view)?),
        };
        order.quantity = view.instrument.quantity_on_lot(view.closing + open).ok_or_else(|| Refusal::LotSize {
            symbol: view.instrument.symbol.clone(),
            quantity: view.closing + open,
            lot: view.instrument.rules.lot_size,
        })?;
        check_quantity(&order, open, view)?;
        let notional = view.price.get() * (open * view.instrument.rules.contract_size);
        self.check_size(&order, notional, view)?;
        self.check_margin(&order, notional, view)?;
        Ok(RiskApproved::new(order))
    }

    fn check_halts(&self, view: &View<'_>) -> Result<(), Refusal> {
        if view.warmup > 0 {
            return Err(Refusal::Warmup { symbol: view.instrument.symbol.clone(), remaining: view.warmup });
        }
        match &self.halt {
            Some(halt) if self.is_halted(view.now) => {
                Err(Refusal::Halted { breach: halt.breach.to_string(), until: halt.breach.until() })
            }
            _ => Ok(()),
        }
    }

    fn check_filters(&self, view: &View<'_>) -> Result<(), Refusal> {
        let symbol = || view.instrument.symbol.clone();
        if let Some(allowed) = self.config.trade_hours {
            let hour = view.now.utc_hour();
            if !allowed.contains(hour) {
                return Err(Refusal::TradeHours { symbol: symbol(), hour, allowed: allowed.to_string() });
            }
        }
        if let Some(allowed) = self.config.allowed_days {
            let day = view.now.utc_weekday();
            if !allowed.contains(day) {
                return Err(Refusal::AllowedDays { symbol: symbol(), day: DaySet::name_of(day), allowed: allowed.to_string() });
            }
        }
        if let Some(minimum) = self.config.min_volume
            && decimal_of(view.volume).is_none_or(|volume| volume < minimum)
        {
            return Err(Refusal::MinVolume { symbol: symbol(), volume: view.volume, minimum });
        }
        Ok(())
    }

    fn check_positions(&self, order: &NewOrder, view: &View<'_>) -> Result<(), Refusal> {
        let leg = order.side.opened_leg();
        let symbol = || view.instrument.symbol.clone();
        if let Some(limit) = self.config.max_open_positions
            && view.expected.leg(order.instrument, leg).is_none()
        {
            let open = view.expected.legs().count();
            if open >= limit as usize {
                return Err(Refusal::MaxOpenPositions { symbol: symbol(), open, limit });
            }
        }
        if let Some(limit) = self.config.max_positions_per_symbol {
            let entries = |(index, _, leg): (usize, _, &crate::portfolio::Leg)| {
                if index == order.instrument.index() { leg.entries as usize } else { 0 }
            };
            let open = view.expected.legs().map(entries).sum();
            if open >= limit as usize {
                return Err(Refusal::MaxPositionsPerSymbol { symbol: symbol(), open, limit });
            }
        }
        Ok(())
    }

    fn check_size(&self, order: &NewOrder, notional: Decimal, view: &View<'_>) -> Result<(), Refusal> {
        let symbol = || view.instrument.symbol.clone();
        let rules = &view.instrument.rules;
        if let Some(limit) = self.config.max_position_size_quote {
            let side = order.side.opened_leg();
            let held = view.expected.leg(order.instrument, side).map_or(Decimal::ZERO, |leg| leg.quantity);
            let notional = notional + view.price.get() * (held * rules.contract_size);
            if notional > limit {
                return Err(Refusal::MaxPositionSize { symbol: symbol(), side, notional, limit });
            }
        }
        if notional < rules.min_notional {
            return Err(Refusal::MinNotional { symbol: symbol(), notional, minimum: rules.min_notional });
        }
        Ok(())
    }

    /// The largest quantity that can be paid for; refused for want of margin where that is not a single lot.
    fn affordable(&self, order: &NewOrder, view: &View<'_>) -> Result<Decimal, Refusal> {
        let rules = &view.instrument.rules;
        let free = view.expected.free_times(order.leverage);
        let quantity = affordable(free, view.price, order.leverage, self.taker_fee, rules);
        if quantity.is_zero() {
            self.check_margin(order, view.price.get() * (rules.lot_size * rules.contract_size), view)?;
        }
        Ok(quantity)
    }

    fn check_margin(&self, order: &NewOrder, notional: Decimal, view: &View<'_>) -> Result<(), Refusal> {
        let needed = needed_times(notional, order.leverage, self.taker_fee);
        let free = view.expected.free_times(order.leverage);
        if needed > free {
            let leverage = Decimal::from(order.leverage);
            return Err(Refusal::Margin {
                symbol: view.instrument.symbol.clone(),
                needed: (needed / leverage).normalize(),
                free: (free / leverage).normalize(),
            });
        }
        Ok(())
    }
}

/// Refuses a position that no exact number could hold the value of.
fn check_quantity(order: &NewOrder, open: Decimal, view: &View<'_>) -> Result<(), Refusal> {
    let held = view.expected.leg(order.instrument, order.side.opened_leg()).map_or(Decimal::ZERO, |leg| leg.quantity);
    let quantity = held.saturating_add(open);
    let base = quantity.saturating_mul(view.instrument.rules.contract_size);
    let value = base.saturating_mul(view.price.get());
    if quantity <= MAX_QUANTITY && base <= MAX_QUANTITY && value <= MAX_VALUE {
        return Ok(());
    }
    let symbol = view.instrument.symbol.clone();
    Err(Refusal::MaxQuantity { symbol, quantity: quantity.normalize(), limit: MAX_QUANTITY, value_limit: MAX_VALUE })
}
