//! What must hold for any prices, and what is refused.

use metaexpert::indicators::{Adx, Atr, Bollinger, Ema, Macd, ParabolicSar, Rsi, Sma, Stochastic};
use metaexpert_core::ConfigError;
use proptest::{
    collection::vec,
    prelude::{Just, ProptestConfig, Strategy, prop_assert, prop_oneof, proptest},
};

use crate::series::{Prices, series};

/// All indicators at once, each with a short length so that every state is reached.
struct All {
    ema: Ema,
    sma: Sma,
    rsi: Rsi,
    macd: Macd,
    bollinger: Bollinger,
    atr: Atr,
    stochastic: Stochastic,
    adx: Adx,
    sar: ParabolicSar,
}

/// What they say, by name: prices, distances, and percentages.
struct Said {
    prices: [(&'static str, f64); 6],
    distances: [(&'static str, f64); 4],
    percentages: [(&'static str, f64); 6],
}

impl All {
    fn of(length: usize) -> Result<Self, ConfigError> {
        Ok(Self {
            ema: Ema::new(length)?,
            sma: Sma::new(length)?,
            rsi: Rsi::new(length)?,
            macd: Macd::new(length, 2 * length, length)?,
            bollinger: Bollinger::new(length, 2.0)?,
            atr: Atr::new(length)?,
            stochastic: Stochastic::new(length, 3, 2)?,
            adx: Adx::new(length)?,
            sar: ParabolicSar::new(0.02, 0.2)?,
        })
    }

    fn next(&mut self, &Prices { high, low, close }: &Prices) -> Said {
        let bands = self.bollinger.next(close);
        let macd = self.macd.next(close);
        let stochastic = self.stochastic.next(high, low, close);
        let adx = self.adx.next(high, low, close);
        Said {
            prices: [
                ("ema", self.ema.next(close)),
                ("sma", self.sma.next(close)),
                ("upper", bands.upper),
                ("middle", bands.middle),
                ("lower", bands.lower),
                ("sar", self.sar.next(high, low)),
            ],
            distances: [
                ("macd", macd.macd),
                ("signal", macd.signal),
                ("histogram", macd.histogram),
                ("atr", self.atr.next(high, low, close)),
            ],
            percentages: [
                ("rsi", self.rsi.next(close)),
                ("k", stochastic.k),
                ("d", stochastic.d),
                ("adx", adx.adx),
                ("+di", adx.plus_di),
                ("-di", adx.minus_di),
            ],
        }
    }

    fn ready(&self) -> [(&'static str, bool, bool); 9] {
        [
            ("ema", self.ema.is_ready(), self.ema.value().is_some()),
            ("sma", self.sma.is_ready(), self.sma.value().is_some()),
            ("rsi", self.rsi.is_ready(), self.rsi.value().is_some()),
            ("macd", self.macd.is_ready(), self.macd.value().is_some()),
            ("bollinger", self.bollinger.is_ready(), self.bollinger.value().is_some()),
            ("atr", self.atr.is_ready(), self.atr.value().is_some()),
            ("stochastic", self.stochastic.is_ready(), self.stochastic.value().is_some()),
            ("adx", self.adx.is_ready(), self.adx.value().is_some()),
            ("sar", self.sar.is_ready(), self.sar.value().is_some()),
        ]
    }
}

/// Bars of a coin worth next to nothing, of one worth millions, and of both in turn; many without any range.
fn any_bars() -> impl Strategy<Value = Vec<Prices>> {
    let level = prop_oneof![Just(1e-12), Just(0.1), Just(3e7), 1e-9..1e9];
    let range = prop_oneof![Just(0.0), 0.0..1.0];
    let bar = (level, range, 0.0..=1.0).prop_map(|(low, range, at): (f64, f64, f64)| {
        let high = low * (1.0 + range);
        Prices { high, low, close: (low + at * (high - low)).clamp(low, high) }
    });
    vec((bar, 1_usize..6), 1..60)
        .prop_map(|runs| runs.into_iter().flat_map(|(bar, count)| std::iter::repeat_n(bar, count)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_is_finite_and_within_its_range(bars in any_bars(), length in 1_usize..12) {
        let mut all = All::of(length).unwrap();
        let (mut lowest, mut highest) = (f64::MAX, f64::MIN);
        for (bar, prices) in bars.iter().enumerate() {
            (lowest, highest) = (lowest.min(prices.low), highest.max(prices.high));
            let rounding = 1e-12 * highest;
            let Said { prices, distances, percentages } = all.next(prices);
            for (name, value) in prices {
                let slack = if ["upper", "lower"].contains(&name) { highest - lowest } else { 0.0 } + rounding;
                prop_assert!((lowest - 2.0 * slack..=highest + 2.0 * slack).contains(&value), "bar {bar}: {name} {value}");
            }
            for (name, value) in distances {
                prop_assert!(value.abs() <= highest - lowest + rounding, "bar {bar}: {name} {value}");
            }
            for (name, value) in percentages {
                prop_assert!((0.0..=100.0).contains(&value), "bar {bar}: {name} {value}");
            }
        }
    }
}

#[test]
fn prices_that_stand_still_give_themselves_and_the_middle_of_the_scale() {
    for price in [0.1, 1e-8, 67_123.4] {
        let mut all = All::of(7).unwrap();
        for bar in 1..=40 {
            let Said { prices, distances, percentages } = all.next(&Prices { high: price, low: price, close: price });
            for (name, value) in prices {
                assert_eq!(value.to_bits(), price.to_bits(), "bar {bar}: {name}");
            }
            for (name, value) in distances {
                assert_eq!(value.to_bits(), 0.0_f64.to_bits(), "bar {bar}: {name}");
            }
            assert_eq!(percentages, [("rsi", 50.0), ("k", 50.0), ("d", 50.0), ("adx", 0.0), ("+di", 0.0), ("-di", 0.0)]);
        }
    }
}

/// What a carried sum of large values leaves behind shows once they are gone.
#[test]
fn nothing_is_left_of_large_prices_once_the_window_has_passed_them() {
    let (mut sma, mut bollinger) = (Sma::new(20).unwrap(), Bollinger::new(20, 2.0).unwrap());
    for bar in series(100_000) {
        sma.next(1e5 * bar.close);
        bollinger.next(1e5 * bar.close);
    }
    for _ in 0..20 {
        sma.next(0.1);
        bollinger.next(0.1);
    }
    let bands = bollinger.value().unwrap();
    assert_eq!((sma.value(), bands.lower, bands.middle, bands.upper), (Some(0.1), 0.1, 0.1, 0.1));
}

#[test]
fn each_is_ready_from_the_bar_that_its_documentation_names() {
    let mut all = All::of(5).unwrap();
    let mut first = Vec::new();
    for (bar, prices) in series(30).iter().enumerate() {
        all.next(prices);
        for (name, ready, value) in all.ready() {
            assert_eq!(ready, value, "{name}");
            if ready && !first.iter().any(|(known, _)| *known == name) {
                first.push((name, bar + 1));
            }
        }
    }
    first.sort_unstable();
    let expected = [
        ("adx", 10),
        ("atr", 6),
        ("bollinger", 5),
        ("ema", 5),
        ("macd", 14),
        ("rsi", 6),
        ("sar", 2),
        ("sma", 5),
        ("stochastic", 8),
    ];
    assert_eq!(first, expected);
}

#[test]
fn a_bar_that_goes_equally_far_both_ways_has_no_direction() {
    let mut adx = Adx::new(1).unwrap();
    adx.next(12.0, 10.0, 11.0);
    let value = adx.next(13.0, 9.0, 11.0);
    assert_eq!((value.plus_di, value.minus_di, value.adx), (0.0, 0.0, 0.0));
}

/// talib.SAR(H, L, 0.02, 0.2) of TA-Lib 0.8.2 says the same.
#[test]
fn the_second_bar_decides_where_the_parabolic_sar_begins() {
    for (second, stop) in [
        ((12.0, 10.5), 10.0), // rose
        ((10.5, 9.0), 11.0),  // fell
        ((11.5, 10.0), 11.5), // rose, and touched its stop at the first bar's low
        ((13.0, 9.0), 13.0),  // rose more than it fell, and touched its stop at once
        ((12.0, 8.0), 8.0),   // fell more than it rose, likewise
        ((12.0, 9.0), 12.0),  // equally far counts as rising
    ] {
        let mut sar = ParabolicSar::new(0.02, 0.2).unwrap();
        sar.next(11.0, 10.0);
        assert_eq!(sar.next(second.0, second.1).to_bits(), f64::to_bits(stop), "{second:?}");
    }
}

#[test]
fn a_parameter_that_makes_no_sense_is_refused_by_name() {
    let nan = f64::NAN;
    let refusals = [
        (Ema::new(0).err(), "EMA length: `0` is not in 1 to 1000000; the nearest is `1`"),
        (Ema::new(usize::MAX).err(), "EMA length: `18446744073709551615` is not in 1 to 1000000; the nearest is `1000000`"),
        (Sma::new(1_000_001).err(), "SMA length: `1000001` is not in 1 to 1000000; the nearest is `1000000`"),
        (Rsi::new(0).err(), "RSI length: `0` is not in 1 to 1000000; the nearest is `1`"),
        (Atr::new(0).err(), "ATR length: `0` is not in 1 to 1000000; the nearest is `1`"),
        (Adx::new(0).err(), "ADX length: `0` is not in 1 to 1000000; the nearest is `1`"),
        (Macd::new(0, 26, 9).err(), "MACD fast length: `0` is not in 1 to 1000000; the nearest is `1`"),
        (Macd::new(12, 26, 0).err(), "MACD signal length: `0` is not in 1 to 1000000; the nearest is `1`"),
        (Macd::new(26, 26, 9).err(), "MACD fast length: `26` is not below the slow length, 26"),
        (Bollinger::new(0, 2.0).err(), "Bollinger length: `0` is not in 1 to 1000000; the nearest is `1`"),
        (Bollinger::new(20, 0.0).err(), "Bollinger width: `0` is not a number above 0"),
        (Bollinger::new(20, nan).err(), "Bollinger width: `NaN` is not a number above 0"),
        (Bollinger::new(20, f64::INFINITY).err(), "Bollinger width: `inf` is not a number above 0"),
        (Stochastic::new(0, 3, 3).err(), "Stochastic length: `0` is not in 1 to 1000000; the nearest is `1`"),
        (Stochastic::new(14, 0, 3).err(), "Stochastic %K smoothing: `0` is not in 1 to 1000000; the nearest is `1`"),
        (Stochastic::new(14, 3, 0).err(), "Stochastic %D length: `0` is not in 1 to 1000000; the nearest is `1`"),
        (ParabolicSar::new(-0.02, 0.2).err(), "Parabolic SAR step: `-0.02` is not a number above 0"),
        (ParabolicSar::new(0.3, 0.2).err(), "Parabolic SAR max: `0.2` is not between the step, 0.3, and 1"),
        (ParabolicSar::new(0.02, 1.5).err(), "Parabolic SAR max: `1.5` is not between the step, 0.02, and 1"),
        (ParabolicSar::new(0.02, nan).err(), "Parabolic SAR max: `NaN` is not between the step, 0.02, and 1"),
    ];
    for (refusal, message) in refusals {
        assert_eq!(refusal.map(|refusal| refusal.to_string()).as_deref(), Some(message));
    }
}

#[test]
fn a_refused_parameter_stops_the_expert() {
    fn init() -> metaexpert_core::Result<Ema> {
        Ok(Ema::new(0)?)
    }
    assert!(init().unwrap_err().is_fatal());
}
