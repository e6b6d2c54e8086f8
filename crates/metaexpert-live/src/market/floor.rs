//! What is known of markets, and who hears of it.
//!
//! The one decision: a report finds its instrument once, by name, and everything that hangs on it by place. Nothing that happens with every
//! quote looks at other instruments; what concerns all of them is done when time passes ([`Floor::pass`]), four times a second.
//!
//! Pauses are told for each instrument by itself, and are over for each by itself: an expert that trades elsewhere too goes on there.

mod hearer; // one expert
mod market; // one instrument
mod pauses; // streams lost, instruments silent
mod placing; // who wants what

use std::time::Duration;

use metaexpert_connect::{
    EngineEvents, Exchange, Failure, Report,
    exchange::StreamNews,
    report::{BarReport, DepthReport, MarkReport},
};
use metaexpert_core::{Bar, InstrumentBar, UnixNanos, feed::Event};
use metaexpert_observe::measures;
use slog::Logger;
use tokio::{sync::mpsc::UnboundedSender, time::Instant};

use self::{hearer::Hearer, market::Market, pauses::Line};
use super::{
    MarketSettings, Watcher,
    bars::{Series, Told},
    book::{Aftermath, LiveBook},
    errands::{Answer, Errand},
    history,
    letters::Letters,
    time::MarketTime,
};
use crate::Inlet;

/// How long bars wait for one another while what a lost stream has left out is being fetched, at least.
const PATIENCE_AFTER_LOSS: Duration = Duration::from_secs(10);

/// How often the same complaint is written down.
const COMPLAINS_EVERY: Duration = Duration::from_secs(10);

/// What is known, and who hears of it.
#[derive(Debug)]
pub(super) struct Floor {
    exchange: &'static str,
    settings: MarketSettings,
    letters: Letters,
    errands: UnboundedSender<Errand>,
    time: MarketTime,
    /// Names to places, and the last price of each.
    events: EngineEvents,
    markets: Vec<Market>,
    series: Vec<Heard>,
    hearers: Vec<Hearer>,
    line: Line,
    strange: Complaint,
    told: Vec<Told>,
}

/// Bars of one instrument and length, and who hears of them.
#[derive(Debug)]
struct Heard {
    bars: Series,
    place: usize,
    hearers: Vec<(usize, metaexpert_core::InstrumentId)>,
}

/// Something that may happen often and is written down seldom.
#[derive(Debug, Default)]
struct Complaint {
    last: Option<Instant>,
    others: u64,
}

impl Floor {
    pub(super) fn new(
        exchange: &dyn Exchange,
        watchers: Vec<Watcher>,
        settings: MarketSettings,
        errands: UnboundedSender<Errand>,
        log: &Logger,
    ) -> Self {
        let profile = exchange.profile();
        let time = MarketTime::new(exchange.clock().clone());
        let placed = placing::placed(watchers, exchange.sequence_rule(), time.now());
        Self {
            exchange: profile.exchange,
            settings,
            letters: Letters::new(log, profile.exchange, profile.product),
            errands,
            time,
            events: placed.events,
            markets: placed.markets,
            series: placed.series,
            hearers: placed.hearers,
            line: Line::new(),
            strange: Complaint::default(),
            told: Vec::new(),
        }
    }

    /// Asks for histories; those who want none are in the present.
    pub(super) fn begin(&mut self) {
        for series in 0..self.series.len() {
            self.ask_for_bars(series);
        }
        self.let_begin();
    }

    /// A report of a stream.
    pub(super) fn report(&mut self, report: &Report<'_>, received: UnixNanos) {
        match report {
            Report::Bar(bar) => self.on_bar(bar, received),
            Report::Depth(depth) => self.on_depth(depth, received),
            Report::Mark(mark) => self.on_mark(mark, received),
            Report::Quote(quote) => {
                let stand_in = self.stand_in(quote.time, received);
                self.on_event(report, stand_in, received);
            }
            Report::PublicTrade(_) | Report::Index(_) => self.on_event(report, received, received),
            _ => {}
        }
    }

