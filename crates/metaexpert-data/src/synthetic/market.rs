//! The market itself: what moves its price from bar to bar, and how much is traded.

use metaexpert_core::{Timeframe, UnixNanos};
use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};
use rust_decimal::{
    Decimal,
    prelude::{FromPrimitive, ToPrimitive},
};

use super::{DAY, YEAR};
use crate::rows::Values;

/// A stretch of time in which the market has one mood. Drift and volatility are of the logarithm of the price, a year.
#[derive(Debug, Clone, Copy)]
struct Regime {
    drift: f64,
    volatility: f64,
    /// How fast the price is pulled back to where the regime began, a year.
    pull: f64,
    /// Its mean length.
    days: f64,
    /// What follows, and how likely it is the first of the two.
    next: (usize, usize, f64),
}

const BULL: usize = 0;
const BEAR: usize = 1;
const RANGE: usize = 2;
/// Chosen to look like a large coin in the years 2019 to 2024: about 60 % volatility a year, moves of a few weeks.
const REGIMES: [Regime; 3] = [
    Regime { drift: 1.2, volatility: 0.55, pull: 0.0, days: 12.0, next: (RANGE, BEAR, 0.6) },
    Regime { drift: -1.6, volatility: 0.90, pull: 0.0, days: 8.0, next: (RANGE, BULL, 0.5) },
    Regime { drift: 0.0, volatility: 0.35, pull: 60.0, days: 10.0, next: (BULL, BEAR, 0.6) },
];

/// GARCH(1, 1) in units of the regime's own variance: the part of the last bar's square, and of the last variance.
const SHOCK: f64 = 0.06;
const MEMORY: f64 = 0.93;
/// How far the variance may stray from the regime's.
const VARIANCE: (f64, f64) = (0.1, 25.0);
/// Days between two jumps, in the mean, and the standard deviation of a jump.
const JUMP_DAYS: f64 = 3.0;
const JUMP: f64 = 0.012;
/// How many bars in a hundred do not open where the last one closed.
const OPEN_GAPS: f64 = 0.02;
/// How far the logarithm of the price may stray from the first: 55 times, a 55th.
const STRAY: f64 = 4.0;
/// What is traded a day, in quote currency.
const TURNOVER: f64 = 1e9;

/// The market's state between two bars.
pub(super) struct Market {
    random: Random,
    regime: Regime,
    /// The logarithm of the price where the regime began.
    anchor: f64,
    /// The logarithm of price over first price; not rounded to the tick, so that rounding does not add up.
    level: f64,
    /// This bar's variance in units of the regime's.
    variance: f64,
    /// The last close, in ticks.
    close: f64,
    grid: Grid,
    days: f64,
    years: f64,
    root_years: f64,
    first_price: f64,
    turnover: f64,
    volume_scale: f64,
}

