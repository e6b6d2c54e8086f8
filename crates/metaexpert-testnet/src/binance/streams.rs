//! Streams: who listens to what, and what is sent.
//!
//! The one decision: news becomes text once, and only where somebody listens; a stream knows its sockets, so nobody else is looked at.
//! What streams read of markets they read through [`Board`](board::Board). Calls over sockets are not made here, but
//! in [`ws_api`](super::ws_api); its user streams are heard through here.

mod account; // what happens to accounts, as each product tells it
mod address; // hosts and paths
mod bars; // klines
mod board; // what is read of the world
mod book; // best bid and ask, depth
mod control; // SUBSCRIBE and its kin
mod handlers; // listen keys over REST
mod keys; // listen keys and tokens
mod line; // pings, and the end of a connection
mod listeners; // who hears of which account
mod marks; // mark prices, indices, liquidations
mod name; // `btcusdt@depth5@100ms`
mod of; // what a message is of
mod options; // what only options have
mod publish; // news of markets, made into messages   <- read first
mod registry; // who listens to which stream
mod tickers; // the day, the last hours
mod trades; // trades
mod wire; // JSON

#[cfg(test)]
mod tests;

use http::StatusCode;
use metaexpert_core::UnixNanos;

use self::{
    account::Accounts,
    address::{Address, Feed},
    board::Board,
    control::Order,
    keys::Keys,
    listeners::Listeners,
    publish::{Changed, Press},
    registry::Registry,
};
pub(in crate::binance) use self::{
    handlers::{close_listen_key, keep_listen_key, listen_token, open_listen_key},
    keys::{Pass, Seat},
    line::{Allowance, Line},
    listeners::Subscription,
    wire::{Object, Unit, list, quoted},
};
use super::door::ApiError;
use crate::{
    news::News,
    order::AccountId,
    protocol::{Moment, Outbox, SocketId, Topic},
    world::World,
};

/// Sockets, their subscriptions, and listen keys.
#[derive(Debug, Default)]
pub struct Streams {
    registry: Registry,
    listeners: Listeners,
    keys: Keys,
    accounts: Accounts,
    changed: Changed,
}

impl Streams {
    /// Streams that nobody listens to.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are streams at an address.
    pub fn answers(host: &str, path: &str) -> bool {
        address::read(host, path, "").is_some()
    }

    /// Takes a socket.
    ///
    /// # Errors
    /// 404 where no streams are.
    #[expect(clippy::too_many_arguments, reason = "an address has three parts, and what happens needs the world and the time")]
    pub fn connect(
        &mut self,
        socket: SocketId,
        host: &str,
        path: &str,
        query: &str,
        world: &World,
        at: Moment,
        out: &mut Outbox,
    ) -> Result<(), ApiError> {
        self.take(socket, (host, path, query), world, at, out)
    }

    /// A text came over a socket.
    pub fn receive(&mut self, socket: SocketId, text: &str, world: &World, at: Moment, out: &mut Outbox) {
        self.hear(socket, text, world, at, out);
    }

    /// Tells what has happened.
    pub fn tell(&mut self, world: &World, news: &[News], at: Moment, out: &mut Outbox) {
        self.report(world, news, at, out);
    }

    /// Time has passed: pings, keys and tokens that are over, connections that are.
    pub fn tick(&mut self, _world: &World, at: Moment, out: &mut Outbox) {
        self.pass_time(at, out);
    }

    fn pass_time(&mut self, at: Moment, out: &mut Outbox) {
        for key in self.keys.take_expired(at.clock) {
            self.listeners.expire(&key, at.clock, out);
        }
        let is_over = |subscription: &Subscription| subscription.until.is_some_and(|until| until <= at.clock);
        self.listeners.terminate(None, is_over, at.clock, out);
        let ended: Vec<SocketId> =
            self.registry.sockets().filter_map(|(id, socket)| (!socket.line.tick(id, at.clock, out)).then_some(id)).collect();
        for socket in ended {
            self.disconnect(socket);
        }
    }

    /// A client has answered a ping.
    pub fn pong(&mut self, socket: SocketId, at: Moment) {
        if let Some(socket) = self.registry.socket(socket) {
            socket.line.pong(at.clock);
        }
    }

    /// A socket is gone.
    pub fn disconnect(&mut self, socket: SocketId) {
        self.registry.disconnect(socket);
        self.listeners.disconnect(socket);
    }

    /// Tells every socket that the server is about to go ("Server Shutdown").
    pub fn announce_shutdown(&mut self, at: Moment, out: &mut Outbox) {
        let event = Object::event(Unit::Millis, "serverShutdown", at.clock).end();
        for (id, socket) in self.registry.sockets() {
            let text = if socket.is_combined { registry::envelope("!serverShutdown", &event) } else { event.clone() };
            out.text(id, Topic::Control, text);
        }
    }

    /// Makes the listen keys of an account stale, or all.
    pub fn expire_keys(&mut self, account: Option<AccountId>, at: Moment, out: &mut Outbox) {
        for key in self.keys.take_of(account) {
            self.listeners.expire(&key, at.clock, out);
        }
    }

    /// The exchange was started anew: sockets are gone, keys are not.
    pub fn restart(&mut self) {
        let keys = std::mem::take(&mut self.keys);
        *self = Self { keys, ..Self::default() };
    }

