//! Conditional orders of coins: they wait with a number of their own, and keep it when their price has come.

use metaexpert_core::{Distance, OrderKind, Percent, Side, TriggerBy};
use rust_decimal::{Decimal, dec};

use super::floor::*;
use crate::{
    market::Script,
    order::{BrokenRule, OrderRequest, OrderState, Refusal},
};

fn stop(side: Side, quantity: Decimal, trigger: Decimal) -> OrderRequest {
    OrderRequest { kind: OrderKind::StopMarket { trigger: at(trigger) }, ..market(side, quantity) }
}

#[test]
fn a_stop_waits_until_the_last_price_has_come_and_trades_then() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(48900)).then(seconds(20), dec!(48700)));
    let placed = place(&mut world, ALICE, stop(Side::Sell, dec!(1), dec!(48800)));
    assert_eq!(placed.order.state, OrderState::Waiting);
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(9), dec!(1)));
    to(&mut world, 15);
    assert_eq!(state(&world, ALICE, &placed.order), OrderState::Waiting);
    world.take_news();
    to(&mut world, 25);
    let filled = now(&world, ALICE, &placed.order);
    assert_eq!((filled.state, filled.executed), (OrderState::Filled, dec!(1)));
    assert!(filled.average_price(None) < dec!(48710), "{}", filled.average_price(None));
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(9), dec!(0)));
    let told = of_account(&world.take_news(), ALICE);
    assert_eq!(told.first().unwrap(), "one triggered: Working");
}

#[test]
fn what_has_happened_already_cannot_be_waited_for() {
    let mut world = still();
    assert_eq!(refused(&mut world, ALICE, stop(Side::Sell, dec!(1), dec!(50500))), Refusal::WouldTrigger);
    let take = OrderRequest { kind: OrderKind::TakeProfitMarket { trigger: at(dec!(49000)) }, ..market(Side::Sell, dec!(1)) };
    assert_eq!(refused(&mut world, ALICE, take), Refusal::WouldTrigger);
}

#[test]
fn a_stop_limit_rests_at_its_limit_when_its_price_has_come() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(48700)));
    let kind = OrderKind::StopLimit { trigger: at(dec!(48800)), price: price(dec!(49000)) };
    let placed = place(&mut world, ALICE, OrderRequest { kind, ..market(Side::Sell, dec!(1)) });
    to(&mut world, 15);
    let waits = now(&world, ALICE, &placed.order);
    assert_eq!((waits.state, waits.request.kind), (OrderState::Working, kind));
    assert!(waits.working_since.is_some());
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(9), dec!(1)));
}

#[test]
fn a_buying_stop_that_finds_too_little_money_is_over() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(60000)));
    let placed = place(&mut world, ALICE, stop(Side::Buy, dec!(19), dec!(52000)));
    // 19 * 52,000 is set aside; at 60,000 it would cost 1,140,000.
    assert_eq!(balance(&world, ALICE, "USDT"), (dec!(12000), dec!(988000)));
    to(&mut world, 15);
    let ended = now(&world, ALICE, &placed.order);
    assert_eq!((ended.state, ended.ended_by), (OrderState::Expired, Some(Refusal::Funds)));
    assert_eq!(balance(&world, ALICE, "USDT"), (dec!(1000000), dec!(0)));
}

#[test]
fn a_trailing_stop_follows_the_price_and_sells_when_it_comes_back() {
    let script =
        Script::still(dec!(50000)).then(seconds(10), dec!(52000)).then(seconds(20), dec!(51000)).then(seconds(30), dec!(50900));
    let mut world = world(script);
    let kind =
        OrderKind::TrailingStop { distance: Distance::Percent(Percent::new(dec!(2))), activation: None, by: TriggerBy::Last };
    let placed = place(&mut world, ALICE, OrderRequest { kind, ..market(Side::Sell, dec!(1)) });
    assert_eq!(placed.order.level, Some(dec!(49000)));
    to(&mut world, 25);
    // 2 % below 52,000.
    let waits = now(&world, ALICE, &placed.order);
    assert_eq!((waits.state, waits.level.map(|level| level.round())), (OrderState::Waiting, Some(dec!(50960))));
    to(&mut world, 35);
    assert_eq!(state(&world, ALICE, &placed.order), OrderState::Filled);
}

#[test]
fn no_more_wait_than_the_market_allows_and_those_taken_back_wait_no_more() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(40000)));
    for number in 0..5 {
        place(&mut world, ALICE, named(&format!("n{number}"), stop(Side::Sell, dec!(0.1), dec!(45000))));
    }
    let more = named("more", stop(Side::Sell, dec!(0.1), dec!(45000)));
    assert_eq!(refused(&mut world, ALICE, more), Refusal::Rule(BrokenRule::ConditionalOrders));
    assert_eq!(world.cancel_all(ALICE, crate::wallet::Wallet::Spot, COIN).len(), 5);
    to(&mut world, 15);
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(10), dec!(0)));
}
