//! What happens to the files meanwhile: their locks are taken by another, and their disk fills and is freed.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Write},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use crate::{
    FILES, Outcome,
    disk::{Disk, limit_files},
};

/// Longer than a log waits for a lock, by far.
const HELD: Duration = Duration::from_millis(400);

/// Least time that a disk stays full: long enough for every file to notice.
const FULL: Duration = Duration::from_millis(700);

/// When the locks are taken, and when the disk is full, in hundredths of the run. The second time it is full, the locks are
/// taken too.
const LOCKED_AT: [f64; 2] = [20.0, 72.0];
const FULL_FROM_TO: [(f64, f64); 2] = [(40.0, 46.0), (70.0, 78.0)];

/// The run's own clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    /// When it began.
    pub began: Instant,
    /// How long it takes.
    pub length: Duration,
}

impl Schedule {
    /// Waits until so many hundredths of the run are over.
    pub(crate) fn wait_for(&self, hundredths: f64) {
        let due = self.began + self.length.mul_f64(hundredths / 100.0);
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}

/// Takes each file's lock in turn, and holds it.
pub(crate) fn take_locks(folder: &Path, schedule: Schedule) -> Outcome<()> {
    for at in LOCKED_AT {
        schedule.wait_for(at);
        for name in FILES {
            let path = folder.join(name);
            if path.metadata().is_ok_and(|metadata| metadata.is_file()) {
                let held = lock(&path)?;
                thread::sleep(HELD);
                drop(held);
            }
        }
    }
    Ok(())
}

/// Locks the file that a path leads to. It may be rotated while one waits for its lock: then it is another's.
fn lock(path: &Path) -> io::Result<File> {
    loop {
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue, // between two steps of a rotation
            other => other?,
        };
        file.lock()?;
        match File::open(path).map(|again| again.try_lock()) {
            Ok(Err(TryLockError::WouldBlock)) => return Ok(file),
            _ => drop(file),
        }
    }
}

/// Fills the disk and frees it.
pub(crate) fn fill_disk(folder: &Path, disk: Disk, schedule: Schedule) -> Outcome<()> {
    for (from, to) in FULL_FROM_TO {
        schedule.wait_for(from);
        let at_least = Instant::now() + FULL;
        match disk {
            Disk::Tmpfs | Disk::Namespace => {
                let ballast = folder.join("ballast");
                let until = at_least.max(schedule.began + schedule.length.mul_f64(to / 100.0));
                fill_until(&ballast, until)?;
                fs::remove_file(ballast)?;
            }
            Disk::Limit => {
                limit_files(Some(1024))?;
                schedule.wait_for(to);
                thread::sleep(at_least.saturating_duration_since(Instant::now()));
                limit_files(None)?;
            }
            Disk::None => {}
        }
    }
    Ok(())
}

/// Fills the disk to the last byte, and again whenever something on it was freed.
fn fill_until(ballast: &Path, until: Instant) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(ballast)?;
    let mebibyte = vec![0_u8; 1 << 20];
    while Instant::now() < until {
        loop {
            match file.write(&mebibyte) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => return Err(error),
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}
