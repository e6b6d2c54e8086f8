//! What happens without an order: funding, contracts that end, loans that cannot be paid.

use metaexpert_core::{Currency, Money, OrderKind, PositionSide, Side, Trigger, TriggerBy, UnixNanos};
use rust_decimal::{Decimal, dec};

use super::floor::*;
use crate::{
    market::Script,
    news::News,
    order::{AlgoState, Loan, Named, OrderRequest, OrderState, Origin, Refusal},
    wallet::Wallet,
    world::World,
};

fn held(world: &World) -> Decimal {
    let owned = world.account(ALICE).wallets.cross().assets();
    owned.into_iter().find(|asset| asset.currency.as_str() == "BTC").map(|asset| asset.free).unwrap_or_default()
}

#[test]
fn funding_is_settled_when_it_is_due_and_told_of() {
    let mut world = still();
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(1))));
    world.take_news();
    // Eight hours are 28,800 seconds.
    to(&mut world, 28_799);
    let before = of_account(&world.take_news(), ALICE);
    assert!(!before.contains(&"linear Funding".to_owned()), "{before:?}");
    to(&mut world, 28_801);
    assert_eq!(of_account(&world.take_news(), ALICE), ["linear Funding"]);
}

#[test]
fn a_contract_that_ends_takes_its_orders_with_it_and_delivers_its_positions() {
    let mut world = world_that_ends(Script::still(dec!(50000)));
    let dated = |request| OrderRequest { market: DATED, ..of_contract(request) };
    place(&mut world, ALICE, dated(market(Side::Buy, dec!(1))));
    let rests = place(&mut world, ALICE, named("rests", dated(limit(Side::Buy, dec!(1), dec!(40000)))));
    let stop = OrderRequest { kind: OrderKind::StopMarket { trigger: at(dec!(40000)) }, ..dated(market(Side::Sell, dec!(1))) };
    let algo = world.place_algo(ALICE, stop).unwrap();
    to(&mut world, 61);
    let ended = now(&world, ALICE, &rests.order);
    assert_eq!((ended.state, ended.ended_by), (OrderState::Expired, Some(Refusal::ContractOver)));
    let algo = world.account(ALICE).orders.algo(Wallet::Linear, &Named::Id(algo.id.0)).unwrap();
    assert_eq!(algo.state, AlgoState::Expired);
    assert_eq!(world.account(ALICE).wallets.futures(Wallet::Linear).amount(DATED, None), dec!(0));
    let orders = world.account(ALICE).orders.all(Wallet::Linear, DATED);
    let delivered = orders.last().unwrap();
    assert_eq!((delivered.origin, delivered.state, delivered.executed), (Origin::Delivery, OrderState::Filled, dec!(1)));
    assert_eq!(world.place(ALICE, dated(market(Side::Buy, dec!(1)))).unwrap_err(), Refusal::UnknownMarket);
}

#[test]
fn a_call_in_the_money_pays_at_its_end() {
    let mut world = world_that_ends(Script::still(dec!(50000)));
    let request = OrderRequest { wallet: Wallet::Options, market: CALL, ..market(Side::Buy, dec!(1)) };
    let bought = place(&mut world, ALICE, request);
    assert_eq!(bought.order.state, OrderState::Filled);
    to(&mut world, 61);
    let delivered = world.account(ALICE).orders.all(Wallet::Options, CALL).last().unwrap().id;
    let executions = world.account(ALICE).orders.executions(Wallet::Options, Some(CALL));
    let paid = executions.iter().find(|execution| execution.order == delivered).unwrap();
    assert_eq!((paid.price, paid.quantity), (dec!(5000), dec!(1)));
}

