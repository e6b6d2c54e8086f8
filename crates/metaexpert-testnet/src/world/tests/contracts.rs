//! Contracts: positions, conditional orders that are no orders yet, reduce-only, funding, liquidation.

use metaexpert_core::{Currency, Money, OrderKind, Side};
use rust_decimal::{Decimal, dec};

use super::floor::*;
use crate::{
    market::Script,
    news::{MarketNews, News},
    order::{AlgoState, Named, OrderRequest, OrderState, Origin, Refusal, Size},
    wallet::Wallet,
    world::{Change, World},
};

fn position(world: &World) -> Decimal {
    world.account(ALICE).wallets.futures(Wallet::Linear).amount(CONTRACT, None)
}

fn stop(trigger: Decimal, size: Size) -> OrderRequest {
    let kind = OrderKind::StopMarket { trigger: at(trigger) };
    named("stop", of_contract(OrderRequest { kind, size, ..market(Side::Sell, dec!(1)) }))
}

fn algo(world: &World) -> (AlgoState, Option<Refusal>) {
    let algo = world.account(ALICE).orders.algo(Wallet::Linear, &Named::Client("stop".into())).unwrap();
    (algo.state, algo.refused.clone())
}

#[test]
fn a_position_is_opened_turned_and_closed_by_orders_alone() {
    let mut world = still();
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(1))));
    assert_eq!(position(&world), dec!(1));
    place(&mut world, ALICE, of_contract(market(Side::Sell, dec!(3))));
    assert_eq!(position(&world), dec!(-2));
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(2))));
    assert_eq!(position(&world), dec!(0));
}

#[test]
fn an_order_that_only_reduces_never_turns_a_position() {
    let mut world = still();
    let reduce = |side, quantity| OrderRequest { reduce_only: true, ..of_contract(market(side, quantity)) };
    assert_eq!(world.place(ALICE, reduce(Side::Sell, dec!(1))).unwrap_err(), Refusal::ReduceOnly);
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(1))));
    let rests = OrderRequest { reduce_only: true, ..of_contract(limit(Side::Sell, dec!(1), dec!(55000))) };
    let rests = place(&mut world, ALICE, named("rests", rests));
    place(&mut world, ALICE, named("close", of_contract(market(Side::Sell, dec!(1)))));
    assert_eq!(position(&world), dec!(0));
    let ended = now(&world, ALICE, &rests.order);
    assert_eq!((ended.state, ended.ended_by), (OrderState::Expired, Some(Refusal::ReduceOnly)));
}

#[test]
fn a_conditional_order_sends_an_order_when_its_price_has_come() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(48000)));
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(1))));
    let waits = world.place_algo(ALICE, stop(dec!(49000), Size::Quantity(dec!(1)))).unwrap();
    assert_eq!((waits.state, waits.order), (AlgoState::Waiting, None));
    assert_eq!(world.place_algo(ALICE, stop(dec!(49000), Size::Quantity(dec!(1)))).unwrap_err(), Refusal::DuplicateClientId);
    assert!(world.account(ALICE).orders.open(Wallet::Linear, None).is_empty());
    world.take_news();
    to(&mut world, 15);
    assert_eq!(algo(&world).0, AlgoState::Finished);
    assert_eq!(position(&world), dec!(0));
    let order = world.account(ALICE).orders.get(Wallet::Linear, CONTRACT, &Named::Client("stop".into())).unwrap();
    assert_eq!((order.state, order.origin), (OrderState::Filled, Origin::Algo(waits.id)));
    let told = of_account(&world.take_news(), ALICE);
    let algos: Vec<_> = told.iter().filter(|told| told.starts_with("algo")).collect();
    assert_eq!(algos, ["algo stop Triggering", "algo stop Triggered", "algo stop Finished"]);
}

#[test]
fn a_conditional_order_is_taken_back_or_refused_for_what_it_asks_for() {
    let mut world = still();
    let reached = world.place_algo(ALICE, stop(dec!(50500), Size::Quantity(dec!(1))));
    assert_eq!(reached.unwrap_err(), Refusal::WouldTrigger);
    world.place_algo(ALICE, stop(dec!(49000), Size::Quantity(dec!(1)))).unwrap();
    let name = Named::Client("stop".into());
    assert_eq!(world.cancel_algo(ALICE, Wallet::Linear, &name).unwrap().state, AlgoState::Cancelled);
    assert_eq!(world.cancel_algo(ALICE, Wallet::Linear, &name).unwrap_err(), Refusal::UnknownOrder);
}

