//! Orders as tests write them: what matters in the test is said, the rest is usual.

use metaexpert_binance::orders::{
    AlgoKind, AlgoOrder, AlgoSize, Amount, Answer, ClientId, FuturesKind, FuturesOrder, FuturesPrice, FuturesTimeInForce, Leg,
    MarginOrder, OptionOrder, OptionTimeInForce, SideEffect, SpotKind, SpotList, SpotOrder, SpotPrice, SpotTimeInForce,
    SpotTrigger, Target, WorkingPrice,
};
use metaexpert_core::{Price, Quantity, Side, config::MarginMode};
use rust_decimal::Decimal;

pub(crate) const NET: Leg = Leg::Net { reduce_only: false };

pub(crate) fn price(value: Decimal) -> Price {
    Price::new(value.normalize()).unwrap()
}

pub(crate) fn quantity(value: Decimal) -> Quantity {
    Quantity::new(value.normalize()).unwrap()
}

pub(crate) fn name(text: &str) -> ClientId {
    ClientId::new(text).unwrap()
}

pub(crate) fn by_name(text: &str) -> Target {
    Target::Client(name(text))
}

pub(crate) fn by_number(venue_id: &str) -> Target {
    Target::Venue(venue_id.parse().unwrap())
}

pub(crate) fn limit(at: Decimal) -> SpotKind {
    limit_for(at, SpotTimeInForce::GoodTillCancelled)
}

pub(crate) fn limit_for(at: Decimal, time_in_force: SpotTimeInForce) -> SpotKind {
    SpotKind::Limit { price: SpotPrice::At(price(at)), time_in_force, iceberg: None }
}

pub(crate) fn trigger(at: Decimal) -> SpotTrigger {
    SpotTrigger::At(price(at))
}

pub(crate) fn spot(id: &str, side: Side, amount: Decimal, kind: SpotKind) -> SpotOrder {
    SpotOrder {
        symbol: "BTCUSDT".into(),
        side,
        amount: Amount::Base(quantity(amount)),
        kind,
        client_id: Some(name(id)),
        self_trade: None,
        answer: Answer::Full,
    }
}

pub(crate) fn list<K>(id: &str, orders: K) -> SpotList<K> {
    SpotList { symbol: "BTCUSDT".into(), orders, client_id: Some(name(id)), self_trade: None, answer: Answer::Result }
}

pub(crate) fn on_margin<O>(account: MarginMode, side_effect: SideEffect, order: O) -> MarginOrder<O> {
    MarginOrder { account, side_effect, repay_at_cancel: None, order }
}

pub(crate) fn future(id: &str, symbol: &str, side: Side, leg: Leg, amount: Decimal, kind: FuturesKind) -> FuturesOrder {
    FuturesOrder {
        symbol: symbol.into(),
        side,
        leg,
        quantity: quantity(amount),
        kind,
        client_id: Some(name(id)),
        self_trade: None,
        answer: Answer::Result,
    }
}

pub(crate) fn future_limit(at: Decimal, time_in_force: FuturesTimeInForce) -> FuturesKind {
    FuturesKind::Limit { price: FuturesPrice::At(price(at)), time_in_force }
}

pub(crate) fn algo(id: &str, symbol: &str, side: Side, leg: Leg, size: AlgoSize, kind: AlgoKind) -> AlgoOrder {
    AlgoOrder {
        symbol: symbol.into(),
        side,
        leg,
        size,
        kind,
        working_price: WorkingPrice::Last,
        price_protect: false,
        client_id: Some(name(id)),
        self_trade: None,
    }
}

pub(crate) fn option(
    id: &str,
    symbol: &str,
    side: Side,
    amount: Decimal,
    at: Decimal,
    time_in_force: OptionTimeInForce,
) -> OptionOrder {
    OptionOrder {
        symbol: symbol.into(),
        side,
        quantity: quantity(amount),
        price: price(at),
        time_in_force,
        reduce_only: false,
        client_id: Some(name(id)),
        self_trade: None,
        market_maker: false,
        answer: Answer::Result,
    }
}
