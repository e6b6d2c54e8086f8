//! The adapter as whoever trades sees it, behind the trait: every call on spot, USD-M and COIN-M.
//!
//! The one decision: a desk is made anew where a program would have been started anew, so that what it knows is what the exchange says.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use metaexpert_binance::{
    Environment, Product,
    exchange::{BinanceExchange, ExchangeSetup},
};
use metaexpert_connect::{
    Exchange, Failure, Meaning, Report,
    exchange::{Listed, Listener, Listening, Sent, StreamNews},
    report::{FillReport, OrderReport, SubmitReport},
};
use metaexpert_core::{
    ClientOrderId, Effect, Fitting, Instruments, NewOrder, OrderKind, PositionSide, Price, Protection, Reason, SelfTrade, Side,
    Symbol, TimeInForce, UnixNanos, order::client_name,
};
use rust_decimal::Decimal;
use slog::{Discard, Logger, o};

use crate::{
    draft::{price, quantity},
    stage::{Stage, down, now},
};

mod accounts; // terms, permissions, balances, positions, bookings
mod conditional; // stops through their trigger
mod markets; // what is listed, and what is heard of it
mod orders; // placed, changed, taken back, filled, found

pub(crate) const CALLS: &[&str] = &["GET /sapi/v1/account/apiRestrictions"];

/// Longer than anything here takes.
const HANG: Duration = Duration::from_secs(20);

/// What is traded on each product, and how much of it.
pub(crate) const MARKETS: [(Product, &str, Decimal); 3] = [
    (Product::Spot, "BTCUSDT", Decimal::from_parts(1, 0, 0, false, 1)),
    (Product::UsdM, "BTCUSDT", Decimal::from_parts(1, 0, 0, false, 1)),
    (Product::CoinM, "BTCUSD", Decimal::from_parts(5, 0, 0, false, 0)),
];

/// An account at the exchange, with an instrument.
pub(crate) struct Desk<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) exchange: BinanceExchange,
    pub(crate) listed: Listed,
    pub(crate) amount: Decimal,
}

pub(crate) fn exchange_of(stage: &Stage, product: Product, is_known: bool) -> BinanceExchange {
    let log = Logger::root(Discard, o!());
    let mut setup = ExchangeSetup::new(product, stage.environment(), log, now, 1);
    setup.credentials = is_known.then(|| stage.credentials.clone());
    BinanceExchange::new(setup).unwrap()
}

impl<'a> Desk<'a> {
    pub(crate) async fn open(stage: &'a Stage, (product, symbol, amount): (Product, &str, Decimal)) -> Self {
        let exchange = exchange_of(stage, product, true);
        let listed = exchange.listed(&[Symbol::new(symbol).unwrap()]).await.unwrap().remove(0);
        Self { stage, exchange, listed, amount }
    }

    pub(crate) fn product(&self) -> Product {
        *Product::ALL.iter().find(|product| product.as_str() == self.exchange.profile().product).unwrap()
    }

    /// An order that buys or sells the amount.
    pub(crate) fn order(&self, sequence: u64, side: Side, kind: OrderKind) -> NewOrder {
        let effect = match side {
            Side::Buy => Effect::Open(PositionSide::Long),
            Side::Sell => Effect::Close(PositionSide::Long),
        };
        NewOrder {
            id: ClientOrderId { strategy: 7, run: u32::MAX, sequence },
            instrument: Instruments::default().add(self.listed.instrument.clone()),
            side,
            kind,
            time_in_force: TimeInForce::GoodTillCancelled,
            effect,
            quantity: quantity(self.amount),
            fitting: Fitting::Exact,
            leverage: 1,
            protection: Protection::default(),
            self_trade: SelfTrade::ExpireMaker,
            link: None,
            time: now(),
            reason: Reason::Signal,
        }
    }

    pub(crate) fn sent(&self, order: &NewOrder) -> Sent {
        Sent {
            id: order.id,
            client_name: client_name(order.id, Some("desk")),
            name: self.listed.name.clone(),
            is_conditional: !matches!(order.kind, OrderKind::Market | OrderKind::Limit { .. }),
            worst_price: None,
        }
    }

    /// Places an order; what it was sent as, and the exchange's number of it.
    pub(crate) async fn place(&self, order: &NewOrder) -> (Sent, String) {
        let sent = self.sent(order);
        let reports = self.exchange.place(&self.listed, order, &sent).await.unwrap();
        (sent, number(&reports))
    }

    pub(crate) async fn find(&self, sent: &Sent) -> OrderReport {
        self.exchange.find_order(sent).await.unwrap().expect("the exchange knows the order")
    }