    /// Something about the streams.
    pub(super) fn news(&mut self, news: &StreamNews) {
        match news {
            StreamNews::Connected => self.on_connected(),
            StreamNews::Lost(why) => self.on_lost(why),
            StreamNews::NotConnected(attempt, why) => self.letters.not_connected(*attempt, why),
            StreamNews::Dropped(frames) => self.letters.dropped(*frames),
            StreamNews::Refused(why) => self.letters.refused(why),
            StreamNews::Strange(why) => {
                if let Some(others) = self.strange.is_due() {
                    self.letters.strange(why, others);
                }
            }
        }
    }

    /// What an errand has brought.
    pub(super) fn answer(&mut self, answer: Answer) {
        match answer {
            Answer::Bars { series, bars } => {
                let Some(heard) = self.series.get_mut(series) else { return };
                if let Err(failure) = &bars {
                    let symbol = self.markets.get(heard.place).map_or("", |market| market.name.as_str());
                    self.letters.bars_failed(symbol, heard.bars.timeframe().as_str(), failure);
                }
                let is_history = !heard.bars.has_history();
                heard.bars.answered(&bars);
                if is_history {
                    // What has closed between the question and the beginning of the streams.
                    heard.bars.catch_up(self.time.now());
                }
                self.advance(series, None);
                self.let_begin();
                self.look_whether_caught_up();
            }
            Answer::Book { place, ask, book } => {
                let received = self.time.now();
                self.with_book(place, None, |live| live.answer(ask, &book, received));
            }
        }
    }

    /// A snapshot of a book was asked for in vain.
    pub(super) fn book_failed(&self, name: &str, failure: &Failure) {
        self.letters.book_failed(name, failure);
    }

    /// Time has passed.
    pub(super) fn pass(&mut self) {
        self.time.look();
        let (now, at) = (Instant::now(), self.time.now());
        self.drop_those_who_left();
        for series in 0..self.series.len() {
            if let Some(heard) = self.series.get_mut(series).filter(|heard| !heard.hearers.is_empty()) {
                heard.bars.watch(at);
            }
            self.ask_for_bars(series);
        }
        for hearer in 0..self.hearers.len() {
            self.lose_patience(hearer, now);
        }
        self.look_for_silence(now);
        self.look_whether_caught_up();
        self.look_for_room(now);
    }

    /// The time of a report that bears none: when it came, by the market's clock.
    fn stand_in(&self, told: Option<UnixNanos>, received: UnixNanos) -> UnixNanos {
        if told.is_some() { received } else { self.time.now() }
    }

    fn on_event(&mut self, report: &Report<'_>, stand_in: UnixNanos, received: UnixNanos) {
        let Some(event) = self.events.event_of(report, stand_in) else { return };
        let place = match &event {
            Event::Tick(of, _) | Event::PublicTrade(of, _) | Event::Mark(of, ..) | Event::Index(of, ..) => of.index(),
            _ => return,
        };
        match event {
            Event::Tick(..) => self.hear_price_of(place),
            _ => self.hear_of(place),
        }
        let Self { markets, hearers, .. } = self;
        let Some(market) = markets.get(place) else { return };
        let wanting = match event {
            Event::Tick(..) => &market.quotes,
            Event::PublicTrade(..) => &market.prints,
            _ => &market.marks,
        };
        for (hearer, instrument) in wanting {
            let Some(inlet) = hearers.get(*hearer).and_then(Hearer::inlet) else { continue };
            let theirs = match &event {
                Event::Tick(_, tick) => Event::Tick(*instrument, *tick),
                Event::PublicTrade(_, trade) => Event::PublicTrade(*instrument, *trade),
                Event::Mark(_, time, price) => Event::Mark(*instrument, *time, *price),
                Event::Index(_, time, price) => Event::Index(*instrument, *time, *price),
                _ => continue,
            };
            inlet.market(theirs, received);
        }
    }

    fn on_mark(&mut self, mark: &MarkReport<'_>, received: UnixNanos) {
        let stand_in = self.stand_in(mark.time, received);
        self.on_event(&Report::Mark(mark.clone()), stand_in, received);
        let Some((index, place)) = mark.index.zip(mark.symbol.as_deref().and_then(|name| self.place(name))) else { return };
        let Some(market) = self.markets.get(place) else { return };
        let time = mark.time.unwrap_or(stand_in);
        for (hearer, instrument) in &market.marks {
            if let Some(inlet) = self.hearers.get(*hearer).and_then(Hearer::inlet) {
                inlet.market(Event::Index(*instrument, time, index), received);
            }
        }
    }

