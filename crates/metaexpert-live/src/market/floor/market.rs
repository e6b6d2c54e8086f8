//! One instrument, and who hears what of it.

use metaexpert_core::{InstrumentId, Timeframe, UnixNanos};
use tokio::time::Instant;

use super::Complaint;
use crate::market::book::LiveBook;

/// Hearers, and their numbers of the instrument.
pub(super) type Hearing = Vec<(usize, InstrumentId)>;

/// One instrument, and who hears what of it.
#[derive(Debug)]
pub(super) struct Market {
    /// As the exchange spells it.
    pub(super) name: String,
    pub(super) everybody: Hearing,
    pub(super) quotes: Hearing,
    pub(super) prints: Hearing,
    pub(super) marks: Hearing,
    pub(super) book: Option<LiveBook>,
    /// That its book has broken.
    pub(super) broke: Complaint,
    /// Which series are its bars.
    pub(super) series: Vec<(Timeframe, usize)>,
    /// Whether anything that counts was heard of it since time passed last.
    pub(super) is_heard: bool,
    /// When it was known last to have been heard of.
    pub(super) heard_at: Instant,
    /// It was said to be silent.
    pub(super) is_stale: bool,
    /// Since when entries wait for its streams, and for what was missed of it.
    pub(super) lost: Option<UnixNanos>,
}

impl Market {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            everybody: Vec::new(),
            quotes: Vec::new(),
            prints: Vec::new(),
            marks: Vec::new(),
            book: None,
            broke: Complaint::default(),
            series: Vec::new(),
            is_heard: false,
            heard_at: Instant::now(),
            is_stale: false,
            lost: None,
        }
    }

    /// The series of this length; where a report does not say its length, the only one.
    pub(super) fn series_of(&self, timeframe: Option<Timeframe>) -> Option<usize> {
        let Some(timeframe) = timeframe else {
            return if let [(_, only)] = self.series.as_slice() { Some(*only) } else { None };
        };
        self.series.iter().find(|(of, _)| *of == timeframe).map(|(_, series)| *series)
    }

    pub(super) fn drop_hearer(&mut self, number: usize) {
        for hearing in [&mut self.everybody, &mut self.quotes, &mut self.prints, &mut self.marks] {
            hearing.retain(|(hearer, _)| *hearer != number);
        }
        if let Some(book) = &mut self.book {
            book.readers.retain(|reader| reader.hearer != number);
        }
    }
}
