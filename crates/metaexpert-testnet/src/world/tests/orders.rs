//! Orders of coins: what is taken, rests, ends, changes.

use std::collections::BTreeSet;

use metaexpert_core::{Quantity, Side, TimeInForce, UnixNanos};
use rust_decimal::{Decimal, dec};

use super::floor::*;
use crate::{
    market::Script,
    order::{BrokenRule, Named, Order, OrderRequest, OrderState, Refusal, SelfTradePrevention, Size},
    wallet::Wallet,
    world::{Change, World},
};

#[test]
fn a_market_order_walks_the_book_and_moves_the_balance_by_price_and_fee() {
    let mut world = still();
    let levels = world.markets().get(COIN).levels(Side::Sell, 100);
    // As much as the first two levels show, and a lot of the third.
    let quantity = levels[0].1 + levels[1].1 + dec!(0.00001);
    let placed = place(&mut world, ALICE, market(Side::Buy, quantity));
    assert_eq!(placed.order.state, OrderState::Filled);
    assert_eq!(
        placed.executions.iter().map(|execution| execution.price).collect::<Vec<_>>(),
        [levels[0].0, levels[1].0, levels[2].0]
    );
    let cost: Decimal = placed.executions.iter().map(|execution| execution.price * execution.quantity).sum();
    assert_eq!(placed.order.value, cost);
    assert_eq!(balance(&world, ALICE, "USDT"), ((dec!(1000000) - cost).normalize(), dec!(0)));
    let fees: Decimal = placed.executions.iter().map(|execution| execution.fee.amount).sum();
    assert_eq!(balance(&world, ALICE, "BTC").0, (dec!(10) + quantity - fees).normalize());
    let told = of_account(&world.take_news(), ALICE);
    assert_eq!(told.first().unwrap(), "one new: Working");
    assert_eq!(told.last().unwrap(), "spot Order");
    assert_eq!(told.len(), 5);
}

#[test]
fn the_tape_numbers_what_a_taker_trades_without_gaps() {
    let mut world = still();
    let last = world.markets().get(COIN).last().unwrap().id;
    let quantity = world.markets().get(COIN).levels(Side::Sell, 1)[0].1 + dec!(0.1);
    let placed = place(&mut world, ALICE, market(Side::Buy, quantity));
    assert_eq!(placed.executions.iter().map(|execution| execution.trade_id).collect::<Vec<_>>(), [last + 1, last + 2]);
}

#[test]
fn an_order_by_value_spends_no_more_than_that() {
    let mut world = still();
    let request = OrderRequest { size: Size::Quote(dec!(1000)), ..market(Side::Buy, dec!(1)) };
    let placed = place(&mut world, ALICE, request);
    assert_eq!(placed.order.state, OrderState::Filled);
    assert_eq!(placed.order.quantity, placed.order.executed);
    let left = dec!(1000) - placed.order.value;
    assert!(left >= Decimal::ZERO && left < dec!(0.51), "a lot costs 0.5: {left}");
    assert_eq!(balance(&world, ALICE, "USDT"), ((dec!(1000000) - placed.order.value).normalize(), dec!(0)));
}

#[test]
fn a_limit_rests_in_the_public_book_until_the_price_comes_to_it() {
    let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(49000)));
    let placed = place(&mut world, ALICE, limit(Side::Buy, dec!(0.5), dec!(49500.01)));
    assert_eq!((placed.order.state, placed.executions.len()), (OrderState::Working, 0));
    assert_eq!(balance(&world, ALICE, "USDT").1, dec!(24750.005));
    let shown = |world: &World| {
        let levels = world.markets().get(COIN).levels(Side::Buy, 5000);
        levels.into_iter().find(|(price, _)| *price == dec!(49500.01)).map(|(_, quantity)| quantity)
    };
    assert!(shown(&world).is_some_and(|quantity| quantity >= dec!(0.5)), "{:?}", shown(&world));
    to(&mut world, 12);
    let filled = now(&world, ALICE, &placed.order);
    assert_eq!((filled.state, filled.value), (OrderState::Filled, dec!(24750.005)));
    let executions = world.account(ALICE).orders.executions(Wallet::Spot, Some(COIN));
    assert!(executions.iter().all(|execution| execution.is_maker && execution.price == dec!(49500.01)));
    assert_eq!(balance(&world, ALICE, "USDT"), (dec!(975249.995), dec!(0)));
    assert!(world.account(ALICE).orders.open(Wallet::Spot, None).is_empty());
}

