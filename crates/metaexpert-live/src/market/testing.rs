//! An exchange that a test plays: what its streams tell and what it answers, on time that the test lets pass.

mod nowhere; // where an expert's orders go that sends none

use std::{cell::Cell, collections::BTreeSet, future, ops::Range, sync::Arc, time::Duration};

use metaexpert_connect::{
    Exchange, Failure, Report, SequenceRule, Word,
    book_sync::{Overlap, Since, Whole},
    exchange::{Asked, Listed, Listener, Listening, MarketTopic, Permissions, Profile, Sent, StreamNews, Terms},
    http::Clock,
    report::{
        BalanceReport, BarReport, DepthReport, Entry, FeeReport, FillReport, Listing, ListingStatus, OrderReport, PositionReport,
        PublicTradeReport, Quote,
    },
};
use metaexpert_core::{
    Amendment, Bar, Instrument, InstrumentBar, InstrumentId, InstrumentKind, InstrumentRules, Instruments, NewOrder, Percent,
    Symbol, Timeframe, UnixNanos,
    feed::{Event, Pause},
};
use parking_lot::Mutex;
use rust_decimal::dec;
use slog::{Discard, Logger, o};
use tokio::time::Instant;

pub use nowhere::Nowhere;

use super::{MarketDesk, MarketSettings, Wanted, Watcher};
use crate::{Outlet, queue, queue::Out};

/// When the test begins, less a second: minute 0 opens then.
const BASE: i64 = 1_700_000_100;

pub fn instruments() -> Instruments {
    let mut instruments = Instruments::default();
    for symbol in ["BTCUSDT", "ETHUSDT"] {
        instruments.add(instrument(symbol));
    }
    instruments
}

pub fn ids() -> [InstrumentId; 2] {
    let instruments = instruments();
    ["BTCUSDT", "ETHUSDT"].map(|symbol| instruments.find(&Symbol::new(symbol).unwrap()).unwrap())
}

fn instrument(symbol: &str) -> Instrument {
    let symbol = Symbol::new(symbol).unwrap();
    let (base, quote) = symbol.currencies().unwrap();
    Instrument {
        symbol,
        base,
        quote: quote.clone(),
        settlement: quote,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(0),
            contract_size: dec!(1),
            maintenance_margin: Percent::ZERO,
        },
        brackets: Arc::default(),
    }
}

/// When a minute opens; minute 0 is the one in which a test begins.
pub fn minute(minute: i64) -> UnixNanos {
    UnixNanos::from_seconds(BASE + 60 * minute).unwrap()
}

/// The bar of a minute: no two are alike.
pub fn bar(name: &str, of: i64) -> Bar {
    let base = if name == "BTCUSDT" { 1_000.0 } else { 100.0 } + f64::from(i32::try_from(of).unwrap());
    let wave = f64::from(i32::try_from((of * 7).rem_euclid(11)).unwrap());
    Bar { time: minute(of), open: base, high: base + wave + 1.0, low: base - 11.0 + wave, close: base + 0.5, volume: wave + 1.0 }
}

thread_local! { static ORIGIN: Cell<Option<Instant>> = const { Cell::new(None) } }

/// The exchange's clock: a second past minute 0 when it was made.
fn clock() -> UnixNanos {
    let passed = Instant::now().duration_since(ORIGIN.get().unwrap()) + Duration::from_secs(1);
    minute(0).saturating_add_nanos(i64::try_from(passed.as_nanos()).unwrap())
}

/// How its books go on.
pub static RULE: SequenceRule = SequenceRule {
    whole: Whole::Asked,
    since: Since::First,
    overlap: Overlap::Always,
    steps_back: false,
    whole_at: None,
    checksum: None,
};

/// An exchange that does as it is told.
#[derive(Debug)]
pub struct Played {
    profile: Profile,
    clock: Clock,
    pub state: Mutex<State>,
    listener: Mutex<Option<Ear>>,
}

