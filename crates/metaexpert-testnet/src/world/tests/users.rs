//! Two users who trade with each other through the book that both see.

use metaexpert_core::Side;
use rust_decimal::{Decimal, dec};

use super::floor::*;
use crate::{order::OrderState, wallet::Wallet};

#[test]
fn what_one_user_offers_another_takes_and_both_have_one_print() {
    let mut world = still();
    let levels = world.markets().get(COIN).levels(Side::Sell, 2);
    let ((ask, there), at) = (levels[0], levels[0].0 + dec!(0.01));
    assert!(at < levels[1].0, "the makers leave room behind their best offer: {levels:?}");
    let offers = place(&mut world, ALICE, limit(Side::Sell, dec!(0.3), at));
    assert_eq!(offers.order.state, OrderState::Working);
    let takes = place(&mut world, BOB, market(Side::Buy, there + dec!(0.2)));
    let prices: Vec<_> = takes.executions.iter().map(|execution| (execution.price, execution.quantity)).collect();
    assert_eq!(prices, [(ask, there), (at, dec!(0.2))]);
    let made = world.account(ALICE).orders.executions(Wallet::Spot, Some(COIN));
    assert_eq!(made.len(), 1);
    assert_eq!((made[0].quantity, made[0].price, made[0].is_maker), (dec!(0.2), at, true));
    assert_eq!(made[0].trade_id, takes.executions[1].trade_id);
    // What Bob took of her offer before does not count against what is left of it.
    let again = place(&mut world, BOB, named("again", limit(Side::Buy, there + dec!(0.1), at)));
    assert_eq!(again.executions.last().map(|execution| (execution.price, execution.quantity)), Some((at, dec!(0.1))));
    assert_eq!(state(&world, ALICE, &offers.order), OrderState::Filled);
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(9.7), dec!(0)));
    assert_eq!(world.markets().get(COIN).levels(Side::Sell, 2), levels);
}

#[test]
fn who_rests_behind_the_makers_waits_for_his_turn() {
    let mut world = still();
    let (ask, there) = best(&world, COIN, Side::Buy);
    let offers = place(&mut world, ALICE, limit(Side::Sell, dec!(0.3), ask));
    place(&mut world, BOB, named("first", market(Side::Buy, there)));
    assert_eq!(now(&world, ALICE, &offers.order).executed, Decimal::ZERO);
    place(&mut world, BOB, named("second", market(Side::Buy, dec!(0.1))));
    assert_eq!(now(&world, ALICE, &offers.order).executed, dec!(0.1));
}

#[test]
fn a_users_trade_brings_anothers_stop_to_life() {
    let mut world = still();
    let deep = world.markets().get(COIN).levels(Side::Buy, 3);
    let stop = crate::order::OrderRequest {
        kind: metaexpert_core::OrderKind::StopMarket { trigger: at(deep[1].0) },
        ..market(Side::Sell, dec!(0.1))
    };
    let stop = place(&mut world, ALICE, stop);
    place(&mut world, BOB, market(Side::Sell, deep[0].1 + dec!(0.001)));
    assert_eq!(state(&world, ALICE, &stop.order), OrderState::Filled);
}
