//! A progress bar for long runs.
//!
//! The one decision: it draws on standard error, only where that is a terminal, and only once a run has taken half a second,
//! so that neither a pipe nor a quick run ever sees it.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// A run that is over by then needs no bar.
const SHOWN_AFTER: Duration = Duration::from_millis(500);
/// Faster than eyes are.
const DRAWN_EVERY: Duration = Duration::from_millis(100);
const WIDTH: u64 = 40;

/// The bar of one run. It takes itself away when it is dropped.
#[derive(Debug)]
pub(crate) struct ProgressBar {
    /// Items in all; `None` where nobody watches.
    total: Option<u64>,
    /// What the items are.
    items: &'static str,
    started: Instant,
    drawn: Option<Instant>,
}

impl ProgressBar {
    /// A bar for a run over so many items, not shown yet.
    pub(crate) fn new(total: u64, items: &'static str) -> Self {
        let watched = total > 0 && io::stderr().is_terminal();
        Self { total: watched.then_some(total), items, started: Instant::now(), drawn: None }
    }

    /// So many items are done.
    pub(crate) fn update(&mut self, done: u64) {
        let Some(total) = self.total else { return };
        let elapsed = self.started.elapsed();
        if elapsed < SHOWN_AFTER || self.drawn.is_some_and(|drawn| drawn.elapsed() < DRAWN_EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        draw(&line(done.min(total), total, self.items, elapsed));
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            draw("");
        }
    }
}

/// `[########........]  52 %  1200000 of 2300000 bars, 12.3 M/s`
fn line(done: u64, total: u64, items: &str, elapsed: Duration) -> String {
    let filled = usize::try_from(WIDTH * done / total.max(1)).unwrap_or_default();
    let rest = usize::try_from(WIDTH).unwrap_or_default() - filled;
    #[expect(clippy::cast_precision_loss, reason = "a speed with one decimal")]
    let speed = done as f64 / elapsed.as_secs_f64().max(1e-9) / 1e6;
    let percent = 100 * done / total.max(1);
    format!("[{}{}] {percent:>3} %  {done} of {total} {items}, {speed:.1} M/s", "#".repeat(filled), ".".repeat(rest))
}

/// Puts `line` in the place of the one before. A terminal that went away is no reason to stop a run.
fn draw(line: &str) {
    let mut terminal = io::stderr().lock();
    let _ = write!(terminal, "\r\x1b[2K{line}").and_then(|()| terminal.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_shows_how_far_and_how_fast() {
        let shown = line(500_000, 2_000_000, "bars", Duration::from_secs(2));
        assert_eq!(shown, "[##########..............................]  25 %  500000 of 2000000 bars, 0.2 M/s");
        assert!(line(7, 7, "rows", Duration::ZERO).contains("] 100 %"));
    }

    #[test]
    fn a_quick_run_sees_no_bar() {
        let mut bar = ProgressBar { total: Some(10), items: "bars", started: Instant::now(), drawn: None };
        bar.update(5);
        assert!(bar.drawn.is_none());
    }
}
