//! The sockets of a session, and what comes over them.
//!
//! The one decision: sockets are polled by the session's own task, not by tasks of their own. A frame is then one call away from
//! what is made of it, and of each message it is known whether the socket has it or not.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Sink, Stream};
use metaexpert_core::UnixNanos;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};

use super::{
    CallId, Network, Settings, Socket, Target,
    machine::{Input, Refusal},
};

/// The longest that an exchange is left alone because it says so: bans last for days, and a number beyond that is a mistake.
const LONGEST_BAN: Duration = Duration::from_hours(72);

type WebSocket = WebSocketStream<Box<dyn Socket>>;

/// Why a link could not be opened.
struct NotOpened {
    why: String,
    /// What the exchange said, where it did.
    refusal: Option<Refusal>,
}

enum Stage {
    Opening(Pin<Box<dyn Future<Output = Result<WebSocket, NotOpened>> + Send>>),
    Open(Box<WebSocket>),
    /// Says goodbye, until the other side does or the time is over.
    Closing(Box<WebSocket>, Pin<Box<Sleep>>),
}

enum Outgoing {
    Message(Message),
    Call(CallId, String),
}

struct Link {
    id: u64,
    stage: Stage,
    outgoing: VecDeque<Outgoing>,
    needs_flush: bool,
    broken: Option<String>,
}

/// The sockets of a session.
pub(crate) struct Links {
    /// Those that are not gone, in no order.
    open: Vec<Link>,
    settings: Settings,
    now: fn() -> UnixNanos,
    /// Which one is asked first: none is heard at the expense of another.
    turn: usize,
}

