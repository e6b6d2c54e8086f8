//! A market out of a seed, for trying things out without a file. It looks like a market; it is none, and no result on it
//! says anything about money.
//!
//! What it has of real ones: regimes (bull, bear, range, as a Markov chain), volatility that clusters (GARCH), jumps, opens
//! that mostly are the close before, and a volume that is log-normal, high at both ends of the UTC day, and grows with
//! volatility.
//!
//! The one decision: a seed gives the same bars, bit for bit, on every platform and in every later version. Hence a
//! generator that is a published algorithm (xoshiro256++, seeded by `SplitMix64`), `exp`, `ln` and `cos` from the `libm`
//! crate and not from the system, and otherwise only operations that IEEE 754 defines exactly. A test holds the bars of
//! one seed; whoever changes it changes everybody's results.

use std::fmt;

use metaexpert_core::{Timeframe, UnixNanos};
use rust_decimal::{Decimal, dec};

use crate::{
    BarSeries, DataError,
    error::Place,
    rows::{Column, Origin, Rows},
};

mod endless; // bar by bar, for ever
mod market; // what moves the price

pub use endless::SyntheticBars;

/// What is asked of a made-up market. What is `None` follows from the rest.
///
/// ```
/// use metaexpert_core::Timeframe;
/// use metaexpert_data::SyntheticSpec;
/// let spec = SyntheticSpec { seed: 7, bars: Some(1_000), ..SyntheticSpec::default() };
/// let series = spec.generate(Timeframe::M1).unwrap();
/// assert!(series.synthetic);
/// assert_eq!(series.source, "synthetic:seed=7,bars=1000,timeframe=1m,start=2024-01-01T00:00:00Z,price=40000,tick=0.1");
/// assert_eq!(spec.generate(Timeframe::M1).unwrap(), series);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntheticSpec {
    /// The seed; the same one gives the same bars. Default: 1.
    pub seed: u64,
    /// How many bars. Default: 365 days of the timeframe, at most 525,600.
    pub bars: Option<usize>,
    /// Their length. Default: the caller's.
    pub timeframe: Option<Timeframe>,
    /// When the first one opens; if no bar opens then, the next one that does. Default: 2024-01-01.
    pub start: Option<UnixNanos>,
    /// The first price. Default: 40000.
    pub price: Decimal,
    /// The step of prices. Default: the sixth digit of the first price.
    pub tick: Option<Decimal>,
}

impl Default for SyntheticSpec {
    fn default() -> Self {
        Self { seed: 1, bars: None, timeframe: None, start: None, price: dec!(40000), tick: None }
    }
}

impl fmt::Display for SyntheticSpec {
    /// As users write it, with every parameter that is set.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "synthetic:seed={}", self.seed)?;
        self.bars.map_or(Ok(()), |bars| write!(f, ",bars={bars}"))?;
        self.timeframe.map_or(Ok(()), |timeframe| write!(f, ",timeframe={timeframe}"))?;
        self.start.map_or(Ok(()), |start| write!(f, ",start={start}"))?;
        write!(f, ",price={}", self.price)?;
        self.tick.map_or(Ok(()), |tick| write!(f, ",tick={tick}"))
    }
}

/// The most bars: as many as fit into 2.4 GB.
pub(crate) const BARS_MAX: usize = 50_000_000;
const BARS_DEFAULT_MAX: i64 = 525_600;
const DAY: i64 = 86_400;
const YEAR: i64 = 365 * DAY;

