//! Histories, page by page: what is asked for next, given what came.
//!
//! The one decision: a walk does not trust the order within a page. A page that is full may have left out either end, so its
//! time is halved and asked for again, until no page is full; nothing is missing then, and nothing doubled. Where Binance has
//! numbers or pages to go by, those are used.
//!
//! A walk sends nothing itself, so that what is complete and when it ends can be tested without an exchange. Every walk ends. Why
//! histories of the market are walked another way is said at [`ForwardWalk`](crate::market::paging::ForwardWalk).

use std::ops::Range;

use metaexpert_connect::{Failure, Malformed, Params, http::Client};
use metaexpert_core::UnixNanos;

use super::{Call, ask};
use crate::Product;
pub(super) use crate::paging::DAY_MS;
pub use crate::paging::{Span, TooMany};

/// A history that is asked for by time, of which nothing is known but what a page holds at most.
#[derive(Debug, Clone)]
pub struct HalvingWalk {
    /// What is still to be asked for; the last goes first.
    ahead: Vec<Span>,
    /// What is left beyond that, and how much of it may be asked for at once.
    rest: Option<Span>,
    widest_ms: i64,
}

impl HalvingWalk {
    /// A walk over a stretch of time, no more than `widest_ms` milliseconds of it at once.
    pub fn new(time: &Range<UnixNanos>, widest_ms: i64) -> Self {
        Self { ahead: Vec::new(), rest: Span::of(time), widest_ms: widest_ms.max(1) }
    }

    /// What to ask for next; `None` at the end.
    pub fn ask(&mut self) -> Option<Span> {
        if let Some(span) = self.ahead.pop() {
            return Some(span);
        }
        let rest = self.rest?;
        let to = rest.from.saturating_add(self.widest_ms - 1).min(rest.to);
        self.rest = (to < rest.to).then_some(Span { from: to + 1, to: rest.to });
        Some(Span { from: rest.from, to })
    }

    /// Says that the page of a span was full: its halves are asked for instead.
    ///
    /// # Errors
    /// When it is a single millisecond.
    pub fn was_full(&mut self, span: Span) -> Result<(), TooMany> {
        let (first, second) = span.halves().ok_or(TooMany { at: span.from })?;
        self.ahead.extend([second, first]);
        Ok(())
    }
}

/// A history that is asked for by the number of its records.
#[derive(Debug, Clone)]
pub struct NumberWalk {
    next: Option<u64>,
    limit: usize,
}

impl NumberWalk {
    /// A walk from a number on.
    pub const fn new(from: u64, limit: usize) -> Self {
        Self { next: Some(from), limit }
    }

    /// The number to ask from next; `None` at the end.
    pub const fn ask(&self) -> Option<u64> {
        self.next
    }

    /// Says how many records came, and the largest number among them. A page that is not full is the last, and so is one that
    /// does not go forward.
    pub fn took(&mut self, records: usize, largest: Option<u64>) {
        let asked = self.next;
        let next = largest.and_then(|largest| largest.checked_add(1));
        self.next = next.filter(|next| records >= self.limit && Some(*next) > asked);
    }
}

/// A history that is asked for by pages.
#[derive(Debug, Clone)]
pub struct PageWalk {
    next: Option<u32>,
    size: usize,
    seen: u64,
}

impl PageWalk {
    /// A walk from the first page, which is number 1.
    pub const fn new(size: usize) -> Self {
        Self { next: Some(1), size, seen: 0 }
    }

    /// The page to ask for next; `None` at the end.
    pub const fn ask(&self) -> Option<u32> {
        self.next
    }

    /// Says how many records came, and of how many in all where the reply says it. A page that is not full is the last.
    pub fn took(&mut self, records: usize, total: Option<u64>) {
        self.seen = self.seen.saturating_add(records as u64);
        let is_last = records < self.size || total.is_some_and(|total| self.seen >= total);
        self.next = self.next.and_then(|page| page.checked_add(1)).filter(|_| !is_last);
    }
}

/// A history and its limits.
#[derive(Debug, Clone, Copy)]
pub(super) struct History<'a> {
    pub client: &'a Client,
    pub product: Product,
    pub call: Call,
    /// Most records of a page.
    pub limit: usize,
    /// Most time that may be asked for at once.
    pub widest_ms: i64,
}

