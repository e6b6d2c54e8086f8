//! Where the command speaks: what was asked for on standard output, errors and news on standard error.

use std::{
    fmt::Display,
    io::{self, Write},
};

/// Standard output and standard error, or what a test puts in their place.
pub(crate) struct Console {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
}

impl Console {
    pub(crate) fn of_process() -> Self {
        Self { out: Box::new(io::stdout()), err: Box::new(io::stderr()) }
    }

    /// Puts text on standard output as it is.
    pub(crate) fn say(&mut self, text: impl Display) {
        ignore_a_closed_pipe(self.try_say(text));
    }

    /// Puts text on standard output, and says whether somebody still takes it.
    ///
    /// # Errors
    /// When nobody does: what would go on for ever should end then.
    pub(crate) fn try_say(&mut self, text: impl Display) -> io::Result<()> {
        write!(self.out, "{text}").and_then(|()| self.out.flush())
    }

    /// Puts a line on standard output.
    pub(crate) fn say_line(&mut self, text: impl Display) {
        self.say(format_args!("{text}\n"));
    }

    /// Tells on standard error how things go: nothing that a script would want to read.
    pub(crate) fn tell(&mut self, text: impl Display) {
        ignore_a_closed_pipe(writeln!(self.err, "{text}"));
    }

    /// Puts on standard error what another program would have put there, as it is.
    pub(crate) fn pass_on(&mut self, said: &str) {
        ignore_a_closed_pipe(write!(self.err, "{said}").and_then(|()| self.err.flush()));
    }

    /// Puts an error on standard error: its first line after `error: `, further ones as hints below it.
    pub(crate) fn error(&mut self, error: impl Display) {
        self.complain("error", &error.to_string());
    }

    /// Puts a warning on standard error, as an error is put there.
    pub(crate) fn warn(&mut self, warning: impl Display) {
        self.complain("warning", &warning.to_string());
    }

    fn complain(&mut self, prefix: &str, text: &str) {
        let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        ignore_a_closed_pipe(writeln!(self.err, "{prefix}: {}", lines.join("\n  ")));
    }
}

/// Nobody is left who could be told.
fn ignore_a_closed_pipe(written: io::Result<()>) {
    drop(written);
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{cell::RefCell, rc::Rc};

    use super::*;

    /// What a console was told, for the tests of those who tell it.
    #[derive(Default)]
    pub(crate) struct Heard {
        out: Ear,
        err: Ear,
    }

    impl Heard {
        pub(crate) fn console(&self) -> Console {
            Console { out: Box::new(self.out.clone()), err: Box::new(self.err.clone()) }
        }

        pub(crate) fn out(&self) -> String {
            String::from_utf8(self.out.0.borrow().clone()).unwrap()
        }

        pub(crate) fn err(&self) -> String {
            String::from_utf8(self.err.0.borrow().clone()).unwrap()
        }
    }

    #[derive(Default, Clone)]
    struct Ear(Rc<RefCell<Vec<u8>>>);

    impl Write for Ear {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_error_is_one_line_and_its_hints_stand_below() {
        let heard = Heard::default();
        let mut console = heard.console();
        console.error("no such folder\nmake one\n");
        console.warn("old");
        console.say_line("asked for");
        console.tell("news");
        assert_eq!(heard.err(), "error: no such folder\n  make one\nwarning: old\nnews\n");
        assert_eq!(heard.out(), "asked for\n");
    }
}
