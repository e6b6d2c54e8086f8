//! RSI reversal: goes against a move that has gone too far, once it begins to turn.
//!
//! The relative strength index (RSI) compares recent gains with recent losses, from 0 (only losses)
//! to 100 (only gains). Below `oversold` the market has fallen hard; when the RSI comes back above
//! that line, the fall is losing force: go long. At `overbought` it is the other way round: go
//! short. When the RSI is back in the middle, at 50, the move is over: take what there is.
//!
//! It earns where prices swing about a level. In a strong trend it stands in the way, so leave it
//! its stop-loss.

use metaexpert::prelude::*;

use crate::decision::Decision;

/// Neither gains nor losses prevail.
const MIDDLE: f64 = 50.0;

/// The knobs: each field is a flag (`--length 10`), a variable (`METAEXPERT_INPUT_LENGTH=10`) and a
/// line below `[inputs]` in metaexpert.toml.
#[derive(Inputs)]
pub struct Params {
    /// Length of the RSI, in bars.
    #[input(default = 14, min = 2, max = 200, step = 1)]
    pub length: usize,
    /// RSI below which the market has fallen too far.
    #[input(default = 30.0, min = 1.0, max = 49.0, step = 1.0)]
    pub oversold: f64,
    /// RSI above which the market has risen too far.
    #[input(default = 70.0, min = 51.0, max = 99.0, step = 1.0)]
    pub overbought: f64,
}

/// What the strategy remembers from bar to bar.
pub struct Signal {
    rsi: Rsi,
    oversold: f64,
    overbought: f64,
    /// The RSI one bar ago, once there are enough bars for one.
    before: Option<f64>,
}

impl Signal {
    /// Begins, before the first bar.
    pub fn new(params: &Params) -> Result<Self> {
        let Params {
            length,
            oversold,
            overbought,
        } = *params;
        Ok(Self {
            rsi: Rsi::new(length)?,
            oversold,
            overbought,
            before: None,
        })
    }

    /// Takes the bar that has just closed; a decision where this bar is the reason for one.
    pub fn next(&mut self, bar: &Bar) -> Option<Decision> {
        self.rsi.next(bar.close);
        let now = self.rsi.value()?; // nothing before there are enough bars
        let before = self.before.replace(now)?;
        let rose_above = |line: f64| before < line && now >= line;
        let fell_below = |line: f64| before > line && now <= line;
        if rose_above(self.oversold) {
            Some(Decision::Long)
        } else if fell_below(self.overbought) {
            Some(Decision::Short)
        } else if rose_above(MIDDLE) || fell_below(MIDDLE) {
            Some(Decision::Flat)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is decided on bars with these closing prices, bars without a decision left out.
    fn decisions(closes: &[f64]) -> Vec<(usize, Decision)> {
        let params = Params {
            length: 3,
            oversold: 30.0,
            overbought: 70.0,
        };
        let mut signal = Signal::new(&params).unwrap();
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
    fn a_fall_that_loses_force_is_bought_and_sold_again_in_the_middle() {
        let closes = [100.0, 95.0, 90.0, 85.0, 80.0, 86.0, 96.0];
        assert_eq!(
            decisions(&closes),
            [(5, Decision::Long), (6, Decision::Flat)]
        );
    }

    #[test]
    fn a_rise_that_loses_force_is_sold_short() {
        let closes = [100.0, 105.0, 110.0, 115.0, 120.0, 113.0];
        assert_eq!(decisions(&closes), [(5, Decision::Short)]);
    }

    #[test]
    fn a_market_that_stands_still_decides_nothing() {
        assert_eq!(decisions(&[100.0; 50]), []);
    }
}
