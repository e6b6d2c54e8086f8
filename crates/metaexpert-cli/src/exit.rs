//! How the command ends: the same codes as an expert's own program.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | good |
//! | 1 | what was asked for failed |
//! | 2 | usage: an unknown command or flag, or a flag without its value |
//! | 3 | configuration: a value that cannot be, a name that nobody has |
//! | 4 | data: a file that is missing or broken |
//! | 5 | exchange: of an expert that was run, none of this command's own |
//! | 130 | interrupted |
//!
//! A program that was run to its end hands its own code on; one that a signal has ended is 128 and the signal's number, as in a shell.

use std::process::ExitCode;

/// How the command ends. A program that was run in the foreground hands its own code on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Good,
    Failed,
    Usage,
    Configuration,
    Data,
    /// The code of the program that was run.
    Of(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Good => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Configuration => 3,
            Exit::Data => 4,
            Exit::Of(code) => code,
        })
    }
}

/// Why a command did not do what was asked. A second line of a text is a hint.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A value, a name or a folder that cannot be.
    #[error("{0}")]
    Configuration(String),
    /// A file that is missing or broken.
    #[error("{0}")]
    Data(String),
    /// It was tried, and failed.
    #[error("{0}")]
    Failed(String),
}

impl CommandError {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Configuration(_) => Exit::Configuration,
            Self::Data(_) => Exit::Data,
            Self::Failed(_) => Exit::Failed,
        }
    }
}
