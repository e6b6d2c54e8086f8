//! The run: each bar fills, walks, is marked, and is handed to the strategy.
use std::collections::BTreeMap;

use super::account::{Account, EquityLine, Exit, ExitReason, Liquidity, RoundTrip, Side, Trade};
use super::bars::Bar;
use super::decimal::Exact;
use super::handed_bars::HandedBars;
use super::refused::Rejection;
use super::settings::{FillModel, Settings};
use super::sizing;
use super::strategy::{Cross, Crossover};
use super::summary::Summary;
use num_traits::Zero;

/// What a run prints.
#[derive(Debug)]
pub struct Outcome {
    /// Executions in their order.
    pub trades: Vec<Trade>,
    /// Round trips in the order of their exits.
    pub round_trips: Vec<RoundTrip>,
    /// One line per bar.
    pub equity: Vec<EquityLine>,
    /// The numbers over all of it.
    pub summary: Summary,
}

/// Runs the strategy of `binance-ema` over the bars, which are as long as the shortest way between two of them.
pub fn run(settings: &Settings, bars: &[Bar]) -> Outcome {
    let steps = bars.iter().zip(bars.iter().skip(1)).map(|(bar, next)| next.time - bar.time);
    let step = steps.min().unwrap_or(settings.timeframe);
    let mut tester = Tester::new(settings.clone(), step);
    let mut handed = HandedBars::new(settings.timeframe, step);
    let mut crossover = Crossover::new(settings.fast, settings.slow);
    let mut last: Option<&Bar> = None;
    for bar in bars {
        if let Some(last) = last
            && handed.ended_before(bar)
        {
            decide(&mut tester, &mut crossover, last);
        }
        tester.trade(bar);
        if handed.finished_by(bar) {
            decide(&mut tester, &mut crossover, bar);
        }
        last = Some(bar);
    }
    tester.finish(last)
}

/// The expert's handler; `last` holds the close of the bar that it is handed.
fn decide(tester: &mut Tester, crossover: &mut Crossover, last: &Bar) {
    tester.handed += 1;
    let held = tester.held();
    match crossover.next(last.close_read) {
        Some(Cross::Up) => {
            if held == Some(Side::Short) {
                tester.close();
            }
            tester.enter(Side::Long, last);
        }
        Some(Cross::Down) => {
            if held == Some(Side::Long) {
                tester.close();
            }
            if tester.settings.allow_short {
                tester.enter(Side::Short, last);
            }
        }
        None => {}
    }
}

/// The simulated venue and account, one bar at a time.
#[derive(Debug)]
pub struct Tester {
    settings: Settings,
    account: Account,
    waiting: Vec<Waiting>,
    orders: usize,
    rejected: BTreeMap<Rejection, usize>,
    equity: Vec<EquityLine>,
    peak: Exact,
    /// Bars that the strategy was handed.
    pub(super) handed: usize,
    start: Option<i64>,
    step: i64,
}

/// A market order that waits for the next open.
#[derive(Debug)]
enum Waiting {
    Close(Side),
    Enter { side: Side, quantity: Exact },
}

impl Tester {
    /// An account with the initial capital and nothing else; bars of `step` nanoseconds.
    pub fn new(settings: Settings, step: i64) -> Self {
        Self {
            account: Account::new(&settings.initial_capital),
            peak: settings.initial_capital.clone(),
            settings,
            waiting: Vec::new(),
            orders: 0,
            rejected: BTreeMap::new(),
            equity: Vec::new(),
            handed: 0,
            start: None,
            step,
        }
    }

    /// The side of the open position.
    pub fn held(&self) -> Option<Side> {
        self.account.position.as_ref().map(|position| position.side)
    }

    /// Everything that a bar does before its close is decided upon.
    pub fn trade(&mut self, bar: &Bar) {
        self.start.get_or_insert(bar.time);
        self.at_open(bar);
        if self.settings.fill_model == FillModel::Ohlc {
            self.inside(bar);
        }
        let equity = self.account.equity_at(&bar.close);
        self.mark(bar, equity);
    }

    /// The expert closes its position; to be filled at the next open.
    pub fn close(&mut self) {
        if let Some(side) = self.held() {
            self.orders += 1;
            self.waiting.push(Waiting::Close(side));
        }
    }

    /// The expert enters, deciding at this bar's close; to be filled at the next open.
    pub fn enter(&mut self, side: Side, bar: &Bar) {
        let free = self.free_once_closed(&bar.close);
        let asked = sizing::asked(&self.settings, &self.account, &bar.close);
        let decided = asked.and_then(|quantity| {
            if self.handed <= self.settings.warmup_bars {
                return Err(Rejection::Warmup);
            }
            sizing::at_decision(&self.settings, side, &quantity, &bar.close, &free)
        });
        match decided {
            Ok(quantity) => {
                self.orders += 1;
                self.waiting.push(Waiting::Enter { side, quantity });
            }
            Err(rule) => self.reject(rule),
        }
    }

