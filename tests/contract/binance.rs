//! Binance's payloads: each is read, or stands in `scope` with a reason.

mod fields; // which field of a payload is which of a report
mod routes; // what each payload is
mod scope; // what is not read, and why

use std::collections::BTreeMap;

use metaexpert_binance::{Product, decode::Kind, decode::decode};
use metaexpert_connect::{Report, report::Service};

use crate::captures::{self, Payload};

/// All payloads of Binance.
fn payloads() -> Option<Vec<Payload>> {
    let folder = captures::folder()?;
    let mut all = captures::pages(&folder, "exchange-docs-crawl/binance");
    all.extend(captures::pages(&folder, "binance-spot-docs/binance"));
    all.extend(captures::functions(&folder, "binance-sdk/binance"));
    all.extend(captures::single(&folder, "nautilus/binance"));
    all.extend(captures::recorded(&folder, "live/cryptofeed/binance"));
    all.extend(captures::recorded(&folder, "live/hftbacktest"));
    Some(all)
}

/// What became of a payload.
enum Fate {
    /// So many reports.
    Read(usize),
    /// It stands in the list.
    Out(&'static str),
    /// It should have been read.
    Missed(String),
}

fn fate(payload: &Payload, routes: &routes::Routes) -> Fate {
    if let Some(why) = scope::reason(payload) {
        return Fate::Out(why);
    }
    let Some((product, kind)) = routes.of_payload(payload) else { return Fate::Missed("nothing says what it is".into()) };
    match decode(product, &kind, payload.text.as_bytes()) {
        Err(why) => Fate::Missed(format!("{product} {}: {why}", named(&kind))),
        Ok(reports) if reports.is_empty() && !is_empty_list(&payload.text) => {
            Fate::Missed(format!("{product} {}: nothing was made of it", named(&kind)))
        }
        Ok(reports) => match reports.iter().find_map(strange) {
            Some(strange) => Fate::Missed(format!("{product} {}: `{strange}` is not known", named(&kind))),
            None => Fate::Read(reports.len()),
        },
    }
}

fn strange<'a>(report: &'a Report<'_>) -> Option<&'a str> {
    match report {
        Report::Service(Service::Strange { kind }) => Some(kind),
        _ => None,
    }
}

fn is_empty_list(text: &str) -> bool {
    text.split_whitespace().collect::<String>() == "[]"
}

fn named(kind: &Kind) -> String {
    match kind {
        Kind::Stream => "stream".into(),
        Kind::User => "user".into(),
        Kind::Rest { method, path } => format!("{} {path}", method.as_str()),
    }
}

#[test]
fn every_payload_is_read_or_is_in_the_list_of_those_that_are_not() {
    let Some(payloads) = payloads() else { return };
    let routes = routes::Routes::of(&payloads);
    let (mut read, mut reports) = (BTreeMap::<String, usize>::new(), 0);
    let mut out = BTreeMap::<&str, usize>::new();
    let mut missed = Vec::new();
    for payload in &payloads {
        match fate(payload, &routes) {
            Fate::Read(made) => {
                *read.entry(payload.source.split('/').take(2).collect::<Vec<_>>().join("/")).or_default() += 1;
                reports += made;
            }
            Fate::Out(why) => *out.entry(why).or_default() += 1,
            Fate::Missed(why) => missed.push(format!("{} ({}): {why}", payload.source, payload.about)),
        }
    }
    println!("{} payloads of Binance: {} read into {reports} reports", payloads.len(), read.values().sum::<usize>());
    for (folder, count) in &read {
        println!("  {count:7} {folder}");
    }
    println!("{} deliberately out of scope:", out.values().sum::<usize>());
    for (why, count) in &out {
        println!("  {count:7} {why}");
    }
    assert!(missed.is_empty(), "{} payloads are not read:\n{}", missed.len(), missed.join("\n"));
    for needed in scope::reasons() {
        assert!(out.contains_key(needed), "no payload is out of scope any more for: {needed}");
    }
}

#[test]
fn fields_of_payloads_are_the_fields_of_reports() {
    let Some(payloads) = payloads() else { return };
    let routes = routes::Routes::of(&payloads);
    let (mut checked, mut values) = (0, 0);
    for payload in payloads.iter().filter(|payload| scope::reason(payload).is_none() && !payload.source.starts_with("live/")) {
        let Some((product, kind)) = routes.of_payload(payload) else { continue };
        let Ok(reports) = decode(product, &kind, payload.text.as_bytes()) else { continue };
        let compared = fields::compare(payload, product, &kind, &reports);
        checked += usize::from(compared > 0);
        values += compared;
    }
    println!("{values} values of {checked} payloads compared, field by field");
    assert!(checked >= fields::PAYLOADS_MIN, "only {checked} payloads were compared");
}

#[test]
fn no_payload_of_one_kind_read_as_another_is_a_panic() {
    let Some(payloads) = payloads() else { return };
    let kinds: Vec<Kind> = metaexpert_binance::decode::responses()
        .map(|row| Kind::Rest { method: row.method, path: row.path.into() })
        .chain([Kind::Stream, Kind::User])
        .collect();
    let mut tried = 0_usize;
    // A recording has thousands of one kind: its messages are tried elsewhere, each as what it is.
    let various = payloads.iter().filter(|payload| !payload.source.starts_with("live/"));
    for (number, payload) in various.enumerate() {
        for step in 0..10 {
            // Products and kinds in turn: all with all is minutes.
            let product = Product::ALL[(number + step) % Product::ALL.len()];
            let kind = &kinds[(number * 7 + step * 31) % kinds.len()];
            let _ = decode(product, kind, payload.text.as_bytes());
            tried += 1;
        }
    }
    println!("{tried} readings of payloads as what they are not");
}
