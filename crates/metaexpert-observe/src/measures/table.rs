//! Every number with its kind, its labels and what it says: what Prometheus is told of it, and the table of the guide.

use MeasureKind::{Counter, Gauge, Histogram};

/// The names of the numbers.
pub(crate) mod name {
    pub(crate) const FRAME_TO_HANDLER: &str = "metaexpert_frame_to_handler_seconds";
    pub(crate) const ORDER_TO_WIRE: &str = "metaexpert_order_to_wire_seconds";
    pub(crate) const ROUND_TRIP: &str = "metaexpert_order_round_trip_seconds";
    pub(crate) const JOURNAL_COMMIT: &str = "metaexpert_journal_commit_seconds";
    pub(crate) const EVENTS: &str = "metaexpert_events_total";
    pub(crate) const ORDERS: &str = "metaexpert_orders_total";
    pub(crate) const REFUSALS: &str = "metaexpert_refusals_total";
    pub(crate) const RECONNECTS: &str = "metaexpert_reconnects_total";
    pub(crate) const BOOK_REBUILDS: &str = "metaexpert_book_rebuilds_total";
    pub(crate) const QUEUE_DEPTH: &str = "metaexpert_queue_depth";
    pub(crate) const SUPERSEDED: &str = "metaexpert_superseded_ticks_total";
    pub(crate) const RECONCILIATIONS: &str = "metaexpert_reconciliations_total";
    pub(crate) const DIFFERENCES: &str = "metaexpert_reconciled_differences_total";
    pub(crate) const EQUITY: &str = "metaexpert_equity";
    pub(crate) const POSITION: &str = "metaexpert_position";
    pub(crate) const NOTICES: &str = "metaexpert_notices_total";
    pub(crate) const SERIES_REFUSED: &str = "metaexpert_series_refused_total";
}

/// How a number moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureKind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Durations, counted by how long they were.
    Histogram,
}

impl MeasureKind {
    /// Prometheus' word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A number that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Its name, with its unit.
    pub name: &'static str,
    /// How it moves.
    pub kind: MeasureKind,
    /// By what it is split.
    pub labels: &'static [&'static str],
    /// What it says.
    pub says: &'static str,
}

const fn measure(name: &'static str, kind: MeasureKind, labels: &'static [&'static str], says: &'static str) -> Measure {
    Measure { name, kind, labels, says }
}

/// All numbers that are measured.
#[rustfmt::skip]
pub const MEASURES: &[Measure] = &[
    measure(name::FRAME_TO_HANDLER, Histogram, &["exchange"],            "from a frame read from the socket to the engine's thread"),
    measure(name::ORDER_TO_WIRE,    Histogram, &["exchange"],            "from an order that has passed the risk gate and stands in the journal to its bytes handed to the connection"),
    measure(name::ROUND_TRIP,       Histogram, &["exchange", "request"], "from a request about an order to its answer"),
    measure(name::JOURNAL_COMMIT,   Histogram, &[],                      "how long a commit of the journal took"),
    measure(name::EVENTS,           Counter,   &["expert", "kind"],      "events that came to an expert"),
    measure(name::ORDERS,           Counter,   &["expert", "state"],     "orders that came to a state"),
    measure(name::REFUSALS,         Counter,   &["expert", "rule"],      "orders that a rule of the risk gate refused"),
    measure(name::RECONNECTS,       Counter,   &["exchange", "stream"],  "connections that were lost and came back"),
    measure(name::BOOK_REBUILDS,    Counter,   &["exchange", "symbol"],  "order books that were thrown away and built anew"),
    measure(name::QUEUE_DEPTH,      Gauge,     &["expert"],              "events that wait for an expert"),
    measure(name::SUPERSEDED,       Counter,   &["expert"],              "ticks that were dropped since later ones had come"),
    measure(name::RECONCILIATIONS,  Counter,   &["exchange"],            "comparisons of orders and positions with the exchange's"),
    measure(name::DIFFERENCES,      Counter,   &["exchange"],            "differences that comparisons found, all healed"),
    measure(name::EQUITY,           Gauge,     &["expert"],              "what an expert's account is worth, in its settlement currency"),
    measure(name::POSITION,         Gauge,     &["expert", "symbol"],    "what an expert holds; negative where it is short"),
    measure(name::NOTICES,          Counter,   &["channel", "outcome"],  "messages to people: delivered, refused, given up or dropped"),
    measure(name::SERIES_REFUSED,   Counter,   &[],                      "measurements that nobody keeps, since there are too many combinations of labels"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once_and_says_its_unit() {
        let mut names: Vec<_> = MEASURES.iter().map(|measure| measure.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MEASURES.len());
        for measure in MEASURES {
            let ending = match measure.kind {
                Counter => "_total",
                Histogram => "_seconds",
                Gauge => "",
            };
            assert!(measure.name.starts_with("metaexpert_") && measure.name.ends_with(ending), "{}", measure.name);
        }
    }

    #[test]
    fn the_guide_lists_every_number_and_no_other() {
        let guide = include_str!("../../../../docs/guides/monitoring.md");
        let listed: Vec<_> = guide.lines().filter(|line| line.starts_with("| `metaexpert_")).collect();
        let rows: Vec<_> = MEASURES
            .iter()
            .map(|measure| {
                let labels = measure.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
                let labels = if labels.is_empty() { "-".to_owned() } else { labels };
                format!("| `{}` | {} | {labels} | {} |", measure.name, measure.kind.as_str(), measure.says)
            })
            .collect();
        assert_eq!(listed, rows);
    }
}