    /// A socket of the WebSocket API listens to an account; `None` where it does already, unless a token renews what another began.
    pub(in crate::binance) fn subscribe(
        &mut self,
        socket: SocketId,
        whose: (AccountId, Seat),
        is_of_login: bool,
        until: Option<UnixNanos>,
    ) -> Option<u16> {
        self.listeners.subscribe(socket, whose, is_of_login, until)
    }

    /// Ends subscriptions of a socket of the WebSocket API, and says so.
    pub(in crate::binance) fn unsubscribe(
        &mut self,
        socket: SocketId,
        which: impl Fn(&Subscription) -> bool,
        at: Moment,
        out: &mut Outbox,
    ) {
        self.listeners.terminate(Some(socket), which, at.clock, out);
    }

    /// The subscriptions of a socket of the WebSocket API.
    pub(in crate::binance) fn subscriptions(&self, socket: SocketId) -> Vec<Subscription> {
        self.listeners.subscriptions(socket)
    }

    /// What a listen token is good for.
    pub(in crate::binance) fn pass(&self, token: &str, at: Moment) -> Option<Pass> {
        self.keys.of_token(token, at.clock)
    }

    fn take(
        &mut self,
        socket: SocketId,
        (host, path, query): (&str, &str, &str),
        board: &dyn Board,
        at: Moment,
        out: &mut Outbox,
    ) -> Result<(), ApiError> {
        let Some(address) = address::read(host, path, query) else {
            return Err(ApiError {
                status: StatusCode::NOT_FOUND,
                ..ApiError::new(-1000, format!("no streams at {host}{path}"))
            });
        };
        self.registry.connect(socket, &address, at);
        let Address { names, keys, .. } = address;
        self.subscribe_to(socket, &names, board, at, out);
        for (key, events) in keys {
            self.listen(socket, &key, events, at);
        }
        Ok(())
    }

    fn hear(&mut self, socket: SocketId, text: &str, board: &dyn Board, at: Moment, out: &mut Outbox) {
        let Some(known) = self.registry.socket(socket) else { return };
        if known.line.came(at.clock) {
            // The next tick would end it too, but what comes meanwhile must not be answered.
            known.line.close(socket, "Too many requests", out);
            return;
        }
        let control = match control::read(text) {
            Ok(control) => control,
            Err(answer) => return out.text(socket, Topic::Answer, answer),
        };
        let result = match control.order {
            Order::Subscribe(names) => {
                // What is answered goes before what was asked for.
                out.text(socket, Topic::Answer, control::done(&control.id, "null"));
                return self.subscribe_to(socket, &names, board, at, out);
            }
            Order::Unsubscribe(names) => {
                for name in &names {
                    self.registry.unsubscribe(socket, name);
                    self.listeners.close(name, Some(socket));
                }
                "null".to_owned()
            }
            Order::List => {
                let names: Vec<String> = self.registry.names(socket).into_iter().map(quoted).collect();
                list(&names)
            }
            Order::SetCombined(wants) => {
                if let Some(known) = self.registry.socket(socket) {
                    known.is_combined = wants;
                }
                self.listeners.set_combined(socket, wants);
                "null".to_owned()
            }
            Order::GetCombined => self.registry.socket(socket).is_some_and(|socket| socket.is_combined).to_string(),
        };
        out.text(socket, Topic::Answer, control::done(&control.id, &result));
    }

    fn subscribe_to(&mut self, socket: SocketId, names: &[String], board: &dyn Board, at: Moment, out: &mut Outbox) {
        for name in names {
            if !self.registry.subscribe(socket, name, board) {
                if let Some(socket_of) = self.registry.socket(socket) {
                    socket_of.line.close(socket, "Too many streams", out);
                }
                return;
            }
            self.listen(socket, name, Vec::new(), at);
        }
        Press { board, now: at.market, registry: &mut self.registry, changed: &mut self.changed }.begin();
    }

    /// A socket may name a listen key as a stream. One that is not known, or not heard on that host, is silent.
    fn listen(&mut self, socket: SocketId, key: &str, events: Vec<String>, at: Moment) {
        let Some(pass) = self.keys.find(key, at.clock) else { return };
        let Some(known) = self.registry.socket(socket) else { return };
        let is_here = known.lane.is_for_accounts()
            && match known.feed {
                Feed::Any => true,
                Feed::Spot => false,
                Feed::Margin => pass.seat == Seat::Risk,
                Feed::UsdM => matches!(pass.seat, Seat::UsdM | Seat::Options),
                Feed::CoinM => pass.seat == Seat::CoinM,
            };
        if is_here {
            self.listeners.by_key(socket, (pass.account, pass.seat), key, events, known.is_combined);
        }
    }

    fn report(&mut self, board: &dyn Board, news: &[News], at: Moment, out: &mut Outbox) {
        let mut press = Press { board, now: at.market, registry: &mut self.registry, changed: &mut self.changed };
        for item in news {
            match item {
                News::Market(market, news) => press.news(*market, news, out),
                News::Account(account, news) => self.accounts.tell(*account, news, (board, at.market), &self.listeners, out),
                News::Step(_, number) => press.step(*number, out),
            }
        }
        press.all_told(out);
    }
}
