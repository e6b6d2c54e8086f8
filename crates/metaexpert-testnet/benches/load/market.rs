//! A socket of market data, and what must hold of it: numbers of trades without gaps, changes of books that join, best prices
//! that every client has heard alike.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use tokio::{net::TcpStream, sync::watch};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use crate::{Phase, over, words::now_micros};

const SYMBOLS: [&str; 5] = ["btcusdt", "ethusdt", "bnbusdt", "xrpusdt", "ethbtc"];

/// What one client has heard.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// While it was measured.
    pub(crate) messages: u64,
    /// Microseconds from a trade to its message.
    pub(crate) trades: Vec<u32>,
    /// Microseconds from when a change of a book was sent.
    pub(crate) depths: Vec<u32>,
    pub(crate) wrong: Vec<String>,
    /// Of every stream: the last number.
    last: BTreeMap<String, u64>,
    /// Of every stream of best prices: all numbers.
    best: BTreeMap<String, Vec<u64>>,
}

pub(crate) type Socket = WebSocketStream<TcpStream>;

/// Opens a socket at a path below a host.
pub(crate) async fn open(address: &str, path: &str) -> Socket {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    client_async(format!("ws://{address}/{path}"), stream).await.unwrap().0
}

pub(crate) async fn listen(address: String, mut phase: watch::Receiver<Phase>) -> Heard {
    let streams: Vec<String> = SYMBOLS
        .iter()
        .flat_map(|symbol| ["trade", "bookTicker", "depth@100ms"].map(|channel| format!("{symbol}@{channel}")))
        .collect();
    let path = format!("stream.binance.com/stream?streams={}&timeUnit=MICROSECOND", streams.join("/"));
    let mut socket = open(&address, &path).await;
    let mut heard = Heard::default();
    loop {
        let message = tokio::select! {
            () = over(&mut phase) => return heard,
            message = socket.next() => message,
        };
        match message {
            Some(Ok(Message::Text(text))) => {
                let is_measured = matches!(*phase.borrow(), Phase::Running(_));
                heard.take(&text, is_measured);
            }
            Some(Ok(_)) => {}
            other => {
                heard.wrong.push(format!("a socket of market data has ended: {other:?}"));
                return heard;
            }
        }
    }
}

impl Heard {
    fn take(&mut self, text: &str, is_measured: bool) {
        let Some((stream, data)) = text.strip_prefix(r#"{"stream":""#).and_then(|rest| rest.split_once(r#"","data":"#)) else {
            self.wrong.push(format!("not in an envelope: {text}"));
            return;
        };
        self.messages += u64::from(is_measured);
        let channel = stream.split_once('@').map_or("", |(_, channel)| channel);
        let (first, last, since) = match channel {
            "trade" => (number(data, r#""t":"#), number(data, r#""t":"#), Some((r#""T":"#, &mut self.trades))),
            "depth@100ms" => (number(data, r#""U":"#), number(data, r#""u":"#), Some((r#""E":"#, &mut self.depths))),
            _ => (number(data, r#""u":"#), number(data, r#""u":"#), None),
        };
        if let Some((name, latencies)) = since.filter(|_| is_measured) {
            let micros = now_micros() - i64::try_from(number(data, name)).unwrap();
            latencies.push(u32::try_from(micros.max(0)).unwrap_or(u32::MAX));
        }
        if channel == "bookTicker" {
            self.best.entry(stream.to_owned()).or_default().push(last);
        }
        let Some(before) = self.last.get_mut(stream) else {
            self.last.insert(stream.to_owned(), last);
            return;
        };
        let joins = if channel == "bookTicker" { first > *before } else { first == *before + 1 };
        if !joins {
            self.wrong.push(format!("{stream}: {first} after {before}"));
        }
        *before = last;
    }
}

/// Where best prices that clients have heard differ, between the first and the last that both have heard.
pub(crate) fn differences(heard: &[Heard]) -> Vec<String> {
    let Some((one, others)) = heard.split_first() else { return Vec::new() };
    let mut found = Vec::new();
    for (place, other) in others.iter().enumerate() {
        for (stream, numbers) in &one.best {
            let (Some(mine), Some(theirs)) = (numbers.first().zip(numbers.last()), other.best.get(stream)) else {
                found.push(format!("client {}: nothing of {stream}", place + 1));
                continue;
            };
            let both = (*mine.0).max(theirs[0])..=(*mine.1).min(theirs[theirs.len() - 1]);
            let within = |numbers: &[u64]| numbers.iter().filter(|number| both.contains(number)).copied().collect::<Vec<_>>();
            if within(numbers) != within(theirs) {
                found.push(format!("client {}: has not heard all of {stream}", place + 1));
            }
        }
    }
    found
}

/// The number behind a name; of names that objects have at their top only.
pub(crate) fn number(text: &str, name: &str) -> u64 {
    let start = text.find(name).unwrap_or_else(|| panic!("no {name} in {text}")) + name.len();
    text[start..].bytes().take_while(u8::is_ascii_digit).fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}