#[test]
fn legs_of_both_sides_stand_beside_each_other() {
    let mut world = still();
    world.settle(ALICE, |wallets, _, _| wallets.futures_mut(Wallet::Linear).set_position_mode(true)).unwrap();
    let leg = |name, leg, side, quantity| named(name, OrderRequest { leg: Some(leg), ..of_contract(market(side, quantity)) });
    place(&mut world, ALICE, leg("a", PositionSide::Long, Side::Buy, dec!(2)));
    place(&mut world, ALICE, leg("b", PositionSide::Short, Side::Sell, dec!(1)));
    let amount = |world: &World, leg| world.account(ALICE).wallets.futures(Wallet::Linear).amount(CONTRACT, Some(leg));
    assert_eq!((amount(&world, PositionSide::Long).abs(), amount(&world, PositionSide::Short).abs()), (dec!(2), dec!(1)));
    assert_eq!(world.place(ALICE, leg("c", PositionSide::Long, Side::Sell, dec!(3))).unwrap_err(), Refusal::ReduceOnly);
    place(&mut world, ALICE, leg("d", PositionSide::Long, Side::Sell, dec!(2)));
    assert_eq!(amount(&world, PositionSide::Long), dec!(0));
    assert_eq!(world.place(ALICE, of_contract(market(Side::Buy, dec!(1)))).unwrap_err(), Refusal::PositionMode);
}

#[test]
fn a_conditional_order_may_wait_for_the_mark_price() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(48000)));
    place(&mut world, ALICE, of_contract(market(Side::Buy, dec!(1))));
    let trigger = Trigger { price: price(dec!(49000)), by: TriggerBy::Mark };
    let stop = OrderRequest { kind: OrderKind::StopMarket { trigger }, ..of_contract(market(Side::Sell, dec!(1))) };
    let waits = world.place_algo(ALICE, named("stop", stop)).unwrap();
    to(&mut world, 30);
    let algo = world.account(ALICE).orders.algo(Wallet::Linear, &Named::Id(waits.id.0)).unwrap();
    assert_eq!(algo.state, AlgoState::Finished);
    assert!(algo.triggered.is_some_and(|time| time >= UnixNanos::from_nanos(START + seconds(10))));
}

#[test]
fn who_borrows_for_an_order_owes_and_loses_all_when_the_price_falls_too_far() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(35000)));
    let request = OrderRequest { wallet: Wallet::Cross, loan: Loan::Borrow, ..market(Side::Buy, dec!(1.5)) };
    place(&mut world, ALICE, request);
    let told = of_account(&world.take_news(), ALICE);
    assert!(told.iter().any(|told| told.starts_with("owes 45")), "{told:?}");
    assert!(held(&world) > dec!(1.4));
    // 30,000 of her own and 45,000 borrowed: at 35,000 a coin and a half are worth 52,500, 1.16 of the debt; at 33,000, 1.1.
    to(&mut world, 12);
    world.pace();
    assert!(held(&world) > dec!(1.4));
    let mut world = falls_to(dec!(32000));
    world.pace();
    let news = world.take_news();
    let told = of_account(&news, ALICE);
    assert!(held(&world) < dec!(0.1), "{told:?}");
    assert!(told.iter().any(|told| told.starts_with("autoclose-")), "{told:?}");
}

fn falls_to(price: Decimal) -> World {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), price));
    place(&mut world, ALICE, OrderRequest { wallet: Wallet::Cross, loan: Loan::Borrow, ..market(Side::Buy, dec!(1.5)) });
    world.take_news();
    to(&mut world, 12);
    world
}

#[test]
fn a_loan_is_told_of_though_no_order_was_made() {
    let mut world = still();
    let money = Money::new(dec!(100), Currency::new("USDT"));
    world.settle(ALICE, |wallets, markets, now| wallets.cross_mut().borrow(&money, now, markets)).unwrap();
    let news = world.take_news();
    let told = of_account(&news, ALICE);
    assert_eq!(told, ["cross Loan", "owes 100 USDT"]);
    let debt = world.account(ALICE).wallets.cross().debts();
    assert_eq!(debt.len(), 1);
}

#[test]
fn steps_of_the_pace_are_counted() {
    let mut world = still();
    world.pace();
    world.pace();
    let numbers = world.take_news().into_iter().filter_map(|news| match news {
        News::Step(_, number) => Some(number),
        News::Market(..) | News::Account(..) => None,
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2]);
}
