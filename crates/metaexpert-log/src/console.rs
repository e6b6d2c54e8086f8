//! The console: where people read along.
//!
//! The one decision: it has a thread of its own. Whoever stops a terminal, or does not read a pipe, stops that thread and neither
//! the files nor anybody who trades; what then finds no place is counted and not shown.

mod screen; // standard error

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, bounded};

pub(crate) use self::screen::Screen;
use crate::{Level, line::Line, process::Process};

/// Records that may wait to be shown: some megabytes, and more than anybody reads.
const PLACES: usize = 4096;

/// A way to the console, which may have several. The last one that goes ends its thread.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    queue: Sender<Shown>,
    unshown: Arc<AtomicU64>,
}

/// What the console is given.
enum Shown {
    Record(Box<Line>),
    Lines(Vec<u8>),
    /// Asks to be told when everything before it has been shown.
    Flush(Sender<()>),
}

impl Console {
    /// Starts the thread. Where the system has none to give, everything counts as not shown.
    pub(crate) fn start(screen: Screen, process: Process) -> Self {
        let (queue, shown) = bounded(PLACES);
        let run = move || {
            let mut screen = screen;
            // A mistake in here must cost the record at hand, not all that come after it.
            while catch_unwind(AssertUnwindSafe(|| show_all(&shown, &mut screen, &process))).is_err() {}
        };
        let thread = thread::Builder::new().name("metaexpert-console".into());
        // Nobody waits for its end: it may hang for as long as the terminal does. `flush` waits, and no longer than it is told to.
        drop(thread.spawn(run));
        Self { queue, unshown: Arc::default() }
    }

    /// Shows a record in its time. Returns whether there was a place for it: below TRADE only half of the places are had, so that a
    /// flood of DEBUG does not take those of what matters.
    pub(crate) fn show(&self, line: &Line) -> bool {
        let gives_way = line.level < Level::Trade && self.queue.len() >= PLACES / 2;
        let shown = !gives_way && self.queue.try_send(Shown::Record(Box::new(line.clone()))).is_ok();
        if !shown {
            self.unshown.fetch_add(1, Relaxed);
        }
        shown
    }

    /// Shows whole lines in their time, as they are.
    pub(crate) fn show_lines(&self, lines: Vec<u8>) {
        let count = lines.split_inclusive(|byte| *byte == b'\n').count();
        if self.queue.try_send(Shown::Lines(lines)).is_err() {
            self.unshown.fetch_add(count as u64, Relaxed);
        }
    }

    /// Records that found no place, since nobody read those before them.
    pub(crate) fn unshown(&self) -> u64 {
        self.unshown.load(Relaxed)
    }

    /// Waits until everything has been shown, but no longer than `patience`.
    pub(crate) fn flush(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let (done, when_done) = bounded(1);
        if self.queue.send_deadline(Shown::Flush(done), until).is_ok() {
            // Whether it was shown or not, the caller has waited long enough.
            let _ = when_done.recv_deadline(until);
        }
    }
}

fn show_all(shown: &Receiver<Shown>, screen: &mut Screen, process: &Process) {
    for shown in shown {
        match shown {
            Shown::Record(line) => screen.show(&line, process),
            Shown::Lines(lines) => screen.show_lines(&lines),
            Shown::Flush(done) => drop(done.try_send(())), // whoever asked may have stopped waiting
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use slog::record;

    use super::*;
    use crate::{line::Collector, stamp::Stamp};

    fn line() -> Line {
        let mut line = Line::new();
        let stamp = Stamp { wall: 0, simulated: None };
        let context = slog::o!().into();
        Collector::new().collect(
            stamp,
            &record!(slog::Level::Error, "", &format_args!("shown"), slog::b!()),
            &context,
            &mut line,
        );
        line
    }

    /// A terminal that takes a record whenever it is let.
    struct Stopped(Receiver<()>);

    impl Write for Stopped {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_terminal_that_stands_still_stops_nobody_and_what_is_not_shown_is_counted() {
        let (let_on, stopped) = bounded::<()>(0);
        let console = Console::start(Screen::plain(Box::new(Stopped(stopped))), Process::this("app"));
        let places = (0..PLACES + 100).filter(|_| console.show(&line())).count();
        assert!((PLACES..=PLACES + 1).contains(&places), "{places}");
        // One may be in the thread's hands.
        assert!((99..=100).contains(&console.unshown()), "{}", console.unshown());
        console.flush(Duration::ZERO);
        drop(let_on);
        console.flush(Duration::from_secs(10));
        assert!(console.show(&line()));
    }

    /// A terminal that is a mistake of ours.
    struct PanicsAtFirst(Sender<()>, bool);

    impl Write for PanicsAtFirst {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            assert!(std::mem::replace(&mut self.1, true), "a test panics in the console's thread");
            self.0.send(()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_mistake_in_the_console_costs_one_record() {
        let (written, lines) = bounded(10);
        let console = Console::start(Screen::plain(Box::new(PanicsAtFirst(written, false))), Process::this("app"));
        assert!((0..3).all(|_| console.show(&line())));
        console.flush(Duration::from_secs(10));
        assert_eq!((lines.len(), console.unshown()), (2, 0));
    }
}