#[test]
fn a_conditional_order_without_margin_is_rejected_when_its_price_has_come() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(48000)));
    world.place_algo(ALICE, stop(dec!(49000), Size::Quantity(dec!(90)))).unwrap();
    to(&mut world, 15);
    let (state, why) = algo(&world);
    assert_eq!(state, AlgoState::Rejected);
    assert!(why.is_some());
}

#[test]
fn what_closes_a_whole_position_closes_what_it_is_then_or_ends_with_it() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(48000)));
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(1))));
    world.place_algo(ALICE, stop(dec!(49000), Size::WholePosition)).unwrap();
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(0.5))));
    to(&mut world, 15);
    assert_eq!((position(&world), algo(&world).0), (dec!(0), AlgoState::Finished));
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(1))));
    world.place_algo(ALICE, stop(dec!(40000), Size::WholePosition)).unwrap();
    place(&mut world, ALICE, of_contract(market(Side::Sell, dec!(1))));
    assert_eq!(algo(&world), (AlgoState::Expired, Some(Refusal::ReduceOnly)));
}

#[test]
fn a_position_whose_margin_is_used_up_is_taken_over_and_everybody_sees_it() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(40000)));
    // 20 contracts need 50,000 at twenty times; 100,000 are lost at 45,000.
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(20))));
    let rests = place(&mut world, ALICE, named("rests", of_contract(limit(Side::Buy, dec!(0.1), dec!(30000)))));
    world.take_news();
    to(&mut world, 15);
    assert_eq!(position(&world), dec!(0));
    assert_eq!(now(&world, ALICE, &rests.order).ended_by, Some(Refusal::Liquidated));
    let news = world.take_news();
    let seen = news.iter().any(|news| {
        matches!(news, News::Market(CONTRACT, MarketNews::Liquidation(order, _))
        if order.origin == Origin::Liquidation && order.request.client_id.starts_with("autoclose-"))
    });
    assert!(seen, "{:?}", of_account(&news, ALICE));
    let told = of_account(&news, ALICE);
    assert!(told.contains(&"linear Liquidation".to_owned()), "{told:?}");
}

#[test]
fn money_moves_between_wallets_with_a_number() {
    let mut world = still();
    let money = |amount| Money::new(amount, Currency::new("USDT"));
    let first = world.transfer(ALICE, Some(Wallet::Spot), Some(Wallet::Linear), &money(dec!(1000))).unwrap();
    assert_eq!(balance(&world, ALICE, "USDT").0, dec!(999000));
    assert_eq!(of_account(&world.take_news(), ALICE), ["spot Transfer", "linear Transfer"]);
    let too_much = world.transfer(ALICE, Some(Wallet::Linear), Some(Wallet::Spot), &money(dec!(101001)));
    assert_eq!(too_much, Err(Refusal::Funds));
    let second = world.transfer(ALICE, None, Some(Wallet::Spot), &money(dec!(1))).unwrap();
    assert!(second > first);
    assert_eq!(world.account(ALICE).wallets.transfers().len(), 2);
}

#[test]
fn a_setting_that_is_changed_is_told() {
    let mut world = still();
    world.settle(ALICE, |wallets, markets, _| wallets.futures_mut(Wallet::Linear).set_leverage(CONTRACT, 10, markets)).unwrap();
    assert_eq!(of_account(&world.take_news(), ALICE), ["leverage 10"]);
}

#[test]
fn money_that_a_wallet_cannot_hold_stays_where_it_was() {
    let mut world = still();
    let coins = Money::new(dec!(1), Currency::new("ETH"));
    world.transfer(ALICE, None, Some(Wallet::Spot), &coins).unwrap();
    world.take_news();
    let refused = world.transfer(ALICE, Some(Wallet::Spot), Some(Wallet::Isolated(COIN)), &coins);
    assert_eq!(refused, Err(Refusal::Funds));
    assert_eq!((balance(&world, ALICE, "ETH").0, of_account(&world.take_news(), ALICE)), (dec!(1), Vec::<String>::new()));
}

#[test]
fn an_order_that_only_reduces_can_be_made_smaller() {
    let mut world = still();
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(1))));
    let rests = OrderRequest { reduce_only: true, ..of_contract(limit(Side::Sell, dec!(5), dec!(55000))) };
    let rests = place(&mut world, ALICE, named("rests", rests));
    let change = Change { quantity: metaexpert_core::Quantity::new(dec!(2)), price: None, client_id: None, keeps_place: false };
    let changed = world.amend(ALICE, Wallet::Linear, CONTRACT, &Named::Id(rests.order.id.0), &change).unwrap();
    assert_eq!(changed.order.quantity, dec!(2));
}
