//! Orders that belong together: one cancels the other, one brings others to life.

use metaexpert_core::{OrderKind, Side};
use rust_decimal::{Decimal, dec};

use super::floor::*;
use crate::{
    market::Script,
    order::{Contingency, ListState, Named, OrderRequest, OrderState, Refusal},
    wallet::Wallet,
    world::{ListRequest, World},
};

fn stop(side: Side, quantity: Decimal, trigger: Decimal, limit: Decimal) -> OrderRequest {
    OrderRequest { kind: OrderKind::StopLimit { trigger: at(trigger), price: price(limit) }, ..market(side, quantity) }
}

fn list(contingency: Contingency, orders: Vec<OrderRequest>) -> ListRequest {
    let orders = orders.into_iter().zip(["a", "b", "c"]).map(|(order, name)| named(name, order)).collect();
    ListRequest { client_id: "list".into(), contingency, orders }
}

fn states(world: &World) -> (Vec<OrderState>, ListState) {
    let list = world.account(ALICE).orders.list(Wallet::Spot, &Named::Client("list".into())).unwrap();
    let orders = list.orders.iter().map(|id| world.account(ALICE).orders.by_id(*id).unwrap().state).collect();
    (orders, list.state)
}

/// Sells all there is at 51,000, or below 49,000.
fn bracket() -> ListRequest {
    let orders = vec![limit(Side::Sell, dec!(10), dec!(51000)), stop(Side::Sell, dec!(10), dec!(49000), dec!(48000))];
    list(Contingency::OneCancelsOther, orders)
}

const ONE_TRIGGERS: Contingency = Contingency::OneTriggersOther { for_what_came: false };

#[test]
fn of_two_rivals_only_one_sets_aside_and_the_limit_that_trades_ends_the_stop() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(51500)));
    world.place_list(ALICE, bracket()).unwrap();
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(0), dec!(10)));
    assert_eq!(states(&world), (vec![OrderState::Working, OrderState::Waiting], ListState::Executing));
    let told = of_account(&world.take_news(), ALICE);
    assert_eq!(told, ["list list Executing", "a new: Working", "b new: Waiting", "spot Order"]);
    to(&mut world, 15);
    assert_eq!(states(&world), (vec![OrderState::Filled, OrderState::Expired], ListState::Done));
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(0), dec!(0)));
    assert_eq!(of_account(&world.take_news(), ALICE).into_iter().filter(|told| told.starts_with("list")).count(), 1);
}

#[test]
fn a_stop_whose_price_has_come_ends_the_limit() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(48500)));
    world.place_list(ALICE, bracket()).unwrap();
    to(&mut world, 15);
    assert_eq!(states(&world), (vec![OrderState::Expired, OrderState::Filled], ListState::Done));
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(0), dec!(0)));
    assert!(balance(&world, ALICE, "USDT").0 > dec!(1480000));
}

#[test]
fn a_list_that_is_taken_back_frees_everything_whoever_of_it_is_named() {
    for by_order in [false, true] {
        let mut world = still();
        world.place_list(ALICE, bracket()).unwrap();
        if by_order {
            world.cancel(ALICE, Wallet::Spot, COIN, &Named::Client("b".into()), None).unwrap();
        } else {
            world.cancel_list(ALICE, Wallet::Spot, COIN, &Named::Client("list".into())).unwrap();
        }
        assert_eq!(states(&world), (vec![OrderState::Cancelled; 2], ListState::Done));
        assert_eq!(balance(&world, ALICE, "BTC"), (dec!(10), dec!(0)));
        let again = world.cancel_list(ALICE, Wallet::Spot, COIN, &Named::Client("list".into()));
        assert_eq!(again.unwrap_err(), Refusal::UnknownList);
    }
}

