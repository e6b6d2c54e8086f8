//! The last lines of a log, read from its end: a big file costs no more than a small one.

use std::{
    fs::File,
    io::{self, ErrorKind, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use same_file::Handle;

use super::{Head, Sieve};

const BLOCK: usize = 64 * 1024;

/// The last lines of a log.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// Without their line ends.
    pub(crate) lines: Vec<String>,
    /// The file that is written now.
    pub(crate) file: Option<File>,
    /// Where that file ended, as far as whole lines go.
    pub(crate) end: u64,
    /// Whether the last record was shown, so that what belongs to it is too.
    pub(crate) shows_the_last: bool,
    /// A compressed file that holds what came before, and was not read.
    pub(crate) compressed: Option<PathBuf>,
}

impl Tail {
    /// At most `most` of the lines that pass, the last ones; back into the files that were put aside where this one has too few.
    ///
    /// # Errors
    /// When a file cannot be read. One that is not there is empty.
    pub(crate) fn of(path: &Path, most: usize, sieve: &Sieve) -> io::Result<Self> {
        let mut tail = Self { shows_the_last: sieve.least.is_none(), ..Self::default() };
        let mut gathered = Gathered { shown: Vec::new(), undecided: Vec::new(), most, last: None };
        for backup in 0_u32.. {
            let file = if backup == 0 { path.to_owned() } else { with_ending(path, &format!(".{backup}")) };
            match Backwards::of_file(&file) {
                Ok(lines) if backup == 0 => {
                    (tail.file, tail.end) = (Some(lines.file.try_clone()?), lines.end_of_whole_lines);
                    gathered.take(lines, sieve)?;
                }
                // The file that is written now may have been put aside a moment ago.
                Ok(lines) if backup == 1 && is_same(&lines.file, tail.file.as_ref())? => {}
                Ok(lines) => gathered.take(lines, sieve)?,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    tail.compressed = Some(with_ending(&file, ".gz")).filter(|file| file.exists());
                    if backup > 0 {
                        break;
                    }
                }
                Err(error) => return Err(error),
            }
            if gathered.is_full() {
                break;
            }
        }
        tail.shows_the_last = gathered.last.unwrap_or(tail.shows_the_last);
        tail.lines = gathered.finish(sieve);
        Ok(tail)
    }
}

fn is_same(one: &File, other: Option<&File>) -> io::Result<bool> {
    let Some(other) = other else { return Ok(false) };
    Ok(Handle::from_file(one.try_clone()?)? == Handle::from_file(other.try_clone()?)?)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Lines so far, the last one first.
struct Gathered {
    shown: Vec<String>,
    /// Lines below a record whose first line was not seen yet.
    undecided: Vec<String>,
    most: usize,
    /// Whether the very last record passes.
    last: Option<bool>,
}

impl Gathered {
    fn take(&mut self, lines: Backwards, sieve: &Sieve) -> io::Result<()> {
        for line in lines {
            if self.is_full() {
                break;
            }
            let line = line?;
            if sieve.lets_everything_pass() {
                self.shown.push(line);
                continue;
            }
            let Some(passes) = Head::of(&line).map(|head| sieve.lets_pass(&head)) else {
                // More than are wanted need not be kept: those further up would not be shown.
                if self.shown.len() + self.undecided.len() < self.most {
                    self.undecided.push(line);
                }
                continue;
            };
            self.last.get_or_insert(passes);
            if passes {
                self.shown.append(&mut self.undecided);
                self.shown.push(line);
            }
            self.undecided.clear();
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.shown.len() >= self.most
    }

    /// In the order in which they were written. What stands above every record is shown where no level is asked for.
    fn finish(mut self, sieve: &Sieve) -> Vec<String> {
        if sieve.least.is_none() {
            self.shown.append(&mut self.undecided);
        }
        self.shown.truncate(self.most);
        self.shown.reverse();
        self.shown
    }
}

/// The lines of a file from its last one to its first.
pub(super) struct Backwards {
    file: File,
    /// What lies before it is not read yet.
    start: u64,
    /// What was read and not handed out.
    buffer: Vec<u8>,
    is_done: bool,
    /// Behind the last line end.
    end_of_whole_lines: u64,
}

impl Backwards {
    pub(super) fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let start = file.seek(SeekFrom::End(0))?;
        let mut lines = Self { file, start, buffer: Vec::new(), is_done: start == 0, end_of_whole_lines: 0 };
        while !lines.buffer.contains(&b'\n') && lines.read_block()? {}
        let after = lines.buffer.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        lines.end_of_whole_lines = lines.start + after as u64;
        // The last line's own end is not the beginning of an empty one.
        if after == lines.buffer.len() && after > 0 {
            lines.buffer.pop();
        }
        Ok(lines)
    }

    /// Reads the block before what is read, if there is one.
    fn read_block(&mut self) -> io::Result<bool> {
        let length = usize::try_from(self.start).unwrap_or(BLOCK).min(BLOCK);
        if length == 0 {
            return Ok(false);
        }
        self.start -= length as u64;
        self.file.seek(SeekFrom::Start(self.start))?;
        let mut block = vec![0; length];
        self.file.read_exact(&mut block)?;
        block.append(&mut self.buffer);
        self.buffer = block;
        Ok(true)
    }

    fn next_line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(at) = self.buffer.iter().rposition(|byte| *byte == b'\n') {
                let line = self.buffer.split_off(at + 1);
                self.buffer.pop();
                return Ok(line);
            }
            if !self.read_block()? {
                self.is_done = true;
                return Ok(std::mem::take(&mut self.buffer));
            }
        }
    }
}

