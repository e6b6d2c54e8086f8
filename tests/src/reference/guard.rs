//! What watches a position: stops, take-profit and liquidation, met by a walking price.
//!
//! Prices in here are turned to the position's side ([`Side::turned`]), so that up is always a gain, stops lie
//! below and the take-profit above. Rounding "towards the price" and "away from it" is then up, both times.
use super::account::{Exit, ExitReason, Liquidity, Side};
use super::decimal::{Exact, up_to};
use super::settings::{LimitFill, Settings};
use num_traits::{One, Signed};

/// The levels of one position; everything turned.
#[derive(Debug)]
pub(super) struct Guard {
    side: Side,
    entry: Exact,
    /// Best price of the walk since the entry; the entry's fill is the first.
    best: Exact,
    stop_loss: Option<Exact>,
    take_profit: Option<Exact>,
    liquidation: Option<Exact>,
    trailing_from: Option<Exact>,
    breakeven_from: Option<Exact>,
    trailing: Option<Exact>,
    breakeven: Option<Exact>,
}

impl Guard {
    pub(super) fn new(settings: &Settings, side: Side, entry_price: &Exact) -> Self {
        let entry = side.turned(entry_price);
        let gained = |share: &Exact| &entry + entry_price * share;
        let to_tick = |level: Exact| up_to(&level, &settings.tick_size);
        let mut guard = Self {
            side,
            best: entry.clone(),
            stop_loss: settings.stop_loss.as_ref().map(|share| to_tick(gained(&-share))),
            take_profit: settings.take_profit.as_ref().map(|share| to_tick(gained(share))),
            liquidation: settings.liquidates.then(|| side.turned(&liquidation_level(settings, side, entry_price))),
            trailing_from: settings.trailing_activation.as_ref().map(gained),
            breakeven_from: settings.breakeven.as_ref().map(gained),
            trailing: None,
            breakeven: None,
            entry,
        };
        guard.follow(settings, guard.entry.clone());
        guard
    }

    /// Liquidation at a bar's open, which comes before everything else.
    pub(super) fn liquidated_at_open(&self, settings: &Settings, open: &Exact) -> Option<Exit> {
        let level = self.liquidation.as_ref()?;
        (self.side.turned(open) <= *level).then(|| self.liquidate(settings))
    }

    /// Stops as they stand, then the take-profit, at a bar's open; without an exit the open joins the walk.
    pub(super) fn meet_open(&mut self, settings: &Settings, open: &Exact) -> Option<Exit> {
        let price = self.side.turned(open);
        if let Some((level, reason)) = self.tightest()
            && price <= level
        {
            return Some(self.stopped(settings, &price, reason));
        }
        if let Some(target) = &self.take_profit {
            let through = settings.limit_fill == LimitFill::Through;
            if price > *target || (price == *target && !through) {
                return Some(self.limit(&price));
            }
        }
        self.follow(settings, price);
        None
    }

    /// Walks from one point of a bar to the next.
    pub(super) fn walk(&mut self, settings: &Settings, from: &Exact, to: &Exact) -> Option<Exit> {
        let (from, to) = (self.side.turned(from), self.side.turned(to));
        let stop = self.tightest();
        let liquidation = self.liquidation.clone();
        // The first of two levels on the way down is the higher one; a stop goes before a liquidation of equal level.
        let stop = stop.filter(|(level, _)| liquidation.as_ref().is_none_or(|liquidation| level >= liquidation));
        if let Some((level, reason)) = stop {
            if level >= from {
                return Some(self.stopped(settings, &from, reason));
            }
            if to <= level {
                return Some(self.stopped(settings, &level, reason));
            }
        } else if liquidation.is_some_and(|level| level >= from || to <= level) {
            return Some(self.liquidate(settings));
        }
        if let Some(target) = &self.take_profit {
            let reached = match settings.limit_fill {
                LimitFill::Touch => target.clone(),
                LimitFill::Through => target + &settings.tick_size,
            };
            if to >= reached && to > from {
                return Some(self.limit(target));
            }
        }
        self.follow(settings, to);
        None
    }

    /// A price of the walk moves trailing stop and breakeven.
    fn follow(&mut self, settings: &Settings, price: Exact) {
        if price > self.best {
            self.best = price;
        }
        if self.breakeven_from.as_ref().is_some_and(|from| self.best >= *from) {
            self.breakeven = Some(self.entry.clone());
        }
        if let Some(share) = &settings.trailing_stop
            && self.trailing_from.as_ref().is_none_or(|from| self.best >= *from)
        {
            self.trailing = Some(up_to(&(&self.best - self.best.abs() * share), &settings.tick_size));
        }
    }

    /// The highest stop; of equal ones the first of stop-loss, breakeven, trailing.
    fn tightest(&self) -> Option<(Exact, ExitReason)> {
        let stops = [
            (&self.stop_loss, ExitReason::StopLoss),
            (&self.breakeven, ExitReason::Breakeven),
            (&self.trailing, ExitReason::TrailingStop),
        ];
        let mut tightest: Option<(Exact, ExitReason)> = None;
        for (level, reason) in stops {
            if let Some(level) = level
                && tightest.as_ref().is_none_or(|(other, _)| level > other)
            {
                tightest = Some((level.clone(), reason));
            }
        }
        tightest
    }

    fn stopped(&self, settings: &Settings, seen: &Exact, reason: ExitReason) -> Exit {
        Exit { price: settings.exit_price(self.side, &self.side.turned(seen)), liquidity: Liquidity::Taker, reason }
    }

    fn limit(&self, price: &Exact) -> Exit {
        Exit { price: self.side.turned(price), liquidity: Liquidity::Maker, reason: ExitReason::TakeProfit }
    }

    /// The bankruptcy price, where the position has lost its margin; towards the entry is up.
    fn liquidate(&self, settings: &Settings) -> Exit {
        let bankrupt = &self.entry - self.entry.abs() / &settings.leverage;
        let price = self.side.turned(&up_to(&bankrupt, &settings.tick_size));
        Exit { price, liquidity: Liquidity::Taker, reason: ExitReason::Liquidation }
    }
}

/// The price at which the venue takes the position, not turned and not rounded.
fn liquidation_level(settings: &Settings, side: Side, entry: &Exact) -> Exact {
    let (one, margin) = (Exact::one(), Exact::one() / &settings.leverage);
    match side {
        Side::Long => entry * (&one - margin) / (&one - &settings.maintenance_margin),
        Side::Short => entry * (&one + margin) / (&one + &settings.maintenance_margin),
    }
}
