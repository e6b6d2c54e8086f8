//! What experts have logged: found, read from its end, filtered, followed.
//!
//! The one decision: files are read as `metaexpert-log` writes them, text or JSON lines, whichever a line is. A line that is
//! neither belongs to the record above it, as the text of a panic does.

mod follow; // what is written from now on, through rotation
mod head; // what the first line of a record says about it
mod sieve; // which lines are shown
mod tail; // the last lines of a file and of those before it

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

pub(crate) use {follow::Follower, sieve::Sieve, tail::Tail};

use self::{head::Head, tail::Backwards};
use crate::{
    command_line::Level,
    processes::{LogFiles, RunFile, distinct},
};

/// Most lines of `errors.log` that are looked at: more than that many errors are as good as that many.
const MOST_ERRORS: usize = 100_000;

/// The files of one kind that the experts of a program write, each once.
pub(crate) fn of_kind(run: &RunFile, kind: fn(&LogFiles) -> &String) -> Vec<PathBuf> {
    distinct(run.experts.iter().filter_map(|expert| expert.logs.as_ref()).map(|logs| logs.folder.join(kind(logs))))
}

/// When the log of an expert was last written to.
pub(crate) fn last_logged(run: &RunFile) -> Option<Timestamp> {
    let written = |path: &PathBuf| Timestamp::try_from(fs::metadata(path).ok()?.modified().ok()?).ok();
    of_kind(run, |logs| &logs.expert).iter().filter_map(written).max()
}

/// How many records of ERROR and worse an expert has written since it was started; none where it writes no files.
pub(crate) fn errors_since_start(run: &RunFile) -> Option<usize> {
    let files = of_kind(run, |logs| &logs.errors);
    (!files.is_empty()).then(|| files.iter().map(|path| errors_in(path, run)).sum())
}

fn errors_in(path: &Path, run: &RunFile) -> usize {
    let Ok(lines) = Backwards::of_file(path) else { return 0 };
    let is_recent = |head: &Head<'_>| head.time.parse::<Timestamp>().is_ok_and(|time| time >= run.started);
    let is_of_ours = |head: &Head<'_>| run.experts.iter().any(|expert| head.may_be_of(&expert.name));
    let mut errors = 0;
    for line in lines.map_while(Result::ok).take(MOST_ERRORS) {
        match Head::of(&line) {
            Some(head) if !is_recent(&head) => break,
            Some(head) if head.level >= Level::Error && is_of_ours(&head) => errors += 1,
            _ => {}
        }
    }
    errors
}