    /// A part or a multiple of the best bid, on the tick.
    pub(crate) async fn at(&self, times: Decimal) -> Price {
        let (bid, _) = self.stage.quote(self.product(), &self.listed.name).await;
        price(down(bid * times, self.listed.instrument.rules.tick_size))
    }

    pub(crate) fn listen(&self) -> (Heard, Listening) {
        let heard = Heard::default();
        let listening = self.exchange.listen_account(Box::new(heard.clone())).unwrap();
        (heard, listening)
    }
}

/// The number that an answer gives an order.
pub(crate) fn number(reports: &[Report<'_>]) -> String {
    let number = reports.iter().find_map(|report| match report {
        Report::Order(order) => order.venue_id.clone(),
        Report::Submitted(submitted) => submitted.venue_id.clone(),
        _ => None,
    });
    number.unwrap_or_else(|| panic!("no number in {reports:#?}"))
}

#[track_caller]
pub(crate) fn assert_unknown<T: std::fmt::Debug>(answer: &Result<T, Failure>) {
    let meaning = answer.as_ref().err().and_then(Failure::meaning);
    assert_eq!(meaning, Some(Meaning::UnknownOrder), "{answer:?}");
}

/// What was heard.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) news: Vec<StreamNews>,
    pub(crate) orders: Vec<OrderReport>,
    pub(crate) fills: Vec<FillReport>,
    pub(crate) submitted: Vec<SubmitReport>,
    /// Kinds of reports, with the instrument.
    pub(crate) kinds: Vec<String>,
}

/// Hears, and lets others look.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Notes>>);

impl Heard {
    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap()
    }

    /// Waits until something is so. What is waited for comes over a socket, so that turns are given and no time passes for the testnet.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&Notes) -> bool) {
        let waiting = async {
            while !is_so(&self.notes()) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let in_time = tokio::time::timeout(HANG, waiting).await;
        assert!(in_time.is_ok(), "never heard that {what}: {:?} {:#?}", self.notes().news, self.notes().orders);
    }

    /// Waits until nobody is left who could tell it anything.
    pub(crate) async fn alone(&self) {
        let waiting = async {
            while Arc::strong_count(&self.0) > 1 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        assert!(tokio::time::timeout(HANG, waiting).await.is_ok(), "it is listened on");
    }

    pub(crate) async fn connected(&self) {
        self.until("it is connected", |notes| notes.news.contains(&StreamNews::Connected)).await;
    }
}

impl Listener for Heard {
    fn report(&mut self, report: Report<'_>, _received: UnixNanos) {
        let mut notes = self.notes();
        let of = |kind: &str, symbol: Option<&str>| format!("{kind} {}", symbol.unwrap_or_default());
        match report {
            Report::Order(order) => notes.orders.push(*order),
            Report::Fill(fill) => notes.fills.push(*fill),
            Report::Submitted(submitted) => notes.submitted.push(submitted),
            Report::Quote(quote) => notes.kinds.push(of("quote", quote.symbol.as_deref())),
            Report::PublicTrade(trade) => notes.kinds.push(of("trade", trade.symbol.as_deref())),
            Report::Depth(depth) => notes.kinds.push(of("depth", depth.symbol.as_deref())),
            Report::Bar(bar) => notes.kinds.push(of("bar", bar.symbol.as_deref())),
            Report::Mark(mark) => notes.kinds.push(of("mark", mark.symbol.as_deref())),
            _ => {}
        }
    }

    fn news(&mut self, news: StreamNews) {
        self.notes().news.push(news);
    }
}

#[tokio::test]
async fn without_a_key_there_are_markets_and_no_account() {
    let stage = Stage::new().await;
    let exchange = exchange_of(&stage, Product::UsdM, false);
    let listed = exchange.listed(&[Symbol::new("BTCUSDT").unwrap()]).await.unwrap();
    assert!(listed[0].instrument.brackets.is_empty(), "futures tell their brackets to those with a key alone");
    let failure = exchange.listen_account(Box::new(Heard::default())).unwrap_err();
    assert!(matches!(failure, Failure::NotSent { .. }), "{failure}");
    assert!(matches!(exchange.balances().await, Err(Failure::NotSent { .. })));
}

#[test]
fn play_money_is_not_looked_for_where_there_is_none() {
    let setup = ExchangeSetup::new(Product::Margin, Environment::Demo, Logger::root(Discard, o!()), now, 1);
    let why = BinanceExchange::new(setup).unwrap_err().to_string();
    assert_eq!(why, "margin is not offered with play money; spot, usdm, coinm and options are");
}
