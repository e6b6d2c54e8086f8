//! What users write, and files that are right or wrong.

use rust_decimal::dec;

use super::*;

fn load(options: &str, text: &[u8]) -> Result<FundingSeries, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("f.csv"), text).unwrap();
    let marks = "timestamp,open,high,low,close,volume\n1637193600000,1.1,2,1,1.5,1\n1637222400000,1.2,2,1,1.5,1\n";
    std::fs::write(folder.path().join("m.csv"), marks).unwrap();
    let place = format!("{}/", folder.path().display());
    let options = options.replace("marks=", &format!("marks={place}"));
    let Ok(FundingSource::File(file)) = FundingSource::parse(&format!("{place}f.csv{options}")) else { panic!("{options}") };
    file.load().map_err(|error| error.to_string().replace(&place, ""))
}

fn at(text: &str) -> UnixNanos {
    UnixNanos::parse(text).unwrap()
}

#[test]
fn the_columns_of_every_exchange_are_known() {
    for (header, first) in [
        ("timestamp,rate", "1637193600017,-0.0001"),
        ("symbol,fundingTime,fundingRate,markPrice", "BTCUSDT,1637193600017,-0.0001,1.5"),
        ("calc_time,funding_interval_hours,last_funding_rate", "1637193600017,8,-0.0001"),
        ("symbol,fundingRate,fundingRateTimestamp", "BTCUSDT,-0.0001,1637193600017"),
        ("Date;Funding Rate;Mark Price", "2021-11-18 00:00:00;-0.0001;1.5"),
    ] {
        let series = load("", format!("{header}\n{first}\n").as_bytes()).unwrap();
        let mark = header.to_lowercase().contains("mark").then(|| Price::new(dec!(1.5)).unwrap());
        assert_eq!(series.rates, [FundingRate { time: at("2021-11-18"), rate: dec!(-0.0001), mark }], "{header}");
        assert_eq!(series.marked, mark.is_some());
    }
}

#[test]
fn a_column_can_be_named_and_mark_prices_can_be_bars_of_their_own() {
    let text = b"timestamp,open,close\n1637193600017,0.0001,7\n1637222400007,0.0002,8\n";
    let marks =
        |options: &str| load(options, text).unwrap().rates.iter().map(|rate| rate.mark.map(Price::get)).collect::<Vec<_>>();
    assert_eq!(marks("?rate=open"), [None, None]);
    assert_eq!(marks("?rate=open&mark=close"), [Some(dec!(7)), Some(dec!(8))]);
    assert_eq!(marks("?rate=open&marks=m.csv"), [Some(dec!(1.1)), Some(dec!(1.2))]);
}

