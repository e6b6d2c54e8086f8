//! The logs of a program: from what an expert's configuration says to the logger that its engine is handed.
//!
//! The one decision: experts whose configurations name the same log in every point share it, its thread included. Others have
//! logs of their own; where two of those name the same file, the files themselves keep them apart.

use std::sync::{Arc, atomic::AtomicI64};

use metaexpert_core::{
    config::{LogLevel, Origin, Resolved, TradeMode},
    expert::named_after,
    log::ExpertLog,
};
use metaexpert_log::{
    Level, LogConfig, Logging, NOT_YET, TradeRecords,
    slog::{Logger, o},
};

use crate::exit::RunError;

/// The logs that are open. Dropping them writes what still waits.
#[derive(Debug, Default)]
pub(crate) struct Logs {
    open: Vec<(LogConfig, Logging)>,
}

/// The loggers of one expert: what they write carries its name, its number and its account.
#[derive(Debug)]
pub(crate) struct ExpertLogs {
    /// For what happens before and after a run, at the wall clock's time.
    pub(crate) program: Logger,
    /// For the engine and the handlers, at the time of the simulation.
    pub(crate) simulation: ExpertLog,
}

impl Logs {
    /// The loggers of an expert that is about to be simulated. Opens its log where no other expert has.
    ///
    /// # Errors
    /// When the configuration names a log that cannot be had.
    pub(crate) fn of_simulation(&mut self, resolved: &Resolved, expert: &str) -> Result<ExpertLogs, RunError> {
        let logging = self.of(log_config(resolved, expert))?;
        let config = &resolved.config;
        let context = || {
            o!(
                "expert_name" => expert.to_owned(),
                "strategy_id" => config.strategy_id,
                "account_id" => format!("{}:{}", config.exchange, account(config.trade_mode)),
            )
        };
        let clock = Arc::new(AtomicI64::new(NOT_YET));
        let simulated = logging.simulated_logger(Arc::clone(&clock)).new(context());
        Ok(ExpertLogs { program: logging.logger().new(context()), simulation: ExpertLog::simulated(simulated, clock) })
    }

    fn of(&mut self, wanted: LogConfig) -> Result<&Logging, RunError> {
        let open = self.open.iter().position(|(open, _)| *open == wanted);
        let place = if let Some(place) = open {
            place
        } else {
            let logging = Logging::start(&wanted).map_err(|error| RunError::Failed(error.to_string()))?;
            self.open.push((wanted, logging));
            self.open.len() - 1
        };
        self.open.get(place).map(|(_, logging)| logging).ok_or_else(|| RunError::Failed("the log was not opened".to_owned()))
    }
}

/// What an account is called by the mode that it is traded in.
const fn account(mode: TradeMode) -> &'static str {
    match mode {
        TradeMode::Backtest | TradeMode::Paper => "simulated",
        TradeMode::Live => "live",
    }
}

/// What the keys of the group "Logging" come to for one expert.
fn log_config(resolved: &Resolved, expert: &str) -> LogConfig {
    let config = &resolved.config;
    let in_backtest = config.trade_mode == TradeMode::Backtest;
    LogConfig {
        level: match resolved.origins.log_level {
            // A year of bars has thousands of orders, which its report lists anyway.
            Origin::Default if in_backtest => Level::Warning,
            _ => level(config.log_level),
        },
        directory: named_after(&config.log_dir, expert).into(),
        expert_file: config.log_file.clone(),
        trade_file: config.log_trade_file.clone(),
        error_file: config.log_error_file.clone(),
        trades: if in_backtest { TradeRecords::FromLevel } else { TradeRecords::Always },
        to_file: config.log_to_file,
        to_console: config.log_to_console,
        json: config.json_logging,
        max_file_size: config.log_max_file_size.bytes(),
        backup_count: config.log_backup_count,
        rotate_daily: config.log_rotate_daily,
        compress: config.log_compress,
        ..LogConfig::default()
    }
}

