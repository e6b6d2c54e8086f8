//! WebSocket sessions: a stream of frames that outlives the connections it comes from.
//!
//! The one decision: what is to be done is worked out by a machine that knows no socket and no clock (`machine`); one task a
//! session carries it out. So each cut, silence and rotation can be played in a test, by its seed.
//!
//! What a frame says is no business of a session: a dialect says which stream it belongs to and where in it, and no more is asked.

mod backoff; // how long to wait before the next attempt
mod calls; // questions over the socket that wait for their answers
mod connection; // one connection's life
mod dial; // TCP, proxies and TLS
mod dialect; // what an exchange adds: addresses, subscriptions, what a frame is   <- read first
mod event; // what a session tells
mod gate; // how many connects a host allows
mod join; // two connections of the same topics become one stream
mod links; // the sockets
mod machine; // what is done when                                                  <- then this
mod outbox; // what waits for a slow receiver
mod pace; // how many requests a connection allows
mod pool; // topics over several sessions
mod session; // the handle of a session
mod settings; // times and bounds
mod task; // carries out what the machine decides
#[cfg(any(test, feature = "testing"))]
pub mod testing; // an exchange that plays scripts
mod topics; // what a connection was asked for, and what it has

pub(crate) use backoff::Waits;
pub use backoff::{Backoff, BadBackoff};
pub use calls::{CallId, Written};
pub use dial::{BadProxy, Dial, DialError, Dialling, Proxy, Socket, Target, TcpDial};
pub use dialect::{Class, Limits, Mark, StreamDialect};
pub use event::{SessionEvent, State, Vitals};
pub use gate::ConnectGate;
pub use pool::StreamPool;
pub use session::{Caller, Events, Network, Session, Stopped};
pub use settings::Settings;
pub use topics::Topic;