/// What it has, and what it was asked.
#[derive(Debug, Default)]
pub struct State {
    /// Minutes without a bar.
    pub holes: BTreeSet<i64>,
    /// The first minute that was ever traded in.
    pub listed: i64,
    /// Bars are known to its requests so long after they have closed.
    pub lag: Duration,
    /// Its requests fail.
    pub fails: bool,
    /// So do those for bars of this instrument.
    pub fails_for: Option<&'static str>,
    /// The task that asks panics.
    pub panics: bool,
    /// The number of its next book, and that book's best bid.
    pub book: (u64, i64),
    /// Topics that were listened to.
    pub topics: Vec<MarketTopic>,
    /// Requests for bars: name and first and last minute.
    pub asked: Vec<(String, i64, i64)>,
    /// Requests for books.
    pub books_asked: usize,
}

struct Ear(Box<dyn Listener>);

impl std::fmt::Debug for Ear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ear")
    }
}

impl Played {
    /// On the time that the test lets pass.
    pub fn new() -> Arc<Self> {
        ORIGIN.set(Some(Instant::now()));
        Self::by(clock)
    }

    /// By this clock.
    pub fn by(clock: fn() -> UnixNanos) -> Arc<Self> {
        let profile = Profile {
            exchange: "played",
            product: "usdm",
            host: "nowhere".into(),
            is_real: false,
            has_positions: true,
            amends: true,
            has_stops: true,
            has_both_exits: true,
            window: Duration::from_secs(5),
            comment: 10,
        };
        let state = Mutex::new(State { listed: i64::MIN, ..State::default() });
        Arc::new(Self { profile, clock: Clock::new(clock), state, listener: Mutex::new(None) })
    }

    /// Takes the listener, for whoever tells it everything by itself.
    pub fn ear(&self) -> Box<dyn Listener> {
        self.listener.lock().take().unwrap().0
    }

    pub fn report(&self, report: Report<'_>) {
        self.listener.lock().as_mut().unwrap().0.report(report, clock());
    }

    pub fn news(&self, news: StreamNews) {
        self.listener.lock().as_mut().unwrap().0.news(news);
    }

    pub fn lose(&self) {
        self.news(StreamNews::Lost("cut".into()));
    }

    /// The stream says that these minutes have closed.
    pub fn closes(&self, name: &str, minutes: &[i64]) {
        for of in minutes {
            self.tells(name, bar(name, *of), Timeframe::M1, Some(true));
        }
    }

    pub fn tells(&self, name: &str, bar: Bar, timeframe: Timeframe, is_closed: Option<bool>) {
        self.report(Report::Bar(BarReport {
            symbol: Some(name.into()),
            timeframe: Some(timeframe),
            open_time: bar.time,
            close_time: None,
            open: bar.open,
            high: bar.high,
            low: bar.low,
            close: bar.close,
            volume: bar.volume,
            turnover: None,
            trades: None,
            is_closed,
        }));
    }

    pub fn quotes(&self, name: &str, bid: f64) {
        self.report(Report::Quote(Quote {
            symbol: Some(name.into()),
            time: None,
            update: None,
            bid,
            bid_quantity: 1.0,
            ask: bid + 1.0,
            ask_quantity: 1.0,
        }));
    }

    pub fn prints(&self, name: &str, price: f64) {
        self.report(Report::PublicTrade(PublicTradeReport {
            symbol: Some(name.into()),
            id: 1,
            trades: None,
            time: clock(),
            price,
            quantity: 1.0,
            buyer_is_taker: Some(true),
        }));
    }

    /// A change of the book: update `number` sets the bid at `ticks` to 1.
    pub fn changes(&self, name: &str, number: u64, ticks: i64) {
        self.report(Report::Depth(depth(name, false, number, ticks)));
    }
}

fn depth(name: &str, is_snapshot: bool, number: u64, ticks: i64) -> DepthReport<'static> {
    let price = rust_decimal::Decimal::new(ticks, 1);
    DepthReport {
        symbol: Some(name.to_owned().into()),
        time: Some(clock()),
        is_snapshot,
        first: (!is_snapshot).then_some(number),
        last: number,
        previous: None,
        bids: vec![metaexpert_connect::report::LevelReport { price, quantity: 1.0 }],
        asks: vec![],
    }
}

