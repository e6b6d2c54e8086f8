//! Where the trend goes: the close against its average, or which directional movement is the stronger.

use super::Missing;
use crate::{
    Bar, ConfigError,
    config::{Config, TrendFilter},
    indicators::{Adx, AdxValue, Ema, Sma},
};

/// Bars in an average, and in the ADX, where `trend_period` is not set: what most charts show.
const AVERAGE_PERIOD: usize = 200;
const ADX_PERIOD: usize = 14;

#[derive(Debug, Clone)]
enum Indicator {
    Ema(Ema),
    Sma(Sma),
    Adx(Adx),
}

/// The trend of one market, bar by bar.
#[derive(Debug, Clone)]
pub(in crate::risk) struct Trend {
    indicator: Indicator,
    period: usize,
    needed: usize,
    seen: usize,
    close: f64,
}

/// The trend as of the last closed bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::risk) enum TrendAt {
    /// The close, and its average.
    Average { close: f64, average: f64 },
    /// How strong it is, and which way it goes.
    Directional(AdxValue),
}

/// Bars in the average, or in the ADX.
fn period_of(config: &Config, filter: TrendFilter) -> usize {
    config.trend_period.unwrap_or(match filter {
        TrendFilter::Ema | TrendFilter::Sma => AVERAGE_PERIOD,
        TrendFilter::Adx => ADX_PERIOD,
    })
}

/// Bars that it takes before there is a trend to judge by.
pub(super) fn bars_needed(config: &Config) -> usize {
    config.trend_filter.map_or(0, |filter| match filter {
        TrendFilter::Ema | TrendFilter::Sma => period_of(config, filter),
        TrendFilter::Adx => period_of(config, filter).saturating_mul(2),
    })
}

impl Trend {
    /// What the configuration asks for, if it asks for any.
    pub(super) fn of(config: &Config) -> Result<Option<Self>, ConfigError> {
        let Some(filter) = config.trend_filter else { return Ok(None) };
        let period = period_of(config, filter);
        let indicator = match filter {
            TrendFilter::Ema => Ema::new(period).map(Indicator::Ema),
            TrendFilter::Sma => Sma::new(period).map(Indicator::Sma),
            TrendFilter::Adx => Adx::new(period).map(Indicator::Adx),
        };
        let indicator = indicator.map_err(|error| ConfigError { key: "trend_period".to_owned(), ..error })?;
        Ok(Some(Self { indicator, period, needed: bars_needed(config), seen: 0, close: 0.0 }))
    }

    pub(super) fn next(&mut self, bar: &Bar) {
        match &mut self.indicator {
            Indicator::Ema(ema) => drop(ema.next(bar.close)),
            Indicator::Sma(sma) => drop(sma.next(bar.close)),
            Indicator::Adx(adx) => drop(adx.next(bar.high, bar.low, bar.close)),
        }
        self.seen = self.seen.saturating_add(1);
        self.close = bar.close;
    }

    /// Bars in the average.
    pub(in crate::risk) const fn period(&self) -> usize {
        self.period
    }

    /// As of the last closed bar.
    pub(in crate::risk) fn at(&self) -> Result<TrendAt, Missing> {
        let average = |average| TrendAt::Average { close: self.close, average };
        let at = match &self.indicator {
            Indicator::Ema(ema) => ema.value().map(average),
            Indicator::Sma(sma) => sma.value().map(average),
            Indicator::Adx(adx) => adx.value().map(TrendAt::Directional),
        };
        at.ok_or(Missing { seen: self.seen, needed: self.needed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnixNanos;

    fn trend(filter: TrendFilter, period: Option<usize>) -> Trend {
        let config = Config { trend_filter: Some(filter), trend_period: period, ..Config::default() };
        Trend::of(&config).unwrap().unwrap()
    }

    fn bar(close: f64) -> Bar {
        Bar { time: UnixNanos::default(), open: close, high: close + 1.0, low: close - 1.0, close, volume: 1.0 }
    }

    #[test]
    fn an_average_is_there_from_its_last_bar_on() {
        for (filter, average) in [(TrendFilter::Sma, 12.0), (TrendFilter::Ema, 12.5)] {
            let mut trend = trend(filter, Some(3));
            trend.next(&bar(10.0));
            trend.next(&bar(12.0));
            assert_eq!(trend.at(), Err(Missing { seen: 2, needed: 3 }));
            trend.next(&bar(14.0));
            assert_eq!(trend.at(), Ok(TrendAt::Average { close: 14.0, average }), "{filter}");
        }
    }

    #[test]
    fn the_period_is_what_most_charts_show_where_it_is_not_set() {
        assert_eq!(trend(TrendFilter::Ema, None).at(), Err(Missing { seen: 0, needed: 200 }));
        assert_eq!(trend(TrendFilter::Adx, None).at(), Err(Missing { seen: 0, needed: 28 }));
    }
}
