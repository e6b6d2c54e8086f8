//! The run file: what is written down about an expert, by whoever watches over it.
//!
//! The one decision: it is replaced as a whole, never changed in place, so that a reader finds either what was or what is.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Ending, Identity, RestartRule, StateError};
use crate::project::Program;

/// Grows whenever an older command could not make sense of the file.
const VERSION: u32 = 1;

/// All that is known about an expert that was started once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunFile {
    version: u32,
    /// The name under which it is known here.
    pub(crate) name: String,
    pub(crate) program: Program,
    /// The flags that its program was given.
    pub(crate) flags: Vec<String>,
    /// The experts in that program.
    pub(crate) experts: Vec<ExpertInfo>,
    /// It was started in a terminal, and its output is there.
    pub(crate) in_foreground: bool,
    pub(crate) restart: RestartRule,
    pub(crate) started: Timestamp,
    /// How often it was started again since.
    pub(crate) restarts: u32,
    /// Who writes this file.
    pub(crate) supervisor: Option<Identity>,
    pub(crate) phase: Phase,
}

/// One expert of a program, as its configuration describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExpertInfo {
    pub(crate) name: String,
    pub(crate) mode: Option<String>,
    pub(crate) exchange: Option<String>,
    pub(crate) symbol: Option<String>,
    /// None where it writes no files.
    pub(crate) logs: Option<LogFiles>,
    /// None where it trades on nothing that goes on.
    pub(crate) guards: Option<Guards>,
    /// Where it keeps what the next run has to know, its journal too; none where it keeps nothing.
    #[serde(default)]
    pub(crate) state: Option<PathBuf>,
}

/// The files that keep an expert from opening anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Guards {
    /// Does while it is there.
    pub(crate) kill_switch: PathBuf,
    /// Says whether it is halted.
    pub(crate) risk: PathBuf,
}

/// Where an expert logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogFiles {
    pub(crate) folder: PathBuf,
    pub(crate) expert: String,
    pub(crate) trades: String,
    pub(crate) errors: String,
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// Claimed, and about to be started by this process.
    Starting {
        by: Identity,
    },
    Running {
        expert: Identity,
        since: Timestamp,
    },
    /// It failed, and is started again at that time.
    Waiting {
        until: Timestamp,
        after: Ending,
    },
    Over(Ending),
}

impl RunFile {
    /// What is written down before anything is started.
    pub(crate) fn new(name: &str, program: Program, flags: Vec<String>, experts: Vec<ExpertInfo>, by: Identity) -> Self {
        Self {
            version: VERSION,
            name: name.to_owned(),
            program,
            flags,
            experts,
            in_foreground: false,
            restart: RestartRule::default(),
            started: Timestamp::now(),
            restarts: 0,
            supervisor: None,
            phase: Phase::Starting { by },
        }
    }

    /// The folders in which its experts log, each once.
    pub(crate) fn log_folders(&self) -> Vec<&Path> {
        distinct(self.experts.iter().filter_map(|expert| Some(expert.logs.as_ref()?.folder.as_path())))
    }

    /// The folders in which its experts keep what the next run has to know, each once.
    pub(crate) fn state_folders(&self) -> Vec<&Path> {
        distinct(self.experts.iter().filter_map(|expert| expert.state.as_deref()))
    }

    /// What its experts say about something, each answer once: `BTCUSDT, ETHUSDT`.
    pub(crate) fn of_experts(&self, what: fn(&ExpertInfo) -> Option<&String>) -> Option<String> {
        let answers = distinct(self.experts.iter().filter_map(what).map(String::as_str));
        (!answers.is_empty()).then(|| answers.join(", "))
    }

    /// What stands in a file; none where there is no file.
    ///
    /// # Errors
    /// When it cannot be read, holds something else, or was written by a newer command.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, StateError> {
        #[derive(Deserialize)]
        struct OnlyVersion {
            version: u32,
        }
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StateError::Unreadable { path: path.to_owned(), error }),
        };
        let broken = |error| StateError::Broken { path: path.to_owned(), error };
        let OnlyVersion { version } = serde_json::from_str(&text).map_err(broken)?;
        if version != VERSION {
            return Err(StateError::OfAnotherVersion { path: path.to_owned(), version, known: VERSION });
        }
        serde_json::from_str(&text).map(Some).map_err(broken)
    }

    /// Puts this in the place of what stood in the file. Only its owner can read it: flags may name more than a list shows.
    pub(crate) fn write(&self, path: &Path) -> Result<(), StateError> {
        write_whole(path, self)
    }
}

/// Puts something in the place of what stood in a file, as a whole or not at all.
pub(crate) fn write_whole(path: &Path, what: &impl Serialize) -> Result<(), StateError> {
    let unwritable = |error| StateError::Unwritable { path: path.to_owned(), error };
    let folder = path.parent().unwrap_or(Path::new("."));
    // A temporary file is readable by its owner only.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    serde_json::to_writer_pretty(&mut file, what).map_err(|error| unwritable(error.into()))?;
    file.write_all(b"\n").and_then(|()| file.as_file().sync_data()).map_err(unwritable)?;
    let _: File = file.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(())
}

/// Each once, in order of appearance.
pub(crate) fn distinct<T: PartialEq>(things: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for thing in things {
        if !kept.contains(&thing) {
            kept.push(thing);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processes::How;

    fn run_file() -> RunFile {
        let program = Program { name: "ema".into(), executable: "/bin/ema".into(), folder: "/ema".into() };
        RunFile::new("ema", program, vec!["--data".into()], vec![], Identity::of_this_process().unwrap())
    }

    #[test]
    fn what_was_written_is_read_whatever_the_phase() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        let identity = Identity::of_this_process().unwrap();
        let ending = |how| Ending { at: Timestamp::UNIX_EPOCH, how, was_asked: true };
        for phase in [
            Phase::Starting { by: identity.clone() },
            Phase::Running { expert: identity, since: Timestamp::UNIX_EPOCH },
            Phase::Waiting { until: Timestamp::UNIX_EPOCH, after: ending(How::Code(1)) },
            Phase::Over(ending(How::Signal(9))),
            Phase::Over(ending(How::NotStarted("no such file".into()))),
            Phase::Over(ending(How::Unseen)),
        ] {
            let written = RunFile { phase, ..run_file() };
            written.write(&path).unwrap();
            assert_eq!(RunFile::read(&path).unwrap(), Some(written));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left in the folder");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_but_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        run_file().write(&path).unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_makes_no_sense_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        assert_eq!(RunFile::read(&path).unwrap(), None);
        for (text, expected) in [
            ("", "is broken: EOF"),
            ("not json", "is broken: expected"),
            ("{}", "is broken: missing field `version`"),
            (r#"{"version": 1}"#, "is broken: missing field `name`"),
            (r#"{"version": 2, "name": 7}"#, "has version 2, and this command knows version 1"),
        ] {
            fs::write(&path, text).unwrap();
            let error = RunFile::read(&path).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("run.json"), "{text}: {error}");
        }
        fs::write(&path, b"\xff\xfe").unwrap();
        assert!(RunFile::read(&path).unwrap_err().to_string().contains("cannot be read"));
    }
}
