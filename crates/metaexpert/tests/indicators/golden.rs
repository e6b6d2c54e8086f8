//! Other people's numbers for the same bars.
//!
//! Computed with Python packages from `PyPI`: TA-Lib 0.8.2 (`talib`, with its C library 0.8.1) and, for what it seeds
//! otherwise (EMA and MACD), pandas 3.1.1, from `series(600)` as its documentation says. The calls stand beside the numbers,
//! with `H`, `L`, `C` the columns and `ewm(x, n) = x.ewm(span=n, adjust=False).mean()`.

#![allow(clippy::unreadable_literal, reason = "the numbers stand as the other programs print them")]

use metaexpert::indicators::{Adx, Atr, Bollinger, Ema, Macd, ParabolicSar, Rsi, Sma, Stochastic};

use crate::series::{Prices, series};

/// The values at bars 300, 450 and 600 (counted from 1), and the sum of those from 300 to 600.
type Golden = ([f64; 3], f64);

#[track_caller]
fn check(next: impl FnMut(&Prices) -> f64, (at, sum): Golden) {
    let values: Vec<f64> = series(600).iter().map(next).collect();
    let close = |ours: f64, theirs: f64| (ours - theirs).abs() <= 1e-9 * theirs.abs().max(100.0);
    for (bar, theirs) in [300, 450, 600].into_iter().zip(at) {
        let ours = values[bar - 1];
        assert!(close(ours, theirs), "bar {bar}: {ours}, not {theirs}");
    }
    let ours = values[299..].iter().sum();
    assert!(close(ours, sum), "sum: {ours}, not {sum}");
}

#[test]
fn averages_agree_with_pandas_and_ta_lib() {
    let (mut ema, mut sma) = (Ema::new(20).unwrap(), Sma::new(20).unwrap());
    // ewm(C, 20)
    check(|bar| ema.next(bar.close), ([10124.987589909086, 10048.570236125375, 9960.01728431429], 3000104.20549306));
    // talib.SMA(C, 20)
    check(|bar| sma.next(bar.close), ([10129.005000000003, 10054.465, 9960.410000000003], 3000058.3950000005));
}

#[test]
fn the_rsi_agrees_with_ta_lib() {
    let mut rsi = Rsi::new(14).unwrap();
    // talib.RSI(C, 14)
    check(|bar| rsi.next(bar.close), ([59.8317208876772, 69.16197015253289, 82.13264350831085], 13593.813291581173));
}

#[test]
fn the_macd_agrees_with_pandas() {
    let lines = || Macd::new(12, 26, 9).unwrap();
    let (mut macd, mut signal) = (lines(), lines());
    // macd = ewm(C, 12) - ewm(C, 26)
    check(|bar| macd.next(bar.close).macd, ([9.488128005687031, 11.322584752106195, 22.188551349961926], -1244.8074739107342));
    // ewm(macd, 9)
    check(
        |bar| signal.next(bar.close).signal,
        ([12.94655801492096, 13.424047289538635, 21.787331599229805], -1276.7121382387359),
    );
}

#[test]
fn bollinger_bands_agree_with_ta_lib() {
    let bands = || Bollinger::new(20, 2.0).unwrap();
    let (mut upper, mut lower) = (bands(), bands());
    // talib.BBANDS(C, 20, 2.0, 2.0, talib.MA_Type.SMA)
    check(|bar| upper.next(bar.close).upper, ([10144.384918725405, 10071.251813277095, 9998.075257200771], 3009471.0618636794));
    check(|bar| lower.next(bar.close).lower, ([10113.6250812746, 10037.678186722906, 9922.744742799236], 2990645.7281363215));
}

#[test]
fn the_atr_agrees_with_ta_lib() {
    let mut atr = Atr::new(14).unwrap();
    // talib.ATR(H, L, C, 14)
    check(
        |bar| atr.next(bar.high, bar.low, bar.close),
        ([9.909810025246738, 8.553472626233377, 10.545101280350197], 2872.55102370891),
    );
}

#[test]
fn the_stochastic_agrees_with_ta_lib() {
    let lines = |smoothing| Stochastic::new(14, smoothing, 3).unwrap();
    let (mut fast, mut k, mut d) = (lines(1), lines(3), lines(3));
    // talib.STOCHF(H, L, C, 14, 3, talib.MA_Type.SMA), %K
    check(
        |bar| fast.next(bar.high, bar.low, bar.close).k,
        ([50.28735632184013, 63.63636363636292, 95.96899224806144], 12576.284822835201),
    );
    // talib.STOCH(H, L, C, 14, 3, talib.MA_Type.SMA, 3, talib.MA_Type.SMA)
    check(
        |bar| k.next(bar.high, bar.low, bar.close).k,
        ([29.214559386973658, 44.733044733044814, 96.0108281038511], 12498.225034899677),
    );
    check(
        |bar| d.next(bar.high, bar.low, bar.close).d,
        ([30.268199233717343, 38.815867439055786, 90.73188153346801], 12432.096655815381),
    );
}

/// TA-Lib seeds its directional movements with n - 1 bars, Wilder with n; by bar 300 that has worn off.
#[test]
fn the_adx_agrees_with_ta_lib() {
    let lines = || Adx::new(14).unwrap();
    let (mut adx, mut plus, mut minus) = (lines(), lines(), lines());
    // talib.ADX(H, L, C, 14)
    check(
        |bar| adx.next(bar.high, bar.low, bar.close).adx,
        ([55.12658474153401, 41.21745642983718, 69.44867820286954], 12709.717993511962),
    );
    // talib.PLUS_DI(H, L, C, 14)
    check(
        |bar| plus.next(bar.high, bar.low, bar.close).plus_di,
        ([29.907331434143952, 29.16879231513648, 43.87941841875952], 6111.373147005232),
    );
    // talib.MINUS_DI(H, L, C, 14)
    check(
        |bar| minus.next(bar.high, bar.low, bar.close).minus_di,
        ([17.177914675258652, 10.512416883528063, 7.113753995214957], 7866.339300794616),
    );
}

#[test]
fn the_parabolic_sar_agrees_with_ta_lib() {
    let mut sar = ParabolicSar::new(0.02, 0.2).unwrap();
    // talib.SAR(H, L, 0.02, 0.2)
    check(|bar| sar.next(bar.high, bar.low), ([10148.512999999999, 10047.7, 9960.7968], 2999699.45445349));
}
