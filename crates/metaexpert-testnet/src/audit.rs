//! Everything that happened, in order: the judge of what was really sent.
//!
//! The one decision: the audit is written by the server where things pass, not by those who do them, so that it says what the
//! exchange saw and what it answered even where an answer was lost. Signatures and secrets are masked before anything is kept. What
//! markets send is counted for each socket, not kept: it can be made again from the seed.

mod judge; // questions to it
mod line; // what is kept of what
mod masking; // nothing secret is kept
mod orders; // news of accounts as lines

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufWriter, Write as _},
    path::Path,
};

pub use judge::{OrderLife, RequestSeen};
pub use line::{
    AlgoLine, CoinLine, Delivery, Execution, FaultLine, FrameLine, Line, OrderLine, RequestLine, SocketLine, SocketState,
    WalletLine, What,
};
pub(crate) use masking::masked;
pub(crate) use orders::what_of;

use crate::protocol::Moment;

/// Lines that are kept in memory; of more, the latest. A rehearsal of some hours fits, and some hundred megabytes are the most.
const KEPT: usize = 200_000;

/// Everything that happened.
#[derive(Debug)]
pub struct Audit {
    next: u64,
    kept: VecDeque<Line>,
    most: usize,
    file: Option<BufWriter<File>>,
    failed: Option<io::Error>,
}

impl Default for Audit {
    fn default() -> Self {
        Self { next: 1, kept: VecDeque::new(), most: KEPT, file: None, failed: None }
    }
}

impl Audit {
    /// Writes every line to a file, too: JSON, one a line. A file that is there is written over.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn write_to(&mut self, path: &Path) -> io::Result<()> {
        self.file = Some(BufWriter::new(File::create(path)?));
        Ok(())
    }

    /// Puts down what has happened. Returns the line's number.
    pub fn put(&mut self, at: Moment, what: What) -> u64 {
        let number = self.next;
        self.next += 1;
        let line = Line { number, clock: at.clock, market: at.market, what };
        self.write(&line);
        if self.kept.len() >= self.most {
            self.kept.pop_front();
        }
        self.kept.push_back(line);
        number
    }

    /// Says that an answer was not delivered since whoever asked had gone.
    pub fn nobody_took(&mut self, number: u64, at: Moment) {
        if let Some(What::Request(request)) = self.line_mut(number).map(|line| &mut line.what) {
            request.delivery = Delivery::NobodyThere;
        }
        self.put(at, What::Undelivered { request: number });
    }

    /// The lines from a number on, oldest first. Those that are no longer in memory are in the file only.
    pub fn since(&self, number: u64) -> impl Iterator<Item = &Line> {
        let first = self.kept.partition_point(|line| line.number < number);
        self.kept.range(first..)
    }

    /// Everything that is in memory, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.kept.iter()
    }

    /// Puts what was written into the file.
    ///
    /// # Errors
    /// The first failure of the file, this one or an earlier one.
    pub fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.as_mut().map_or(Ok(()), io::Write::flush);
        if let Err(error) = flushed {
            self.failed.get_or_insert(error);
            self.file = None;
        }
        // It is told to everybody who asks: who stops the testnet asks after the testnet itself has.
        self.failed.as_ref().map_or(Ok(()), |error| Err(io::Error::new(error.kind(), error.to_string())))
    }

    fn line_mut(&mut self, number: u64) -> Option<&mut Line> {
        let place = self.kept.partition_point(|line| line.number < number);
        self.kept.get_mut(place).filter(|line| line.number == number)
    }

    /// A full disk does not end a rehearsal: the file ends there, and `flush` says why.
    fn write(&mut self, line: &Line) {
        let Some(file) = &mut self.file else { return };
        let written = serde_json::to_writer(&mut *file, line).map_err(io::Error::from).and_then(|()| file.write_all(b"\n"));
        if let Err(error) = written {
            self.failed = Some(error);
            self.file = None;
        }
    }
}

#[cfg(test)]
mod tests;
