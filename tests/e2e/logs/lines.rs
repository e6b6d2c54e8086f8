//! The lines of a log file, each held against the format that it must have.

use std::{fs::File, io::Read, path::Path};

use serde_json::Value;

/// A line for people: `2026-01-02T03:04:05.123456Z INFO  [ema BTCUSDT] message key=value`.
#[derive(Debug)]
pub(super) struct TextRecord {
    pub(super) level: String,
    /// What stands in brackets.
    pub(super) who: String,
    pub(super) simulated_time: Option<String>,
    pub(super) line: String,
}

/// A line for programs.
#[derive(Debug)]
pub(super) struct JsonRecord {
    pub(super) value: Value,
    pub(super) line: String,
}

impl JsonRecord {
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.value[field].as_str()
    }
}

/// The header of RFC 5424 by name, in the order in which every record has it.
const HEADER: [&str; 9] = ["timestamp", "severity", "facility", "hostname", "appname", "procid", "msgid", "level", "message"];

/// Levels with their severities.
const LEVELS: [(&str, u8); 6] = [("DEBUG", 7), ("INFO", 6), ("TRADE", 5), ("WARNING", 4), ("ERROR", 3), ("CRITICAL", 2)];

pub(super) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a file holds, unpacked where it is compressed.
pub(super) fn all_text(path: &Path) -> String {
    if path.extension().is_none_or(|end| end != "gz") {
        return read(path);
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

#[track_caller]
pub(super) fn text_records(path: &Path) -> Vec<TextRecord> {
    text_records_of(&read(path))
}

#[track_caller]
pub(super) fn text_records_of(text: &str) -> Vec<TextRecord> {
    whole_lines(text).map(text_record).collect()
}

#[track_caller]
pub(super) fn json_records(path: &Path) -> Vec<JsonRecord> {
    json_records_of(&read(path))
}

#[track_caller]
pub(super) fn json_records_of(text: &str) -> Vec<JsonRecord> {
    whole_lines(text).map(json_record).collect()
}

#[track_caller]
fn whole_lines(text: &str) -> impl Iterator<Item = &str> {
    assert!(text.is_empty() || text.ends_with('\n'), "half a line: {:?}", text.lines().last());
    text.lines()
}

#[track_caller]
fn text_record(line: &str) -> TextRecord {
    let parts = line.split_once("Z ").and_then(|(time, rest)| {
        let (level, rest) = rest.split_once('[')?;
        let (who, rest) = rest.split_once("] ")?;
        Some((time, level, who, rest))
    });
    let (time, level, who, rest) = parts.unwrap_or_else(|| panic!("no record: {line}"));
    assert!(is_time(&format!("{time}Z")), "no time: {line}");
    let level = level.strip_suffix(' ').unwrap_or_default().trim_end();
    assert!(LEVELS.iter().any(|(name, _)| *name == level), "no level: {line}");
    let simulated_time = rest.split(' ').find_map(|word| word.strip_prefix("simulated_time="));
    assert!(simulated_time.is_none_or(is_time), "no simulated time: {line}");
    TextRecord {
        level: level.to_owned(),
        who: who.to_owned(),
        simulated_time: simulated_time.map(str::to_owned),
        line: line.to_owned(),
    }
}

#[track_caller]
fn json_record(line: &str) -> JsonRecord {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let places: Vec<_> = HEADER.iter().map(|name| line.find(&format!("\"{name}\":"))).collect();
    assert!(places[0] == Some(1) && places.iter().all(Option::is_some) && places.is_sorted(), "no header: {line}");
    let record = JsonRecord { value, line: line.to_owned() };
    assert!(["timestamp", "simulated_time"].iter().all(|field| record.text(field).is_none_or(is_time)), "no time: {line}");
    let severity = LEVELS.iter().find(|(name, _)| Some(*name) == record.text("level")).map(|(_, severity)| *severity);
    assert_eq!(record.value["severity"].as_u64(), severity.map(u64::from), "{line}");
    assert_eq!(record.value["facility"], 1, "{line}");
    assert_eq!(record.text("appname"), Some("expert-under-test"), "{line}");
    assert!(record.text("hostname").is_some() && record.value["procid"].is_u64() && record.text("msgid").is_some(), "{line}");
    record
}

/// RFC 3339 with microseconds, in UTC.
fn is_time(text: &str) -> bool {
    let pattern = b"0000-00-00T00:00:00.000000Z";
    let fits = |(byte, like): (u8, &u8)| if *like == b'0' { byte.is_ascii_digit() } else { byte == *like };
    text.len() == pattern.len() && text.bytes().zip(pattern).all(fits)
}
