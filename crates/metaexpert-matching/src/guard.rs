//! The stops and limits around one open leg: stop-loss, take-profit, trailing stop, breakeven, liquidation.
//!
//! Where stops and take-profits stand is worked out by [`ExitLevels`], as for legs that the engine guards; what a price does to them,
//! liquidation, and between which prices nothing happens, is here.

use metaexpert_core::{
    Instrument, PositionSide, Protection, Reason,
    config::LimitFill,
    protection::{ExitLevels, is_ahead_or_at},
    rounding::{decimal_of, float_of},
};
use rust_decimal::Decimal;

use crate::{account::Levels, venue::Guarded};

/// How a leg is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exit {
    /// Where on the walk it happens.
    pub at: Decimal,
    pub order: ExitOrder,
    pub reason: Reason,
}

/// What kind of order leaves it, and the price before costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitOrder {
    /// Takes at this price, slippage and tick against the trader.
    Stop(Decimal),
    /// Gets exactly this price and pays the maker fee.
    Limit(Decimal),
    /// Is taken over by the exchange at exactly this price.
    Liquidation(Decimal),
}

/// Between these two prices nothing happens. They are floats a little inside the true ones: what crosses them is looked at
/// exactly, what does not cannot have reached a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quiet {
    pub below: f64,
    pub above: f64,
}

impl Quiet {
    /// Where nothing can happen.
    pub(crate) const EVERYWHERE: Self = Self { below: f64::NEG_INFINITY, above: f64::INFINITY };

    /// Whether a price range lies within.
    #[inline]
    pub(crate) fn holds(self, low: f64, high: f64) -> bool {
        low > self.below && high < self.above
    }

    /// Between two levels, a little inside of them.
    pub(crate) fn between(below: f64, above: f64) -> Self {
        Self { below: below * (1.0 + NEAR), above: above * (1.0 - NEAR) }
    }

    /// Where nothing happens to either of two.
    #[must_use]
    pub(crate) const fn both(self, other: Self) -> Self {
        Self { below: self.below.max(other.below), above: self.above.min(other.above) }
    }
}

/// A trailing stop that does nothing but follow: as long as prices stay away from every other level, and from the stop that
/// the newest best price would give, only the best price moves, and a float can hold it.
#[derive(Debug, Clone, Copy)]
struct Following {
    /// Best price since the leg was last looked at exactly. It is a price of the data, so that it has its decimal.
    best: f64,
    /// Levels ahead of the price, apart from the best price itself.
    ahead: f64,
    /// Share of the best price at which the stop stands.
    kept: f64,
    tick: f64,
}

/// Wider than any rounding between a decimal and its float.
const NEAR: f64 = 1e-12;

/// A leg's levels.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    /// Stops and take-profit.
    exits: ExitLevels,
    limit_fill: LimitFill,
    /// Whether it is the mark price, and not the walk, that liquidates.
    by_mark: bool,
    liquidation: Option<Levels>,
    quiet: Quiet,
    following: Option<Following>,
}

impl Guard {
    /// The levels around a leg that was entered at `entry`. `liquidation` is `None` where nothing is liquidated.
    pub(crate) fn new(
        side: PositionSide,
        entry: Decimal,
        protection: Protection,
        liquidation: Option<Levels>,
        limit_fill: LimitFill,
        instrument: &Instrument,
    ) -> Self {
        let mut guard = Self {
            exits: ExitLevels::new(side, entry, protection, instrument),
            limit_fill,
            by_mark: false,
            liquidation,
            quiet: Quiet::EVERYWHERE,
            following: None,
        };
        guard.settle();
        guard
    }

    /// The leg was increased: the levels follow its average entry price and the newest protection; the best price stays.
    pub(crate) fn moved(&mut self, entry: Decimal, fill: Decimal, protection: Protection) {
        self.wake();
        self.exits.moved(entry, fill, protection);
        self.settle();
    }

    /// What it guards by, and the best price of those that it has seen and of `passed`.
    pub(crate) fn guarded(&self, passed: impl Iterator<Item = Decimal>) -> Guarded {
        let followed = self.following.and_then(|following| decimal_of(following.best));
        let best = passed.chain(followed).fold(self.exits.best(), |best, price| self.exits.better(best, price));
        Guarded { protection: *self.exits.protection(), best: Some(best) }
    }

