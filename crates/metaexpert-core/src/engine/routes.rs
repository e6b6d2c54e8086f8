//! Which handler gets which bar, tick, print or book: decided once, so that an event only indexes.

use std::ops::Range;

use super::bar_builder::BarBuilder;
use crate::{
    Bar, Error, InstrumentId, PublicTrade, Result, Symbol, Timeframe, UnixNanos,
    context::{Series, Setup},
    expert::Wants,
    history::History,
};

/// A series of bars and the handlers that take it, as places in the expert's list.
#[derive(Debug)]
struct Route {
    instrument: InstrumentId,
    timeframe: Timeframe,
    handlers: Vec<usize>,
}

#[derive(Debug)]
struct Builder {
    series: usize,
    timeframe: Timeframe,
    unfinished: BarBuilder,
}

/// What one instrument's events lead to.
#[derive(Debug, Default)]
struct Targets {
    /// The series of the feed's own bars, if anybody takes them.
    feed_series: Option<usize>,
    /// The builders that its bars go into.
    builders: Range<usize>,
    ticks: Vec<usize>,
    public_trades: Vec<usize>,
    books: Vec<usize>,
}

/// All routes of one expert.
#[derive(Debug)]
pub(super) struct Routes {
    series: Vec<Route>,
    builders: Vec<Builder>,
    targets: Vec<Targets>,
    /// When the first of the bars that are built from prints ends; the end of time where there is none.
    first_end: UnixNanos,
}

impl Routes {
    /// Routes for what an expert wants, and the histories that they fill. The first series is the expert's main one. `feed` is the
    /// length of the feed's bars; a feed without bars has none, and all are built from prints.
    pub(super) fn new(wants: &Wants, setup: &Setup, feed: Option<Timeframe>) -> Result<(Self, Vec<Series>)> {
        let mut series = vec![Route { instrument: setup.main, timeframe: setup.config.timeframe, handlers: Vec::new() }];
        for (handler, want) in wants.bars.iter().enumerate() {
            let instrument = find(setup, want.symbol)?;
            let timeframe = want.timeframe.unwrap_or(setup.config.timeframe);
            let known = series.iter_mut().find(|route| route.instrument == instrument && route.timeframe == timeframe);
            match known {
                Some(route) => route.handlers.push(handler),
                None => series.push(Route { instrument, timeframe, handlers: vec![handler] }),
            }
        }
        let mut targets: Vec<Targets> = setup.instruments.iter().map(|_| Targets::default()).collect();
        let mut builders = Vec::new();
        for ((instrument, _), target) in setup.instruments.iter().zip(&mut targets) {
            let start = builders.len();
            for (place, route) in series.iter().enumerate().filter(|(_, route)| route.instrument == instrument) {
                if feed == Some(route.timeframe) {
                    target.feed_series = Some(place);
                } else {
                    feed.map_or(Ok(()), |feed| check_buildable(setup, route, feed))?;
                    let unfinished = BarBuilder::new(route.timeframe, feed.unwrap_or(route.timeframe));
                    builders.push(Builder { series: place, timeframe: route.timeframe, unfinished });
                }
            }
            target.builders = start..builders.len();
            if let Some(own) = builders.get_mut(start..) {
                own.sort_by_key(|builder| builder.timeframe);
            }
        }
        let symbols = |symbol: Option<&'static str>| find(setup, symbol).map(InstrumentId::index);
        for (handler, want) in wants.ticks.iter().enumerate() {
            targets.get_mut(symbols(want.symbol)?).into_iter().for_each(|targets| targets.ticks.push(handler));
        }
        for (handler, want) in wants.public_trades.iter().enumerate() {
            targets.get_mut(symbols(want.symbol)?).into_iter().for_each(|targets| targets.public_trades.push(handler));
        }
        for (handler, want) in wants.books.iter().enumerate() {
            targets.get_mut(symbols(want.symbol)?).into_iter().for_each(|targets| targets.books.push(handler));
        }
        let window = setup.config.lookback_bars;
        let histories = series.iter().map(|route| Series {
            instrument: route.instrument,
            timeframe: route.timeframe,
            history: History::new(window),
        });
        let histories = histories.collect();
        Ok((Self { series, builders, targets, first_end: UnixNanos::MAX }, histories))
    }

    pub(super) const fn builds_bars(&self) -> bool {
        !self.builders.is_empty()
    }

