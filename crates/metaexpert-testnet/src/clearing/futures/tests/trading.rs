//! Profit, fees, flips, legs, funding, delivery.

use metaexpert_core::{Money, PositionSide, Side};
use rust_decimal::{Decimal, dec};

use super::*;
use crate::clearing::EntryKind;

#[test]
fn a_long_position_costs_its_margin_and_its_fee_and_pays_its_gain() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    // 0.01 * 60,000 = 600; / 20 = 30; fee 600 * 0.05 % = 0.30.
    let booked = bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    assert_eq!(
        (booked.fee.amount, booked.realized, booked.value, booked.leg),
        (dec!(0.30), dec!(0), dec!(600), PositionSide::Long)
    );
    assert_eq!(booked.changed.balances[0].change, dec!(-0.30));
    let usdt = bench.coin("USDT");
    assert_eq!((usdt.wallet, usdt.position_initial, usdt.available), (dec!(999.70), dec!(30), dec!(969.70)));

    bench.prices.set(BTCUSDT, dec!(61000));
    // Gained 0.01 * 1,000 = 10; 610 / 20 = 30.5; 999.70 + 10 - 30.5 = 979.20 can be used, and the gain not be taken out.
    let usdt = bench.coin("USDT");
    assert_eq!(
        (usdt.unrealized, usdt.margin, usdt.available, usdt.max_withdraw),
        (dec!(10), dec!(1009.70), dec!(979.20), dec!(969.20))
    );
    // 60,000 + 0.30 / 0.01.
    assert_eq!(bench.row(BTCUSDT).now.breakeven_price, dec!(60030));

    // Fee 610 * 0.05 % = 0.305.
    let booked = bench.trade(BTCUSDT, Side::Sell, dec!(0.01), dec!(61000));
    assert_eq!((booked.realized, booked.fee.amount), (dec!(10), dec!(0.305)));
    assert_eq!(bench.coin("USDT").wallet, dec!(1009.395));
    let now = &booked.changed.positions[0];
    assert_eq!((now.amount, now.entry_price, now.breakeven_price, now.realized), (dec!(0), dec!(0), dec!(0), dec!(10)));
    let kinds: Vec<_> = bench.futures.history().iter().map(|entry| (entry.kind, entry.amount.amount, entry.trade_id)).collect();
    assert_eq!(
        kinds,
        [
            (EntryKind::Transfer, dec!(1000), None),
            (EntryKind::Commission, dec!(-0.30), Some(1)),
            (EntryKind::Realized, dec!(10), Some(2)),
            (EntryKind::Commission, dec!(-0.305), Some(2)),
        ]
    );
}

#[test]
fn an_execution_that_turns_a_position_closes_and_opens() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    bench.prices.set(BTCUSDT, dec!(61000));
    // Closes 0.01 for a gain of 10, opens 0.02; fee 0.03 * 61,000 * 0.05 % = 0.915.
    let booked = bench.trade(BTCUSDT, Side::Sell, dec!(0.03), dec!(61000));
    assert_eq!((booked.realized, booked.fee.amount, booked.leg), (dec!(10), dec!(0.915), PositionSide::Short));
    let now = bench.row(BTCUSDT).now;
    assert_eq!((now.amount, now.entry_price, now.realized), (dec!(-0.02), dec!(61000), dec!(0)));
    // The short has paid two thirds of the fee: 61,000 - 0.61 / 0.02.
    assert_eq!(now.breakeven_price, dec!(60969.5));
    assert_eq!(bench.coin("USDT").wallet, dec!(1008.785));
}

#[test]
fn the_legs_of_a_hedge_stand_beside_each_other() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    bench.futures.set_position_mode(true).unwrap();
    let refused = bench.order(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    assert_eq!(refused, Err(Refusal::PositionMode));
    bench.trade_leg(BTCUSDT, Side::Buy, Some(PositionSide::Long), dec!(0.01), dec!(60000));
    let booked = bench.trade_leg(BTCUSDT, Side::Sell, Some(PositionSide::Short), dec!(0.02), dec!(60000));
    assert_eq!((booked.leg, booked.changed.positions[0].amount), (PositionSide::Short, dec!(-0.02)));
    // Both legs hold: (600 + 1,200) / 20.
    assert_eq!(bench.coin("USDT").position_initial, dec!(90));
    // More than the leg cannot be closed, and what closes opens nothing.
    let more = Need { leg: Some(PositionSide::Long), ..bench.need(BTCUSDT, Side::Sell, dec!(0.02), dec!(60000)) };
    assert_eq!(bench.futures.check(&more, &bench.prices), Err(Refusal::ReduceOnly));
    let booked = bench.trade_leg(BTCUSDT, Side::Sell, Some(PositionSide::Long), dec!(0.01), dec!(61000));
    assert_eq!((booked.realized, booked.leg), (dec!(10), PositionSide::Long));
    let amounts = |leg| bench.futures.amount(BTCUSDT, Some(leg));
    assert_eq!((amounts(PositionSide::Long), amounts(PositionSide::Short)), (dec!(0), dec!(-0.02)));
}

