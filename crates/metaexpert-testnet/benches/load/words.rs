//! Settings, signatures, figures.

use std::fmt::{self, Write as _};

use ring::hmac;

/// What is to be measured.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) serves: bool,
    pub(crate) seconds: u64,
    pub(crate) clients: usize,
    /// Requests that concern orders, a second, of all clients.
    pub(crate) orders: usize,
    /// Messages of market data a second, to all clients.
    pub(crate) messages: usize,
}

impl Settings {
    pub(crate) fn of(arguments: impl Iterator<Item = String>) -> Self {
        let mut settings = Self { serves: false, seconds: 60, clients: 20, orders: 1_000, messages: 10_000 };
        let mut arguments = arguments.peekable();
        while let Some(name) = arguments.next() {
            let mut number = || arguments.next().expect("a number").parse::<usize>().expect("a number");
            match name.as_str() {
                "--serve" => settings.serves = true,
                "--seconds" => settings.seconds = number() as u64,
                "--clients" => settings.clients = number().max(2),
                "--orders" => settings.orders = number(),
                "--messages" => settings.messages = number(),
                // What cargo says to every benchmark.
                "--bench" => {}
                other => panic!("`{other}`: one of --seconds, --clients, --orders, --messages"),
            }
        }
        settings
    }

    /// Between two requests of a client.
    pub(crate) fn pause(&self) -> std::time::Duration {
        std::time::Duration::from_secs_f64(self.clients as f64 / self.orders.max(1) as f64)
    }
}

/// An account's way in.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl Key {
    fn sign(&self, payload: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        data_encoding::HEXLOWER.encode(hmac::sign(&key, payload.as_bytes()).as_ref())
    }

    /// A query with its time and signature.
    pub(crate) fn query(&self, params: &[(&str, String)]) -> String {
        let mut query = joined(params);
        if !query.is_empty() {
            query.push('&');
        }
        write!(query, "timestamp={}", now_micros() / 1_000).unwrap();
        let signature = self.sign(&query);
        format!("{query}&signature={signature}")
    }

    /// A request of the WebSocket API with its key, time and signature, which is of the parameters in order of their names.
    pub(crate) fn frame(&self, id: &str, method: &str, params: &[(&str, String)]) -> String {
        let mut all = params.to_vec();
        all.extend([("apiKey", self.key.clone()), ("timestamp", (now_micros() / 1_000).to_string())]);
        all.sort_unstable();
        let signature = self.sign(&joined(&all));
        all.push(("signature", signature));
        let params = all.iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect::<Vec<_>>().join(",");
        format!(r#"{{"id":"{id}","method":"{method}","params":{{{params}}}}}"#)
    }
}

fn joined(params: &[(&str, String)]) -> String {
    params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Microseconds of the wall's clock.
pub(crate) fn now_micros() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

/// How microseconds are distributed.
#[derive(Debug)]
pub(crate) struct Quantiles {
    sorted: Vec<u32>,
}

impl Quantiles {
    pub(crate) fn of<'a>(micros: impl Iterator<Item = &'a u32>) -> Self {
        let mut sorted: Vec<u32> = micros.copied().collect();
        sorted.sort_unstable();
        Self { sorted }
    }

    fn at(&self, per_mille: usize) -> f64 {
        let place = (self.sorted.len() * per_mille / 1_000).min(self.sorted.len().saturating_sub(1));
        self.sorted.get(place).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
    }
}

impl fmt::Display for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (half, nearly, most) = (self.at(500), self.at(990), self.at(1_000));
        write!(f, "p50 {half:.2} ms, p99 {nearly:.2} ms, max {most:.2} ms ({} measured)", self.sorted.len())
    }
}
