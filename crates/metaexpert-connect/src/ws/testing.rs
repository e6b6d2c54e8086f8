//! An exchange that plays scripts, in memory: sockets without a network, so that a test's clock can be paused and a day of a
//! session takes a moment.
//!
//! The one decision: everything above the socket is real, the handshake and the frames included. What a script cannot do is
//! answer faster or slower than it says.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! use metaexpert_connect::ws::{Session, SessionEvent, Settings, testing};
//! let (network, mut exchange) = testing::exchange(7);
//! let dialect = testing::Plain::default();
//! let (session, mut events) = Session::start("quotes", dialect, vec!["a".into()], None, Settings::usual(), &network);
//! let mut peer = exchange.accept().await.unwrap();
//! assert_eq!(peer.text().await.as_deref(), Some("sub 1 a"));
//! peer.send("ack 1").await;
//! peer.send("g 1 17 hello").await;
//! assert_eq!(events.recv().await, Some(SessionEvent::Connected { epoch: 1 }));
//! assert_eq!(events.recv().await, Some(SessionEvent::Subscribed));
//! assert!(matches!(events.recv().await, Some(SessionEvent::Frame { mark: Some(mark), .. }) if mark.place == 17));
//! session.stop().await;
//! # });
//! ```

mod plain; // a dialect as plain as can be

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::{SinkExt, StreamExt};
use metaexpert_core::UnixNanos;
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, duplex},
    sync::mpsc,
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request, Response},
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use super::{ConnectGate, Dial, DialError, Dialling, Network, Socket, Target};

pub use plain::Plain;

/// What a socket in memory holds before its writer waits: about what a system's TCP buffers hold.
const IN_FLIGHT: usize = 64 * 1024;

/// A network that leads to an exchange in memory. Its clock stands still: frames are received at the beginning of 1970.
pub fn exchange(seed: u64) -> (Network, Exchange) {
    let (dialled, incoming) = mpsc::unbounded_channel();
    let is_down = Arc::new(AtomicBool::new(false));
    let dial = Memory { dialled, is_down: Arc::clone(&is_down) };
    let network = Network::new(dial, ConnectGate::new(), || UnixNanos::from_nanos(0), seed);
    (network, Exchange { incoming, is_down })
}

struct Memory {
    dialled: mpsc::UnboundedSender<(Target, DuplexStream)>,
    is_down: Arc<AtomicBool>,
}

impl Dial for Memory {
    fn dial(&self, target: &Target) -> Dialling {
        let (near, far) = duplex(IN_FLIGHT);
        let is_up = !self.is_down.load(Ordering::Relaxed) && self.dialled.send((target.clone(), far)).is_ok();
        let Target { host, port, .. } = target.clone();
        Box::pin(async move {
            if is_up {
                Ok(Box::new(near) as Box<dyn Socket>)
            } else {
                Err(DialError::Failed { host, port, why: "connection refused".into() })
            }
        })
    }
}

/// The other end of the network.
#[derive(Debug)]
pub struct Exchange {
    incoming: mpsc::UnboundedReceiver<(Target, DuplexStream)>,
    is_down: Arc<AtomicBool>,
}

impl Exchange {
    /// The next connection, after the handshake. `None` if it was broken off, or nobody is left to connect.
    pub async fn accept(&mut self) -> Option<Peer> {
        let (_, stream) = self.incoming().await?;
        Peer::over(stream).await
    }

    /// The next connection as it is, with where it was dialled to.
    pub async fn incoming(&mut self) -> Option<(Target, DuplexStream)> {
        self.incoming.recv().await
    }

    /// Refuses connections from now on, or no longer.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Relaxed);
    }
}

/// One connection, seen from the exchange. Dropping it cuts the connection; not reading it lets it hang.
#[derive(Debug)]
pub struct Peer<S = DuplexStream> {
    path: String,
    socket: WebSocketStream<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// Shakes hands over a stream.
    pub async fn over(stream: S) -> Option<Self> {
        let mut path = String::new();
        #[expect(clippy::result_large_err, reason = "the signature is the library's")]
        let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            path = request.uri().to_string();
            Ok(response)
        };
        let socket = accept_hdr_async(stream, note).await.ok()?;
        Some(Self { path, socket })
    }

    /// What was asked for: path and query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The next text; pings are answered on the way. `None` when the connection is closed or cut.
    pub async fn text(&mut self) -> Option<String> {
        loop {
            match self.message().await? {
                Message::Text(text) => return Some(text.to_string()),
                Message::Close(_) => return None,
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// The next message of any kind.
    pub async fn message(&mut self) -> Option<Message> {
        self.socket.next().await?.ok()
    }

    /// Sends a text. `false` if the connection is gone.
    pub async fn send(&mut self, text: impl Into<String>) -> bool {
        self.send_message(Message::text(text.into())).await
    }

    /// Sends any message, a part of a fragmented one included.
    pub async fn send_message(&mut self, message: Message) -> bool {
        self.socket.send(message).await.is_ok()
    }

    /// Closes the connection with a code and a reason, and waits for the other side to do so.
    pub async fn close(mut self, code: u16, reason: &str) {
        let frame = CloseFrame { code: CloseCode::from(code), reason: reason.to_owned().into() };
        if self.send_message(Message::Close(Some(frame))).await {
            while self.message().await.is_some() {}
        }
    }
}
