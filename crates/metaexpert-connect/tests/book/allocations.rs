//! A live book costs no allocation, whatever the size of a message.

use metaexpert_connect::{
    PartialBook,
    report::{DepthReport, LevelReport},
};
use rust_decimal::Decimal;

use super::*;

fn levels(count: i64, quantity: f64) -> Vec<LevelReport> {
    (0..count).map(|at| LevelReport { price: Decimal::new(10_000 - at, 2), quantity }).collect()
}

#[test]
fn changes_of_a_live_book_allocate_nothing() {
    for rule in [&FIRST_AND_LAST, &WITH_PREVIOUS, &COUNTED, &CHAINED] {
        let (mut sync, mut out) = (BookSync::new(rule, TICK), Vec::with_capacity(1_000));
        let mut report = DepthReport {
            symbol: None,
            time: None,
            is_snapshot: true,
            first: None,
            last: 1,
            previous: None,
            bids: levels(1_000, 1.0),
            asks: vec![],
        };
        assert_eq!(sync.take(&report, NOW, &mut out), Step::Rebuilt);
        (report.is_snapshot, report.time) = (false, Some(NOW));
        let mut applied = 0;
        let counted = allocation_counter::measure(|| {
            for last in 2..100_u64 {
                out.clear();
                (report.first, report.last, report.previous) = (Some(last), last, Some(last.cast_signed() - 1));
                applied += usize::from(sync.take(&report, NOW, &mut out) == Step::Applied && out.len() == 1_000);
                // A copy of it, too.
                applied += usize::from(sync.take(&report, NOW, &mut out) == Step::Older);
            }
        });
        assert_eq!((applied, counted.count_total), (2 * 98, 0));
    }
}

#[test]
fn the_best_levels_allocate_nothing_from_the_third_message_on() {
    let (mut top, mut out) = (PartialBook::new(TICK), Vec::with_capacity(100));
    let reports: Vec<_> = (1..50_u32)
        .map(|last| DepthReport {
            symbol: None,
            time: None,
            is_snapshot: true,
            first: None,
            last: last.into(),
            previous: None,
            bids: levels(20, last.into()),
            asks: vec![],
        })
        .collect();
    let (first, rest) = reports.split_at(2);
    assert!(first.iter().all(|report| top.take(report, NOW, &mut out) == Ok(true)));
    let counted = allocation_counter::measure(|| {
        for report in rest {
            out.clear();
            assert_eq!(top.take(report, NOW, &mut out), Ok(true));
            assert_eq!(out.len(), 20);
        }
    });
    assert_eq!(counted.count_total, 0);
}