const fn level(level: LogLevel) -> Level {
    match level {
        LogLevel::Debug => Level::Debug,
        LogLevel::Info => Level::Info,
        LogLevel::Trade => Level::Trade,
        LogLevel::Warning => Level::Warning,
        LogLevel::Error => Level::Error,
        LogLevel::Critical => Level::Critical,
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::config::Layer;
    use metaexpert_log::error;

    use super::*;

    fn resolved(set: impl FnOnce(&mut Layer)) -> Resolved {
        let mut layer = Layer::default();
        set(&mut layer);
        Resolved::of(layer.texts().iter().map(|(key, text)| (*key, text.as_str(), Origin::Code))).unwrap()
    }

    #[test]
    fn the_engine_and_the_log_have_one_word_for_the_category_trade() {
        assert_eq!(metaexpert_core::log::TRADE, metaexpert_log::TRADE);
    }

    #[test]
    fn levels_have_the_same_names_in_configuration_and_log() {
        for name in ["debug", "info", "trade", "warning", "error", "critical"] {
            let resolved = resolved(|layer| layer.log_level(name).unwrap());
            assert_eq!(level(resolved.config.log_level).name().to_lowercase(), name);
        }
    }

    #[test]
    fn a_backtest_logs_from_warning_on_unless_a_level_is_set() {
        for (mode, set, expected, trades) in [
            ("backtest", None, Level::Warning, TradeRecords::FromLevel),
            ("backtest", Some("info"), Level::Info, TradeRecords::FromLevel),
            ("paper", None, Level::Info, TradeRecords::Always),
            ("live", Some("error"), Level::Error, TradeRecords::Always),
        ] {
            let resolved = resolved(|layer| {
                layer.trade_mode(mode).unwrap();
                set.map_or(Ok(()), |level| layer.log_level(level)).unwrap();
            });
            let log = log_config(&resolved, "ema");
            assert_eq!((log.level, log.trades), (expected, trades), "{mode} {set:?}");
        }
    }

    #[test]
    fn every_key_of_logging_reaches_the_log() {
        let resolved = resolved(|layer| {
            for (key, value) in [
                ("log_level", "critical"),
                ("log_file", "all.log"),
                ("log_trade_file", "audit.log"),
                ("log_error_file", "bad.log"),
                ("log_dir", "elsewhere"),
                ("log_to_file", "false"),
                ("log_to_console", "false"),
                ("json_logging", "true"),
                ("log_max_file_size", "3 KiB"),
                ("log_backup_count", "7"),
                ("log_rotate_daily", "true"),
                ("log_compress", "true"),
            ] {
                layer.set(key, value).unwrap().unwrap();
            }
        });
        let expected = LogConfig {
            level: Level::Critical,
            directory: "elsewhere".into(),
            expert_file: "all.log".into(),
            trade_file: "audit.log".into(),
            error_file: "bad.log".into(),
            to_file: false,
            to_console: false,
            json: true,
            max_file_size: 3 * 1024,
            backup_count: 7,
            rotate_daily: true,
            compress: true,
            ..LogConfig::default()
        };
        assert_eq!(log_config(&resolved, "ema"), expected);
    }

    #[test]
    fn a_log_has_the_same_defaults_as_its_keys() {
        assert_eq!(log_config(&Resolved::default(), "ema"), LogConfig::default());
    }

    #[test]
    fn an_experts_name_stands_in_for_its_placeholder() {
        for (text, folder) in [("logs", "logs"), ("/var/log/{expert}", "/var/log/ema-crossover")] {
            let resolved = resolved(|layer| layer.log_dir(text).unwrap());
            assert_eq!(log_config(&resolved, "EMA crossover").directory.display().to_string(), folder);
        }
    }

    #[test]
    fn experts_with_the_same_log_share_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| {
            let path = folder.path().join(name).display().to_string();
            resolved(|layer| {
                layer.log_dir(path).unwrap();
                layer.log_to_console(false).unwrap();
            })
        };
        let mut logs = Logs::default();
        for (expert, dir) in [("one", "shared"), ("two", "shared"), ("three", "own")] {
            logs.of_simulation(&at(dir), expert).unwrap();
        }
        assert_eq!(logs.open.len(), 2);
    }

    #[test]
    fn experts_of_which_each_has_its_own_folder_share_nothing() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("{expert}").display().to_string();
        let resolved = resolved(|layer| {
            layer.log_dir(path).unwrap();
            layer.log_to_console(false).unwrap();
        });
        let mut logs = Logs::default();
        for expert in ["one", "Two of them", "one"] {
            let log = logs.of_simulation(&resolved, expert).unwrap().program;
            error!(log, "said");
        }
        assert_eq!(logs.open.len(), 2);
        drop(logs);
        for (folder, expert, records) in [("one", "one", 2), ("two-of-them", "Two of them", 1)] {
            let text = std::fs::read_to_string(home.path().join(folder).join("errors.log")).unwrap();
            assert_eq!(text.matches(&format!(" ERROR [{expert}] said ")).count(), records, "{text}");
            assert_eq!(text.lines().count(), records, "{text}");
        }
    }
}
