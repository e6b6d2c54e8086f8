//! Binance's protocol: spot, margin, USD-M and COIN-M futures, options; REST, market streams, user streams, the WebSocket API.
//!
//! The one decision: a call is a row of a table ([`Route`](door::Route)): verb, path, what it needs to be let in, what it weighs, and the
//! function that answers it. The WebSocket API's methods are rows that name the same functions. Written from Binance's
//! documentation (read 2026-11), and from nothing of `metaexpert-binance`.

pub mod door; // who may come in: keys, signatures, timestamps, weights; errors; the table's words   <- read first
mod futures; // USD-M and COIN-M: one API twice
mod listings; // what is listed
mod margin; // loans on spot's markets
mod options; // European options
mod spot; // coins
mod streams; // subscriptions, market streams, user streams, listen keys
mod ws_api; // calls over sockets

use metaexpert_core::UnixNanos;

use crate::{
    news::News,
    order::AccountId,
    protocol::{Failure, Moment, Outbox, Protocol, Reply, Request, SocketId},
    world::World,
};

/// Binance, as a protocol.
#[derive(Debug)]
pub struct Binance {
    door: door::Door,
    streams: streams::Streams,
    calls: ws_api::Calls,
    _since: UnixNanos,
}

impl Protocol for Binance {
    fn name(&self) -> &'static str {
        "binance"
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[]
    }

    fn call(&mut self, world: &mut World, request: &Request, at: Moment) -> Reply {
        todo!("{world:?} {request:?} {at:?} {:?}", self.door)
    }

    fn connect(
        &mut self,
        world: &mut World,
        socket: SocketId,
        request: &Request,
        at: Moment,
        out: &mut Outbox,
    ) -> Result<(), Box<Reply>> {
        todo!("{world:?} {socket:?} {request:?} {at:?} {out:?} {:?}", self.streams)
    }

    fn receive(&mut self, world: &mut World, socket: SocketId, text: &str, at: Moment, out: &mut Outbox) {
        todo!("{world:?} {socket:?} {text} {at:?} {out:?} {:?}", self.calls)
    }

    fn pong(&mut self, socket: SocketId, at: Moment) {
        todo!("{socket:?} {at:?}")
    }

    fn disconnect(&mut self, socket: SocketId) {
        todo!("{socket:?}")
    }

    fn tell(&mut self, world: &World, news: &[News], at: Moment, out: &mut Outbox) {
        todo!("{world:?} {news:?} {at:?} {out:?}")
    }

    fn tick(&mut self, world: &mut World, at: Moment, out: &mut Outbox) {
        todo!("{world:?} {at:?} {out:?}")
    }

    fn fail(&self, request: &Request, failure: Failure, at: Moment) -> Reply {
        todo!("{request:?} {failure:?} {at:?}")
    }

    fn fail_on_socket(&self, text: &str, failure: Failure, at: Moment) -> Option<String> {
        todo!("{text} {failure:?} {at:?}")
    }

    fn expire_keys(&mut self, account: Option<AccountId>, at: Moment, out: &mut Outbox) {
        todo!("{account:?} {at:?} {out:?}")
    }

    fn restart(&mut self) {
        todo!()
    }
}