impl History<'_> {
    /// All records of a stretch of time, by halving what is full; oldest first as far as pages are.
    pub(super) async fn between<T>(
        self,
        params: &Params,
        time: &Range<UnixNanos>,
        read: impl Fn(&[u8]) -> Result<Vec<T>, Malformed>,
    ) -> Result<Vec<T>, Failure> {
        let (mut walk, mut records) = (HalvingWalk::new(time, self.widest_ms), Vec::new());
        while let Some(span) = walk.ask() {
            let params = spanned(params, span).with("limit", self.limit);
            let page = read(&ask(self.client, self.product, self.call, &params).await?)?;
            if page.len() < self.limit {
                records.extend(page);
            } else {
                walk.was_full(span).map_err(|too_many| too_many.of(self.product, self.call.as_str(), self.limit))?;
            }
        }
        Ok(records)
    }

    /// All records of a stretch of time, page by page; `names` are those of the parameters for page and size.
    pub(super) async fn paged<T>(
        self,
        params: &Params,
        time: &Range<UnixNanos>,
        names: [&'static str; 2],
        read: impl Fn(&[u8]) -> Result<(Vec<T>, Option<u64>), Malformed>,
    ) -> Result<Vec<T>, Failure> {
        let (mut walk, mut records) = (HalvingWalk::new(time, self.widest_ms), Vec::new());
        let [number, size] = names;
        while let Some(span) = walk.ask() {
            let mut pages = PageWalk::new(self.limit);
            while let Some(page) = pages.ask() {
                let params = spanned(params, span).with(number, page).with(size, self.limit);
                let (page, total) = read(&ask(self.client, self.product, self.call, &params).await?)?;
                pages.took(page.len(), total);
                records.extend(page);
            }
        }
        Ok(records)
    }

    /// All records from a number on; `name` is that of the parameter.
    pub(super) async fn from<T>(
        self,
        params: &Params,
        name: &'static str,
        from: u64,
        read: impl Fn(&[u8]) -> Result<Vec<T>, Malformed>,
        number: impl Fn(&T) -> u64,
    ) -> Result<Vec<T>, Failure> {
        let (mut walk, mut records) = (NumberWalk::new(from, self.limit), Vec::new());
        while let Some(next) = walk.ask() {
            let params = params.clone().with(name, next).with("limit", self.limit);
            let page = read(&ask(self.client, self.product, self.call, &params).await?)?;
            walk.took(page.len(), page.iter().map(&number).max());
            records.extend(page);
        }
        Ok(records)
    }
}

fn spanned(params: &Params, span: Span) -> Params {
    params.clone().with("startTime", span.from).with("endTime", span.to)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(from: i64, to: i64) -> Range<UnixNanos> {
        UnixNanos::from_millis(from).unwrap()..UnixNanos::from_millis(to).unwrap()
    }

    /// What an exchange gives of `records` (their times): at most `limit`, from either end.
    fn page(records: &[i64], span: Span, limit: usize, newest: bool) -> Vec<i64> {
        let within: Vec<i64> = records.iter().copied().filter(|at| (span.from..=span.to).contains(at)).collect();
        let left_out = within.len().saturating_sub(limit);
        if newest { within[left_out..].to_vec() } else { within[..within.len() - left_out].to_vec() }
    }

    proptest! {
        #[test]
        fn a_history_by_time_is_complete_and_nothing_comes_twice(
            mut records in prop::collection::vec(0_i64..5_000, 0..200),
            limit in 8_usize..20,
            widest in 1_i64..6_000,
            newest: bool,
        ) {
            records.sort_unstable();
            // No more of one millisecond than a page holds.
            records.dedup();
            let (mut walk, mut found, mut asked) = (HalvingWalk::new(&time(500, 4_500), widest), Vec::new(), 0);
            while let Some(span) = walk.ask() {
                asked += 1;
                prop_assert!(span.to - span.from < widest && asked < 20_000);
                let page = page(&records, span, limit, newest);
                if page.len() < limit { found.extend(page) } else { prop_assert_eq!(walk.was_full(span), Ok(())) }
            }
            let expected: Vec<i64> = records.into_iter().filter(|at| (500..4_500).contains(at)).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn a_history_by_number_is_complete_and_ends(
            mut numbers in prop::collection::vec(0_u64..10_000, 0..200),
            limit in 1_usize..50,
        ) {
            numbers.sort_unstable();
            numbers.dedup();
            let (mut walk, mut found) = (NumberWalk::new(0, limit), Vec::new());
            while let Some(from) = walk.ask() {
                let page: Vec<u64> = numbers.iter().copied().filter(|number| *number >= from).take(limit).collect();
                walk.took(page.len(), page.iter().copied().max());
                found.extend(page);
            }
            prop_assert_eq!(found, numbers);
        }

        #[test]
        fn a_history_by_pages_is_complete_and_ends(records in 0_usize..500, size in 1_usize..50, says_total: bool) {
            let (mut walk, mut found) = (PageWalk::new(size), 0);
            while let Some(page) = walk.ask() {
                let came = records.saturating_sub((page as usize - 1) * size).min(size);
                walk.took(came, says_total.then_some(records as u64));
                found += came;
            }
            prop_assert_eq!(found, records);
        }
    }

    #[test]
    fn a_full_millisecond_is_told_and_not_passed_over() {
        let mut walk = HalvingWalk::new(&time(7, 8), DAY_MS);
        let span = walk.ask().unwrap();
        assert_eq!(span, Span { from: 7, to: 7 });
        assert_eq!(walk.was_full(span), Err(TooMany { at: 7 }));
    }

    #[test]
    fn pages_by_number_end_where_the_exchange_gives_the_same_page_again() {
        let mut walk = NumberWalk::new(100, 2);
        walk.took(2, Some(101));
        assert_eq!(walk.ask(), Some(102));
        walk.took(2, Some(101));
        assert_eq!(walk.ask(), None);
    }

    #[test]
    fn a_stretch_without_a_whole_millisecond_asks_for_nothing() {
        let nanos = |nanos| UnixNanos::from_nanos(nanos);
        assert_eq!(Span::of(&(nanos(1_000_001)..nanos(1_999_999))), None);
        assert_eq!(Span::of(&(nanos(2_000_000)..nanos(2_000_000))), None);
        assert_eq!(Span::of(&(nanos(1_000_001)..nanos(2_000_001))), Some(Span { from: 2, to: 2 }));
        assert_eq!(HalvingWalk::new(&time(9, 9), DAY_MS).ask(), None);
    }
}
