//! The indicators against independent computations of the same numbers: slow ones from the definitions, and TA-Lib's and
//! pandas' own; and what must hold for any prices.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "test data is small, and a panic is a failed test"
)]

mod definitions; // each indicator, straight from its formula
mod golden; // TA-Lib's and pandas' numbers
mod properties; // ranges, flat prices, drift, readiness, refused parameters
mod series; // the generated bars

use metaexpert::indicators::{Adx, Atr, Bollinger, Ema, Macd, ParabolicSar, Rsi, Sma, Stochastic, Trend};

use crate::series::{Prices, series};

const LENGTHS: [usize; 5] = [1, 2, 3, 14, 50];

/// What an indicator says at each bar, as far as it is ready.
fn run<V>(bars: &[Prices], next: impl FnMut(&Prices) -> (V, bool)) -> Vec<Option<V>> {
    bars.iter().map(next).map(|(value, ready)| ready.then_some(value)).collect()
}

/// The same bars must be ready, and the values equal up to rounding.
#[track_caller]
fn check(actual: &[Option<f64>], expected: &[Option<f64>]) {
    assert_eq!(actual.len(), expected.len());
    for (index, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let bar = index + 1;
        match (actual, expected) {
            (None, None) => {}
            (Some(actual), Some(expected)) => {
                let apart = (actual - expected).abs();
                assert!(apart <= 1e-9 * expected.abs().max(1.0), "bar {bar}: {actual}, not {expected}");
            }
            _ => panic!("bar {bar}: {actual:?}, not {expected:?}"),
        }
    }
}

/// One line of a value of several.
fn line<V>(values: &[Option<V>], line: impl Fn(&V) -> f64) -> Vec<Option<f64>> {
    values.iter().map(|value| value.as_ref().map(&line)).collect()
}

fn closes(bars: &[Prices]) -> Vec<f64> {
    bars.iter().map(|bar| bar.close).collect()
}

#[test]
fn an_ema_is_its_formula_to_the_last_bit() {
    let x = closes(&series(600));
    for length in LENGTHS {
        let alpha = 2.0 / (length as f64 + 1.0);
        let mut ema = Ema::new(length).unwrap();
        let mut e = x[0];
        for (bar, x) in x.iter().enumerate() {
            if bar > 0 {
                e += alpha * (x - e);
            }
            assert_eq!(ema.next(*x).to_bits(), e.to_bits(), "length {length}, bar {}", bar + 1);
        }
    }
}

#[test]
fn the_averages_are_their_definitions() {
    let bars = series(600);
    for length in LENGTHS {
        let (mut ema, mut sma) = (Ema::new(length).unwrap(), Sma::new(length).unwrap());
        check(&run(&bars, |bar| (ema.next(bar.close), ema.is_ready())), &definitions::ema(&closes(&bars), length));
        check(&run(&bars, |bar| (sma.next(bar.close), sma.is_ready())), &definitions::sma(&closes(&bars), length));
    }
}

#[test]
fn the_rsi_is_its_definition() {
    let bars = series(600);
    for length in LENGTHS {
        let mut rsi = Rsi::new(length).unwrap();
        check(&run(&bars, |bar| (rsi.next(bar.close), rsi.is_ready())), &definitions::rsi(&closes(&bars), length));
    }
}

#[test]
fn the_macd_is_its_definition() {
    let bars = series(600);
    for (fast, slow, signal) in [(12, 26, 9), (1, 2, 1), (3, 50, 14)] {
        let mut macd = Macd::new(fast, slow, signal).unwrap();
        let lines = run(&bars, |bar| (macd.next(bar.close), macd.is_ready()));
        let [expected_macd, expected_signal] = definitions::macd(&closes(&bars), fast, slow, signal);
        check(&line(&lines, |value| value.macd), &expected_macd);
        check(&line(&lines, |value| value.signal), &expected_signal);
        check(&line(&lines, |value| value.histogram + value.signal), &expected_macd);
    }
}

#[test]
fn bollinger_bands_are_their_definition() {
    let bars = series(600);
    for length in LENGTHS {
        let mut bollinger = Bollinger::new(length, 2.5).unwrap();
        let bands = run(&bars, |bar| (bollinger.next(bar.close), bollinger.is_ready()));
        let [lower, middle, upper] = definitions::bollinger(&closes(&bars), length, 2.5);
        check(&line(&bands, |value| value.lower), &lower);
        check(&line(&bands, |value| value.middle), &middle);
        check(&line(&bands, |value| value.upper), &upper);
    }
}

#[test]
fn the_middle_band_is_the_sma_to_the_last_bit() {
    let (mut bollinger, mut sma) = (Bollinger::new(20, 2.0).unwrap(), Sma::new(20).unwrap());
    for bar in series(600) {
        assert_eq!(bollinger.next(bar.close).middle.to_bits(), sma.next(bar.close).to_bits());
    }
}

#[test]
fn the_atr_is_its_definition() {
    let bars = series(600);
    for length in LENGTHS {
        let mut atr = Atr::new(length).unwrap();
        let values = run(&bars, |bar| (atr.next(bar.high, bar.low, bar.close), atr.is_ready()));
        check(&values, &definitions::atr(&bars, length));
    }
}

#[test]
fn the_stochastic_is_its_definition() {
    let bars = series(600);
    for (length, k, d) in [(14, 3, 3), (14, 1, 3), (1, 1, 1), (50, 7, 2)] {
        let mut stochastic = Stochastic::new(length, k, d).unwrap();
        let lines = run(&bars, |bar| (stochastic.next(bar.high, bar.low, bar.close), stochastic.is_ready()));
        let [expected_k, expected_d] = definitions::stochastic(&bars, length, k, d);
        check(&line(&lines, |value| value.k), &expected_k);
        check(&line(&lines, |value| value.d), &expected_d);
    }
}

#[test]
fn the_adx_is_its_definition() {
    let bars = series(600);
    for length in LENGTHS {
        let mut adx = Adx::new(length).unwrap();
        let lines = run(&bars, |bar| (adx.next(bar.high, bar.low, bar.close), adx.is_ready()));
        let [expected_adx, plus_di, minus_di] = definitions::adx(&bars, length);
        check(&line(&lines, |value| value.adx), &expected_adx);
        check(&line(&lines, |value| value.plus_di), &plus_di);
        check(&line(&lines, |value| value.minus_di), &minus_di);
    }
}

#[test]
fn the_parabolic_sar_is_its_definition() {
    let bars = series(600);
    for (step, max) in [(0.02, 0.2), (0.1, 0.1), (0.3, 1.0)] {
        let mut sar = ParabolicSar::new(step, max).unwrap();
        let values = run(&bars, |bar| (sar.next(bar.high, bar.low), sar.is_ready()));
        check(&values, &definitions::parabolic_sar(&bars, step, max));
    }
}

#[test]
fn the_parabolic_sar_stands_below_a_rising_trend_and_above_a_falling_one() {
    let mut sar = ParabolicSar::new(0.02, 0.2).unwrap();
    assert_eq!(sar.trend(), None);
    let mut turns = 0;
    let mut before = None;
    for bar in series(600) {
        let stop = sar.next(bar.high, bar.low);
        match sar.trend() {
            None => {}
            Some(Trend::Rising) => assert!(stop <= bar.low),
            Some(Trend::Falling) => assert!(stop >= bar.high),
        }
        turns += usize::from(before.is_some() && before != sar.trend());
        before = sar.trend();
    }
    assert!(turns > 20, "only {turns} turns in 600 bars");
}
