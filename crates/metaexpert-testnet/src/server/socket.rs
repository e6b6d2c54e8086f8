//! A `WebSocket`: one connection, what goes out and what comes in.
//!
//! The one decision: this task only moves frames. What they say, when they go and whether they do was decided by the exchange, whose
//! queue it empties; so whatever many messages wait are written at once, and one socket that is slow holds up nobody else.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderMap, HeaderValue, header};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message as Frame,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

use super::{
    LONGEST_FRAME,
    lines::{Fate, Line},
    listener::Shared,
};
use crate::protocol::{Message, SocketId};

/// How many messages are written before what comes in is looked at.
const AT_ONCE: usize = 256;

/// Bytes that are read at once. The library fills so many with zeros before every read, and by itself would take 128 KiB, for a request of
/// some hundred bytes.
const READ_AT_ONCE: usize = 4 << 10;

/// How long a client may take to answer that the connection is closed.
const GOODBYE: Duration = Duration::from_millis(500);

type Stream = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// Whether a request wishes to become a socket.
pub(super) fn is_wished(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// What proves that the wish was understood; `None` where it is not a proper one (RFC 6455, 4.2.1).
pub(super) fn accept_key(headers: &HeaderMap) -> Option<HeaderValue> {
    let version = headers.get(header::SEC_WEBSOCKET_VERSION)?;
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| version == "13")?;
    HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok()
}

/// Serves a socket to its end.
pub(super) async fn serve(upgrade: hyper::upgrade::OnUpgrade, mut line: Line, shared: Shared) {
    let id = line.id;
    let Ok(upgraded) = upgrade.await else {
        return shared.exchange.lock().disconnect(id, "gone before it was a socket");
    };
    // Longer messages than anybody has a reason for end the connection; of what goes out, nothing is that long.
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_AT_ONCE)
        .max_message_size(Some(LONGEST_FRAME))
        .max_frame_size(Some(LONGEST_FRAME));
    let mut stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    let mut fate = line.fate.clone();
    let fated = async {
        match fate.wait_for(|fate| *fate != Fate::Open).await.map(|fate| *fate) {
            Ok(fate) => fate,
            // The exchange has let go of it; the queue says what is left to do.
            Err(_) => std::future::pending().await,
        }
    };
    let end = tokio::select! {
        biased;
        fate = fated => Err(fate),
        why = converse(&mut stream, &mut line, &shared) => Ok(why),
    };
    match end {
        Ok(why) => shared.exchange.lock().disconnect(id, why),
        Err(Fate::HalfOpen) => shared.stopped().await,
        // The connection goes with the stream, without a word.
        Err(Fate::Cut | Fate::Open) => {}
    }
}

/// Moves frames both ways until one side ends it. Says why it ended.
async fn converse(stream: &mut Stream, line: &mut Line, shared: &Shared) -> &'static str {
    let mut waiting = Vec::with_capacity(AT_ONCE);
    loop {
        if *line.fate.borrow() != Fate::Open {
            // It is to be cut, or to be silent: whoever has called sees to that next.
            std::future::pending::<()>().await;
        }
        tokio::select! {
            taken = line.messages.recv_many(&mut waiting, AT_ONCE) => {
                if taken == 0 && *line.fate.borrow() == Fate::Open {
                    return say_goodbye(stream, CloseCode::Normal, "").await;
                }
                match write(stream, &mut waiting).await {
                    Ok(None) => {}
                    Ok(Some((code, reason))) => return say_goodbye(stream, code, &reason).await,
                    Err(_) => return "the connection is lost",
                }
            }
            frame = stream.next() => match frame {
                Some(Ok(frame)) => {
                    if let Some((code, reason)) = take(line.id, &frame, shared) {
                        return say_goodbye(stream, code, reason).await;
                    }
                }
                Some(Err(Error::Capacity(_))) => {
                    return say_goodbye(stream, CloseCode::Size, "the message is too long").await;
                }
                Some(Err(Error::ConnectionClosed)) | None => return "closed by the client",
                Some(Err(_)) => return "the connection is lost",
            },
        }
    }
}

/// Takes what has come in; says with what the socket is to end, where it is.
fn take(id: SocketId, frame: &Frame, shared: &Shared) -> Option<(CloseCode, &'static str)> {
    match frame {
        Frame::Text(text) => shared.exchange.lock().receive(id, text),
        Frame::Pong(_) => shared.exchange.lock().pong(id),
        // No exchange takes binary requests.
        Frame::Binary(_) => return Some((CloseCode::Unsupported, "binary messages are not taken")),
        // Pings are answered, and the client's goodbye as well, by the library.
        Frame::Ping(_) | Frame::Close(_) | Frame::Frame(_) => {}
    }
    None
}

/// Writes what waits, all at once; says with what the socket is to end, where it is.
async fn write(stream: &mut Stream, waiting: &mut Vec<Message>) -> Result<Option<(CloseCode, String)>, Error> {
    for message in waiting.drain(..) {
        let frame = match message {
            Message::Text(_, text) => Frame::Text(text),
            Message::Ping(payload) => Frame::Ping(payload),
            Message::Close(code, reason) => {
                stream.flush().await?;
                return Ok(Some((CloseCode::from(code), reason)));
            }
        };
        stream.feed(frame).await?;
    }
    stream.flush().await?;
    Ok(None)
}

async fn say_goodbye(stream: &mut Stream, code: CloseCode, reason: &str) -> &'static str {
    let goodbye = async {
        if stream.close(Some(CloseFrame { code, reason: reason.into() })).await.is_ok() {
            // The client's own goodbye, and whatever it had sent before.
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    "closed by the exchange"
}
