//! One order's life as a span, in the JSON of OTLP (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"; opentelemetry-proto,
//! `trace/v1/trace.proto`, read 2026-07): ids in hexadecimal, times as text, names in camel case.
//!
//! The one decision: the trace's id is the order's own, strategy, run and number, so that whoever knows one finds the other, and a life
//! that goes on after a restart is one trace.

use std::fmt::Write;

use metaexpert_core::{ClientOrderId, UnixNanos};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Step;

/// `SPAN_KIND_CLIENT`: it is about a request to somebody else.
const CLIENT: u8 = 3;

/// More steps than these are left out: an order with a thousand executions says no more by them.
const STEPS_MAX: usize = 128;

/// The life of one order, until now.
#[derive(Debug)]
pub(super) struct Span {
    order: ClientOrderId,
    begin: UnixNanos,
    end: Option<UnixNanos>,
    events: Vec<Value>,
    attributes: Vec<Value>,
    left: Option<Decimal>,
}

impl Span {
    pub(super) fn new(order: ClientOrderId, begin: UnixNanos) -> Self {
        let attributes = vec![attribute("order", &order.to_string())];
        Self { order, begin, end: None, events: Vec::new(), attributes, left: None }
    }

    /// Takes a step; whether it was the last one.
    pub(super) fn step(&mut self, step: Step, at: UnixNanos) -> bool {
        match step {
            Step::Decided { side, quantity } => {
                self.begin = at;
                self.left = Some(quantity.get());
                self.attributes.push(attribute("side", side.as_str()));
                self.attributes.push(attribute("quantity", &quantity.to_string()));
                self.event("decided", at, &[]);
            }
            Step::Journalled => self.event("journalled", at, &[]),
            Step::Sent => self.event("sent", at, &[]),
            Step::Acknowledged => self.event("acknowledged", at, &[]),
            Step::Unknown => self.event("unknown", at, &[]),
            Step::Executed(quantity) => {
                self.event("executed", at, &[attribute("quantity", &quantity.to_string())]);
                self.left = self.left.map(|left| left - quantity.get());
                if self.left.is_some_and(|left| left <= Decimal::ZERO) {
                    return self.step(Step::Ended("filled"), at);
                }
            }
            Step::Ended(how) => {
                self.event("ended", at, &[attribute("how", how)]);
                self.attributes.push(attribute("end", how));
                self.end = Some(at);
                return true;
            }
        }
        false
    }

    fn event(&mut self, name: &str, at: UnixNanos, attributes: &[Value]) {
        if self.events.len() < STEPS_MAX {
            self.events.push(json!({"timeUnixNano": at.as_nanos().to_string(), "name": name, "attributes": attributes}));
        }
    }

    fn json(self) -> Value {
        let ClientOrderId { strategy, run, sequence } = self.order;
        let mut trace = String::new();
        let _ = write!(trace, "{strategy:08x}{run:08x}{sequence:016x}");
        json!({
            "traceId": trace,
            // A number of its own within the trace, and never zero.
            "spanId": format!("{:016x}", sequence.max(1)),
            "name": "order",
            "kind": CLIENT,
            "startTimeUnixNano": self.begin.as_nanos().to_string(),
            "endTimeUnixNano": self.end.unwrap_or(self.begin).as_nanos().to_string(),
            "attributes": self.attributes,
            "events": self.events,
        })
    }
}

/// What is posted for these lives (`ExportTraceServiceRequest`).
pub(super) fn request(service: &str, spans: Vec<Span>) -> String {
    json!({"resourceSpans": [{
        "resource": {"attributes": [attribute("service.name", service)]},
        "scopeSpans": [{
            "scope": {"name": "metaexpert", "version": env!("CARGO_PKG_VERSION")},
            "spans": spans.into_iter().map(Span::json).collect::<Vec<_>>(),
        }],
    }]})
    .to_string()
}

fn attribute(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}
