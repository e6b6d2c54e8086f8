//! What the tests of log files share: a folder, a clock that is told the time, a disk that fails on cue, a reader of chains.

use std::{
    cell::RefCell,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use flate2::read::GzDecoder;
use tempfile::TempDir;

use super::*;

/// No backup is due before these have passed, and no lock is waited for longer.
pub(super) const PATIENCE: Patience =
    Patience { lock: Duration::from_millis(5), first: Duration::from_secs(1), longest: Duration::from_mins(1) };
/// For tests in which others hold the lock for a moment, on a machine that has much else to do.
pub(super) const LONG_PATIENCE: Patience = Patience { lock: Duration::from_mins(1), ..PATIENCE };

pub(super) fn rotation(max_size: u64, backups: u32) -> Rotation {
    Rotation { max_size, backups, daily: false, compress: false }
}

/// A folder for one log, and the time.
pub(super) struct Room {
    folder: TempDir,
    start: Moment,
}

impl Room {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), start: Moment { instant: Instant::now(), day: today() } }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("logs").join("expert.log")
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().join("logs")
    }

    /// So many seconds after the start, on the same day.
    pub(super) fn at(&self, seconds: u64) -> Moment {
        Moment { instant: self.start.instant + Duration::from_secs(seconds), ..self.start }
    }

    pub(super) fn on_day(&self, days: i64) -> Moment {
        Moment { day: self.start.day + days, ..self.start }
    }

    pub(super) fn open(&self, rotation: Rotation) -> LogFile {
        LogFile::open(self.path(), rotation, PATIENCE, self.start)
    }

    pub(super) fn open_on(&self, disk: &Faulty, rotation: Rotation) -> LogFile<Faulty> {
        LogFile::open_on(disk.clone(), self.path(), rotation, PATIENCE, self.start)
    }

    /// The names in the folder, in order.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder().join(name)).unwrap()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        lines_of(&self.path())
    }
}

/// The day of the files' own times.
pub(super) fn today() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 86_400).unwrap()
}

/// The lines of a chain, the oldest first; each file must end in a whole one, and stand there in one form only.
pub(super) fn lines_of(live: &Path) -> Vec<String> {
    let name = live.file_name().unwrap().to_str().unwrap();
    let mut chain: Vec<(u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir(live.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let Some(ending) = path.file_name().unwrap().to_str().unwrap().strip_prefix(name) else { continue };
        let place = ending.trim_start_matches('.').trim_end_matches(".gz");
        match (ending, place.parse()) {
            ("", _) => chain.push((0, path)),
            (_, Ok(place)) => chain.push((place, path)),
            (other, Err(_)) => assert_eq!(other, ".gz.tmp", "nothing else is written"),
        }
    }
    chain.sort();
    let places: Vec<u32> = chain.iter().map(|(place, _)| *place).collect();
    assert!(places.windows(2).all(|two| two[0] < two[1]), "a backup stands there in two forms: {chain:?}");
    chain.iter().rev().flat_map(|(_, path)| lines_in(path)).collect()
}

fn lines_in(path: &Path) -> Vec<String> {
    let mut text = String::new();
    let mut file = File::open(path).unwrap();
    match path.extension() {
        Some(ending) if ending == "gz" => GzDecoder::new(file).read_to_string(&mut text).unwrap(),
        _ => file.read_to_string(&mut text).unwrap(),
    };
    assert!(text.is_empty() || text.ends_with('\n'), "`{}` ends in half a line", path.display());
    text.lines().map(str::to_owned).collect()
}

/// `writer 000017 ....`, so long with its `\n`; no line is part of another.
pub(super) fn line(writer: &str, number: usize, length: usize) -> Vec<u8> {
    let mut line = format!("{writer} {number:06} ").into_bytes();
    line.resize(length.max(line.len() + 1) - 1, b'.');
    line.push(b'\n');
    line
}

/// Which line it is.
pub(super) fn name_of(line: &str) -> String {
    line.trim_end_matches('.').trim_end().to_owned()
}

pub(super) fn news_of<D: Disk>(file: &mut LogFile<D>) -> Vec<What> {
    file.take_news().map(|news| news.what).collect()
}

/// The same, without the operating system's words.
pub(super) fn causes_of<D: Disk>(file: &mut LogFile<D>) -> Vec<Option<Cause>> {
    let cause = |what| if let What::Trouble { cause, .. } = what { Some(cause) } else { None };
    news_of(file).into_iter().map(cause).collect()
}

pub(super) fn assert_balanced(account: &Account) {
    for level in Level::ALL {
        assert_eq!(account.taken.of(level), account.written.of(level) + account.missed.of(level), "{level}: {account:?}");
    }
}

/// A disk that does what its script says.
#[derive(Debug, Clone, Default)]
pub(super) struct Faulty(Rc<RefCell<Script>>);

#[derive(Debug, Default)]
pub(super) struct Script {
    /// So many bytes can still be written before it is full.
    pub room: Option<usize>,
    /// A write takes no more than so many bytes.
    pub at_once: Option<usize>,
    pub refuses_rename: bool,
    pub refuses_cut: bool,
    /// How often something was to be written.
    pub asked: usize,
}

impl Faulty {
    pub(super) fn set(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.0.borrow_mut());
    }
}

impl Disk for Faulty {
    fn write(&mut self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        let mut script = self.0.borrow_mut();
        script.asked += 1;
        let room = script.room.unwrap_or(usize::MAX);
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let most = bytes.len().min(room).min(script.at_once.unwrap_or(usize::MAX));
        let written = file.write(&bytes[..most])?;
        script.room = script.room.map(|room| room - written);
        Ok(written)
    }

    fn cut(&mut self, file: &File, length: u64) -> io::Result<()> {
        if self.0.borrow().refuses_cut { Err(io::ErrorKind::PermissionDenied.into()) } else { file.set_len(length) }
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        if self.0.borrow().refuses_rename { Err(io::ErrorKind::PermissionDenied.into()) } else { fs::rename(from, to) }
    }
}
