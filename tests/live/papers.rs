//! What a run of the [`witness`](../witness.rs) has written, and what can be said of it: whole, as its source, explained by its quotes.
//!
//! The one decision: it is read as it was written, and nothing is filled in. What a run was not told is not there.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    fs,
    path::{Path, PathBuf},
};

use metaexpert_core::{OrderStatus, Timeframe, UnixNanos};
use metaexpert_store::history::{History, Period};

/// A minute, in nanoseconds.
const MINUTE: i64 = 60_000_000_000;
/// Half a tick of BTCUSDT.
const HALF: f64 = 0.05;
/// The smallest lot of BTCUSDT.
const LOT: f64 = 0.001;

/// A bar: when it opened, open to close, volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shown(pub(crate) UnixNanos, pub(crate) [f64; 4], pub(crate) f64);

/// An order that was decided on a bar: which way, of which leg, how much of it, how much was executed.
pub(crate) type Ordered = (UnixNanos, String, String, String, String);

/// An execution.
#[derive(Debug, Clone)]
pub(crate) struct Fill {
    time: UnixNanos,
    order: String,
    side: String,
    quantity: f64,
    price: f64,
    /// How many quotes the run had heard by then.
    heard: usize,
}

/// What a run has written.
pub(crate) struct Papers {
    pub(crate) name: &'static str,
    folder: PathBuf,
    /// By length.
    pub(crate) bars: BTreeMap<String, Vec<Shown>>,
    /// How many bars of its own length were history.
    pub(crate) history: usize,
    quotes: Vec<(UnixNanos, f64, f64)>,
    /// The bar, what was wanted, and what became of it: an order's name, or a rule's.
    pub(crate) deeds: Vec<(UnixNanos, String, String)>,
    pub(crate) fills: Vec<Fill>,
}

impl Papers {
    pub(crate) fn read(name: &'static str, folder: &Path) -> Self {
        let lines = |file: &str| -> Vec<Vec<String>> {
            let text = fs::read_to_string(folder.join(file)).unwrap();
            text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
        };
        let mut bars: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
        for line in lines("bars.csv") {
            let bar = Shown(time(&line[1]), [2, 3, 4, 5].map(|at| number(&line[at])), number(&line[6]));
            bars.entry(line[0].clone()).or_default().push(bar);
        }
        let fill = |line: Vec<String>| Fill {
            time: time(&line[0]),
            order: line[2].clone(),
            side: line[3].clone(),
            quantity: number(&line[5]),
            price: number(&line[6]),
            heard: line[7].parse().unwrap(),
        };
        Self {
            name,
            folder: folder.to_owned(),
            bars,
            history: fs::read_to_string(folder.join("history")).unwrap().parse().unwrap(),
            quotes: lines("quotes.csv").iter().map(|line| (time(&line[0]), number(&line[1]), number(&line[2]))).collect(),
            deeds: lines("deeds.csv").into_iter().map(|line| (time(&line[0]), line[1].clone(), line[2].clone())).collect(),
            fills: lines("fills.csv").into_iter().map(fill).collect(),
        }
    }

    fn minutes(&self) -> &[Shown] {
        &self.bars["1m"]
    }

    /// When the first bar opened that closed while the run was there.
    pub(crate) fn first_present(&self) -> i64 {
        self.minutes()[self.history].0.as_nanos()
    }

    /// No bar is missing, and none is there twice.
    pub(crate) fn assert_whole(&self, length: Timeframe) {
        let bars = &self.bars[&length.to_string()];
        for pair in bars.windows(2) {
            assert_eq!(pair[1].0.nanos_since(pair[0].0), length.nanos(), "{} {length}: {pair:?}", self.name);
        }
        // A longer bar is those that it is made of; the first may have begun before the history.
        for Shown(time, [open, high, low, close], volume) in bars.iter().skip(1) {
            let within = |bar: &&Shown| (0..length.nanos()).contains(&bar.0.nanos_since(*time));
            let parts: Vec<_> = self.minutes().iter().filter(within).collect();
            assert_eq!(i64::try_from(parts.len()).unwrap(), length.nanos() / MINUTE, "{length} at {time} is whole");
            let (first, last) = (parts[0], parts[parts.len() - 1]);
            let most = parts.iter().map(|bar| bar.1[1]).fold(f64::MIN, f64::max);
            let least = parts.iter().map(|bar| bar.1[2]).fold(f64::MAX, f64::min);
            let equal = [*open - first.1[0], *high - most, *low - least, *close - last.1[3]].iter().all(|apart| *apart == 0.0);
            assert!(equal, "{length} at {time}: {:?} of {parts:?}", [open, high, low, close]);
            assert!((volume - parts.iter().map(|bar| bar.2).sum::<f64>()).abs() < LOT / 2.0, "{length} at {time}");
        }
    }

