//! How markets begin: their past, and the first book.
//!
//! The one decision: of the past there are bars; its last minutes happen as all that follows does, only that nobody is told. So the tape,
//! the seconds and the averages that a client asks for first are there.

use metaexpert_core::{InstrumentKind, Timeframe, UnixNanos, rounding::float_of};
use rustc_hash::FxHashSet;

use super::{
    Market, Markets,
    candles::{Candle, Candles},
    contract::Contract,
    error::MarketError,
    follows::{Follows, Paths, arrange, is_dollar},
    grid::{Grid, float, whole},
    live::{Drive, Happened, SECOND},
    makers::{Makers, Shape},
    path::{MINUTE, Stretch},
    random::Random,
    recorded::Recording,
    shown::Shown,
    source::PriceSources,
    tape::Tape,
    walk::Walk,
};
use crate::listing::{Class, Listing, MarketId};

/// How much of the past happens trade by trade.
const WARMING: i64 = 10 * MINUTE;
/// What is shown at the touch, in dollars, and of options in contracts.
const TOUCH_VALUE: f64 = 30_000.0;
const TOUCH_OPTIONS: f64 = 4.0;
/// From level to level, a fraction of the price; of options, of the premium.
const STEP: f64 = 1e-5;
const OPTION_STEP: f64 = 0.01;
const OPTION_LEVELS: u16 = 20;
/// What of its coin's volume a pair of two coins trades, or a dated contract.
const SMALL_SHARE: f64 = 0.05;

/// Makes markets, up to the start.
pub(super) fn open(listings: Vec<Listing>, sources: &PriceSources, start: UnixNanos, seed: u64) -> Result<Markets, MarketError> {
    sources.check()?;
    let mut names = FxHashSet::default();
    if let Some(twice) = listings.iter().find(|listing| !names.insert((listing.class, listing.symbol.clone()))) {
        return Err(MarketError::ListedTwice { class: twice.class, symbol: twice.symbol.clone() });
    }
    let (mut paths, follows) = arrange(&listings, sources, start, seed)?;
    fitting(&paths, &listings, &follows)?;
    let warm = Timeframe::M1.open_of(start.saturating_add_nanos(-WARMING));
    let past: Vec<Vec<Stretch>> = paths.all.iter_mut().map(|path| past_of(path, warm)).collect();
    let mut markets = Vec::new();
    for ((listing, follows), id) in listings.into_iter().zip(follows).zip(0..) {
        markets.push(opened(listing, follows, MarketId(id), &past, &paths, sources, (start, warm), seed));
    }
    let recordings = recordings(&paths, &markets, start);
    let mut all = Markets::of(markets, paths.all, recordings);
    while all.step(start).is_some() {}
    all.begin(start);
    Ok(all)
}

/// The stretches of a path's past; it stands at the last of them.
fn past_of(path: &mut super::path::Path, warm: UnixNanos) -> Vec<Stretch> {
    let mut past = Vec::new();
    let mut time = path.begin();
    while time < warm {
        let stretch = path.stretch(time);
        time = stretch.end();
        past.push(stretch);
    }
    past
}

/// Recorded books need a market with a tick that shows them; where a name's markets all have a coarser one, that is an error.
fn fitting(paths: &Paths, listings: &[Listing], follows: &[Follows]) -> Result<(), MarketError> {
    for path in 0..paths.len() {
        let Some(rows) = paths.recording(path) else { continue };
        let mut followers = listings.iter().zip(follows).filter(|(_, follows)| follows.path == path);
        let Some((first, _)) = followers.clone().next() else { continue };
        if !followers.any(|(_, follows)| follows.leads) {
            let step = metaexpert_data::MarketRows::info(rows).price_step;
            let (class, symbol, tick) = (first.class, first.symbol.clone(), first.instrument.rules.tick_size);
            return Err(MarketError::OffTick { class, symbol, step, tick });
        }
    }
    Ok(())
}

fn recordings(paths: &Paths, markets: &[Market], start: UnixNanos) -> Vec<Recording> {
    let of_path = |path: usize| {
        let rows = paths.recording(path)?.clone();
        let leads = markets.iter().filter(|market| market.follows.path == path && market.follows.leads);
        Some(Recording::new(rows, start, path, leads.map(|market| market.id.index()).collect()))
    };
    (0..paths.len()).filter_map(of_path).collect()
}

