//! Who listens to which stream.
//!
//! The one decision: a stream that somebody listens to exists once, under a number; a market knows its streams and a stream its
//! sockets, so that a message finds its listeners without looking at anybody else. Its text is made once and shared by all of them.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    address::{Address, Feed, Lane},
    board::Board,
    book::Pending,
    line::{Allowance, Line},
    name::{self, Channel, Scope},
    wire::{Unit, quoted},
};
use crate::{
    listing::{Class, MarketId},
    market::Kline,
    protocol::{Message, Moment, Outbox, SocketId, Topic},
};

/// The number of a stream that somebody listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct StreamId(u32);

/// A stream that somebody listens to.
#[derive(Debug)]
pub(super) struct Stream {
    /// As it was asked for.
    pub name: String,
    /// In what it tells times.
    pub unit: Unit,
    /// Of what.
    pub scope: Scope,
    /// What is sent.
    pub channel: Channel,
    /// What was sent last, where the next message follows from that.
    pub state: State,
    sockets: Vec<SocketId>,
    key: (Class, String, Unit),
}

/// What a stream has sent, as far as the next message follows from it.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Changes of the book that wait for their time.
    pub pending: Option<Pending>,
    /// The number of the book that was sent last.
    pub update_id: Option<u64>,
    /// The bar that went on when it was last looked at.
    pub bar: Option<Kline>,
    /// The bar that was sent last, as it was.
    pub sent_bar: Option<Kline>,
    /// The number of the next aggregated trade.
    pub aggregate: Option<u64>,
}

/// A connection that streams go over.
#[derive(Debug)]
pub(super) struct Socket {
    /// Its life.
    pub line: Line,
    /// Whose host it came to.
    pub feed: Feed,
    /// Which path.
    pub lane: Lane,
    /// Whether messages go in an envelope.
    pub is_combined: bool,
    unit: Unit,
    names: Vec<(String, Option<StreamId>)>,
}

/// Sockets and streams.
#[derive(Debug, Default)]
pub(super) struct Registry {
    sockets: BTreeMap<SocketId, Socket>,
    streams: BTreeMap<StreamId, Stream>,
    by_name: FxHashMap<(Class, String, Unit), StreamId>,
    by_market: FxHashMap<MarketId, Vec<StreamId>>,
    /// Streams of more than one market.
    wide: Vec<StreamId>,
    made: u32,
}

impl Registry {
    /// A socket has come.
    pub(super) fn connect(&mut self, id: SocketId, address: &Address, at: Moment) {
        let line = Line::new(Allowance::of(address.feed), at.clock);
        let Address { feed, lane, is_combined, unit, .. } = *address;
        self.sockets.insert(id, Socket { line, feed, lane, is_combined, unit, names: Vec::new() });
    }

    /// A socket is gone.
    pub(super) fn disconnect(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.remove(&id) else { return };
        for stream in socket.names.into_iter().filter_map(|(_, stream)| stream) {
            self.leave(id, stream);
        }
    }

    /// A socket.
    pub(super) fn socket(&mut self, id: SocketId) -> Option<&mut Socket> {
        self.sockets.get_mut(&id)
    }

    /// All sockets.
    pub(super) fn sockets(&mut self) -> impl Iterator<Item = (SocketId, &mut Socket)> {
        self.sockets.iter_mut().map(|(id, socket)| (*id, socket))
    }

    /// A socket asks for a stream. Returns whether it may have so many.
    pub(super) fn subscribe(&mut self, id: SocketId, name: &str, board: &dyn Board) -> bool {
        let Some(socket) = self.sockets.get(&id) else { return true };
        if socket.names.iter().any(|(known, _)| known == name) {
            return true;
        }
        if socket.names.len() >= socket.line.streams_at_most() {
            return false;
        }
        let (feed, lane, unit) = (socket.feed, socket.lane, socket.unit);
        let found = feed.classes().iter().find_map(|class| name::read(*class, name, board).map(|read| (*class, read)));
        let stream = found
            .filter(|(_, (_, channel))| lane.carries(*channel))
            .map(|(class, (scope, channel))| self.join(id, (class, name.to_owned(), unit), scope, channel));
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.names.push((name.to_owned(), stream));
        }
        true
    }

    /// A socket wants a stream no more.
    pub(super) fn unsubscribe(&mut self, id: SocketId, name: &str) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let Some(place) = socket.names.iter().position(|(known, _)| known == name) else { return };
        if let (_, Some(stream)) = socket.names.remove(place) {
            self.leave(id, stream);
        }
    }

    /// What a socket has asked for, in that order.
    pub(super) fn names(&self, id: SocketId) -> Vec<&str> {
        let socket = self.sockets.get(&id);
        socket.map(|socket| socket.names.iter().map(|(name, _)| name.as_str()).collect()).unwrap_or_default()
    }

    /// The streams of a market, oldest first.
    pub(super) fn of_market(&self, market: MarketId) -> Vec<StreamId> {
        self.by_market.get(&market).cloned().unwrap_or_default()
    }

    /// The streams of more than one market, oldest first.
    pub(super) fn wide(&self) -> Vec<StreamId> {
        self.wide.clone()
    }

    /// All streams, oldest first.
    pub(super) fn all(&self) -> Vec<StreamId> {
        self.streams.keys().copied().collect()
    }

    /// A stream.
    pub(super) fn stream(&mut self, id: StreamId) -> Option<&mut Stream> {
        self.streams.get_mut(&id)
    }

    /// Sends a text to everybody who listens.
    pub(super) fn publish(&self, id: StreamId, text: String, out: &mut Outbox) {
        let Some(stream) = self.streams.get(&id) else { return };
        let raw = Utf8Bytes::from(text);
        let mut wrapped: Option<Utf8Bytes> = None;
        for socket in &stream.sockets {
            let is_combined = self.sockets.get(socket).is_some_and(|socket| socket.is_combined);
            let text = if is_combined {
                wrapped.get_or_insert_with(|| envelope(&stream.name, &raw).into()).clone()
            } else {
                raw.clone()
            };
            out.push(*socket, Message::Text(Topic::Market, text));
        }
    }

    fn join(&mut self, socket: SocketId, key: (Class, String, Unit), scope: Scope, channel: Channel) -> StreamId {
        if let Some(id) = self.by_name.get(&key).copied() {
            if let Some(stream) = self.streams.get_mut(&id) {
                stream.sockets.push(socket);
            }
            return id;
        }
        let id = StreamId(self.made);
        self.made += 1;
        match &scope {
            Scope::Market(market) => self.by_market.entry(*market).or_default().push(id),
            Scope::All(_) | Scope::Family(..) | Scope::Asset(_) => self.wide.push(id),
        }
        let name = key.1.clone();
        let unit = key.2;
        self.by_name.insert(key.clone(), id);
        self.streams.insert(id, Stream { name, unit, scope, channel, state: State::default(), sockets: vec![socket], key });
        id
    }

    fn leave(&mut self, socket: SocketId, id: StreamId) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.sockets.retain(|known| *known != socket);
        if !stream.sockets.is_empty() {
            return;
        }
        let Some(stream) = self.streams.remove(&id) else { return };
        self.by_name.remove(&stream.key);
        self.wide.retain(|known| *known != id);
        if let Scope::Market(market) = stream.scope
            && let Some(streams) = self.by_market.get_mut(&market)
        {
            streams.retain(|known| *known != id);
        }
    }
}

/// A message as combined streams send it.
pub(super) fn envelope(stream: &str, data: &str) -> String {
    format!(r#"{{"stream":{},"data":{data}}}"#, quoted(stream))
}
