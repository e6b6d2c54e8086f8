//! The rules about what an order itself names: prices, leverage, size. The gate is asked directly.

use std::sync::Arc;

use metaexpert_core::{
    Amendment, Bracket, ClientOrderId, Effect, Fitting, Instrument, InstrumentId, NewOrder, OrderKind, Percent, PositionSide,
    Price, Protection, Quantity, Reason, SelfTrade, Side, TimeInForce, Trigger, UnixNanos,
    config::Config,
    portfolio::Portfolio,
    risk::{RiskGate, View},
};
use rust_decimal::{Decimal, dec};

use crate::trial::{Trial, instrument};

fn price(value: Decimal) -> Price {
    Price::new(value).unwrap()
}

fn order(kind: OrderKind, quantity: Decimal, leverage: u32) -> NewOrder {
    let (_, [id, _]) = Trial::instruments();
    NewOrder {
        id: ClientOrderId { strategy: 0, run: 1, sequence: 1 },
        instrument: id,
        side: Side::Buy,
        kind,
        time_in_force: TimeInForce::default(),
        effect: Effect::Open(PositionSide::Long),
        quantity: Quantity::new(quantity).unwrap(),
        fitting: Fitting::Exact,
        leverage,
        protection: Protection::default(),
        self_trade: SelfTrade::ExpireMaker,
        link: None,
        time: UnixNanos::default(),
        reason: Reason::Signal,
    }
}

/// An account of a million, and a last price of 100.
fn account(id: InstrumentId) -> Portfolio {
    let mut account = Portfolio::new(dec!(1_000_000), 2);
    account.set_mark(id, 100.0);
    account
}

fn view<'a>(instrument: &'a Instrument, account: &'a Portfolio) -> View<'a> {
    let price = price(dec!(100));
    View { now: UnixNanos::default(), instrument, expected: account, closing: dec!(0), price, volume: 1.0, warmup: 0 }
}

/// What the gate says of an order: the refusal, or the quantity that passes.
fn check(config: Config, instrument: &Instrument, order: NewOrder, expect: &str) {
    let account = account(order.instrument);
    let checked = RiskGate::new(config, dec!(0)).check(order, &view(instrument, &account));
    let said = checked.map_or_else(|refusal| refusal.to_string(), |passed| passed.get().quantity.to_string());
    assert_eq!(said, expect);
}

#[test]
fn a_limit_price_stays_within_the_collar_on_both_sides() {
    let config = || Config { price_collar_pct: Some(Percent::new(dec!(5))), ..Config::default() };
    let limit = |at| OrderKind::Limit { price: price(at) };
    let refused = |at, distance| {
        format!("price_collar_pct: BTCUSDT: the limit price {at} is {distance} % from the last price 100, the limit is 5 %")
    };
    let instrument = instrument("BTCUSDT");
    for (kind, expect) in [
        (limit(dec!(105)), "1".to_owned()),
        (limit(dec!(95)), "1".to_owned()),
        (limit(dec!(105.1)), refused("105.1", "5.1")),
        (limit(dec!(94.9)), refused("94.9", "5.1")),
        (OrderKind::StopLimit { trigger: Trigger::at(price(dec!(104))), price: price(dec!(110)) }, refused("110", "10")),
        (OrderKind::StopMarket { trigger: Trigger::at(price(dec!(150))) }, "1".to_owned()),
        (OrderKind::Market, "1".to_owned()),
    ] {
        check(config(), &instrument, order(kind, dec!(1), 1), &expect);
    }
}

#[test]
fn every_price_of_an_order_is_on_the_tick() {
    let instrument = instrument("BTCUSDT");
    let refused = "tick_size: BTCUSDT: the price 100.05 is off the tick; the tick is 0.1";
    for kind in [
        OrderKind::Limit { price: price(dec!(100.05)) },
        OrderKind::StopMarket { trigger: Trigger::at(price(dec!(100.05))) },
        OrderKind::TakeProfitLimit { trigger: Trigger::at(price(dec!(100.1))), price: price(dec!(100.05)) },
    ] {
        check(Config::default(), &instrument, order(kind, dec!(1), 1), refused);
    }
    check(Config::default(), &instrument, order(OrderKind::Limit { price: price(dec!(100.10)) }, dec!(1), 1), "1");
}

