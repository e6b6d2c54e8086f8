//! A log file that is appended to, rotated, shared with other processes and, when its disk fails, waited for.
//!
//! The one decision: every batch of lines is written under an exclusive lock on the open file, after a look at whether the path
//! still leads to it. So two experts may share `expert.log`, and whoever finds it full rotates it for both.
//! What fails becomes [`News`] and a back-off, never an error or a panic: trading does not stop for a log.
//!
//! Nothing here reads a clock, formats a record, or speaks to anybody: time comes in as a [`Moment`], lines come in whole, and
//! the news wait to be taken. Between processes the lock is advisory (`flock` on Unix): a stranger who appends without it
//! cannot tear our lines, but may lose its own to a rotation.

mod account;
mod appender;
mod backlog;
mod compress;
mod disk;
mod identity;
mod news;
mod rotation;
mod trouble;

#[cfg(test)]
mod full_disk_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod sharing_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trouble_tests;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

pub(crate) use self::{
    account::{Account, PerLevel},
    news::{News, What},
    rotation::Rotation,
    trouble::{Cause, Patience},
};
use self::{
    appender::{Appender, Held},
    backlog::Backlog,
    compress::Compressor,
    disk::{Disk, Os},
    news::NewsDesk,
    trouble::{Failure, Trouble, Troubles},
};
use crate::Level;

/// Lines are handed to the operating system in pieces of this size at least, if the writer's queue does not run empty before.
const BATCH: usize = 64 * 1024;
/// What a file in trouble may keep in memory: some hundred thousand orders and warnings, hours of a busy expert.
const RETAINED: usize = 32 * 1024 * 1024;

/// When something happens to a log file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// For back-off.
    pub instant: Instant,
    /// Days since 1970-01-01, UTC: for rotation by day.
    pub day: i64,
}

/// What becomes of a line that is pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// It is written, or will be with the next flush as far as anybody knows.
    Taken,
    /// The file is in trouble; the line waits in memory.
    Kept,
    /// The file will never have it.
    Missed,
}

/// A file of whole lines, and the chain of its backups: `expert.log`, `expert.log.1`, `expert.log.2.gz`.
#[derive(Debug)]
pub(crate) struct LogFile<D: Disk = Os> {
    appender: Appender<D>,
    rotation: Rotation,
    patience: Patience,
    backlog: Backlog,
    /// The day on which the lines of the backlog came.
    backlog_day: i64,
    account: Account,
    /// Lines that came before the trouble did, and that nobody was shown: the file may never have them.
    unheard: Vec<u8>,
    trouble: Option<Trouble>,
    troubles: Troubles,
    news: NewsDesk,
    /// A rotation was refused: not to be tried again before.
    rotation_refused_until: Option<Instant>,
    compressor: Option<Compressor>,
    /// Whether what a crash may have left in the chain was looked for.
    tidied: bool,
}

impl LogFile {
    /// Opens the file at once, creating its folder. Where that fails, the file is in trouble from the start.
    pub(crate) fn open(path: PathBuf, rotation: Rotation, patience: Patience, now: Moment) -> Self {
        Self::open_on(Os, path, rotation, patience, now)
    }
}

impl<D: Disk> LogFile<D> {
    fn open_on(disk: D, path: PathBuf, rotation: Rotation, patience: Patience, now: Moment) -> Self {
        let appender = Appender::new(disk, path, rotation.backups, patience.lock);
        let compressor = (rotation.compress && rotation.backups > 0).then(|| Compressor::start(appender.chain().clone()));
        let mut file = Self {
            news: NewsDesk::new(appender.chain().live()),
            appender,
            rotation,
            patience,
            backlog: Backlog::default(),
            backlog_day: now.day,
            account: Account::default(),
            unheard: Vec::new(),
            trouble: None,
            troubles: Troubles::default(),
            rotation_refused_until: None,
            compressor,
            tidied: false,
        };
        file.attempt(now.day, now);
        file
    }

    /// Takes over one whole line, which ends in `\n`. It is written at the next [`flush`](Self::flush), or when 64 KiB wait.
    ///
    /// In trouble, lines below [`Level::Trade`] are counted as missed; the others are kept, up to 32 MiB of them. What
    /// is not [`Fate::Taken`] has to be shown elsewhere.
    #[inline]
    pub(crate) fn push(&mut self, line: &[u8], level: Level, now: Moment) -> Fate {
        self.account.taken.add(level, 1);
        if now.day != self.backlog_day {
            self.flush(now); // yesterday's lines belong to yesterday's file
            self.backlog_day = now.day;
        }
        if self.trouble.is_some() {
            return self.keep_or_miss(line, level);
        }
        self.backlog.push(line, level);
        if self.backlog.bytes() >= BATCH {
            self.flush(now);
        }
        Fate::Taken
    }

    /// Writes what waits, unless the file is in trouble.
    pub(crate) fn flush(&mut self, now: Moment) {
        if self.trouble.is_none() && !self.backlog.is_empty() {
            self.attempt(self.backlog_day, now);
        }
    }

    /// Does what is due by now: another attempt after trouble, the rotation of a new day.
    pub(crate) fn tick(&mut self, now: Moment) {
        let due = match &self.trouble {
            Some(trouble) => trouble.is_due(now.instant),
            None => self.rotation.daily && self.may_rotate(now) && self.appender.day().is_some_and(|day| day < now.day),
        };
        if due {
            self.flush(now);
            self.attempt(now.day, now);
            self.backlog_day = now.day;
        }
    }

