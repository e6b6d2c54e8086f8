//! What Prometheus reads: its text format, version 0.0.4 (<https://prometheus.io/docs/instrumenting/exposition_formats>, read 2026-07).
//!
//! The same measurements are the same bytes: numbers stand in the order of their names and labels.

use std::{collections::BTreeMap, fmt::Write, sync::atomic::Ordering::Relaxed};

use metrics::Key;

use super::{Kept, histogram::ENDS};
use crate::measures::{MEASURES, MeasureKind, name};

/// The lines of each number, by its name.
type Families = BTreeMap<String, (MeasureKind, Vec<String>)>;

/// All that was measured.
pub(super) fn write(kept: &Kept) -> String {
    let mut families = Families::new();
    for (key, counter) in kept.counters.read().iter() {
        add(&mut families, key, MeasureKind::Counter, |name, labels| {
            format!("{name}{} {}", braces(labels), counter.load(Relaxed))
        });
    }
    for (key, gauge) in kept.gauges.read().iter() {
        let value = f64::from_bits(gauge.load(Relaxed));
        add(&mut families, key, MeasureKind::Gauge, |name, labels| format!("{name}{} {}", braces(labels), number(value)));
    }
    for (key, buckets) in kept.histograms.read().iter() {
        let counted = buckets.read();
        add(&mut families, key, MeasureKind::Histogram, |name, labels| {
            let comma = if labels.is_empty() { "" } else { "," };
            let mut text = String::new();
            for (end, count) in ENDS.iter().zip(counted.up_to) {
                let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"{end}\"}} {count}");
            }
            let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {}", counted.count);
            let _ = writeln!(text, "{name}_sum{} {}", braces(labels), number(counted.sum));
            let _ = write!(text, "{name}_count{} {}", braces(labels), counted.count);
            text
        });
    }
    let refused = format!("{} {}", name::SERIES_REFUSED, kept.refused.load(Relaxed));
    families.insert(name::SERIES_REFUSED.to_owned(), (MeasureKind::Counter, vec![refused]));
    joined(families)
}

fn add(families: &mut Families, key: &Key, kind: MeasureKind, line: impl FnOnce(&str, &str) -> String) {
    let name = clean(key.name());
    let mut labels = String::new();
    for label in key.labels() {
        let comma = if labels.is_empty() { "" } else { "," };
        let _ = write!(labels, "{comma}{}=\"{}\"", clean(label.key()), escaped(label.value()));
    }
    let line = line(&name, &labels);
    // Two kinds under one name cannot be told to Prometheus: the first one stays.
    let family = families.entry(name).or_insert((kind, Vec::new()));
    if family.0 == kind {
        family.1.push(line);
    }
}

fn joined(families: Families) -> String {
    let mut text = String::new();
    for (name, (kind, mut lines)) in families {
        if let Some(measure) = MEASURES.iter().find(|measure| measure.name == name) {
            let _ = writeln!(text, "# HELP {name} {}", measure.says);
        }
        let _ = writeln!(text, "# TYPE {name} {}", kind.as_str());
        lines.sort_unstable();
        for line in lines {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn braces(labels: &str) -> String {
    if labels.is_empty() { String::new() } else { format!("{{{labels}}}") }
}

/// A value as Go reads it.
fn number(value: f64) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        value if value.is_infinite() => if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
        value => value.to_string(),
    }
}

/// Names are letters, digits and `_`; whatever else becomes `_`.
fn clean(name: &str) -> String {
    let clean = |(at, c): (usize, char)| {
        if c == '_' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit()) { c } else { '_' }
    };
    name.chars().enumerate().map(clean).collect()
}

fn escaped(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::{measures, recorder::Recorder};

    #[test]
    fn a_histogram_has_every_bucket_its_sum_and_its_count() {
        let recorder = Recorder::default();
        metrics::with_local_recorder(&recorder, || {
            measures::answered("binance", "place", Duration::from_millis(30));
            measures::committed(Duration::from_micros(20));
        });
        let text = recorder.text();
        for line in [
            "# TYPE metaexpert_order_round_trip_seconds histogram",
            "metaexpert_order_round_trip_seconds_bucket{exchange=\"binance\",request=\"place\",le=\"0.02\"} 0",
            "metaexpert_order_round_trip_seconds_bucket{exchange=\"binance\",request=\"place\",le=\"0.05\"} 1",
            "metaexpert_order_round_trip_seconds_bucket{exchange=\"binance\",request=\"place\",le=\"+Inf\"} 1",
            "metaexpert_order_round_trip_seconds_sum{exchange=\"binance\",request=\"place\"} 0.03",
            "metaexpert_order_round_trip_seconds_count{exchange=\"binance\",request=\"place\"} 1",
            "metaexpert_journal_commit_seconds_bucket{le=\"0.00002\"} 1",
            "metaexpert_journal_commit_seconds_count 1",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is not in:\n{text}");
        }
    }

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let recorder = Recorder::default();
        metrics::with_local_recorder(&recorder, || measures::equity("a\"b\\c\nd", 1.0));
        assert!(recorder.text().contains(r#"metaexpert_equity{expert="a\"b\\c\nd"} 1"#), "{}", recorder.text());
    }

    #[test]
    fn the_same_measurements_are_the_same_bytes() {
        let text = |symbols: [&str; 3]| {
            let recorder = Recorder::default();
            metrics::with_local_recorder(&recorder, || symbols.map(|symbol| measures::position("ema", symbol, 1.0)));
            recorder.text()
        };
        assert_eq!(text(["A", "B", "C"]), text(["C", "A", "B"]));
    }
}
