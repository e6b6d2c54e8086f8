//! What keeps a log file from being written, and how long to wait before another attempt.

use std::{
    fmt, io, thread,
    time::{Duration, Instant},
};

use crate::{
    Level,
    file::{PerLevel, What},
};

/// How long to wait for what does not go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For the lock of a shared file. Our own kind holds it for one batch or one rotation.
    pub lock: Duration,
    /// Before the first attempt after trouble began; doubled for each one after it.
    pub first: Duration,
    /// Before any attempt, at most. Trouble that comes back sooner than this goes on where the last one ended.
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let (lock, first, longest) = (Duration::from_millis(100), Duration::from_secs(1), Duration::from_mins(1));
        Self { lock, first, longest }
    }
}

/// Why a log file cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// No space, a quota, or a limit to the size of files.
    Full,
    /// No permission, or a disk that is read only.
    Refused,
    /// Somebody holds the lock.
    Locked,
    /// The folder is not there and cannot be made.
    FolderGone,
    /// The path leads to a folder, a pipe or a socket.
    NotAFile,
    /// Whatever else.
    Other,
}

impl Cause {
    /// What the operator can do about it.
    pub(super) const fn remedy(self) -> &'static str {
        match self {
            Self::Full => "free some space, or raise the quota or the limit",
            Self::Refused => "see who may write there, and whether the disk became read only",
            Self::Locked => "see which program holds the lock",
            Self::FolderGone => "see what stands where its folder should be",
            Self::NotAFile => "give it a path that is free or leads to a file",
            Self::Other => "look at the disk",
        }
    }
}

/// One refusal.
#[derive(Debug)]
pub(super) struct Failure {
    pub cause: Cause,
    pub detail: String,
}

impl Failure {
    pub(super) fn new(cause: Cause, detail: impl fmt::Display) -> Self {
        Self { cause, detail: detail.to_string() }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        let cause = match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Cause::Full,
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Cause::Refused,
            Kind::NotFound | Kind::NotADirectory => Cause::FolderGone,
            Kind::IsADirectory => Cause::NotAFile,
            _ => Cause::Other,
        };
        Self::new(cause, error)
    }
}

/// A time in which the file is not written.
#[derive(Debug)]
pub(super) struct Trouble {
    since: Instant,
    next_attempt: Instant,
    wait: Duration,
    missed: PerLevel,
    retained: u64,
}

impl Trouble {
    pub(super) fn new(now: Instant, wait: Duration) -> Self {
        Self { since: now, next_attempt: now + wait, wait, missed: PerLevel::default(), retained: 0 }
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        now >= self.next_attempt
    }

    /// Another attempt has failed.
    pub(super) fn prolong(&mut self, now: Instant, patience: &Patience) {
        self.wait = doubled(self.wait, patience);
        self.next_attempt = now + self.wait;
    }

    pub(super) fn miss(&mut self, level: Level) {
        self.missed.add(level, 1);
    }

    pub(super) const fn keep(&mut self) {
        self.retained += 1;
    }

    /// How the operator is told of its end.
    pub(super) fn ended(&self, now: Instant) -> What {
        let (missed, missed_important) = (self.missed.total(), self.missed.important());
        What::Resumed { after: now.duration_since(self.since), missed, missed_important, retained: self.retained }
    }

    /// How the operator is told that the program ended first.
    pub(super) fn never_ended(&self, now: Instant) -> What {
        let (missed, missed_important) = (self.missed.total(), self.missed.important());
        What::NeverResumed { after: now.duration_since(self.since), missed, missed_important }
    }
}

/// What one trouble leaves for the next: a file that fails, works for a moment and fails again must not be told of each second.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    /// When it ended, and how long it waited for its last attempt.
    last: Option<(Instant, Duration)>,
}

impl Troubles {
    /// How long the new one waits for its first attempt.
    pub(super) fn begun(&self, now: Instant, patience: &Patience) -> Duration {
        match self.last {
            Some((ended, wait)) if now.saturating_duration_since(ended) < patience.longest => doubled(wait, patience),
            _ => patience.first,
        }
    }

    pub(super) const fn ended(&mut self, trouble: &Trouble, now: Instant) {
        self.last = Some((now, trouble.wait));
    }
}

fn doubled(wait: Duration, patience: &Patience) -> Duration {
    wait.saturating_mul(2).min(patience.longest)
}

/// Waits in short steps, longer ones later, until so much was waited; it counts its steps instead of reading a clock.
#[derive(Debug)]
pub(super) struct Steps {
    next: Duration,
    left: Duration,
}

impl Steps {
    pub(super) const fn until(patience: Duration) -> Self {
        Self { next: Duration::from_micros(10), left: patience }
    }

    /// One step; `false` if the patience is at its end.
    pub(super) fn wait(&mut self) -> bool {
        if self.left.is_zero() {
            return false;
        }
        let step = self.next.min(self.left);
        thread::sleep(step);
        self.left -= step;
        self.next = (self.next * 2).min(Duration::from_millis(1));
        true
    }
}
