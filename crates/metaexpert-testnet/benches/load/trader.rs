//! A client that trades: in turns a limit that rests, a market order, and the limit taken back; its account's stream is on.
//!
//! The one decision: requests have times of their own, and what is late is measured from its time: who waits for an answer before
//! asking again would measure the testnet at its own pace.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    Phase,
    market::{Socket, open},
    over,
    process::Served,
    rest::Rest,
    words::{Key, Settings},
};

/// Where orders go: symbol, how much of it.
pub(crate) const TRADED: [(&str, &str); 2] = [("BTCUSDT", "0.001"), ("ETHUSDT", "0.02")];

#[derive(Debug)]
pub(crate) struct Trader {
    number: usize,
    address: String,
    key: Key,
    is_rest: bool,
    pause: Duration,
    clients: usize,
}

/// What a trader was told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) number: usize,
    pub(crate) key: Key,
    pub(crate) is_rest: bool,
    /// Requests while it was measured.
    pub(crate) within: usize,
    pub(crate) answers: Vec<Answer>,
    pub(crate) events: Vec<Event>,
    /// Requests that were never answered, or answered more than once.
    pub(crate) wrong: Vec<String>,
}

/// An answer to one request.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The order's name.
    pub(crate) name: String,
    pub(crate) is_cancel: bool,
    pub(crate) is_done: bool,
    /// Microseconds.
    pub(crate) took: u32,
    pub(crate) said: String,
}

/// `executionReport`, as far as it is looked at ("User Data Streams", Order Update).
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "s")]
    pub(crate) symbol: String,
    #[serde(rename = "c")]
    pub(crate) name: String,
    /// What the order was called that was cancelled.
    #[serde(rename = "C")]
    pub(crate) original: String,
    #[serde(rename = "x")]
    pub(crate) what: String,
    #[serde(rename = "X")]
    pub(crate) state: String,
    #[serde(rename = "i")]
    pub(crate) order: u64,
    #[serde(rename = "t")]
    pub(crate) trade: i64,
    #[serde(rename = "I")]
    pub(crate) number: u64,
}

/// One request.
struct Asked {
    name: String,
    is_cancel: bool,
    params: Vec<(&'static str, String)>,
}

impl Trader {
    pub(crate) fn new(number: usize, served: &Served, settings: &Settings) -> Self {
        let (address, key) = (served.address.clone(), served.keys[number].clone());
        Self { number, address, key, is_rest: number.is_multiple_of(2), pause: settings.pause(), clients: settings.clients }
    }

    pub(crate) async fn run(self, mut phase: watch::Receiver<Phase>) -> Told {
        let mut rest = Rest::open(&self.address).await;
        let prices = prices(&mut rest).await;
        let mut socket = open(&self.address, "ws-api.binance.com/ws-api/v3").await;
        let subscribe = self.key.frame("stream", "userDataStream.subscribe.signature", &[]);
        socket.send(Message::text(subscribe)).await.unwrap();
        let running = phase.wait_for(|phase| matches!(phase, Phase::Running(_))).await.map(|phase| *phase);
        let Ok(Phase::Running(began)) = running else { panic!("it never began") };
        // Everybody at another moment, so that a second has no beat.
        let began = began + self.pause.mul_f64(self.number as f64 / self.clients as f64);
        if !self.is_rest {
            return self.by_socket(socket, &prices, began, phase).await;
        }
        let events = tokio::spawn(hear(socket, phase.clone()));
        let mut told = self.by_rest(&mut rest, &prices, began, phase).await;
        let (events, wrong) = events.await.unwrap();
        told.events = events;
        told.wrong.extend(wrong);
        told
    }

    async fn by_rest(&self, rest: &mut Rest, prices: &[f64], began: Instant, phase: watch::Receiver<Phase>) -> Told {
        let mut told = self.nothing_yet();
        for turn in 0.. {
            let due = began + self.pause.mul_f64(f64::from(turn));
            let is_late = Instant::now() > due;
            tokio::time::sleep_until(due.into()).await;
            if *phase.borrow() >= Phase::Ebbing {
                break;
            }
            let asked = self.ask(turn, prices);
            let since = if is_late { due } else { Instant::now() };
            let verb = if asked.is_cancel { "DELETE" } else { "POST" };
            let (status, said) = rest.ask(verb, "/api/v3/order", &self.key.query(&asked.params), &self.key.key).await;
            told.answer(asked, status == 200, since, said);
        }
        told
    }