#[test]
fn what_was_to_rest_and_would_take_is_refused() {
    let mut world = still();
    let (ask, _) = best(&world, COIN, Side::Buy);
    let request = with(TimeInForce::PostOnly, limit(Side::Buy, dec!(0.1), ask));
    assert_eq!(world.check(ALICE, &request), Err(Refusal::WouldTake));
    assert_eq!(refused(&mut world, ALICE, request), Refusal::WouldTake);
    let rests = place(&mut world, ALICE, with(TimeInForce::PostOnly, limit(Side::Buy, dec!(0.1), ask - dec!(10))));
    assert_eq!(rests.order.state, OrderState::Working);
}

#[test]
fn what_cannot_trade_at_once_expires() {
    let mut world = still();
    let (ask, there) = best(&world, COIN, Side::Buy);
    let part = place(&mut world, ALICE, with(TimeInForce::ImmediateOrCancel, limit(Side::Buy, there + dec!(1), ask)));
    assert_eq!((part.order.state, part.order.executed), (OrderState::Expired, there));
    assert_eq!(balance(&world, ALICE, "USDT").1, Decimal::ZERO);
    let all = with(TimeInForce::FillOrKill, limit(Side::Buy, there + dec!(0.1), ask));
    let all = place(&mut world, BOB, all).order;
    assert_eq!((all.state, all.executed, all.ended_by), (OrderState::Expired, Decimal::ZERO, Some(Refusal::NotAllAtOnce)));
    let (ask, there) = best(&world, CONTRACT, Side::Buy);
    let contract = with(TimeInForce::FillOrKill, of_contract(limit(Side::Buy, there + dec!(0.001), ask)));
    assert_eq!(world.place(BOB, contract).unwrap_err(), Refusal::NotAllAtOnce);
    assert_eq!(balance(&world, BOB, "USDT").1, Decimal::ZERO);
}

#[test]
fn rules_are_looked_at_before_money_is() {
    let mut world = still();
    let rule = |rule| Refusal::Rule(rule);
    for (request, why) in [
        (limit(Side::Buy, dec!(0.1), dec!(50000.001)), rule(BrokenRule::Price)),
        (limit(Side::Buy, dec!(0.1), dec!(9999)), rule(BrokenRule::Band)),
        (limit(Side::Sell, dec!(0.1), dec!(250001)), rule(BrokenRule::Band)),
        (limit(Side::Buy, dec!(0.100001), dec!(40000)), rule(BrokenRule::Lot)),
        (limit(Side::Buy, dec!(9001), dec!(40000)), rule(BrokenRule::Lot)),
        (market(Side::Buy, dec!(101)), rule(BrokenRule::MarketLot)),
        (limit(Side::Buy, dec!(0.0001), dec!(40000)), rule(BrokenRule::Notional)),
        (
            OrderRequest { iceberg: Some(dec!(0.01)), ..limit(Side::Buy, dec!(0.101), dec!(40000)) },
            rule(BrokenRule::IcebergParts),
        ),
        (limit(Side::Buy, dec!(100), dec!(40000)), Refusal::Funds),
        (OrderRequest { market: CONTRACT, ..market(Side::Buy, dec!(1)) }, Refusal::UnknownMarket),
        (OrderRequest { wallet: Wallet::Isolated(CONTRACT), ..market(Side::Buy, dec!(1)) }, Refusal::UnknownMarket),
    ] {
        assert_eq!(refused(&mut world, ALICE, request.clone()), why, "{request:?}");
        assert_eq!(world.check(ALICE, &request), Err(why), "{request:?}");
    }
}

