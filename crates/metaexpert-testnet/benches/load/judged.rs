//! What traders were told, held against what happened: each request answered once, each order's news whole and in order, each
//! execution told once, and the exchange's own lists of trades the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Deserialize;

use crate::{
    rest::Rest,
    trader::{Event, TRADED, Told},
};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    orders: usize,
    cancels: usize,
    executions: usize,
    events: usize,
    pub(crate) wrong: Vec<String>,
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { orders, cancels, executions, events, wrong } = self;
        write!(f, "{orders} orders, {cancels} cancels, {executions} executions, {events} events, {} wrong", wrong.len())
    }
}

/// One order's life, as it was told.
#[derive(Debug, Default)]
struct Life<'a> {
    acks: usize,
    cancels: usize,
    failed_cancels: usize,
    events: Vec<&'a Event>,
}

pub(crate) async fn judge(told: &[Told], address: &str) -> Judged {
    let mut judged = Judged::default();
    let mut rest = Rest::open(address).await;
    for told in told {
        judged.of_one(told);
        judged.held_against(told, &mut rest).await;
    }
    judged
}

impl Judged {
    fn of_one(&mut self, told: &Told) {
        self.wrong.extend(told.wrong.iter().cloned());
        let mut lives: BTreeMap<&str, Life<'_>> = BTreeMap::new();
        for answer in &told.answers {
            let life = lives.entry(&answer.name).or_default();
            match (answer.is_cancel, answer.is_done) {
                (false, true) => life.acks += 1,
                (true, true) => life.cancels += 1,
                (true, false) if answer.said.contains("-2011") => life.failed_cancels += 1,
                _ => self.wrong.push(format!("{}: refused: {}", answer.name, answer.said)),
            }
        }
        for event in &told.events {
            let name = if event.what == "CANCELED" { &event.original } else { &event.name };
            lives.entry(name).or_default().events.push(event);
        }
        let numbers: Vec<u64> = told.events.iter().map(|event| event.number).collect();
        if !numbers.is_sorted_by(|one, next| one < next) {
            self.wrong.push(format!("client {}: events out of order", told.number));
        }
        self.events += told.events.len();
        for (name, life) in lives {
            self.orders += life.acks;
            self.cancels += life.cancels;
            self.wrong.extend(life.fault().map(|fault| format!("{name}: {fault}: {life:?}")));
        }
    }

    /// The exchange's own list of an account's trades.
    async fn held_against(&mut self, told: &Told, rest: &mut Rest) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Trade {
            id: i64,
            order_id: u64,
        }
        for (symbol, _) in TRADED {
            let of_symbol = told.events.iter().filter(|event| event.what == "TRADE" && event.symbol == symbol);
            let events: Vec<(i64, u64)> = of_symbol.map(|event| (event.trade, event.order)).collect();
            let (mut listed, mut from) = (BTreeSet::new(), 0);
            loop {
                let params = [("symbol", symbol.to_owned()), ("fromId", from.to_string()), ("limit", "1000".to_owned())];
                let (_, said) = rest.ask("GET", "/api/v3/myTrades", &told.key.query(&params), &told.key.key).await;
                let trades: Vec<Trade> = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
                listed.extend(trades.iter().map(|trade| (trade.id, trade.order_id)));
                match trades.last() {
                    Some(last) if trades.len() == 1_000 => from = last.id,
                    _ => break,
                }
            }
            self.executions += listed.len();
            let heard: BTreeSet<(i64, u64)> = events.iter().copied().collect();
            if heard.len() != events.len() || heard != listed {
                let (told, once, there) = (events.len(), heard.len(), listed.len());
                self.wrong.push(format!("{symbol}: {told} executions told, {once} of them once, {there} listed"));
            }
        }
    }
}

impl Life<'_> {
    fn fault(&self) -> Option<&'static str> {
        let count = |what: &str| self.events.iter().filter(|event| event.what == what).count();
        let last = self.events.last().map_or("", |event| event.state.as_str());
        if self.acks != 1 {
            return Some("not acknowledged once");
        }
        if count("NEW") != 1 || self.events.first().is_none_or(|event| event.what != "NEW") {
            return Some("not told as new, once, and first");
        }
        if count("CANCELED") != self.cancels || self.cancels > 1 {
            return Some("not told once that it was cancelled");
        }
        if self.failed_cancels > 0 && last != "FILLED" {
            return Some("it was there, and could not be cancelled");
        }
        if self.cancels == 1 && last != "CANCELED" {
            return Some("something was told after its end");
        }
        None
    }
}
