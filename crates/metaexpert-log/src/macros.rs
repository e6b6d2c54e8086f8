//! One macro per level, each in the shape of slog's own: a message, its arguments, and after a semicolon the fields.

/// Logs at DEBUG: for whoever looks for a mistake.
///
/// All six macros have the same shape. Values of fields are numbers, texts and what else slog knows; `%value` takes anything
/// that can be displayed, `?value` anything that can be debugged, `#error` an error with its whole source chain. A record that
/// the level leaves out costs a comparison; its values are computed all the same, so keep what is costly in a `?` or `%`.
///
/// ```
/// use metaexpert_log::{debug, LogConfig, Logging};
/// # let folder = tempfile::tempdir().unwrap();
/// # let config = LogConfig { directory: folder.path().into(), to_console: false, ..LogConfig::default() };
/// let logging = Logging::start(&config)?;
/// let (log, price) = (logging.logger(), 101.5);
/// debug!(log, "crossed above {}", price; "bars" => 26, "average" => 100.25);
/// # Ok::<(), metaexpert_log::LogConfigError>(())
/// ```
#[macro_export]
macro_rules! debug {
    ($log:expr, $($args:tt)+) => { $crate::slog::log!($log, $crate::slog::Level::Debug, "", $($args)+) };
}

/// Logs at INFO: what goes on. See [`debug!`](crate::debug!) for the shape.
#[macro_export]
macro_rules! info {
    ($log:expr, $($args:tt)+) => { $crate::slog::log!($log, $crate::slog::Level::Info, "", $($args)+) };
}

/// Logs at TRADE, to `trades.log` too: an order, an execution, a position. See [`debug!`](crate::debug!) for the shape.
#[macro_export]
macro_rules! trade {
    ($log:expr, $($args:tt)+) => { $crate::slog::log!($log, $crate::slog::Level::Info, $crate::TRADE, $($args)+) };
}

/// Logs at WARNING: something that may become a problem. See [`debug!`](crate::debug!) for the shape.
#[macro_export]
macro_rules! warning {
    ($log:expr, $($args:tt)+) => { $crate::slog::log!($log, $crate::slog::Level::Warning, "", $($args)+) };
}

/// Logs at ERROR, to `errors.log` too: something failed. See [`debug!`](crate::debug!) for the shape.
#[macro_export]
macro_rules! error {
    ($log:expr, $($args:tt)+) => { $crate::slog::log!($log, $crate::slog::Level::Error, "", $($args)+) };
}

/// Logs at CRITICAL, to `errors.log` too: trading is in danger. See [`debug!`](crate::debug!) for the shape.
#[macro_export]
macro_rules! critical {
    ($log:expr, $($args:tt)+) => { $crate::slog::log!($log, $crate::slog::Level::Critical, "", $($args)+) };
}
