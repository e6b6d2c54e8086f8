//! How a program of experts ends, and where it says what.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | good |
//! | 1 | the run failed |
//! | 2 | usage: an unknown flag, or a flag without its value |
//! | 3 | configuration: a key, variable or input has a value that it cannot have |
//! | 4 | data: missing, broken, or not what the configuration says |
//! | 130 | interrupted; the shell's own number for a process that Ctrl-C has ended |
//!
//! Errors go to standard error, one line each with the prefix `error: `; what a user asked for goes to standard output.

use std::{fmt::Display, io::Write, process::ExitCode};

use metaexpert_core::{ConfigError, Error};
use metaexpert_log::masked;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Good = 0,
    RunFailed = 1,
    Usage = 2,
    Configuration = 3,
    Data = 4,
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
    Failed(String),
}

impl RunError {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Config(_) => Exit::Configuration,
            Self::Data(_) => Exit::Data,
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

    /// Puts a warning on standard error, as an error is put there.
    #[cfg_attr(not(feature = "backtest"), expect(dead_code, reason = "only modes warn"))]
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
