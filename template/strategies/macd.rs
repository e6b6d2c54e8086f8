//! MACD crossover: goes with the momentum, when it turns rather than when the price does.
//!
//! The MACD is the distance between a fast and a slow average of the price: how hard the market is
//! being pulled, and where to. Its signal line is an average of the MACD itself. When the MACD
//! crosses above its signal line, momentum is turning up: go long; when it crosses below: go short.
//! It is earlier than a crossover of the averages themselves, and is wrong more often for it:
//! a larger `signal` makes it calmer.

use metaexpert::prelude::*;

use crate::decision::Decision;

/// The knobs: each field is a flag (`--fast 8`), a variable (`METAEXPERT_INPUT_FAST=8`) and a line
/// below `[inputs]` in metaexpert.toml.
#[derive(Inputs)]
pub struct Params {
    /// Length of the fast average, in bars.
    #[input(default = 12, min = 2, max = 200, step = 1)]
    pub fast: usize,
    /// Length of the slow average, in bars.
    #[input(default = 26, min = 3, max = 1000, step = 1)]
    pub slow: usize,
    /// Length of the signal line, in bars.
    #[input(default = 9, min = 2, max = 200, step = 1)]
    pub signal: usize,
}

/// What the strategy remembers from bar to bar.
pub struct Signal {
    macd: Macd,
    /// Whether the MACD was above its signal line when they last differed.
    above: Option<bool>,
}

impl Signal {
    /// Begins, before the first bar.
    pub fn new(params: &Params) -> Result<Self> {
        let Params { fast, slow, signal } = *params;
        if fast >= slow {
            return Err(Error::input(
                "fast",
                fast,
                format!("must be below input `slow` ({slow})"),
            ));
        }
        Ok(Self {
            macd: Macd::new(fast, slow, signal)?,
            above: None,
        })
    }

    /// Takes the bar that has just closed; a decision where this bar is the reason for one.
    pub fn next(&mut self, bar: &Bar) -> Option<Decision> {
        // The histogram is the MACD less its signal line.
        let histogram = self.macd.next(bar.close).histogram;
        if histogram == 0.0 {
            return None;
        }
        let above = histogram > 0.0;
        let crossed = self
            .above
            .replace(above)
            .is_some_and(|before| before != above);
        // Before `slow` and `signal` bars have passed, the lines are still near their beginnings.
        if !crossed || !self.macd.is_ready() {
            return None;
        }
        Some(if above {
            Decision::Long
        } else {
            Decision::Short
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is decided on bars with these closing prices, bars without a decision left out.
    fn decisions(closes: &[f64]) -> Vec<(usize, Decision)> {
        let mut signal = Signal::new(&Params {
            fast: 2,
            slow: 4,
            signal: 2,
        })
        .unwrap();
        let bar = |close| Bar {
            time: UnixNanos::MIN,
            open: close,
            high: close,
            low: close,
            close,
            volume: 1.0,
        };
        let bars = closes.iter().map(|close| bar(*close)).enumerate();
        bars.filter_map(|(place, bar)| Some((place, signal.next(&bar)?)))
            .collect()
    }

    #[test]
    fn momentum_that_turns_down_is_sold_and_momentum_that_turns_up_bought() {
        let closes = [
            100.0, 102.0, 105.0, 109.0, 114.0, 114.5, 114.0, 112.0, 112.5, 116.0,
        ];
        assert_eq!(
            decisions(&closes),
            [(5, Decision::Short), (9, Decision::Long)]
        );
    }

    #[test]
    fn a_market_that_stands_still_decides_nothing() {
        assert_eq!(decisions(&[100.0; 50]), []);
    }

    #[test]
    fn a_fast_average_that_is_the_slower_one_is_refused() {
        assert!(
            Signal::new(&Params {
                fast: 26,
                slow: 26,
                signal: 9
            })
            .is_err()
        );
    }
}
