//! Files as exchanges and other tools have written them. They lie beside the repository, not in it: in `../shared` from the
//! workspace's root, or where `METAEXPERT_SHARED` says. A test that does not find them says so and passes.
#![expect(clippy::unreadable_literal, clippy::float_cmp, reason = "numbers as they stand in files, and to the last bit")]
#![expect(clippy::print_stdout, reason = "says what was skipped")]
#![expect(clippy::unwrap_used, reason = "a test or benchmark that cannot be set up has failed")]

use std::path::PathBuf;

use metaexpert_core::{Timeframe, UnixNanos, rounding::fifteen_digits};
use metaexpert_data::{BarSeries, DataError, read};
use rust_decimal::{Decimal, dec};

/// Reads a recorded file, if it is there.
fn recorded(name: &str) -> Option<Result<BarSeries, DataError>> {
    let shared = std::env::var_os("METAEXPERT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = shared.join("market-data").join(name);
    if !path.exists() {
        println!("skipped: there is no {}", path.display());
        return None;
    }
    Some(read(&path, Timeframe::D1))
}

struct Expect {
    bars: usize,
    timeframe: Timeframe,
    first: &'static str,
    close: &'static str,
    price_step: Decimal,
    volume_step: Decimal,
}

#[track_caller]
fn check(name: &str, expect: &Expect) -> Option<BarSeries> {
    let series = recorded(name)?.unwrap();
    assert_eq!(series.bars.len(), expect.bars);
    assert_eq!(series.timeframe, expect.timeframe);
    assert_eq!(series.gaps, []);
    assert_eq!(series.first(), UnixNanos::parse(expect.first).unwrap());
    assert_eq!(series.close(), UnixNanos::parse(expect.close).unwrap());
    assert_eq!((series.price_step, series.volume_step), (expect.price_step, expect.volume_step));
    assert!(!series.synthetic);
    Some(series)
}

#[test]
fn a_month_of_minutes_has_45_031_bars_and_no_gap() {
    let series = check(
        "btcusd-perp-1m-2022-01.csv",
        &Expect {
            bars: 45_031,
            timeframe: Timeframe::M1,
            first: "2021-12-31T23:01:00Z",
            close: "2022-02-01T05:32:00Z",
            // Four of the prices are like 43613.875, and four of the volumes like 289169.9847625.
            price_step: dec!(0.001),
            volume_step: dec!(0.0000001),
        },
    );
    let Some(series) = series else { return };
    let first = series.bars[0];
    assert_eq!(
        [first.open, first.high, first.low, first.close, first.volume],
        [46319.0, 46385.0, 46319.0, 46377.0, 2300413.7295]
    );
}

#[test]
fn five_minute_bars_in_milliseconds_are_read() {
    check(
        "xrpusdt-perp-5m-2021-11.csv",
        &Expect {
            bars: 1_999,
            timeframe: Timeframe::M5,
            first: "2021-11-15",
            close: "2021-11-21T22:35:00Z",
            price_step: dec!(0.0001),
            volume_step: dec!(0.1),
        },
    );
}

#[test]
fn prices_of_sixteen_digits_become_prices_of_fifteen() {
    let series = check(
        "ethbtc-spot-5m-2018-01.csv",
        &Expect {
            bars: 5_760,
            timeframe: Timeframe::M5,
            first: "2018-01-10T04:55:00Z",
            close: "2018-01-30T04:55:00Z",
            price_step: dec!(0.00000001),
            volume_step: dec!(0.00000001),
        },
    );
    let Some(series) = series else { return };
    // The file says 0.09946999000000001 and 0.09969000000000001.
    assert_eq!((series.bars[1].open, series.bars[1].close), (0.09946999, 0.09969));
    for bar in &series.bars {
        for value in [bar.open, bar.high, bar.low, bar.close, bar.volume] {
            assert_eq!(value.to_bits(), fifteen_digits(value).to_bits());
        }
    }
}

#[test]
fn mark_prices_every_eight_hours_are_bars() {
    check(
        "xrpusdt-perp-mark-8h.csv",
        &Expect {
            bars: 91,
            timeframe: Timeframe::H8,
            first: "2021-11-18",
            close: "2021-12-18T08:00:00Z",
            price_step: dec!(0.0001),
            volume_step: dec!(0.1),
        },
    );
}

#[test]
fn what_is_not_bars_says_so() {
    for (name, expect) in [
        ("xrpeth-spot-trades-2019-10.parquet", ": not a bar file: it has no column open, high, low or close; its columns are "),
        ("xrpusdt-perp-funding-raw.csv", ": line 2: high: `0` is not above zero"),
        ("binance-spot-btcusdt-2024-08-08.raw.gz", ": not a bar file: it has no column open, "),
        ("bybit-xrpusdt-ob500.zip", ": not a bar file: it has no column open, "),
        ("", " is a directory, not a file"),
    ] {
        let Some(result) = recorded(name) else { continue };
        let error = result.unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    }
}
