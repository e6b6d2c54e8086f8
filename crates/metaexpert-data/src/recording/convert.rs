//! A recording becomes a file of rows: once, so that no run has to parse texts again.

use std::path::Path;

use metaexpert_core::UnixNanos;

use super::{
    BookGap, DepthSnapshot, DepthUpdate, Message, Print, Quote, Recording, SCALE,
    order::{HOLD_NANOS, TimeOrder},
    sync::{BookSync, Step},
};
use crate::{DataError, MarketInfo, MarketRow, MarketWriter, RowKind};

/// What came of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// What the new file holds.
    pub info: MarketInfo,
    /// How many messages the recording has.
    pub messages: u64,
    /// Where changes of the book were lost; from there to the next snapshot there is no book.
    pub gaps: Vec<BookGap>,
    /// Messages with changes that are in no book: those before the first snapshot and between a gap and the next.
    pub without_book: u64,
    /// Quotes and prints without a price or a quantity: an exchange's bookkeeping, no market.
    pub empty: u64,
}

/// Makes a file of rows from a recording. Times are the exchange's; a message without one (quotes and snapshots of spot) has the
/// newest time before it. A quote is written where it changes, and only the side that changed.
///
/// # Errors
/// A line that is no message; a stream that lags more than 5 s behind the others; changes of a book without a snapshot that they
/// join; a recording without messages; a file that cannot be written.
pub fn convert(recording: &Path, to: &Path) -> Result<Converted, DataError> {
    let mut recording = Recording::open(recording)?;
    let mut conversion = Conversion::new(MarketWriter::create(to, SCALE, SCALE)?);
    while let Some((line, local, message)) = recording.read()? {
        let late = |given| late(&recording.file, line, given);
        conversion.add(line, local, message).map_err(late)?;
        while let Some(row) = conversion.order.due() {
            conversion.writer.push(row)?;
        }
    }
    conversion.finish(&recording.file)
}

fn late(file: &str, line: u64, given: UnixNanos) -> DataError {
    let seconds = HOLD_NANOS / 1_000_000_000;
    let reason = format!("its time is more than {seconds} s behind other streams', which are at `{given}` already");
    DataError::BadMessage { file: file.to_owned(), line, reason }
}

/// A recording on its way into a file.
#[derive(Debug)]
struct Conversion {
    writer: MarketWriter,
    order: TimeOrder,
    sync: BookSync,
    /// The newest time of any message.
    newest: UnixNanos,
    /// The time of the book's last row: its rows stand in the order of their numbers, which is that of their times or says more.
    book_time: UnixNanos,
    quote: Option<Quote>,
    has_book: bool,
    messages: u64,
    snapshots: u64,
    changes: u64,
    in_book: u64,
    gaps: Vec<BookGap>,
    empty: u64,
}

impl Conversion {
    fn new(writer: MarketWriter) -> Self {
        Self {
            writer,
            order: TimeOrder::new(),
            sync: BookSync::new(),
            newest: UnixNanos::MIN,
            book_time: UnixNanos::MIN,
            quote: None,
            has_book: false,
            messages: 0,
            snapshots: 0,
            changes: 0,
            in_book: 0,
            gaps: Vec::new(),
            empty: 0,
        }
    }

    /// Takes a message; `Err` with the time that it comes too late for.
    fn add(&mut self, line: u64, local: UnixNanos, message: Message) -> Result<(), UnixNanos> {
        self.messages += 1;
        match message {
            Message::Depth(update) => {
                self.changes += 1;
                self.newest = self.newest.max(update.time);
                let step = self.sync.update(line, update);
                self.step(local, step)
            }
            Message::Snapshot(snapshot) => {
                self.snapshots += 1;
                let step = self.sync.snapshot(snapshot);
                self.step(local, step)
            }
            Message::Quote(quote) => self.quote(local, quote),
            Message::Print(print) => self.print(local, print),
        }
    }