    /// The data has ended: drops what waits, closes what is open, and counts.
    pub fn finish(mut self, last: Option<&Bar>) -> Outcome {
        for _ in std::mem::take(&mut self.waiting) {
            self.reject(Rejection::EndOfData);
        }
        if let Some(bar) = last {
            let exit = Exit { price: bar.close.clone(), liquidity: Liquidity::Taker, reason: ExitReason::EndOfData };
            self.account.leave(&self.settings, exit, bar.time + self.step);
            // The last line is the final equity, so the mark of the last close is taken back.
            self.equity.pop();
            self.peak = self.settings.initial_capital.clone();
            for line in &self.equity {
                self.peak = self.peak.clone().max(line.equity.clone());
            }
            let balance = self.account.balance.clone();
            self.mark(bar, balance);
        }
        let summary =
            Summary::of(&self.settings, &self.account, &self.equity, self.orders, self.rejected, self.start.unwrap_or(0));
        Outcome { trades: self.account.trades, round_trips: self.account.round_trips, equity: self.equity, summary }
    }

    fn at_open(&mut self, bar: &Bar) {
        let Self { settings, account, .. } = self;
        if let Some(exit) = account.position.as_ref().and_then(|position| position.guard.liquidated_at_open(settings, &bar.open))
        {
            account.leave(settings, exit, bar.time);
        }
        for order in std::mem::take(&mut self.waiting) {
            match order {
                Waiting::Close(side) if self.held() == Some(side) => {
                    let price = self.settings.exit_price(side, &bar.open);
                    let exit = Exit { price, liquidity: Liquidity::Taker, reason: ExitReason::Signal };
                    self.account.leave(&self.settings, exit, bar.time);
                }
                Waiting::Close(_) => self.reject(Rejection::NothingToClose), // liquidated at this very open
                Waiting::Enter { side, quantity } => self.fill_entry(side, &quantity, bar),
            }
        }
        let Self { settings, account, .. } = self;
        let Some(position) = &mut account.position else { return };
        let guard = &mut position.guard;
        let exit = guard.liquidated_at_open(settings, &bar.open).or_else(|| guard.meet_open(settings, &bar.open));
        if let Some(exit) = exit {
            account.leave(settings, exit, bar.time);
        }
    }

    fn fill_entry(&mut self, side: Side, quantity: &Exact, bar: &Bar) {
        let price = self.settings.entry_price(side, &bar.open);
        match sizing::at_fill(&self.settings, quantity, &price, &self.account.balance) {
            Ok(quantity) => self.account.enter(&self.settings, side, quantity, price, bar.time),
            Err(rule) => self.reject(rule),
        }
    }

    /// Open, the extreme nearer to it (a tie goes low first), the other extreme, close.
    fn inside(&mut self, bar: &Bar) {
        let Self { settings, account, .. } = self;
        let low_first = &bar.open - &bar.low <= &bar.high - &bar.open;
        let (first, second) = if low_first { (&bar.low, &bar.high) } else { (&bar.high, &bar.low) };
        for (from, to) in [(&bar.open, first), (first, second), (second, &bar.close)] {
            let Some(position) = &mut account.position else { return };
            if let Some(exit) = position.guard.walk(settings, from, to) {
                account.leave(settings, exit, bar.time);
            }
        }
    }

    /// What an entry decided now may use: the balance after the waiting close at its expected price.
    fn free_once_closed(&self, close: &Exact) -> Exact {
        let closes = |position: &&super::account::Position| {
            self.waiting.iter().any(|order| matches!(order, Waiting::Close(side) if *side == position.side))
        };
        let Some(position) = &self.account.position else { return self.account.balance.clone() };
        if closes(&position) {
            let price = self.settings.exit_price(position.side, close);
            let fee = &position.quantity * &price * &self.settings.taker_fee;
            return &self.account.balance + position.gain_at(&price) - fee;
        }
        &self.account.balance - &position.quantity * &position.entry_price / &self.settings.leverage
    }

    fn mark(&mut self, bar: &Bar, equity: Exact) {
        self.peak = self.peak.clone().max(equity.clone());
        let fall = &self.peak - &equity;
        let hundred = Exact::from_integer(100.into());
        let drawdown_pct = if fall.is_zero() { fall } else { fall * hundred / &self.peak };
        let time = bar.time + self.step;
        self.equity.push(EquityLine { time, equity, balance: self.account.balance.clone(), drawdown_pct });
    }

    fn reject(&mut self, rule: Rejection) {
        *self.rejected.entry(rule).or_default() += 1;
    }
}
