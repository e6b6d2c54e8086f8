//! What an operator has to be told of a log file.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use crate::{Level, file::Cause};

/// More than this is not kept between two looks: the router looks ten times a second.
const MOST: usize = 64;

/// Something that happened to a log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct News {
    /// Which one.
    pub path: Arc<Path>,
    /// What.
    pub what: What,
}

/// What may happen to a log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// It cannot be written from now on; tried again, and not told again until it is written.
    Trouble {
        /// Why.
        cause: Cause,
        /// The operating system's words.
        detail: String,
    },
    /// It is written again, and what was kept is in it.
    Resumed {
        /// How long it was not.
        after: Duration,
        /// Lines that are in no file.
        missed: u64,
        /// Those of them that were [`Level::Trade`] or above.
        missed_important: u64,
        /// Lines that were kept, and are in the file now.
        retained: u64,
    },
    /// The program ended in trouble.
    NeverResumed {
        /// How long the file was not written.
        after: Duration,
        /// Lines that are in no file.
        missed: u64,
        /// Those of them that were [`Level::Trade`] or above.
        missed_important: u64,
    },
    /// Somebody deleted or moved it, or its folder; a new one was begun.
    Replaced,
    /// It was found to end in half a line, as after a crash; the half stands, ended by `\n`.
    TornLine,
    /// It should be rotated and cannot; it grows beyond its size, and is tried again.
    RotationFailed {
        /// The operating system's words.
        detail: String,
    },
    /// A backup stays uncompressed; the next rotation tries again.
    CompressionFailed {
        /// The operating system's words, and the backup.
        detail: String,
    },
    /// It was written, but the disk did not confirm it at the end.
    Unsynced {
        /// The operating system's words.
        detail: String,
    },
}

impl News {
    /// How much it matters.
    pub(crate) const fn level(&self) -> Level {
        match &self.what {
            What::Trouble { .. } | What::Replaced | What::NeverResumed { .. } => Level::Critical,
            What::Resumed { .. }
            | What::TornLine
            | What::RotationFailed { .. }
            | What::CompressionFailed { .. }
            | What::Unsynced { .. } => Level::Warning,
        }
    }
}

impl News {
    /// What kind of record it makes.
    pub(crate) const fn msgid(&self) -> &'static str {
        match &self.what {
            What::Trouble { .. } => "log.trouble",
            What::Resumed { .. } => "log.resumed",
            What::NeverResumed { .. } => "log.lost",
            What::Replaced => "log.replaced",
            What::TornLine => "log.torn",
            What::RotationFailed { .. } => "log.rotation",
            What::CompressionFailed { .. } => "log.compression",
            What::Unsynced { .. } => "log.unsynced",
        }
    }
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "log file `{}` ", self.path.display())?;
        match &self.what {
            What::Trouble { cause, detail } => write!(
                f,
                "cannot be written: {detail}; the console takes its place, what is TRADE or above is kept and tried again; {}",
                cause.remedy()
            ),
            What::Resumed { after, missed, missed_important, retained } => write!(
                f,
                "is written again after {after:.1?}: {retained} records were kept and are in it, {missed} were missed, \
                 {missed_important} of them TRADE or above"
            ),
            What::NeverResumed { after, missed, missed_important } => write!(
                f,
                "was not written for {after:.1?} and is closed: {missed} records were missed, {missed_important} of them TRADE \
                 or above"
            ),
            What::Replaced => f.write_str("was deleted or moved while it was written; a new one was begun in its place"),
            What::TornLine => f.write_str("ended in half a record, as after a crash; the half was left and ended"),
            What::RotationFailed { detail } => {
                write!(f, "cannot be rotated: {detail}; it grows beyond its size, see who may rename files in its folder")
            }
            What::CompressionFailed { detail } => {
                write!(f, "has a backup that cannot be compressed: {detail}; it stays as it is until the next rotation")
            }
            What::Unsynced { detail } => write!(f, "was written, but its disk did not confirm it: {detail}; look at the disk"),
        }
    }
}

/// Where news wait to be taken.
#[derive(Debug)]
pub(super) struct NewsDesk {
    path: Arc<Path>,
    waiting: Vec<News>,
}

impl NewsDesk {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.into(), waiting: Vec::new() }
    }

    pub(super) fn tell(&mut self, what: What) {
        if self.waiting.len() < MOST {
            self.waiting.push(News { path: Arc::clone(&self.path), what });
        }
    }

    pub(super) fn take(&mut self) -> impl Iterator<Item = News> {
        self.waiting.drain(..)
    }
}
