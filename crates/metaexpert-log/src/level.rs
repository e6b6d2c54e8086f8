//! How much a record matters, and which of slog's records is which.

use std::{fmt, str::FromStr};

use slog::{Record, RecordLocation, RecordStatic};

/// The tag of records that a trader audits: orders, executions, changes of positions. `trades.log` takes what carries it.
///
/// The engine, which knows this crate as little as this crate knows it, carries the same word; the facade's tests hold both
/// together.
pub const TRADE: &str = "trade";

/// How much a record matters, the least first.
///
/// slog knows no level between its `Info` and its `Warning`: a record of slog's level `Info` whose tag is [`TRADE`] is one of
/// level [`Trade`](Self::Trade).
///
/// ```
/// use metaexpert_log::Level;
/// assert!(Level::Trade > Level::Info);
/// assert_eq!((Level::Trade.name(), Level::Trade.severity()), ("TRADE", 5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// For whoever looks for a mistake.
    Debug = 0,
    /// What goes on.
    Info = 1,
    /// An order, an execution, a position.
    Trade = 2,
    /// Something that may become a problem, or that was refused.
    Warning = 3,
    /// Something failed.
    Error = 4,
    /// Trading, or the log itself, is in danger.
    Critical = 5,
}

impl Level {
    /// All levels, the least first.
    pub const ALL: [Self; 6] = [Self::Debug, Self::Info, Self::Trade, Self::Warning, Self::Error, Self::Critical];

    /// As it stands in a log: `WARNING`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Trade => "TRADE",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }

    /// The severity of RFC 5424, section 6.2.1: 7 (debug) to 2 (critical); a trade is 5, a normal but significant condition.
    pub const fn severity(self) -> u8 {
        match self {
            Self::Debug => 7,
            Self::Info => 6,
            Self::Trade => 5,
            Self::Warning => 4,
            Self::Error => 3,
            Self::Critical => 2,
        }
    }

    /// The level of a record of slog. Its `Trace`, which nothing here writes, counts as DEBUG.
    pub fn of(record: &Record<'_>) -> Self {
        Self::from_slog(record.level(), record.tag() == TRADE)
    }

    pub(crate) const fn from_slog(level: slog::Level, trade: bool) -> Self {
        match level {
            slog::Level::Trace | slog::Level::Debug => Self::Debug,
            slog::Level::Info if trade => Self::Trade,
            slog::Level::Info => Self::Info,
            slog::Level::Warning => Self::Warning,
            slog::Level::Error => Self::Error,
            slog::Level::Critical => Self::Critical,
        }
    }

    /// What slog calls it; a trade is an `Info` there, with the tag [`TRADE`].
    pub const fn to_slog(self) -> slog::Level {
        match self {
            Self::Debug => slog::Level::Debug,
            Self::Info | Self::Trade => slog::Level::Info,
            Self::Warning => slog::Level::Warning,
            Self::Error => slog::Level::Error,
            Self::Critical => slog::Level::Critical,
        }
    }

    /// What slog wants to know of a record of this level that comes from no place in the code.
    pub(crate) const fn of_nowhere(self) -> RecordStatic<'static> {
        RecordStatic { location: &NOWHERE, level: self.to_slog(), tag: "" }
    }
}

const NOWHERE: RecordLocation = RecordLocation { file: "", line: 0, column: 0, function: "", module: "" };

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that is no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a level; the nearest of debug, info, trade, warning, error and critical is `{nearest}`")]
pub struct NoLevel {
    word: String,
    nearest: String,
}

impl FromStr for Level {
    type Err = NoLevel;

    /// Reads a level's name, in capitals or not.
    fn from_str(word: &str) -> Result<Self, NoLevel> {
        let same = |level: &Self| level.name().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(same).ok_or_else(|| {
            let likeness = |level: &Self| strsim::jaro_winkler(level.name(), &word.to_uppercase());
            let nearest = Self::ALL.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or(Self::Info);
            NoLevel { word: word.to_owned(), nearest: nearest.name().to_lowercase() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_those_of_the_rfc() {
        assert_eq!(Level::ALL.map(Level::severity), [7, 6, 5, 4, 3, 2]);
    }

    #[test]
    fn a_level_survives_slog() {
        for level in Level::ALL {
            assert_eq!(Level::from_slog(level.to_slog(), level == Level::Trade), level);
        }
        assert_eq!(Level::from_slog(slog::Level::Warning, true), Level::Warning, "a refused order may be a warning");
    }

    #[test]
    fn a_level_is_read_in_any_case_and_a_wrong_one_is_told_the_nearest() {
        assert_eq!("Trade".parse(), Ok(Level::Trade));
        assert_eq!(
            "warn".parse::<Level>().unwrap_err().to_string(),
            "`warn` is not a level; the nearest of debug, info, trade, warning, error and critical is `warning`"
        );
    }
}
