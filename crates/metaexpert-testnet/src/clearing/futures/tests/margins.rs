//! What orders and positions hold.

use metaexpert_core::Side;
use rust_decimal::dec;

use super::*;

#[test]
fn an_order_holds_what_the_need_of_its_market_grows_by() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    let empty = bench.coin("USDT");
    // 0.01 * 58,000 / 20 = 29.
    let bid = bench.order(BTCUSDT, Side::Buy, dec!(0.01), dec!(58000)).unwrap();
    assert_eq!((bench.coin("USDT").order_initial, bench.coin("USDT").available), (dec!(29), dec!(971)));
    assert_eq!(bench.row(BTCUSDT).bid_notional, dec!(580));
    // A sell of less cannot open beside it: the larger of both counts. 0.02 * 62,000 / 20 = 62 is larger.
    let ask = bench.order(BTCUSDT, Side::Sell, dec!(0.005), dec!(62000)).unwrap();
    assert_eq!(bench.coin("USDT").order_initial, dec!(29));
    let large = bench.order(BTCUSDT, Side::Sell, dec!(0.015), dec!(62000)).unwrap();
    assert_eq!(bench.coin("USDT").order_initial, dec!(62));
    bench.futures.release(large, Some(dec!(0.010)));
    assert_eq!(bench.coin("USDT").order_initial, dec!(31)); // 0.01 * 62,000 / 20
    for order in [bid, ask, large] {
        bench.futures.release(order, None);
    }
    assert_eq!(bench.coin("USDT"), empty);
}

#[test]
fn what_closes_a_position_holds_nothing() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(31))]);
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    // 0.70 is free; closing is possible all the same, and only what goes beyond it is not.
    bench.order(BTCUSDT, Side::Sell, dec!(0.01), dec!(61000)).unwrap();
    assert_eq!(bench.coin("USDT").order_initial, dec!(0));
    let beyond = bench.order(BTCUSDT, Side::Sell, dec!(0.02), dec!(61000));
    assert_eq!(beyond, Err(Refusal::Margin));
}

#[test]
fn a_short_costs_margin_above_the_last_price_and_what_it_has_lost_already() {
    // The example of Binance's page, at leverage 20: 9,253.30 / 20 = 462.665; entered as if at 9,258.99 * 1.0015 = 9,272.878485,
    // which is 0.97892425 more; 9,259.84 - 9,253.30 = 6.54 lost; fee 9,253.30 * 0.05 % = 4.62665. In all 474.81057425.
    for (capital, admitted) in [(dec!(474.81057425), Ok(())), (dec!(474.81057424), Err(Refusal::Margin))] {
        let mut bench = bench(Class::Linear, &[("USDT", capital)]);
        bench.prices.set(BTCUSDT, dec!(9259.84));
        bench.prices.set_last(BTCUSDT, dec!(9258.99));
        let order = bench.order(BTCUSDT, Side::Sell, dec!(1), dec!(9253.30));
        assert_eq!(order.map(|_| ()), admitted, "{capital}");
    }
}

#[test]
fn what_reduces_only_is_refused_where_there_is_nothing_to_reduce() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    let reduce = |bench: &mut Bench, side, quantity| {
        let need = Need { reduce_only: true, ..bench.need(BTCUSDT, side, quantity, dec!(61000)) };
        bench.futures.admit(&need, &bench.prices).map(|_| need)
    };
    assert_eq!(reduce(&mut bench, Side::Sell, dec!(0.01)).map(|_| ()), Err(Refusal::ReduceOnly));
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    assert_eq!(reduce(&mut bench, Side::Buy, dec!(0.01)).map(|_| ()), Err(Refusal::ReduceOnly));
    let first = reduce(&mut bench, Side::Sell, dec!(0.006)).unwrap();
    assert_eq!(bench.futures.reducible(BTCUSDT, Side::Sell, None), dec!(0.004));
    reduce(&mut bench, Side::Sell, dec!(0.004)).unwrap();
    assert_eq!(reduce(&mut bench, Side::Sell, dec!(0.001)).map(|_| ()), Err(Refusal::ReduceOnly));
    // What was executed is no longer promised, nor held.
    bench.fill(&first, false);
    assert_eq!((bench.futures.reducible(BTCUSDT, Side::Sell, None), bench.futures.amount(BTCUSDT, None)), (dec!(0), dec!(0.004)));
}

