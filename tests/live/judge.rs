//! Whether journal, exchange and strategy agree.
//!
//! The one decision: nothing here is tolerant. An order is there once or it is an error, an execution is in all three books with the
//! same quantity or it is an error, and what is held is what the executions sum up to, everywhere.

use std::collections::BTreeMap;

use metaexpert_binance::{
    Product, account,
    orders::{self, Desk, FuturesProduct},
};
use metaexpert_connect::{
    Report,
    report::{OrderReport, OrderType, PositionReport},
};
use metaexpert_core::{OrderStatus, PositionSide};
use metaexpert_store::history::{History, Period};
use metaexpert_testnet::audit::What;
use rust_decimal::{Decimal, dec};

use crate::{
    books::{self, Sums},
    night::{Kept, Night, SYMBOLS},
};

/// What was found, for a report.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) orders: usize,
    pub(crate) trades: usize,
    pub(crate) legs: usize,
}

/// An order as the exchange's audit has it.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    is_open: bool,
    filled: Decimal,
}

impl Night {
    /// Holds all books against one another. The expert has been stopped.
    pub(crate) fn judge(&self) -> Found {
        self.assert_none_sent_twice();
        let journal = self.journal();
        // What the next run would go on with: executions that came after `on_deinit` are in it, as they are in the journal.
        let kept: Kept = serde_json::from_str(&journal.state().unwrap().unwrap()).unwrap();
        let books = kept.state;
        assert_eq!(books.doubled, 0, "the expert was told of an execution twice");

        // Executions.
        let exchanges = self.exchanges_trades();
        let mut journals: BTreeMap<String, Decimal> = BTreeMap::new();
        let mut parts: BTreeMap<String, Decimal> = BTreeMap::new();
        let mut held: BTreeMap<String, Decimal> = BTreeMap::new();
        for line in journal.trades(Period::default()) {
            let line = line.unwrap();
            let change = if line.side == line.position_side.opening_side() { line.quantity.get() } else { -line.quantity.get() };
            *held.entry(format!("{} {}", line.symbol, line.position_side)).or_default() += change;
            let name = format!("{} {}", line.symbol, line.trade);
            if let Some(execution) = execution_of(&name) {
                *journals.entry(execution).or_default() += line.quantity.get();
            }
            parts.insert(name, line.quantity.get());
        }
        let normal = |named: BTreeMap<String, Decimal>| -> BTreeMap<String, Decimal> {
            named.into_iter().map(|(name, quantity)| (name, quantity.normalize())).collect()
        };
        let journals = normal(journals);
        assert_same("executions", "exchange", &exchanges, "journal", &journals);
        // The strategy has the names of its newest ones, and what the others sum up to.
        let strategys = normal(books.executions.newest.into_iter().collect());
        let (newest, older): (BTreeMap<_, _>, BTreeMap<_, _>) =
            normal(parts).into_iter().partition(|(name, _)| books.executions.older.is_empty() || strategys.contains_key(name));
        assert_same("executions", "journal", &newest, "strategy", &strategys);
        let mut sums = Sums::new();
        for (name, quantity) in &older {
            books::add_to(&mut sums, name, *quantity);
        }
        assert_eq!(books.executions.older, sums, "of executions before the newest, strategy and journal tell differently");

        // What is held.
        let open = |held: BTreeMap<String, Decimal>| -> BTreeMap<String, Decimal> {
            held.into_iter().filter(|(_, held)| !held.is_zero()).map(|(leg, held)| (leg, held.normalize())).collect()
        };
        let (held, of_strategy) = (open(held), open(books.held));
        let positions = open(self.positions());
        assert_same("what is held", "exchange", &positions, "journal", &held);
        assert_same("what is held", "journal", &held, "strategy", &of_strategy);

        // Orders.
        let seen = self.seen();
        let mut known = 0;
        for line in journal.orders(Period::default()) {
            let line = line.unwrap();
            let is_open = matches!(
                line.status,
                OrderStatus::Submitted
                    | OrderStatus::Accepted
                    | OrderStatus::Triggered
                    | OrderStatus::PartiallyFilled
                    | OrderStatus::Unknown
            );
            match seen.get(line.venue_name.split('-').next().unwrap_or_default()) {
                Some(seen) => {
                    known += 1;
                    let ours = Seen { is_open, filled: line.filled.normalize() };
                    assert_eq!(ours, *seen, "journal and exchange tell differently of {} ({})", line.order, line.venue_name);
                }
                None => {
                    assert!(!is_open && line.filled.is_zero(), "the exchange never had {} ({line:?})", line.order);
                }
            }
        }
        assert_eq!(known, seen.len(), "the exchange has orders that the journal does not know");

        assert_eq!(self.uncovered(), Vec::<String>::new());
        let complaints = self.complaints();
        assert!(!complaints.contains("panicked") && !complaints.contains("overflowed"), "{complaints}");
        Found { orders: seen.len(), trades: journals.len(), legs: held.len() }
    }

    /// The expert's journal.
    pub(crate) fn journal(&self) -> History {
        let product = if self.product == Product::Spot { "spot" } else { "usdm" };
        History::open(&self.path(&format!("state/restless/journal-live-binance-{product}.sqlite"))).unwrap()
    }

    /// Orders of which the journal does not know what became of them: what was signed before a crash may still arrive for some seconds.
    pub(crate) fn in_doubt(&self) -> Vec<String> {
        let is_in_doubt = |status| matches!(status, OrderStatus::Submitted | OrderStatus::Unknown);
        let orders = self.journal();
        let lines: Vec<_> = orders.orders(Period::default()).map(|line| line.unwrap()).collect();
        lines.into_iter().filter(|line| is_in_doubt(line.status)).map(|line| line.order).collect()
    }