#[expect(clippy::too_many_arguments, reason = "called once; each is a part of what a market is made of")]
fn opened(
    listing: Listing,
    follows: Follows,
    id: MarketId,
    past: &[Vec<Stretch>],
    paths: &Paths,
    sources: &PriceSources,
    (start, warm): (UnixNanos, UnixNanos),
    seed: u64,
) -> Market {
    let grid = Grid::new(&listing.instrument);
    let own = past.get(follows.path).map(Vec::as_slice).unwrap_or_default();
    let other = follows.against.and_then(|other| past.get(other)).map(Vec::as_slice);
    let path = paths.all.get(follows.path);
    let is_exact = path.is_some_and(super::path::Path::is_exact);
    let stretch = own.last().copied().or(path.map(super::path::Path::current)).unwrap_or(Stretch::EMPTY);
    let begin = own.last().map_or(stretch.start, Stretch::end);
    let price = stretch.turns[3] / other.and_then(|other| other.last()).map_or(1.0, |other| other.turns[3]);
    let first = own.first().map_or(begin, |first| first.start);
    let mut contract = Contract::new(&listing, seed, is_exact, first, sources.funding_hours);
    let quoted_at = if is_dollar(listing.instrument.quote.as_str()) { 1.0 } else { stretch.turns[3] / price };
    let is_option = listing.class == Class::Options;
    let premium = contract.as_ref().map_or(price, |contract| contract.price(price, start));
    let shape = shape(&grid, premium, quoted_at, is_option, sources.pace.levels);
    let is_small = follows.against.is_some() || matches!(listing.instrument.kind, InstrumentKind::Dated { .. });
    let share = share(&grid, price, is_small && !follows.leads, is_option);
    let mut candles = Candles::new();
    let trades = remember(own, other, &grid, share, sources.pace.prints, follows, contract.as_mut(), &mut candles);
    let name = format!("{} {}", listing.class.as_str(), listing.symbol);
    let drive = match paths.recording(follows.path).filter(|_| follows.leads) {
        Some(rows) => {
            let info = metaexpert_data::MarketRows::info(rows);
            Drive::Recording { prints: info.prints > 0, levels: info.levels > 0 }
        }
        None => Drive::Makers,
    };
    Market {
        id,
        makers: Makers::new(listing.instrument.rules.tick_size, shape),
        shown: Shown::default(),
        tape: Tape::after(trades),
        candles,
        contract,
        pace: sources.pace,
        random: Random::new(seed, &name),
        walk: Walk::from(begin.max(warm)),
        stretch,
        share,
        drive,
        next_second: begin.max(warm),
        next_change: UnixNanos::MAX,
        quote: None,
        last: None,
        now: begin.max(warm),
        is_trading: true,
        listing,
        grid,
        follows,
    }
}

fn shape(grid: &Grid, price: f64, quoted_at: f64, is_option: bool, levels: u16) -> Shape {
    let ticks = float(grid.ticks(price).max(1));
    if is_option {
        let levels = i64::from(levels.min(OPTION_LEVELS));
        return Shape { levels, step: whole(ticks * OPTION_STEP).max(1), lots: float(grid.lots(TOUCH_OPTIONS).max(1)) };
    }
    let coins = if grid.is_inverse() { TOUCH_VALUE } else { TOUCH_VALUE / (price * quoted_at) };
    let lots = float(grid.lots(coins / grid.contract_float()).max(1));
    Shape { levels: i64::from(levels), step: whole(ticks * STEP).max(1), lots }
}

/// Lots that are traded for every coin that the path's source trades.
fn share(grid: &Grid, price: f64, is_small: bool, is_option: bool) -> f64 {
    // Of an option it is the most that is traded a minute.
    let lots = if is_option { float(grid.lots(2.0)) } else { 1.0 / grid.quantity_float(1) / grid.contract_float() };
    let lots = if grid.is_inverse() { lots * price } else { lots };
    if is_small { lots * SMALL_SHARE } else { lots }
}

