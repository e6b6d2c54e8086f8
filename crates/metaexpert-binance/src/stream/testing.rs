//! How the tests of the message kinds look: a payload of the project's own, and the reports that are made of it.

use expect_test::Expect;

use crate::{Product, stream};

/// Reads `testdata/stream/<name>.json` and compares the reports, one a line, as JSON.
#[track_caller]
pub(super) fn check(product: Product, name: &str, expected: &Expect) {
    let frame = payload(name);
    let reports = stream::read(product, &frame).unwrap();
    let lines: Vec<String> = reports.iter().map(|report| serde_json::to_string(report).unwrap()).collect();
    expected.assert_eq(&lines.join("\n"));
}

/// What is in `testdata/stream/<name>.json`.
pub(super) fn payload(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/testdata/stream/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
