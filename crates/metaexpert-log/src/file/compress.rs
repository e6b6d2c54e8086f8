//! Backups are compressed on a thread of their own, one at a time, whichever process rotated them.
//!
//! The backup stays until its compressed form is whole and on the disk; both changes of name are made under the live file's
//! lock, so no rotation comes between. A crash leaves the backup, or both forms, of which the next start drops one. Only one of
//! several processes compresses: the unfinished file is locked by whoever writes it, and a crash's is simply written anew.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use flate2::{Compression, write::GzEncoder};

use super::{appender::knows_no_locks, identity::Identity, rotation::Chain, trouble::Steps};

/// Between two looks at whether to stop: some milliseconds of work.
const PIECE: usize = 64 * 1024;
/// For a lock that others hold for milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the end of the program waits for a disk that does not answer. What is unfinished then, the next start does.
const FAREWELL: Duration = Duration::from_secs(2);

/// The thread that compresses the backups of one chain.
#[derive(Debug)]
pub(super) struct Compressor {
    wake: Option<Sender<()>>,
    failures: Receiver<String>,
    stop: Arc<AtomicBool>,
    ended: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Compressor {
    /// If there is no thread to be had, backups stay as they are.
    pub(super) fn start(chain: Chain) -> Self {
        let (wake, woken) = bounded(1);
        let (tell_failure, failures) = bounded(1);
        let (end, ended) = bounded(0);
        let stop = Arc::new(AtomicBool::new(false));
        let work = Work { chain, stop: Arc::clone(&stop) };
        let run = move || {
            for () in woken {
                if let Err(failure) = work.sweep() {
                    let _ = tell_failure.try_send(failure); // one that waits to be taken already says enough
                }
            }
            drop(end);
        };
        let thread = thread::Builder::new().name("log-gzip".to_owned()).spawn(run).ok();
        Self { wake: Some(wake), failures, stop, ended, thread }
    }

    /// There may be something to compress.
    pub(super) fn wake(&self) {
        if let Some(wake) = &self.wake {
            let _ = wake.try_send(()); // a call that waits already will see this one's backup too
        }
    }

    /// What could not be compressed, and why.
    pub(super) fn failures(&self) -> impl Iterator<Item = String> {
        self.failures.try_iter()
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.wake = None;
        let hangs = matches!(self.ended.recv_timeout(FAREWELL), Err(crossbeam_channel::RecvTimeoutError::Timeout));
        if let Some(thread) = self.thread.take().filter(|_| !hangs) {
            let _ = thread.join(); // a panic of its own has been printed, and cost no line
        }
    }
}

struct Work {
    chain: Chain,
    stop: Arc<AtomicBool>,
}

impl Work {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn sweep(&self) -> Result<(), String> {
        for place in self.chain.uncompressed() {
            let path = self.chain.backup(place);
            // Another file of that name has the right of the first comer.
            let outcome = if self.chain.compressed(place).exists() { Ok(()) } else { self.compress(&path) };
            if let Err(error) = outcome
                && !self.is_stopped()
            {
                return Err(format!("`{}`: {error}", path.display()));
            }
        }
        Ok(())
    }

    fn compress(&self, path: &Path) -> io::Result<()> {
        let backup = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()), // rotated out meanwhile
            other => other?,
        };
        let Some(unfinished) = self.claim()? else { return Ok(()) };
        let outcome = self.fill(&unfinished, &backup).and_then(|()| self.publish(&unfinished, &backup));
        if !matches!(outcome, Ok(true)) && self.is_in_place(&unfinished).unwrap_or(false) {
            let _ = fs::remove_file(self.chain.unfinished()); // the next one would write it anew
        }
        outcome.map(drop)
    }

    /// The unfinished file, locked and empty; `None` if asked to stop.
    fn claim(&self) -> io::Result<Option<File>> {
        let path = self.chain.unfinished();
        while !self.is_stopped() {
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
            if self.lock(&file, Duration::from_millis(50))? && self.is_in_place(&file)? {
                file.set_len(0)?;
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// Not if another process has finished it meanwhile, or somebody moved the folder.
    fn is_in_place(&self, unfinished: &File) -> io::Result<bool> {
        Ok(Identity::of(unfinished)?.is_at(&self.chain.unfinished()))
    }

    fn fill(&self, unfinished: &File, mut backup: &File) -> io::Result<()> {
        let mut encoder = GzEncoder::new(unfinished, Compression::default());
        let mut piece = vec![0; PIECE];
        loop {
            if self.is_stopped() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            match backup.read(&mut piece)? {
                0 => break,
                read => encoder.write_all(piece.get(..read).unwrap_or_default())?,
            }
        }
        encoder.finish()?;
        // As old as what is in it; a file system that keeps no times is none of our business.
        let _ = backup.metadata().and_then(|metadata| unfinished.set_modified(metadata.modified()?));
        // Before the backup goes, its other form must be where a power failure cannot reach it.
        unfinished.sync_all()
    }

    /// Puts the compressed form in the place of the backup, wherever it stands by now. `false` if it is gone.
    fn publish(&self, unfinished: &File, backup: &File) -> io::Result<bool> {
        let held = self.hold_live()?;
        let Some(place) = self.chain.place_of(&Identity::of(backup)?) else { return Ok(false) };
        if !self.is_in_place(unfinished)? {
            return Ok(false);
        }
        let (unfinished, compressed) = (self.chain.unfinished(), self.chain.compressed(place));
        fs::rename(&unfinished, &compressed)?;
        if let Err(error) = fs::remove_file(self.chain.backup(place)) {
            fs::rename(&compressed, &unfinished)?; // or each of its lines would be there twice
            return Err(error);
        }
        drop(held);
        Ok(true)
    }

    fn hold_live(&self) -> io::Result<File> {
        let mut steps = Steps::until(PATIENCE);
        while !self.is_stopped() {
            let live = match File::open(self.chain.live()) {
                // Between two steps of a rotation there is none.
                Err(error) if error.kind() == io::ErrorKind::NotFound && steps.wait() => continue,
                other => other?,
            };
            if !self.lock(&live, PATIENCE)? {
                return Err(io::Error::new(io::ErrorKind::WouldBlock, "another program holds the lock of the log file"));
            }
            if Identity::of(&live)?.is_at(self.chain.live()) {
                return Ok(live);
            }
        }
        Err(io::ErrorKind::Interrupted.into())
    }

    fn lock(&self, file: &File, patience: Duration) -> io::Result<bool> {
        let mut steps = Steps::until(patience);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(true),
                Err(TryLockError::Error(error)) if knows_no_locks(&error) => return Ok(true),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if !self.is_stopped() && steps.wait() => {}
                Err(TryLockError::WouldBlock) => return Ok(false),
            }
        }
    }
}
