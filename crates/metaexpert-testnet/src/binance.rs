//! Binance's protocol: spot, margin, USD-M and COIN-M futures, options; REST, market streams, user streams, the WebSocket API.
//!
//! The one decision: a call is a row of a table ([`Route`](door::Route)): verb, path, what it needs to be let in, what it weighs, and the
//! function that answers it. The WebSocket API's methods are rows that name the same functions. Written from Binance's
//! documentation (read 2026-11), and from nothing of `metaexpert-binance`.

pub mod door; // who may come in: keys, signatures, timestamps, weights; errors; the table's words   <- read first
mod futures; // USD-M and COIN-M: one API twice
mod listings; // what is listed
mod margin; // loans on spot's markets, and the wallet's calls
mod options; // European options
mod rest; // a call, from the path to the answer   <- read second
mod spot; // coins
mod streams; // subscriptions, market streams, user streams, listen keys
mod words; // words that all products share
mod ws_api; // calls over sockets

#[cfg(test)]
mod hostile; // nonsense, signed as it should be

use std::collections::BTreeSet;

use self::door::{ApiKey, Door, Failed, SecretError, Table};
use crate::{
    news::News,
    order::AccountId,
    protocol::{Failure, KeySecret, Moment, Outbox, Protocol, Reply, Request, SocketId},
    world::World,
};
pub use listings::{ListingSetup, UnknownSymbol, listings};

/// What Binance needs to begin with.
#[derive(Debug, Clone, Default)]
pub struct BinanceSetup {
    /// Keys of all accounts.
    pub keys: Vec<ApiKey>,
    /// How many times wider than documented its limits are; 0 is as 1.
    pub limits: u32,
}

/// A key that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("key `{key}`: {why}")]
pub struct KeyError {
    /// What goes into `X-MBX-APIKEY`.
    pub key: String,
    /// Why.
    #[source]
    pub why: SecretError,
}

/// Binance, as a protocol.
#[derive(Debug)]
pub struct Binance {
    door: Door,
    table: Table,
    streams: streams::Streams,
    calls: ws_api::Calls,
    /// The sockets of the WebSocket API; all others are streams'.
    sockets_of_calls: BTreeSet<SocketId>,
}

impl Binance {
    /// Binance with these keys.
    ///
    /// # Errors
    /// The first key that cannot be used.
    pub fn new(setup: BinanceSetup) -> Result<Self, KeyError> {
        Ok(Self {
            door: Door::new(setup.keys, setup.limits).map_err(|(key, why)| KeyError { key, why })?,
            table: rest::table(),
            streams: streams::Streams::new(),
            calls: ws_api::Calls::new(),
            sockets_of_calls: BTreeSet::new(),
        })
    }
}

impl Protocol for Binance {
    fn name(&self) -> &'static str {
        "binance"
    }

    fn hosts(&self) -> &'static [&'static str] {
        door::HOSTS
    }

    fn call(&mut self, world: &mut World, request: &Request, at: Moment) -> Reply {
        rest::answer(&mut self.door, &self.table, &mut self.streams, world, request, at)
    }

    fn connect(
        &mut self,
        world: &mut World,
        socket: SocketId,
        request: &Request,
        at: Moment,
        out: &mut Outbox,
    ) -> Result<(), Box<Reply>> {
        let (host, path, query) = (request.host.as_str(), request.path.as_str(), request.query.as_str());
        let taken = if is_of_calls(path) {
            self.calls.connect(socket, host, path, query, request.peer, &mut self.door, at, out).map(|()| {
                self.sockets_of_calls.insert(socket);
            })
        } else {
            self.streams.connect(socket, host, path, query, world, at, out)
        };
        taken.map_err(|error| Box::new(rest::reply(error.status, error.json())))
    }

    fn receive(&mut self, world: &mut World, socket: SocketId, text: &str, at: Moment, out: &mut Outbox) {
        if self.sockets_of_calls.contains(&socket) {
            self.calls.receive(socket, text, &mut self.door, &mut self.streams, world, at, out);
        } else {
            self.streams.receive(socket, text, world, at, out);
        }
    }

    fn pong(&mut self, socket: SocketId, at: Moment) {
        if self.sockets_of_calls.contains(&socket) {
            self.calls.pong(socket, at);
        } else {
            self.streams.pong(socket, at);
        }
    }

    fn disconnect(&mut self, socket: SocketId) {
        if self.sockets_of_calls.remove(&socket) {
            self.calls.disconnect(socket, &mut self.streams);
        } else {
            self.streams.disconnect(socket);
        }
    }

    fn tell(&mut self, world: &World, news: &[News], at: Moment, out: &mut Outbox) {
        self.streams.tell(world, news, at, out);
    }

    fn tick(&mut self, world: &mut World, at: Moment, out: &mut Outbox) {
        self.streams.tick(world, at, out);
        self.calls.tick(at, out);
    }

    fn fail(&self, request: &Request, failure: Failure, at: Moment) -> Reply {
        let failed = Failed::of(failure, Table::product(&request.host, &request.path), at);
        let mut reply = rest::reply(failed.error.status, failed.error.json());
        if let Some(seconds) = failed.retry_after {
            reply.headers.insert(http::header::RETRY_AFTER, seconds.into());
        }
        reply
    }

    fn fail_on_socket(&self, socket: SocketId, text: &str, failure: Failure, at: Moment) -> Option<String> {
        rest::failed_on_socket(text, failure, self.calls.product(socket), at)
    }

    fn check_key(&self, key: &str, secret: &KeySecret) -> Result<(), String> {
        self.door.verifier(key, secret).map(|_| ()).map_err(|why| why.to_string())
    }

    fn add_key(&mut self, account: AccountId, key: &str, secret: &KeySecret) -> Result<(), String> {
        let key = ApiKey { key: key.to_owned(), account, secret: secret.clone() };
        self.door.add(key).map_err(|(_, why)| why.to_string())
    }

    fn expire_keys(&mut self, account: Option<AccountId>, at: Moment, out: &mut Outbox) {
        self.streams.expire_keys(account, at, out);
    }

    fn announce_restart(&mut self, at: Moment, out: &mut Outbox) {
        self.streams.announce_shutdown(at, out);
        self.calls.announce_shutdown(at, out);
    }

    fn restart(&mut self) {
        self.streams.restart();
        self.calls.restart();
        self.sockets_of_calls.clear();
        self.door.limits.forget();
    }
}

/// Whether a socket of this path is one of the WebSocket API ("WebSocket API General Info" of spot, USD-M and COIN-M).
fn is_of_calls(path: &str) -> bool {
    ["/ws-api/", "/ws-fapi/", "/ws-dapi/"].iter().any(|prefix| path.starts_with(prefix))
}