    /// The account says anew where the exchange takes over.
    pub(crate) fn set_liquidation(&mut self, liquidation: Option<Levels>) {
        self.liquidation = liquidation;
    }

    /// From now on the mark price liquidates.
    pub(crate) fn follow_mark(&mut self) {
        self.wake();
        self.by_mark = true;
        self.settle();
    }

    /// What liquidates on the walk.
    fn liquidation_on_walk(&self) -> Option<Levels> {
        self.liquidation.filter(|_| !self.by_mark)
    }

    /// The walk has come to `price`: the best price, and what it arms.
    pub(crate) fn visit(&mut self, price: Decimal) {
        self.exits.visit(price);
    }

    /// How the leg is left if the mark price is `mark`, where that liquidates.
    pub(crate) fn liquidated_by_mark(&self, mark: Decimal) -> Option<Exit> {
        self.liquidation.filter(|_| self.by_mark).and_then(|liquidation| self.taken_over(liquidation, mark))
    }

    /// How the leg is left if the price jumps to `open`: taken over by the exchange, if that lies at or beyond its level.
    pub(crate) fn liquidated_by(&self, open: Decimal) -> Option<Exit> {
        self.liquidation_on_walk().and_then(|liquidation| self.taken_over(liquidation, open))
    }

    fn taken_over(&self, Levels { level, bankruptcy }: Levels, price: Decimal) -> Option<Exit> {
        let order = ExitOrder::Liquidation(bankruptcy);
        is_ahead_or_at(self.exits.side(), level, price).then_some(Exit { at: price, order, reason: Reason::Liquidation })
    }

    /// How the leg is left at a price that the market has jumped to, if it is.
    pub(crate) fn at_jump(&self, price: Decimal) -> Option<Exit> {
        let taken =
            || self.takes_open(price).then_some(Exit { at: price, order: ExitOrder::Limit(price), reason: Reason::TakeProfit });
        self.liquidated_by(price).or_else(|| self.stopped_at(price)).or_else(taken)
    }

    /// How the leg is left at a print, if it is: as by a jump, but a limit gets its own price.
    pub(crate) fn at_print(&self, price: Decimal) -> Option<Exit> {
        let stopped = self.liquidated_by(price).or_else(|| self.stopped_at(price));
        stopped.or_else(|| self.limit_on_the_way(price))
    }

    /// How the leg is left on the way from one point of the walk to the next, if it is.
    pub(crate) fn between(&self, from: Decimal, to: Decimal) -> Option<Exit> {
        if let Some(exit) = self.stopped_at(from) {
            return Some(exit);
        }
        // An increase on the way may have put the limit behind the price.
        if self.limit_on_the_way(from).is_some() {
            return Some(Exit { at: from, order: ExitOrder::Limit(from), reason: Reason::TakeProfit });
        }
        if is_ahead_or_at(self.exits.side(), to, from) { self.limit_on_the_way(to) } else { self.stop_on_the_way(to) }
    }

    /// A stop that lies at or beyond the price is taken at the price.
    fn stopped_at(&self, price: Decimal) -> Option<Exit> {
        let (level, reason) = self.exits.stop()?;
        is_ahead_or_at(self.exits.side(), level, price).then_some(Exit { at: price, order: ExitOrder::Stop(price), reason })
    }

    /// Whether the take-profit is filled at an open: one that is better, or one that touches it where touching is enough.
    fn takes_open(&self, open: Decimal) -> bool {
        self.exits.take_profit().is_some_and(|limit| {
            is_ahead_or_at(self.exits.side(), open, limit) && (self.limit_fill == LimitFill::Touch || open != limit)
        })
    }

    /// The take-profit, if the walk comes to what fills it.
    fn limit_on_the_way(&self, to: Decimal) -> Option<Exit> {
        let limit = self.exits.take_profit()?;
        let trigger = match (self.limit_fill, self.exits.side()) {
            (LimitFill::Touch, _) => limit,
            (LimitFill::Through, PositionSide::Long) => limit + self.exits.tick(),
            (LimitFill::Through, PositionSide::Short) => limit - self.exits.tick(),
        };
        let reached = is_ahead_or_at(self.exits.side(), to, trigger);
        reached.then_some(Exit { at: trigger, order: ExitOrder::Limit(limit), reason: Reason::TakeProfit })
    }

