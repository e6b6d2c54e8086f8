//! Recorded bars as a feed: several series, merged in time order.

use metaexpert_core::{
    Bar, InstrumentBar, InstrumentId, Result,
    feed::{Event, Feed},
};

/// How often progress is told of: a few milliseconds of work, so that whoever listens may draw.
const BARS_PER_UPDATE: u64 = 1 << 16;

/// One series and how far it was read.
#[derive(Debug)]
struct Cursor<'a> {
    instrument: InstrumentId,
    rest: std::slice::Iter<'a, Bar>,
}

impl Cursor<'_> {
    fn next_time(&self) -> Option<metaexpert_core::UnixNanos> {
        self.rest.as_slice().first().map(|bar| bar.time)
    }
}

/// Delivers bars by opening time, and at the same time in the order of the series. All series have bars of one length.
pub(crate) struct BarFeed<'a> {
    cursors: Vec<Cursor<'a>>,
    delivered: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl<'a> BarFeed<'a> {
    /// A feed of these series. `progress` is told how many bars were delivered, now and then.
    pub(crate) fn new(series: impl Iterator<Item = (InstrumentId, &'a [Bar])>, progress: &'a mut dyn FnMut(u64)) -> Self {
        let cursors = series.map(|(instrument, bars)| Cursor { instrument, rest: bars.iter() }).collect();
        Self { cursors, delivered: 0, progress }
    }

    /// The next bar of several series: the earliest, and whether another one has its time.
    fn merge(&mut self) -> Option<Event> {
        let earliest = self.cursors.iter().filter_map(Cursor::next_time).min()?;
        let mut due = self.cursors.iter_mut().filter(|cursor| cursor.next_time() == Some(earliest));
        let first = due.next()?;
        let bar = *first.rest.next()?;
        let instrument = first.instrument;
        let more = due.next().is_some();
        Some(Event::Bar { bar: InstrumentBar { instrument, bar }, more })
    }
}

impl Feed for BarFeed<'_> {
    #[inline]
    fn next(&mut self) -> Result<Option<Event>> {
        if self.delivered.is_multiple_of(BARS_PER_UPDATE) {
            (self.progress)(self.delivered);
        }
        self.delivered += 1;
        // One series is the usual case and needs no merging.
        if let [Cursor { instrument, rest }] = self.cursors.as_mut_slice() {
            return Ok(rest
                .next()
                .map(|bar| Event::Bar { bar: InstrumentBar { instrument: *instrument, bar: *bar }, more: false }));
        }
        Ok(self.merge())
    }
}
