//! Leverage, margin type, modes, isolated margin.

use metaexpert_core::{PositionSide, Side};
use rust_decimal::dec;

use super::*;

#[test]
fn leverage_is_refused_where_the_contract_or_the_position_does_not_allow_it() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(5000))]);
    assert_eq!(bench.futures.leverage(BTCUSDT), 20);
    for (leverage, answer) in
        [(0, Err(Refusal::LeverageRange)), (126, Err(Refusal::LeverageRange)), (50, Ok(dec!(600000))), (20, Ok(dec!(600000)))]
    {
        assert_eq!(bench.futures.set_leverage(BTCUSDT, leverage, &bench.prices), answer, "{leverage}");
    }
    // Worth 60,000, more than 125 allows; at 10 it would hold 6,000 of 4,970.
    bench.trade(BTCUSDT, Side::Buy, dec!(1), dec!(60000));
    assert_eq!(bench.futures.set_leverage(BTCUSDT, 125, &bench.prices), Err(Refusal::Leverage));
    assert_eq!(bench.futures.set_leverage(BTCUSDT, 10, &bench.prices), Err(Refusal::Margin));
    assert_eq!(bench.futures.leverage(BTCUSDT), 20);
}

#[test]
fn the_leverage_of_an_isolated_position_does_not_fall() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    bench.futures.set_margin_type(BTCUSDT, true).unwrap();
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    assert_eq!(bench.futures.set_leverage(BTCUSDT, 19, &bench.prices), Err(Refusal::IsolatedLeverage));
    bench.futures.set_leverage(BTCUSDT, 25, &bench.prices).unwrap();
    assert_eq!(bench.row(BTCUSDT).position_initial, dec!(24));
}

#[test]
fn the_margin_type_changes_only_where_nothing_stands_and_nothing_is_held() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    assert_eq!(bench.futures.set_margin_type(BTCUSDT, false), Err(Refusal::NothingToChange));
    let order = bench.order(BTCUSDT, Side::Buy, dec!(0.01), dec!(50000)).unwrap();
    assert_eq!(bench.futures.set_margin_type(BTCUSDT, true), Err(Refusal::OpenOrders));
    bench.futures.release(order, None);
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    assert_eq!(bench.futures.set_margin_type(BTCUSDT, true), Err(Refusal::OpenPosition));
    bench.futures.set_margin_type(ETHUSDT, true).unwrap();
    assert!(bench.futures.is_isolated(ETHUSDT));
    assert_eq!(bench.futures.set_multi_assets(true, &bench.prices), Err(Refusal::IsolatedMargin));
}

#[test]
fn the_position_mode_changes_only_where_nothing_stands_and_nothing_is_held_anywhere() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    assert_eq!(bench.futures.set_position_mode(false), Err(Refusal::NothingToChange));
    let order = bench.order(BTCUSDT, Side::Buy, dec!(0.01), dec!(50000)).unwrap();
    assert_eq!(bench.futures.set_position_mode(true), Err(Refusal::OpenOrders));
    assert_eq!(bench.futures.set_multi_assets(true, &bench.prices), Err(Refusal::OpenOrders));
    bench.futures.release(order, None);
    bench.trade(ETHUSDT, Side::Buy, dec!(0.1), dec!(3000));
    assert_eq!(bench.futures.set_position_mode(true), Err(Refusal::OpenPosition));
    bench.trade(ETHUSDT, Side::Sell, dec!(0.1), dec!(3000));
    bench.futures.set_position_mode(true).unwrap();
    assert!(bench.futures.is_hedged());
    // Two rows a market now: three markets.
    assert_eq!((bench.futures.places(&bench.prices).len(), bench.futures.positions(&bench.prices).len()), (6, 0));
}

#[test]
fn margin_moves_to_an_isolated_position_and_back_as_long_as_it_keeps_what_it_needs() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    let shift = |bench: &mut Bench, market, leg, amount| {
        bench.futures.move_margin(market, leg, amount, at(2), &bench.prices).map(|changed| changed.positions[0].isolated_wallet)
    };
    assert_eq!(shift(&mut bench, BTCUSDT, None, dec!(1)), Err(Refusal::NotIsolated));
    bench.futures.set_margin_type(BTCUSDT, true).unwrap();
    assert_eq!(shift(&mut bench, BTCUSDT, None, dec!(1)), Err(Refusal::NoPosition));
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    // 1,000 - 0.30 - 30.
    assert_eq!(bench.coin("USDT").available, dec!(969.70));
    assert_eq!(shift(&mut bench, BTCUSDT, Some(PositionSide::Long), dec!(1)), Err(Refusal::PositionMode));
    assert_eq!(shift(&mut bench, BTCUSDT, None, dec!(0)), Err(Refusal::NothingToChange));
    assert_eq!(shift(&mut bench, BTCUSDT, None, dec!(969.71)), Err(Refusal::Funds));
    assert_eq!(shift(&mut bench, BTCUSDT, None, dec!(20)), Ok(dec!(50)));
    assert_eq!((bench.coin("USDT").available, bench.coin("USDT").cross_wallet), (dec!(949.70), dec!(949.70)));
    assert_eq!(shift(&mut bench, BTCUSDT, None, dec!(-20.01)), Err(Refusal::Margin));
    assert_eq!(shift(&mut bench, BTCUSDT, None, dec!(-20)), Ok(dec!(30)));
    let moved: Vec<_> = bench.futures.margin_moves().iter().map(|one| one.amount).collect();
    assert_eq!(moved, [dec!(20), dec!(-20)]);
    // Half of the position takes half of its margin with it: 15 stay.
    bench.trade(BTCUSDT, Side::Sell, dec!(0.005), dec!(60000));
    assert_eq!(bench.row(BTCUSDT).now.isolated_wallet, dec!(15));
    // 0.005 * 1,000 gained.
    bench.prices.set(BTCUSDT, dec!(61000));
    assert_eq!((bench.row(BTCUSDT).now.isolated_wallet, bench.row(BTCUSDT).isolated_margin), (dec!(15), dec!(20)));
}
