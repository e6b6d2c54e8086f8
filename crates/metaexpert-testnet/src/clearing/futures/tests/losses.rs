//! Levels, calls, take-overs, insurance.

use metaexpert_core::{PositionSide, Side};
use rust_decimal::dec;

use super::*;
use crate::clearing::{EntryKind, TakeOver};

/// 0.01 BTC at 60,000 with 32.85 behind it, so that the level is (600 - 32.85) / (0.01 * 0.995) = 57,000: there 2.85 is left, and
/// 570 * 0.5 % = 2.85 is needed.
fn at_57000(isolated: bool) -> Bench {
    let mut bench = bench(Class::Linear, &[("USDT", if isolated { dec!(1000) } else { dec!(33.15) })]);
    if isolated {
        bench.futures.set_margin_type(BTCUSDT, true).unwrap();
    }
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    if isolated {
        // 600 / 20 = 30 came with the position.
        bench.futures.move_margin(BTCUSDT, None, dec!(2.85), at(2), &bench.prices).unwrap();
    }
    bench
}

fn taken_at(bench: &mut Bench, price: Decimal) -> Vec<TakeOver> {
    bench.prices.set(BTCUSDT, price);
    bench.futures.follow(at(3), &bench.prices).1
}

#[test]
fn a_position_is_taken_over_at_its_level_and_not_before() {
    for isolated in [false, true] {
        let mut bench = at_57000(isolated);
        assert_eq!(bench.row(BTCUSDT).now.liquidation_price, Some(dec!(57000)), "isolated: {isolated}");
        assert_eq!(taken_at(&mut bench, dec!(57000.1)), []);
        let taken = [TakeOver { market: BTCUSDT, side: Side::Sell, leg: None, quantity: dec!(0.01) }];
        assert_eq!(taken_at(&mut bench, dec!(57000)), taken, "isolated: {isolated}");
        assert_eq!(bench.futures.margin_ratio(BTCUSDT, PositionSide::Long, &bench.prices), Some(dec!(1)));
    }
}

#[test]
fn a_liquidation_takes_no_more_than_the_margin_of_an_isolated_position() {
    // Sold at 57,000: 2.85 is left, and a fee of 570 * 1.25 % = 7.125 takes all of that. At 56,000: 7.15 is lacking, which the
    // insurance pays. Either way 1,000 - 0.30 - 32.85 remain.
    for (price, insurance) in [(dec!(57000), dec!(-2.85)), (dec!(56000), dec!(7.15))] {
        let mut bench = at_57000(true);
        bench.prices.set(BTCUSDT, price);
        let booked = bench.liquidate(BTCUSDT, Side::Sell, dec!(0.01), price);
        assert_eq!(booked.fee.amount, dec!(0));
        assert_eq!(bench.coin("USDT").wallet, dec!(966.85), "{price}");
        let last = bench.futures.history().last().unwrap();
        assert_eq!((last.kind, last.amount.amount), (EntryKind::Insurance, insurance));
    }
}

#[test]
fn a_liquidation_leaves_what_its_fee_does_not_take() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(100))]);
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    // 99.70 - 50 = 49.70; fee 550 * 1.25 % = 6.875.
    bench.liquidate(BTCUSDT, Side::Sell, dec!(0.01), dec!(55000));
    assert_eq!(bench.coin("USDT").wallet, dec!(42.825));
}

#[test]
fn with_cross_margin_the_insurance_pays_when_all_positions_are_gone() {
    let mut bench = at_57000(false);
    bench.trade(ETHUSDT, Side::Buy, dec!(0.001), dec!(3000));
    let fees = dec!(0.0015); // 3 * 0.05 %
    bench.prices.set(BTCUSDT, dec!(56000));
    let taken = bench.futures.follow(at(3), &bench.prices).1;
    assert_eq!(taken.iter().map(|one| one.market).collect::<Vec<_>>(), [BTCUSDT, ETHUSDT]);
    bench.liquidate(BTCUSDT, Side::Sell, dec!(0.01), dec!(56000));
    // 32.85 - fees - 40 is below zero as long as the other position may bring it back.
    assert_eq!(bench.coin("USDT").wallet, dec!(-7.15) - fees);
    bench.liquidate(ETHUSDT, Side::Sell, dec!(0.001), dec!(3000));
    assert_eq!(bench.coin("USDT").wallet, dec!(0));
}