    fn stop_on_the_way(&self, to: Decimal) -> Option<Exit> {
        let stop = self.exits.stop().map(|(level, reason)| Exit { at: level, order: ExitOrder::Stop(level), reason });
        let liquidation = self.liquidation_on_walk().map(|Levels { level, bankruptcy }| Exit {
            at: level,
            order: ExitOrder::Liquidation(bankruptcy),
            reason: Reason::Liquidation,
        });
        let first = match (stop, liquidation) {
            (Some(stop), Some(liquidation)) if is_ahead_or_at(self.exits.side(), stop.at, liquidation.at) => Some(stop),
            (stop, None) => stop,
            (_, liquidation) => liquidation,
        };
        first.filter(|exit| is_ahead_or_at(self.exits.side(), exit.at, to))
    }

    /// Takes over what a following stop has seen, before the leg is looked at exactly.
    pub(crate) fn wake(&mut self) {
        if let Some(best) = self.following.take().and_then(|following| decimal_of(following.best)) {
            self.exits.visit(best);
        }
    }

    /// Works out where nothing happens to the leg, after it was looked at exactly.
    pub(crate) fn settle(&mut self) {
        let stop = self.exits.stop().map(|(level, _)| level);
        let behind = [stop, self.liquidation_on_walk().map(|liquidation| liquidation.level)].into_iter().flatten().map(float_of);
        let [breakeven_from, trailing_from] = self.exits.thresholds();
        let ahead = [self.exits.take_profit(), breakeven_from, trailing_from].into_iter().flatten().map(float_of);
        let (behind, ahead) = match self.exits.side() {
            PositionSide::Long => (behind.fold(f64::NEG_INFINITY, f64::max), ahead.fold(f64::INFINITY, f64::min)),
            PositionSide::Short => (behind.fold(f64::INFINITY, f64::min), ahead.fold(f64::NEG_INFINITY, f64::max)),
        };
        self.following = self.exits.follows().map(|fraction| Following {
            best: float_of(self.exits.best()),
            ahead,
            kept: float_of(self.exits.behind(Decimal::ONE, fraction)),
            tick: float_of(self.exits.tick()),
        });
        self.quiet = self.quiet_between(behind, ahead);
    }

    /// The prices between a level behind and a level ahead, and the best price where a stop follows it.
    fn quiet_between(&self, behind: f64, ahead: f64) -> Quiet {
        let best = self.following.map(|following| following.best);
        match self.exits.side() {
            PositionSide::Long => {
                Quiet { below: behind * (1.0 + NEAR), above: best.map_or(ahead, |best| best.min(ahead)) * (1.0 - NEAR) }
            }
            PositionSide::Short => {
                Quiet { below: best.map_or(ahead, |best| best.max(ahead)) * (1.0 + NEAR), above: behind * (1.0 - NEAR) }
            }
        }
    }

    /// Between which prices nothing happens to the leg.
    pub(crate) const fn quiet(&self) -> Quiet {
        self.quiet
    }

    /// Whether nothing happens to the leg between these prices but that the best price moves. If so, it has moved.
    #[inline]
    pub(crate) fn lets_pass(&mut self, low: f64, high: f64) -> bool {
        if self.quiet.holds(low, high) {
            return true;
        }
        let Some(following) = &mut self.following else { return false };
        // The stop is rounded towards the price, by less than a tick.
        let (best, stop) = match self.exits.side() {
            PositionSide::Long => (high, (high * following.kept + following.tick) * (1.0 + NEAR)),
            PositionSide::Short => (low, (low * following.kept - following.tick) * (1.0 - NEAR)),
        };
        let passes = match self.exits.side() {
            PositionSide::Long => {
                best > following.best && best < following.ahead * (1.0 - NEAR) && low > stop.max(self.quiet.below)
            }
            PositionSide::Short => {
                best < following.best && best > following.ahead * (1.0 + NEAR) && high < stop.min(self.quiet.above)
            }
        };
        if !passes {
            return false;
        }
        following.best = best;
        match self.exits.side() {
            PositionSide::Long => self.quiet = Quiet { below: self.quiet.below.max(stop), above: best * (1.0 - NEAR) },
            PositionSide::Short => self.quiet = Quiet { below: best * (1.0 + NEAR), above: self.quiet.above.min(stop) },
        }
        true
    }
}