    fn on_bar(&mut self, bar: &BarReport<'_>, received: UnixNanos) {
        let Some(place) = bar.symbol.as_deref().and_then(|name| self.place(name)) else { return };
        self.hear_of(place);
        if bar.is_closed != Some(true) {
            return;
        }
        let Some(series) = self.markets.get(place).and_then(|market| market.series_of(bar.timeframe)) else { return };
        let Some(heard) = self.series.get_mut(series) else { return };
        self.time.is_at_least(bar.open_time.saturating_add_nanos(heard.bars.timeframe().nanos()));
        heard.bars.hear(Bar {
            time: bar.open_time,
            open: bar.open,
            high: bar.high,
            low: bar.low,
            close: bar.close,
            volume: bar.volume,
        });
        self.advance(series, Some(received));
    }

    fn on_depth(&mut self, depth: &DepthReport<'_>, received: UnixNanos) {
        let Some(place) = depth.symbol.as_deref().and_then(|name| self.place(name)) else { return };
        self.hear_of(place);
        let stand_in = self.stand_in(depth.time, received);
        self.with_book(place, Some(received), |live| live.take(depth, stand_in));
    }

    /// Lets a book take something, tells of it, and sees to what is to be done then.
    fn with_book(&mut self, place: usize, received: Option<UnixNanos>, take: impl FnOnce(&mut LiveBook) -> Aftermath) {
        let Self { markets, hearers, .. } = self;
        let Some(market) = markets.get_mut(place) else { return };
        let Some(book) = &mut market.book else { return };
        let aftermath = take(book);
        book.tell(received, |hearer| hearers.get(hearer).and_then(Hearer::inlet));
        if let Some(why) = &aftermath.broke
            && let Some(others) = market.broke.is_due()
        {
            self.letters.book_broke(&market.name, why, others);
        }
        if aftermath.is_rebuilt {
            self.letters.book_rebuilt(&market.name);
            measures::rebuilt(self.exchange, &market.name);
        }
        if let Some(ask) = aftermath.ask {
            // Where nobody runs errands any more, the desk is gone.
            let _ = self.errands.send(Errand::Book { place, name: market.name.clone(), ask });
        }
        if aftermath.subscribes {
            let _ = self.errands.send(Errand::Listen);
        }
    }

    /// Tells of bars that can be told of, and asks for those that are missing.
    fn advance(&mut self, series: usize, received: Option<UnixNanos>) {
        let mut told = std::mem::take(&mut self.told);
        let Some(heard) = self.series.get_mut(series) else { return };
        heard.bars.advance(&mut told);
        if !told.is_empty() {
            let now = Instant::now();
            for news in told.drain(..) {
                match news {
                    Told::Bar(bar) => {
                        for (hearer, instrument) in &heard.hearers {
                            if let Some(hearer) = self.hearers.get_mut(*hearer).filter(|hearer| hearer.inlet().is_some()) {
                                hearer.groups.add(InstrumentBar { instrument: *instrument, bar }, now);
                            }
                        }
                    }
                    Told::Hole(hole) => {
                        let symbol = self.markets.get(heard.place).map_or("", |market| market.name.as_str());
                        self.letters.hole(symbol, heard.bars.timeframe().as_str(), &hole);
                    }
                }
            }
            self.tell_groups_of(series, received);
        }
        self.told = told;
        self.ask_for_bars(series);
    }

    /// Whose groups may be whole now.
    fn tell_groups_of(&mut self, series: usize, received: Option<UnixNanos>) {
        let Self { series: all, hearers, .. } = self;
        let Some(heard) = all.get(series) else { return };
        for (hearer, _) in &heard.hearers {
            if let Some(hearer) = hearers.get_mut(*hearer) {
                hearer.tell_whole_groups(received, |series, open| all.get(series).is_some_and(|of| of.bars.is_past(open)));
            }
        }
    }

    /// Bars that have waited for long enough are told without the others, which are asked for.
    fn lose_patience(&mut self, hearer: usize, now: Instant) {
        let waits = self.hearers.get(hearer).is_some_and(|hearer| self.waits_for_lost(hearer));
        let patience = self.settings.patience.max(if waits { PATIENCE_AFTER_LOSS } else { Duration::ZERO });
        let Some(of) = self.hearers.get_mut(hearer) else { return };
        let overdue: Vec<UnixNanos> = of.groups.overdue(now, patience).collect();
        let Some(last) = overdue.last().copied() else { return };
        of.tell_groups_until(last);
        for (series, _) in of.series.clone() {
            if let Some(heard) = self.series.get_mut(series) {
                heard.bars.expect(last.saturating_add_nanos(heard.bars.timeframe().nanos()));
            }
            self.ask_for_bars(series);
        }
    }