#[test]
fn the_level_of_a_short_is_above() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    bench.futures.set_margin_type(BTCUSDT, true).unwrap();
    bench.trade(BTCUSDT, Side::Sell, dec!(0.01), dec!(60000));
    // (600 + 33.15) / (0.01 * 1.005) = 63,000, with 3.15 more than the 30 of the position.
    bench.futures.move_margin(BTCUSDT, None, dec!(3.15), at(2), &bench.prices).unwrap();
    assert_eq!(bench.row(BTCUSDT).now.liquidation_price, Some(dec!(63000)));
    assert_eq!(taken_at(&mut bench, dec!(62999.9)), []);
    assert_eq!(taken_at(&mut bench, dec!(63000)).len(), 1);
}

#[test]
fn the_owner_is_told_once_before_a_position_is_taken_over() {
    let mut bench = at_57000(true);
    let told_at = |bench: &mut Bench, price| {
        bench.prices.set(BTCUSDT, price);
        bench.futures.follow(at(3), &bench.prices).0
    };
    // At 57,100: 3.85 left, 2.855 needed, 74 %. At 57,060: 3.45 left, 2.853 needed, 83 %.
    assert_eq!(told_at(&mut bench, dec!(57100)), []);
    let told = told_at(&mut bench, dec!(57060));
    assert_eq!((told.len(), told[0].cause, told[0].changed.positions[0].amount), (1, Cause::MarginCall, dec!(0.01)));
    assert_eq!(told_at(&mut bench, dec!(57050)), []);
    assert_eq!(told_at(&mut bench, dec!(57100)), []);
    assert_eq!(told_at(&mut bench, dec!(57060)).len(), 1);
}

#[test]
fn an_inverse_position_has_its_level_in_the_coin() {
    let mut bench = bench(Class::Inverse, &[("BTC", dec!(1))]);
    bench.futures.set_margin_type(BTCUSD, true).unwrap();
    bench.trade(BTCUSD, Side::Buy, dec!(10), dec!(50000));
    // Worth 0.02 BTC at entry, with 0.001 + 0.0001 behind it: 1,000 * 1.005 / (0.02 + 0.0011) = 47,630.33.
    bench.futures.move_margin(BTCUSD, None, dec!(0.0001), at(2), &bench.prices).unwrap();
    let level = bench.row(BTCUSD).now.liquidation_price.unwrap();
    assert_eq!(level.round_dp(2), dec!(47630.33));
    bench.prices.set(BTCUSD, dec!(47630.4));
    assert_eq!(bench.futures.follow(at(3), &bench.prices).1, []);
    bench.prices.set(BTCUSD, dec!(47630.3));
    assert_eq!(bench.futures.follow(at(3), &bench.prices).1.len(), 1);
}

#[test]
fn in_multi_assets_mode_other_coins_stand_behind_a_loss() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(10)), ("BTC", dec!(0.01))]);
    bench.prices.set_rate("BTC", "USDT", dec!(60000));
    bench.futures.set_multi_assets(true, &bench.prices).unwrap();
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    bench.prices.set(BTCUSDT, dec!(57000));
    assert_eq!(bench.futures.follow(at(3), &bench.prices).1, []);
    bench.trade(BTCUSDT, Side::Sell, dec!(0.01), dec!(57000));
    // 10 - 0.30 - 30 - 0.285: a debt that the coins of BTC cover, so that the insurance does not.
    assert_eq!(bench.coin("USDT").wallet, dec!(-20.585));
    assert_eq!(bench.futures.set_multi_assets(false, &bench.prices), Err(Refusal::Funds));
}

#[test]
fn the_level_with_all_coins_behind_is_where_the_position_is_taken_over() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(10)), ("USDC", dec!(23.15))]);
    bench.prices.set_rate("USDC", "USDT", dec!(1));
    bench.futures.set_multi_assets(true, &bench.prices).unwrap();
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    assert_eq!(bench.row(BTCUSDT).now.liquidation_price, Some(dec!(57000)));
    assert_eq!(taken_at(&mut bench, dec!(57000.1)), []);
    assert_eq!(taken_at(&mut bench, dec!(57000)).len(), 1);
}
