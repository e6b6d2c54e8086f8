//! A strategy to write: so far it watches every bar and decides nothing.
//!
//! Begin in `Signal::next`. It is called once for each closed bar, in order, and answers with
//! `Some(Decision::Long)`, `Some(Decision::Short)` or `Some(Decision::Flat)` where the bar is a
//! reason to change what is held, and with `None` where it is not. What `next` needs to remember
//! from one bar to the next is a field of `Signal`; what you want to turn without writing code is a
//! field of `Params`. Averages and oscillators are there already: `Sma`, `Ema`, `Rsi`, `Macd`,
//! `Atr`, `Adx`, `Bollinger`, `Stochastic`, `ParabolicSar`.

use metaexpert::prelude::*;

use crate::decision::Decision;

/// The knobs: each field is a flag, a variable and a line below `[inputs]` in metaexpert.toml.
/// Its documentation is its help.
#[derive(Inputs)]
pub struct Params {
    // /// Length of the average, in bars. (A flag: `--length 20`.)
    // #[input(default = 50, min = 2, max = 500, step = 1)]
    // pub length: usize,
}

/// What the strategy remembers from bar to bar.
pub struct Signal {
    // average: Sma,
}

impl Signal {
    /// Begins, before the first bar. An error here ends the run before it begins.
    pub fn new(_params: &Params) -> Result<Self> {
        // Ok(Self { average: Sma::new(params.length)? })
        Ok(Self {})
    }

    /// Takes the bar that has just closed; a decision where this bar is the reason for one.
    pub fn next(&mut self, _bar: &Bar) -> Option<Decision> {
        // let average = self.average.next(bar.close);
        // let average_is_known = self.average.is_ready();
        // (average_is_known && bar.close > average).then_some(Decision::Long)
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_decided_yet() {
        let mut signal = Signal::new(&Params {}).unwrap();
        let bar = Bar {
            time: UnixNanos::MIN,
            open: 1.0,
            high: 1.0,
            low: 1.0,
            close: 1.0,
            volume: 1.0,
        };
        assert_eq!(signal.next(&bar), None);
    }
}
