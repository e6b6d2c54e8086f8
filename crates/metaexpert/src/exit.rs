//! How a program of experts ends, and where it says what.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | good |
//! | 1 | the run failed |
//! | 2 | usage: an unknown flag, or a flag without its value |
//! | 3 | configuration: a key, variable or input has a value that it cannot have |
//! | 4 | data: missing, broken, or not what the configuration says |
//! | 5 | exchange: it cannot be reached, or refuses the credentials |
//! | 130 | interrupted; the shell's own number for a process that Ctrl-C has ended |
//!
//! Errors go to standard error, one line each with the prefix `error: `; what a user asked for goes to standard output.

use std::{fmt::Display, io::Write, process::ExitCode};

use metaexpert_core::{ConfigError, Error, engine::Stopped};
use metaexpert_log::masked;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Good = 0,
    RunFailed = 1,
    Usage = 2,
    Configuration = 3,
    Data = 4,
    Exchange = 5,
    #[cfg_attr(not(feature = "paper"), expect(dead_code, reason = "signals end the other modes in the old way"))]
    Interrupted = 130,
}

impl Exit {
    /// How a program ends of which two parts have ended so: a failure counts more than an interruption, and the first one most.
    pub(crate) fn or_worse(self, other: Self) -> Self {
        match self {
            Self::Good => other,
            Self::Interrupted if other != Self::Good => other,
            Self::Interrupted | Self::RunFailed | Self::Usage | Self::Configuration | Self::Data | Self::Exchange => self,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why the run of one expert did not come to its end. A second line of a text is a hint.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Data(String),
    #[error("{0}")]
    #[cfg_attr(not(feature = "live"), expect(dead_code, reason = "only live markets are at an exchange"))]
    Exchange(String),
    #[error("{0}")]
    Failed(String),
}

impl RunError {
    /// What ended the run of this expert before its data did.
    #[cfg_attr(not(any(feature = "backtest", feature = "paper")), expect(dead_code, reason = "only modes run experts"))]
    pub(crate) fn stopped(expert: &str, stopped: Stopped) -> Self {
        match stopped {
            Stopped::HandlerFailed(error) | Stopped::Failed(error) => error.into(),
            panicked @ Stopped::Panicked { .. } => Self::Failed(format!("{panicked}\nthe expert {expert} is halted")),
        }
    }

    #[cfg_attr(not(any(feature = "backtest", feature = "paper")), expect(dead_code, reason = "only modes run experts"))]
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Config(_) => Exit::Configuration,
            Self::Data(_) => Exit::Data,
            Self::Exchange(_) => Exit::Exchange,
            Self::Failed(_) => Exit::RunFailed,
        }
    }
}

impl From<Error> for RunError {
    fn from(error: Error) -> Self {
        match error {
            Error::Config(error) => Self::Config(error),
            Error::MarketData(text) => Self::Data(text),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// Where a program speaks: its standard output and standard error, or what a test puts in their place.
pub(crate) struct Console<'a> {
    pub(crate) out: &'a mut dyn Write,
    pub(crate) err: &'a mut dyn Write,
}

impl Console<'_> {
    /// Puts text on standard output as it is.
    pub(crate) fn say(&mut self, text: impl Display) {
        ignore_a_closed_pipe(write!(self.out, "{}", masked(&text.to_string())).and_then(|()| self.out.flush()));
    }

    /// Puts an error on standard error: its first line after `error: `, further ones as hints below it.
    pub(crate) fn error(&mut self, error: impl Display) {
        self.complain("error", error);
    }

    /// Puts the error of one expert on standard error; with its name where it is not the only one.
    #[cfg_attr(not(any(feature = "backtest", feature = "paper")), expect(dead_code, reason = "only modes fail"))]
    pub(crate) fn failed(&mut self, expert: Option<&str>, error: &RunError) {
        match expert {
            Some(expert) => self.error(format_args!("expert {expert}: {error}")),
            None => self.error(error),
        }
    }

    /// Puts a hint on standard error, as an error is put there.
    #[cfg_attr(not(feature = "paper"), expect(dead_code, reason = "only runs that go on have to be told how they end"))]
    pub(crate) fn note(&mut self, note: impl Display) {
        self.complain("note", note);
    }

    /// Puts a warning on standard error, as an error is put there.
    pub(crate) fn warn(&mut self, warning: impl Display) {
        self.complain("warning", warning);
    }

    fn complain(&mut self, prefix: &str, text: impl Display) {
        let text = text.to_string();
        let text = masked(&text);
        let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        ignore_a_closed_pipe(writeln!(self.err, "{prefix}: {}", lines.join("\n  ")));
    }
}

/// Nobody is left who could be told.
fn ignore_a_closed_pipe(written: std::io::Result<()>) {
    drop(written);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_and_its_hints_stand_below() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console { out: &mut out, err: &mut err };
        console.error("bars.csv: no such file\nname another one with `--data`\n");
        console.error(RunError::from(Error::input("fast", 0, "is not in 1 to 9")));
        assert!(out.is_empty());
        assert_eq!(
            String::from_utf8(err).unwrap(),
            "error: bars.csv: no such file\n  name another one with `--data`\nerror: input `fast`: `0` is not in 1 to 9\n"
        );
    }

    #[test]
    fn the_first_failure_counts_more_than_an_interruption() {
        use Exit::{Data, Good, Interrupted, RunFailed};
        for (parts, exit) in [
            (&[Good, Good][..], Good),
            (&[Good, Interrupted], Interrupted),
            (&[Interrupted, RunFailed], RunFailed),
            (&[Data, RunFailed, Interrupted], Data),
        ] {
            assert_eq!(parts.iter().fold(Good, |worst, part| worst.or_worse(*part)), exit, "{parts:?}");
        }
    }

    #[test]
    fn what_went_wrong_says_the_exit_code() {
        for (error, exit) in [
            (Error::input("fast", 0, "is bad"), Exit::Configuration),
            (Error::MarketData("no bars".into()), Exit::Data),
            (Error::from("a handler's own"), Exit::RunFailed),
        ] {
            assert_eq!(RunError::from(error).exit(), exit);
        }
    }
}
