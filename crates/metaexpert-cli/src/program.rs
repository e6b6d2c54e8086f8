//! Other programs, asked a question: started, given a moment, and heard.
//!
//! The one decision: nobody is waited for without a limit. A `cargo` that is really a toolchain manager may begin to download on
//! being asked for its version.

use std::{
    io::{self, Read, Write as _},
    path::Path,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
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

/// What a program has said, and how it ended.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
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
    let heard = hear(Command::new(program).args(arguments).current_dir(folder), input, patience)?;
    if heard.status.success() { Ok(heard.out) } else { Err(Silence::Failed(first_line(&heard.err, &heard.out))) }
}

/// All that a program says, with something to read on its standard input.
///
/// # Errors
/// When it cannot be started, or has not ended in time; not when it ended badly.
pub(crate) fn hear(command: &mut Command, input: &str, patience: Duration) -> Result<Heard, Silence> {
    let end = Instant::now() + patience;
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Silence::NotFound,
        _ => Silence::Failed(error.to_string()),
    };
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    let (out, err) = (all_of(child.stdout.take()), all_of(child.stderr.take()));
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not want to hear closes its ear.
        drop(stdin.write_all(input.as_bytes()));
    }
    let status = child.wait_timeout(patience).map_err(failed)?;
    // What it has started itself may go on speaking in its name.
    let said = |pipe: Receiver<String>| pipe.recv_timeout(end.saturating_duration_since(Instant::now()));
    if let Some(status) = status
        && let (Ok(out), Ok(err)) = (said(out), said(err))
    {
        return Ok(Heard { status, out, err });
    }
    // It may have ended by itself in between.
    drop(child.kill().and_then(|()| child.wait()));
    Err(Silence::TooSlow)
}

/// Reads a pipe to its end, on a thread of its own: a program that says more than fits into it waits until somebody has heard.
fn all_of(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, said) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What could be read of it is better than nothing.
            drop(pipe.read_to_end(&mut bytes));
        }
        // Nobody listens any more where it took too long.
        drop(sender.send(String::from_utf8_lossy(&bytes).into_owned()));
    });
    said
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

    #[cfg(unix)]
    #[test]
    fn a_program_that_says_more_than_fits_into_a_pipe_is_heard_to_its_end() {
        let heard = hear(Command::new("sh").args(["-c", "head -c 300000 /dev/zero; echo bad >&2; exit 3"]), "", LONG).unwrap();
        assert_eq!((heard.status.code(), heard.out.len(), heard.err.as_str()), (Some(3), 300_000, "bad\n"));
    }

    #[cfg(unix)]
    #[test]
    fn what_a_program_leaves_behind_is_not_waited_for() {
        let left = ask("sh", &["-c", "sleep 60 & echo $! >&2"], here(), Duration::from_millis(300));
        assert_eq!(left, Err(Silence::TooSlow));
    }
}