fn unasked<'a, T: Send + 'a>() -> Asked<'a, T> {
    Box::pin(future::pending())
}

impl Exchange for Played {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn listed<'a>(&'a self, _: &'a [Symbol]) -> Asked<'a, Vec<Listed>> {
        unasked()
    }

    fn bars<'a>(&'a self, name: &'a str, timeframe: Timeframe, span: Range<UnixNanos>) -> Asked<'a, Vec<Bar>> {
        Box::pin(async move {
            // The way there and back.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let number = |time: UnixNanos| time.nanos_since(minute(0)).div_euclid(60_000_000_000);
            let minutes = number(span.start)..number(span.end);
            let mut state = self.state.lock();
            state.asked.push((name.to_owned(), minutes.start, minutes.end - 1));
            assert!(!state.panics, "a mistake of the adapter");
            if state.fails || state.fails_for == Some(name) {
                return Err(Failure::NotSent { endpoint: "bars", why: "no connection".into() });
            }
            let known = clock().saturating_add_nanos(-i64::try_from(state.lag.as_nanos()).unwrap());
            let step = timeframe.seconds() / 60;
            let has = |of: &i64| {
                let is_closed = minute(of + step) <= known;
                is_closed && *of >= state.listed && !state.holes.contains(of) && of % step == 0
            };
            Ok(minutes.filter(has).map(|of| bar(name, of)).collect())
        })
    }

    fn depth<'a>(&'a self, name: &'a str) -> Asked<'a, DepthReport<'static>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let mut state = self.state.lock();
            state.books_asked += 1;
            assert!(!state.panics, "a mistake of the adapter");
            if state.fails {
                return Err(Failure::NotSent { endpoint: "depth", why: "no connection".into() });
            }
            Ok(depth(name, true, state.book.0, state.book.1))
        })
    }

    fn sequence_rule(&self) -> &'static SequenceRule {
        &RULE
    }

    fn listen_markets(&self, topics: &[MarketTopic], listener: Box<dyn Listener>) -> Result<Listening, Failure> {
        self.state.lock().topics = topics.to_vec();
        *self.listener.lock() = Some(Ear(listener));
        Ok(Listening::new(tokio::spawn(future::pending())))
    }

    fn listen_account(&self, _: Box<dyn Listener>) -> Result<Listening, Failure> {
        Err(Failure::NotSent { endpoint: "listen_account", why: "no credentials".into() })
    }

    fn permissions(&self) -> Asked<'_, Permissions> {
        unasked()
    }

    fn arrange<'a>(&'a self, _: &'a Terms) -> Asked<'a, Vec<String>> {
        unasked()
    }

    fn fee<'a>(&'a self, _: &'a str) -> Asked<'a, FeeReport> {
        unasked()
    }

    fn balances(&self) -> Asked<'_, Vec<BalanceReport>> {
        unasked()
    }

    fn positions<'a>(&'a self, _: &'a [String]) -> Asked<'a, Vec<PositionReport>> {
        unasked()
    }

    fn open_orders<'a>(&'a self, _: &'a [String]) -> Asked<'a, Vec<OrderReport>> {
        unasked()
    }

    fn find_order<'a>(&'a self, _: &'a Sent) -> Asked<'a, Option<OrderReport>> {
        unasked()
    }

    fn fills<'a>(&'a self, _: &'a str, _: UnixNanos) -> Asked<'a, Vec<FillReport>> {
        unasked()
    }

    fn entries(&self, _: Range<UnixNanos>) -> Asked<'_, Vec<Entry>> {
        unasked()
    }

    fn check(&self, _: &Listed, _: &NewOrder) -> Result<(), String> {
        Ok(())
    }

    fn place<'a>(&'a self, _: &'a Listed, _: &'a NewOrder, _: &'a Sent) -> Asked<'a, Vec<Report<'static>>> {
        unasked()
    }

    fn amend<'a>(&'a self, _: &'a Listed, _: &'a NewOrder, _: &'a Sent, _: &'a Amendment) -> Asked<'a, Vec<Report<'static>>> {
        unasked()
    }

    fn cancel<'a>(&'a self, _: &'a Sent) -> Asked<'a, Vec<Report<'static>>> {
        unasked()
    }
}

