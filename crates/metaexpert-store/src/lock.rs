//! Who has something to itself, a journal above all: a file (beside the journal) that the operating system locks, and that says which
//! process it is.
//!
//! The one decision: the lock is the system's, not the file's being there. It ends with the process, whatever ends that, and a file
//! that is left behind means nothing.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::StoreError;

/// Holds it as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Drop for Lock {
    /// By word, not by closing the file alone: a process that another thread starts at this moment has the open file too, until its own
    /// program begins.
    fn drop(&mut self) {
        // What cannot be unlocked is so when the process ends.
        let _ = self.file.unlock();
    }
}

/// Why something is not locked.
#[derive(Debug)]
pub(crate) enum NotLocked {
    /// Another process has it; which one, where that is known.
    Held(Option<u32>),
    Failed(io::Error),
}

impl Lock {
    /// Takes the journal at `path`.
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        let beside = beside(path);
        Self::of(&beside).map_err(|why| match why {
            NotLocked::Held(holder) => StoreError::Locked { path: path.to_owned(), holder },
            NotLocked::Failed(error) => StoreError::unusable(&beside, "locking the journal", &error),
        })
    }

    /// Locks this very file, which is made where it is missing.
    pub(crate) fn of(file: &Path) -> Result<Self, NotLocked> {
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file);
        let mut file = opened.map_err(NotLocked::Failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(NotLocked::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(NotLocked::Failed(error)),
        }
        // Who holds it is for people; on a full disk the lock holds without it.
        let _ = write_holder(&mut file);
        Ok(Self { file })
    }
}

fn write_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn beside(path: &Path) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}
