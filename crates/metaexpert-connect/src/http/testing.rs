//! For tests: a server that records what it is asked, a log that can be read, and a dialect of no exchange.
//!
//! It is public behind the feature `testing`, so that the tests of the adapters use the same server.
//!
//! ```
//! use metaexpert_connect::{Params, http::{Client, testing::{PRICE, RecordingServer, Reply, Toy, setup}}};
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let server = RecordingServer::start([Reply::ok("42")]).await?;
//! let client = Client::new(setup(server.base(), Toy)).unwrap();
//! assert_eq!(client.call(&PRICE, &Params::new().with("symbol", "ABC")).await.unwrap(), "42");
//! assert_eq!(server.recorded()[0].target, "/price?symbol=ABC");
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod lines; // what was logged
mod server; // plays a script
mod setup; // a client, everything fixed
mod toy; // a dialect of no exchange

pub use lines::Lines;
pub use server::{Act, Recorded, RecordingServer, Reply};
pub use setup::{KEY, NOW, SECRET, credentials, setup};
pub use toy::{BALANCE, CANCEL, ORDERS, PLACE, PRICE, TIME, Toy, WEIGHT};
