//! What stands between the expert and the testnet: it hands on every byte, notes when an order has arrived, and adds quotes of its own.
//!
//! The one decision: a quote that it adds bears the moment at which its frame was written, as the quantity of its bid. The testnet's own
//! quotes of that market are left out, so that each one which the expert hears has such a moment.

use std::{
    io::{BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::{
    expert::DAY,
    frames::{self, Frame, find},
    nanos,
};

/// The market whose quotes are added.
const MARKET: &[u8] = br#""btcusdt@bookTicker""#;

/// What was added.
pub(crate) struct Traffic {
    pub(crate) quotes: u64,
}

pub(crate) struct Relay {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    by_http: bool,
    quotes: Mutex<Option<Quotes>>,
    quoted: Condvar,
    orders: Mutex<Vec<u64>>,
}

/// Where quotes go, and what the last one of the testnet was: its best bid and ask.
struct Quotes {
    socket: TcpStream,
    bid: String,
    ask: String,
}

impl Relay {
    pub(crate) fn open(upstream: &str, by_http: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            by_http,
            quotes: Mutex::default(),
            quoted: Condvar::new(),
            orders: Mutex::default(),
        });
        let of_all = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                let shared = Arc::clone(&of_all);
                thread::spawn(move || shared.connect(client.unwrap()));
            }
        });
        Self { url, shared }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// When the bytes of each order arrived.
    pub(crate) fn orders(&self) -> Vec<u64> {
        self.shared.orders.lock().unwrap().clone()
    }

    /// Waits until the expert hears quotes.
    pub(crate) fn until_quoted(&self) {
        let quotes = self.shared.quotes.lock().unwrap();
        let waited = self.shared.quoted.wait_timeout_while(quotes, Duration::from_mins(1), |quotes| quotes.is_none());
        assert!(!waited.unwrap().1.timed_out(), "the expert never asked for quotes");
    }

    /// Adds so many quotes a second, evenly. It sleeps between them: what it measures has the processors.
    pub(crate) fn flood(&self, a_second: u64, how_long: Duration) -> Traffic {
        let begun = Instant::now();
        let mut sent = 0;
        while begun.elapsed() < how_long {
            thread::sleep(Duration::from_micros(if a_second == 0 { 100_000 } else { 100 }));
            let due = u64::try_from(begun.elapsed().as_nanos()).unwrap() * a_second / 1_000_000_000;
            while sent < due {
                sent += 1;
                self.quote(sent);
            }
        }
        Traffic { quotes: sent }
    }

    fn quote(&self, number: u64) {
        let mut quotes = self.shared.quotes.lock().unwrap();
        let Quotes { socket, bid, ask } = quotes.as_mut().unwrap();
        let now = nanos();
        let (moment, time) = (now % DAY / 100, now / 1_000_000);
        let (whole, rest) = (moment / 1_000, moment % 1_000);
        let text = format!(
            r#"{{"stream":"btcusdt@bookTicker","data":{{"e":"bookTicker","u":{number},"s":"BTCUSDT","b":"{bid}","B":"{whole}.{rest:03}","a":"{ask}","A":"5.871","T":{time},"E":{time}}}}}"#
        );
        socket.write_all(&frames::text(&text)).unwrap();
    }
}

impl Shared {
    fn connect(&self, mut client: TcpStream) {
        let Ok(mut server) = TcpStream::connect(&self.upstream) else { return };
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let Some(head) = head(&mut client) else { return };
        let is_socket = find(&head, b"pgrade: websocket").is_some();
        if is_socket && self.by_http && find(&head, b"/ws-fapi").is_some() {
            return;
        }
        self.note(&head);
        let head = String::from_utf8_lossy(&head);
        // The testnet's own address, as whoever comes to it directly says it.
        let lines = head.split("\r\n").map(|line| {
            if line.to_ascii_lowercase().starts_with("host:") { format!("Host: {}", self.upstream) } else { line.to_owned() }
        });
        server.write_all(lines.collect::<Vec<_>>().join("\r\n").as_bytes()).unwrap();
        let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::scope(|scope| {
            scope
                .spawn(|| if is_socket { self.frames_up(from_client, to_server) } else { self.bytes_up(from_client, to_server) });
            if is_socket { self.frames_down(server, client) } else { bytes_down(server, client) }
        });
    }

    fn note(&self, bytes: &[u8]) {
        let is_order = find(bytes, b"order.place").is_some() || find(bytes, b"newClientOrderId").is_some();
        if is_order {
            self.orders.lock().unwrap().push(nanos());
        }
    }

    fn bytes_up(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = vec![0; 65_536];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            let Some(read) = bytes.get(..count) else { break };
            self.note(read);
            if to.write_all(read).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }

    fn frames_up(&self, from: TcpStream, mut to: TcpStream) {
        let mut from = BufReader::new(from);
        while let Some(frame) = Frame::read(&mut from) {
            self.note(&frame.text);
            if to.write_all(&frame.bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }

    fn frames_down(&self, mut from: TcpStream, mut to: TcpStream) {
        let Some(answer) = head(&mut from) else { return };
        to.write_all(&answer).unwrap();
        let mut from = BufReader::new(from);
        while let Some(frame) = Frame::read(&mut from) {
            if find(&frame.text, MARKET).is_some() && frame.has("\"b\":") {
                let (bid, ask) = (price(&frame.text, b"\"b\":\""), price(&frame.text, b"\"a\":\""));
                *self.quotes.lock().unwrap() = Some(Quotes { socket: to.try_clone().unwrap(), bid, ask });
                self.quoted.notify_all();
                continue;
            }
            // Quotes are written between frames, never within one.
            let _quotes = self.quotes.lock().unwrap();
            if to.write_all(&frame.bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }
}

fn bytes_down(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

fn price(text: &[u8], before: &[u8]) -> String {
    let rest = find(text, before).and_then(|at| text.get(at + before.len()..)).unwrap_or_default();
    let digits = rest.iter().take_while(|byte| **byte != b'"').copied().collect();
    String::from_utf8(digits).unwrap()
}

/// What stands before the empty line.
fn head(from: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        from.read_exact(&mut byte).ok()?;
        bytes.extend(byte);
    }
    Some(bytes)
}
