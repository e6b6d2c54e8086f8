//! Minutes of a market of ticks or books: what its report marks equity at.
//!
//! The one decision: it is seen where the venue sees the market move, so that nothing is replayed twice and the venue's market is
//! the report's. A minute's last price is its close; a minute without any price has no line.

use metaexpert_core::{
    Amendment, Bar, ClientOrderId, InstrumentId, NewOrder, Result, Timeframe, UnixNanos,
    broker::{Answer, Broker, Market},
    journal::Journaled,
    rounding::fifteen_digits,
};
use metaexpert_data::{BarSeries, DataError, MarketInfo};

use crate::market_feed::Replay;

/// How far apart the lines of an equity curve are.
pub(crate) const LINE: Timeframe = Timeframe::M1;

/// A venue, and the minutes of the markets that it has seen.
#[derive(Debug)]
pub(crate) struct Sampled<B> {
    venue: B,
    replay: Replay,
    markets: Vec<Minutes>,
}

/// The minutes of one market.
#[derive(Debug, Default)]
struct Minutes {
    bars: Vec<Bar>,
    /// The minute at hand, and when it ends.
    bar: Option<Bar>,
    end: UnixNanos,
}

impl<B> Sampled<B> {
    /// Before the first event of so many markets.
    pub(crate) fn new(venue: B, replay: Replay, markets: usize) -> Self {
        Self { venue, replay, markets: (0..markets).map(|_| Minutes::default()).collect() }
    }

    /// The minutes of a market, as a series of bars.
    ///
    /// # Errors
    /// Where there was no price at all.
    pub(crate) fn series(&mut self, instrument: InstrumentId, info: &MarketInfo) -> std::result::Result<BarSeries, DataError> {
        let mut minutes = self.markets.get_mut(instrument.index()).map(std::mem::take).unwrap_or_default();
        minutes.bars.extend(minutes.bar.map(on_grid));
        let series = BarSeries::new(&info.source, &minutes.bars, LINE)?;
        Ok(BarSeries { timeframe: LINE, price_step: info.price_step, volume_step: info.quantity_step, ..series })
    }

    #[inline]
    fn note(&mut self, instrument: InstrumentId, time: UnixNanos, price: f64, volume: f64) {
        if let Some(minutes) = self.markets.get_mut(instrument.index()) {
            minutes.note(time, price, volume);
        }
    }
}

impl Minutes {
    #[inline]
    fn note(&mut self, time: UnixNanos, price: f64, volume: f64) {
        match &mut self.bar {
            Some(bar) if time < self.end => {
                bar.high = bar.high.max(price);
                bar.low = bar.low.min(price);
                bar.close = price;
                bar.volume += volume;
            }
            _ => self.begin(time, price, volume),
        }
    }

    #[cold]
    fn begin(&mut self, time: UnixNanos, price: f64, volume: f64) {
        self.bars.extend(self.bar.take().map(on_grid));
        let open = LINE.open_of(time);
        self.end = open.saturating_add_nanos(LINE.nanos());
        self.bar = Some(Bar { time: open, open: price, high: price, low: price, close: price, volume });
    }
}

/// The middle of two prices may have a digit too many for an exact decimal; a line of the curve has none.
fn on_grid(bar: Bar) -> Bar {
    Bar {
        open: fifteen_digits(bar.open),
        high: fifteen_digits(bar.high),
        low: fifteen_digits(bar.low),
        close: fifteen_digits(bar.close),
        volume: fifteen_digits(bar.volume),
        ..bar
    }
}

impl<B: Broker> Broker for &mut Sampled<B> {
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()> {
        self.venue.submit(order, answers)
    }

    fn amend(&mut self, amendment: Journaled<Amendment>, answers: &mut Vec<Answer>) -> Result<()> {
        self.venue.amend(amendment, answers)
    }

    fn cancel(&mut self, order: ClientOrderId, answers: &mut Vec<Answer>) -> Result<()> {
        self.venue.cancel(order, answers)
    }

    #[inline]
    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>) {
        match market {
            Market::Tick(instrument, tick) => {
                // Where the book is the market, its best levels are not a second one.
                if self.replay == Replay::Ticks {
                    self.venue.observe(market, answers);
                    self.note(instrument, tick.time, tick.last.unwrap_or(f64::midpoint(tick.bid, tick.ask)), 0.0);
                }
            }
            Market::PublicTrade(instrument, print) => {
                self.venue.observe(market, answers);
                self.note(instrument, print.time, print.price, print.quantity);
            }
            Market::Book(instrument, book, change) => {
                self.venue.observe(market, answers);
                if change.ends
                    && let Some(price) = book.mid()
                {
                    self.note(instrument, change.time, price, 0.0);
                }
            }
            Market::Bars(_) | Market::Mark(..) | Market::Index(..) | Market::Time(_) => self.venue.observe(market, answers),
        }
    }

    fn end(&mut self, answers: &mut Vec<Answer>) {
        self.venue.end(answers);
    }
}