#[test]
fn inverse_contracts_are_paid_in_the_coin() {
    let mut bench = bench(Class::Inverse, &[("BTC", dec!(1))]);
    // 10 * 100 USD / 50,000 = 0.02 BTC; / 20 = 0.001; fee 0.00001.
    let booked = bench.trade(BTCUSD, Side::Buy, dec!(10), dec!(50000));
    assert_eq!((booked.value, booked.fee), (dec!(0.02), Money::new(dec!(0.00001), Currency::new("BTC"))));
    let btc = bench.coin("BTC");
    assert_eq!((btc.wallet, btc.position_initial, btc.available), (dec!(0.99999), dec!(0.001), dec!(0.99899)));
    // Worth 0.016 BTC at 62,500: gained 0.004; fee 0.000008.
    bench.prices.set(BTCUSD, dec!(62500));
    assert_eq!(bench.row(BTCUSD).now.unrealized, dec!(0.004));
    let booked = bench.trade(BTCUSD, Side::Sell, dec!(10), dec!(62500));
    assert_eq!((booked.realized, booked.fee.amount), (dec!(0.004), dec!(0.000008)));
    assert_eq!(bench.coin("BTC").wallet, dec!(1.003982));
}

#[test]
fn fees_are_paid_in_bnb_where_there_is_enough_of_it() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000)), ("BNB", dec!(0.001))]);
    bench.prices.set_rate("USDT", "BNB", dec!(0.002));
    bench.futures.set_fee_burn(true).unwrap();
    assert_eq!(bench.futures.set_fee_burn(true), Err(Refusal::NothingToChange));
    // 0.30 less a tenth is 0.27 USDT, 0.00054 BNB.
    let booked = bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    assert_eq!(booked.fee, Money::new(dec!(0.00054), Currency::new("BNB")));
    assert_eq!((bench.coin("USDT").wallet, bench.coin("BNB").wallet), (dec!(1000), dec!(0.00046)));
    // The next one would take as much again.
    let booked = bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    assert_eq!(booked.fee, Money::new(dec!(0.30), Currency::new("USDT")));
}

#[test]
fn longs_pay_funding_to_shorts_where_the_rate_is_positive() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    assert_eq!(bench.futures.fund(BTCUSDT, dec!(0.0001), dec!(60000), at(5), &bench.prices), None);
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    // 600 * 0.01 % = 0.06; with cross margin only the balance is told.
    let happened = bench.futures.fund(BTCUSDT, dec!(0.0001), dec!(60000), at(5), &bench.prices).unwrap();
    assert_eq!((happened.cause, happened.changed.balances[0].change), (Cause::Funding, dec!(-0.06)));
    assert_eq!((happened.changed.positions.len(), bench.coin("USDT").wallet), (0, dec!(999.64)));
    bench.trade(BTCUSDT, Side::Sell, dec!(0.02), dec!(60000));
    let happened = bench.futures.fund(BTCUSDT, dec!(0.0001), dec!(60000), at(6), &bench.prices).unwrap();
    assert_eq!(happened.changed.balances[0].change, dec!(0.06));
    assert_eq!(bench.futures.fund(QUARTERLY, dec!(0.0001), dec!(60000), at(6), &bench.prices), None);
}

#[test]
fn funding_of_an_isolated_position_moves_its_own_margin() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    bench.futures.set_margin_type(BTCUSDT, true).unwrap();
    bench.trade(BTCUSDT, Side::Buy, dec!(0.01), dec!(60000));
    let happened = bench.futures.fund(BTCUSDT, dec!(0.0001), dec!(60000), at(5), &bench.prices).unwrap();
    assert_eq!(happened.changed.positions[0].isolated_wallet, dec!(29.94));
    assert_eq!(bench.coin("USDT").available, dec!(969.70));
}

#[test]
fn a_contract_that_ends_is_closed_at_the_settlement_price() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    bench.trade(QUARTERLY, Side::Sell, dec!(0.01), dec!(60000));
    // Gained 0.01 * 1,000 = 10; fee 590 * 0.05 % = 0.295, after 0.30 at entry.
    let delivered = bench.futures.deliver(QUARTERLY, dec!(59000), at(9), &bench.prices);
    assert_eq!((delivered.len(), delivered[0].side, delivered[0].quantity), (1, Side::Buy, dec!(0.01)));
    assert_eq!((delivered[0].booked.realized, delivered[0].booked.fee.amount), (dec!(10), dec!(0.295)));
    assert_eq!((bench.coin("USDT").wallet, bench.futures.amount(QUARTERLY, None)), (dec!(1009.405), Decimal::ZERO));
    assert!(bench.futures.deliver(QUARTERLY, dec!(59000), at(9), &bench.prices).is_empty());
}

#[test]
fn a_position_breaks_even_where_fees_and_what_it_realised_are_made_good() {
    let mut bench = bench(Class::Linear, &[("USDT", dec!(1000))]);
    bench.trade(BTCUSDT, Side::Buy, dec!(0.02), dec!(60000));
    bench.prices.set(BTCUSDT, dec!(61000));
    bench.trade(BTCUSDT, Side::Sell, dec!(0.01), dec!(61000));
    // 0.60 and 0.305 of fees against a gain of 10: (600 + 0.905 - 10) / 0.01.
    assert_eq!(bench.row(BTCUSDT).now.breakeven_price, dec!(59090.5));
    // Gained 10 on a margin of 610 / 20 = 30.5, about a third of it.
    assert_eq!(bench.row(BTCUSDT).adl, 1);
}
