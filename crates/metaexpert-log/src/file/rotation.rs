//! The chain of backups: `expert.log.1` is the youngest, `expert.log.2.gz` the one before it, compressed.
//!
//! All of this is done under the lock of the live file. The live file is renamed last, so whoever sees a new one sees a chain
//! that is complete. A place may be empty; what stands above an empty place is not moved, so a rotation that stopped half-way
//! and is done again costs no backup.

use std::{
    cmp::Reverse,
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use super::{disk::Disk, identity::Identity};

/// When a file is rotated, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rotation {
    /// In bytes. Only a single line that is longer makes a file that is.
    pub max_size: u64,
    /// How many files are kept beside the live one; with none, a full file is emptied. Backups above this number, of a time when
    /// it was larger, are left alone.
    pub backups: u32,
    /// Whether each day, UTC, begins a file.
    pub daily: bool,
    /// Whether backups are compressed with gzip.
    pub compress: bool,
}

/// The names of a live file and its backups.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    live: PathBuf,
    backups: u32,
}

impl Chain {
    pub(super) const fn new(live: PathBuf, backups: u32) -> Self {
        Self { live, backups }
    }

    pub(super) fn live(&self) -> &Path {
        &self.live
    }

    pub(super) const fn has_backups(&self) -> bool {
        self.backups > 0
    }

    /// `expert.log.3`
    pub(super) fn backup(&self, place: u32) -> PathBuf {
        self.named(&format!(".{place}"))
    }

    /// `expert.log.3.gz`
    pub(super) fn compressed(&self, place: u32) -> PathBuf {
        self.named(&format!(".{place}.gz"))
    }

    /// `expert.log.gz.tmp`: a backup that is being compressed, by whichever process.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.named(".gz.tmp")
    }

    /// The places at which a backup stands that is not compressed, the oldest first.
    pub(super) fn uncompressed(&self) -> Vec<u32> {
        let entries = self.live.parent().and_then(|folder| fs::read_dir(folder).ok());
        let places = entries.into_iter().flatten().flatten().filter_map(|entry| self.place_in(&entry.file_name()));
        let mut places: Vec<u32> = places.filter(|place| self.backup(*place).is_file()).collect();
        places.sort_unstable_by_key(|place| Reverse(*place));
        places
    }

    /// Moves each backup up by one, at most up to the first empty place, the oldest out if there is none; then makes the live
    /// file the first backup.
    pub(super) fn shift(&self, disk: &mut impl Disk) -> io::Result<()> {
        let is_taken = |place: u32| self.forms(place).iter().any(|path| fs::symlink_metadata(path).is_ok());
        let end = (1..self.backups).find(|place| !is_taken(*place)).unwrap_or(self.backups);
        for oldest in self.forms(end) {
            unless_missing(fs::remove_file(oldest))?;
        }
        for place in (1..end).rev() {
            for (from, to) in self.forms(place).iter().zip(self.forms(place + 1)) {
                unless_missing(disk.rename(from, &to))?;
            }
        }
        disk.rename(&self.live, &self.backup(1))
    }

    /// Removes backups that stand there compressed as well: a crash came between the one and the other.
    pub(super) fn drop_doubles(&self) {
        for place in self.uncompressed() {
            if self.is_double(place).unwrap_or(false) {
                // It is in nobody's way, and looked for again at the next start.
                let _ = fs::remove_file(self.backup(place));
            }
        }
    }

    /// The last four bytes of a gzip file tell how long its content is (RFC 1952, section 2.3.1).
    fn is_double(&self, place: u32) -> io::Result<bool> {
        let mut compressed = File::open(self.compressed(place))?;
        let mut length = [0; 4];
        compressed.seek(SeekFrom::End(-4))?;
        compressed.read_exact(&mut length)?;
        Ok(u64::from(u32::from_le_bytes(length)) == fs::metadata(self.backup(place))?.len() & u64::from(u32::MAX))
    }

    /// Where a file stands now that was a backup a while ago.
    pub(super) fn place_of(&self, file: &Identity) -> Option<u32> {
        self.uncompressed().into_iter().find(|place| file.is_at(&self.backup(*place)))
    }

    fn forms(&self, place: u32) -> [PathBuf; 2] {
        [self.backup(place), self.compressed(place)]
    }

    fn named(&self, ending: &str) -> PathBuf {
        let mut name: OsString = self.live.clone().into_os_string();
        name.push(ending);
        name.into()
    }

    fn place_in(&self, name: &OsStr) -> Option<u32> {
        let live = self.live.file_name()?.to_str()?;
        let place: u32 = name.to_str()?.strip_prefix(live)?.strip_prefix('.')?.parse().ok()?;
        (1..=self.backups).contains(&place).then_some(place)
    }
}

fn unless_missing(outcome: io::Result<()>) -> io::Result<()> {
    outcome.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}
