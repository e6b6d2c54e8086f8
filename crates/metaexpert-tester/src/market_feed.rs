//! Recorded ticks and order books as a feed: the rows of several instruments, merged by their times.
//!
//! The one decision: rows come a batch at a time from whoever reads them and become events one by one, in place, so that an event
//! allocates nothing and a day of them takes no more memory than a minute.

mod units; // whole numbers as prices, ticks and quantities

use std::{cmp::Reverse, collections::VecDeque};

use metaexpert_core::{
    Book, Error, Instrument, InstrumentId, LevelChange, PublicTrade, Result, Side, Tick, UnixNanos,
    feed::{Event, Feed},
};
use metaexpert_data::{MarketRow, MarketRows, RowKind};

use self::units::Units;

/// How often progress is told of: a few milliseconds of work, so that whoever listens may draw.
const ROWS_PER_UPDATE: u64 = 1 << 18;

/// Whether a run replays levels of books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replay {
    /// Quotes and prints.
    Ticks,
    /// Levels and prints; quotes are for handlers of ticks only, the venue does not see them.
    Books,
}

/// The stretch of the data that a run is over.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stretch {
    /// The first moment of it.
    pub start: Option<UnixNanos>,
    /// The first moment behind it.
    pub end: Option<UnixNanos>,
}

/// Delivers events by their times at the exchange, and at the same time in the order of the instruments.
pub(crate) struct MarketFeed<'a> {
    cursors: Vec<Cursor>,
    /// Rows read since progress was told of, and before.
    untold: u64,
    told: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl<'a> MarketFeed<'a> {
    /// A feed of these markets. `progress` is told how many rows were read, now and then.
    ///
    /// # Errors
    /// Where an instrument's tick has more decimals than the rows; what the first rows of a market fail with.
    pub(crate) fn new<'i>(
        markets: impl Iterator<Item = (InstrumentId, &'i Instrument, Box<dyn MarketRows>)>,
        replay: Replay,
        stretch: Stretch,
        progress: &'a mut dyn FnMut(u64),
    ) -> Result<Self> {
        let cursor = |(id, instrument, rows)| Cursor::new(id, instrument, rows, replay, stretch);
        Ok(Self { cursors: markets.map(cursor).collect::<Result<_>>()?, untold: 0, told: 0, progress })
    }

    #[cold]
    fn tell(&mut self) {
        self.told += std::mem::take(&mut self.untold);
        (self.progress)(self.told);
    }
}

impl Feed for MarketFeed<'_> {
    #[inline]
    fn next(&mut self) -> Result<Option<Event>> {
        if self.untold >= ROWS_PER_UPDATE {
            self.tell();
        }
        loop {
            self.untold += 1;
            // One market is the usual case and needs no merging.
            let cursor = match self.cursors.as_mut_slice() {
                [cursor] => cursor,
                cursors => match earliest(cursors)? {
                    Some(cursor) => cursor,
                    None => return Ok(None),
                },
            };
            // What was made is handed on where it stands: taking it apart and putting it together again would cost more than all else.
            match cursor.advance() {
                Ok(None) if cursor.pace != Pace::Ended => {}
                next => return next,
            }
        }
    }
}

/// The market whose next row is the earliest; of several the first.
fn earliest(cursors: &mut [Cursor]) -> Result<Option<&mut Cursor>> {
    cursors.iter_mut().try_for_each(Cursor::fill)?;
    let open = cursors.iter_mut().filter_map(|cursor| Some((Reverse(cursor.next_time()?), cursor)));
    // Of several that are greatest the last is taken, and the first is wanted.
    Ok(open.rev().max_by_key(|(time, _)| *time).map(|(_, cursor)| cursor))
}

/// How the next row may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Without another thought, until the batch is read.
    Straight,
    /// Something else may come first, or the stretch begins or ends here.
    Careful,
    /// There is none.
    Ended,
}

