//! Sockets as queues: what goes out waits here, in order, until whoever holds the other end takes it.
//!
//! The one decision: the exchange never waits for a client. A queue is bounded, and who lets it fill up is cut off, as exchanges do.
//! What faults hold back waits here, too, by the testnet's time, so that time by hand holds it as well.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use rustc_hash::FxHashMap;
use tokio::sync::{mpsc, watch};

use crate::protocol::{Message, SocketId};

/// Messages that may wait for a client: some seconds of the busiest stream.
const LONGEST_QUEUE: usize = 1 << 15;

/// One end of a socket: what the exchange sends comes out here.
#[derive(Debug)]
pub struct Line {
    /// Its number.
    pub id: SocketId,
    /// What was sent and not taken yet, in order; closed where the exchange has ended the socket.
    pub messages: mpsc::Receiver<Message>,
    /// What is to become of the connection.
    pub fate: watch::Receiver<Fate>,
}

/// What is to become of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It lives.
    Open,
    /// It ends at once, whatever waits.
    Cut,
    /// It stays, and nothing goes in or out.
    HalfOpen,
}

/// The exchange's end of a socket.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) host: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) peer: IpAddr,
    /// Whose it is, once one of the account's keys was seen on it.
    pub(super) account: Option<String>,
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) is_half_open: bool,
    out: mpsc::Sender<Message>,
    fate: watch::Sender<Fate>,
    /// What follows must not overtake it: when the last one that was held back goes on its way, outwards and inwards.
    last: (Duration, Duration),
    /// What goes after the next one.
    postponed: Option<Message>,
}

/// What was held back.
#[derive(Debug)]
pub(super) enum Held {
    Out(SocketId, Message),
    In(SocketId, String),
}

/// All sockets.
#[derive(Debug, Default)]
pub(super) struct Lines {
    last: u64,
    open: FxHashMap<SocketId, Opened>,
    held: BTreeMap<(Duration, u64), Held>,
    held_so_far: u64,
}

/// Why a message did not go out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooSlow;

impl Lines {
    pub(super) fn open(&mut self, host: &str, path: &str, query: &str, peer: IpAddr) -> Line {
        self.last += 1;
        let id = SocketId(self.last);
        let (out, messages) = mpsc::channel(LONGEST_QUEUE);
        let (fate, seen) = watch::channel(Fate::Open);
        let opened = Opened {
            host: host.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            peer,
            account: None,
            sent: 0,
            received: 0,
            is_half_open: false,
            out,
            fate,
            last: (Duration::ZERO, Duration::ZERO),
            postponed: None,
        };
        self.open.insert(id, opened);
        Line { id, messages, fate: seen }
    }

    pub(super) fn get(&self, socket: SocketId) -> Option<&Opened> {
        self.open.get(&socket)
    }

    pub(super) fn get_mut(&mut self, socket: SocketId) -> Option<&mut Opened> {
        self.open.get_mut(&socket)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (SocketId, &Opened)> {
        self.open.iter().map(|(id, opened)| (*id, opened))
    }

    /// Ends a socket. What was sent before is still delivered, unless it is cut.
    pub(super) fn remove(&mut self, socket: SocketId, fate: Fate) -> Option<Opened> {
        let opened = self.open.remove(&socket)?;
        if fate == Fate::Cut && !opened.is_half_open {
            opened.fate.send_replace(fate);
        }
        Some(opened)
    }

    /// Sends a message now, or when what was held back before it has gone.
    pub(super) fn send(&mut self, socket: SocketId, message: Message, now: Duration, delay: Duration) -> Result<(), TooSlow> {
        let Some(opened) = self.open.get_mut(&socket).filter(|opened| !opened.is_half_open) else { return Ok(()) };
        let due = (now + delay).max(opened.last.0);
        if due <= now {
            return opened.put(message);
        }
        opened.last.0 = due;
        self.hold(due, Held::Out(socket, message));
        Ok(())
    }

    /// Sends a message after the one that follows it.
    pub(super) fn postpone(&mut self, socket: SocketId, message: Message) -> Result<(), TooSlow> {
        let Some(opened) = self.open.get_mut(&socket).filter(|opened| !opened.is_half_open) else { return Ok(()) };
        match opened.postponed.replace(message) {
            Some(earlier) => opened.put(earlier),
            None => Ok(()),
        }
    }

    /// Holds back what came in, if it is to be, or if something before it was. Returns it where it is not.
    pub(super) fn receive(&mut self, socket: SocketId, text: String, now: Duration, delay: Duration) -> Option<String> {
        let opened = self.open.get_mut(&socket)?;
        let due = (now + delay).max(opened.last.1);
        if due <= now {
            return Some(text);
        }
        opened.last.1 = due;
        self.hold(due, Held::In(socket, text));
        None
    }

    /// What goes on its way by then, with when it does.
    pub(super) fn due(&mut self, until: Duration) -> Option<(Duration, Held)> {
        let first = self.held.first_entry().filter(|first| first.key().0 <= until)?;
        let due = first.key().0;
        Some((due, first.remove()))
    }

    /// When the next one goes on its way.
    pub(super) fn next_due(&self) -> Option<Duration> {
        self.held.first_key_value().map(|((due, _), _)| *due)
    }

    fn hold(&mut self, due: Duration, held: Held) {
        self.held_so_far += 1;
        self.held.insert((due, self.held_so_far), held);
    }
}

impl Opened {
    /// From here on nothing goes in or out.
    pub(super) fn go_dead(&mut self) {
        self.is_half_open = true;
        self.fate.send_replace(Fate::HalfOpen);
    }

    /// Puts a message into the queue, and behind it the one that was to come after it.
    pub(super) fn put(&mut self, message: Message) -> Result<(), TooSlow> {
        for message in [Some(message), self.postponed.take()].into_iter().flatten() {
            self.sent += u64::from(matches!(message, Message::Text(..)));
            match self.out.try_send(message) {
                Err(mpsc::error::TrySendError::Full(_)) => return Err(TooSlow),
                // Whoever held the other end is gone, and will say so.
                Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
            }
        }
        Ok(())
    }
}
