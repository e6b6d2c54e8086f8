//! EMA crossover: goes with the trend, once two averages of the price agree that it has turned.
//!
//! An exponential moving average (EMA) follows the price, the faster the shorter it is. While the
//! market rises, the fast one runs above the slow one. When it crosses above, go long; when it
//! crosses below, go short. It earns in long moves and pays for it in every market that goes
//! sideways, where each cross comes too late.
//!
//! It acts on the cross alone: after a stop-loss it waits for the next one.

use metaexpert::prelude::*;

use crate::decision::Decision;

/// The knobs: each field is a flag (`--fast 9`), a variable (`METAEXPERT_INPUT_FAST=9`) and a line
/// below `[inputs]` in metaexpert.toml.
#[derive(Inputs)]
pub struct Params {
    /// Length of the fast EMA, in bars.
    #[input(default = 12, min = 2, max = 200, step = 1)]
    pub fast: usize,
    /// Length of the slow EMA, in bars.
    #[input(default = 26, min = 3, max = 1000, step = 1)]
    pub slow: usize,
}

/// What the strategy remembers from bar to bar.
pub struct Signal {
    fast: Ema,
    slow: Ema,
    /// Whether the fast EMA was above the slow one when they last differed.
    above: Option<bool>,
}

impl Signal {
    /// Begins, before the first bar.
    pub fn new(params: &Params) -> Result<Self> {
        if params.fast >= params.slow {
            let rule = format!("must be below input `slow` ({})", params.slow);
            return Err(Error::input("fast", params.fast, rule));
        }
        Ok(Self {
            fast: Ema::new(params.fast)?,
            slow: Ema::new(params.slow)?,
            above: None,
        })
    }

    /// Takes the bar that has just closed; a decision where this bar is the reason for one.
    pub fn next(&mut self, bar: &Bar) -> Option<Decision> {
        let difference = self.fast.next(bar.close) - self.slow.next(bar.close);
        if difference == 0.0 {
            return None;
        }
        let above = difference > 0.0;
        let crossed = self
            .above
            .replace(above)
            .is_some_and(|before| before != above);
        // Before as many bars as the slow EMA is long, it is still near the price it began with.
        if !crossed || !self.slow.is_ready() {
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

    /// What is decided on bars with these closing prices.
    fn decisions(closes: &[f64]) -> Vec<Option<Decision>> {
        let mut signal = Signal::new(&Params { fast: 2, slow: 3 }).unwrap();
        let bar = |close| Bar {
            time: UnixNanos::MIN,
            open: close,
            high: close,
            low: close,
            close,
            volume: 1.0,
        };
        closes
            .iter()
            .map(|close| signal.next(&bar(*close)))
            .collect()
    }

    #[test]
    fn a_fall_after_a_rise_is_sold_and_the_next_rise_bought() {
        let closes = [100.0, 101.0, 102.0, 90.0, 89.0, 105.0, 106.0];
        let (long, short) = (Some(Decision::Long), Some(Decision::Short));
        assert_eq!(
            decisions(&closes),
            [None, None, None, short, None, long, None]
        );
    }

    #[test]
    fn a_market_that_stands_still_decides_nothing() {
        assert_eq!(decisions(&[100.0; 50]), [None; 50]);
    }

    #[test]
    fn a_fast_average_that_is_the_slower_one_is_refused() {
        assert!(Signal::new(&Params { fast: 3, slow: 3 }).is_err());
    }
}