    fn step(&mut self, local: UnixNanos, step: Step) -> Result<(), UnixNanos> {
        match step {
            Step::Begins(snapshot, behind) => {
                self.has_book = true;
                self.begin(local, &snapshot)?;
                behind.iter().try_for_each(|update| self.go_on(local, update))
            }
            Step::Goes(update) => self.go_on(local, &update),
            Step::Lost(gap) => {
                self.gaps.push(gap);
                // Nobody may trade on a book that is not right: it is empty from here on.
                self.levels(local, self.newest, true, &[], &[])
            }
            Step::Nothing => Ok(()),
        }
    }

    fn begin(&mut self, local: UnixNanos, snapshot: &DepthSnapshot) -> Result<(), UnixNanos> {
        self.levels(local, snapshot.time.unwrap_or(self.newest), true, &snapshot.bids, &snapshot.asks)
    }

    fn go_on(&mut self, local: UnixNanos, update: &DepthUpdate) -> Result<(), UnixNanos> {
        self.in_book += 1;
        self.levels(local, update.time, false, &update.bids, &update.asks)
    }

    /// One message's levels. A message without any is told of by nothing, unless it clears the book.
    fn levels(
        &mut self,
        local: UnixNanos,
        time: UnixNanos,
        clears: bool,
        bids: &[(i64, i64)],
        asks: &[(i64, i64)],
    ) -> Result<(), UnixNanos> {
        self.book_time = self.book_time.max(time);
        let sides = bids.iter().map(|level| (RowKind::Bid, level)).chain(asks.iter().map(|level| (RowKind::Ask, level)));
        let none = [(RowKind::Bid, &(0, 0))];
        let none = none.into_iter().take(usize::from(clears && bids.is_empty() && asks.is_empty()));
        let mut levels = sides.chain(none).peekable();
        let mut clears = clears;
        while let Some((kind, &(price, quantity))) = levels.next() {
            let ends = levels.peek().is_none();
            self.order.push(MarketRow { time: self.book_time, local_time: local, kind, price, quantity, clears, ends })?;
            clears = false;
        }
        Ok(())
    }

    fn quote(&mut self, local: UnixNanos, quote: Quote) -> Result<(), UnixNanos> {
        let before = self.quote.replace(quote);
        self.newest = self.newest.max(quote.time.unwrap_or(self.newest));
        if [quote.bid, quote.ask].iter().any(|(price, quantity)| *price == 0 || *quantity == 0) {
            self.empty += 1;
            self.quote = None;
            return Ok(());
        }
        // Numbers only grow; a quote that was overtaken is not the market's any more.
        if before.is_some_and(|before| before.update > quote.update) {
            self.quote = before;
            return Ok(());
        }
        let time = quote.time.unwrap_or(self.newest);
        let changed = |of: fn(&Quote) -> (i64, i64)| before.as_ref().map(of) != Some(of(&quote));
        let (bid, ask) = (changed(|quote| quote.bid), changed(|quote| quote.ask));
        for (kind, (price, quantity), is_changed, ends) in
            [(RowKind::BestBid, quote.bid, bid, !ask), (RowKind::BestAsk, quote.ask, ask, true)]
        {
            if is_changed {
                self.order.push(MarketRow { time, local_time: local, kind, price, quantity, clears: false, ends })?;
            }
        }
        Ok(())
    }

    fn print(&mut self, local: UnixNanos, print: Print) -> Result<(), UnixNanos> {
        let Print { time, price, quantity, buyer_is_taker } = print;
        self.newest = self.newest.max(time);
        if price == 0 || quantity == 0 {
            self.empty += 1;
            return Ok(());
        }
        let kind = if buyer_is_taker { RowKind::Bought } else { RowKind::Sold };
        self.order.push(MarketRow { time, local_time: local, kind, price, quantity, clears: false, ends: true })
    }

    fn finish(mut self, file: &str) -> Result<Converted, DataError> {
        if self.messages == 0 {
            return Err(DataError::Empty { file: file.to_owned() });
        }
        if self.changes > 0 && !self.has_book {
            return Err(DataError::NoBook { file: file.to_owned(), snapshots: self.snapshots, changes: self.changes });
        }
        while let Some(row) = self.order.next() {
            self.writer.push(row)?;
        }
        Ok(Converted {
            info: self.writer.finish()?,
            messages: self.messages,
            gaps: self.gaps,
            without_book: self.changes - self.in_book,
            empty: self.empty,
        })
    }
}
