//! What is wrong with a source of bars, said so that a user can find it: file, line, column, value, rule.

use std::{borrow::Cow, fmt, io};

use metaexpert_core::{Timeframe, UnixNanos};

/// Why there are no bars.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file could not be read or written; `reason` is the system's word, in ours where it is a common one.
    #[error("{file}: {reason}")]
    Io {
        /// Which file.
        file: String,
        /// What the system said: `no such file`, `is a directory, not a file`.
        reason: String,
    },
    /// The file holds no byte.
    #[error("{file}: the file is empty")]
    Empty {
        /// Which file.
        file: String,
    },
    /// The file holds a header, and nothing below it.
    #[error("{file}: there is a header and no bar below it")]
    NoBars {
        /// Which file.
        file: String,
    },
    /// The file is not one that holds bars.
    #[error("{file}: not a bar file: {reason}")]
    NotBars {
        /// Which file.
        file: String,
        /// What was found instead.
        reason: String,
    },
    /// The file is not one that holds ticks and books.
    #[error("{file}: not a file of ticks and books: {reason}")]
    NotMarket {
        /// Which file.
        file: String,
        /// What was found instead.
        reason: String,
    },
    /// A file of latencies lacks a column, or has a cell that is no number.
    #[error("{file}: line {line}: {reason}")]
    BadLatencies {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A line of a recording is not what its exchange sends.
    #[error("{file}: line {line}: {reason}")]
    BadMessage {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A recording has changes of an order book, but no snapshot that they join.
    #[error("{file}: none of its {snapshots} snapshots of the order book joins the {changes} changes: the book cannot begin")]
    NoBook {
        /// Which file.
        file: String,
        /// How many snapshots it has.
        snapshots: u64,
        /// How many messages with changes it has.
        changes: u64,
    },
    /// A column that bars need is not there.
    #[error(
        "{file}: there is no column `{column}`{}; the columns are {}",
        nearest.as_ref().map(|nearest| format!("; the nearest is `{nearest}`")).unwrap_or_default(),
        List(found)
    )]
    MissingColumn {
        /// Which file.
        file: String,
        /// The column, by its usual name.
        column: &'static str,
        /// The header that comes nearest to it, if one is near.
        nearest: Option<String>,
        /// All headers.
        found: Vec<String>,
    },
    /// A column stands there twice, so that it is not clear which one is meant.
    #[error("{file}: the column `{column}` stands there twice")]
    DoubleColumn {
        /// Which file.
        file: String,
        /// Which column.
        column: String,
    },
    /// A row breaks a rule.
    #[error(transparent)]
    BadRow(#[from] Box<BadRow>),
    /// The least time between two bars is not a timeframe.
    #[error("{file}: {place}: this bar opens {} after the one before it, and {} is no timeframe; the nearest is `{nearest}`",
        Span(*spacing), Span(*spacing))]
    UnknownTimeframe {
        /// Which file.
        file: String,
        /// Where that spacing is seen first.
        place: Place,
        /// The spacing in nanoseconds.
        spacing: i64,
        /// The timeframe that comes nearest.
        nearest: Timeframe,
    },
    /// The file breaks the rules of its format.
    #[error("{file}: {format}: {reason}")]
    Format {
        /// Which file.
        file: String,
        /// `parquet`, `zip`, `gzip`.
        format: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A start or end that the data does not cover.
    #[error("{source_name}: the {which} `{time}` {rule}; the data covers `{first}` to `{close}`")]
    OutsideData {
        /// The source of the bars.
        source_name: String,
        /// `start` or `end`.
        which: &'static str,
        /// The time asked for.
        time: UnixNanos,
        /// The rule that it breaks: `is before the first bar`.
        rule: Cow<'static, str>,
        /// When the first bar opens.
        first: UnixNanos,
        /// When the last bar closes.
        close: UnixNanos,
    },
    /// The file is not one that holds rates of funding.
    #[error("{file}: not a file of funding rates: {reason}")]
    NotFunding {
        /// Which file.
        file: String,
        /// What is missing, and what was found instead.
        reason: String,
    },
    /// The text that should name a source of funding rates does not.
    #[error("funding source `{text}`: {reason}")]
    BadFunding {
        /// As the user wrote it.
        text: String,
        /// What is wrong, with the nearest that would do.
        reason: String,
    },
    /// There is no mark price to a rate of funding.
    #[error(
        "{marks}: no bar opens at `{time}`, when a rate of {file} is settled: there is no mark price to it; the nearest opens at `{nearest}`"
    )]
    NoMark {
        /// The file of the mark prices.
        marks: String,
        /// The file of the rates.
        file: String,
        /// When the rate is settled.
        time: UnixNanos,
        /// The opening time that comes nearest.
        nearest: UnixNanos,
    },
    /// The text that should name a source does not.
    #[error("data source `{text}`: {reason}")]
    BadSource {
        /// As the user wrote it.
        text: String,
        /// What is wrong, with the nearest that would do.
        reason: String,
    },
}

impl DataError {
    pub(crate) fn io(file: &str, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "no such file".to_owned(),
            io::ErrorKind::IsADirectory => "is a directory, not a file".to_owned(),
            io::ErrorKind::PermissionDenied => "may not be opened (permission denied)".to_owned(),
            _ => error.to_string(),
        };
        Self::Io { file: file.to_owned(), reason }
    }

    pub(crate) fn not_bars(file: &str, reason: impl Into<String>) -> Self {
        Self::NotBars { file: file.to_owned(), reason: reason.into() }
    }

    pub(crate) fn format(file: &str, format: &'static str, reason: impl fmt::Display) -> Self {
        Self::Format { file: file.to_owned(), format, reason: reason.to_string() }
    }
}

