//! The example `binance-ema`: when it signals. What a signal does is the tester's story.

/// A change of sign of fast - slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cross {
    /// The fast average crossed above the slow one.
    Up,
    /// The fast average crossed below the slow one.
    Down,
}

/// Two exponential averages and the sign of their difference.
#[derive(Debug)]
pub(super) struct Crossover {
    fast: Average,
    slow: Average,
    /// The last difference that was not zero was positive; none yet at the start.
    above: Option<bool>,
    bars: usize,
    first_signal: usize,
}

impl Crossover {
    pub(super) fn new(fast: usize, slow: usize) -> Self {
        Self { fast: Average::new(fast), slow: Average::new(slow), above: None, bars: 0, first_signal: slow }
    }

    /// Takes the close of the next bar.
    pub(super) fn next(&mut self, close: f64) -> Option<Cross> {
        self.bars += 1;
        let difference = self.fast.next(close) - self.slow.next(close);
        let before = self.above;
        if difference > 0.0 {
            self.above = Some(true);
        } else if difference < 0.0 {
            self.above = Some(false);
        }
        if self.bars < self.first_signal {
            return None;
        }
        match (before, self.above) {
            (Some(false), Some(true)) => Some(Cross::Up),
            (Some(true), Some(false)) => Some(Cross::Down),
            _ => None,
        }
    }
}

#[derive(Debug)]
struct Average {
    alpha: f64,
    value: Option<f64>,
}

impl Average {
    fn new(length: usize) -> Self {
        // Lengths are a few thousand at most, far inside the 32 bits that an `f64` holds exactly.
        let length = f64::from(u32::try_from(length).unwrap_or(u32::MAX));
        Self { alpha: 2.0 / (length + 1.0), value: None }
    }

    fn next(&mut self, close: f64) -> f64 {
        let value = match self.value {
            Some(old) => old + self.alpha * (close - old),
            None => close,
        };
        self.value = Some(value);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bars (from 1) that signal, with `u` and `d`.
    fn signals(fast: usize, slow: usize, closes: &[f64]) -> String {
        let mut crossover = Crossover::new(fast, slow);
        let mut found = Vec::new();
        for (close, bar) in closes.iter().zip(1..) {
            match crossover.next(*close) {
                Some(Cross::Up) => found.push(format!("u{bar}")),
                Some(Cross::Down) => found.push(format!("d{bar}")),
                None => {}
            }
        }
        found.join(" ")
    }

    #[test]
    fn the_average_moves_by_alpha_of_the_distance_and_starts_at_the_first_value() {
        let mut average = Average::new(3);
        assert_eq!([8.0, 10.0, 13.0].map(|x| average.next(x)).map(f64::to_bits), [8.0, 9.0, 11.0].map(f64::to_bits));
    }

    #[test]
    fn the_first_sign_is_no_cross_and_the_next_change_is_one() {
        // Length 1 is the close itself, length 3 halves the distance: 10, 9.5, 10.25, 9.625.
        assert_eq!(signals(1, 3, &[10.0, 9.0, 11.0, 9.0]), "u3 d4");
    }

    #[test]
    fn no_bar_before_number_slow_signals_but_its_sign_counts() {
        assert_eq!(signals(1, 4, &[10.0, 9.0, 11.0, 9.0]), "d4");
        assert_eq!(signals(1, 4, &[10.0, 9.0, 11.0, 12.0, 13.0]), "");
    }

    #[test]
    fn equal_averages_keep_the_old_sign() {
        // After 10, 8 the slow one is 9: a close of 9 is equal to it, and stays "below".
        assert_eq!(signals(1, 3, &[10.0, 8.0, 9.0, 8.0]), "");
        assert_eq!(signals(1, 3, &[10.0, 8.0, 9.0, 10.0]), "u4");
    }
}
