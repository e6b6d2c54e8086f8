//! An exchange for tests of the desk: what it has is set by the test, what it is asked is written down.

use std::{collections::VecDeque, ops::Range, sync::Arc, time::Duration};

use futures_util::future::FutureExt;
use metaexpert_connect::{
    Exchange, Failure, Report, SequenceRule,
    exchange::{Asked, Listed, Listener, Listening, MarketTopic, Permissions, Profile, Sent, StreamNews, Terms},
    http::Clock,
    report::{BalanceReport, DepthReport, Entry, FeeReport, FillReport, Listing, ListingStatus, OrderReport, PositionReport},
};
use metaexpert_core::{Amendment, Bar, NewOrder, Symbol, Timeframe, UnixNanos};
use parking_lot::Mutex;
use rust_decimal::dec;

use super::life::fixtures::perpetual;
use crate::market::testing::RULE;

/// What the exchange has, and what it was asked.
#[derive(Default)]
pub(super) struct Has {
    pub open: Vec<OrderReport>,
    pub orders: Vec<OrderReport>,
    pub fills: Vec<FillReport>,
    pub positions: Vec<PositionReport>,
    pub balances: Vec<BalanceReport>,
    pub entries: Vec<Entry>,
    /// Answers to orders, the next one first; good ones without reports where there is none.
    pub answers: VecDeque<Result<Vec<Report<'static>>, Failure>>,
    pub asked: Vec<String>,
    pub listener: Option<Box<dyn Listener>>,
    pub invalid: Option<String>,
    pub is_away: bool,
    /// Whatever it is asked, the task that asks panics.
    pub panics: bool,
    /// So does whoever has an order checked.
    pub check_panics: bool,
}

#[derive(Clone)]
pub(super) struct Fake {
    pub has: Arc<Mutex<Has>>,
    profile: Profile,
    clock: Clock,
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}

fn now() -> UnixNanos {
    UnixNanos::from_nanos(1_000_000_000_000_000)
}

pub(super) fn listed() -> Listed {
    let instrument = perpetual().1;
    let listing = Listing {
        symbol: "BTCUSDT".into(),
        unified: Some(instrument.symbol.clone()),
        status: metaexpert_connect::Word::Known(ListingStatus::Trading),
        kind: Some(instrument.kind),
        base: "BTC".into(),
        quote: "USDT".into(),
        settlement: "USDT".into(),
        contract_size: dec!(1),
        margin: false,
        listed: None,
        filters: vec![],
        order_types: vec![],
        permissions: vec![],
        maintenance_margin: None,
        liquidation_fee: None,
    };
    Listed { symbol: instrument.symbol.clone(), name: "BTCUSDT".into(), instrument, listing }
}

impl Fake {
    pub(super) fn new() -> Self {
        let profile = Profile {
            exchange: "fake",
            product: "usdm",
            host: "localhost".into(),
            is_real: false,
            has_positions: true,
            amends: true,
            has_stops: true,
            has_both_exits: true,
            window: Duration::from_secs(5),
            comment: 12,
        };
        Self { has: Arc::default(), profile, clock: Clock::new(now) }
    }

    pub(super) fn news(&self, news: StreamNews) {
        self.has.lock().listener.as_mut().unwrap().news(news);
    }

    pub(super) fn says(&self, report: Report<'_>) {
        self.has.lock().listener.as_mut().unwrap().report(report, now());
    }

    fn note(&self, what: String) {
        self.has.lock().asked.push(what);
    }

    fn fact<T: Send + 'static>(&self, of: impl FnOnce(&Has) -> T) -> Asked<'_, T> {
        let has = self.has.lock();
        let away = Failure::NotSent { endpoint: "facts", why: "away".into() };
        let answer = if has.is_away { Err(away) } else { Ok(of(&has)) };
        let panics = has.panics;
        async move {
            assert!(!panics, "a mistake of the adapter");
            answer
        }
        .boxed()
    }

    fn answer(&self) -> Asked<'_, Vec<Report<'static>>> {
        let mut has = self.has.lock();
        let (answer, panics) = (has.answers.pop_front().unwrap_or(Ok(vec![])), has.panics);
        async move {
            assert!(!panics, "a mistake of the adapter");
            answer
        }
        .boxed()
    }
}

