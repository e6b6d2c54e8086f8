//! Orders' lives, as a collector of OpenTelemetry gets them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use metaexpert_core::{ClientOrderId, Quantity, Side, UnixNanos, journal::Record};
use metaexpert_observe::traces::{self, Collector, Step, Trace};
use rust_decimal::Decimal;
use serde_json::Value;

/// A collector that takes one request, and what that was: its first line and its JSON.
fn collector(status: &'static str) -> (SocketAddr, JoinHandle<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut asked, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let read = stream.read(&mut buffer).unwrap();
            asked.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&asked);
            let body = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
            if let Some(json) = body {
                let line = text.lines().next().unwrap().to_owned();
                write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}").unwrap();
                return (line, json);
            }
        }
    });
    (address, thread)
}

fn id(sequence: u64) -> ClientOrderId {
    ClientOrderId { strategy: 0x3e9, run: 7, sequence }
}

fn quantity(lots: i64) -> Quantity {
    Quantity::new(Decimal::new(lots, 1)).unwrap()
}

fn live(trace: &dyn Trace) {
    let steps = [
        Step::Decided { side: Side::Buy, quantity: quantity(5) },
        Step::Journalled,
        Step::Sent,
        Step::Acknowledged,
        Step::Executed(quantity(2)),
        Step::Executed(quantity(3)),
    ];
    for (at, step) in (1_000..).zip(steps) {
        trace.note(id(42), step, UnixNanos::from_nanos(at));
    }
    // It goes on.
    trace.note(id(43), Step::Decided { side: Side::Sell, quantity: quantity(1) }, UnixNanos::from_nanos(2_000));
}

fn run(status: &'static str) -> (String, Value) {
    let (address, asked) = collector(status);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let log = slog::Logger::root(slog::Discard, slog::o!());
    let collector = Collector::begin(&format!("http://{address}/"), "ema", runtime.handle(), &log).unwrap();
    live(&collector);
    runtime.block_on(collector.close(Duration::from_secs(30)));
    asked.join().unwrap()
}

#[test]
fn an_order_that_has_ended_is_a_span_with_its_steps() {
    let (line, json) = run("200 OK");
    assert_eq!(line, "POST /v1/traces HTTP/1.1");
    let resource = &json["resourceSpans"][0];
    assert_eq!(resource["resource"]["attributes"][0]["value"]["stringValue"], "ema");
    let spans = resource["scopeSpans"][0]["spans"].as_array().unwrap();
    assert_eq!(spans.len(), 1, "{json}");
    let span = &spans[0];
    assert_eq!(span["traceId"], "000003e900000007000000000000002a");
    assert_eq!(span["spanId"], "000000000000002a");
    assert_eq!((&span["startTimeUnixNano"], &span["endTimeUnixNano"]), (&"1000".into(), &"1005".into()));
    let events: Vec<_> = span["events"].as_array().unwrap().iter().map(|event| event["name"].as_str().unwrap()).collect();
    assert_eq!(events, ["decided", "journalled", "sent", "acknowledged", "executed", "executed", "ended"]);
    assert!(span["attributes"].as_array().unwrap().iter().any(|a| a["key"] == "end" && a["value"]["stringValue"] == "filled"));
}

#[test]
fn a_collector_that_takes_nothing_holds_nobody_up() {
    assert_eq!(run("503 Busy").0, "POST /v1/traces HTTP/1.1");
}

/// Keeps what it is told.
#[derive(Default)]
struct Heard(Mutex<Vec<(ClientOrderId, Step, UnixNanos)>>);

impl Trace for Heard {
    fn note(&self, order: ClientOrderId, step: Step, at: UnixNanos) {
        self.0.lock().unwrap().push((order, step, at));
    }
}

#[test]
fn whoever_follows_is_told_of_each_step_at_the_time_of_people_and_nobody_takes_its_place() {
    traces::sent(id(41));
    let heard = Arc::<Heard>::default();
    let now = || UnixNanos::from_nanos(77);
    assert!(traces::follow(Arc::<Heard>::clone(&heard), now));
    assert!(!traces::follow(Arc::<Heard>::default(), now));
    traces::journalled(id(42));
    traces::sent(id(42));
    traces::recorded(&Record::Accepted(id(42)));
    traces::recorded(&Record::Filled(id(42)));
    let steps = [Step::Journalled, Step::Sent, Step::Acknowledged, Step::Ended("filled")];
    assert_eq!(*heard.0.lock().unwrap(), steps.map(|step| (id(42), step, now())));
}
