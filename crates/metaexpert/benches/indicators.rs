//! What one `next` of each indicator costs, at its usual parameters: the time of a pass over 4,096 bars, and bars per second.
//! Allocations are counted too, and a line about them appears below each bench that makes any: there is none.

use divan::{AllocProfiler, Bencher, black_box, counter::ItemsCount};
use metaexpert::indicators::{Adx, Atr, Bollinger, Ema, Macd, ParabolicSar, Rsi, Sma, Stochastic};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const BARS: u32 = 4_096;

fn main() {
    divan::main();
}

/// A wandering price that never repeats within the bench.
fn bars() -> Vec<[f64; 3]> {
    (0..BARS)
        .map(|bar| {
            let bar = f64::from(bar);
            let close = 40_000.0 + 900.0 * (bar * 0.013).sin() + 120.0 * (bar * 0.71).sin() + 35.0 * (bar * 2.9).cos();
            let reach = 20.0 + 15.0 * (bar * 1.7).sin();
            [close + reach, close - 1.3 * reach, close]
        })
        .collect()
}

/// Every bar through one indicator, which keeps its state from pass to pass.
fn pass<V>(bencher: Bencher, mut next: impl FnMut([f64; 3]) -> V) {
    let bars = bars();
    bencher.counter(ItemsCount::new(BARS)).bench_local(|| {
        for bar in &bars {
            black_box(next(*black_box(bar)));
        }
    });
}

macro_rules! next {
    ($($name:ident: $indicator:expr, |$bar:pat_param| $($argument:expr),+;)+) => {$(
        #[divan::bench]
        fn $name(bencher: Bencher) {
            let mut indicator = $indicator.expect("the parameters are valid");
            pass(bencher, |$bar| indicator.next($($argument),+));
        }
    )+};
}

next! {
    ema: Ema::new(20), |[_, _, close]| close;
    sma: Sma::new(20), |[_, _, close]| close;
    sma_of_1000: Sma::new(1000), |[_, _, close]| close;
    rsi: Rsi::new(14), |[_, _, close]| close;
    macd: Macd::new(12, 26, 9), |[_, _, close]| close;
    bollinger: Bollinger::new(20, 2.0), |[_, _, close]| close;
    bollinger_of_1000: Bollinger::new(1000, 2.0), |[_, _, close]| close;
    atr: Atr::new(14), |[high, low, close]| high, low, close;
    stochastic: Stochastic::new(14, 3, 3), |[high, low, close]| high, low, close;
    stochastic_of_1000: Stochastic::new(1000, 3, 3), |[high, low, close]| high, low, close;
    adx: Adx::new(14), |[high, low, close]| high, low, close;
    parabolic_sar: ParabolicSar::new(0.02, 0.2), |[high, low, _]| high, low;
}
