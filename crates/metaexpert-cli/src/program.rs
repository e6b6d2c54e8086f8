//! Other programs, asked a question: started, given a moment, and heard.
//!
//! The one decision: nobody is waited for without a limit. A `cargo` that is really a toolchain manager may begin to download on
//! being asked for its version.
//!
//! Not for a program that says much: its answer is read when it has ended, and has to fit into a pipe.

use std::{
    io::{self, Read, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use wait_timeout::ChildExt as _;

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    NotFound,
    /// It was still busy, and was ended.
    TooSlow,
    /// It ended badly; the first line that it said about it.
    Failed(String),
}

/// What a program says on its standard output when it is started in `folder`.
pub(crate) fn ask(program: &str, arguments: &[&str], folder: &Path, patience: Duration) -> Result<String, Silence> {
    ask_with(program, arguments, "", folder, patience)
}

/// The same, with something to read on its standard input.
pub(crate) fn ask_with(
    program: &str,
    arguments: &[&str],
    input: &str,
    folder: &Path,
    patience: Duration,
) -> Result<String, Silence> {
    let child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Silence::NotFound,
        _ => Silence::Failed(error.to_string()),
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not want to hear closes its ear.
        drop(stdin.write_all(input.as_bytes()));
    }
    let status = child.wait_timeout(patience).map_err(|error| Silence::Failed(error.to_string()))?;
    let Some(status) = status else {
        // It may have ended by itself in between.
        drop(child.kill().and_then(|()| child.wait()));
        return Err(Silence::TooSlow);
    };
    let answer = all_of(child.stdout.take());
    if status.success() { Ok(answer) } else { Err(Silence::Failed(first_line(&all_of(child.stderr.take()), &answer))) }
}

fn all_of(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // What could be read of it is better than nothing.
        drop(pipe.read_to_end(&mut bytes));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn first_line(err: &str, out: &str) -> String {
    err.lines().chain(out.lines()).map(str::trim).find(|line| !line.is_empty()).unwrap_or("it does not say why").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    fn here() -> &'static Path {
        Path::new(".")
    }

    #[test]
    fn a_program_that_is_not_there_is_told_from_one_that_fails() {
        assert_eq!(ask("no-such-program-anywhere", &[], here(), LONG), Err(Silence::NotFound));
        let failed = ask("rustc", &["--no-such-flag"], here(), LONG).unwrap_err();
        assert!(matches!(&failed, Silence::Failed(why) if why.contains("no-such-flag")), "{failed:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_does_not_answer_is_ended() {
        assert_eq!(ask("sleep", &["60"], here(), Duration::from_millis(20)), Err(Silence::TooSlow));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_hears_what_it_is_to_read() {
        assert_eq!(ask_with("cat", &[], "fn main() {}", here(), LONG).as_deref(), Ok("fn main() {}"));
    }
}