    #[inline]
    pub(super) fn series_of_feed(&self, instrument: InstrumentId) -> Option<usize> {
        self.targets.get(instrument.index())?.feed_series
    }

    #[inline]
    pub(super) fn handlers_of(&self, series: usize) -> &[usize] {
        self.series.get(series).map(|route| route.handlers.as_slice()).unwrap_or_default()
    }

    #[inline]
    pub(super) fn built_from(&self, instrument: InstrumentId) -> Range<usize> {
        self.targets.get(instrument.index()).map(|targets| targets.builders.clone()).unwrap_or_default()
    }

    /// Adds a bar of the feed to a builder; the bar that it completes.
    pub(super) fn build(&mut self, builder: usize, bar: &Bar) -> Option<Bar> {
        self.builders.get_mut(builder)?.unfinished.add(bar)
    }

    pub(super) fn series_of_built(&self, builder: usize) -> usize {
        self.builders.get(builder).map(|builder| builder.series).unwrap_or_default()
    }

    /// A bar that ended by `time` without having been told of: its series, the bar, its end. The earliest end first.
    pub(super) fn ended_by(&mut self, time: UnixNanos) -> Option<(usize, Bar, UnixNanos)> {
        let ended =
            self.builders.iter_mut().filter_map(|builder| Some((builder.unfinished.end().filter(|end| *end <= time)?, builder)));
        let (end, earliest) = ended.min_by_key(|(end, builder)| (*end, builder.timeframe))?;
        let series = earliest.series;
        let ended = earliest.unfinished.ended_by(time).map(|bar| (series, bar, end));
        if self.first_end < UnixNanos::MAX {
            self.find_first_end();
        }
        ended
    }

    /// Whether a bar that is built from prints has ended by `time`.
    #[inline]
    pub(super) fn has_ended_by(&self, time: UnixNanos) -> bool {
        self.first_end <= time
    }

    /// Adds a print to the bars that are built from it.
    #[inline]
    pub(super) fn add_print(&mut self, instrument: InstrumentId, print: &PublicTrade) {
        let builders = self.built_from(instrument);
        if builders.is_empty() {
            return;
        }
        for builder in self.builders.get_mut(builders).unwrap_or_default() {
            builder.unfinished.add_print(print);
        }
        self.find_first_end();
    }

    fn find_first_end(&mut self) {
        self.first_end = self.builders.iter().filter_map(|builder| builder.unfinished.end()).min().unwrap_or(UnixNanos::MAX);
    }

    /// When a bar of a series closed.
    pub(super) fn end_of(&self, series: usize, bar: &Bar) -> UnixNanos {
        self.series.get(series).map_or(bar.time, |route| bar.time.saturating_add_nanos(route.timeframe.nanos()))
    }

    /// What a series is of.
    pub(super) fn subject_of(&self, series: usize) -> Option<(InstrumentId, Timeframe)> {
        self.series.get(series).map(|route| (route.instrument, route.timeframe))
    }

    pub(super) fn tick_handlers(&self, instrument: InstrumentId) -> &[usize] {
        self.targets.get(instrument.index()).map(|targets| targets.ticks.as_slice()).unwrap_or_default()
    }

    pub(super) fn public_trade_handlers(&self, instrument: InstrumentId) -> &[usize] {
        self.targets.get(instrument.index()).map(|targets| targets.public_trades.as_slice()).unwrap_or_default()
    }

    pub(super) fn book_handlers(&self, instrument: InstrumentId) -> &[usize] {
        self.targets.get(instrument.index()).map(|targets| targets.books.as_slice()).unwrap_or_default()
    }
}

/// The instrument of a handler's `symbol`; the main one where it names none.
fn find(setup: &Setup, symbol: Option<&'static str>) -> Result<InstrumentId> {
    let Some(text) = symbol else { return Ok(setup.main) };
    Symbol::new(text)
        .and_then(|symbol| setup.instruments.find(&symbol))
        .ok_or_else(|| Error::MarketData(format!("a handler asks for symbol `{text}`, of which this run has no data")))
}

fn check_buildable(setup: &Setup, route: &Route, feed: Timeframe) -> Result<()> {
    if route.timeframe.is_multiple_of(feed) {
        return Ok(());
    }
    let symbol = &setup.instruments.get(route.instrument).symbol;
    Err(Error::MarketData(format!(
        "timeframe: `{}` bars of {symbol} cannot be built from the data's `{feed}` bars; the nearest is `{feed}`",
        route.timeframe
    )))
}
