//! A price as its source has it, in short stretches: what markets follow.
//!
//! The one decision: a path is a function of time alone. It knows no ticks, no book and no users, so that many markets follow one,
//! and asking for it earlier or later, in small steps or large, never changes it.

mod bars; // recorded bars, there and back, in minutes

use metaexpert_core::{Timeframe, UnixNanos};

use self::bars::{Bars, Minutes, ThereAndBack};
use super::{error::MarketError, grid::float, random::seed_of, script::Script, source::PriceSource};

/// A minute, in nanoseconds: the longest stretch.
pub(super) const MINUTE: i64 = 60_000_000_000;

/// A stretch of a path, a minute at most and within one minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    /// When it begins.
    pub(super) start: UnixNanos,
    /// How long it is.
    pub(super) length: i64,
    /// Its prices at its begin, after a third, after two thirds, and at its end; between them it goes straight.
    pub(super) turns: [f64; 4],
    /// What is traded, in base currency.
    pub(super) volume: f64,
}

impl Stretch {
    /// A stretch of no length, at a price of one.
    pub(super) const EMPTY: Self = Self { start: UnixNanos::MIN, length: 0, turns: [1.0; 4], volume: 0.0 };

    pub(super) fn end(&self) -> UnixNanos {
        self.start.saturating_add_nanos(self.length)
    }

    /// The price at a time within it.
    pub(super) fn at(&self, time: UnixNanos) -> f64 {
        self.along(float(time.nanos_since(self.start)) / float(self.length.max(1)))
    }

    /// The price after a part of it, 0 to 1.
    pub(super) fn along(&self, part: f64) -> f64 {
        let [open, first, second, close] = self.turns;
        let way = part.clamp(0.0, 1.0) * 3.0;
        match way {
            ..1.0 => open + (first - open) * way,
            1.0..2.0 => first + (second - first) * (way - 1.0),
            _ => second + (close - second) * (way - 2.0),
        }
    }
}

/// A path that is being followed. Times do not go back.
#[derive(Debug)]
pub(super) struct Path {
    source: Playing,
    now: Stretch,
    is_exact: bool,
}

#[derive(Debug)]
enum Playing {
    Bars(Minutes),
    Script {
        script: Script,
        start: UnixNanos,
    },
    /// What a recording shows, told from outside.
    Held(f64),
}

/// What is traded in a minute of a script or a recording of quotes, in quote currency.
const QUIET_TURNOVER: f64 = 500_000.0;

impl Path {
    /// The path of a source, from so much before the start on: what a recording has of that.
    pub(super) fn new(source: &PriceSource, start: UnixNanos, history: i64) -> Result<Self, MarketError> {
        let begin = Timeframe::M1.open_of(start.saturating_add_nanos(-history));
        let (source, is_exact) = match source {
            PriceSource::Synthetic(spec) => {
                // Bars longer than a minute begin on their own grid.
                let first = spec.timeframe.unwrap_or(Timeframe::M1).open_of(begin);
                let bars = Bars::MadeUp(Box::new(spec.endless(Timeframe::M1, first)?));
                (Playing::Bars(Minutes::new(bars)), false)
            }
            PriceSource::Bars(series) => {
                let bars = Bars::Recorded(ThereAndBack::new(series, start, history));
                (Playing::Bars(Minutes::new(bars)), false)
            }
            PriceSource::Script(script) => (Playing::Script { script: script.clone(), start }, true),
            PriceSource::Rows(rows) => (Playing::Held(super::recorded::first_price(rows)), true),
        };
        let mut path = Self { source, now: Stretch { start: begin, ..Stretch::EMPTY }, is_exact };
        path.proceed();
        Ok(path)
    }

    /// A made-up path of this name that begins at about this price.
    pub(super) fn made_up(seed: u64, name: &str, price: rust_decimal::Decimal) -> PriceSource {
        let seed = seed_of(seed, name);
        PriceSource::Synthetic(metaexpert_data::SyntheticSpec { seed, price, ..Default::default() })
    }

    /// Whether what derives from it stands at its price, without a distance of its own.
    pub(super) const fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// When the stretch begins that it is in.
    pub(super) const fn begin(&self) -> UnixNanos {
        self.now.start
    }

    /// The stretch that it is in.
    pub(super) const fn current(&self) -> Stretch {
        self.now
    }

    /// The stretch that a time falls into; the first one, before that.
    pub(super) fn stretch(&mut self, time: UnixNanos) -> Stretch {
        while self.now.end() <= time {
            self.proceed();
        }
        self.now
    }

    /// The price at a time.
    pub(super) fn at(&mut self, time: UnixNanos) -> f64 {
        match &self.source {
            Playing::Held(price) => *price,
            Playing::Script { script, start } => script.price_at(time.nanos_since(*start)),
            Playing::Bars(_) => self.stretch(time).at(time),
        }
    }

    /// A recording shows this price now.
    pub(super) fn shows(&mut self, price: f64) {
        if let Playing::Held(held) = &mut self.source {
            *held = price;
        }
    }

    /// A script's price goes there; `false` where it is no script that is followed.
    pub(super) fn go(&mut self, time: UnixNanos, price: rust_decimal::Decimal) -> bool {
        let Playing::Script { script, start } = &mut self.source else { return false };
        script.put(time.nanos_since(*start), price);
        self.now = Stretch { start: time, ..Stretch::EMPTY };
        self.proceed();
        true
    }

    fn proceed(&mut self) {
        let start = self.now.end();
        let minute = Timeframe::M1.open_of(start).saturating_add_nanos(MINUTE);
        self.now = match &mut self.source {
            Playing::Bars(bars) => bars.next(),
            Playing::Script { script, start: origin } => {
                let since = start.nanos_since(*origin);
                let length = script.next_step(since).map_or(i64::MAX, |next| next - since).min(minute.nanos_since(start));
                let (open, close) = (script.price_at(since), script.price_until(since + length));
                let turns = [open, open + (close - open) / 3.0, close - (close - open) / 3.0, close];
                Stretch { start, length, turns, volume: QUIET_TURNOVER / open * float(length) / float(MINUTE) }
            }
            Playing::Held(price) => {
                Stretch { start, length: minute.nanos_since(start), turns: [*price; 4], volume: QUIET_TURNOVER / *price }
            }
        };
    }
}
