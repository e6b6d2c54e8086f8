//! What the files of the corpus say is understood: a file that nothing is made of would teach a fuzzer nothing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

use std::{fs, path::Path};

use metaexpert_binance::{
    Product,
    decode::{Kind, decode, responses},
};
use metaexpert_connect::{
    Report,
    number::{decimal_of_bytes, float_of_bytes},
    report::Service,
};
use metaexpert_fuzz_targets::TARGETS;

/// Name and content of each file of a target.
fn files(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(target);
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

#[track_caller]
fn product(name: &str) -> Product {
    Product::ALL.into_iter().find(|product| product.as_str() == name).unwrap_or_else(|| panic!("no product {name}"))
}

/// Every file makes reports, and none that say that it is strange.
fn check(target: &str, kind: impl Fn(&str) -> (Product, Kind)) {
    for (name, content) in files(target) {
        let text = String::from_utf8(content).unwrap();
        let (line, payload) = text.split_once('\n').unwrap();
        let (product, kind) = kind(line);
        let reports = decode(product, &kind, payload.as_bytes()).unwrap_or_else(|why| panic!("{target}/{name}: {why}"));
        assert!(!reports.is_empty(), "{target}/{name}");
        let is_strange = |report: &Report<'_>| matches!(report, Report::Service(Service::Strange { .. }));
        assert!(!reports.iter().any(is_strange), "{target}/{name}: {reports:?}");
    }
}

#[test]
fn every_frame_of_a_market_stream_makes_reports() {
    check("market_stream", |line| (product(line), Kind::Stream));
}

#[test]
fn every_frame_of_an_account_makes_reports() {
    check("account_stream", |line| (product(line), Kind::User));
}

#[test]
fn every_reply_makes_reports_of_the_call_that_it_names() {
    check("rest", |line| {
        let [name, method, path] = *line.split(' ').collect::<Vec<_>>() else { panic!("{line}") };
        let product = product(name);
        let known = responses().find(|row| row.products.contains(&product) && row.method.as_str() == method && row.path == path);
        let row = known.unwrap_or_else(|| panic!("no call {line}"));
        (product, Kind::Rest { method: row.method, path: row.path.to_owned() })
    });
}

#[test]
fn every_number_is_one_but_those_that_are_not() {
    for (name, content) in files("numbers") {
        let is_read = (decimal_of_bytes(&content).is_some(), float_of_bytes(&content).is_some());
        assert_eq!(is_read.1, !name.starts_with("not"), "{name}: {is_read:?}");
    }
}

#[test]
fn every_target_takes_every_file() {
    for (name, target) in TARGETS {
        assert!(!files(name).is_empty());
        for other in TARGETS {
            for (_, content) in &files(other.0) {
                target(content);
            }
        }
    }
}
