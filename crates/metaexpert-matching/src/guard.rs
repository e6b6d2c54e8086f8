//! The stops and limits around one open leg: stop-loss, take-profit, trailing stop, breakeven, liquidation.
//!
//! All of a leg's levels live here and are functions of its entry, its protection and the best price of the walk since. Stop
//! levels round to the tick towards the price, take-profits away from it; thresholds are not rounded.

use metaexpert_core::{
    Instrument, Offset, PositionSide, Protection, Reason,
    config::LimitFill,
    rounding::{Round, decimal_of, float_of, to_step},
};
use rust_decimal::Decimal;

use crate::account::Levels;

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
    side: PositionSide,
    tick: Decimal,
    limit_fill: LimitFill,
    protection: Protection,
    /// Whether it is the mark price, and not the walk, that liquidates.
    by_mark: bool,
    entry: Decimal,
    /// Best price of the walk since the entry, the entry first.
    best: Decimal,
    stop_loss: Option<Decimal>,
    take_profit: Option<Decimal>,
    liquidation: Option<Levels>,
    /// Stands as long as the gain that arms it has not been reached.
    breakeven_from: Option<Decimal>,
    trailing_from: Option<Decimal>,
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
            side,
            tick: instrument.rules.tick_size,
            limit_fill,
            protection,
            by_mark: false,
            entry,
            best: entry,
            stop_loss: None,
            take_profit: None,
            liquidation,
            breakeven_from: None,
            trailing_from: None,
            quiet: Quiet::EVERYWHERE,
            following: None,
        };
        guard.place();
        guard
    }

    /// The leg was increased: the levels follow its average entry price and the newest protection; the best price stays.
    pub(crate) fn moved(&mut self, entry: Decimal, fill: Decimal, protection: Protection) {
        self.wake();
        self.entry = entry;
        self.protection = protection;
        self.best = self.better(self.best, fill);
        self.place();
    }

    fn place(&mut self) {
        let Protection { stop_loss, take_profit, trailing_stop, trailing_activation, breakeven } = self.protection;
        self.stop_loss = stop_loss
            .map(|stop| to_step(level(stop, |percent| self.behind(self.entry, percent)), self.tick, self.towards_price()));
        self.take_profit = take_profit
            .map(|limit| to_step(level(limit, |percent| self.ahead(self.entry, percent)), self.tick, self.away_from_price()));
        self.breakeven_from = breakeven.map(|percent| self.ahead(self.entry, percent.fraction()));
        self.trailing_from = trailing_stop.and(trailing_activation).map(|percent| self.ahead(self.entry, percent.fraction()));
        self.visit(self.best);
        self.settle();
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
        self.best = self.better(self.best, price);
        let reached = |threshold: &mut Option<Decimal>, best, side| {
            *threshold = threshold.filter(|threshold| !is_ahead_or_at(side, best, *threshold));
        };
        reached(&mut self.breakeven_from, self.best, self.side);
        reached(&mut self.trailing_from, self.best, self.side);
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
        is_ahead_or_at(self.side, level, price).then_some(Exit { at: price, order, reason: Reason::Liquidation })
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
        if is_ahead_or_at(self.side, to, from) { self.limit_on_the_way(to) } else { self.stop_on_the_way(to) }
    }

    /// A stop that lies at or beyond the price is taken at the price.
    fn stopped_at(&self, price: Decimal) -> Option<Exit> {
        let (level, reason) = self.stop()?;
        is_ahead_or_at(self.side, level, price).then_some(Exit { at: price, order: ExitOrder::Stop(price), reason })
    }

    /// Whether the take-profit is filled at an open: one that is better, or one that touches it where touching is enough.
    fn takes_open(&self, open: Decimal) -> bool {
        self.take_profit
            .is_some_and(|limit| is_ahead_or_at(self.side, open, limit) && (self.limit_fill == LimitFill::Touch || open != limit))
    }

    /// The take-profit, if the walk comes to what fills it.
    fn limit_on_the_way(&self, to: Decimal) -> Option<Exit> {
        let limit = self.take_profit?;
        let trigger = match (self.limit_fill, self.side) {
            (LimitFill::Touch, _) => limit,
            (LimitFill::Through, PositionSide::Long) => limit + self.tick,
            (LimitFill::Through, PositionSide::Short) => limit - self.tick,
        };
        let reached = is_ahead_or_at(self.side, to, trigger);
        reached.then_some(Exit { at: trigger, order: ExitOrder::Limit(limit), reason: Reason::TakeProfit })
    }

    fn stop_on_the_way(&self, to: Decimal) -> Option<Exit> {
        let stop = self.stop().map(|(level, reason)| Exit { at: level, order: ExitOrder::Stop(level), reason });
        let liquidation = self.liquidation_on_walk().map(|Levels { level, bankruptcy }| Exit {
            at: level,
            order: ExitOrder::Liquidation(bankruptcy),
            reason: Reason::Liquidation,
        });
        let first = match (stop, liquidation) {
            (Some(stop), Some(liquidation)) if is_ahead_or_at(self.side, stop.at, liquidation.at) => Some(stop),
            (stop, None) => stop,
            (_, liquidation) => liquidation,
        };
        first.filter(|exit| is_ahead_or_at(self.side, exit.at, to))
    }

    /// The tightest stop; of equal ones the first of stop-loss, breakeven, trailing stop.
    fn stop(&self) -> Option<(Decimal, Reason)> {
        let breakeven = self.protection.breakeven.filter(|_| self.breakeven_from.is_none());
        let breakeven = breakeven.map(|_| to_step(self.entry, self.tick, self.towards_price()));
        let trailing = self.protection.trailing_stop.filter(|_| self.trailing_from.is_none());
        let trailing =
            trailing.map(|percent| to_step(self.behind(self.best, percent.fraction()), self.tick, self.towards_price()));
        [(self.stop_loss, Reason::StopLoss), (breakeven, Reason::Breakeven), (trailing, Reason::TrailingStop)]
            .into_iter()
            .filter_map(|(level, reason)| Some((level?, reason)))
            .reduce(|tightest, next| if is_ahead_or_at(self.side, tightest.0, next.0) { tightest } else { next })
    }

    /// Takes over what a following stop has seen, before the leg is looked at exactly.
    pub(crate) fn wake(&mut self) {
        if let Some(best) = self.following.take().and_then(|following| decimal_of(following.best)) {
            self.best = self.better(self.best, best);
        }
    }

    /// Works out where nothing happens to the leg, after it was looked at exactly.
    pub(crate) fn settle(&mut self) {
        let stop = self.stop().map(|(level, _)| level);
        let behind = [stop, self.liquidation_on_walk().map(|liquidation| liquidation.level)].into_iter().flatten().map(float_of);
        let ahead = [self.take_profit, self.breakeven_from, self.trailing_from].into_iter().flatten().map(float_of);
        let (behind, ahead) = match self.side {
            PositionSide::Long => (behind.fold(f64::NEG_INFINITY, f64::max), ahead.fold(f64::INFINITY, f64::min)),
            PositionSide::Short => (behind.fold(f64::INFINITY, f64::min), ahead.fold(f64::NEG_INFINITY, f64::max)),
        };
        let trailing = self.protection.trailing_stop.filter(|_| self.trailing_from.is_none());
        self.following = trailing.map(|percent| Following {
            best: float_of(self.best),
            ahead,
            kept: float_of(self.behind(Decimal::ONE, percent.fraction())),
            tick: float_of(self.tick),
        });
        self.quiet = self.quiet_between(behind, ahead);
    }

    /// The prices between a level behind and a level ahead, and the best price where a stop follows it.
    fn quiet_between(&self, behind: f64, ahead: f64) -> Quiet {
        let best = self.following.map(|following| following.best);
        match self.side {
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
        let (best, stop) = match self.side {
            PositionSide::Long => (high, (high * following.kept + following.tick) * (1.0 + NEAR)),
            PositionSide::Short => (low, (low * following.kept - following.tick) * (1.0 - NEAR)),
        };
        let passes = match self.side {
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
        match self.side {
            PositionSide::Long => self.quiet = Quiet { below: self.quiet.below.max(stop), above: best * (1.0 - NEAR) },
            PositionSide::Short => self.quiet = Quiet { below: best * (1.0 + NEAR), above: self.quiet.above.min(stop) },
        }
        true
    }

    /// The better of two prices for the leg.
    fn better(&self, one: Decimal, other: Decimal) -> Decimal {
        if is_ahead_or_at(self.side, one, other) { one } else { other }
    }

    /// The price at which the leg has gained `fraction` on `price`.
    fn ahead(&self, price: Decimal, fraction: Decimal) -> Decimal {
        match self.side {
            PositionSide::Long => price * (Decimal::ONE + fraction),
            PositionSide::Short => price * (Decimal::ONE - fraction),
        }
    }

    /// The price at which the leg has lost `fraction` on `price`.
    fn behind(&self, price: Decimal, fraction: Decimal) -> Decimal {
        match self.side {
            PositionSide::Long => price * (Decimal::ONE - fraction),
            PositionSide::Short => price * (Decimal::ONE + fraction),
        }
    }

    /// How stops round, which lie behind the price. Take-profits lie ahead of it, so that the same direction takes them away.
    const fn towards_price(&self) -> Round {
        match self.side {
            PositionSide::Long => Round::Up,
            PositionSide::Short => Round::Down,
        }
    }

    const fn away_from_price(&self) -> Round {
        self.towards_price()
    }
}

/// A level that is given as a share of the entry, or as a price.
fn level(offset: Offset, of: impl Fn(Decimal) -> Decimal) -> Decimal {
    match offset {
        Offset::Percent(percent) => of(percent.fraction()),
        Offset::Price(price) => price.get(),
    }
}

/// Whether `one` is as good a price for a leg of this side as `other`, or better.
pub(crate) fn is_ahead_or_at(side: PositionSide, one: Decimal, other: Decimal) -> bool {
    match side {
        PositionSide::Long => one >= other,
        PositionSide::Short => one <= other,
    }
}
