//! A log, from its start to its end.

use std::{
    sync::{Arc, atomic::AtomicI64},
    thread::JoinHandle,
    time::Duration,
};

use slog::{Logger, o};

use crate::{
    Level, LogConfig, LogConfigError, Metrics, console::Screen, ending, file::Patience, front::Front, hub::Hub, router::Router,
    writer,
};

/// How long the end of a log waits for the writing thread. A hanging disk must not keep a process from ending.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// A log: its files, its console and the thread that writes them. Dropping it writes what still waits.
///
/// ```
/// use metaexpert_log::{LogConfig, Logging, slog::o, trade};
/// # let folder = tempfile::tempdir().unwrap();
/// # let config = LogConfig { directory: folder.path().into(), to_console: false, ..LogConfig::default() };
/// let logging = Logging::start(&config)?;
/// let log = logging.logger().new(o!("expert_name" => "ema", "symbol" => "BTCUSDT"));
/// trade!(log, "bought"; "quantity" => "0.5", "price" => 64000.5);
/// drop(logging);
/// let trades = std::fs::read_to_string(config.directory.join("trades.log")).unwrap();
/// assert!(trades.contains(r#""message":"bought","expert_name":"ema","symbol":"BTCUSDT","quantity":"0.5","price":64000.5}"#));
/// # Ok::<(), metaexpert_log::LogConfigError>(())
/// ```
#[derive(Debug)]
pub struct Logging {
    hub: Arc<Hub>,
    writer: Option<JoinHandle<()>>,
}

impl Logging {
    /// Opens the files and starts the thread that writes. A file that cannot be opened is no error: the log says so on the
    /// console, goes on there, and tries again.
    ///
    /// # Errors
    /// When the configuration breaks a rule; see [`LogConfig::check`].
    pub fn start(config: &LogConfig) -> Result<Self, LogConfigError> {
        Self::start_with(config, Screen::standard_error(), Patience::default())
    }

    pub(crate) fn start_with(config: &LogConfig, screen: Screen, patience: Patience) -> Result<Self, LogConfigError> {
        config.check()?;
        #[cfg(unix)]
        ending::survive_file_size_limits();
        let hub = Arc::new(Hub::new(config, Router::open(config, screen, patience)));
        ending::remember(&hub);
        let writer = writer::start(&hub);
        Ok(Self { hub, writer })
    }

    /// A logger without any context. [`Logger::new`] makes one with some out of it.
    pub fn logger(&self) -> Logger {
        Logger::root(Front::new(Arc::clone(&self.hub), None), o!())
    }

    /// A logger whose records carry `simulated_time` beside the wall clock's: what `clock` holds when the record is made, in
    /// nanoseconds since the Unix epoch, UTC; [`NOT_YET`](crate::NOT_YET) before the simulation has a time.
    pub fn simulated_logger(&self, clock: Arc<AtomicI64>) -> Logger {
        Logger::root(Front::new(Arc::clone(&self.hub), Some(clock)), o!())
    }

    /// The least level that the file for everything and the console take.
    pub fn level(&self) -> Level {
        self.hub.level()
    }

    /// Changes that level, from the next record on, for every logger of this log.
    pub fn set_level(&self, level: Level) {
        self.hub.set_level(level);
    }

    /// Waits until everything that was logged before stands in the files, but no longer than `patience`. Returns whether it does: not
    /// where a file is in trouble, or where the thread that writes is asked to wait for itself.
    pub fn flush(&self, patience: Duration) -> bool {
        self.hub.flush(patience)
    }

    /// What became of the records so far. Waits for the files where they are being written, so it is not for a thread that trades.
    pub fn metrics(&self) -> Metrics {
        self.hub.metrics()
    }

    /// Ends the log, as dropping it does, and tells what became of its records in the end.
    pub fn end(mut self) -> Metrics {
        self.close();
        self.hub.metrics()
    }

    fn close(&mut self) {
        let Some(writer) = self.writer.take() else { return };
        if self.hub.stop(STOP_PATIENCE) {
            // A panic of the writing thread has been told of by the panic hook.
            let _ = writer.join();
        }
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        self.close();
    }
}
