//! What is written to a log from now on, through rotation.
//!
//! The one decision: it looks again and again instead of being told. Being told of changes costs a thread and is not to be had on
//! every file system; a look at a file that has not grown costs next to nothing.

use std::{
    fs::File,
    io::{self, ErrorKind, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use same_file::Handle;

use super::{Head, Sieve, Tail};

/// Most that is read at one look, so that what was read is shown before more is.
const MOST_AT_ONCE: u64 = 1024 * 1024;

/// One log that is followed.
#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) path: PathBuf,
    sieve: Sieve,
    open: Option<Handle>,
    at: u64,
    /// The beginning of a line whose end is not written yet.
    unfinished: Vec<u8>,
    /// Whether the record that is being read is shown.
    shows: bool,
}

impl Follower {
    /// Follows a log from where its tail has ended; a file that is not there yet, from its beginning.
    pub(crate) fn after(path: &Path, tail: Tail, sieve: Sieve) -> Self {
        Self {
            path: path.to_owned(),
            sieve,
            open: tail.file.and_then(|file| Handle::from_file(file).ok()),
            at: tail.end,
            unfinished: Vec::new(),
            shows: tail.shows_the_last,
        }
    }

    /// The lines that were written since the last look.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub(crate) fn look(&mut self) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        let there = match Handle::from_path(&self.path) {
            Ok(there) => Some(there),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        // First what was still written to the file that has been put aside since.
        let is_behind = self.read(&mut lines)?;
        if let Some(there) = there
            && !is_behind
            && self.open.as_ref() != Some(&there)
        {
            self.finish_line(&mut lines);
            (self.open, self.at) = (Some(there), 0);
            self.read(&mut lines)?;
        }
        Ok(lines)
    }

    /// Reads on in the open file, and says whether there is more than one look takes.
    fn read(&mut self, lines: &mut Vec<String>) -> io::Result<bool> {
        let Some(mut file) = self.open.as_ref().map(Handle::as_file) else { return Ok(false) };
        let length = file.metadata()?.len();
        if length < self.at {
            // It was emptied.
            self.at = 0;
            self.unfinished.clear();
        }
        file.seek(SeekFrom::Start(self.at))?;
        let read = <&File as Read>::take(file, MOST_AT_ONCE).read_to_end(&mut self.unfinished)?;
        self.at += read as u64;
        let whole = self.unfinished.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let rest = self.unfinished.split_off(whole);
        let text = std::mem::replace(&mut self.unfinished, rest);
        for line in String::from_utf8_lossy(&text).lines() {
            self.sift(line, lines);
        }
        Ok(read as u64 == MOST_AT_ONCE)
    }

    /// A line that will not get its end any more.
    fn finish_line(&mut self, lines: &mut Vec<String>) {
        let line = std::mem::take(&mut self.unfinished);
        if !line.is_empty() {
            self.sift(&String::from_utf8_lossy(&line), lines);
        }
    }

    fn sift(&mut self, line: &str, lines: &mut Vec<String>) {
        if !self.sieve.lets_everything_pass()
            && let Some(head) = Head::of(line)
        {
            self.shows = self.sieve.lets_pass(&head);
        }
        if self.shows || self.sieve.lets_everything_pass() {
            lines.push(line.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;
    use crate::command_line::Level;

    struct Log {
        folder: tempfile::TempDir,
        follower: Follower,
    }

    impl Log {
        fn followed(sieve: &Sieve, before: Option<&str>) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("expert.log");
            if let Some(before) = before {
                fs::write(&path, before).unwrap();
            }
            let tail = Tail::of(&path, 10, sieve).unwrap();
            let follower = Follower::after(&path, tail, sieve.clone());
            Self { folder, follower }
        }

        fn write(&self, text: &str) {
            let mut file = File::options().create(true).append(true).open(&self.follower.path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }

        fn rotate(&self) {
            fs::rename(&self.follower.path, self.folder.path().join("expert.log.1")).unwrap();
        }

        fn look(&mut self) -> Vec<String> {
            self.follower.look().unwrap()
        }
    }

    #[test]
    fn a_line_is_shown_once_it_is_whole() {
        let mut log = Log::followed(&Sieve::default(), Some("before\nhalf"));
        assert_eq!(log.look(), [""; 0]);
        log.write(" a line\nanother ");
        assert_eq!(log.look(), ["half a line"]);
        log.write("one\n\n");
        assert_eq!(log.look(), ["another one", ""]);
        assert_eq!(log.look(), [""; 0]);
    }

    #[test]
    fn nothing_is_lost_when_a_file_is_put_aside() {
        let mut log = Log::followed(&Sieve::default(), Some("before\n"));
        log.write("last of the old\n");
        log.rotate();
        assert_eq!(log.look(), ["last of the old"], "the new file is not there yet");
        log.write("first of the new\n");
        assert_eq!(log.look(), ["first of the new"]);
        log.write("old again\n");
        log.rotate();
        log.write("new again\n");
        assert_eq!(log.look(), ["old again", "new again"]);
    }

    #[test]
    fn a_file_that_is_emptied_is_read_from_its_beginning() {
        let mut log = Log::followed(&Sieve::default(), Some("a longer line before\n"));
        fs::write(&log.follower.path, "new\n").unwrap();
        assert_eq!(log.look(), ["new"]);
    }

    #[test]
    fn a_file_that_is_not_there_yet_is_waited_for() {
        let mut log = Log::followed(&Sieve::default(), None);
        assert_eq!(log.look(), [""; 0]);
        log.write("first\n");
        assert_eq!(log.look(), ["first"]);
    }

    #[test]
    fn what_is_shown_depends_on_the_record_even_where_that_stood_before() {
        let record = |level: &str| format!("2026-03-02T09:26:02.894546Z {level} [ema] said\n");
        let sieve = Sieve { least: Some(Level::Error), ..Sieve::default() };
        let mut log = Log::followed(&sieve, Some(&record("ERROR")));
        log.write("below the error\n");
        log.write(&record("INFO "));
        log.write("below the information\n");
        log.write(&record("CRITICAL"));
        assert_eq!(log.look(), ["below the error", record("CRITICAL").trim_end()]);
    }

    #[test]
    fn a_flood_comes_in_parts_and_completely() {
        let mut log = Log::followed(&Sieve::default(), Some(""));
        let flood = "a line of a flood\n".repeat(100_000);
        log.write(&flood);
        log.rotate();
        log.write("new\n");
        let mut lines = Vec::new();
        while lines.last().is_none_or(|line| line != "new") {
            lines.extend(log.look());
        }
        assert!(lines.iter().map(String::as_str).eq(flood.lines().chain(["new"])));
    }
}
