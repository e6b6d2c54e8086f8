//! Walks over a made-up exchange that keeps a history and answers as the documentation says.

use proptest::prelude::*;

use super::*;

/// A record: its number and when it was.
type Record = (u64, i64);

fn at(millis: i64) -> UnixNanos {
    UnixNanos::from_millis(millis).unwrap()
}

fn span(start: i64, end: i64) -> Range<UnixNanos> {
    at(start)..at(end)
}

fn time((_, millis): &Record) -> UnixNanos {
    at(*millis)
}

/// What lies between two times, both included: the first or the last `limit` of it.
fn answer(history: &[Record], from: UnixNanos, to: UnixNanos, limit: usize, is_last: bool) -> Vec<Record> {
    let within: Vec<_> = history.iter().filter(|record| (from..=to).contains(&time(record))).copied().collect();
    let skipped = if is_last { within.len().saturating_sub(limit) } else { 0 };
    within.into_iter().skip(skipped).take(limit).collect()
}

fn walk_by_time(history: &[Record], span: Range<UnixNanos>, step: i64, rule: PageRule, is_last: bool) -> (Vec<Record>, usize) {
    let (mut walk, mut all, mut calls) = (ForwardWalk::new(span, step, rule), Vec::new(), 0);
    while let Some((from, to)) = walk.ask() {
        calls += 1;
        assert!(calls < 10_000, "it does not end");
        all.extend(walk.take(answer(history, from, to, usize::from(rule.limit), is_last), time).unwrap());
    }
    (all, calls)
}

fn walk_by_id(history: &[Record], span: Range<UnixNanos>, rule: PageRule) -> Vec<Record> {
    let (mut walk, mut all, mut calls) = (IdWalk::new(span, rule), Vec::new(), 0);
    while let Some(ask) = walk.ask() {
        calls += 1;
        assert!(calls < 10_000, "it does not end");
        let limit = usize::from(rule.limit);
        let page = match ask {
            TradeAsk::Times(from, to) => answer(history, from, to, limit, false),
            TradeAsk::From(id) => history.iter().filter(|record| record.0 >= id).take(limit).copied().collect(),
        };
        all.extend(walk.take(page, |record| record.0, time).unwrap());
    }
    all
}

/// Bars of 10 ms with gaps between them.
fn any_bars() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::btree_set(0_i64..120, 0..60)
        .prop_map(|opens| opens.into_iter().zip(0_u64..).map(|(open, id)| (id, open * 10)).collect())
}

/// Trades, many of them in one millisecond.
fn any_trades() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec(0_i64..60, 0..80).prop_map(|mut times| {
        times.sort_unstable();
        (100_u64..).zip(times).collect()
    })
}

proptest! {
    #[test]
    fn bars_are_complete_and_none_comes_twice(bars in any_bars(), start in 0_i64..1_300, length in 0_i64..1_300, limit in 1_u16..9) {
        let end = start + length;
        let wanted: Vec<_> = bars.iter().filter(|bar| (start..end).contains(&bar.1)).copied().collect();
        let from_start = PageRule { limit, window: Window::Any };
        prop_assert_eq!(&walk_by_time(&bars, span(start, end), 10, from_start, false).0, &wanted);
        for most in [10, 45, 10_000] {
            let from_end = PageRule { limit, window: Window::Page(most) };
            prop_assert_eq!(&walk_by_time(&bars, span(start, end), 10, from_end, true).0, &wanted, "window of {}", most);
        }
    }

    #[test]
    fn trades_of_one_millisecond_are_complete_and_none_comes_twice(trades in any_trades(), start in 0_i64..70, length in 0_i64..70, limit in 1_u16..9) {
        let end = start + length;
        let wanted: Vec<_> = trades.iter().filter(|trade| (start..end).contains(&trade.1)).copied().collect();
        for window in [Window::Any, Window::Time(7)] {
            prop_assert_eq!(&walk_by_id(&trades, span(start, end), PageRule { limit, window }), &wanted, "{:?}", window);
        }
    }
}

#[test]
fn a_page_that_is_not_full_is_not_taken_for_the_end() {
    let bars: Vec<Record> = (0..6).zip((0..6).map(|bar| bar * 10)).collect();
    let mut walk = ForwardWalk::new(span(0, 60), 10, PageRule { limit: 5, window: Window::Any });
    let (from, to) = walk.ask().unwrap();
    // The exchange may answer with less than it was asked for.
    assert_eq!(walk.take(answer(&bars, from, to, 2, false), time).unwrap().len(), 2);
    assert_eq!(walk.ask(), Some((at(20), at(59))));
}

#[test]
fn a_span_of_nothing_asks_for_nothing() {
    assert_eq!(ForwardWalk::new(span(50, 50), 10, BAR_PAGES.of(Product::Spot)).ask(), None);
    assert_eq!(ForwardWalk::new(span(50, 10), 10, BAR_PAGES.of(Product::CoinM)).ask(), None);
    assert_eq!(IdWalk::new(span(50, 10), TRADE_PAGES.of(Product::UsdM)).ask(), None);
}

#[test]
fn pages_that_do_not_go_forward_end_the_walk() {
    let mut walk = ForwardWalk::new(span(100, 200), 10, PageRule { limit: 5, window: Window::Any });
    assert_eq!(walk.take(vec![(1, 40), (2, 90)], time), Err(Stuck { at: 100 }));
    let mut walk = IdWalk::new(span(100, 200), PageRule { limit: 5, window: Window::Any });
    assert_eq!(walk.take(vec![(7, 150)], |record: &Record| record.0, time), Ok(vec![(7, 150)]));
    assert_eq!(walk.ask(), Some(TradeAsk::From(8)));
    assert_eq!(walk.take(vec![(6, 150), (7, 150)], |record: &Record| record.0, time), Err(Stuck { at: 100 }));
}

#[test]
fn coin_margined_bars_are_asked_for_in_pages_of_at_most_200_days() {
    let of = |step| ForwardWalk::new(span(0, 100_000 * DAY_MS), step, BAR_PAGES.of(Product::CoinM)).ask();
    assert_eq!(of(DAY_MS), Some((at(0), at(200 * DAY_MS - 1))));
    assert_eq!(of(60_000), Some((at(0), at(1500 * 60_000 - 1))));
    assert_eq!(
        ForwardWalk::new(span(0, 100 * DAY_MS), DAY_MS, BAR_PAGES.of(Product::UsdM)).ask(),
        Some((at(0), at(100 * DAY_MS - 1)))
    );
}

#[test]
fn every_product_has_a_rule_in_every_table() {
    for product in Product::ALL {
        for rules in [&BAR_PAGES, &TRADE_PAGES, &FUNDING_PAGES] {
            assert!(rules.0.iter().any(|(products, _)| products.contains(&product)), "{product}");
        }
    }
}