#[test]
fn a_name_is_free_again_when_its_order_is_over() {
    let mut world = still();
    let first = place(&mut world, ALICE, limit(Side::Buy, dec!(0.1), dec!(40000)));
    assert_eq!(refused(&mut world, ALICE, limit(Side::Buy, dec!(0.1), dec!(40001))), Refusal::DuplicateClientId);
    place(&mut world, BOB, limit(Side::Buy, dec!(0.1), dec!(40000)));
    world.cancel(ALICE, Wallet::Spot, COIN, &Named::Client("one".into()), None).unwrap();
    let second = place(&mut world, ALICE, limit(Side::Buy, dec!(0.1), dec!(40001)));
    let orders = &world.account(ALICE).orders;
    assert_eq!(orders.get(Wallet::Spot, COIN, &Named::Client("one".into())).unwrap().id, second.order.id);
    assert_eq!(orders.get(Wallet::Spot, COIN, &Named::Id(first.order.id.0)).unwrap().state, OrderState::Cancelled);
    assert_eq!(orders.all(Wallet::Spot, COIN).len(), 2);
}

#[test]
fn no_more_orders_stand_than_the_market_allows() {
    let mut world = still();
    for number in 0..50 {
        place(&mut world, ALICE, named(&format!("n{number}"), limit(Side::Buy, dec!(0.001), dec!(40000))));
    }
    let more = named("more", limit(Side::Buy, dec!(0.001), dec!(40000)));
    assert_eq!(refused(&mut world, ALICE, more), Refusal::Rule(BrokenRule::OpenOrders));
}

#[test]
fn a_cancelled_order_frees_what_it_had_set_aside() {
    let mut world = still();
    let placed = place(&mut world, ALICE, limit(Side::Sell, dec!(2), dec!(60000)));
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(8), dec!(2)));
    world.take_news();
    let id = Named::Id(placed.order.id.0);
    assert_eq!(world.cancel(BOB, Wallet::Spot, COIN, &id, None), Err(Refusal::UnknownOrder));
    assert_eq!(world.cancel(ALICE, Wallet::Spot, COIN, &id, None).unwrap().state, OrderState::Cancelled);
    assert_eq!(of_account(&world.take_news(), ALICE), ["one cancelled: Cancelled", "spot Order"]);
    assert_eq!(balance(&world, ALICE, "BTC"), (dec!(10), dec!(0)));
    assert_eq!(world.cancel(ALICE, Wallet::Spot, COIN, &id, None), Err(Refusal::UnknownOrder));
}

#[test]
fn an_order_stands_until_its_date_or_until_the_countdown_is_over() {
    let mut world = still();
    let until = UnixNanos::from_nanos(START + seconds(5));
    let dated = place(&mut world, ALICE, with(TimeInForce::GoodTillDate(until), limit(Side::Buy, dec!(0.1), dec!(40000))));
    let other = place(&mut world, ALICE, named("two", limit(Side::Buy, dec!(0.1), dec!(40000))));
    world.cancel_all_at(ALICE, Wallet::Spot, COIN, Some(UnixNanos::from_nanos(START + seconds(6))));
    world.cancel_all_at(ALICE, Wallet::Spot, COIN, Some(UnixNanos::from_nanos(START + seconds(8))));
    to(&mut world, 7);
    let ended = now(&world, ALICE, &dated.order);
    assert_eq!((ended.state, ended.ended_by, ended.updated), (OrderState::Expired, Some(Refusal::TimeOver), until));
    assert_eq!(state(&world, ALICE, &other.order), OrderState::Working);
    to(&mut world, 9);
    assert_eq!(state(&world, ALICE, &other.order), OrderState::Cancelled);
    assert_eq!(balance(&world, ALICE, "USDT"), (dec!(1000000), dec!(0)));
}

