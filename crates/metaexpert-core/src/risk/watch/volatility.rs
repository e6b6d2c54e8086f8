//! How far the price moves in a bar: Wilder's average true range in percent of the close, and its rank in its own past.

use super::Missing;
use crate::{
    Bar, ConfigError,
    config::{Config, VolatilityFilter},
    indicators::Atr,
};

/// The average true range of one market, bar by bar.
#[derive(Debug, Clone)]
pub(in crate::risk) struct Volatility {
    range: Atr,
    /// Bars from which on there is an average.
    needed: usize,
    seen: usize,
    /// In percent of the close.
    percent: f64,
    past: Option<Past>,
}

/// Bars that it takes before there is a number to judge by: Wilder's first true range needs a close before it.
pub(super) fn bars_needed(config: &Config) -> usize {
    match config.volatility_filter {
        None if config.volatility_target_pct.is_none() => 0,
        Some(VolatilityFilter::AtrPercentile) => config.volatility_period + config.volatility_window,
        None | Some(VolatilityFilter::AtrBand) => config.volatility_period + 1,
    }
}

/// The last values, of which one is to be ranked. Room for all of them is made at the start.
#[derive(Debug, Clone)]
struct Past {
    values: Vec<f64>,
    window: usize,
    oldest: usize,
}

impl Volatility {
    /// What the configuration asks for, if it asks for any.
    pub(super) fn of(config: &Config) -> Result<Option<Self>, ConfigError> {
        if config.volatility_filter.is_none() && config.volatility_target_pct.is_none() {
            return Ok(None);
        }
        let period = config.volatility_period;
        let window = config.volatility_window.max(2);
        let is_ranked = config.volatility_filter == Some(VolatilityFilter::AtrPercentile);
        let past = is_ranked.then(|| Past { values: Vec::with_capacity(window), window, oldest: 0 });
        let range = Atr::new(period).map_err(|error| ConfigError { key: "volatility_period".to_owned(), ..error })?;
        Ok(Some(Self { range, needed: period + 1, seen: 0, percent: 0.0, past }))
    }

    pub(super) fn next(&mut self, bar: &Bar) {
        let range = self.range.next(bar.high, bar.low, bar.close);
        self.seen = self.seen.saturating_add(1);
        self.percent = 100.0 * range / bar.close;
        if self.range.is_ready()
            && let Some(past) = &mut self.past
        {
            past.push(self.percent);
        }
    }

    /// In percent of the last bar's close.
    pub(in crate::risk) const fn percent(&self) -> Result<f64, Missing> {
        if self.seen < self.needed { Err(Missing { seen: self.seen, needed: self.needed }) } else { Ok(self.percent) }
    }

    /// How many of the other values in the window are below the last one, in percent: 0 is the lowest of all, 100 the highest.
    pub(in crate::risk) fn rank(&self) -> Result<f64, Missing> {
        let Some(past) = &self.past else { return Err(Missing { seen: 0, needed: 0 }) };
        let missing = past.window - past.values.len().min(past.window);
        if missing > 0 {
            return Err(Missing { seen: self.seen, needed: self.needed + past.window - 1 });
        }
        let below = past.values.iter().filter(|value| **value < self.percent).count();
        Ok(100.0 * share(below, past.window - 1))
    }
}

impl Past {
    fn push(&mut self, value: f64) {
        if self.values.len() < self.window {
            self.values.push(value);
        } else if let Some(oldest) = self.values.get_mut(self.oldest) {
            *oldest = value;
            self.oldest = (self.oldest + 1) % self.window;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a window has far fewer than 2^53 values")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnixNanos;

    fn config(filter: VolatilityFilter, period: usize, window: usize) -> Config {
        let volatility_filter = Some(filter);
        Config { volatility_filter, volatility_period: period, volatility_window: window, ..Config::default() }
    }

    /// A bar around 100 with this range.
    fn bar(range: f64) -> Bar {
        let (high, low) = (100.0 + range / 2.0, 100.0 - range / 2.0);
        Bar { time: UnixNanos::default(), open: 100.0, high, low, close: 100.0, volume: 1.0 }
    }

    #[test]
    fn there_is_a_value_once_the_period_and_the_close_before_it_are_there() {
        let mut volatility = Volatility::of(&config(VolatilityFilter::AtrBand, 2, 100)).unwrap().unwrap();
        volatility.next(&bar(8.0));
        volatility.next(&bar(2.0));
        assert_eq!(volatility.percent(), Err(Missing { seen: 2, needed: 3 }));
        volatility.next(&bar(4.0));
        assert_eq!(volatility.percent(), Ok(3.0));
    }

    #[test]
    fn the_rank_counts_the_values_below_in_the_window_and_forgets_what_left_it() {
        let mut volatility = Volatility::of(&config(VolatilityFilter::AtrPercentile, 1, 3)).unwrap().unwrap();
        let mut ranks = Vec::new();
        for range in [9.0, 1.0, 2.0, 3.0, 2.0, 2.0, 5.0] {
            volatility.next(&bar(range));
            ranks.push(volatility.rank().ok());
        }
        assert_eq!(ranks, [None, None, None, Some(100.0), Some(0.0), Some(0.0), Some(100.0)]);
        let mut short = Volatility::of(&config(VolatilityFilter::AtrPercentile, 1, 3)).unwrap().unwrap();
        short.next(&bar(1.0));
        assert_eq!(short.rank(), Err(Missing { seen: 1, needed: 4 }));
    }
}