impl SyntheticSpec {
    /// Makes the bars. `default` is the timeframe, if the specification names none.
    ///
    /// # Errors
    /// A parameter out of its range: bars from 1 to 50,000,000 and before the year 2262, a price from 0.000001 to
    /// 1,000,000,000, a tick from a hundred-millionth to a hundredth of it.
    pub fn generate(&self, default: Timeframe) -> Result<BarSeries, DataError> {
        let timeframe = self.timeframe.unwrap_or(default);
        let bars = self
            .bars()?
            .unwrap_or_else(|| usize::try_from((YEAR / timeframe.seconds()).clamp(1, BARS_DEFAULT_MAX)).unwrap_or(BARS_MAX));
        let (price, tick) = self.price_and_tick()?;
        let start = self.start(timeframe, bars)?;
        let whole = Self { bars: Some(bars), timeframe: Some(timeframe), start: Some(start), price, tick: Some(tick), ..*self };

        let source = whole.to_string();
        let place = |index| Place::Row(u64::try_from(index).map_or(u64::MAX, |index| index + 1));
        let origin = Origin { name: &source, time_column: Column::Time.name(), place: &place };
        let mut market = market::Market::new(self.seed, timeframe, price, tick);
        let mut rows = Rows::with_capacity(bars);
        let mut time = start;
        for _ in 0..bars {
            rows.push(time, market.bar(time)).map_err(|refusal| origin.refuse(rows.len(), refusal))?;
            time = time.saturating_add_nanos(timeframe.nanos());
        }
        Ok(BarSeries { synthetic: true, ..rows.finish(&origin, timeframe)? })
    }

    fn refuse<T>(&self, parameter: &str, value: impl fmt::Display, rule: impl fmt::Display) -> Result<T, DataError> {
        Err(DataError::BadSource { text: self.to_string(), reason: format!("{parameter}: `{value}` {rule}") })
    }

    fn bars(&self) -> Result<Option<usize>, DataError> {
        match self.bars {
            Some(bars) if !(1..=BARS_MAX).contains(&bars) => self.refuse("bars", bars, format!("is not in 1 to {BARS_MAX}")),
            bars => Ok(bars),
        }
    }

    fn start(&self, timeframe: Timeframe, bars: usize) -> Result<UnixNanos, DataError> {
        const START: UnixNanos = UnixNanos::from_nanos(1_704_067_200_000_000_000); // 2024-01-01
        let asked = self.start.unwrap_or(START);
        let open = timeframe.open_of(asked);
        let start = if open == asked { asked } else { open.saturating_add_nanos(timeframe.nanos()) };
        let length = i64::try_from(bars).ok().and_then(|bars| bars.checked_mul(timeframe.nanos()));
        match length.and_then(|length| start.as_nanos().checked_add(length)) {
            Some(_) if start.as_nanos() >= 0 => Ok(start),
            Some(_) => self.refuse("start", asked, "is before 1970"),
            None => self.refuse("start", asked, format!("and {bars} bars of {timeframe} go beyond the year 2262")),
        }
    }

    fn price_and_tick(&self) -> Result<(Decimal, Decimal), DataError> {
        const PRICES: std::ops::RangeInclusive<Decimal> = dec!(0.000001)..=dec!(1_000_000_000);
        let price = self.price.normalize();
        if !PRICES.contains(&price) {
            return self.refuse("price", price, "is not in 0.000001 to 1000000000");
        }
        let tick = self.tick.unwrap_or_else(|| sixth_digit(price)).normalize();
        let (least, most) = ((price / dec!(100_000_000)).normalize(), (price / dec!(100)).normalize());
        if tick < least || tick > most {
            return self.refuse("tick", tick, format!("is not in {least} to {most}, which fits a price of {price}"));
        }
        // The price may grow to 55 times the first, and must still be a number of 15 digits.
        if price * dec!(100) / Decimal::new(1, tick.scale()) >= dec!(1e15) {
            return self.refuse("tick", tick, format!("has too many decimals for a price of {price}"));
        }
        Ok(((price / tick).round() * tick, tick)).map(|(price, tick)| (price.normalize(), tick))
    }
}

