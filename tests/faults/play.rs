//! A testnet, clients of it, and time by hand.
//!
//! The one decision: testnet, adapter and test share one thread, and time moves on only when all of them wait for it. So nothing
//! hangs on how fast the machine is: a time-out of ten seconds comes after ten seconds of this time, and not before.

use std::{cell::Cell, sync::Arc, sync::mpsc, time::Duration};

use metaexpert_binance::{
    Environment, Product, dialect, market,
    orders::{
        Amount, Answer, ClientId, Desk, FuturesKind, FuturesOrder, FuturesPrice, FuturesProduct, FuturesTimeInForce, Leg,
        OrderRequest, Reports, SpotKind, SpotOrder, SpotPrice, SpotTimeInForce, Target, place, query,
    },
};
use metaexpert_connect::{
    Report,
    http::{Budget, Client},
    report::{OrderReport, OrderState},
    signing::{Credentials, Signer},
    ws::{ConnectGate, Events, Network, SessionEvent, TcpDial},
};
use metaexpert_core::{Price, Quantity, Side, UnixNanos};
use metaexpert_testnet::{
    audit::{Audit, RequestLine, SocketState, What},
    clock::Time,
    faults::from_flag,
    testnet::{Running, Testnet},
};
use rust_decimal::{Decimal, dec};
use slog::Logger;

/// When it begins: 2026-03-02, a Monday, 00:00 UTC.
const START: UnixNanos = UnixNanos::from_nanos(1_772_409_600_000_000_000);

/// How far time moves at once.
const STEP: Duration = Duration::from_millis(50);

/// How often everybody is asked whether there is anything to do before time moves on. A request over a connection of this machine
/// has come back after a dozen.
const TURNS: usize = 40;

/// How long anything may take, in this time.
const LONGEST: Duration = Duration::from_mins(15);

/// The symbol that everything is about.
pub(crate) const SYMBOL: &str = "BTCUSDT";

thread_local! {
    /// The adapter's own clock. A test has one thread.
    static OURS: Cell<UnixNanos> = const { Cell::new(START) };
}

/// The adapter's own time.
pub(crate) fn now() -> UnixNanos {
    OURS.get()
}

/// Sets the adapter's own clock ahead, or back.
pub(crate) fn set_clock(by: i64) {
    OURS.set(now().saturating_add_nanos(by));
}

/// A testnet and its time.
pub(crate) struct Play {
    net: Running,
    /// While a thread waits for this, paused time does not move on by itself.
    _awake: mpsc::Sender<()>,
}

/// A request as the testnet put it down.
pub(crate) struct Asked {
    /// How long after the beginning, by the exchange's clock.
    pub(crate) at: Duration,
    /// The request, and what became of it.
    pub(crate) line: RequestLine,
}

impl Play {
    /// A testnet with these faults, in a runtime whose time is paused.
    pub(crate) async fn begin(faults: &[&str]) -> Self {
        let (awake, waits) = mpsc::channel();
        drop(tokio::task::spawn_blocking(move || waits.recv().is_ok()));
        OURS.set(START);
        let builder = Testnet::builder().time(Time::Manual).start_at(START).symbols([SYMBOL]);
        let net = faults.iter().fold(builder, |builder, fault| builder.fault(from_flag(fault).unwrap())).start().await.unwrap();
        Self { net, _awake: awake }
    }

    /// Lets something go wrong from now on. Returns the rule's number.
    pub(crate) fn fault(&self, rule: &str) -> u64 {
        self.net.handle().with(|exchange| exchange.add_fault(from_flag(rule).unwrap()))
    }

    /// How often a fault has struck.
    pub(crate) fn struck(&self, rule: u64) -> u64 {
        self.net.handle().with(|exchange| exchange.faults().struck(rule).unwrap())
    }

    /// Ends all that goes wrong.
    pub(crate) fn is_well(&self) {
        self.net.handle().with(metaexpert_testnet::server::Exchange::clear_faults);
    }

    /// Lets time pass until something is done.
    pub(crate) async fn until<T>(&self, what: impl Future<Output = T>) -> T {
        tokio::pin!(what);
        let mut passed = Duration::ZERO;
        loop {
            tokio::select! {
                biased;
                done = &mut what => return done,
                () = quiet() => {}
            }
            assert!(passed < LONGEST, "it does not come to an end");
            passed += STEP;
            self.step(STEP).await;
        }
    }

    /// Lets so much time pass.
    pub(crate) async fn pass(&self, time: Duration) {
        self.until(tokio::time::sleep(time)).await;
    }

    /// Lets a long time pass in which little is asked: by the second.
    pub(crate) async fn wait(&self, seconds: u32) {
        for _ in 0..seconds {
            quiet().await;
            self.step(Duration::from_secs(1)).await;
        }
        quiet().await;
    }

    async fn step(&self, by: Duration) {
        set_clock(i64::try_from(by.as_nanos()).unwrap());
        self.net.advance(by);
        tokio::time::advance(by).await;
    }

    /// What the testnet's audit says.
    pub(crate) fn audit<T>(&self, ask: impl FnOnce(&Audit) -> T) -> T {
        self.net.handle().with(|exchange| ask(exchange.audit()))
    }

    /// The requests that came to a path.
    pub(crate) fn asked(&self, method: &str, path: &str) -> Vec<Asked> {
        self.audit(|audit| {
            let seen = audit.lines().filter_map(|line| match &line.what {
                What::Request(request) if request.method == method && request.path == path => {
                    let at = u64::try_from(line.clock.nanos_since(START)).unwrap_or(0);
                    Some(Asked { at: Duration::from_nanos(at), line: request.clone() })
                }
                _ => None,
            });
            seen.collect()
        })
    }

