//! Lines of a text, plain or in gzip, one at a time.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

/// The longest line that is read: a full snapshot of a book is some 200 kB.
const LINE_MAX: u64 = 16 << 20;

/// A text that is being read.
pub(super) struct Lines {
    text: Box<dyn BufRead + Send>,
    line: String,
    number: u64,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Lines {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
        let is_packed = file.fill_buf()?.starts_with(&[0x1F, 0x8B]);
        let text: Box<dyn BufRead + Send> =
            if is_packed { Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file))) } else { Box::new(file) };
        Ok(Self { text, line: String::new(), number: 0 })
    }

    /// The next line that is not empty, and its number from 1.
    pub(super) fn read(&mut self) -> io::Result<Option<(u64, &str)>> {
        loop {
            self.line.clear();
            if (&mut self.text).take(LINE_MAX).read_line(&mut self.line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if !self.line.trim_end().is_empty() {
                return Ok(Some((self.number, self.line.trim_end())));
            }
        }
    }
}