#[test]
fn a_quantity_off_the_lot_is_rounded_down_and_refused_where_nothing_is_left() {
    let instrument = instrument("BTCUSDT");
    check(Config::default(), &instrument, order(OrderKind::Market, dec!(1.0005), 1), "1");
    let refused = "lot_size: BTCUSDT: quantity 0.0004 rounds to nothing; the lot is 0.001";
    check(Config::default(), &instrument, order(OrderKind::Market, dec!(0.0004), 1), refused);
}

#[test]
fn an_order_borrows_no_more_than_the_key_and_the_bracket_say() {
    let config = || Config { leverage: 10, ..Config::default() };
    let bracket =
        |up_to, max_leverage| Bracket { up_to, max_leverage, maintenance_margin: Percent::new(dec!(0.4)), deduction: dec!(0) };
    let mut instrument = instrument("BTCUSDT");
    check(config(), &instrument, order(OrderKind::Market, dec!(1), 10), "1");
    let refused = "leverage: BTCUSDT: an order with leverage 11, the most is 10";
    check(config(), &instrument, order(OrderKind::Market, dec!(1), 11), refused);
    instrument.brackets = Arc::new([bracket(dec!(1000), 10), bracket(dec!(5000), 5)]);
    check(config(), &instrument, order(OrderKind::Market, dec!(10), 10), "10");
    for (quantity, worth) in [(dec!(10.001), "1000.1"), (dec!(60), "6000")] {
        let refused = format!("leverage: BTCUSDT: leverage 10 for a position worth {worth}, whose bracket has at most 5");
        check(config(), &instrument, order(OrderKind::Market, quantity, 10), &refused);
    }
}

#[test]
fn an_order_is_worth_at_least_what_the_exchange_asks_and_can_be_paid_for() {
    let mut instrument = instrument("BTCUSDT");
    instrument.rules.min_notional = dec!(5);
    let refused = "min_notional: BTCUSDT: an order of 4.900 is below the smallest, 5";
    check(Config::default(), &instrument, order(OrderKind::Market, dec!(0.049), 1), refused);
    let refused = "margin: BTCUSDT: margin and fee need 2000000, 1000000 is free";
    check(Config::default(), &instrument, order(OrderKind::Market, dec!(20000), 1), refused);
    let all = NewOrder { fitting: Fitting::CutToFunds, ..order(OrderKind::Market, dec!(20000), 1) };
    check(Config::default(), &instrument, all, "10000");
}

#[test]
fn an_amendment_is_judged_as_the_order_it_makes_unless_it_only_takes() {
    let instrument = instrument("BTCUSDT");
    let standing = order(OrderKind::Limit { price: price(dec!(100)) }, dec!(2), 1);
    let account = account(standing.instrument);
    let check = |config: Config, amended: NewOrder| {
        let amendment = Amendment { id: standing.id, quantity: Some(amended.quantity), price: None, trigger: None };
        let gate = RiskGate::new(config, dec!(0));
        let checked = gate.check_amendment(amendment, &standing, &amended, &view(&instrument, &account));
        checked.map_or_else(|refusal| refusal.to_string(), |_| "passed".to_owned())
    };
    let strict = || Config {
        max_order_notional: Some(dec!(250)),
        price_collar_pct: Some(Percent::new(dec!(5))),
        min_volume: Some(dec!(9)),
        ..Config::default()
    };
    let more = order(standing.kind, dec!(3), 1);
    assert_eq!(check(strict(), order(standing.kind, dec!(1), 1)), "passed");
    assert_eq!(check(strict(), more.clone()), "min_volume: BTCUSDT: the last bar's volume 1 is below 9");
    let loose = || Config { min_volume: None, ..strict() };
    assert_eq!(check(loose(), more), "max_order_notional: BTCUSDT: an order of 300, the limit is 250");
    let moved = order(OrderKind::Limit { price: price(dec!(90)) }, dec!(1), 1);
    let refused = "price_collar_pct: BTCUSDT: the limit price 90 is 10 % from the last price 100, the limit is 5 %";
    assert_eq!(check(loose(), moved), refused);
}
