//! An account at Binance and its markets, behind the trait that whoever trades goes by.
//!
//! The one decision: orders go over the WebSocket API where the product has it and the account is listened to, and over HTTP otherwise;
//! whoever places them does not see which. What the socket did not take goes by HTTP at once, what it took is never sent again.
//!
//! What an order's silence means is not decided here.

mod accounts; // how an account is heard, and the socket that orders go over
mod arranging; // modes, leverage and margin as they are to be
mod checking; // whether Binance takes an order, before it is written down
mod hearing; // what sessions tell, told to a listener
mod holdings; // what an account has, holds, paid and may do
mod line; // what carries calls about orders
mod markets; // what trades, and how markets are heard
mod orders; // orders placed, changed, taken back and found
mod setup; // what an account is made of, and what is different about a product   <- read first

use std::{ops::Range, sync::Arc};

use metaexpert_connect::{
    Exchange, Failure, Report, SequenceRule,
    exchange::{Asked, Listed, Listener, Listening, MarketTopic, Permissions, Profile, Sent, Terms, Written},
    http::{Client, Clock, tls_config},
    report::{BalanceReport, DepthReport, Entry, FeeReport, FillReport, OrderReport, PositionReport},
    ws::{Caller, ConnectGate, Network, Proxy, TcpDial},
};
use metaexpert_core::{
    Amendment, Bar, NewOrder, Symbol, Timeframe, UnixNanos,
    config::{MarginMode, PositionMode, ProxyUrl},
};
use parking_lot::Mutex;
use slog::Logger;

use crate::{
    Environment, Hosts, Product,
    book_rules::{book_rule, snapshot_levels},
    dialect,
    market::depth,
    orders::{AccountModes, SideEffect, ws_api::SocketFirst},
};

pub use setup::{CannotStart, ExchangeSetup};

/// An account at Binance, and the markets of its product.
#[derive(Debug)]
pub struct BinanceExchange {
    product: Product,
    environment: Environment,
    hosts: Hosts,
    profile: Profile,
    client: Client,
    network: Network,
    /// Margin: the pair of the isolated account.
    isolated: Option<String>,
    modes: Mutex<AccountModes>,
    /// The socket that orders go over, as long as the account is listened to.
    socket: Mutex<Option<Arc<SocketFirst<Caller>>>>,
    proxy: Option<ProxyUrl>,
    log: Logger,
    now: fn() -> UnixNanos,
    seed: u64,
}

impl BinanceExchange {
    /// Makes one. It connects when it is first asked for something.
    ///
    /// # Errors
    /// Where the address, the proxy or this machine's certificates are of no use.
    pub fn new(setup: ExchangeSetup) -> Result<Self, CannotStart> {
        let ExchangeSetup { product, environment, credentials, budget, proxy, isolated, log, now, seed } = setup;
        let hosts = Hosts::of(product, &environment);
        if hosts.rest.is_empty() {
            return Err(CannotStart::NoHost { product });
        }
        // A machine that trusts no certificate still reaches a host that is spoken to in the clear.
        let tls = if hosts.stream.starts_with("wss://") { Some(tls_config()?) } else { None };
        let dial = TcpDial::new(proxy.as_ref().map(Proxy::of).transpose()?, tls);
        let mut client = dialect::setup(product, &environment, credentials, budget, log.clone(), now, seed);
        client.proxy.clone_from(&proxy);
        client.recv_window = setup::WINDOW;
        let modes = AccountModes {
            position: PositionMode::Oneway,
            margin: if isolated.is_some() { MarginMode::Isolated } else { MarginMode::Cross },
            side_effect: SideEffect::BorrowAndRepay,
        };
        Ok(Self {
            product,
            profile: setup::profile(product, &environment, &hosts),
            client: Client::new(client)?,
            network: Network::new(dial, ConnectGate::new(), now, seed),
            environment,
            hosts,
            isolated,
            modes: Mutex::new(modes),
            socket: Mutex::default(),
            proxy,
            log,
            now,
            seed,
        })
    }
}