    async fn by_socket(&self, mut socket: Socket, prices: &[f64], began: Instant, mut phase: watch::Receiver<Phase>) -> Told {
        let mut told = self.nothing_yet();
        let mut waiting: HashMap<String, (Asked, Instant)> = HashMap::new();
        let mut turn = 0;
        loop {
            let due = began + self.pause.mul_f64(f64::from(turn));
            let is_open = *phase.borrow() < Phase::Ebbing;
            tokio::select! {
                biased;
                message = socket.next() => {
                    let Some(Ok(message)) = message else {
                        told.wrong.push(format!("the socket of client {} has ended: {message:?}", self.number));
                        break;
                    };
                    let Message::Text(text) = message else { continue };
                    if let Some(event) = text.strip_prefix(r#"{"subscriptionId":"#) {
                        told.events.extend(report(event));
                    } else {
                        let answer: Answered = serde_json::from_str(&text).unwrap();
                        match waiting.remove(&answer.id) {
                            Some((asked, since)) => told.answer(asked, answer.status == 200, since, text.to_string()),
                            None if answer.id == "stream" && answer.status == 200 => {}
                            None => told.wrong.push(format!("an answer that nobody waits for: {text}")),
                        }
                    }
                }
                () = over(&mut phase) => break,
                () = tokio::time::sleep_until(due.into()), if is_open => {
                    let asked = self.ask(turn, prices);
                    turn += 1;
                    let (id, method) = (format!("r{turn}"), if asked.is_cancel { "order.cancel" } else { "order.place" });
                    let late = Instant::now().saturating_duration_since(due) > Duration::from_millis(2);
                    let since = if late { due } else { Instant::now() };
                    socket.send(Message::text(self.key.frame(&id, method, &asked.params))).await.unwrap();
                    waiting.insert(id, (asked, since));
                }
            }
        }
        told.wrong.extend(waiting.into_values().map(|(asked, _)| format!("never answered: {}", asked.name)));
        told
    }

    /// What is asked in this turn.
    fn ask(&self, turn: u32, prices: &[f64]) -> Asked {
        let round = turn / 3;
        let place = (round / 2) as usize % TRADED.len();
        let (symbol, quantity) = TRADED[place];
        let (side, step) = if round.is_multiple_of(2) { ("BUY", -1.0) } else { ("SELL", 1.0) };
        let named = |letter: char, round: u32| format!("{letter}-{}-{round}", self.number);
        let mut params = vec![("symbol", symbol.to_owned())];
        if turn % 3 == 2 {
            let name = named('l', round);
            params.push(("origClientOrderId", name.clone()));
            return Asked { name, is_cancel: true, params };
        }
        let name = named(if turn.is_multiple_of(3) { 'l' } else { 'm' }, round);
        params.extend([("side", side.to_owned()), ("quantity", quantity.to_owned()), ("newClientOrderId", name.clone())]);
        if turn.is_multiple_of(3) {
            // Every fourth stands where the market is, and may trade with anybody; the others wait.
            let away = if (round / 4).is_multiple_of(4) { 0.0001 } else { 0.005 + f64::from(round % 7) / 1_000.0 };
            let price = format!("{:.2}", prices[place] * (1.0 + step * away));
            params.extend([("type", "LIMIT".to_owned()), ("timeInForce", "GTC".to_owned()), ("price", price)]);
        } else {
            params.push(("type", "MARKET".to_owned()));
        }
        Asked { name, is_cancel: false, params }
    }

    fn nothing_yet(&self) -> Told {
        let (key, is_rest) = (self.key.clone(), self.is_rest);
        Told { number: self.number, key, is_rest, within: 0, answers: Vec::new(), events: Vec::new(), wrong: Vec::new() }
    }
}

impl Told {
    fn answer(&mut self, asked: Asked, is_done: bool, since: Instant, said: String) {
        self.within += 1;
        let took = u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX);
        self.answers.push(Answer { name: asked.name, is_cancel: asked.is_cancel, is_done, took, said });
    }
}

#[derive(Deserialize)]
struct Answered {
    id: String,
    status: u16,
}

/// Listens to an account's stream.
async fn hear(mut socket: Socket, mut phase: watch::Receiver<Phase>) -> (Vec<Event>, Vec<String>) {
    let (mut events, mut wrong) = (Vec::new(), Vec::new());
    loop {
        let message = tokio::select! {
            () = over(&mut phase) => return (events, wrong),
            message = socket.next() => message,
        };
        match message {
            Some(Ok(Message::Text(text))) => match text.strip_prefix(r#"{"subscriptionId":"#) {
                Some(event) => events.extend(report(event)),
                None if text.contains(r#""status":200"#) => {}
                None => wrong.push(format!("the stream was not given: {text}")),
            },
            Some(Ok(_)) => {}
            other => {
                wrong.push(format!("an account's stream has ended: {other:?}"));
                return (events, wrong);
            }
        }
    }
}

/// The event behind a subscription's number, where it is of an order.
fn report(text: &str) -> Option<Event> {
    let (_, event) = text.split_once(r#""event":"#)?;
    event.contains(r#""e":"executionReport""#).then(|| serde_json::from_str(&event[..event.len() - 1]).unwrap())
}

async fn prices(rest: &mut Rest) -> Vec<f64> {
    #[derive(Deserialize)]
    struct Priced {
        price: String,
    }
    let mut prices = Vec::new();
    for (symbol, _) in TRADED {
        let (_, said) = rest.ask("GET", "/api/v3/ticker/price", &format!("symbol={symbol}"), "").await;
        prices.push(serde_json::from_str::<Priced>(&said).unwrap().price.parse().unwrap());
    }
    prices
}
