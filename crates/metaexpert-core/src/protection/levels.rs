//! Where the exits of one open leg stand: stop-loss, breakeven, trailing stop, take-profit.
//!
//! All levels are functions of the leg's entry, its protection and the best price since. Stops round to the tick towards the price,
//! take-profits away from it; thresholds are not rounded. Simulated venues and the engine ask the same levels, so that a leg is left at
//! the same prices wherever it is guarded.

use rust_decimal::Decimal;

use crate::{
    Instrument, Offset, PositionSide, Protection, Reason,
    rounding::{Round, to_step},
};

/// The levels around one open leg.
///
/// ```
/// use metaexpert_core::{Offset, Percent, PositionSide, Protection, Reason, protection::ExitLevels};
/// use rust_decimal::dec;
/// # use metaexpert_core::{Currency, Instrument, InstrumentKind, InstrumentRules, Symbol};
/// # let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
/// # let rules = InstrumentRules {
/// #     tick_size: dec!(0.1),
/// #     lot_size: dec!(0.001),
/// #     min_notional: dec!(0),
/// #     contract_size: dec!(1),
/// #     maintenance_margin: Percent::ZERO,
/// # };
/// # let (symbol, kind) = (Symbol::new("BTCUSDT").unwrap(), InstrumentKind::LINEAR_PERPETUAL);
/// # let brackets = std::sync::Arc::default();
/// # let instrument = Instrument { symbol, base, settlement: quote.clone(), quote, kind, rules, brackets };
/// let protection = Protection { trailing_stop: Some(Percent::new(dec!(1))), ..Protection::default() };
/// let mut levels = ExitLevels::new(PositionSide::Long, dec!(100), protection, &instrument);
/// assert_eq!(levels.stop(), Some((dec!(99.0), Reason::TrailingStop)));
/// levels.visit(dec!(110.5));
/// levels.visit(dec!(109.9));
/// assert_eq!(levels.stop(), Some((dec!(109.4), Reason::TrailingStop)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExitLevels {
    side: PositionSide,
    tick: Decimal,
    protection: Protection,
    entry: Decimal,
    /// Best price since the entry, the entry first.
    best: Decimal,
    stop_loss: Option<Decimal>,
    take_profit: Option<Decimal>,
    /// Stands as long as the gain that arms it has not been reached.
    breakeven_from: Option<Decimal>,
    trailing_from: Option<Decimal>,
}

impl ExitLevels {
    /// The levels around a leg that was entered at `entry`.
    pub fn new(side: PositionSide, entry: Decimal, protection: Protection, instrument: &Instrument) -> Self {
        let mut levels = Self {
            side,
            tick: instrument.rules.tick_size,
            protection,
            entry,
            best: entry,
            stop_loss: None,
            take_profit: None,
            breakeven_from: None,
            trailing_from: None,
        };
        levels.place();
        levels
    }

    /// The leg was increased: the levels follow its average entry price and the newest protection; the best price stays, where the fill
    /// was no better.
    pub fn moved(&mut self, entry: Decimal, fill: Decimal, protection: Protection) {
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
    }

    /// The market has come to `price`: the best price, and what it arms.
    pub fn visit(&mut self, price: Decimal) {
        self.best = self.better(self.best, price);
        let reached = |threshold: &mut Option<Decimal>, best, side| {
            *threshold = threshold.filter(|threshold| !is_ahead_or_at(side, best, *threshold));
        };
        reached(&mut self.breakeven_from, self.best, self.side);
        reached(&mut self.trailing_from, self.best, self.side);
    }

    /// The tightest stop; of equal ones the first of stop-loss, breakeven, trailing stop.
    pub fn stop(&self) -> Option<(Decimal, Reason)> {
        let breakeven = self.protection.breakeven.filter(|_| self.breakeven_from.is_none());
        let breakeven = breakeven.map(|_| to_step(self.entry, self.tick, self.towards_price()));
        let trailing = self.follows().map(|fraction| to_step(self.behind(self.best, fraction), self.tick, self.towards_price()));
        [(self.stop_loss, Reason::StopLoss), (breakeven, Reason::Breakeven), (trailing, Reason::TrailingStop)]
            .into_iter()
            .filter_map(|(level, reason)| Some((level?, reason)))
            .reduce(|tightest, next| if is_ahead_or_at(self.side, tightest.0, next.0) { tightest } else { next })
    }

    /// A stop stood here for this reason: the best price was such that it came to stand there. Which of several it was is a guess, for
    /// where nothing else is known of it.
    pub(crate) fn stood(&mut self, level: Decimal, reason: Reason) {
        let best = match reason {
            // Half a tick behind it rounds to it.
            Reason::TrailingStop => self.protection.trailing_stop.and_then(|percent| {
                let half = self.tick * Decimal::new(5, 1);
                let unrounded = match self.side {
                    PositionSide::Long => level - half,
                    PositionSide::Short => level + half,
                };
                unrounded.checked_div(self.behind(Decimal::ONE, percent.fraction()))
            }),
            Reason::Breakeven => self.breakeven_from,
            _ => None,
        };
        if let Some(best) = best {
            if reason == Reason::TrailingStop {
                self.trailing_from = None;
            }
            self.visit(best);
        }
    }

    /// Where the profit is taken.
    pub const fn take_profit(&self) -> Option<Decimal> {
        self.take_profit
    }

    /// How far behind the best price the trailing stop stands, as a fraction of it; `None` where it does not follow (yet).
    pub fn follows(&self) -> Option<Decimal> {
        self.protection.trailing_stop.filter(|_| self.trailing_from.is_none()).map(crate::Percent::fraction)
    }

    /// Gains that arm something when they are reached.
    pub const fn thresholds(&self) -> [Option<Decimal>; 2] {
        [self.breakeven_from, self.trailing_from]
    }

    /// Which leg it is.
    pub const fn side(&self) -> PositionSide {
        self.side
    }

    /// The average price of the leg's entries.
    pub const fn entry(&self) -> Decimal {
        self.entry
    }

    /// What the newest entry asked for.
    pub const fn protection(&self) -> &Protection {
        &self.protection
    }

    /// Best price since the entry, the entry first.
    pub const fn best(&self) -> Decimal {
        self.best
    }

    /// The distance of prices from one another.
    pub const fn tick(&self) -> Decimal {
        self.tick
    }

    /// The better of two prices for the leg.
    pub fn better(&self, one: Decimal, other: Decimal) -> Decimal {
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
    pub fn behind(&self, price: Decimal, fraction: Decimal) -> Decimal {
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
#[inline]
pub fn is_ahead_or_at(side: PositionSide, one: Decimal, other: Decimal) -> bool {
    match side {
        PositionSide::Long => one >= other,
        PositionSide::Short => one <= other,
    }
}
