//! The same market without an end, a bar at a time: what a paper run trades on.
//!
//! The one decision: nothing is kept of a bar that was handed out, so that a market may go on for years. Its first bars are
//! those of a series with the same seed and the same parameters, bit for bit.

use std::fmt;

use metaexpert_core::{Bar, Timeframe, UnixNanos};
use rust_decimal::Decimal;

use super::{SyntheticSpec, market::Market};
use crate::{DataError, digits::Digits};

/// The bars of a made-up market, oldest first; none after the year 2262.
pub struct SyntheticBars {
    market: Market,
    timeframe: Timeframe,
    /// When the next one opens.
    next: UnixNanos,
    price: Digits,
    volume: Digits,
    tick: Decimal,
    first_price: Decimal,
    source: String,
}

impl SyntheticSpec {
    /// The market whose first bar opens at `first`, or at the next time that a bar opens at. How many bars and when they
    /// start (the fields `bars` and `start`) is not asked. `default` is the timeframe, if the specification names
    /// none.
    ///
    /// # Errors
    /// A price or a tick out of its range, as [`generate`](Self::generate) tells, and a first bar before 1970.
    ///
    /// ```
    /// use metaexpert_core::{Timeframe, UnixNanos};
    /// use metaexpert_data::SyntheticSpec;
    /// let spec = SyntheticSpec { seed: 7, bars: Some(100), ..SyntheticSpec::default() };
    /// let series = spec.generate(Timeframe::M1).unwrap();
    /// let endless = spec.endless(Timeframe::M1, series.bars[0].time).unwrap();
    /// assert!(endless.take(100).eq(series.bars));
    /// ```
    pub fn endless(&self, default: Timeframe, first: UnixNanos) -> Result<SyntheticBars, DataError> {
        let timeframe = self.timeframe.unwrap_or(default);
        let (price, tick) = self.price_and_tick()?;
        let next = Self { start: Some(first), ..self.clone() }.start(timeframe, 1)?;
        let whole = Self { bars: None, timeframe: Some(timeframe), start: Some(next), price, tick: Some(tick), ..*self };
        Ok(SyntheticBars {
            market: Market::new(self.seed, timeframe, price, tick),
            timeframe,
            next,
            price: Digits::default(),
            volume: Digits::default(),
            tick,
            first_price: price,
            source: whole.to_string(),
        })
    }
}

impl SyntheticBars {
    /// The length of each bar.
    pub const fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    /// When the next bar opens.
    pub const fn next_open(&self) -> UnixNanos {
        self.next
    }

    /// What the first bar opens at.
    pub const fn first_price(&self) -> Decimal {
        self.first_price
    }

    /// 10^-d, where d is the most decimals that a price has.
    pub fn price_step(&self) -> Decimal {
        Decimal::new(1, self.tick.scale())
    }

    /// 10^-d, where d is the most decimals that a volume has.
    pub fn volume_step(&self) -> Decimal {
        self.market.volume_step()
    }

    /// `synthetic:` with every parameter.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl Iterator for SyntheticBars {
    type Item = Bar;

    fn next(&mut self) -> Option<Bar> {
        let time = self.next;
        self.next = UnixNanos::from_nanos(time.as_nanos().checked_add(self.timeframe.nanos())?);
        let [open, high, low, close, volume] = self.market.bar(time);
        let mut price = |value| self.price.canonical(value);
        let (open, high, low, close) = (price(open), price(high), price(low), price(close));
        Some(Bar { time, open, high, low, close, volume: self.volume.canonical(volume) })
    }
}

impl fmt::Debug for SyntheticBars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyntheticBars").field("source", &self.source).field("next", &self.next).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn an_endless_market_begins_as_the_series_of_its_seed_and_knows_its_steps() {
        for timeframe in [Timeframe::S1, Timeframe::H1, Timeframe::W1] {
            for (seed, price, tick) in [(7, dec!(40000), None), (8, dec!(0.62), None), (9, dec!(97.3), Some(dec!(0.25)))] {
                let spec = SyntheticSpec { seed, price, tick, bars: Some(2_000), ..SyntheticSpec::default() };
                let series = spec.generate(timeframe).unwrap();
                let endless = spec.endless(timeframe, series.bars[0].time).unwrap();
                assert_eq!((endless.price_step(), endless.volume_step()), (series.price_step, series.volume_step));
                assert!(endless.take(2_000).eq(series.bars));
            }
        }
    }

    #[test]
    fn a_market_goes_on_where_no_series_would_fit_and_ends_with_the_calendar() {
        let spec = SyntheticSpec { bars: Some(1), ..SyntheticSpec::default() };
        let late = UnixNanos::parse("2262-04-11T23:00:00Z").unwrap();
        let bars: Vec<_> = spec.endless(Timeframe::M1, late).unwrap().collect();
        assert_eq!(bars.len(), 47);
        let error = spec.endless(Timeframe::M1, UnixNanos::from_nanos(-1_000_000_000_000)).unwrap_err();
        assert!(error.to_string().ends_with("is before 1970"), "{error}");
    }
}
