//! The open file: held for one batch, proved to be the one its path leads to, appended to, and cut back where that fails half-way.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom},
    path::{self, Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{
    backlog::Piece,
    disk::Disk,
    identity::Identity,
    news::{NewsDesk, What},
    rotation::Chain,
    trouble::{Cause, Failure, Steps},
};

/// How often the path may lead to another file each time it was opened, before somebody must be at play.
const REOPENINGS: u32 = 100;
/// Between the last two steps of a rotation there is no live file; it takes the other process microseconds, and as long as it is kept from
/// running. Waited for in vain once for each file that somebody deletes.
const ROTATED_IN: Duration = Duration::from_millis(100);
/// The kernel dates a write by its last tick: what is written just after midnight may be dated just before it.
const BEFORE_MIDNIGHT: Duration = Duration::from_secs(1);
const DAY: u64 = 24 * 60 * 60;

/// The live file of a chain, opened when it is needed.
#[derive(Debug)]
pub(super) struct Appender<D> {
    disk: D,
    chain: Chain,
    patience: Duration,
    open: Option<Open>,
    /// The last file that was open here: to tell a file that is new from one that took another's place.
    last: Option<Identity>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Of a regular file; a device has no size, no lock and no backups.
    identity: Option<Identity>,
    /// The size that our last write left; if it is another, somebody else may have left half a line.
    left_at: Option<u64>,
    /// The day of the last write.
    day: Option<i64>,
}

/// The file is locked, and the path leads to it.
#[derive(Debug)]
pub(super) struct Held {
    /// In bytes; 0 for a device.
    pub size: u64,
    /// The day of the last write before this one.
    pub day: i64,
    /// A device has no size and no backups.
    pub is_device: bool,
}

/// What a path was found to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Something,
    Nothing,
    /// There was something, and nobody rotated it.
    NothingAnyMore,
}

/// How far an append came.
#[derive(Debug)]
pub(super) struct Appended {
    /// Of whole lines, which are in the file.
    pub bytes: usize,
    pub outcome: Result<(), Failure>,
}

impl<D: Disk> Appender<D> {
    /// A link is followed once and for all: the backups stand beside the file itself.
    pub(super) fn new(disk: D, path: PathBuf, backups: u32, patience: Duration) -> Self {
        let path = path::absolute(&path).unwrap_or(path);
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        let live = if is_link { fs::canonicalize(&path).unwrap_or(path) } else { path };
        Self { disk, chain: Chain::new(live, backups), patience, open: None, last: None }
    }

    pub(super) const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The day of the last write, if a regular file is open.
    pub(super) fn day(&self) -> Option<i64> {
        self.open.as_ref().and_then(|open| open.day)
    }

