//! Logs by category: `expert.log`, `trades.log`, `errors.log` and the console, on slog.
//!
//! A record goes this way:
//!
//! ```text
//! logger -> Front (level, time) -> queue -> writer -> Line (collected, masked) -> Router -> files, console
//! ```
//!
//! Everything before the queue runs on the thread that logs, which on a trading day is the one that trades; everything behind it
//! on a thread of the log's own.
//!
//! The one decision: a log never fails towards the one who logs. A full disk, a locked file, a value that panics while it is
//! shown: all of it is said in the log and counted in its [`Metrics`], and trading goes on.
//!
//! What is not here: this crate knows no expert, no order and no mode. What it says of them, they say themselves, as fields.

// The way of a record: macros, front, hub, writer, line, router, then format, file and console.
mod console; // standard error, on a thread of its own
mod file; // append, rotate, share, survive
mod format; // JSON and text
mod front; // on the thread that logs
mod hub; // the queue, and what happens when it is full
mod line; // a record, collected and masked
mod macros; // debug!, info!, trade!, warning!, error!, critical!
mod names; // the names of fields
mod router; // which record goes where
mod writer; // the thread that writes

// What it needs on the way.
mod config;
mod ending; // panics and signals
mod level;
mod logging;
mod mask;
mod metrics;
mod process;
mod stamp;

pub use config::{LogConfig, LogConfigError, TradeRecords};
pub use ending::{flush_all, log_panics};
#[cfg(unix)]
pub use ending::{flush_on_signals, flush_on_signals_unless};
pub use front::NOT_YET;
pub use level::{Level, NoLevel, TRADE};
pub use logging::Logging;
pub use mask::{FieldKind, Masker, masked, register_secret};
pub use metrics::{FileMetrics, Metrics};
pub use slog;
