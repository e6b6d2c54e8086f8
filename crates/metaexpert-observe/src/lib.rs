//! What can be seen of a program while it runs, from outside of it: numbers for Prometheus, whether it is well, and messages to
//! people.
//!
//! The one decision: whoever measures calls a function of [`measures`], which costs next to nothing where nobody looks. Who looks, and
//! how, is decided once, at the start of the program ([`start`]), before anything is measured.

pub mod health; // whether it is well, and whether it is ready to trade
pub mod measures; // what is measured, by its names   <- read first
#[cfg(feature = "serve")]
mod recorder; // where measurements are kept, and how Prometheus reads them

#[cfg(feature = "notify")]
pub mod notices; // messages to people
#[cfg(feature = "serve")]
mod server; // what is answered over HTTP
#[cfg(feature = "serve")]
mod start; // the beginning and the end of it
pub mod traces; // the lives of orders, for OpenTelemetry

pub use health::{Health, Need, Pulse};
#[cfg(feature = "notify")]
pub use notices::{Notice, Notices, Notifier, Telegram, Watcher, Webhook};
#[cfg(feature = "serve")]
pub use start::{ObserveError, Running, Settings, start};