impl Exchange for BinanceExchange {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn clock(&self) -> &Clock {
        self.client.clock()
    }

    fn listed<'a>(&'a self, symbols: &'a [Symbol]) -> Asked<'a, Vec<Listed>> {
        Box::pin(self.ask_listed(symbols))
    }

    fn bars<'a>(&'a self, name: &'a str, timeframe: Timeframe, span: Range<UnixNanos>) -> Asked<'a, Vec<Bar>> {
        Box::pin(self.ask_bars(name, timeframe, span))
    }

    fn depth<'a>(&'a self, name: &'a str) -> Asked<'a, DepthReport<'static>> {
        let levels = u16::try_from(snapshot_levels(self.product)).unwrap_or(u16::MAX);
        Box::pin(depth::depth(&self.client, self.product, name, levels))
    }

    fn sequence_rule(&self) -> &'static SequenceRule {
        book_rule(self.product)
    }

    fn listen_markets(&self, topics: &[MarketTopic], listener: Box<dyn Listener>) -> Result<Listening, Failure> {
        self.hear_markets(topics, listener)
    }

    fn listen_account(&self, listener: Box<dyn Listener>) -> Result<Listening, Failure> {
        self.hear_account(listener)
    }

    fn permissions(&self) -> Asked<'_, Permissions> {
        Box::pin(self.ask_permissions())
    }

    fn arrange<'a>(&'a self, terms: &'a Terms) -> Asked<'a, Vec<String>> {
        Box::pin(self.set_terms(terms))
    }

    fn fee<'a>(&'a self, name: &'a str) -> Asked<'a, FeeReport> {
        Box::pin(crate::account::fee(&self.client, self.product, name))
    }

    fn balances(&self) -> Asked<'_, Vec<BalanceReport>> {
        Box::pin(self.ask_balances())
    }

    fn positions<'a>(&'a self, names: &'a [String]) -> Asked<'a, Vec<PositionReport>> {
        Box::pin(self.ask_positions(names))
    }

    fn open_orders<'a>(&'a self, names: &'a [String]) -> Asked<'a, Vec<OrderReport>> {
        Box::pin(self.ask_open(names))
    }

    fn find_order<'a>(&'a self, order: &'a Sent) -> Asked<'a, Option<OrderReport>> {
        Box::pin(self.ask_order(order))
    }

    fn fills<'a>(&'a self, name: &'a str, since: UnixNanos) -> Asked<'a, Vec<FillReport>> {
        Box::pin(self.ask_fills(name, since))
    }

    fn entries(&self, span: Range<UnixNanos>) -> Asked<'_, Vec<Entry>> {
        Box::pin(self.ask_entries(span))
    }

    fn check(&self, listed: &Listed, order: &NewOrder) -> Result<(), String> {
        checking::check(self.product, listed, order, *self.modes.lock())
    }

    fn place<'a>(&'a self, listed: &'a Listed, order: &'a NewOrder, sent: &'a Sent) -> Asked<'a, Vec<Report<'static>>> {
        Box::pin(self.send_order(listed, order, sent, None))
    }

    fn place_noting<'a>(
        &'a self,
        listed: &'a Listed,
        order: &'a NewOrder,
        sent: &'a Sent,
        written: Written,
    ) -> Asked<'a, Vec<Report<'static>>> {
        Box::pin(self.send_order(listed, order, sent, Some(written)))
    }

    fn amend<'a>(
        &'a self,
        listed: &'a Listed,
        order: &'a NewOrder,
        sent: &'a Sent,
        change: &'a Amendment,
    ) -> Asked<'a, Vec<Report<'static>>> {
        Box::pin(self.send_change(listed, order, sent, change))
    }

    fn cancel<'a>(&'a self, sent: &'a Sent) -> Asked<'a, Vec<Report<'static>>> {
        Box::pin(self.send_cancel(sent))
    }
}