/// A row that cannot be a bar.
///
/// ```
/// use metaexpert_core::Timeframe;
/// let text = "timestamp,open,high,low,close,volume\n1640995200,46319,46385,46400,46377,1\n";
/// let error = metaexpert_data::read_bytes(text.into(), "btc.csv", Timeframe::M1).unwrap_err();
/// assert_eq!(error.to_string(), "btc.csv: line 2: low: `46400` is above high `46385`");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{file}: {place}: {column}: `{value}` {rule}")]
pub struct BadRow {
    /// Which file.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// Which column, by the file's own header.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// The rule that it breaks.
    pub rule: Rule,
}

/// Where in a file a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Line of a text file, from 1; the header counts.
    Line(u64),
    /// Row of a table, from 1.
    Row(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// A rule that every row obeys; its `Display` ends the sentence that the value began.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Rule {
    /// Something else than a number.
    #[error("is not a number")]
    NotANumber,
    /// Infinite.
    #[error("is not finite")]
    NotFinite,
    /// Prices are above zero.
    #[error("is not above zero")]
    NotPositive,
    /// Volumes are not below zero.
    #[error("is below zero")]
    Negative,
    /// A price too small or too large for exact decimals of 15 digits.
    #[error("is not a price from 1e-13 to 1e13")]
    NotAPrice,
    /// A volume too large for exact decimals.
    #[error("is above 1e25")]
    NotAVolume,
    /// High is the highest, low is the lowest of a bar.
    #[error("is above {other} `{limit}`")]
    Above {
        /// The other column.
        other: &'static str,
        /// Its value.
        limit: f64,
    },
    /// High is the highest, low is the lowest of a bar.
    #[error("is below {other} `{limit}`")]
    Below {
        /// The other column.
        other: &'static str,
        /// Its value.
        limit: f64,
    },
    /// Something else than a time.
    #[error("is not a time: seconds, milliseconds, microseconds or nanoseconds since 1970, or RFC 3339")]
    NotATime,
    /// A file writes its times in one way only.
    #[error("is a time in {this}, but the file's first is in {first}")]
    OtherUnit {
        /// What this row's time seems to be.
        this: &'static str,
        /// What the first row's time was.
        first: &'static str,
    },
    /// No two bars open at the same time.
    #[error("is the time of the bar before it too")]
    Duplicate,
    /// Bars stand in the order of their times.
    #[error("is before `{previous}`, the time of the bar before it")]
    Disorder {
        /// When the bar before it opens.
        previous: UnixNanos,
    },
    /// No two rates of funding are settled in the same minute.
    #[error("is in the minute of the rate before it too")]
    SameMinute,
    /// Rates of funding stand in the order of their times.
    #[error("is before `{previous}`, the time of the rate before it")]
    RateDisorder {
        /// When the rate before it is settled.
        previous: UnixNanos,
    },
    /// A rate of funding is a share of the position's value.
    #[error("is not a rate from -1 to 1; 0.0001 is 0.01 %")]
    NotARate,
    /// Bars are whole timeframes apart.
    #[error("opens {} after the bar before it, while bars are {} apart: they overlap or are off the grid", Span(*spacing), Span(*usual))]
    OffGrid {
        /// Nanoseconds since the bar before it.
        spacing: i64,
        /// Nanoseconds between most bars.
        usual: i64,
    },
    /// Bars open at whole timeframes since the epoch.
    #[error("is not the opening time of a {timeframe} bar; the one it falls into opens at `{open}`")]
    Unaligned {
        /// The bars' timeframe.
        timeframe: Timeframe,
        /// The opening time that would fit.
        open: UnixNanos,
    },
    /// Ticks and books stand in the order of their times.
    #[error("is before `{previous}`, the time of the row before it")]
    Earlier {
        /// When the row before it happened.
        previous: UnixNanos,
    },
    /// A row of a file of ticks and books is of one of six kinds.
    #[error("is not a kind from 0 to 5")]
    NoKind,
    /// A row of a file of ticks and books has two flags.
    #[error("has bits beyond 1 (clears) and 2 (ends)")]
    NoFlags,
    /// Every row has as many columns as the header.
    #[error("is the number of columns here, but the first line has {expected}")]
    ColumnCount {
        /// The header's number of columns.
        expected: usize,
    },
}

/// A length of time, as a timeframe where it is one.
struct Span(i64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SECOND: i64 = 1_000_000_000;
        match Timeframe::from_nanos(self.0) {
            Some(timeframe) => write!(f, "{timeframe}"),
            None if self.0 % (60 * SECOND) == 0 => write!(f, "{} min", self.0 / (60 * SECOND)),
            None if self.0 % SECOND == 0 => write!(f, "{} s", self.0 / SECOND),
            None => write!(f, "{} ns", self.0),
        }
    }
}

/// Names in backticks, the first of them.
pub(crate) struct List<'a>(pub(crate) &'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        for (index, name) in self.0.iter().take(SHOWN).enumerate() {
            write!(f, "{}`{name}`", if index == 0 { "" } else { ", " })?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// What a file holds, fit to be shown in an error: short, and on one line.
pub(crate) fn shown(text: &[u8]) -> String {
    const LONGEST: usize = 50;
    let text = String::from_utf8_lossy(text.get(..LONGEST * 4).unwrap_or(text));
    let mut short: String = text.trim().chars().take(LONGEST).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if text.trim().chars().count() > LONGEST {
        short.push_str("...");
    }
    short
}
