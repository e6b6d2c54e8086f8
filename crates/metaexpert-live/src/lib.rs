//! Markets and accounts that are live, whatever the exchange: what an expert hears of them, and what becomes of its orders.
//!
//! An expert runs on a thread of its own; sockets are read and requests sent by tasks of a tokio runtime. Between them stands a bounded
//! [`mod@queue`]: events in, and for orders a channel out. So an expert never waits for a network, and a network never for an expert.
//!
//! ```text
//! exchange -> market (bars whole, books right, ticks in time) --+-> queue -> LiveFeed -> engine
//! exchange -> account (lives of orders, comparison) ------------+
//! engine -> LiveBroker -> account -> exchange
//! ```
//!
//! The one decision: nothing here asks what an expert is about, and nothing here writes anything down: orders are in the journal before
//! they come here, and what becomes of them is written by the engine when it has heard of it. What was not heard before a crash is asked
//! for again after it.

pub mod account; // orders' lives, and what is compared with the exchange
pub mod broker; // the engine's way out
pub mod feed; // the engine's way in
pub mod market; // what an expert hears of markets
pub mod points; // where a test may end the process
pub mod queue; // what waits for an expert

pub use account::{AccountDesk, AccountSettings, Member};
pub use broker::LiveBroker;
pub use feed::LiveFeed;
pub use market::{MarketDesk, MarketSettings, Wanted, Watcher};
pub use queue::{Inlet, Outlet, queue};
