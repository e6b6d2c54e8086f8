//! What a log is to be like.

use std::path::{Path, PathBuf};

use crate::Level;

/// Everything that can be said of a log.
///
/// ```
/// use metaexpert_log::{Level, LogConfig};
/// let config = LogConfig { level: Level::Debug, directory: "logs/trend".into(), ..LogConfig::default() };
/// assert!(config.check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own that a user turns")]
pub struct LogConfig {
    /// Name of the program in JSON records (RFC 5424's APP-NAME: at most 48 visible ASCII characters are kept of it).
    pub app_name: String,
    /// Least level that the file for everything and the console take. Can be changed while running.
    pub level: Level,
    /// Folder of the files; made where it is not there.
    pub directory: PathBuf,
    /// Name of the file that takes everything from `level` on.
    pub expert_file: String,
    /// Name of the file of orders, executions and positions; always JSON lines.
    pub trade_file: String,
    /// Name of the file that takes ERROR and CRITICAL, whatever `level` says.
    pub error_file: String,
    /// Whether `level` holds for the file of trades as well.
    pub trades: TradeRecords,
    /// Whether there are files at all.
    pub to_file: bool,
    /// Whether there is a console; it is standard error.
    pub to_console: bool,
    /// Whether the files for everything and for errors hold JSON lines instead of text.
    pub json: bool,
    /// Size that a file does not exceed, in bytes; at least [`SMALLEST_FILE`](Self::SMALLEST_FILE). A single longer record gets a file of its own.
    pub max_file_size: u64,
    /// How many full files are kept beside each: `expert.log.1` is the youngest. With 0 a full file is dropped.
    pub backup_count: u32,
    /// Whether a file is also full when the UTC day ends.
    pub rotate_daily: bool,
    /// Whether full files are compressed: `expert.log.1.gz`.
    pub compress: bool,
    /// How many records may wait to be written, from 64 to 1,048,576. DEBUG is dropped when three quarters of it are taken, INFO at nine tenths.
    pub queue: usize,
}

/// Which records of the category trade the file of trades takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TradeRecords {
    /// All from TRADE on, however high `level` is: a trader audits them.
    #[default]
    Always,
    /// Only those from `level` on. For a backtest, whose report has its trades already.
    FromLevel,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            app_name: crate::process::program_name(),
            level: Level::Info,
            directory: "logs".into(),
            expert_file: "expert.log".into(),
            trade_file: "trades.log".into(),
            error_file: "errors.log".into(),
            trades: TradeRecords::default(),
            to_file: true,
            to_console: true,
            json: false,
            max_file_size: 10 * 1024 * 1024,
            backup_count: 5,
            rotate_daily: false,
            compress: false,
            queue: 32_768,
        }
    }
}

/// A log that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("log {field}: `{value}` {rule}; the nearest is `{nearest}`")]
pub struct LogConfigError {
    /// The field of [`LogConfig`].
    pub field: &'static str,
    /// What it was set to.
    pub value: String,
    /// What it breaks.
    pub rule: String,
    /// What would do.
    pub nearest: String,
}

impl LogConfig {
    /// Smallest allowed `max_file_size`, in bytes: below it files would rotate with every few records.
    pub const SMALLEST_FILE: u64 = 1024;

    /// Smallest allowed `queue`: with fewer places its quarters mean nothing.
    pub const SMALLEST_QUEUE: usize = 64;

    /// Largest allowed `queue`: its places are laid out at the start, and take some hundred megabytes then.
    pub const LARGEST_QUEUE: usize = 1 << 20;

    /// Asks every rule.
    ///
    /// # Errors
    /// The first rule that is broken: a file name that is none, stands twice or is a backup's; a size or a queue out of range.
    pub fn check(&self) -> Result<(), LogConfigError> {
        let files = [
            ("expert_file", &self.expert_file, "expert.log"),
            ("trade_file", &self.trade_file, "trades.log"),
            ("error_file", &self.error_file, "errors.log"),
        ];
        for (field, name, nearest) in files {
            let refuse = |rule: &str| LogConfigError { field, value: name.clone(), rule: rule.into(), nearest: nearest.into() };
            let is_plain = Path::new(name).file_name().is_some_and(|plain| plain == name.as_str());
            if !is_plain || name.contains(['\0', '\\']) {
                return Err(refuse("is not the name of a file in `directory`"));
            }
            // Some file systems take capitals for small letters; `expert.log.1` is what a backup of `expert.log` is called.
            let name = name.to_lowercase();
            let others = files.iter().filter(|(other, ..)| *other != field).map(|(_, other, _)| other.to_lowercase());
            for other in others {
                if name.strip_prefix(&other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
                    return Err(refuse("is the name of another log file, or of its backups"));
                }
            }
        }
        within("max_file_size", self.max_file_size, Self::SMALLEST_FILE, u64::MAX)?;
        within("queue", self.queue as u64, Self::SMALLEST_QUEUE as u64, Self::LARGEST_QUEUE as u64)
    }
}

fn within(field: &'static str, value: u64, least: u64, most: u64) -> Result<(), LogConfigError> {
    let nearest = value.clamp(least, most);
    let rule = if value < least { format!("is less than {least}") } else { format!("is more than {most}") };
    let refuse = || LogConfigError { field, value: value.to_string(), rule, nearest: nearest.to_string() };
    if value == nearest { Ok(()) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(config: &LogConfig, expected: &str) {
        assert_eq!(config.check().unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_log_that_cannot_be_had_is_refused_with_the_nearest_that_can() {
        let of = LogConfig::default;
        check(
            &LogConfig { expert_file: "a/b.log".into(), ..of() },
            "log expert_file: `a/b.log` is not the name of a file in `directory`; the nearest is `expert.log`",
        );
        check(
            &LogConfig { trade_file: String::new(), ..of() },
            "log trade_file: `` is not the name of a file in `directory`; the nearest is `trades.log`",
        );
        check(
            &LogConfig { trade_file: "Errors.log".into(), ..of() },
            "log trade_file: `Errors.log` is the name of another log file, or of its backups; the nearest is `trades.log`",
        );
        check(
            &LogConfig { error_file: "expert.log.1".into(), ..of() },
            "log error_file: `expert.log.1` is the name of another log file, or of its backups; the nearest is `errors.log`",
        );
        check(&LogConfig { max_file_size: 10, ..of() }, "log max_file_size: `10` is less than 1024; the nearest is `1024`");
        check(&LogConfig { queue: 1, ..of() }, "log queue: `1` is less than 64; the nearest is `64`");
        let endless = LogConfig { queue: 1 << 40, ..of() };
        check(&endless, "log queue: `1099511627776` is more than 1048576; the nearest is `1048576`");
        assert_eq!(of().check(), Ok(()));
    }
}
