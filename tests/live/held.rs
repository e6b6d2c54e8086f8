//! How much memory the expert holds, told by itself: what it has asked for and not given back.
//!
//! The one decision: what is held is counted, not what the system shows of the process. The system shows pages: those of code that was not
//! needed before, and those of a burst that is over, which stay where one small thing lies at their end. What SQLite holds is not
//! counted; its pages are bounded (2 MB).

use std::{env, fs, thread, time::Duration};

use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// The environment variable that names the file to tell it in.
const FILE: &str = "HELD";

/// How often it is told.
const EVERY: Duration = Duration::from_millis(500);

/// Tells it from now on, where somebody wants to know, in bytes.
pub(crate) fn tell() {
    let Some(file) = env::var_os(FILE) else { return };
    let unfinished = format!("{}.new", file.display());
    thread::spawn(move || {
        loop {
            let bytes = HEAP.current_usage().to_string();
            // A disk that is full is another test's; a number that stays behind says nothing wrong.
            if fs::write(&unfinished, bytes).is_ok() {
                let _stays_behind = fs::rename(&unfinished, &file);
            }
            thread::sleep(EVERY);
        }
    });
}