impl Exchange for Fake {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn listed<'a>(&'a self, _symbols: &'a [Symbol]) -> Asked<'a, Vec<Listed>> {
        async { Ok(vec![listed()]) }.boxed()
    }

    fn bars<'a>(&'a self, _name: &'a str, _timeframe: Timeframe, _span: Range<UnixNanos>) -> Asked<'a, Vec<Bar>> {
        async { Ok(vec![]) }.boxed()
    }

    fn depth<'a>(&'a self, _name: &'a str) -> Asked<'a, DepthReport<'static>> {
        async { Err(Failure::NotSent { endpoint: "depth", why: "no books".into() }) }.boxed()
    }

    fn sequence_rule(&self) -> &'static SequenceRule {
        &RULE
    }

    fn listen_markets(&self, _topics: &[MarketTopic], _listener: Box<dyn Listener>) -> Result<Listening, Failure> {
        Err(Failure::NotSent { endpoint: "markets", why: "no markets".into() })
    }

    fn listen_account(&self, listener: Box<dyn Listener>) -> Result<Listening, Failure> {
        self.has.lock().listener = Some(listener);
        Ok(Listening::new(tokio::spawn(std::future::pending())))
    }

    fn permissions(&self) -> Asked<'_, Permissions> {
        async { Ok(Permissions::default()) }.boxed()
    }

    fn arrange<'a>(&'a self, _terms: &'a Terms) -> Asked<'a, Vec<String>> {
        async { Ok(vec![]) }.boxed()
    }

    fn fee<'a>(&'a self, _name: &'a str) -> Asked<'a, FeeReport> {
        async { Err(Failure::NotSent { endpoint: "fee", why: "no fees".into() }) }.boxed()
    }

    fn balances(&self) -> Asked<'_, Vec<BalanceReport>> {
        self.fact(|has| has.balances.clone())
    }

    fn positions<'a>(&'a self, _names: &'a [String]) -> Asked<'a, Vec<PositionReport>> {
        self.fact(|has| has.positions.clone())
    }

    fn open_orders<'a>(&'a self, _names: &'a [String]) -> Asked<'a, Vec<OrderReport>> {
        self.note("open".into());
        self.fact(|has| has.open.clone())
    }

    fn find_order<'a>(&'a self, order: &'a Sent) -> Asked<'a, Option<OrderReport>> {
        self.note(format!("find {}", order.id));
        self.fact(|has| has.orders.iter().find(|report| report.client_id.as_deref() == Some(&*order.client_name)).cloned())
    }

    fn fills<'a>(&'a self, _name: &'a str, since: UnixNanos) -> Asked<'a, Vec<FillReport>> {
        self.fact(|has| has.fills.iter().filter(|fill| fill.time >= since).cloned().collect())
    }

    fn entries(&self, span: Range<UnixNanos>) -> Asked<'_, Vec<Entry>> {
        self.fact(|has| has.entries.iter().filter(|entry| span.contains(&entry.time)).cloned().collect())
    }

    fn check(&self, _listed: &Listed, _order: &NewOrder) -> Result<(), String> {
        let has = self.has.lock();
        assert!(!has.check_panics, "a mistake of the adapter");
        has.invalid.clone().map_or(Ok(()), Err)
    }

    fn place<'a>(&'a self, _listed: &'a Listed, order: &'a NewOrder, sent: &'a Sent) -> Asked<'a, Vec<Report<'static>>> {
        let worst = sent.worst_price.map(|price| format!(" worst {price}")).unwrap_or_default();
        self.note(format!("place {} {}{worst}", order.id, sent.client_name));
        self.answer()
    }

    fn amend<'a>(
        &'a self,
        _listed: &'a Listed,
        order: &'a NewOrder,
        _sent: &'a Sent,
        _change: &'a Amendment,
    ) -> Asked<'a, Vec<Report<'static>>> {
        self.note(format!("amend {}", order.id));
        self.answer()
    }

    fn cancel<'a>(&'a self, sent: &'a Sent) -> Asked<'a, Vec<Report<'static>>> {
        self.note(format!("cancel {} {}", sent.id, sent.client_name));
        self.answer()
    }
}