impl Iterator for Backwards {
    type Item = io::Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let line = self.next_line();
        self.is_done |= line.is_err();
        Some(line.map(|line| String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line)).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::command_line::Level;

    fn record(level: &str, message: &str) -> String {
        format!("2026-03-02T09:26:02.894546Z {level} [ema BTCUSDT] {message}\n")
    }

    fn from(level: Level) -> Sieve {
        Sieve { least: Some(level), ..Sieve::default() }
    }

    /// The last word of each line.
    fn words(tail: &Tail) -> Vec<&str> {
        tail.lines.iter().filter_map(|line| line.rsplit(' ').next()).collect()
    }

    #[test]
    fn lines_come_from_last_to_first_whatever_the_size_of_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let long = "x".repeat(3 * BLOCK);
        for lines in [vec![], vec!["a"], vec!["a", "", "b"], vec!["a", &long, "b", &long], vec!["", ""]] {
            for end in ["\n", ""] {
                let text = lines.join("\n") + if lines.is_empty() { "" } else { end };
                fs::write(&path, &text).unwrap();
                let backwards = Backwards::of_file(&path).unwrap();
                let whole = text.rfind('\n').map_or(0, |at| at + 1);
                assert_eq!(backwards.end_of_whole_lines, whole as u64);
                let mut read: Vec<_> = backwards.map(Result::unwrap).collect();
                read.reverse();
                assert_eq!(read, text.lines().collect::<Vec<_>>());
            }
        }
        let many = (0..50_000).map(|number| number.to_string()).collect::<Vec<_>>().join("\n");
        fs::write(&path, &many).unwrap();
        assert!(Backwards::of_file(&path).unwrap().map(Result::unwrap).eq(many.lines().rev().map(str::to_owned)));
    }

    #[test]
    fn a_log_is_read_back_into_the_files_that_were_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("expert.log");
        for (name, text) in
            [("expert.log", "6\n7\n"), ("expert.log.1", "4\n5\n"), ("expert.log.2", "2\n3\n"), ("expert.log.3.gz", "")]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        for (most, expected) in [(0, vec![]), (1, vec!["7"]), (3, vec!["5", "6", "7"]), (6, vec!["2", "3", "4", "5", "6", "7"])] {
            let tail = Tail::of(&path, most, &Sieve::default()).unwrap();
            assert_eq!((words(&tail), &tail.compressed), (expected, &None));
        }
        let tail = Tail::of(&path, 7, &Sieve::default()).unwrap();
        assert_eq!(tail.lines.len(), 6);
        assert_eq!(tail.compressed, Some(folder.path().join("expert.log.3.gz")));
        assert_eq!(tail.end, 4);
        assert_eq!(Tail::of(&folder.path().join("none.log"), 7, &Sieve::default()).unwrap().lines.len(), 0);
    }

    #[test]
    fn what_stands_below_a_record_is_shown_or_not_as_the_record_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("expert.log");
        let json = r#"{"timestamp":"2026-03-02T09:26:02.894606Z","level":"ERROR","appname":"ema","message":"json"}"#;
        let text = [
            "above\n",
            &record("INFO ", "one"),
            "below one\n",
            &record("ERROR", "two"),
            "below two\n",
            &record("DEBUG", "three"),
            json,
            "\n",
            &record("INFO ", "four"),
        ];
        fs::write(&path, text.concat()).unwrap();
        let shown = |most, sieve: &Sieve| Tail::of(&path, most, sieve).unwrap();
        let errors = shown(9, &from(Level::Error));
        assert_eq!(errors.lines, [record("ERROR", "two").trim_end(), "below two", json]);
        assert!(!errors.shows_the_last);
        assert_eq!(shown(2, &from(Level::Error)).lines, ["below two", json]);
        let infos = shown(9, &from(Level::Info));
        assert_eq!(infos.lines.len(), 6, "{infos:?}");
        assert!(infos.shows_the_last);
        assert_eq!(shown(9, &Sieve::default()).lines.len(), 8);
    }
}
