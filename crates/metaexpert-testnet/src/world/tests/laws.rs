//! What holds whatever is done: an order ends once, nothing is told of it after, what is open is what is not over, nothing is lost,
//! and two worlds that are told the same are the same.

use std::collections::BTreeMap;

use metaexpert_core::{Distance, OrderKind, Percent, Side, TimeInForce, TriggerBy, UnixNanos};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::floor::*;
use crate::{
    market::Script,
    news::{AccountNews, News},
    order::{AccountId, Named, OrderRequest, SelfTradePrevention, Size},
    wallet::Wallet,
    world::{Change, World},
};

/// What somebody does.
#[derive(Debug, Clone)]
enum Deed {
    Place(AccountId, Box<OrderRequest>),
    Cancel(AccountId, u64),
    Amend(AccountId, u64, Decimal),
    Pass(i64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let account = prop_oneof![Just(ALICE), Just(BOB)];
    let place = (account.clone(), any::<bool>(), 1_i64..400, 0_u8..6, -30_i64..30, 0_u8..4, 0_u8..5).prop_map(
        |(account, buys, lots, kind, away, force, prevention)| {
            let side = if buys { Side::Buy } else { Side::Sell };
            let near = dec!(50000) + Decimal::from(away);
            let kind = match kind {
                0 => OrderKind::Market,
                1 => OrderKind::StopMarket { trigger: at(near) },
                2 => OrderKind::TakeProfitLimit { trigger: at(near), price: price(near) },
                _ => OrderKind::Limit { price: price(near) },
            };
            let time_in_force = match force {
                0 => TimeInForce::ImmediateOrCancel,
                1 => TimeInForce::FillOrKill,
                2 => TimeInForce::PostOnly,
                _ => TimeInForce::GoodTillCancelled,
            };
            let self_trade = match prevention {
                0 => SelfTradePrevention::None,
                1 => SelfTradePrevention::ExpireTaker,
                2 => SelfTradePrevention::ExpireMaker,
                3 => SelfTradePrevention::ExpireBoth,
                _ => SelfTradePrevention::Decrement,
            };
            let size = Size::Quantity(Decimal::new(lots, 2));
            let request = OrderRequest { kind, time_in_force, size, self_trade, ..market(side, dec!(1)) };
            Deed::Place(account, Box::new(request))
        },
    );
    let cancel = (account.clone(), 1_u64..40).prop_map(|(account, order)| Deed::Cancel(account, order));
    let amend =
        (account, 1_u64..40, 1_i64..300).prop_map(|(account, order, lots)| Deed::Amend(account, order, Decimal::new(lots, 2)));
    let pass = (1_i64..5).prop_map(Deed::Pass);
    prop::collection::vec(prop_oneof![6 => place, 1 => cancel, 1 => amend, 1 => pass], 1..40)
}

/// Does it all; the news.
fn carry_out(deeds: &[Deed]) -> (World, Vec<News>) {
    let mut world = world(Script::still(dec!(50000)).then(seconds(20), dec!(50020)).then(seconds(60), dec!(49985)).linear());
    let mut time = 1;
    for (number, deed) in deeds.iter().enumerate() {
        match deed {
            Deed::Place(account, request) => _ = world.place(*account, named(&number.to_string(), (**request).clone())),
            Deed::Cancel(account, order) => _ = world.cancel(*account, Wallet::Spot, COIN, &Named::Id(*order), None),
            Deed::Amend(account, order, quantity) => {
                let quantity = metaexpert_core::Quantity::new(*quantity);
                let change = Change { quantity, price: None, client_id: None, keeps_place: false };
                _ = world.amend(*account, Wallet::Spot, COIN, &Named::Id(*order), &change);
            }
            Deed::Pass(seconds) => {
                time += seconds;
                to(&mut world, time);
            }
        }
    }
    let news = world.take_news();
    (world, news)
}

/// What an account has of a coin, set aside or not.
fn sum(world: &World, account: AccountId, coin: &str) -> Decimal {
    let (free, locked) = balance(world, account, coin);
    assert!(free >= Decimal::ZERO && locked >= Decimal::ZERO, "{free} {locked}");
    free + locked
}

#[test]
fn however_far_time_is_advanced_at_once_the_same_happens() {
    let news = |step: i64| {
        let mut world = world(Script::still(dec!(50000)).then(seconds(10), dec!(50400)).then(seconds(25), dec!(49500)).linear());
        let percent = Distance::Percent(Percent::new(dec!(0.5)));
        let trails = OrderKind::TrailingStop { distance: percent, activation: None, by: TriggerBy::Last };
        let until = UnixNanos::from_nanos(START + seconds(7));
        for (number, request) in [
            limit(Side::Buy, dec!(0.5), dec!(49900)),
            limit(Side::Sell, dec!(0.5), dec!(50300)),
            OrderRequest { kind: trails, ..market(Side::Sell, dec!(0.1)) },
            OrderRequest { kind: OrderKind::StopMarket { trigger: at(dec!(50200)) }, ..market(Side::Buy, dec!(0.1)) },
            with(TimeInForce::GoodTillDate(until), limit(Side::Buy, dec!(0.1), dec!(40000))),
        ]
        .into_iter()
        .enumerate()
        {
            place(&mut world, ALICE, named(&number.to_string(), request));
        }
        let mut time = seconds(1);
        while time < seconds(30) {
            time += step;
            world.advance(UnixNanos::from_nanos(START + time.min(seconds(30))));
        }
        world.take_news()
    };
    let at_once = news(seconds(30));
    assert!(
        of_account(&at_once, ALICE).iter().filter(|told| told.ends_with("Filled")).count() >= 4,
        "{:?}",
        of_account(&at_once, ALICE)
    );
    assert_eq!(news(100_000_000), at_once);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_order_ends_once_and_what_is_open_is_what_has_not_ended(deeds in deeds()) {
        let (world, news) = carry_out(&deeds);
        let mut ended: BTreeMap<u64, bool> = BTreeMap::new();
        for news in &news {
            let News::Account(_, news) = news else { continue };
            let AccountNews::Order { order, .. } = news.as_ref() else { continue };
            prop_assert!(ended.get(&order.id.0) != Some(&true), "told after the end: {order:?}");
            prop_assert!(order.executed <= order.quantity, "{order:?}");
            ended.insert(order.id.0, !order.state.is_open());
        }
        for account in [ALICE, BOB] {
            let orders = &world.account(account).orders;
            let all = orders.all(Wallet::Spot, COIN);
            let open: Vec<_> = all.iter().filter(|order| order.state.is_open()).map(|order| order.id).collect();
            prop_assert_eq!(orders.open(Wallet::Spot, Some(COIN)).iter().map(|order| order.id).collect::<Vec<_>>(), open);
            for order in all {
                prop_assert_eq!(ended.get(&order.id.0).copied(), Some(!order.state.is_open()), "{:?}", order);
                prop_assert!(order.executed + order.prevented <= order.quantity);
            }
        }
    }

    #[test]
    fn what_is_there_is_what_was_there_and_what_executions_did(deeds in deeds()) {
        let (mut world, _) = carry_out(&deeds);
        for account in [ALICE, BOB] {
            let (mut usdt, mut btc) = (dec!(1000000), dec!(10));
            for execution in world.account(account).orders.executions(Wallet::Spot, None) {
                let sign = if execution.side == Side::Buy { Decimal::ONE } else { -Decimal::ONE };
                btc += sign * execution.quantity;
                usdt -= sign * execution.value;
                let coin = if execution.fee.currency.as_str() == "BTC" { &mut btc } else { &mut usdt };
                *coin -= execution.fee.amount;
            }
            prop_assert_eq!((sum(&world, account, "USDT"), sum(&world, account, "BTC")), (usdt.normalize(), btc.normalize()));
            world.cancel_all(account, Wallet::Spot, COIN);
            prop_assert_eq!((balance(&world, account, "USDT").1, balance(&world, account, "BTC").1), (dec!(0), dec!(0)));
        }
    }

    #[test]
    fn two_worlds_that_are_told_the_same_are_the_same(deeds in deeds()) {
        prop_assert_eq!(carry_out(&deeds).1, carry_out(&deeds).1);
    }
}
