//! How a program ends: what the system says of it, what that is called, and the exit code that a shell would have.

use std::{fmt, process::ExitStatus};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::exit::Exit;

/// How and when an expert ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ending {
    pub(crate) at: Timestamp,
    pub(crate) how: How,
    /// Somebody had asked for it.
    pub(crate) was_asked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum How {
    Code(i32),
    Signal(i32),
    /// There was no process at all, and why.
    NotStarted(String),
    /// It ended when nobody watched over it any more.
    Unseen,
}

impl How {
    /// How a program has ended.
    pub(crate) fn of(status: ExitStatus) -> Self {
        match (status.code(), signal(status)) {
            (Some(code), _) => Self::Code(code),
            (None, Some(signal)) => Self::Signal(signal),
            (None, None) => Self::Unseen,
        }
    }

    /// The exit code of whoever has run it to its end: its own, and for a signal what shells have.
    pub(crate) fn exit(&self) -> Exit {
        let code = match self {
            Self::Code(0) => return Exit::Good,
            Self::Code(code) => Some(*code),
            Self::Signal(signal) => signal.checked_add(128),
            Self::NotStarted(_) | Self::Unseen => None,
        };
        // Elsewhere a code may be larger than those that can be handed on.
        code.and_then(|code| u8::try_from(code).ok()).map_or(Exit::Failed, Exit::Of)
    }

    /// Ended well, or was asked to: neither is an error.
    pub(crate) fn is_good(&self) -> bool {
        matches!(self, Self::Code(0 | 130) | Self::Unseen)
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => {
                write!(f, "ended with exit code {code}")?;
                match code {
                    1 => write!(f, " (the run failed)"),
                    2 => write!(f, " (usage)"),
                    3 => write!(f, " (configuration)"),
                    4 => write!(f, " (data)"),
                    130 => write!(f, " (interrupted)"),
                    _ => Ok(()),
                }
            }
            Self::Signal(signal) => write!(f, "was killed by {}", super::signals::name_of(*signal)),
            Self::NotStarted(why) => write!(f, "could not be started: {why}"),
            Self::Unseen => write!(f, "ended, nobody saw how"),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.how)?;
        if self.was_asked { write!(f, ", after it was told to stop") } else { Ok(()) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_program_hands_its_code_on_and_a_signal_is_what_a_shell_makes_of_it() {
        use std::os::unix::process::ExitStatusExt;
        for (status, exit) in
            [(0, Exit::Good), (3 << 8, Exit::Of(3)), (255 << 8, Exit::Of(255)), (2, Exit::Of(130)), (9, Exit::Of(137))]
        {
            assert_eq!(How::of(ExitStatus::from_raw(status)).exit(), exit);
        }
    }

    #[test]
    fn what_has_no_code_of_its_own_has_failed() {
        for how in [How::Code(-1), How::Code(256), How::Unseen, How::NotStarted("no such file".into())] {
            assert_eq!(how.exit(), Exit::Failed, "{how:?}");
        }
    }
}