    /// Bars are those of the source, moved in time, but for what the expert has traded itself. How many they are.
    pub(crate) fn as_the_source(&self, source: &Path) -> usize {
        let text = fs::read_to_string(source).unwrap();
        let row = |line: &str| -> Vec<f64> { line.split(',').skip(1).map(number).collect() };
        let rows: Vec<_> = text.lines().skip(1).map(row).collect();
        let ours = self.minutes();
        // History has nothing of our own: it says where in the source it begins.
        let known = self.history.min(30);
        let equal = |row: &Vec<f64>, bar: &Shown| (0..4).all(|at| (row[at] - bar.1[at]).abs() < HALF);
        let begins: Vec<usize> =
            (0..rows.len() - ours.len()).filter(|at| (0..known).all(|next| equal(&rows[at + next], &ours[next]))).collect();
        assert_eq!(begins.len(), 1, "the history is one stretch of the source: {begins:?}, {:?}", &ours[..3]);
        for (row, Shown(time, prices, volume)) in rows[begins[0]..].iter().zip(ours) {
            let own: Vec<&Fill> = self.fills.iter().filter(|fill| (0..MINUTE).contains(&fill.time.nanos_since(*time))).collect();
            let most = own.iter().map(|fill| fill.price).fold(row[1], f64::max);
            let least = own.iter().map(|fill| fill.price).fold(row[2], f64::min);
            // Of what was traded in one bar, ours may have been the first or the last.
            let is_own = |price: f64| own.iter().any(|fill| (fill.price - price).abs() < HALF);
            assert!((prices[0] - row[0]).abs() < HALF || is_own(prices[0]), "open at {time}: {row:?} {prices:?} {own:?}");
            assert!((prices[3] - row[3]).abs() < HALF || is_own(prices[3]), "close at {time}: {row:?} {prices:?} {own:?}");
            assert!((prices[1] - most).abs() < HALF, "high at {time}: {row:?} {prices:?} {own:?}");
            assert!((prices[2] - least).abs() < HALF, "low at {time}: {row:?} {prices:?} {own:?}");
            // A lot that did not come to a whole is traded a bar later; where next to nothing is traded, four lots show the way.
            let traded = row[4] + own.iter().map(|fill| fill.quantity).sum::<f64>();
            assert!((volume - traded).abs() < 5.0 * LOT, "volume at {time}: {traded} {volume}");
        }
        ours.len()
    }

    /// Two runs on one market are told the same bars, as far as both were there.
    pub(crate) fn assert_same_bars(&self, other: &Self) {
        for (length, bars) in &self.bars {
            let others: BTreeMap<i64, &Shown> = other.bars[length].iter().map(|bar| (bar.0.as_nanos(), bar)).collect();
            let both = bars.iter().filter_map(|bar| Some((bar, *others.get(&bar.0.as_nanos())?)));
            let compared = both.inspect(|(ours, theirs)| assert_eq!(ours, theirs, "{length}")).count();
            assert!(compared > 1, "{length}: the two have {compared} bars in common");
        }
    }

    /// The bars as a file of data.
    pub(crate) fn recording(&self) -> String {
        let mut text = "timestamp,open,high,low,close,volume\n".to_owned();
        for Shown(time, [open, high, low, close], volume) in self.minutes() {
            writeln!(text, "{time},{open},{high},{low},{close},{volume}").unwrap();
        }
        text
    }

    /// What was done on bars from this time on; on the first cross there may be nothing to close.
    pub(crate) fn deeds(&self, since: i64) -> Vec<(UnixNanos, String, bool)> {
        let known = self.deeds.iter().filter(|(bar, ..)| bar.as_nanos() >= since && self.is_settled(*bar));
        let deeds: Vec<_> = known.map(|(bar, what, became)| (*bar, what.clone(), became.starts_with("mx"))).collect();
        if since == 0 { deeds } else { after_the_first(deeds, |deed| (deed.0, deed.1.starts_with("close"))) }
    }

    /// What was decided on the last bars may not have been executed when the run ended.
    pub(crate) fn is_settled(&self, bar: UnixNanos) -> bool {
        self.minutes().iter().rev().take(3).all(|last| bar < last.0)
    }

    /// Orders by the journal, each with the bar that it was decided on.
    pub(crate) fn orders(&self) -> Vec<Ordered> {
        let (mode, venue) = match self.name {
            "live" => ("live", "binance-usdm"),
            "paper" => ("paper", "binance-usdm"),
            _ => ("paper", "simulated"),
        };
        let journal = self.folder.join(format!("state/witness/journal-{mode}-{venue}.sqlite"));
        let journal = History::open(&journal).unwrap();
        let lines = journal.orders(Period::default()).map(Result::unwrap);
        let lines: BTreeMap<String, _> = lines.map(|line| (line.order.clone(), line)).collect();
        let named = |(bar, _, order): &(UnixNanos, String, String)| {
            let line = lines.get(order)?;
            let leg = line.position_side.map(|leg| leg.to_string()).unwrap_or_default();
            let is_done = line.status == OrderStatus::Filled && line.filled == line.quantity.get();
            assert!(is_done || !self.is_settled(*bar), "{}: {line:?}", self.name);
            self.is_settled(*bar).then(|| {
                let quantity = line.quantity.get().normalize().to_string();
                (*bar, line.side.to_string(), leg, quantity, line.filled.normalize().to_string())
            })
        };
        let sent = self.deeds.iter().filter(|(.., became)| became.starts_with("mx"));
        assert_eq!(sent.clone().filter(|deed| lines.contains_key(&deed.2)).count(), sent.clone().count(), "all are written");
        sent.filter_map(named).collect()
    }

