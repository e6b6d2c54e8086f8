//! Spot: a resting sell keeps the coins, so that a second one, and a sale, need them free.

use metaexpert_core::{
    Reason,
    broker::{Guards, Offers},
    config::{MarketType, PositionMode},
};
use rust_decimal::{Decimal, dec};

use super::stage::{Act, Script, Stage, config};

fn spot(prices: &[i64], acts: &[(usize, Act)]) -> Stage {
    let mut config = config(Some(dec!(1)), Some(dec!(2)), [None, None], None);
    (config.market_type, config.position_mode) = (MarketType::Spot, PositionMode::Oneway);
    let offers = Offers { stops: true, both_exits: false, calls_off: true };
    Stage::play(&Script { offers, ..Script::new(prices, acts, config) }, Guards::Engine)
}

#[test]
fn the_stop_rests_and_the_take_profit_is_watched() {
    let stage = spot(&[1000, 1000, 1000, 1020, 1021, 1021], &[(0, Act::Buy)]);
    let sent: Vec<_> = stage.seen.borrow().sent.iter().map(|(at, reason, _)| (*at, *reason)).collect();
    assert_eq!(sent, [(0, Reason::Signal), (1, Reason::StopLoss), (3, Reason::TakeProfit)]);
    assert_eq!((stage.exits()[0].second, stage.exits()[0].reason), (4, Reason::TakeProfit));
    assert_eq!(stage.cancelled_and_open(), (Decimal::ZERO, 0));
}

#[test]
fn a_sale_of_the_experts_waits_until_the_stop_has_let_the_coins_go() {
    let stage = spot(&[1000, 1000, 1000, 1000, 1000, 1000], &[(0, Act::Buy), (2, Act::CloseLong)]);
    let exits = stage.exits();
    assert_eq!((exits[0].second, exits[0].reason, exits[0].has_order), (3, Reason::Signal, true));
    assert_eq!(stage.cancelled_and_open(), (Decimal::ZERO, 0));
    assert!(stage.seen.borrow().errors.is_empty());
}

#[test]
fn the_stop_is_for_what_the_experts_own_sells_leave_and_all_is_sold_when_it_is_reached() {
    let stage = spot(&[1000, 1000, 1000, 1000, 1000, 989, 988, 988, 988], &[(0, Act::Buy), (2, Act::SellAbove)]);
    let stops: Vec<_> = stage.seen.borrow().sent.iter().filter(|(_, reason, _)| *reason == Reason::StopLoss).copied().collect();
    // The whole; what the limit leaves; and, when the price is there, what the limit has kept.
    assert_eq!(stops, [(1, Reason::StopLoss, dec!(1)), (2, Reason::StopLoss, dec!(0.5)), (5, Reason::StopLoss, dec!(0.5))]);
    assert_eq!(stage.cancelled_and_open(), (Decimal::ZERO, 0));
}
