//! The WebSocket API: the calls of REST over a socket, with logins and user streams.

/// Sockets of the WebSocket API and who has logged in there.
#[derive(Debug)]
pub struct Calls {}