fn to_be(quantity: Option<Decimal>, limit: Option<Decimal>, keeps_place: bool) -> Change {
    Change { quantity: quantity.and_then(Quantity::new), price: limit.map(price), client_id: None, keeps_place }
}

#[test]
fn an_amended_order_is_for_what_it_is_asked_to_be_and_has_set_that_aside() {
    let mut world = still();
    let placed = place(&mut world, ALICE, limit(Side::Buy, dec!(1), dec!(40000)));
    let name = Named::Id(placed.order.id.0);
    let mut amend = |change: Change| world.amend(ALICE, Wallet::Spot, COIN, &name, &change);
    assert_eq!(amend(to_be(Some(dec!(1)), None, true)), Err(Refusal::NothingToChange));
    assert_eq!(amend(to_be(Some(dec!(2)), None, true)), Err(Refusal::NothingToChange));
    assert_eq!(amend(to_be(Some(dec!(100)), None, false)), Err(Refusal::Funds));
    let kept = amend(Change { client_id: Some("new".into()), ..to_be(Some(dec!(0.5)), None, true) }).unwrap().order;
    assert_eq!((kept.quantity, kept.amends, kept.request.client_id.as_str()), (dec!(0.5), 1, "new"));
    amend(to_be(Some(dec!(0.4)), None, true)).unwrap();
    assert_eq!(amend(to_be(Some(dec!(0.3)), None, true)), Err(Refusal::Rule(BrokenRule::Amends)));
    amend(to_be(Some(dec!(2)), Some(dec!(41000)), false)).unwrap();
    assert_eq!(balance(&world, ALICE, "USDT"), (dec!(918000), dec!(82000)));
    let told = of_account(&world.take_news(), ALICE);
    assert_eq!(told.iter().filter(|told| told.ends_with("amended: Working")).count(), 3, "{told:?}");
}

#[test]
fn an_order_that_is_amended_into_the_market_trades() {
    let mut world = still();
    let placed = place(&mut world, ALICE, limit(Side::Buy, dec!(0.1), dec!(40000)));
    let change = to_be(None, Some(dec!(50100)), false);
    let amended = world.amend(ALICE, Wallet::Spot, COIN, &Named::Id(placed.order.id.0), &change).unwrap();
    assert_eq!((amended.order.state, amended.executions.len()), (OrderState::Filled, 1));
    assert_eq!(balance(&world, ALICE, "USDT").1, Decimal::ZERO);
}

/// An offer of Alice's to sell 1 rests just behind the makers' best; then she buys all of theirs and 0.4 of hers.
fn meet_oneself(mode: SelfTradePrevention) -> (World, Order, Order, Decimal) {
    let mut world = still();
    let (ask, there) = best(&world, COIN, Side::Buy);
    let at = ask + dec!(0.01);
    let rests = place(&mut world, ALICE, named("rests", limit(Side::Sell, dec!(1), at))).order;
    let comes = OrderRequest { self_trade: mode, ..limit(Side::Buy, there + dec!(0.4), at) };
    let comes = place(&mut world, ALICE, named("comes", comes)).order;
    let rests = now(&world, ALICE, &rests);
    (world, rests, comes, there)
}

#[test]
fn orders_of_one_account_do_with_each_other_what_they_were_told() {
    use OrderState::{ExpiredInMatch, Filled, PartiallyFilled, Working};
    for (mode, rests_so, comes_so) in [
        (SelfTradePrevention::None, (PartiallyFilled, dec!(0.4), dec!(0)), (Filled, dec!(0.4), dec!(0))),
        (SelfTradePrevention::ExpireTaker, (Working, dec!(0), dec!(0)), (ExpiredInMatch, dec!(0), dec!(0.4))),
        (SelfTradePrevention::Transfer, (Working, dec!(0), dec!(0)), (ExpiredInMatch, dec!(0), dec!(0.4))),
        (SelfTradePrevention::ExpireMaker, (ExpiredInMatch, dec!(0), dec!(1)), (PartiallyFilled, dec!(0), dec!(0))),
        (SelfTradePrevention::ExpireBoth, (ExpiredInMatch, dec!(0), dec!(1)), (ExpiredInMatch, dec!(0), dec!(0.4))),
        (SelfTradePrevention::Decrement, (Working, dec!(0), dec!(0.4)), (ExpiredInMatch, dec!(0), dec!(0.4))),
    ] {
        let (_, rests, comes, there) = meet_oneself(mode);
        assert_eq!((rests.state, rests.executed, rests.prevented), rests_so, "{mode:?}: who rests");
        assert_eq!((comes.state, comes.executed - there, comes.prevented), comes_so, "{mode:?}: who comes");
    }
}