/// What an expert wants of an instrument: bars.
pub fn bars_of(symbol: &str) -> Wanted {
    let instrument = instrument(symbol);
    let listing = Listing {
        symbol: symbol.to_owned(),
        unified: Some(instrument.symbol.clone()),
        status: Word::Known(ListingStatus::Trading),
        kind: Some(instrument.kind),
        base: String::new(),
        quote: String::new(),
        settlement: String::new(),
        contract_size: dec!(1),
        margin: false,
        listed: None,
        filters: Vec::new(),
        order_types: Vec::new(),
        permissions: Vec::new(),
        maintenance_margin: None,
        liquidation_fee: None,
    };
    let id = instruments().find(&instrument.symbol).unwrap();
    let listed = Listed { symbol: instrument.symbol.clone(), name: symbol.to_owned(), instrument, listing };
    Wanted { instrument: id, listed, bars: true, quotes: false, public_trades: false, book: false, marks: false }
}

/// The settings of these tests.
pub const SETTINGS: MarketSettings = MarketSettings { max_data_age: Duration::from_secs(150), patience: Duration::from_secs(2) };

/// An expert that listens.
pub fn watcher(wanted: Vec<Wanted>, history: usize) -> (Watcher, Outlet) {
    let (inlet, outlet) = queue("trend", 1_000);
    (Watcher { expert: "trend".into(), inlet, wanted, timeframe: Some(Timeframe::M1), history }, outlet)
}

pub fn start(exchange: &Arc<Played>, watchers: Vec<Watcher>) -> MarketDesk {
    let log = Logger::root(Discard, o!());
    MarketDesk::start(Arc::clone(exchange) as Arc<dyn Exchange>, watchers, SETTINGS, log).unwrap()
}

/// What has come out of a queue, in words.
pub fn heard(outlet: &mut Outlet) -> Vec<String> {
    let next = || match outlet.next(Duration::ZERO) {
        Out::Event(event, _) => Some(in_words(&event)),
        Out::Quiet | Out::Ended => None,
    };
    std::iter::from_fn(next).collect()
}

/// An event in words; a `+` where another bar of the same time follows.
pub fn in_words(event: &Event) -> String {
    let name = |id: InstrumentId| if id == ids()[0] { "btc" } else { "eth" };
    match event {
        Event::Bar { bar: InstrumentBar { instrument, bar }, more } => {
            let of = bar.time.nanos_since(minute(0)).div_euclid(60_000_000_000);
            let symbol = if *instrument == ids()[0] { "BTCUSDT" } else { "ETHUSDT" };
            let is_theirs = if *bar == self::bar(symbol, of) { "" } else { " altered" };
            format!("{} {of}{}{is_theirs}", name(*instrument), if *more { "+" } else { "" })
        }
        Event::Tick(of, tick) => format!("{} quote {} last {:?}", name(*of), tick.bid, tick.last),
        Event::PublicTrade(of, trade) => format!("{} print {}", name(*of), trade.price),
        Event::Book(of, change) => {
            let (clears, ends) = (if change.clears { " whole" } else { "" }, if change.ends { "" } else { " .." });
            format!("{} book{clears} {}:{}{ends}", name(*of), change.ticks, change.quantity)
        }
        Event::Mark(of, _, price) => format!("{} mark {price}", name(*of)),
        Event::Index(of, _, price) => format!("{} index {price}", name(*of)),
        Event::Pause(Pause { instrument, cause, since }) => {
            let is_over = if since.is_none() { " over" } else { "" };
            format!("{} {cause}{is_over}", instrument.map_or("all", name))
        }
        Event::Present => "present".into(),
        other => format!("{other:?}"),
    }
}

/// Lets so many milliseconds pass.
pub async fn pass(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}