    /// Writes what waits, even if the back-off says to wait, and has the disk keep it. For the end of the program.
    ///
    /// What still cannot be written then is missed. The file may be used on.
    pub(crate) fn close(&mut self, now: Moment) {
        if self.trouble.is_some() || !self.backlog.is_empty() {
            self.attempt(self.backlog_day, now);
        }
        if let Err(failure) = self.appender.sync() {
            self.news.tell(What::Unsynced { detail: failure.detail });
        }
        let Some(trouble) = &mut self.trouble else { return };
        self.backlog.drop_all(|level| {
            self.account.missed.add(level, 1);
            trouble.miss(level);
        });
        self.news.tell(trouble.never_ended(now.instant));
    }

    /// The lines that waited when the last trouble began, each once: as far as anybody knows they are nowhere else.
    pub(crate) fn take_unheard(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.unheard)
    }

    /// What the operator has to be told, oldest first, each once.
    pub(crate) fn take_news(&mut self) -> impl Iterator<Item = News> {
        if let Some(compressor) = &self.compressor {
            compressor.failures().for_each(|detail| self.news.tell(What::CompressionFailed { detail }));
        }
        self.news.take()
    }

    /// Whether lines are not written at present.
    #[cfg(test)]
    pub(crate) const fn is_in_trouble(&self) -> bool {
        self.trouble.is_some()
    }

    /// The live file.
    pub(crate) fn path(&self) -> &Path {
        self.appender.chain().live()
    }

    /// What became of the lines so far.
    pub(crate) const fn account(&self) -> &Account {
        &self.account
    }

    /// Whether everything that was pushed is written.
    pub(crate) fn has_written_all(&self) -> bool {
        self.trouble.is_none() && self.backlog.is_empty()
    }

    fn keep_or_miss(&mut self, line: &[u8], level: Level) -> Fate {
        let Some(trouble) = &mut self.trouble else { return Fate::Missed };
        if level >= Level::Trade && self.backlog.weight_with(line) <= RETAINED {
            self.backlog.push(line, level);
            trouble.keep();
            Fate::Kept
        } else {
            self.account.missed.add(level, 1);
            trouble.miss(level);
            Fate::Missed
        }
    }

    /// Writes all that waits; enters, prolongs or ends the trouble.
    fn attempt(&mut self, day: i64, now: Moment) {
        match self.write_all(day, now) {
            Ok(()) => {
                self.appender.release();
                if let Some(trouble) = self.trouble.take() {
                    self.troubles.ended(&trouble, now.instant);
                    self.news.tell(trouble.ended(now.instant));
                }
            }
            Err(failure) => {
                self.appender.forget();
                self.fail(failure, now.instant);
            }
        }
    }

    fn write_all(&mut self, day: i64, now: Moment) -> Result<(), Failure> {
        loop {
            let held = self.appender.hold(day, &mut self.news)?;
            if !self.tidied {
                self.tidy();
            }
            if self.is_rotation_due(&held, day, now) && self.rotate(now) {
                continue;
            }
            if self.backlog.is_empty() {
                return Ok(());
            }
            let room = if self.may_rotate(now) { self.rotation.max_size.saturating_sub(held.size) } else { u64::MAX };
            let appended = self.appender.append(&held, self.backlog.fitting(room), day);
            let written = &mut self.account.written;
            self.backlog.drop_front(appended.bytes, |level| written.add(level, 1));
            appended.outcome?;
        }
    }

    fn tidy(&mut self) {
        self.appender.chain().drop_doubles();
        if let Some(compressor) = &self.compressor {
            compressor.wake();
        }
        self.tidied = true;
    }

    fn is_rotation_due(&self, held: &Held, day: i64, now: Moment) -> bool {
        let too_long = |line: usize| held.size.saturating_add(line as u64) > self.rotation.max_size;
        let full = self.backlog.first_line().is_some_and(too_long);
        let of_yesterday = self.rotation.daily && held.day < day;
        !held.is_device && held.size > 0 && (full || of_yesterday) && self.may_rotate(now)
    }

    fn may_rotate(&self, now: Moment) -> bool {
        self.rotation_refused_until.is_none_or(|until| now.instant >= until)
    }

    /// Whether it could be done. A refusal is told once; until the next attempt the file grows beyond its size.
    fn rotate(&mut self, now: Moment) -> bool {
        let refusal = self.appender.rotate().err();
        match &refusal {
            None => {
                self.rotation_refused_until = None;
                if let Some(compressor) = &self.compressor {
                    compressor.wake();
                }
            }
            Some(error) => {
                if self.rotation_refused_until.is_none() {
                    self.news.tell(What::RotationFailed { detail: error.to_string() });
                }
                self.rotation_refused_until = Some(now.instant + self.patience.longest);
            }
        }
        refusal.is_none()
    }

    /// The lines that wait are treated as those that come from now on: what matters is kept, the rest missed.
    fn fail(&mut self, failure: Failure, now: Instant) {
        if let Some(trouble) = &mut self.trouble {
            trouble.prolong(now, &self.patience);
            self.backlog.compact();
            return;
        }
        let wait = self.troubles.begun(now, &self.patience);
        let mut trouble = Trouble::new(now, wait);
        self.unheard.extend_from_slice(self.backlog.fitting(u64::MAX).bytes);
        self.backlog.retain(RETAINED, |level, fits| {
            let kept = fits && level >= Level::Trade;
            if kept {
                trouble.keep();
            } else {
                self.account.missed.add(level, 1);
                trouble.miss(level);
            }
            kept
        });
        self.trouble = Some(trouble);
        self.news.tell(What::Trouble { cause: failure.cause, detail: failure.detail });
    }
}