#[test]
fn what_an_order_brings_to_life_waits_until_all_of_it_has_traded() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(48000)));
    let orders = vec![limit(Side::Buy, dec!(1), dec!(49000)), limit(Side::Sell, dec!(10.9), dec!(60000))];
    world.place_list(ALICE, list(ONE_TRIGGERS, orders)).unwrap();
    assert_eq!(states(&world).0, [OrderState::Working, OrderState::Pending]);
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(10), dec!(0)));
    to(&mut world, 15);
    assert_eq!(states(&world), (vec![OrderState::Filled, OrderState::Working], ListState::Executing));
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(0.099), dec!(10.9)));
}

#[test]
fn what_waits_is_over_with_what_it_waits_for() {
    let mut world = still();
    let orders = vec![limit(Side::Buy, dec!(1), dec!(49000)), limit(Side::Sell, dec!(1), dec!(60000))];
    world.place_list(ALICE, list(ONE_TRIGGERS, orders)).unwrap();
    world.cancel(ALICE, Wallet::Spot, COIN, &Named::Client("a".into()), None).unwrap();
    assert_eq!(states(&world), (vec![OrderState::Cancelled; 2], ListState::Done));
}

#[test]
fn an_order_may_bring_two_rivals_to_life() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(51500)));
    let exits = [limit(Side::Sell, dec!(10), dec!(51000)), stop(Side::Sell, dec!(10), dec!(49000), dec!(48000))];
    let orders = [market(Side::Buy, dec!(1))].into_iter().chain(exits).collect();
    let (placed, _) = world.place_list(ALICE, list(ONE_TRIGGERS, orders)).unwrap();
    assert_eq!(placed.state, ListState::Executing);
    assert_eq!(states(&world).0, [OrderState::Filled, OrderState::Working, OrderState::Waiting]);
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(0.999), dec!(10)));
    to(&mut world, 15);
    assert_eq!(states(&world), (vec![OrderState::Filled, OrderState::Filled, OrderState::Expired], ListState::Done));
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(0.999), dec!(0)));
}

#[test]
fn what_is_paid_for_by_an_order_is_for_what_that_brought_less_fees() {
    let mut world = still();
    let pays = Contingency::OneTriggersOther { for_what_came: true };
    let orders = vec![market(Side::Buy, dec!(1)), limit(Side::Sell, dec!(1), dec!(60000))];
    let (_, placed) = world.place_list(ALICE, list(pays, orders)).unwrap();
    assert_eq!((placed[1].order.state, placed[1].order.quantity), (OrderState::Working, dec!(0.999)));
}

#[test]
fn what_finds_no_money_when_its_turn_comes_is_rejected() {
    let mut world = still();
    let orders = vec![market(Side::Buy, dec!(1)), limit(Side::Sell, dec!(12), dec!(60000))];
    world.place_list(ALICE, list(ONE_TRIGGERS, orders)).unwrap();
    assert_eq!(states(&world), (vec![OrderState::Filled, OrderState::Rejected], ListState::Done));
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(10.999), dec!(0)));
}

#[test]
fn a_list_whose_parts_do_not_fit_is_refused_whole() {
    let mut world = still();
    let both_ways = vec![limit(Side::Sell, dec!(1), dec!(51000)), stop(Side::Buy, dec!(1), dec!(52000), dec!(53000))];
    let refused = world.place_list(ALICE, list(Contingency::OneCancelsOther, both_ways)).unwrap_err();
    assert!(matches!(refused, Refusal::ListShape(_)), "{refused:?}");
    let reached = vec![limit(Side::Sell, dec!(1), dec!(51000)), stop(Side::Sell, dec!(1), dec!(50500), dec!(48000))];
    let refused = world.place_list(ALICE, list(Contingency::OneCancelsOther, reached)).unwrap_err();
    assert_eq!(refused, Refusal::WouldTrigger);
    let too_much = vec![limit(Side::Sell, dec!(11), dec!(51000)), stop(Side::Sell, dec!(11), dec!(49000), dec!(48000))];
    assert_eq!(world.place_list(ALICE, list(Contingency::OneCancelsOther, too_much)).unwrap_err(), Refusal::Funds);
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(10), dec!(0)));
    assert!(world.account(ALICE).orders.open(Wallet::Spot, None).is_empty());
    assert!(of_account(&world.take_news(), ALICE).is_empty());
}
