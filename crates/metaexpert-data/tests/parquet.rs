//! Parquet files, with the types that pandas, polars, `DuckDB`, Spark and exchanges' dumps use.
#![expect(clippy::unwrap_used, reason = "a test or benchmark that cannot be set up has failed")]

use std::sync::Arc;

use metaexpert_core::{Timeframe, UnixNanos};
use metaexpert_data::{BarSeries, DataError, read_bytes};
use parquet::{
    basic::Compression,
    data_type::{
        ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType, Int32Type,
        Int64Type, Int96, Int96Type,
    },
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};

/// One column of a file: its schema, and what writes it.
type Column<'a> = (&'a str, Box<dyn Fn(&mut SerializedRowGroupWriter<'_, Vec<u8>>) + 'a>);

/// A column without nulls.
fn column<'a, T: DataType>(schema: &'a str, values: &'a [T::T]) -> Column<'a> {
    let write = move |group: &mut SerializedRowGroupWriter<'_, Vec<u8>>| {
        let mut column = group.next_column().unwrap().unwrap();
        let levels = schema.starts_with("optional").then(|| vec![1; values.len()]);
        column.typed::<T>().write_batch(values, levels.as_deref(), None).unwrap();
        column.close().unwrap();
    };
    (schema, Box::new(write))
}