#[test]
fn two_orders_of_one_account_that_trade_share_a_print() {
    let (world, rests, comes, _) = meet_oneself(SelfTradePrevention::None);
    let executions = world.account(ALICE).orders.executions(Wallet::Spot, Some(COIN));
    let last = |order: &Order| executions.iter().rev().find(|execution| execution.order == order.id).map(|found| found.trade_id);
    assert!(last(&rests).is_some());
    assert_eq!(last(&rests), last(&comes));
    assert_eq!(world.markets().get(COIN).last().map(|print| print.id), last(&comes));
}

#[test]
fn each_execution_has_a_number_of_its_own_where_a_price_goes_through_many_orders() {
    // Ten ticks a second: some orders meet the makers' new levels, and others the print that is behind these.
    let mut world = world(Script::still(dec!(50000)).then(400_000_000_000, dec!(50040)).linear());
    for round in 1..80 {
        to(&mut world, 5 * round);
        for ticks in 3..=40 {
            let price = dec!(50000) + Decimal::new(50 * round + ticks, 2);
            place(&mut world, ALICE, named(&format!("{round}-{ticks}"), limit(Side::Sell, dec!(0.001), price)));
        }
    }
    to(&mut world, 410);
    let executions = world.account(ALICE).orders.executions(Wallet::Spot, Some(COIN));
    let numbers: BTreeSet<u64> = executions.iter().map(|execution| execution.trade_id).collect();
    assert!(executions.len() >= 79 * 38, "{}", executions.len());
    assert_eq!(numbers.len(), executions.len());
}

#[test]
fn what_is_taken_off_an_order_is_not_set_aside_any_more() {
    let (world, rests, ..) = meet_oneself(SelfTradePrevention::Decrement);
    assert_eq!(balance(&world, ALICE, "BTC").1, dec!(0.6));
    assert_eq!(balance(&world, ALICE, "USDT").1, dec!(0));
    let shown = world.markets().get(COIN).levels(Side::Sell, 2);
    assert_eq!(shown[1], (rests.request.kind.limit_price().unwrap().get(), dec!(0.6)));
}

#[test]
fn nobody_gets_more_at_once_than_the_cap_lets_him() {
    let mut world = still();
    world.set_fill_cap(Some(dec!(0.1)));
    let placed = place(&mut world, ALICE, limit(Side::Buy, dec!(0.25), dec!(50100)));
    assert_eq!((placed.order.state, placed.order.executed), (OrderState::PartiallyFilled, dec!(0.1)));
    let market = place(&mut world, BOB, market(Side::Buy, dec!(0.25)));
    assert_eq!((market.order.state, market.order.executed), (OrderState::Expired, dec!(0.1)));
}

#[test]
fn an_order_by_value_says_with_its_last_execution_that_it_is_filled() {
    let mut world = still();
    // What is left of it buys no lot.
    let request = OrderRequest { size: Size::Quote(dec!(1000.007)), ..market(Side::Buy, dec!(1)) };
    let placed = place(&mut world, ALICE, request);
    assert_eq!(placed.order.state, OrderState::Filled);
    let told = of_account(&world.take_news(), ALICE);
    let of_order: Vec<_> = told.iter().filter(|told| told.starts_with("one")).collect();
    assert!(of_order.last().is_some_and(|last| last.starts_with("one trade") && last.ends_with("Filled")), "{told:?}");
}