#[test]
fn parquet_holds_rates_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.parquet");
    let bar =
        |time: &str, open: f64| metaexpert_core::Bar { time: at(time), open, high: open, low: open, close: open, volume: 0.0 };
    let bars = [bar("2021-11-18", 0.0001), bar("2021-11-19", 0.0002)];
    crate::write_parquet(&bars, &path).unwrap();
    let file = FundingFile { path, rate: Some("open".to_owned()), ..FundingFile::default() };
    let rates = file.load().unwrap().rates;
    assert_eq!(rates.iter().map(|rate| rate.rate).collect::<Vec<_>>(), [dec!(0.0001), dec!(0.0002)]);
    assert_eq!(rates[1].time, at("2021-11-19"));
    let error = FundingFile { rate: None, ..file }.load().unwrap_err().to_string();
    assert!(error.contains("f.parquet: not a file of funding rates: it has no column `rate` or `fundingRate`"), "{error}");
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (options, text, expect) in [
        ("", &b""[..], "f.csv: the file is empty"),
        ("", b"time,rate\n", "f.csv: not a file of funding rates: there is a header and no rate below it"),
        (
            "",
            b"when,rate\n1,2\n",
            "f.csv: not a file of funding rates: it has no column of times; its columns are `when`, `rate`",
        ),
        (
            "",
            b"time,open\n1637193600000,2\n",
            "f.csv: not a file of funding rates: it has no column `rate` or `fundingRate` (name it, as in `funding.csv?rate=open`); \
             its columns are `time`, `open`",
        ),
        (
            "?rate=close",
            b"time,open\n",
            "f.csv: not a file of funding rates: it has no column `close`; its columns are `time`, `open`",
        ),
        (
            "",
            b"time,rate\nsoon,0.1\n",
            "f.csv: line 2: time: `soon` is not a time: seconds, milliseconds, microseconds or nanoseconds since 1970, or RFC 3339",
        ),
        ("", b"time,rate\n1637193600000,x\n", "f.csv: line 2: rate: `x` is not a number"),
        ("", b"time,rate\n1637193600000,inf\n", "f.csv: line 2: rate: `inf` is not finite"),
        ("", b"time,rate\n1637193600000,NaN\n", "f.csv: line 2: rate: `NaN` is not a number"),
        ("", b"time,rate\n1637193600000,1.5\n", "f.csv: line 2: rate: `1.5` is not a rate from -1 to 1; 0.0001 is 0.01 %"),
        ("", b"time,rate,mark\n1637193600000,0.1,0\n", "f.csv: line 2: mark: `0` is not above zero"),
        (
            "",
            b"time,rate\n1637193600000\n",
            "f.csv: line 2: columns: `1` is the number of columns here, but the first line has 2",
        ),
        (
            "",
            b"time,rate\n1637193600000,0.1\n\n1637193600011,0.1\n",
            "f.csv: line 4: time: `2021-11-18T00:00:00.011Z` is in the minute of the rate before it too",
        ),
        (
            "",
            b"time,rate\n1637222400000,0.1\n1637193600000,0.1\n",
            "f.csv: line 3: time: `2021-11-18T00:00:00Z` is before `2021-11-18T08:00:00Z`, the time of the rate before it",
        ),
        (
            "?marks=m.csv",
            b"time,rate\n1637193600000,0.1\n1637215200000,0.1\n",
            "m.csv: no bar opens at `2021-11-18T06:00:00Z`, when a rate of f.csv is settled: there is no mark price to it; \
             the nearest opens at `2021-11-18T08:00:00Z`",
        ),
    ] {
        assert_eq!(load(options, text).unwrap_err(), expect);
    }
}

#[test]
fn a_source_reads_back_as_it_was_written_and_a_bad_one_is_refused() {
    for text in ["fixed:-0.005%/8h", "f.csv", "f.csv?rate=open&marks=m.csv", "data/f.csv?mark=m"] {
        assert_eq!(FundingSource::parse(text).unwrap().to_string(), text);
    }
    for (text, reason) in [
        ("", "there is neither a path nor `fixed:RATE%/INTERVAL`"),
        ("fixed:0.01", "a fixed rate is written as in `fixed:0.01%/8h`"),
        ("fixed:much%/8h", "`much` is not a number of percent from -100 to 100"),
        ("fixed:0.01%/9h", "`9h` is no interval; the nearest is `8h`"),
        ("f.csv?marc=x", "unknown option `marc`; the nearest is `mark`"),
        ("f.csv?rate", "`rate` is not `option=value`"),
        ("f.csv?mark=a&marks=b", "`mark` and `marks` both say where mark prices come from"),
        ("BTCUSDT=f.csv,g.csv", "`g.csv` names no symbol; write `SYMBOL=source`"),
        ("BTCUSDT=f.csv,BTC/USDT=g.csv", "`BTCUSDT` stands there twice"),
    ] {
        let error = FundingSources::parse(text).unwrap_err().to_string();
        assert_eq!(error, format!("funding source `{text}`: {reason}"));
    }
}

#[test]
fn each_symbol_has_its_own_funding() {
    let sources = FundingSources::parse("BTCUSDT=f.csv?rate=open,eth-usdt=fixed:0.01%/8h").unwrap();
    let of = |symbol: &str| sources.of(&Symbol::new(symbol).unwrap(), false).map(ToString::to_string);
    assert_eq!(of("BTCUSDT").as_deref(), Some("f.csv?rate=open"));
    assert_eq!(of("ETHUSDT").as_deref(), Some("fixed:0.01%/8h"));
    assert_eq!(of("XRPUSDT"), None);
    assert_eq!(sources.symbols().count(), 2);
}