/// One market, and how far it was read.
struct Cursor {
    instrument: InstrumentId,
    source: Box<dyn MarketRows>,
    batch: Vec<MarketRow>,
    at: usize,
    pace: Pace,
    units: Units,
    replay: Replay,
    stretch: Stretch,
    /// The quote as far as it is known; a price of zero is not.
    tick: Tick,
    /// Prints stand for quotes, where there is none in the data.
    has_quotes: bool,
    /// A print has changed the last price: a tick follows it.
    owes_tick: bool,
    /// The book before the stretch begins, and then its levels, which are told of first.
    before: Option<Box<Book>>,
    first_levels: VecDeque<LevelChange>,
}

impl Cursor {
    fn new(
        id: InstrumentId,
        instrument: &Instrument,
        source: Box<dyn MarketRows>,
        replay: Replay,
        stretch: Stretch,
    ) -> Result<Self> {
        let info = source.info();
        let begins_later = stretch.start.is_some_and(|start| start > info.first) && replay == Replay::Books;
        let mut cursor = Self {
            instrument: id,
            units: Units::new(info, instrument)?,
            replay,
            stretch,
            tick: Tick { time: UnixNanos::MIN, bid: 0.0, bid_quantity: 0.0, ask: 0.0, ask_quantity: 0.0, last: None },
            has_quotes: info.quotes > 0,
            owes_tick: false,
            before: begins_later.then(|| Box::new(Book::new(instrument.rules.tick_size))),
            first_levels: VecDeque::new(),
            batch: Vec::new(),
            at: 0,
            pace: Pace::Careful,
            source,
        };
        cursor.fill()?;
        Ok(cursor)
    }

    /// When the next event is, or the next row that may become one; `None` at the end.
    fn next_time(&self) -> Option<UnixNanos> {
        if self.owes_tick {
            return Some(self.tick.time);
        }
        let row = self.first_levels.front().map(|change| change.time);
        row.or_else(|| self.batch.get(self.at).map(|row| row.time)).filter(|time| self.stretch.end.is_none_or(|end| *time < end))
    }

    /// Reads the next rows where none is left.
    fn fill(&mut self) -> Result<()> {
        if self.at == self.batch.len() && self.pace != Pace::Ended {
            self.source.read(&mut self.batch).map_err(|error| Error::MarketData(error.to_string()))?;
            self.at = 0;
            self.pace = Pace::Careful;
        }
        Ok(())
    }

    /// Takes a row; `None` where it is for nobody, or a part of what a later one completes, and at the end.
    #[inline]
    fn advance(&mut self) -> Result<Option<Event>> {
        if self.at == self.batch.len() || self.pace != Pace::Straight {
            return self.advance_slowly();
        }
        let Some(row) = self.batch.get(self.at) else { return Ok(None) };
        self.at += 1;
        self.event(*row)
    }

    /// The beginning and the end of a batch, of the stretch, and the tick that a print is followed by.
    #[inline(never)]
    fn advance_slowly(&mut self) -> Result<Option<Event>> {
        if self.owes_tick {
            self.owes_tick = false;
            self.look_ahead();
            return Ok(Some(Event::Tick(self.instrument, self.tick)));
        }
        if let Some(change) = self.first_levels.pop_front() {
            self.look_ahead();
            return Ok(Some(Event::Book(self.instrument, change)));
        }
        self.fill()?;
        let Some(row) = self.batch.get(self.at).copied().filter(|row| self.stretch.end.is_none_or(|end| row.time < end)) else {
            self.pace = Pace::Ended;
            return Ok(None);
        };
        if self.stretch.start.is_some_and(|start| row.time < start) {
            self.at += 1;
            self.pass_over(&row)?;
            return Ok(None);
        }
        if self.before.is_some() {
            self.begin();
            return Ok(None);
        }
        self.look_ahead();
        self.at += 1;
        self.event(row)
    }

    /// Whether the next row may be taken without another thought: the stretch has begun and does not end within the batch.
    fn look_ahead(&mut self) {
        let ends_here = || self.batch.last().zip(self.stretch.end).is_some_and(|(last, end)| last.time >= end);
        let begins_here = || self.batch.get(self.at).zip(self.stretch.start).is_some_and(|(row, start)| row.time < start);
        let comes_first = self.owes_tick || !self.first_levels.is_empty() || self.before.is_some();
        self.pace = if comes_first || begins_here() || ends_here() { Pace::Careful } else { Pace::Straight };
    }