/// Bars of the past; how many trades they had.
#[expect(clippy::too_many_arguments, reason = "called once; each is a part of what a market is made of")]
fn remember(
    own: &[Stretch],
    other: Option<&[Stretch]>,
    grid: &Grid,
    share: f64,
    prints: f64,
    follows: Follows,
    mut contract: Option<&mut Contract>,
    candles: &mut Candles,
) -> u64 {
    let mut trades = 0;
    for stretch in own {
        let against = other.and_then(|other| covering(other, stretch.start));
        let turns = match against {
            Some(other) => quotient(stretch, other),
            None => stretch.turns,
        };
        let turns = match &mut contract {
            Some(contract) => {
                let its = contract.past(stretch.start, turns);
                if follows.leads { turns } else { its }
            }
            None => turns,
        };
        let is_option = contract.as_ref().is_some_and(|contract| contract.is_option());
        let lots = if is_option { share / 2.0 } else { share * stretch.volume };
        let ticks = turns.map(|price| grid.ticks(price).max(1));
        let most = if is_option { 1 } else { whole(lots.round()).max(1) };
        let count = whole(prints * float(stretch.length) / float(SECOND)).clamp(1, most);
        let candle = past_candle(stretch, ticks, whole(lots.round()), count, trades, grid);
        trades += candle.trades;
        candles.add_past(&candle);
    }
    trades
}

fn past_candle(stretch: &Stretch, ticks: [i64; 4], lots: i64, count: i64, before: u64, grid: &Grid) -> Candle {
    let [open, first, second, close] = ticks;
    let (high, low) = (open.max(first).max(second).max(close), open.min(first).min(second).min(close));
    let still = Candle::still(stretch.start, open);
    if lots <= 0 {
        return still;
    }
    let middle = (open + first + second + close) / 4;
    let count = count.unsigned_abs();
    Candle {
        ticks: [open, high, low, close],
        lots,
        value: grid.value_units(middle, lots),
        taker_lots: lots / 2,
        taker_value: grid.value_units(middle, lots / 2),
        trades: count,
        ids: (before + 1, before + count),
        ..still
    }
}

/// The stretch that a time falls into.
fn covering(stretches: &[Stretch], time: UnixNanos) -> Option<&Stretch> {
    let after = stretches.partition_point(|stretch| stretch.start <= time);
    stretches.get(after.checked_sub(1)?)
}

/// One path in units of another.
fn quotient(own: &Stretch, other: &Stretch) -> [f64; 4] {
    let mut turns = own.turns;
    for (turn, third) in turns.iter_mut().zip(0..) {
        *turn /= other.at(own.start.saturating_add_nanos(own.length / 3 * third));
    }
    turns
}

impl Markets {
    /// The book begins, and everything that has happened so far is the past.
    fn begin(&mut self, start: UnixNanos) {
        self.out = Happened::default();
        for market in &mut self.all {
            market.begin(start, &mut self.paths, &mut self.out);
        }
        self.out.news.clear();
        self.schedule();
    }
}

impl Market {
    fn begin(&mut self, start: UnixNanos, paths: &mut [super::path::Path], out: &mut Happened) {
        if !self.is_trading {
            return;
        }
        self.now = start;
        if self.drive == Drive::Makers {
            self.next_change = start.saturating_add_nanos(whole(float(SECOND) / self.pace.changes * self.random.unit()).max(1));
        }
        let changes = if self.makers.touch() == (None, None) {
            let price = self.opening_price(start, paths);
            let touch = self.touch_at(price);
            self.makers.go(touch, &self.grid, &mut self.random, start)
        } else {
            // A recording's first message came with the past.
            self.makers.snapshot(start)
        };
        self.tell(changes, start, out);
        self.shown.begin();
        if let Some(marks) = self.contract.as_ref().and_then(Contract::marks) {
            out.moves.push_back((self.id, start, super::Move::Marks(marks)));
        }
    }

    fn opening_price(&self, start: UnixNanos, paths: &mut [super::path::Path]) -> f64 {
        match self.tape.last().filter(|_| !self.is_option()) {
            Some(print) => float_of(print.price),
            None => self.price(start, paths),
        }
    }
}
