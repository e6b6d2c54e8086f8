//! How Binance numbers its order books.
//!
//! The one decision: two rules for five products. Spot names the first and the last update of a message; futures and options
//! name the last update of the message before as well, for their numbers are shared between instruments and leave gaps.

use metaexpert_connect::book_sync::{Overlap, SequenceRule, Since, Whole};

use crate::Product;

/// Spot and margin, which trade on the same books.
///
/// Spot API, "WebSocket Streams", "How to manage a local order book correctly" (as corrected 2025-11-12): a snapshot older than
/// the first message's `U` is asked for again; messages that end (`u`) at or before it are dropped; the book is lost where a
/// message begins (`U`) after its last update plus one. Where it begins earlier, it is applied: quantities are absolute.
pub static SPOT: SequenceRule = SequenceRule {
    whole: Whole::Asked,
    since: Since::First,
    overlap: Overlap::Always,
    steps_back: false,
    whole_at: None,
    checksum: None,
};

/// USD-M and COIN-M futures, and options.
///
/// "How to manage a local order book correctly" of each (read 2026-11): the first message after the snapshot has `U` <=
/// `lastUpdateId` <= `u`, and each one after it has the last one's `u` as its `pu`. Here the first message needs `pu` <=
/// `lastUpdateId` instead, which is the same but where the snapshot falls between two messages: there the next one joins it, and
/// by the documented words none ever would.
pub static DERIVATIVES: SequenceRule = SequenceRule { since: Since::Previous, overlap: Overlap::AfterSnapshot, ..SPOT };

/// How the order books of a product are numbered.
pub const fn book_rule(product: Product) -> &'static SequenceRule {
    match product {
        Product::Spot | Product::Margin => &SPOT,
        Product::UsdM | Product::CoinM | Product::Options => &DERIVATIVES,
    }
}

/// The most levels a side that a snapshot can have: the `limit` to ask with. What lies deeper is not known until it changes.
///
/// `GET /api/v3/depth` (5,000); `/fapi/v1/depth`, `/dapi/v1/depth` and `/eapi/v1/depth` (1,000).
pub const fn snapshot_levels(product: Product) -> u32 {
    match product {
        Product::Spot | Product::Margin => 5_000,
        Product::UsdM | Product::CoinM | Product::Options => 1_000,
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_connect::{
        BookSync,
        book_sync::{Break, Step},
        report::{DepthReport, LevelReport},
    };
    use metaexpert_core::UnixNanos;
    use rust_decimal::dec;

    use super::*;

    fn report(is_snapshot: bool, first: u64, last: u64, previous: i64) -> DepthReport<'static> {
        let bids = vec![LevelReport { price: dec!(0.25), quantity: 1.0 }];
        let numbers = (Some(first).filter(|_| !is_snapshot), Some(previous).filter(|_| !is_snapshot));
        DepthReport { symbol: None, time: None, is_snapshot, first: numbers.0, last, previous: numbers.1, bids, asks: vec![] }
    }

    /// What comes of a snapshot and a message behind it, where another message had come before.
    fn check(product: Product, snapshot: u64, (first, last, previous): (u64, u64, i64)) -> (Step, Option<Step>) {
        let (mut sync, mut out, now) = (BookSync::new(book_rule(product), dec!(0.01)), Vec::new(), UnixNanos::from_nanos(1));
        let Step::AskSnapshot(ask) = sync.take(&report(false, 91, 100, 90), now, &mut out) else { panic!("no question") };
        let answered = sync.answer(ask, &report(true, 0, snapshot, 0), now, &mut out);
        let then = sync.is_live().then(|| sync.take(&report(false, first, last, previous), now, &mut out));
        (answered, then)
    }

    #[test]
    fn spot_joins_by_first_and_last() {
        for product in [Product::Spot, Product::Margin] {
            assert_eq!(check(product, 90, (101, 105, 0)), (Step::Rebuilt, Some(Step::Applied)), "`U` is the snapshot's plus one");
            assert_eq!(check(product, 100, (101, 105, 0)), (Step::Rebuilt, Some(Step::Applied)));
            assert_eq!(check(product, 103, (101, 105, 0)), (Step::Rebuilt, Some(Step::Applied)));
            assert_eq!(check(product, 105, (101, 105, 0)), (Step::Rebuilt, Some(Step::Older)));
            assert!(matches!(check(product, 89, (101, 105, 0)), (Step::AskSnapshot(_), None)), "91 is the first that is known");
            let (_, then) = check(product, 100, (102, 105, 0));
            assert!(matches!(then, Some(Step::Broken { why: Break::Gap { expected: 100, got: 101 }, .. })), "{then:?}");
        }
    }

    #[test]
    fn futures_and_options_join_by_the_previous_number() {
        for product in [Product::UsdM, Product::CoinM, Product::Options] {
            assert_eq!(check(product, 95, (120, 130, 100)), (Step::Rebuilt, Some(Step::Applied)), "numbers may be left out");
            assert_eq!(check(product, 100, (120, 130, 100)), (Step::Rebuilt, Some(Step::Applied)));
            assert_eq!(check(product, 125, (120, 130, 100)), (Step::Rebuilt, Some(Step::Applied)));
            assert!(matches!(check(product, 89, (120, 130, 100)), (Step::AskSnapshot(_), None)));
            let (_, then) = check(product, 95, (101, 130, 101));
            assert!(matches!(then, Some(Step::Broken { why: Break::Gap { expected: 100, got: 101 }, .. })), "{then:?}");
        }
    }
}