    /// Open legs that no stop at the exchange covers.
    pub(crate) fn uncovered(&self) -> Vec<String> {
        let stops = self.stops();
        let lacks = |(leg, held): (String, Decimal)| {
            let covered = stops.get(&leg).copied().unwrap_or_default();
            (covered + self.dust(&leg) < held).then(|| format!("{leg} holds {held}, and stops cover {covered}"))
        };
        self.positions().into_iter().filter_map(lacks).collect()
    }

    /// What no order can sell: a fee that was taken in coins leaves less than a lot.
    fn dust(&self, leg: &str) -> Decimal {
        match (self.product, leg.split(' ').next()) {
            (Product::Spot, Some("BTCUSDT")) => dec!(0.00001),
            (Product::Spot, Some("ETHUSDT")) => dec!(0.0001),
            (Product::Spot, Some("XRPUSDT")) => dec!(0.1),
            _ => Decimal::ZERO,
        }
    }

    /// What the account holds, by symbol and leg. On spot that is what it has more of a coin than in the beginning.
    fn positions(&self) -> BTreeMap<String, Decimal> {
        if self.product == Product::Spot {
            let had = |coin: &String| self.coins.get(coin).copied().unwrap_or_default();
            let more = self.coins().into_iter().map(|(coin, has)| (coin.clone(), has - had(&coin)));
            let bought = more.filter(|(coin, more)| coin != "USDT" && !more.is_zero());
            return bought.map(|(coin, more)| (format!("{coin}USDT {}", PositionSide::Long), more)).collect();
        }
        let client = self.client(Product::UsdM);
        let positions = self.ask(account::positions(&client, Product::UsdM, account::PositionsOf::All)).unwrap();
        let named = |position: PositionReport| {
            let side = if position.quantity.is_sign_negative() { PositionSide::Short } else { PositionSide::Long };
            (format!("{} {side}", position.symbol), position.quantity.abs())
        };
        positions.into_iter().filter(|position| !position.quantity.is_zero()).map(named).collect()
    }

    /// Orders that stand at the exchange.
    pub(crate) fn open(&self) -> Vec<OrderReport> {
        let client = self.client(self.product);
        let mut reports = Vec::new();
        for symbol in SYMBOLS {
            if self.product == Product::Spot {
                reports.extend(self.ask(orders::open(&client, Desk::Spot, Some(symbol))).unwrap());
            } else {
                let of = FuturesProduct::UsdM;
                reports.extend(self.ask(orders::open(&client, Desk::Futures(of), Some(symbol))).unwrap());
                reports.extend(self.ask(orders::open_algo(&client, of, Some(symbol))).unwrap());
            }
        }
        let order = |report| if let Report::Order(order) = report { Some(*order) } else { None };
        reports.into_iter().filter_map(order).collect()
    }

    /// What stops at the exchange would close, by symbol and leg.
    fn stops(&self) -> BTreeMap<String, Decimal> {
        let mut covered: BTreeMap<String, Decimal> = BTreeMap::new();
        for order in self.open() {
            let is_stop = order.order_type.known() == Some(&OrderType::StopMarket);
            let side = if self.product == Product::Spot { Some(PositionSide::Long) } else { order.position_side };
            if let Some(side) = side.filter(|side| is_stop && order.side == Some(side.closing_side())) {
                *covered.entry(format!("{} {side}", order.symbol)).or_default() += order.quantity.unwrap_or_default();
            }
        }
        covered
    }

    /// Every order of ours that the exchange took, by its name without the comment.
    fn seen(&self) -> BTreeMap<String, Seen> {
        let bare = |name: &str| name.split('-').next().unwrap_or_default().to_owned();
        self.net.handle().with(|exchange| {
            let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
            let lives = exchange.audit().orders();
            // Conditional orders first: what they became has a number of its own.
            for line in exchange.audit().lines() {
                let What::Algo(algo) = &line.what else { continue };
                if !algo.client_id.starts_with("mx") {
                    continue;
                }
                let became = algo.order.and_then(|number| lives.iter().find(|life| life.last.order == number));
                let is_waiting = matches!(algo.state, "waiting" | "triggering");
                let is_open = is_waiting || became.is_some_and(|life| is_open(life.last.state));
                let filled = became.map(|life| life.executed().normalize()).unwrap_or_default();
                seen.insert(bare(&algo.client_id), Seen { is_open, filled });
            }
            for life in lives.iter().filter(|life| life.last.client_id.starts_with("mx") && life.last.origin == "client") {
                let of_life = Seen { is_open: is_open(life.last.state), filled: life.executed().normalize() };
                seen.insert(bare(&life.last.client_id), of_life);
            }
            seen
        })
    }
}

/// The execution that a trade is a part of; a fee that was taken in coins is none.
fn execution_of(trade: &str) -> Option<String> {
    let (name, part) = trade.split_once('/').unwrap_or((trade, ""));
    (part != "fee").then(|| name.to_owned())
}

fn is_open(state: &str) -> bool {
    matches!(state, "pending" | "waiting" | "working" | "partially-filled")
}

#[track_caller]
fn assert_same(what: &str, one: &str, ones: &BTreeMap<String, Decimal>, other: &str, others: &BTreeMap<String, Decimal>) {
    let only = |ours: &BTreeMap<String, Decimal>, theirs: &BTreeMap<String, Decimal>| -> Vec<String> {
        let missing = ours.iter().filter(|(name, quantity)| theirs.get(*name) != Some(*quantity));
        missing.map(|(name, quantity)| format!("{name}: {quantity}")).collect()
    };
    let (left, right) = (only(ones, others), only(others, ones));
    assert!(left.is_empty() && right.is_empty(), "{what} differ\nonly {one}: {left:#?}\nonly {other}: {right:#?}");
}