    fn ask_for_bars(&mut self, series: usize) {
        let Some(heard) = self.series.get_mut(series).filter(|heard| !heard.hearers.is_empty()) else { return };
        let Some(request) = heard.bars.request(self.time.now()) else { return };
        let Some(market) = self.markets.get(heard.place) else { return };
        let _ = self.errands.send(Errand::Bars {
            series,
            name: market.name.clone(),
            timeframe: heard.bars.timeframe(),
            span: request.span,
            after: request.after,
        });
    }

    /// Lets those begin whose history is there.
    fn let_begin(&mut self) {
        for number in 0..self.hearers.len() {
            let Some(hearer) = self.hearers.get(number).filter(|hearer| hearer.is_waiting()) else { continue };
            let series = || hearer.series.iter().filter_map(|(series, id)| Some((*id, &self.series.get(*series)?.bars)));
            if !series().all(|(_, bars)| bars.has_history()) {
                continue;
            }
            let opening = history::opening(series(), hearer.start, hearer.history);
            self.letters.present(&hearer.expert, opening.history.len());
            let mut events = opening.history;
            events.extend(self.pauses_of(number));
            events.push(Event::Present);
            events.extend(opening.since);
            events.extend(self.books_of(number));
            if let Some(hearer) = self.hearers.get_mut(number) {
                hearer.begin(events);
            }
        }
        for heard in &mut self.series {
            let is_waited_for = |(hearer, _): &(usize, _)| self.hearers.get(*hearer).is_some_and(Hearer::is_waiting);
            if !heard.hearers.iter().any(is_waited_for) {
                heard.bars.forget_recent();
            }
        }
    }

    /// The books of an expert, as they are.
    fn books_of(&self, hearer: usize) -> Vec<Event> {
        let books = self.markets.iter().filter_map(|market| market.book.as_ref());
        let of = books.flat_map(|book| book.readers.iter().map(move |reader| (book, reader)));
        of.filter(|(_, reader)| reader.hearer == hearer).flat_map(|(book, reader)| book.whole(reader.instrument)).collect()
    }

    /// Those who were too slow are told of books when there is room, and it is said how much they missed.
    fn look_for_room(&mut self, now: Instant) {
        let Self { markets, hearers, letters, .. } = self;
        for book in markets.iter_mut().filter_map(|market| market.book.as_mut()) {
            book.catch_up(|hearer| hearers.get(hearer).and_then(Hearer::inlet));
            for (hearer, times) in book.take_gone() {
                if let Some(hearer) = hearers.get_mut(hearer) {
                    hearer.miss_books(times);
                }
            }
        }
        for hearer in hearers {
            hearer.complain_of_overload(now, letters);
        }
    }

    fn drop_those_who_left(&mut self) {
        let Self { hearers, series, markets, letters, .. } = self;
        for (number, hearer) in hearers.iter_mut().enumerate().filter(|(_, hearer)| hearer.has_just_left()) {
            hearer.leave();
            letters.left(&hearer.expert);
            for heard in series.iter_mut() {
                heard.hearers.retain(|(of, _)| *of != number);
            }
            for market in markets.iter_mut() {
                market.drop_hearer(number);
            }
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.events.instrument(name).map(metaexpert_core::InstrumentId::index)
    }

    /// The queues of those who hear of an instrument, and their number of it.
    fn hearing(&self, place: usize) -> impl Iterator<Item = (&Inlet, metaexpert_core::InstrumentId)> {
        let everybody = self.markets.get(place).into_iter().flat_map(|market| &market.everybody);
        everybody.filter_map(|(hearer, instrument)| Some((self.hearers.get(*hearer)?.inlet()?, *instrument)))
    }
}

impl Complaint {
    /// How many were left out since the last that was written down, if one may be again.
    fn is_due(&mut self) -> Option<u64> {
        let now = Instant::now();
        if self.last.is_some_and(|last| now.duration_since(last) < COMPLAINS_EVERY) {
            self.others += 1;
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.others))
    }
}