impl Links {
    pub(crate) const fn new(settings: Settings, now: fn() -> UnixNanos) -> Self {
        Self { open: Vec::new(), settings, now, turn: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Opens a link.
    pub(crate) fn open(&mut self, id: u64, address: String, connects: (u32, Duration), network: &Network) {
        let opening = Box::pin(open(address, connects, network.clone(), self.settings));
        self.open.push(Link::new(id, Stage::Opening(opening)));
    }

    pub(crate) fn send(&mut self, id: u64, text: String) {
        self.push(id, Outgoing::Message(Message::text(text)));
    }

    pub(crate) fn ping(&mut self, id: u64) {
        self.push(id, Outgoing::Message(Message::Ping(Bytes::new())));
    }

    pub(crate) fn send_call(&mut self, link: u64, id: CallId, text: String) {
        self.push(link, Outgoing::Call(id, text));
    }

    fn push(&mut self, id: u64, outgoing: Outgoing) {
        if let Some(link) = self.open.iter_mut().find(|link| link.id == id) {
            link.outgoing.push_back(outgoing);
        }
    }

    /// Does not send a call that the socket does not have yet.
    pub(crate) fn withdraw(&mut self, link: u64, call: &str) {
        if let Some(link) = self.open.iter_mut().find(|known| known.id == link) {
            link.outgoing.retain(|outgoing| !matches!(outgoing, Outgoing::Call(id, _) if id == call));
        }
    }

    /// Closes a link, politely if it was open. What it did not send is not sent.
    pub(crate) fn close(&mut self, id: u64) {
        let Some(at) = self.open.iter().position(|link| link.id == id) else { return };
        let link = self.open.swap_remove(at);
        if let (Stage::Open(mut socket), None) = (link.stage, &link.broken) {
            // A socket that does not take it is dropped when the time is over.
            drop(Pin::new(&mut *socket).start_send(Message::Close(None)));
            let stage = Stage::Closing(socket, Box::pin(sleep(self.settings.close_within)));
            self.open.push(Link::new(id, stage));
        }
    }

    /// What happens next. With `may_read` off, open sockets are written to and not read.
    pub(crate) fn poll_input(&mut self, cx: &mut Context<'_>, may_read: bool) -> Poll<Input> {
        self.turn = self.turn.wrapping_add(1);
        let count = self.open.len();
        for step in 0..count {
            let at = self.turn.wrapping_add(step) % count;
            let Some(link) = self.open.get_mut(at) else { continue };
            match link.poll(cx, may_read, self.now) {
                Poll::Pending => {}
                Poll::Ready(Some(input)) => {
                    if matches!(input, Input::Gone { .. }) {
                        self.open.swap_remove(at);
                    }
                    return Poll::Ready(input);
                }
                // It has said goodbye; the places of the others have changed.
                Poll::Ready(None) => {
                    self.open.swap_remove(at);
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        }
        Poll::Pending
    }
}

impl Link {
    const fn new(id: u64, stage: Stage) -> Self {
        Self { id, stage, outgoing: VecDeque::new(), needs_flush: false, broken: None }
    }

    /// `None` when it has said goodbye.
    fn poll(&mut self, cx: &mut Context<'_>, may_read: bool, now: fn() -> UnixNanos) -> Poll<Option<Input>> {
        let link = self.id;
        match &mut self.stage {
            Stage::Opening(opening) => Poll::Ready(Some(match ready!(opening.as_mut().poll(cx)) {
                Ok(socket) => {
                    self.stage = Stage::Open(Box::new(socket));
                    Input::Opened(link)
                }
                Err(NotOpened { why, refusal }) => Input::Gone { link, why, refusal },
            })),
            Stage::Open(_) => self.poll_open(cx, may_read, now).map(Some),
            Stage::Closing(socket, until) => {
                drop(Pin::new(&mut **socket).poll_flush(cx));
                if until.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(None);
                }
                // Once the other side has said it too, nothing is left to wait for.
                while let Some(Ok(message)) = ready!(Pin::new(&mut **socket).poll_next(cx)) {
                    if message.is_close() {
                        break;
                    }
                }
                Poll::Ready(None)
            }
        }
    }

    fn poll_open(&mut self, cx: &mut Context<'_>, may_read: bool, now: fn() -> UnixNanos) -> Poll<Input> {
        if let Poll::Ready(id) = self.poll_write(cx) {
            return Poll::Ready(Input::Written(id));
        }
        let link = self.id;
        let gone = |why: String| Poll::Ready(Input::Gone { link, why, refusal: None });
        if let Some(why) = self.broken.take() {
            return gone(why);
        }
        let Stage::Open(socket) = &mut self.stage else { return Poll::Pending };
        if !may_read {
            return Poll::Pending;
        }
        match ready!(Pin::new(&mut **socket).poll_next(cx)) {
            None => gone("the connection was closed".into()),
            Some(Err(why)) => gone(why.to_string()),
            Some(Ok(Message::Text(text))) => Poll::Ready(Input::Frame { link, bytes: text.into(), received: now() }),
            Some(Ok(Message::Binary(bytes))) => Poll::Ready(Input::Frame { link, bytes, received: now() }),
            Some(Ok(Message::Ping(_))) => {
                // Its answer was put into the buffer by the library, and has to leave it.
                self.needs_flush = true;
                Poll::Ready(Input::Pinged(link))
            }
            // The last is a part of a message, which is never given to whoever reads whole ones.
            Some(Ok(Message::Pong(_) | Message::Frame(_))) => Poll::Ready(Input::Ponged(link)),
            Some(Ok(Message::Close(Some(close)))) => {
                gone(format!("closed by the exchange with {}: {}", close.code, close.reason))
            }
            Some(Ok(Message::Close(None))) => gone("closed by the exchange".into()),
        }
    }

    /// Writes what there is to write. Ready with the number of a call that the socket took.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<CallId> {
        let Stage::Open(socket) = &mut self.stage else { return Poll::Pending };
        let mut socket = Pin::new(&mut **socket);
        while self.broken.is_none() && !self.outgoing.is_empty() {
            if let Err(why) = ready!(socket.as_mut().poll_ready(cx)) {
                self.broken = Some(why.to_string());
                break;
            }
            let (message, call) = match self.outgoing.pop_front() {
                Some(Outgoing::Message(message)) => (message, None),
                Some(Outgoing::Call(id, text)) => (Message::text(text), Some(id)),
                None => break,
            };
            if let Err(why) = socket.as_mut().start_send(message) {
                self.broken = Some(why.to_string());
            }
            self.needs_flush = true;
            if let Some(id) = call {
                return Poll::Ready(id);
            }
        }
        if self.needs_flush && self.broken.is_none() {
            match ready!(socket.poll_flush(cx)) {
                Ok(()) => self.needs_flush = false,
                Err(why) => self.broken = Some(why.to_string()),
            }
        }
        Poll::Pending
    }
}

/// Waits for its turn at the host, dials and shakes hands.
async fn open(address: String, connects: (u32, Duration), network: Network, settings: Settings) -> Result<WebSocket, NotOpened> {
    let failed = |why: String| NotOpened { why, refusal: None };
    let target = Target::of(&address).map_err(|why| failed(why.to_string()))?;
    sleep_until(network.gate.pass(&target.host, connects, Instant::now())).await;
    let config = WebSocketConfig::default()
        // Each message leaves at once: an order must not wait for another.
        .write_buffer_size(0)
        .max_write_buffer_size(settings.longest_message)
        .max_message_size(Some(settings.longest_message))
        .max_frame_size(Some(settings.longest_message));
    let opening = async {
        let socket = network.dial.dial(&target).await.map_err(|why| failed(why.to_string()))?;
        let (socket, _) = client_async_with_config(address, socket, Some(config)).await.map_err(|why| handshake(&why))?;
        Ok(socket)
    };
    match timeout(settings.connect_within, opening).await {
        Ok(opened) => opened,
        Err(_) => Err(failed(format!("{}: no connection within {:?}", target.host, settings.connect_within))),
    }
}

/// What went wrong with a handshake, without the address.
fn handshake(why: &tungstenite::Error) -> NotOpened {
    match why {
        tungstenite::Error::Http(response) => {
            let status = response.status();
            let wait = response.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
            let refusal = match status.as_u16() {
                400 | 401 | 403 | 404 => Some(Refusal::Access),
                _ => wait.map(|seconds| Refusal::Later(Duration::from_secs(seconds).min(LONGEST_BAN))),
            };
            NotOpened { why: format!("the handshake was answered with {status}"), refusal }
        }
        tungstenite::Error::Url(_) | tungstenite::Error::HttpFormat(_) => {
            NotOpened { why: "the address of the WebSocket is none".into(), refusal: None }
        }
        other => NotOpened { why: format!("handshake: {other}"), refusal: None },
    }
}
