//! Orders and reports for tests of an order's life.

use std::time::Duration;

use metaexpert_connect::{
    Failure, Meaning, Word,
    exchange::Sent,
    report::{FillReport, OrderReport, OrderState, OrderType, Origin, Refused},
};
use metaexpert_core::{
    ClientOrderId, Effect, Fitting, Instrument, InstrumentId, InstrumentKind, InstrumentRules, Instruments, NewOrder, OrderKind,
    Percent, PositionSide, Price, Protection, Quantity, Reason, SelfTrade, Side, Symbol, TimeInForce, Trigger, UnixNanos,
    instrument::Payoff, order::client_name,
};
use rust_decimal::{Decimal, dec};

use super::Nature;

pub(in crate::account) const ID: ClientOrderId = ClientOrderId { strategy: 7, run: 3, sequence: 1 };

pub(in crate::account) const NATURE: Nature =
    Nature { window: Duration::from_secs(5), amends: true, ask_again: Duration::from_secs(2) };

pub(in crate::account) fn quantity(of: Decimal) -> Quantity {
    Quantity::new(of).unwrap()
}

pub(in crate::account) fn instrument(symbol: &str, kind: InstrumentKind) -> Instrument {
    let symbol = Symbol::new(symbol).unwrap();
    let (base, quote) = symbol.currencies().unwrap();
    Instrument {
        symbol,
        base,
        settlement: quote.clone(),
        quote,
        kind,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(5),
            contract_size: dec!(1),
            maintenance_margin: Percent::new(dec!(0.5)),
        },
        brackets: [].into(),
    }
}

pub(in crate::account) fn perpetual() -> (InstrumentId, Instrument) {
    let instrument = instrument("BTCUSDT", InstrumentKind::Perpetual(Payoff::Linear));
    (Instruments::default().add(instrument.clone()), instrument)
}

pub(in crate::account) fn limit(of: Decimal) -> NewOrder {
    NewOrder {
        id: ID,
        instrument: perpetual().0,
        side: Side::Buy,
        kind: OrderKind::Limit { price: Price::new(dec!(100)).unwrap() },
        time_in_force: TimeInForce::GoodTillCancelled,
        effect: Effect::Net,
        quantity: quantity(of),
        fitting: Fitting::Exact,
        leverage: 1,
        protection: Protection::default(),
        self_trade: SelfTrade::Allow,
        link: None,
        time: UnixNanos::from_nanos(1_000_000_000),
        reason: Reason::Signal,
    }
}

pub(in crate::account) fn stop(of: Decimal) -> NewOrder {
    NewOrder {
        side: Side::Sell,
        kind: OrderKind::StopMarket { trigger: Trigger::at(Price::new(dec!(90)).unwrap()) },
        effect: Effect::Close(PositionSide::Long),
        reason: Reason::StopLoss,
        ..limit(of)
    }
}

pub(in crate::account) fn sent_of(order: &NewOrder) -> Sent {
    Sent {
        id: order.id,
        client_name: client_name(order.id, None),
        name: "BTCUSDT".into(),
        is_conditional: order.kind.is_conditional(),
        worst_price: None,
    }
}

pub(in crate::account) fn report_of(order: &NewOrder, state: OrderState, filled: Decimal) -> OrderReport {
    OrderReport {
        symbol: "BTCUSDT".into(),
        client_id: Some(client_name(order.id, None)),
        venue_id: Some("8001".into()),
        original_client_id: None,
        list_id: None,
        side: Some(order.side),
        position_side: None,
        order_type: Word::Known(OrderType::Limit),
        time_in_force: None,
        good_till: None,
        state: Word::Known(state),
        quantity: Some(order.quantity.get()),
        quote_quantity: None,
        price: order.kind.limit_price().map(Price::get),
        conditional: None,
        filled: Some(filled),
        filled_value: None,
        average_price: None,
        reduce_only: None,
        close_position: None,
        origin: Origin::Own,
        why: None,
        created: None,
        updated: None,
    }
}

pub(in crate::account) fn fill_of(order: &NewOrder, id: u64, of: Decimal) -> FillReport {
    FillReport {
        symbol: "BTCUSDT".into(),
        trade_id: id.to_string(),
        client_id: Some(client_name(order.id, None)),
        venue_id: Some("8001".into()),
        side: order.side,
        position_side: None,
        price: dec!(100),
        quantity: of,
        fee: Some(dec!(0.04) * of),
        fee_asset: Some("USDT".into()),
        liquidity: None,
        realised: None,
        origin: Origin::Own,
        time: UnixNanos::from_nanos(2_000_000_000),
        is_early: false,
    }
}

pub(in crate::account) fn lost() -> Failure {
    Failure::Unknown { endpoint: "place", why: "cut".into() }
}

pub(in crate::account) fn not_sent() -> Failure {
    Failure::NotSent { endpoint: "place", why: "no connection".into() }
}

pub(in crate::account) fn refused(meaning: Meaning) -> Failure {
    Failure::Refused { endpoint: "place", refused: Refused { id: None, code: -7, message: "no".into(), meaning } }
}
