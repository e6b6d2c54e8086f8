//! Histories, page by page: what is asked for next, given what came.
//!
//! The one decision: a walk sends nothing. It says what to ask for and is told what came, so that what is complete, what is doubled
//! and when it ends can be tested without an exchange. Every walk ends: each page goes forward, or the walk fails.

use std::ops::Range;

use metaexpert_core::UnixNanos;

pub use crate::paging::Stuck;
use crate::{
    Product,
    paging::{DAY_MS, first_milli, millis},
};

/// How a product gives a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRule {
    /// Most records a page.
    pub limit: u16,
    /// Whether only a part of the time can be asked for at once.
    pub window: Window,
}

/// How much time a page may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// All of it: the page begins at the start time.
    Any,
    /// As much as a full page covers, and no more milliseconds than these: the page ends at the end time, so that a longer one
    /// would leave out its beginning.
    Page(i64),
    /// So many milliseconds.
    Time(i64),
}

/// The rules of a history by product.
#[derive(Debug)]
pub struct PageRules(&'static [(&'static [Product], PageRule)]);

impl PageRules {
    /// The rule of a product.
    pub fn of(&self, product: Product) -> PageRule {
        let row = self.0.iter().find(|(products, _)| products.contains(&product));
        // Every table here ends with a row of all the products that are left.
        row.map_or(PageRule { limit: 100, window: Window::Any }, |(_, rule)| *rule)
    }
}

const HOUR: i64 = 3_600_000;

/// Bars. Spot API, "Kline/Candlestick data" (2026-07); USD-M and COIN-M, "Kline/Candlestick Data" (2026-01): COIN-M gives the last of
/// what lies between two times at most 200 days apart. Options do not say, and are asked as COIN-M is.
pub static BAR_PAGES: PageRules = PageRules(&[
    (&[Product::Spot, Product::Margin], PageRule { limit: 1000, window: Window::Any }),
    (&[Product::UsdM], PageRule { limit: 1500, window: Window::Any }),
    (&[Product::CoinM, Product::Options], PageRule { limit: 1500, window: Window::Page(200 * DAY_MS) }),
]);

/// Aggregate trades. Spot API, "Compressed/Aggregate trades list" (2026-07); USD-M and COIN-M, "Compressed/Aggregate Trades List"
/// (2026-01): start and end less than an hour apart.
pub static TRADE_PAGES: PageRules = PageRules(&[
    (&[Product::Spot, Product::Margin], PageRule { limit: 1000, window: Window::Any }),
    (&[Product::UsdM, Product::CoinM, Product::Options], PageRule { limit: 1000, window: Window::Time(HOUR) }),
]);

/// Funding. USD-M, "Get Funding Rate History"; COIN-M, "Get Funding Rate History of Perpetual Futures" (2026-01).
pub static FUNDING_PAGES: PageRules = PageRules(&[(&Product::ALL, PageRule { limit: 1000, window: Window::Any })]);

/// A history that is asked for by time, whose records differ in their times.
///
/// It goes on behind the last record that came, for market histories are long and a page of them begins at a known end: a page that
/// is not full is no sign of the end, and none is asked for twice. Records of an account have neither, and are found by
/// [halving](crate::account::paging::HalvingWalk).
#[derive(Debug, Clone)]
pub struct ForwardWalk {
    next: i64,
    end: i64,
    step: i64,
    window: Option<i64>,
}

impl ForwardWalk {
    /// A walk over the records of `span`, which are `step` milliseconds apart or more.
    pub fn new(span: Range<UnixNanos>, step: i64, rule: PageRule) -> Self {
        let window = match rule.window {
            Window::Any => None,
            Window::Page(most) => Some(step.saturating_mul(i64::from(rule.limit)).min(most)),
            Window::Time(window) => Some(window),
        };
        Self { next: first_milli(span.start), end: first_milli(span.end), step, window }
    }