    #[inline]
    fn event(&mut self, row: MarketRow) -> Result<Option<Event>> {
        match row.kind {
            RowKind::Bid | RowKind::Ask if self.replay == Replay::Books => {
                let Some(ticks) = self.units.ticks(row.price) else { return Err(self.off_tick(&row)) };
                let side = if row.kind == RowKind::Bid { Side::Buy } else { Side::Sell };
                let quantity = self.units.quantity(row.quantity);
                let MarketRow { time, clears, ends, .. } = row;
                Ok(Some(Event::Book(self.instrument, LevelChange { time, side, ticks, quantity, clears, ends })))
            }
            RowKind::Bid | RowKind::Ask => Ok(None),
            RowKind::BestBid | RowKind::BestAsk => {
                self.quote(&row);
                // Both sides must be known before anybody is told of one.
                if row.ends && self.tick.bid > 0.0 && self.tick.ask > 0.0 {
                    Ok(Some(Event::Tick(self.instrument, self.tick)))
                } else {
                    Ok(None)
                }
            }
            RowKind::Bought | RowKind::Sold => {
                let (price, quantity) = self.print(&row);
                let buyer_is_taker = row.kind == RowKind::Bought;
                Ok(Some(Event::PublicTrade(self.instrument, PublicTrade { time: row.time, price, quantity, buyer_is_taker })))
            }
        }
    }

    fn quote(&mut self, row: &MarketRow) {
        let (price, quantity) = (self.units.price(row.price), self.units.quantity(row.quantity));
        self.tick.time = row.time;
        if row.kind == RowKind::BestBid {
            (self.tick.bid, self.tick.bid_quantity) = (price, quantity);
        } else {
            (self.tick.ask, self.tick.ask_quantity) = (price, quantity);
        }
    }

    /// Takes note of a print; its price and quantity.
    fn print(&mut self, row: &MarketRow) -> (f64, f64) {
        let (price, quantity) = (self.units.price(row.price), self.units.quantity(row.quantity));
        self.tick.time = row.time;
        let is_new = self.tick.last.replace(price).is_none_or(|last| last.to_bits() != price.to_bits());
        if !self.has_quotes {
            (self.tick.bid, self.tick.bid_quantity, self.tick.ask, self.tick.ask_quantity) = (price, quantity, price, quantity);
        }
        self.owes_tick = is_new && self.tick.bid > 0.0 && self.tick.ask > 0.0;
        if self.owes_tick {
            self.pace = Pace::Careful;
        }
        (price, quantity)
    }

    /// A row from before the stretch: what is known from it stays known.
    fn pass_over(&mut self, row: &MarketRow) -> Result<()> {
        match row.kind {
            RowKind::Bid | RowKind::Ask => {
                if let (Some(Event::Book(_, change)), Some(book)) = (self.event(*row)?, &mut self.before) {
                    book.apply(&change);
                }
            }
            RowKind::BestBid | RowKind::BestAsk => self.quote(row),
            RowKind::Bought | RowKind::Sold => {
                self.print(row);
                self.owes_tick = false;
            }
        }
        Ok(())
    }

    /// The stretch begins: the book as it is by then is told of as a snapshot.
    fn begin(&mut self) {
        let Some(book) = self.before.take() else { return };
        let time = self.stretch.start.unwrap_or(UnixNanos::MIN);
        for (side, opposite) in [(Side::Buy, Side::Sell), (Side::Sell, Side::Buy)] {
            for (ticks, quantity) in book.opposite(opposite) {
                let clears = self.first_levels.is_empty();
                self.first_levels.push_back(LevelChange { time, side, ticks, quantity, clears, ends: false });
            }
        }
        if let Some(last) = self.first_levels.back_mut() {
            last.ends = true;
        }
    }

    #[cold]
    fn off_tick(&self, row: &MarketRow) -> Error {
        let (source, price, tick) = (&self.source.info().source, self.units.exact(row.price), self.units.tick_size());
        Error::MarketData(format!(
            "{source}: price `{price}` at `{}` is not a multiple of the instrument's tick {tick}",
            row.time
        ))
    }
}

#[cfg(test)]
mod tests;