fn file(columns: &[Column<'_>], groups: usize) -> Vec<u8> {
    compressed(Compression::SNAPPY, columns, groups)
}

fn compressed(compression: Compression, columns: &[Column<'_>], groups: usize) -> Vec<u8> {
    let schema: Vec<&str> = columns.iter().map(|(schema, _)| *schema).collect();
    let schema = parse_message_type(&format!("message schema {{ {}; }}", schema.join("; "))).unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).unwrap();
    for _ in 0..groups {
        let mut group = writer.next_row_group().unwrap();
        for (_, write) in columns {
            write(&mut group);
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn load(columns: &[Column<'_>]) -> Result<BarSeries, DataError> {
    read_bytes(file(columns, 1), "btc.parquet", Timeframe::M1)
}

const TIMES: [i64; 3] = [1_640_995_200_000, 1_640_995_260_000, 1_640_995_320_000];

/// Two whole columns for every other one, then the one in question.
fn with_time(time: Column<'_>) -> Result<BarSeries, DataError> {
    let ones = [1.0; 3];
    let double = |schema| column::<DoubleType>(schema, &ones);
    load(&[
        double("required double open"),
        double("required double high"),
        time,
        double("required double low"),
        double("required double close"),
        double("required double volume"),
    ])
}

fn with_volume(volume: Column<'_>) -> Result<BarSeries, DataError> {
    let ones = [1.0; 3];
    let double = |schema| column::<DoubleType>(schema, &ones);
    load(&[
        column::<Int64Type>("required int64 open_time", &TIMES),
        double("optional double Open"),
        double("optional double High"),
        double("optional double Low"),
        double("optional double Close"),
        volume,
    ])
}

#[test]
fn times_are_read_in_every_type() {
    let check = |time: Column<'_>| {
        let schema = time.0;
        let times: Vec<UnixNanos> = with_time(time).unwrap().bars.iter().map(|bar| bar.time).collect();
        assert_eq!(times, TIMES.map(|time| UnixNanos::from_millis(time).unwrap()), "{schema}");
    };
    let scaled = |factor: i64| TIMES.map(|time| time * factor);
    let seconds = TIMES.map(|time| time / 1000);
    check(column::<Int64Type>("required int64 timestamp", &seconds));
    check(column::<Int64Type>("required int64 timestamp", &TIMES));
    check(column::<Int64Type>("optional int64 timestamp (INTEGER(64, true))", &TIMES));
    check(column::<Int64Type>("required int64 timestamp", &scaled(1_000_000)));
    check(column::<Int64Type>("required int64 timestamp (TIMESTAMP(MILLIS, true))", &TIMES));
    check(column::<Int64Type>("optional int64 timestamp (TIMESTAMP(MICROS, false))", &scaled(1_000)));
    check(column::<Int64Type>("optional int64 timestamp (TIMESTAMP(NANOS, true))", &scaled(1_000_000)));
    check(column::<Int64Type>("required int64 timestamp (TIMESTAMP_MILLIS)", &TIMES));
    let short = seconds.map(|time| i32::try_from(time).unwrap());
    check(column::<Int32Type>("required int32 timestamp", &short));
    #[expect(clippy::cast_precision_loss, reason = "13 digits")]
    let floats = TIMES.map(|time| time as f64);
    check(column::<DoubleType>("required double timestamp", &floats));
    let text = TIMES.map(|time| ByteArray::from(UnixNanos::from_millis(time).unwrap().to_string().into_bytes()));
    check(column::<ByteArrayType>("required binary timestamp (STRING)", &text));
    check(column::<ByteArrayType>("optional binary date", &text));
    // Spark: nanoseconds of the Julian day 2,459,581, which is 2022-01-01.
    let julian = [0_u64, 60, 120].map(|second| {
        let nanos = second * 1_000_000_000;
        Int96::from(vec![u32::try_from(nanos & 0xFFFF_FFFF).unwrap(), u32::try_from(nanos >> 32).unwrap(), 2_459_581])
    });
    check(column::<Int96Type>("optional int96 timestamp", &julian));
}

#[test]
fn dates_are_read_as_days() {
    let series = with_time(column::<Int32Type>("required int32 date (DATE)", &[18_993, 18_994, 18_996])).unwrap();
    assert_eq!(
        (series.timeframe, series.first().to_string().as_str(), series.missing()),
        (Timeframe::D1, "2022-01-01T00:00:00Z", 1)
    );
}

#[test]
fn numbers_are_read_in_every_type() {
    let check = |volume: Column<'_>, expect: [f64; 3]| {
        let schema = volume.0;
        let volumes: Vec<f64> = with_volume(volume).unwrap().bars.iter().map(|bar| bar.volume).collect();
        assert_eq!(volumes, expect, "{schema}");
    };
    check(column::<DoubleType>("optional double volume", &[0.1, 0.1 + 0.2, 7.0]), [0.1, 0.3, 7.0]);
    check(column::<FloatType>("required float volume", &[0.1, 16_777_216.0, 1e-7]), [0.1, 16_777_216.0, 1e-7]);
    check(column::<Int32Type>("required int32 volume", &[1, 20, 300]), [1.0, 20.0, 300.0]);
    check(column::<Int64Type>("optional int64 volume", &[1, 20, 300]), [1.0, 20.0, 300.0]);
    check(column::<Int32Type>("required int32 volume (DECIMAL(9, 3))", &[1, 20, 3_001]), [0.001, 0.02, 3.001]);
    check(column::<Int64Type>("required int64 volume (DECIMAL(18, 8))", &[1, 20, 300_000_000]), [1e-8, 2e-7, 3.0]);
    let bytes = [vec![1], vec![1, 0], vec![0, 3, 0xE8]].map(ByteArray::from);
    check(column::<ByteArrayType>("required binary volume (DECIMAL(20, 2))", &bytes), [0.01, 2.56, 10.0]);
    let fixed = [[0, 1], [1, 0], [3, 0xE8]].map(|bytes| FixedLenByteArray::from(bytes.to_vec()));
    check(column::<FixedLenByteArrayType>("required fixed_len_byte_array(2) volume (DECIMAL(4, 2))", &fixed), [0.01, 2.56, 10.0]);
    let text = ["0.10000000", "20", "3e2"].map(ByteArray::from);
    check(column::<ByteArrayType>("optional binary volume (STRING)", &text), [0.1, 20.0, 300.0]);
}

#[test]
fn a_bad_row_is_named_by_row_column_value_and_rule() {
    let check = |result: Result<BarSeries, DataError>, message: &str| {
        assert_eq!(result.unwrap_err().to_string(), format!("btc.parquet: {message}"));
    };
    let nulls = |group: &mut SerializedRowGroupWriter<'_, Vec<u8>>| {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&[1.0, 2.0], Some(&[1, 0, 1]), None).unwrap();
        column.close().unwrap();
    };
    check(with_volume(("optional double volume", Box::new(nulls))), "row 2: volume: `null` is not a number");
    check(with_volume(column::<DoubleType>("required double volume", &[1.0, 1.0, -1.0])), "row 3: volume: `-1` is below zero");
    check(
        with_volume(column::<DoubleType>("required double volume", &[1.0, f64::NAN, 1.0])),
        "row 2: volume: `NaN` is not a number",
    );
    let text = ["1", "2", "many"].map(ByteArray::from);
    check(with_volume(column::<ByteArrayType>("required binary volume", &text)), "row 3: volume: `many` is not a number");
    check(
        with_time(column::<Int64Type>("required int64 timestamp", &[TIMES[0], TIMES[2], TIMES[1]])),
        "row 3: timestamp: `2022-01-01T00:01:00Z` is before `2022-01-01T00:02:00Z`, the time of the bar before it",
    );
    check(
        with_time(column::<Int64Type>("required int64 timestamp", &[1, 2, 3])),
        "row 1: timestamp: `1` is not a time: seconds, milliseconds, microseconds or nanoseconds since 1970, or RFC 3339",
    );
}

#[test]
fn a_column_of_another_type_is_refused() {
    let check = |result: Result<BarSeries, DataError>, message: &str| {
        assert_eq!(result.unwrap_err().to_string(), format!("btc.parquet: parquet: {message}"));
    };
    check(
        with_volume(column::<Int64Type>("required int64 volume (TIMESTAMP(MILLIS, true))", &TIMES)),
        "column `volume` is of type INT64, which holds no numbers",
    );
    check(
        with_time(column::<Int32Type>("required int32 time (TIME(MILLIS, true))", &[1, 2, 3])),
        "column `timestamp` is of type INT32, which holds no times",
    );
}

#[test]
fn a_missing_column_is_named_with_the_nearest() {
    assert_eq!(
        with_volume(column::<DoubleType>("required double vol", &[1.0; 3])).unwrap_err().to_string(),
        "btc.parquet: there is no column `volume`; the nearest is `vol`; the columns are `open_time`, `Open`, `High`, `Low`, `Close`, `vol`"
    );
}

#[test]
fn the_rows_of_several_groups_are_counted_through() {
    let ones = [1.0; 3];
    let double = |schema| column::<DoubleType>(schema, &ones);
    let columns = [
        column::<Int64Type>("required int64 time", &TIMES),
        double("required double open"),
        double("required double high"),
        double("required double low"),
        double("required double close"),
        double("required double volume"),
    ];
    let error = read_bytes(file(&columns, 2), "btc.parquet", Timeframe::M1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "btc.parquet: row 4: time: `2022-01-01T00:00:00Z` is before `2022-01-01T00:02:00Z`, the time of the bar before it"
    );
    assert_eq!(
        read_bytes(file(&columns, 0), "btc.parquet", Timeframe::M1).unwrap_err().to_string(),
        "btc.parquet: there is a header and no bar below it"
    );
}

/// As polars writes it.
#[cfg(feature = "zstd")]
#[test]
fn zstd_is_read_where_it_is_built_in() {
    let ones = [1.0; 3];
    let columns: Vec<_> = ["open", "high", "low", "close", "volume"].map(|name| format!("required double {name}")).into();
    let mut columns: Vec<_> = columns.iter().map(|schema| column::<DoubleType>(schema, &ones)).collect();
    columns.push(column::<Int64Type>("required int64 timestamp", &TIMES));
    let bytes = compressed(Compression::ZSTD(parquet::basic::ZstdLevel::default()), &columns, 1);
    assert_eq!(read_bytes(bytes, "btc.parquet", Timeframe::M1).unwrap().bars.len(), 3);
}
