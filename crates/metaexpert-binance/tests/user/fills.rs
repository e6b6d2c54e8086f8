//! No fill twice, and none lost.

use std::collections::BTreeMap;

use metaexpert_binance::{
    Product,
    user::{Fill, FillFilter, REMEMBERED},
};
use metaexpert_connect::report::{FillReport, Origin};
use metaexpert_core::Side;
use proptest::{prelude::*, sample::Index};
use rust_decimal::{Decimal, dec};

use super::{at, executed, read};

fn full(symbol: &str, number: u64) -> FillReport {
    FillReport {
        symbol: symbol.into(),
        trade_id: number.to_string(),
        client_id: None,
        venue_id: None,
        side: Side::Buy,
        position_side: None,
        price: dec!(100),
        quantity: Decimal::from(number + 1),
        fee: Some(Decimal::from(number + 1) / dec!(1000)),
        fee_asset: Some("USDT".into()),
        liquidity: None,
        realised: Some(dec!(1)),
        origin: Origin::Own,
        time: at(1_767_225_600_000),
        is_early: false,
    }
}

fn early(symbol: &str, number: u64) -> FillReport {
    FillReport { fee: None, fee_asset: None, realised: None, is_early: true, ..full(symbol, number) }
}

#[test]
fn an_early_fill_counts_and_the_full_one_completes_it() {
    let mut filter = FillFilter::new();
    assert_eq!(filter.take(early("ETHUSDT", 5)), Some(Fill::Early(early("ETHUSDT", 5))));
    assert_eq!(filter.incomplete().collect::<Vec<_>>(), [("ETHUSDT", 5)]);
    assert_eq!(filter.take(early("ETHUSDT", 5)), None);
    assert_eq!(filter.take(full("ETHUSDT", 5)), Some(Fill::Completes(full("ETHUSDT", 5))));
    assert_eq!(filter.take(full("ETHUSDT", 5)), None);
    assert_eq!(filter.incomplete().count(), 0);
}

#[test]
fn a_full_fill_needs_no_early_one() {
    let mut filter = FillFilter::new();
    assert_eq!(filter.take(full("ETHUSDT", 5)), Some(Fill::Full(full("ETHUSDT", 5))));
    assert_eq!(filter.take(early("ETHUSDT", 5)), None);
}

#[test]
fn the_two_events_of_one_execution_are_one_fill() {
    let [metaexpert_connect::Report::Fill(lite)] = &read(Product::UsdM, "usdm/trade_lite")[..] else { panic!() };
    let (_, whole) = executed(Product::UsdM, "usdm/order_trade");
    let mut filter = FillFilter::new();
    assert!(matches!(filter.take((**lite).clone()), Some(Fill::Early(_))));
    assert!(matches!(filter.take(whole), Some(Fill::Completes(fill)) if fill.fee == Some(dec!(0.00041234))));
}

#[test]
fn the_same_number_of_another_symbol_or_kind_is_another_fill() {
    let mut filter = FillFilter::new();
    assert!(filter.take(full("ETHUSDT", 5)).is_some());
    assert!(filter.take(full("BTCUSDT", 5)).is_some());
    let allocation = FillReport { trade_id: "allocation:5".into(), ..full("ETHUSDT", 5) };
    assert!(filter.take(allocation.clone()).is_some());
    assert!(filter.take(allocation).is_none());
}

#[test]
fn both_sides_of_a_trade_with_oneself_are_fills() {
    let mut filter = FillFilter::new();
    let bought = FillReport { side: Side::Buy, ..full("ETHUSDT", 5) };
    let sold = FillReport { side: Side::Sell, ..full("ETHUSDT", 5) };
    assert!(matches!(filter.take(bought.clone()), Some(Fill::Full(_))));
    assert!(matches!(filter.take(sold.clone()), Some(Fill::Full(_))));
    assert_eq!((filter.take(bought), filter.take(sold)), (None, None));
}

#[test]
fn what_was_missed_is_taken_after_what_came_later() {
    let mut filter = FillFilter::new();
    for number in [10, 11, 20, 21] {
        assert!(filter.take(full("ETHUSDT", number)).is_some());
    }
    // The list of trades, asked for after a reconnection: 12 to 19 were missed.
    let added: Vec<_> = (8..=21).filter(|number| filter.take(full("ETHUSDT", *number)).is_some()).collect();
    assert_eq!(added, [8, 9, 12, 13, 14, 15, 16, 17, 18, 19]);
}

#[test]
fn what_is_remembered_is_bounded_and_what_is_forgotten_counts_as_known() {
    let mut filter = FillFilter::new();
    let last = u64::try_from(REMEMBERED).unwrap() * 3;
    for number in 1..=last {
        assert!(filter.take(early("ETHUSDT", number)).is_some());
    }
    assert_eq!(filter.incomplete().count(), REMEMBERED);
    for number in 1..=last {
        let is_remembered = number > last - u64::try_from(REMEMBERED).unwrap();
        assert_eq!(filter.take(full("ETHUSDT", number)).is_some(), is_remembered, "{number}");
        assert!(filter.take(full("ETHUSDT", number)).is_none(), "{number}");
    }
}

/// How a fill is told: by the early event, by the full one, by a list of trades.
#[derive(Debug, Clone, Copy)]
enum Told {
    Early,
    Full,
}

proptest! {
    #[test]
    fn quantities_and_fees_count_once_whatever_the_order_duplication_or_loss(
        told in prop::collection::vec((0_u64..300, prop::sample::select(vec!["ETHUSDT", "BTCUSDT"]), prop::sample::select(vec![Told::Early, Told::Full])), 0..900),
        repeats in prop::collection::vec((any::<Index>(), any::<Index>()), 0..200),
    ) {
        let mut told = told;
        for (from, to) in if told.is_empty() { vec![] } else { repeats } {
            let again = told[from.index(told.len())];
            told.insert(to.index(told.len()), again);
        }
        let mut filter = FillFilter::new();
        let (mut quantity, mut fee) = (Decimal::ZERO, Decimal::ZERO);
        for (number, symbol, how) in &told {
            let report = match how { Told::Early => early(symbol, *number), Told::Full => full(symbol, *number) };
            if let Some(fill) = filter.take(report) {
                quantity += fill.quantity();
                fee += fill.fee().unwrap_or_default();
            }
        }
        let mut truth = BTreeMap::new();
        for (number, symbol, how) in &told {
            *truth.entry((*symbol, *number)).or_insert(false) |= matches!(how, Told::Full);
        }
        prop_assert_eq!(quantity, truth.keys().map(|(_, number)| Decimal::from(number + 1)).sum::<Decimal>());
        let fees = truth.iter().filter(|(_, is_full)| **is_full).map(|((_, number), _)| Decimal::from(number + 1) / dec!(1000));
        prop_assert_eq!(fee, fees.sum::<Decimal>());
        let incomplete: Vec<_> = truth.iter().filter(|(_, is_full)| !**is_full).map(|(key, _)| *key).collect();
        let mut told_incomplete: Vec<_> = filter.incomplete().collect();
        told_incomplete.sort_unstable();
        prop_assert_eq!(told_incomplete, incomplete);
    }
}
