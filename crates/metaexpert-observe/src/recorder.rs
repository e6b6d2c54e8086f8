//! Where measurements are kept: an atomic number for each combination of labels, and a fixed row of them for durations.
//!
//! The one decision: nothing grows with what is measured. A measurement allocates nothing, durations are counted in fixed buckets as
//! they come, and there is a most of combinations, beyond which they are refused and counted. So nobody has to read the numbers, and
//! no upkeep is due, for the memory to stay what it is.

mod histogram; // durations in buckets
mod text; // what Prometheus reads

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use parking_lot::RwLock;

use self::histogram::Buckets;

/// The most combinations of labels. Ten experts that hold thirty symbols each take some five hundred.
const SERIES_MAX: usize = 4_096;

/// Keeps what is measured. Clones are the same recorder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder {
    kept: Arc<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    counters: RwLock<HashMap<Key, Arc<AtomicU64>>>,
    gauges: RwLock<HashMap<Key, Arc<AtomicU64>>>,
    histograms: RwLock<HashMap<Key, Arc<Buckets>>>,
    refused: AtomicU64,
}

impl Recorder {
    /// All that was measured until now, as Prometheus reads it.
    pub(crate) fn text(&self) -> String {
        text::write(&self.kept)
    }

    /// What is kept under a key, made where there is room; `None` where there is none.
    fn kept<T: Default>(&self, map: &RwLock<HashMap<Key, Arc<T>>>, key: &Key) -> Option<Arc<T>> {
        if let Some(kept) = map.read().get(key) {
            return Some(Arc::clone(kept));
        }
        let mut map = map.write();
        if map.len() >= SERIES_MAX && !map.contains_key(key) {
            self.kept.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some(Arc::clone(map.entry(key.clone()).or_default()))
    }
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.kept(&self.kept.counters, key).map_or_else(Counter::noop, Counter::from_arc)
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.kept(&self.kept.gauges, key).map_or_else(Gauge::noop, Gauge::from_arc)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.kept(&self.kept.histograms, key).map_or_else(Histogram::noop, Histogram::from_arc)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::measures::{self, EventKind, Meters, VenueMeters};

    #[test]
    fn what_was_measured_is_read_by_its_labels() {
        let recorder = Recorder::default();
        metrics::with_local_recorder(&recorder, || {
            let meters = Meters::of("ema");
            meters.event(EventKind::Bar);
            meters.event(EventKind::Bar);
            measures::event("ema", "bar");
            meters.equity(10_012.5);
            measures::position("ema", "BTCUSDT", -0.5);
        });
        let text = recorder.text();
        for line in [
            "# TYPE metaexpert_events_total counter",
            "metaexpert_events_total{expert=\"ema\",kind=\"bar\"} 3",
            "metaexpert_equity{expert=\"ema\"} 10012.5",
            "metaexpert_position{expert=\"ema\",symbol=\"BTCUSDT\"} -0.5",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is not in:\n{text}");
        }
    }

    #[test]
    fn a_measurement_allocates_nothing() {
        let recorder = Recorder::default();
        metrics::with_local_recorder(&recorder, || {
            let (meters, venue) = (Meters::of("ema"), VenueMeters::of("binance"));
            let info = allocation_counter::measure(|| {
                for round in 0..10_000 {
                    meters.event(EventKind::Tick);
                    meters.waiting(round);
                    venue.heard(Duration::from_nanos(round as u64 * 977));
                }
            });
            assert_eq!(info.count_total, 0);
        });
        assert!(recorder.text().contains("metaexpert_frame_to_handler_seconds_count{exchange=\"binance\"} 10000"));
    }

    #[test]
    fn labels_without_end_are_refused_and_counted() {
        let recorder = Recorder::default();
        metrics::with_local_recorder(&recorder, || {
            for symbol in 0..SERIES_MAX + 7 {
                measures::rebuilt("binance", &format!("S{symbol}"));
            }
            // What is already there goes on.
            measures::rebuilt("binance", "S0");
        });
        let text = recorder.text();
        assert_eq!(text.lines().filter(|line| line.starts_with("metaexpert_book_rebuilds_total{")).count(), SERIES_MAX);
        assert!(text.contains("metaexpert_book_rebuilds_total{exchange=\"binance\",symbol=\"S0\"} 2"));
        assert!(text.contains("\nmetaexpert_series_refused_total 7\n"), "{}", text.lines().last().unwrap_or_default());
    }
}