    pub(crate) fn orders_after(&self, since: i64) -> Vec<Ordered> {
        let orders = self.orders().into_iter().filter(|order| order.0.as_nanos() >= since).collect();
        after_the_first(orders, |(bar, side, leg, ..)| (*bar, (side == "sell") == (leg == "long")))
    }

    /// Orders by a backtest's report, each with the bar that it was decided on.
    pub(crate) fn reported(&self) -> Vec<Ordered> {
        let text = fs::read_to_string(self.folder.join("report/trades.csv")).unwrap();
        let lines: Vec<Vec<String>> = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
        let column = |name: &str| lines[0].iter().position(|column| column == name).unwrap();
        let (order, side, leg, quantity) = (column("order_id"), column("side"), column("position_side"), column("quantity"));
        let of = |(bar, _, name): &(UnixNanos, String, String)| {
            let line = lines.iter().find(|line| line[order] == *name)?;
            let quantity = &line[quantity];
            self.is_settled(*bar).then(|| (*bar, line[side].clone(), line[leg].clone(), quantity.clone(), quantity.clone()))
        };
        self.deeds.iter().filter(|(.., became)| became.starts_with("mx")).filter_map(of).collect()
    }

    /// Every execution is at the price of its side of the book: what a buyer paid was asked for. How far from the best, in ticks.
    pub(crate) fn explained(&self, quoted: Quoted) -> Spread {
        let mut away = Vec::new();
        for fill in &self.fills {
            let (first, last) = match quoted {
                // The venue fills by the quote that comes next, before the expert is told of it, or with a print by the one before.
                Quoted::AsHeard => (fill.heard.saturating_sub(1), fill.heard),
                // What was quoted last before it, what at the same time, and what came next: it happened among these.
                Quoted::ByExchange => {
                    let before = self.quotes.partition_point(|quote| quote.0 < fill.time);
                    (before.saturating_sub(1), self.quotes.partition_point(|quote| quote.0 <= fill.time))
                }
            };
            let near: Vec<_> = self.quotes.iter().take(last + 1).skip(first).collect();
            assert!(!near.is_empty(), "nothing was quoted when {fill:?} was executed");
            let worse =
                |(_, bid, ask): &&(UnixNanos, f64, f64)| if fill.side == "buy" { fill.price - ask } else { bid - fill.price };
            let ticks = near.iter().map(worse).map(|price| (price / (2.0 * HALF)).round());
            let ticks = ticks.min_by(|one, other| one.abs().total_cmp(&other.abs())).unwrap();
            let most = match quoted {
                Quoted::AsHeard => 0.0,
                // A level of the makers is a hundred-thousandth of the price from the next, and holds more than the order.
                Quoted::ByExchange => (fill.price * 1e-5 / (2.0 * HALF)).ceil(),
            };
            assert!((0.0..=most).contains(&ticks), "{}: {fill:?} is {ticks} ticks from {near:?}", self.name);
            away.push(ticks);
        }
        Spread::of(away)
    }

    /// How far its executions are from another run's of the same decisions, in ticks.
    pub(crate) fn apart_from(&self, other: &Self) -> Spread {
        let price = |papers: &Self, order: &str| papers.fills.iter().find(|fill| fill.order == order).map(|fill| fill.price);
        let pairs = self.deeds.iter().zip(&other.deeds);
        let apart = pairs.filter_map(|(ours, theirs)| Some(price(self, &ours.2)? - price(other, &theirs.2)?));
        Spread::of(apart.map(|apart| (apart / (2.0 * HALF)).round()).collect())
    }
}

/// What orders are filled by: the quotes that a run had heard, or the market's own, of which it hears late, each stream by itself.
#[derive(Clone, Copy)]
pub(crate) enum Quoted {
    AsHeard,
    ByExchange,
}

/// Everything but what closes at the time of the first.
fn after_the_first<T>(all: Vec<T>, of: impl Fn(&T) -> (UnixNanos, bool)) -> Vec<T> {
    let Some(first) = all.first().map(|one| of(one).0) else { return all };
    all.into_iter().filter(|one| of(one) != (first, true)).collect()
}

/// How numbers are spread.
pub(crate) struct Spread {
    sorted: Vec<f64>,
}

impl Spread {
    fn of(mut sorted: Vec<f64>) -> Self {
        sorted.sort_by(f64::total_cmp);
        Self { sorted }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |part: usize| self.sorted.get((self.sorted.len().saturating_sub(1)) * part / 100).copied().unwrap_or(f64::NAN);
        write!(f, "{} of them, least {}, middle {}, 90% {}, most {}", self.sorted.len(), at(0), at(50), at(90), at(100))
    }
}

fn time(text: &str) -> UnixNanos {
    UnixNanos::parse(text).unwrap()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}