    /// The times to ask for next, both included; `None` at the end.
    pub fn ask(&self) -> Option<(UnixNanos, UnixNanos)> {
        let from = (self.next < self.end).then_some(self.next)?;
        let to = self.window.map_or(self.end, |window| from.saturating_add(window).min(self.end)) - 1;
        UnixNanos::from_millis(from).zip(UnixNanos::from_millis(to))
    }

    /// What is new of a page, oldest first.
    ///
    /// # Errors
    /// When the page holds only what came before the time that was asked for.
    pub fn take<T>(&mut self, mut page: Vec<T>, time: impl Fn(&T) -> UnixNanos) -> Result<Vec<T>, Stuck> {
        page.sort_by_key(|record| time(record));
        page.dedup_by_key(|record| time(record));
        let (was_empty, from) = (page.is_empty(), self.next);
        let newest = page.last().map(|record| millis(time(record)));
        page.retain(|record| (from..self.end).contains(&millis(time(record))));
        let behind_window = self.window.map(|window| from.saturating_add(window));
        self.next = match (page.last().map(|record| millis(time(record)).saturating_add(self.step)), behind_window) {
            // A window that has its record at the end reaches beyond its own end by less than a step.
            (Some(behind_last), Some(behind_window)) => behind_last.max(behind_window),
            (Some(behind_last), None) => behind_last,
            (None, Some(behind_window)) => behind_window,
            (None, None) if was_empty || newest.is_some_and(|newest| newest >= self.end) => self.end,
            (None, None) => return Err(Stuck { at: from }),
        };
        Ok(page)
    }
}

/// What to ask for next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeAsk {
    /// Between two times, both included.
    Times(UnixNanos, UnixNanos),
    /// From a number on.
    From(u64),
}

/// A history that is found by time and followed by number.
#[derive(Debug, Clone)]
pub struct IdWalk {
    times: ForwardWalk,
    next_id: Option<u64>,
    is_done: bool,
}

impl IdWalk {
    /// A walk over the records of `span`.
    pub fn new(span: Range<UnixNanos>, rule: PageRule) -> Self {
        Self { times: ForwardWalk::new(span, 1, rule), next_id: None, is_done: false }
    }

    /// What to ask for next; `None` at the end.
    pub fn ask(&self) -> Option<TradeAsk> {
        match self.next_id {
            _ if self.is_done => None,
            Some(id) => Some(TradeAsk::From(id)),
            None => self.times.ask().map(|(from, to)| TradeAsk::Times(from, to)),
        }
    }

    /// What is new of a page, oldest first.
    ///
    /// # Errors
    /// When the page holds only what came before what was asked for.
    pub fn take<T>(&mut self, mut page: Vec<T>, id: impl Fn(&T) -> u64, time: impl Fn(&T) -> UnixNanos) -> Result<Vec<T>, Stuck> {
        page.sort_by_key(|record| id(record));
        page.dedup_by_key(|record| id(record));
        let (from, end) = (self.times.next, self.times.end);
        let Some(next_id) = self.next_id else {
            let newest = page.last().map(|record| millis(time(record)));
            page.retain(|record| (from..end).contains(&millis(time(record))));
            match page.last() {
                Some(last) => self.next_id = id(last).checked_add(1),
                None if newest.is_some_and(|newest| newest < from) => return Err(Stuck { at: from }),
                None => drop(self.times.take(Vec::<T>::new(), &time)?),
            }
            return Ok(page);
        };
        let was_empty = page.is_empty();
        page.retain(|record| id(record) >= next_id);
        if page.is_empty() && !was_empty {
            return Err(Stuck { at: from });
        }
        self.next_id = page.last().and_then(|last| id(last).checked_add(1));
        let is_behind = page.last().is_none_or(|last| millis(time(last)) >= end);
        self.is_done = is_behind || self.next_id.is_none();
        page.retain(|record| millis(time(record)) < end);
        Ok(page)
    }
}

#[cfg(test)]
mod tests;
