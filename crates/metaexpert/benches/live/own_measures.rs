//! What the expert measures itself, read from its `/metrics` before it is stopped.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

/// The histograms that matter here.
const NAMES: [&str; 3] = ["frame_to_handler", "order_to_wire", "journal_commit"];

/// An address of this machine that nobody listens at.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A line for each histogram: the upper bounds of the buckets in which its percentiles are.
pub(crate) fn lines(address: SocketAddr) -> Vec<String> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    NAMES.iter().map(|name| line_of(name, &text)).collect()
}

fn line_of(name: &str, text: &str) -> String {
    let prefix = format!("metaexpert_{name}_seconds_bucket");
    let buckets: Vec<(Duration, u64)> = text.lines().filter(|line| line.starts_with(&prefix)).filter_map(bucket).collect();
    let all = buckets.last().map_or(0, |(_, count)| *count);
    let at = |percent: u64| {
        let bucket = buckets.iter().find(|(_, count)| *count * 100 >= all * percent);
        bucket.map_or_else(|| "-".to_owned(), |(bound, _)| format!("{bound:?}"))
    };
    format!("{name}: p10 <= {}, p50 <= {}, p90 <= {}, p99 <= {} ({all})", at(10), at(50), at(90), at(99))
}

/// `NAME_bucket{...,le="0.00005"} 12`
fn bucket(line: &str) -> Option<(Duration, u64)> {
    let (labels, count) = line.rsplit_once(' ')?;
    let (_, bound) = labels.split_once("le=\"")?;
    let seconds = bound.split('"').next()?.parse::<f64>().ok()?;
    Some((Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX), count.parse().ok()?))
}
