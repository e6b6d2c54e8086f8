//! Who hears of which account.
//!
//! The one decision: an event finds its listeners by account and seat, whether they came with a listen key or over the WebSocket API;
//! what differs is only what the event is wrapped in.

use std::collections::BTreeMap;

use metaexpert_core::UnixNanos;

use super::{
    keys::Seat,
    registry::envelope,
    wire::{Object, Unit},
};
use crate::{
    order::AccountId,
    protocol::{Outbox, SocketId, Topic},
};

/// Somebody who listens.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listener {
    account: AccountId,
    seat: Seat,
    socket: SocketId,
    by: By,
}

/// By which right.
#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    /// By a listen key, which may carry some events only, and whose socket may want envelopes.
    Key { key: String, events: Vec<String>, is_combined: bool },
    /// By a subscription of the WebSocket API.
    Subscription(Subscription),
}

/// A subscription of the WebSocket API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::binance) struct Subscription {
    /// Its number on its socket.
    pub id: u16,
    /// Whether it ends with the login.
    pub is_of_login: bool,
    /// When it ends, where it was made with a token.
    pub until: Option<UnixNanos>,
}

/// All listeners.
#[derive(Debug, Default)]
pub(in crate::binance) struct Listeners {
    all: Vec<Listener>,
    by_seat: BTreeMap<(AccountId, Seat), Vec<usize>>,
    made: BTreeMap<SocketId, u16>,
}

impl Listeners {
    /// A socket listens by a key.
    pub(super) fn by_key(
        &mut self,
        socket: SocketId,
        (account, seat): (AccountId, Seat),
        key: &str,
        events: Vec<String>,
        is_combined: bool,
    ) {
        self.all.retain(|listener| listener.socket != socket || !listener.is_by(key));
        self.all.push(Listener { account, seat, socket, by: By::Key { key: key.to_owned(), events, is_combined } });
        self.index();
    }

    /// A socket of the WebSocket API listens. A token may renew what another began. `None` where it does already.
    pub(super) fn subscribe(
        &mut self,
        socket: SocketId,
        (account, seat): (AccountId, Seat),
        is_of_login: bool,
        until: Option<UnixNanos>,
    ) -> Option<u16> {
        let is_same =
            |listener: &&mut Listener| listener.socket == socket && listener.account == account && listener.seat == seat;
        if let Some(known) = self.all.iter_mut().find(is_same) {
            let By::Subscription(subscription) = &mut known.by else { return None };
            until?;
            subscription.until = until;
            return Some(subscription.id);
        }
        let made = self.made.entry(socket).or_default();
        let id = *made;
        *made = made.checked_add(1)?;
        self.all.push(Listener { account, seat, socket, by: By::Subscription(Subscription { id, is_of_login, until }) });
        self.index();
        Some(id)
    }

    /// The subscriptions of a socket.
    pub(super) fn subscriptions(&self, socket: SocketId) -> Vec<Subscription> {
        self.all
            .iter()
            .filter(|listener| listener.socket == socket)
            .filter_map(|listener| match &listener.by {
                By::Subscription(subscription) => Some(*subscription),
                By::Key { .. } => None,
            })
            .collect()
    }

    /// Ends subscriptions of the WebSocket API, of one socket or of all, and says so.
    pub(super) fn terminate(
        &mut self,
        socket: Option<SocketId>,
        is_over: impl Fn(&Subscription) -> bool,
        now: UnixNanos,
        out: &mut Outbox,
    ) {
        self.all.retain(|listener| {
            let By::Subscription(subscription) = &listener.by else { return true };
            if socket.is_some_and(|socket| socket != listener.socket) || !is_over(subscription) {
                return true;
            }
            let event = Object::event(Unit::Millis, "eventStreamTerminated", now).end();
            out.text(listener.socket, Topic::Account, wrapped(subscription.id, &event));
            false
        });
        self.index();
    }

    /// Ends what listens by a key, and says so.
    pub(super) fn expire(&mut self, key: &str, now: UnixNanos, out: &mut Outbox) {
        let event = Object::event(Unit::Millis, "listenKeyExpired", now).text("listenKey", key).end();
        self.all.retain(|listener| {
            let is_over = listener.is_by(key);
            if is_over {
                listener.hear("listenKeyExpired", &event, out);
            }
            !is_over
        });
        self.index();
    }

    /// Ends what listens by a key, without a word.
    pub(super) fn close(&mut self, key: &str, socket: Option<SocketId>) {
        self.all.retain(|listener| !listener.is_by(key) || socket.is_some_and(|socket| socket != listener.socket));
        self.index();
    }

    /// A socket wants its messages in envelopes, or wants them bare.
    pub(super) fn set_combined(&mut self, socket: SocketId, wants: bool) {
        for listener in self.all.iter_mut().filter(|listener| listener.socket == socket) {
            if let By::Key { is_combined, .. } = &mut listener.by {
                *is_combined = wants;
            }
        }
    }

    /// A socket is gone.
    pub(super) fn disconnect(&mut self, socket: SocketId) {
        self.made.remove(&socket);
        let before = self.all.len();
        self.all.retain(|listener| listener.socket != socket);
        if self.all.len() != before {
            self.index();
        }
    }

    /// Whether anybody listens there.
    pub(super) fn has(&self, account: AccountId, seat: Seat) -> bool {
        self.by_seat.contains_key(&(account, seat))
    }

    /// Tells an event to whoever listens.
    pub(super) fn tell(&self, account: AccountId, seat: Seat, name: &str, event: &str, out: &mut Outbox) {
        for place in self.by_seat.get(&(account, seat)).into_iter().flatten() {
            if let Some(listener) = self.all.get(*place) {
                listener.hear(name, event, out);
            }
        }
    }

    fn index(&mut self) {
        self.by_seat.clear();
        for (place, listener) in self.all.iter().enumerate() {
            self.by_seat.entry((listener.account, listener.seat)).or_default().push(place);
        }
    }
}

impl Listener {
    fn is_by(&self, name: &str) -> bool {
        matches!(&self.by, By::Key { key, .. } if key == name)
    }

    fn hear(&self, name: &str, event: &str, out: &mut Outbox) {
        match &self.by {
            By::Key { events, .. } if !events.is_empty() && !events.iter().any(|wanted| wanted == name) => {}
            By::Key { key, is_combined: true, .. } => out.text(self.socket, Topic::Account, envelope(key, event)),
            By::Key { .. } => out.text(self.socket, Topic::Account, event.to_owned()),
            By::Subscription(subscription) => out.text(self.socket, Topic::Account, wrapped(subscription.id, event)),
        }
    }
}

/// An event as the WebSocket API sends it ("Event format").
fn wrapped(id: u16, event: &str) -> String {
    format!(r#"{{"subscriptionId":{id},"event":{event}}}"#)
}
