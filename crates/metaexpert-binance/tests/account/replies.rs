//! What is made of each reply: every field of every report, one report a line, in a file beside the payload.

use std::path::Path;

use expect_test::expect_file;
use metaexpert_binance::{
    account,
    decode::{Kind, decode, responses},
};
use metaexpert_connect::Report;

use crate::fixtures::FIXTURES;

/// A report as JSON, without what is `null`: a line has what the payload had.
fn line(report: &Report<'_>) -> String {
    let mut value = serde_json::to_value(report).unwrap();
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !field.is_null());
    }
    format!("{value}\n")
}

#[test]
fn replies_are_read_field_by_field() {
    for (product, method, path, payload, expected) in FIXTURES {
        let kind = Kind::Rest { method: *method, path: (*path).to_owned() };
        let reports = decode(*product, &kind, payload.as_bytes()).unwrap();
        expect_file![*expected].assert_eq(&reports.iter().map(line).collect::<String>());
    }
}

#[test]
fn every_call_has_a_payload_and_every_payload_a_call() {
    let of_table: Vec<_> = account::RESPONSES.iter().map(|row| (row.method.as_str(), row.path)).collect();
    for call in &of_table {
        assert!(FIXTURES.iter().any(|(_, method, path, ..)| (method.as_str(), *path) == *call), "{call:?} has no payload");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/account");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let name = name.split('.').next().unwrap();
        let is_used = FIXTURES.iter().any(|(.., expected)| Path::new(expected).ends_with(format!("{name}.reports.jsonl")));
        assert!(is_used, "{name} is read by nothing");
    }
}

#[test]
fn no_call_stands_in_the_tables_twice() {
    let rows: Vec<_> = responses().collect();
    for (at, row) in rows.iter().enumerate() {
        let is_doubled = rows[..at].iter().any(|other| {
            let is_same_call = (other.method, other.path) == (row.method, row.path);
            is_same_call && other.products.iter().any(|product| row.products.contains(product))
        });
        assert!(!is_doubled, "{} {}", row.method.as_str(), row.path);
    }
}