/// The step of the sixth digit of a price: 0.1 for 40,000.
fn sixth_digit(price: Decimal) -> Decimal {
    let mut tick = dec!(0.000_000_000_01); // of the least price
    while tick * dec!(1_000_000) <= price {
        tick *= dec!(10);
    }
    tick
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn year(seed: u64) -> BarSeries {
        SyntheticSpec { seed, ..SyntheticSpec::default() }.generate(Timeframe::M1).unwrap()
    }

    /// FNV-1a over every bit of every bar.
    fn checksum(series: &BarSeries) -> u64 {
        let words = series.bars.iter().flat_map(|bar| {
            [bar.time.as_nanos().cast_unsigned()]
                .into_iter()
                .chain([bar.open, bar.high, bar.low, bar.close, bar.volume].map(f64::to_bits))
        });
        words
            .flat_map(u64::to_le_bytes)
            .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }

    #[test]
    fn a_seed_gives_the_same_bars_on_every_platform_for_ever() {
        let series = year(7);
        let shown: Vec<String> = series
            .bars
            .iter()
            .take(3)
            .map(|bar| format!("{} {} {} {} {} {}", bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume))
            .collect();
        expect![[r#"
            2024-01-01T00:00:00Z 40000 40008.8 39987.8 39992.7 5.608
            2024-01-01T00:01:00Z 39992.7 40001.8 39974.6 39995.8 14.273
            2024-01-01T00:02:00Z 39995.8 40018.1 39993 40016.4 77.609
            b6a3dade7fe30ce4"#]]
        .assert_eq(&format!("{}\n{:016x}", shown.join("\n"), checksum(&series)));
    }

    #[test]
    fn another_seed_gives_another_market() {
        assert_ne!(checksum(&year(7)), checksum(&year(8)));
    }

    #[test]
    fn more_bars_of_a_seed_begin_with_the_same_bars() {
        let few = SyntheticSpec { bars: Some(1_000), ..SyntheticSpec::default() }.generate(Timeframe::M1).unwrap();
        assert_eq!(few.bars[..], year(1).bars[..1_000]);
    }

    #[test]
    fn a_year_of_minutes_looks_like_a_market() {
        for seed in 0..4 {
            let series = year(seed);
            assert_eq!((series.bars.len(), series.timeframe, series.gaps.len()), (525_600, Timeframe::M1, 0));
            assert_eq!(series.price_step, dec!(0.1));
            let returns: Vec<f64> = series.bars.iter().map(|bar| (bar.close / bar.open).ln()).collect();
            let moments = |power: i32| returns.iter().map(|change| change.powi(power)).sum::<f64>() / 525_600.0;
            let volatility = (moments(2) * 525_600.0).sqrt();
            assert!((0.3..1.5).contains(&volatility), "seed {seed}: {volatility} a year");
            let kurtosis = moments(4) / moments(2).powi(2);
            assert!(kurtosis > 5.0, "seed {seed}: fat tails, {kurtosis}");
            // Volatility clusters: squares follow squares, changes do not follow changes.
            let follow = |of: fn(f64) -> f64| {
                let mean = returns.iter().map(|change| of(*change)).sum::<f64>() / 525_600.0;
                let centred: Vec<f64> = returns.iter().map(|change| of(*change) - mean).collect();
                let both: f64 = centred.windows(2).map(|pair| pair[0] * pair[1]).sum();
                both / centred.iter().map(|value| value * value).sum::<f64>()
            };
            assert!(follow(f64::abs) > 0.1, "seed {seed}: {}", follow(f64::abs));
            assert!(follow(|change| change).abs() < 0.02, "seed {seed}: {}", follow(|change| change));
            let opens = series.bars.windows(2).filter(|pair| pair[0].close.to_bits() == pair[1].open.to_bits()).count();
            assert!(opens > 500_000, "seed {seed}: {opens} bars open where the last one closed");
        }
    }

    #[test]
    fn every_timeframe_price_and_tick_makes_a_market() {
        for timeframe in Timeframe::ALL {
            for (price, tick) in
                [(dec!(0.000001), None), (dec!(1), Some(dec!(0.01))), (dec!(1e9), None), (dec!(97.3), Some(dec!(0.25)))]
            {
                let spec = SyntheticSpec { bars: Some(2_000), price, tick, ..SyntheticSpec::default() };
                let series = spec.generate(*timeframe).unwrap();
                assert_eq!(series.timeframe, *timeframe);
                let read = crate::Source::parse(&series.source).unwrap().load(Timeframe::S1).unwrap();
                assert_eq!(read, series, "the source text makes the same bars again");
            }
        }
    }
}