    /// How many orders of a name were accepted: the promise is that there is never more than one.
    pub(crate) fn accepted(&self, name: &str) -> usize {
        self.audit(|audit| audit.accepted(name))
    }

    /// The default account's key.
    pub(crate) fn credentials(&self) -> Credentials {
        let key = &self.net.keys()[0];
        let signer = Arc::new(Signer::from_secret(key.secret().unwrap()).unwrap());
        Credentials { key: key.key.clone(), signer, passphrase: None }
    }

    /// A client of a product's host.
    pub(crate) fn client(&self, product: Product) -> Client {
        let host = match product {
            Product::Spot | Product::Margin => "api.binance.com",
            Product::UsdM => "fapi.binance.com",
            Product::CoinM => "dapi.binance.com",
            Product::Options => "eapi.binance.com",
        };
        let environment = Environment::Custom { rest: self.net.host_url(host), stream: None };
        let log = Logger::root(slog::Discard, slog::o!());
        let budget = Budget::new(None, 7);
        Client::new(dialect::setup(product, &environment, Some(self.credentials()), budget, log, now, 7)).unwrap()
    }

    /// The address of a host for sockets.
    pub(crate) fn socket(&self, host_and_path: &str) -> String {
        self.net.ws_host_url(host_and_path)
    }

    /// A price far below the market's, at which an order rests.
    pub(crate) async fn low_price(&self, client: &Client, product: Product) -> Price {
        let depth = self.until(market::depth::depth(client, product, SYMBOL, 5)).await.unwrap();
        Price::new((depth.bids[0].price * dec!(0.95)).trunc_with_scale(1)).unwrap()
    }

    /// Sends an order.
    pub(crate) async fn place(&self, client: &Client, order: &OrderRequest) -> Reports {
        self.until(place(client, order, client.clock().now())).await
    }

    /// Asks where an order stands by the name that this side gave it.
    pub(crate) async fn find(&self, client: &Client, desk: Desk, name: &str) -> Reports {
        self.until(query(client, desk, SYMBOL, &named(name))).await
    }

    /// How often a text of a kind came in over sockets.
    pub(crate) fn heard(&self, method: &str) -> usize {
        self.audit(|audit| audit.frames().filter(|frame| frame.text.contains(method)).count())
    }

    /// What became of sockets: the states that they went through, by the audit.
    pub(crate) fn sockets(&self) -> Vec<SocketState> {
        self.audit(|audit| audit.sockets().map(|socket| socket.state.clone()).collect())
    }

    /// The next event of a session that is not a frame; frames are dropped, and word of subscriptions, which comes after each connect.
    pub(crate) async fn happens(&self, events: &mut Events) -> SessionEvent {
        self.until(async {
            loop {
                match events.recv().await.expect("the session goes on") {
                    SessionEvent::Frame { .. } | SessionEvent::Subscribed => {}
                    event => return event,
                }
            }
        })
        .await
    }
}

/// What sessions stand on.
pub(crate) fn network() -> Network {
    Network::new(TcpDial::new(None, None), ConnectGate::new(), now, 7)
}

/// Everybody has done what there was to do.
async fn quiet() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}

/// An order by the name that this side gave it.
pub(crate) fn named(name: &str) -> Target {
    Target::Client(ClientId::new(name).unwrap())
}

/// A spot order that buys a hundredth, at a price or at the market's.
pub(crate) fn spot(name: &str, price: Option<Price>) -> OrderRequest {
    let kind = match price {
        Some(price) => {
            SpotKind::Limit { price: SpotPrice::At(price), time_in_force: SpotTimeInForce::GoodTillCancelled, iceberg: None }
        }
        None => SpotKind::Market,
    };
    OrderRequest::Spot(SpotOrder {
        symbol: SYMBOL.into(),
        side: Side::Buy,
        amount: Amount::Base(hundredth()),
        kind,
        client_id: Some(ClientId::new(name).unwrap()),
        self_trade: None,
        answer: Answer::Result,
    })
}

/// The same of USD-M futures.
pub(crate) fn future(name: &str, price: Option<Price>) -> OrderRequest {
    let kind = match price {
        Some(price) => {
            FuturesKind::Limit { price: FuturesPrice::At(price), time_in_force: FuturesTimeInForce::GoodTillCancelled }
        }
        None => FuturesKind::Market,
    };
    let order = FuturesOrder {
        symbol: SYMBOL.into(),
        side: Side::Buy,
        leg: Leg::Net { reduce_only: false },
        quantity: hundredth(),
        kind,
        client_id: Some(ClientId::new(name).unwrap()),
        self_trade: None,
        answer: Answer::Result,
    };
    OrderRequest::Futures(FuturesProduct::UsdM, order)
}

fn hundredth() -> Quantity {
    Quantity::new(dec!(0.01)).unwrap()
}

/// The order of an answer.
pub(crate) fn order_of(reports: &[Report<'_>]) -> OrderReport {
    let order = reports.iter().find_map(|report| match report {
        Report::Order(order) => Some((**order).clone()),
        _ => None,
    });
    order.unwrap_or_else(|| panic!("no order in {reports:?}"))
}

/// Where the order of an answer stands, and how much of it was executed.
pub(crate) fn stands(reports: &[Report<'_>]) -> (Option<OrderState>, Option<Decimal>) {
    let order = order_of(reports);
    (order.state.known().copied(), order.filled)
}