    /// Opens the file if need be, locks it, and makes sure that it is the one and ends in a whole line.
    pub(super) fn hold(&mut self, day: i64, news: &mut NewsDesk) -> Result<Held, Failure> {
        let mut steps = Steps::until(self.patience);
        for _ in 0..REOPENINGS {
            let mut open = match self.open.take() {
                Some(open) => open,
                None => self.begin(news)?,
            };
            let Some(identity) = &open.identity else {
                self.open = Some(open);
                return Ok(Held { size: 0, day, is_device: true });
            };
            lock(&open.file, &mut steps)?;
            let found = match Identity::at(self.chain.live()) {
                Ok((found, metadata)) if found == *identity => metadata,
                // Rotated by another process, deleted, moved: what was open is closed, and with it unlocked.
                Ok(_) => continue,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            let size = self.end_line(&mut open, found.len(), news)?;
            let written = if size == 0 { day } else { open.day.or_else(|| found.modified().ok().map(day_of)).unwrap_or(day) };
            open.day = Some(written);
            self.open = Some(open);
            return Ok(Held { size, day: written, is_device: false });
        }
        Err(Failure::new(Cause::Locked, "each time it was opened, another file stood in its place"))
    }

    /// Appends lines; where that fails half-way, the file is cut back to the last whole one.
    pub(super) fn append(&mut self, held: &Held, piece: Piece<'_>, day: i64) -> Appended {
        let Some(open) = &mut self.open else {
            return Appended { bytes: 0, outcome: Err(Failure::new(Cause::Other, "it is not open")) };
        };
        let (written, outcome) = write_whole(&mut self.disk, &open.file, piece.bytes);
        open.left_at = Some(held.size + written as u64);
        open.day = open.day.map(|last| last.max(day));
        let Err(error) = outcome else {
            return Appended { bytes: written, outcome: Ok(()) };
        };
        let mut whole = piece.whole_within(written);
        let is_cut = whole == written || self.disk.cut(&open.file, held.size + whole as u64).is_ok();
        if !is_cut {
            // Whoever comes next will end the torn line with a `\n`. If nothing else is wanting, it is whole then.
            whole = piece.whole_within(written + 1);
        }
        Appended { bytes: whole, outcome: Err(error.into()) }
    }

    /// Makes the live file the first backup; without backups, empties it. The next [`hold`](Self::hold) begins a new one.
    pub(super) fn rotate(&mut self) -> io::Result<()> {
        if self.chain.has_backups() {
            self.chain.shift(&mut self.disk)?;
            self.forget();
        } else if let Some(open) = &mut self.open {
            self.disk.cut(&open.file, 0)?;
            (open.left_at, open.day) = (Some(0), None);
        }
        Ok(())
    }

    /// Lets other processes have the file.
    pub(super) fn release(&self) {
        if let Some(open) = self.open.as_ref().filter(|open| open.identity.is_some()) {
            // An unlock can only fail where the lock was not to be had in the first place.
            let _ = open.file.unlock();
        }
    }

    /// Closes the file, which unlocks it.
    pub(super) fn forget(&mut self) {
        self.open = None;
    }

    /// Has the disk keep what was written to the live file.
    pub(super) fn sync(&self) -> Result<(), Failure> {
        match &self.open {
            Some(open) if open.identity.is_some() => Ok(open.file.sync_data()?),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, news: &mut NewsDesk) -> Result<Open, Failure> {
        let live = self.chain.live();
        let found = self.look()?;
        if found != Found::Something {
            make_folder(live)?;
        }
        let file = open(live)?;
        let identity = if file.metadata()?.is_file() { Some(Identity::of(&file)?) } else { None };
        if found == Found::NothingAnyMore {
            news.tell(What::Replaced);
        }
        self.last.clone_from(&identity);
        Ok(Open { file, identity, left_at: None, day: None })
    }

    /// What the path leads to. A file that another process is rotating is waited for.
    fn look(&self) -> Result<Found, Failure> {
        let mut steps = Steps::until(ROTATED_IN);
        loop {
            match fs::metadata(self.chain.live()) {
                Ok(metadata) => return refuse_pipe(&metadata).map(|()| Found::Something),
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                Err(error) => return Err(error.into()),
            }
            // If it stands as the first backup, a rotation took it there: our own, or one whose process may have ended.
            if self.last.as_ref().is_none_or(|last| last.is_at(&self.chain.backup(1))) {
                return Ok(Found::Nothing);
            }
            if !steps.wait() {
                return Ok(Found::NothingAnyMore);
            }
        }
    }

    /// Ends the last line if a crash tore it, so that the next one is whole. The size after that.
    fn end_line(&mut self, open: &mut Open, size: u64, news: &mut NewsDesk) -> Result<u64, Failure> {
        if size == 0 || open.left_at == Some(size) || last_byte(&open.file)? == b'\n' {
            return Ok(size);
        }
        write_whole(&mut self.disk, &open.file, b"\n").1?;
        news.tell(What::TornLine);
        Ok(size + 1)
    }
}

/// Reading as well as appending: a line torn by a crash must be seen.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).create(true);
    // Windows does not let a file be cut that was opened to be appended to.
    if cfg!(windows) {
        options.write(true)
    } else {
        options.append(true)
    };
    options.open(path)
}

fn make_folder(live: &Path) -> Result<(), Failure> {
    let Some(folder) = live.parent() else { return Ok(()) };
    fs::create_dir_all(folder).map_err(|error| {
        let (detail, mut failure) = (format!("its folder cannot be made: {error}"), Failure::from(error));
        if !matches!(failure.cause, Cause::Full | Cause::Refused) {
            failure.cause = Cause::FolderGone;
        }
        Failure { detail, ..failure }
    })
}

/// A pipe would hold up the log until somebody reads it, opening it already would.
fn refuse_pipe(metadata: &fs::Metadata) -> Result<(), Failure> {
    #[cfg(unix)]
    let is_pipe = {
        use std::os::unix::fs::FileTypeExt;
        metadata.file_type().is_fifo() || metadata.file_type().is_socket()
    };
    #[cfg(not(unix))]
    let is_pipe = false;
    match () {
        () if metadata.is_dir() => Err(Failure::new(Cause::NotAFile, "it is a folder")),
        () if is_pipe => Err(Failure::new(Cause::NotAFile, "it is a pipe or a socket")),
        () => Ok(()),
    }
}

/// Some network file systems know no locks, or have nobody who keeps them (ENOLCK, 37 on Linux and 77 on macOS and the BSDs): then the
/// file is nobody else's, as far as we know.
pub(super) fn knows_no_locks(error: &io::Error) -> bool {
    let no_locks = if cfg!(target_os = "linux") { 37 } else { 77 };
    error.kind() == io::ErrorKind::Unsupported || cfg!(unix) && error.raw_os_error() == Some(no_locks)
}

fn lock(file: &File, steps: &mut Steps) -> Result<(), Failure> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) if knows_no_locks(&error) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error.into()),
            Err(TryLockError::WouldBlock) if steps.wait() => {}
            Err(TryLockError::WouldBlock) => return Err(Failure::new(Cause::Locked, "another program holds its lock")),
        }
    }
}

/// How much was written, and what ended it.
fn write_whole(disk: &mut impl Disk, mut file: &File, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut written = 0;
    if cfg!(windows)
        && let Err(error) = file.seek(SeekFrom::End(0))
    {
        return (0, Err(error));
    }
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match disk.write(file, rest) {
            Ok(0) => return (written, Err(io::ErrorKind::WriteZero.into())),
            Ok(more) => written += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}

fn last_byte(mut file: &File) -> io::Result<u8> {
    let mut byte = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut byte)?;
    let [byte] = byte;
    Ok(byte)
}

fn day_of(modified: SystemTime) -> i64 {
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default() + BEFORE_MIDNIGHT;
    i64::try_from(since.as_secs() / DAY).unwrap_or(i64::MAX)
}
