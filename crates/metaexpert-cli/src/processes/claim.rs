//! One name, one expert: the lock on a name.
//!
//! The one decision: the lock is held by a process, not written in a file, so that the system gives it back whatever that process
//! dies of. `run --detach` hands it to the supervisor as its standard input: there is no moment at which nobody holds it.

use std::fs::{File, TryLockError};

use super::{ExpertFolder, Known, StateError};
use crate::exit::CommandError;

/// The right to start an expert under a name. It ends when every process that holds it has ended.
#[derive(Debug)]
pub(crate) struct Claim {
    lock: File,
}

impl Claim {
    /// Claims the name of a folder, which is made where it is not there.
    ///
    /// # Errors
    /// When another one has it: the error says which.
    pub(crate) fn take(folder: &ExpertFolder) -> Result<Self, CommandError> {
        folder.make()?;
        let lock = open(folder)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { lock }),
            Err(TryLockError::WouldBlock) => Err(taken(folder)),
            Err(TryLockError::Error(error)) => Err(StateError::Unwritable { path: folder.lock_file(), error }.into()),
        }
    }

    /// The claim, for the standard input of a process that is about to be started.
    #[cfg(unix)]
    pub(crate) fn hand_over(self) -> std::process::Stdio {
        self.lock.into()
    }

    /// The claim that this process was handed over, if it was handed one.
    #[cfg(unix)]
    pub(crate) fn handed_over(folder: &ExpertFolder) -> Option<Self> {
        use std::os::fd::AsFd;
        let lock = File::from(std::io::stdin().as_fd().try_clone_to_owned().ok()?);
        let handed = same_file::Handle::from_file(lock.try_clone().ok()?).ok()?;
        let wanted = same_file::Handle::from_path(folder.lock_file()).ok()?;
        // Locking again what is locked already succeeds; should it not have been locked, it is now.
        (handed == wanted && lock.try_lock().is_ok()).then_some(Self { lock })
    }
}

fn open(folder: &ExpertFolder) -> Result<File, StateError> {
    let path = folder.lock_file();
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).map_err(|error| StateError::Unwritable { path, error })
}

fn taken(folder: &ExpertFolder) -> CommandError {
    let name = &folder.name;
    let state = match Known::load(folder) {
        Ok(Some(known)) if known.state.is_live() => known.in_short(),
        _ => "is being started".to_owned(),
    };
    CommandError::Failed(format!(
        "`{name}` {state} already\nend it with `metaexpert stop {name}`, or give this one another name with `--name`"
    ))
}

#[cfg(test)]
mod tests {
    use std::{
        sync::Barrier,
        thread,
        time::{Duration, Instant},
    };

    use super::*;
    use crate::processes::StateFolder;

    #[test]
    fn of_many_that_claim_a_name_at_once_exactly_one_has_it() {
        let home = tempfile::tempdir().unwrap();
        let folder = StateFolder::for_test(home.path()).expert("ema").unwrap();
        let (start, end) = (Barrier::new(8), Barrier::new(8));
        let won = thread::scope(|scope| {
            let claims: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        let claim = Claim::take(&folder);
                        end.wait();
                        claim.is_ok()
                    })
                })
                .collect();
            claims.into_iter().map(|claim| usize::from(claim.join().unwrap())).sum::<usize>()
        });
        assert_eq!(won, 1);
        // A process that another test starts has the lock, too, from its fork until it is another program.
        let patience = Instant::now() + Duration::from_secs(10);
        while let Err(error) = Claim::take(&folder) {
            assert!(Instant::now() < patience, "a claim ends with its holder: {error:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}
