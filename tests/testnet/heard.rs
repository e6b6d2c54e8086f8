//! Sessions of the adapter, and what they hear.
//!
//! The one decision: waiting is by what is heard, never by how long: a test says what it waits for, and only a hang is cut off.

use std::time::Duration;

use metaexpert_binance::{
    Product,
    user::{self, AccountKey, FillFilter, UserStream, WayRow, way},
};
use metaexpert_connect::{
    Report,
    credential::Keeper,
    report::{AccountMode, BalanceReport, FillReport, LeverageReport, LinkReport, OrderReport, PositionReport},
    ws::{Backoff, ConnectGate, Events, Network, Session, SessionEvent, Settings, StreamDialect, TcpDial, Topic},
};
use rust_decimal::Decimal;

use crate::stage::{Stage, now};

/// Longer than anything here takes.
const HANG: Duration = Duration::from_secs(20);

pub(crate) fn network() -> Network {
    Network::new(TcpDial::new(None, None), ConnectGate::new(), now, 1)
}

/// The events of an account, heard by a session.
pub(crate) struct Account {
    pub(crate) session: Session,
    events: Events,
    keeper: Option<Keeper>,
    product: Product,
    pub(crate) epoch: u64,
    pub(crate) rotations: u64,
    pub(crate) lost: u64,
    pub(crate) orders: Vec<OrderReport>,
    pub(crate) fills: Vec<FillReport>,
    pub(crate) balances: Vec<BalanceReport>,
    pub(crate) positions: Vec<PositionReport>,
    pub(crate) links: Vec<LinkReport>,
    pub(crate) leverages: Vec<LeverageReport>,
    pub(crate) modes: Vec<AccountMode>,
    /// What could not be read, or was not known.
    pub(crate) strange: Vec<String>,
}

impl Account {
    /// By the way of the product and the kind of key.
    pub(crate) async fn open(stage: &Stage, product: Product) -> Self {
        let row = way(product, &stage.credentials.signer).unwrap();
        let hosts = stage.hosts(product);
        let host = if row.way.is_api() { hosts.api.unwrap() } else { hosts.stream };
        Self::open_as(stage, row, host, None, |dialect| dialect).await
    }

    /// By a way, at a host, for a pair of isolated margin, with another dialect around it.
    pub(crate) async fn open_as<D: StreamDialect>(
        stage: &Stage,
        row: &'static WayRow,
        host: String,
        isolated: Option<&str>,
        dress: impl FnOnce(UserStream) -> D,
    ) -> Self {
        let dialect = UserStream::new(row.way, host, Some(stage.credentials.clone()), now);
        let source = AccountKey::new(stage.client(row.product), row, isolated);
        let keeper = source.map(|source| Keeper::start("key", source, Backoff::usual(), 1));
        let topics: Vec<Topic> = row.way.topics().into_iter().map(Topic::from).collect();
        let reader = keeper.as_ref().map(Keeper::reader);
        let (session, events) = Session::start("account", dress(dialect), topics, reader, Settings::usual(), &network());
        let mut account = Self {
            session,
            events,
            keeper,
            product: row.product,
            epoch: 0,
            rotations: 0,
            lost: 0,
            orders: Vec::new(),
            fills: Vec::new(),
            balances: Vec::new(),
            positions: Vec::new(),
            links: Vec::new(),
            leverages: Vec::new(),
            modes: Vec::new(),
            strange: Vec::new(),
        };
        account.until("it is connected", |account| account.epoch == 1).await;
        account
    }

    pub(crate) fn obtained(&self) -> u64 {
        self.keeper.as_ref().map_or(0, |keeper| keeper.keeping().obtained)
    }

    /// Listens until something is so.
    pub(crate) async fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let listening = async {
            while !is_so(self) {
                let event = self.events.recv().await.expect("the session goes on");
                self.take(&event);
            }
        };
        let in_time = tokio::time::timeout(HANG, listening).await;
        assert!(in_time.is_ok(), "never heard that {what}; strange: {:?}; orders: {:#?}", self.strange, self.orders);
    }

    fn take(&mut self, event: &SessionEvent) {
        match event {
            SessionEvent::Connected { epoch } => self.epoch = *epoch,
            SessionEvent::Rotated { .. } => self.rotations += 1,
            SessionEvent::Lost { .. } => self.lost += 1,
            SessionEvent::Frame { bytes, .. } => match user::read(self.product, bytes) {
                Ok(reports) => reports.into_iter().for_each(|report| self.put(report)),
                Err(why) => self.strange.push(why.to_string()),
            },
            SessionEvent::Subscribed => {}
            other => self.strange.push(format!("{other:?}")),
        }
    }

    fn put(&mut self, report: Report<'_>) {
        match report {
            Report::Order(order) => self.orders.push(*order),
            Report::Fill(fill) => self.fills.push(*fill),
            Report::Balance(balance) => self.balances.push(balance),
            Report::Position(position) => self.positions.push(*position),
            Report::Link(link) => self.links.push(link),
            Report::Leverage(leverage) => self.leverages.push(leverage),
            Report::Mode(mode) => self.modes.push(mode),
            Report::Service(metaexpert_connect::report::Service::Strange { kind }) => self.strange.push(kind),
            _ => {}
        }
    }

    /// Executions of an order, each once, whatever tells of them.
    pub(crate) fn executions(&self, venue_id: &str) -> Vec<FillReport> {
        let mut filter = FillFilter::new();
        let of_order = self.fills.iter().filter(|fill| fill.venue_id.as_deref() == Some(venue_id));
        let mut full = Vec::new();
        let mut counted = Decimal::ZERO;
        for fill in of_order.filter_map(|fill| filter.take(fill.clone())) {
            counted += fill.quantity();
            if fill.fee().is_some() {
                full.push(fill.report().clone());
            }
        }
        assert_eq!(counted, full.iter().map(|fill| fill.quantity).sum::<Decimal>(), "each is counted once");
        full
    }

    /// The last that was heard of an order.
    pub(crate) fn last(&self, venue_id: &str) -> Option<&OrderReport> {
        self.orders.iter().rev().find(|order| order.venue_id.as_deref() == Some(venue_id))
    }

    pub(crate) async fn stop(self) {
        self.session.stop().await;
        if let Some(keeper) = self.keeper {
            keeper.stop().await;
        }
    }
}
