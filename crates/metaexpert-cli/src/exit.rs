//! How the command ends: the same codes as an expert's own program.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | good |
//! | 1 | what was asked for failed |
//! | 2 | usage: an unknown command or flag, or a flag without its value |
//! | 3 | configuration: a value that cannot be, a name that nobody has |
//! | 4 | data: a file that is missing or broken |
//! | 130 | interrupted |
//!
//! A program that was run to its end hands its own code on; one that a signal has ended is 128 and the signal's number, as in a shell.

use std::process::{ExitCode, ExitStatus};

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

impl Exit {
    /// How a program has ended.
    pub(crate) fn of(status: ExitStatus) -> Self {
        match status.code().or_else(|| signal(status).map(|signal| 128 + signal)) {
            Some(0) => Self::Good,
            // Elsewhere a code may be larger than those that we can hand on.
            Some(code) => u8::try_from(code).map_or(Self::Failed, Self::Of),
            None => Self::Failed,
        }
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_status: ExitStatus) -> Option<i32> {
    None
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn a_program_hands_its_code_on_and_a_signal_is_what_a_shell_makes_of_it() {
        for (status, exit) in
            [(0, Exit::Good), (3 << 8, Exit::Of(3)), (255 << 8, Exit::Of(255)), (2, Exit::Of(130)), (9, Exit::Of(137))]
        {
            assert_eq!(Exit::of(ExitStatus::from_raw(status)), exit);
        }
    }
}
