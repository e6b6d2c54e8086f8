//! Standard error, in colours where somebody looks at it.

use std::{
    env, fmt,
    io::{self, IsTerminal, Write},
};

use slog::{OwnedKVList, Record};
use slog_term::{Decorator, RecordDecorator, TermDecorator};

use crate::{
    format::{Plain, write_text},
    line::Line,
    process::Process,
};

/// Whether standard error is a stream of systemd's journal: systemd.exec(5), `JOURNAL_STREAM`, read 2026-11.
#[cfg(unix)]
fn is_journal() -> bool {
    use std::{
        fs::File,
        os::{fd::AsFd, unix::fs::MetadataExt},
    };
    let Ok(stream) = env::var("JOURNAL_STREAM") else { return false };
    let ours = io::stderr().as_fd().try_clone_to_owned().and_then(|stderr| File::from(stderr).metadata());
    ours.is_ok_and(|ours| stream == format!("{}:{}", ours.dev(), ours.ino()))
}

#[cfg(not(unix))]
const fn is_journal() -> bool {
    false
}

/// What people look at.
pub(crate) struct Screen {
    kind: Kind,
    no_context: OwnedKVList,
    text: Vec<u8>,
}

enum Kind {
    /// A terminal with colours, which slog-term speaks to.
    Coloured(TermDecorator),
    /// A pipe, a file, a terminal whose user wants no colours, or memory in a test.
    Plain {
        to: Box<dyn Write + Send>,
        /// It is the journal of systemd, which takes the severity from a `<3>` in front of a line.
        is_journal: bool,
    },
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen").field("coloured", &matches!(self.kind, Kind::Coloured(_))).finish_non_exhaustive()
    }
}

impl Screen {
    /// Standard error. Colours on a terminal only, and not where `NO_COLOR` is set to anything (<https://no-color.org>).
    pub(crate) fn standard_error() -> Self {
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if io::stderr().is_terminal() && !no_color {
            Self::of(Kind::Coloured(TermDecorator::new().stderr().build()))
        } else {
            Self::of(Kind::Plain { to: Box::new(io::stderr()), is_journal: is_journal() })
        }
    }

    #[cfg(test)]
    pub(crate) fn plain(to: Box<dyn Write + Send>) -> Self {
        Self::of(Kind::Plain { to, is_journal: false })
    }

    fn of(kind: Kind) -> Self {
        Self { kind, no_context: slog::o!().into(), text: Vec::new() }
    }

    /// Shows whole lines as they are.
    pub(crate) fn show_lines(&mut self, lines: &[u8]) {
        let _ = match &mut self.kind {
            Kind::Coloured(_) => io::stderr().write_all(lines),
            Kind::Plain { to, .. } => to.write_all(lines),
        };
    }

    /// Shows a record, and waits as long as that takes. Where nobody can see it, nobody can be told either.
    pub(crate) fn show(&mut self, line: &Line, process: &Process) {
        let _ = match &mut self.kind {
            Kind::Coloured(terminal) => {
                let place = line.level.of_nowhere();
                let write = |decorator: &mut dyn RecordDecorator| {
                    // A progress bar may stand where the line is to begin.
                    decorator.write_all(b"\r\x1b[2K")?;
                    write_text(line, process, decorator)
                };
                terminal.with_record(&Record::new(&place, &format_args!(""), slog::b!()), &self.no_context, write)
            }
            Kind::Plain { to, is_journal } => {
                self.text.clear();
                if *is_journal {
                    // Memory takes every byte.
                    let _ = write!(self.text, "<{}>", line.level.severity());
                }
                // In one piece, so that lines of several processes do not mix.
                write_text(line, process, &mut Plain(&mut self.text)).and_then(|()| to.write_all(&self.text))
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parking_lot::Mutex;
    use slog::record;

    use super::*;
    use crate::{line::Collector, stamp::Stamp};

    /// What was written, one entry for each call.
    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<String>>>);

    impl Write for Seen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().push(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What nobody can write to.
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    fn line() -> Line {
        let mut line = Line::new();
        let stamp = Stamp { wall: 0, simulated: None };
        Collector::new().collect(
            stamp,
            &record!(slog::Level::Error, "", &format_args!("two\nlines"), slog::b!("key" => "value")),
            &slog::o!().into(),
            &mut line,
        );
        line
    }

    #[test]
    fn a_record_reaches_a_pipe_in_one_piece() {
        let seen = Seen::default();
        let mut console = Screen::plain(Box::new(seen.clone()));
        let process = Process::this("app");
        console.show(&line(), &process);
        console.show(&line(), &process);
        let expected = "1970-01-01T00:00:00.000000Z ERROR [app] two\\nlines key=value\n";
        assert_eq!(*seen.0.lock(), [expected, expected]);
    }

    #[test]
    fn a_console_that_is_gone_is_no_trouble() {
        Screen::plain(Box::new(Closed)).show(&line(), &Process::this("app"));
    }
}