#[test]
fn a_position_is_worth_no_more_than_its_leverage_allows() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(100000))]);
    // Leverage 20 is allowed in both brackets, up to 600,000; 100 in the first alone, up to 50,000.
    assert_eq!(bench.order(BTCUSDT, Side::Buy, dec!(10.1), dec!(60000)), Err(Refusal::Leverage));
    assert_eq!(bench.futures.set_leverage(BTCUSDT, 100, &bench.prices), Ok(dec!(50000)));
    assert_eq!(bench.order(BTCUSDT, Side::Buy, dec!(0.9), dec!(60000)), Err(Refusal::Leverage));
    bench.order(BTCUSDT, Side::Buy, dec!(0.8), dec!(60000)).unwrap();
    assert_eq!(bench.order(BTCUSDT, Side::Buy, dec!(0.1), dec!(60000)), Err(Refusal::Leverage));
    assert_eq!(bench.row(BTCUSDT).max_quantity, dec!(0.833));
}

#[test]
fn all_coins_vouch_together_in_multi_assets_mode() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(10)), ("BTC", dec!(0.01))]);
    bench.prices.set_rate("BTC", "USDT", dec!(60000));
    assert_eq!(bench.order(BTCUSDT, Side::Buy, dec!(0.1), dec!(60000)), Err(Refusal::Margin));
    bench.futures.set_multi_assets(true, &bench.prices).unwrap();
    // 10 + 0.01 * 60,000 * 0.95 = 580; 0.1 * 60,000 / 20 = 300.
    bench.order(BTCUSDT, Side::Buy, dec!(0.1), dec!(60000)).unwrap();
    assert_eq!(bench.coin("USDT").available, dec!(280));
    assert_eq!(bench.futures.totals(&bench.prices).wallet, dec!(610));
    assert_eq!(bench.futures.set_margin_type(ETHUSDT, true), Err(Refusal::MultiAssets));
}

#[test]
fn no_more_can_be_taken_out_than_is_free() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    bench.order(BTCUSDT, Side::Buy, dec!(0.01), dec!(58000)).unwrap();
    let take = |bench: &mut Bench, amount| {
        bench.futures.transfer(&Money::new(amount, Currency::new("USDT")), at(1), Cause::Transfer, &bench.prices)
    };
    assert_eq!(take(&mut bench, dec!(-971.01)), Err(Refusal::Funds));
    let changed = take(&mut bench, dec!(-971)).unwrap();
    assert_eq!((changed.balances[0].wallet, changed.balances[0].free), (dec!(29), dec!(0)));
}

#[test]
fn an_order_that_is_changed_holds_what_it_needs_now() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(50))]);
    let need = bench.need(BTCUSDT, Side::Buy, dec!(0.01), dec!(58000));
    bench.futures.admit(&need, &bench.prices).unwrap();
    // 0.015 * 58,000 / 20 = 43.50 in place of 29, and 0.435 of fee; the two together would be more than there is.
    let larger = Need { quantity: dec!(0.015), ..need.clone() };
    bench.futures.admit(&larger, &bench.prices).unwrap();
    assert_eq!(bench.coin("USDT").order_initial, dec!(43.50));
    let too_large = Need { quantity: dec!(0.02), ..need };
    assert_eq!(bench.futures.admit(&too_large, &bench.prices), Err(Refusal::Margin));
    assert_eq!(bench.coin("USDT").order_initial, dec!(43.50));
}