impl Market {
    pub(super) fn new(seed: u64, timeframe: Timeframe, price: Decimal, tick: Decimal) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a timeframe has a few hundred thousand seconds at most")]
        let seconds = timeframe.seconds() as f64;
        #[expect(clippy::cast_precision_loss, reason = "constants")]
        let (days, years) = (seconds / DAY as f64, seconds / YEAR as f64);
        let grid = Grid::new(tick);
        let first_price = price.to_f64().unwrap_or(1.0);
        let turnover = TURNOVER * days / first_price;
        // As many decimals as give the usual volume five digits.
        let mut volume_scale = 1.0;
        while turnover * volume_scale < 1e4 && volume_scale < 1e12 {
            volume_scale *= 10.0;
        }
        Self {
            random: Random(Xoshiro256PlusPlus::seed_from_u64(seed)),
            regime: REGIMES[RANGE],
            anchor: 0.0,
            level: 0.0,
            variance: 1.0,
            close: (first_price / grid.tick()).round(),
            grid,
            days,
            years,
            root_years: years.sqrt(),
            first_price,
            turnover,
            volume_scale,
        }
    }

    /// 10^-d, where d is how many decimals volumes are rounded to.
    pub(super) fn volume_step(&self) -> Decimal {
        Decimal::from_f64(self.volume_scale).map_or(Decimal::ONE, |scale| (Decimal::ONE / scale).normalize())
    }

    /// The next bar.
    pub(super) fn bar(&mut self, time: UnixNanos) -> Values {
        self.change_regime();
        let (shock, volume_shock) = self.random.normals();
        let deviation = self.regime.volatility * self.root_years * self.variance.sqrt();

        let gap = if self.random.chance(OPEN_GAPS) { 0.5 * deviation * self.random.normals().0 } else { 0.0 };
        let open_level = self.level + gap;
        let open = if gap == 0.0 { self.close } else { self.ticks(open_level) };

        let drift = self.regime.drift - 0.5 * self.regime.volatility * self.regime.volatility;
        let pull = (self.regime.pull * self.years).min(1.0) * (self.anchor - open_level);
        let jump = if self.random.chance(self.days / (JUMP_DAYS + self.days)) { JUMP * self.random.normals().0 } else { 0.0 };
        let change = drift * self.years + pull + deviation * shock + jump;
        let change = change.clamp(-STRAY - open_level, STRAY - open_level);

        // The extremes of a Brownian path from 0 to `change`: exact each, their dependence left out.
        let square = change * change;
        let mut reach = || (square - 2.0 * deviation * deviation * libm::log(self.random.unit())).sqrt();
        let (up, down) = (f64::midpoint(change, reach()), 0.5 * (change - reach()));

        let close = self.ticks(open_level + change);
        let high = self.ticks(open_level + up).max(open).max(close);
        let low = self.ticks(open_level + down).min(open).min(close);

        // In units of what one bar usually moves, so that a jump stirs the market up as well.
        let moved = (change - drift * self.years - pull) / deviation;
        let volume = self.volume(time, volume_shock, moved);
        let next = (1.0 - SHOCK - MEMORY) + self.variance * (MEMORY + SHOCK * (moved * moved).min(50.0));
        self.variance = next.clamp(VARIANCE.0, VARIANCE.1);
        self.level = open_level + change;
        self.close = close;
        [self.grid.price(open), self.grid.price(high), self.grid.price(low), self.grid.price(close), volume]
    }

    fn change_regime(&mut self) {
        if self.random.chance(self.days / (self.regime.days + self.days)) {
            let (likely, other, chance) = self.regime.next;
            let next = if self.random.chance(chance) { likely } else { other };
            self.regime = REGIMES.get(next).copied().unwrap_or(self.regime);
            self.anchor = self.level;
        }
    }

    fn ticks(&self, level: f64) -> f64 {
        (self.first_price * libm::exp(level) / self.grid.tick()).round().max(1.0)
    }

    fn volume(&self, time: UnixNanos, shock: f64, moved: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "seconds of a day")]
        let hour = time.as_nanos().div_euclid(1_000_000_000).rem_euclid(DAY) as f64 / DAY as f64;
        let from_noon = 2.0 * hour - 1.0;
        let session = 0.7 + 0.9 * from_noon * from_noon; // 1 in the mean
        let stir = self.variance.sqrt() * (0.5 + 0.6 * moved.abs().min(8.0));
        let volume = self.turnover * session * stir * libm::exp(0.6 * shock - 0.18);
        (volume * self.volume_scale).round().max(1.0) / self.volume_scale
    }
}

/// Prices as whole ticks, and back without losing a digit.
struct Grid {
    mantissa: f64,
    scale: f64,
}

impl Grid {
    fn new(tick: Decimal) -> Self {
        let scale = Decimal::ONE / Decimal::new(1, tick.scale());
        Self { mantissa: (tick * scale).to_f64().unwrap_or(1.0), scale: scale.to_f64().unwrap_or(1.0) }
    }

    fn tick(&self) -> f64 {
        self.mantissa / self.scale
    }

    /// Ticks and mantissa are whole and their product below 2^53, so the division gives the `f64` nearest to the decimal.
    fn price(&self, ticks: f64) -> f64 {
        ticks * self.mantissa / self.scale
    }
}

struct Random(Xoshiro256PlusPlus);

impl Random {
    /// Above 0, at most 1: 53 random bits.
    fn unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
        let whole = ((self.0.next_u64() >> 11) + 1) as f64;
        whole / 9_007_199_254_740_992.0
    }

    fn chance(&mut self, chance: f64) -> bool {
        self.unit() <= chance
    }

    /// Two independent normal numbers (Box and Muller).
    fn normals(&mut self) -> (f64, f64) {
        let radius = (-2.0 * libm::log(self.unit())).sqrt();
        let (sine, cosine) = libm::sincos(std::f64::consts::TAU * self.unit());
        (radius * cosine, radius * sine)
    }
}
