//! Events of spot.

use metaexpert_binance::{Product::Spot, user::Execution};
use metaexpert_connect::{
    Report, Word,
    report::{
        BalanceReport, Conditional, Entry, FillReport, LinkReport, OrderReport, OrderState, OrderType, Origin, Service,
        TimeInForceReport,
    },
};
use metaexpert_core::{Liquidity, Side};
use rust_decimal::{Decimal, dec};

use super::{at, bare_order, executed, fixture, order, read, text};

const GTC: Option<Word<TimeInForceReport>> = Some(Word::Known(TimeInForceReport::GoodTillCancelled));

#[test]
fn an_order_that_stands_is_told_with_all_that_it_is() {
    let expected = OrderReport {
        client_id: text("mx000000700000010000016"),
        venue_id: text("771200345"),
        side: Some(Side::Buy),
        time_in_force: GTC,
        quantity: Some(dec!(12.5)),
        price: Some(dec!(131.4)),
        filled: Some(Decimal::ZERO),
        created: Some(at(1_767_225_600_011)),
        updated: Some(at(1_767_225_600_011)),
        ..bare_order("SOLUSDT", OrderType::Limit, OrderState::New)
    };
    assert_eq!(order(Spot, "spot/execution_new"), expected);
}

#[test]
fn an_execution_is_an_order_and_a_fill_with_its_fee() {
    let (order, fill) = executed(Spot, "spot/execution_trade");
    let expected = OrderReport {
        client_id: text("mx000000700000010000016"),
        venue_id: text("771200345"),
        side: Some(Side::Buy),
        time_in_force: GTC,
        quantity: Some(dec!(12.5)),
        price: Some(dec!(131.4)),
        filled: Some(dec!(10)),
        filled_value: Some(dec!(1313.4)),
        average_price: Some(dec!(131.34)),
        created: Some(at(1_767_225_600_011)),
        updated: Some(at(1_767_225_603_118)),
        ..bare_order("SOLUSDT", OrderType::Limit, OrderState::PartiallyFilled)
    };
    assert_eq!(order, expected);
    let expected = FillReport {
        symbol: "SOLUSDT".into(),
        trade_id: "30450077".into(),
        client_id: text("mx000000700000010000016"),
        venue_id: text("771200345"),
        side: Side::Buy,
        position_side: None,
        price: dec!(131.4),
        quantity: dec!(4),
        fee: Some(dec!(0.000824)),
        fee_asset: text("BNB"),
        liquidity: Some(Liquidity::Maker),
        realised: None,
        origin: Origin::Own,
        time: at(1_767_225_603_118),
        is_early: false,
    };
    assert_eq!(fill, expected);
}

#[test]
fn a_market_order_has_no_price_and_may_be_sized_in_quote() {
    let (order, fill) = executed(Spot, "spot/execution_market");
    assert_eq!((order.price, order.quote_quantity), (None, Some(dec!(1200))));
    assert_eq!((order.order_type, order.state), (Word::Known(OrderType::Market), Word::Known(OrderState::Filled)));
    // The first trade of a symbol has the number 0.
    assert_eq!((fill.trade_id.as_str(), fill.side, fill.liquidity), ("0", Side::Sell, Some(Liquidity::Taker)));
    assert_eq!((fill.fee, fill.fee_asset), (Some(dec!(1.1941)), text("USDC")));
}

#[test]
fn a_cancellation_names_itself_and_the_order() {
    let order = order(Spot, "spot/execution_cancelled");
    assert_eq!((order.client_id, order.original_client_id), (text("mx000000700000010000018"), text("mx000000700000010000015")));
    assert_eq!((order.state, order.order_type), (Word::Known(OrderState::Cancelled), Word::Known(OrderType::LimitMaker)));
    assert_eq!((order.list_id, order.filled, order.average_price), (text("18"), Some(dec!(1)), Some(dec!(120))));
    assert_eq!(order.created, Some(at(1_767_225_750_000)));
}

#[test]
fn an_expired_order_says_why() {
    let order = order(Spot, "spot/execution_expired");
    assert_eq!((order.state, order.why), (Word::Known(OrderState::Expired), text("UNFILLED_IOC_QUANTITY_EXPIRED")));
    assert_eq!(order.time_in_force, Some(Word::Known(TimeInForceReport::ImmediateOrCancel)));
    assert_eq!((order.price, order.filled_value, order.average_price), (Some(dec!(0.00001234)), None, None));
}

#[test]
fn a_refused_order_says_why() {
    let order = order(Spot, "spot/execution_rejected");
    assert_eq!((order.state, order.why), (Word::Known(OrderState::Rejected), text("INSUFFICIENT_BALANCES")));
    assert_eq!(order.created, None);
}

#[test]
fn a_prevented_trade_with_oneself_is_no_fill() {
    let order = order(Spot, "spot/execution_prevented");
    assert_eq!((order.state, order.why), (Word::Known(OrderState::ExpiredInMatch), text("TRADE_PREVENTION")));
    assert_eq!(order.filled, Some(dec!(0.2)));
}

#[test]
fn what_only_some_orders_have_is_in_the_wire_type() {
    let prevented = Execution::read(fixture("spot/execution_prevented")).unwrap();
    assert_eq!(prevented.prevented_match_id.as_deref(), Some("905"));
    assert_eq!((prevented.prevented_quantity, prevented.last_prevented_quantity), (Some(dec!(0.3)), Some(dec!(0.1))));
    assert_eq!((prevented.trade_group_id.as_deref(), prevented.counter_order_id.as_deref()), (Some("77"), Some("660002")));
    assert_eq!(prevented.counter_symbol.as_deref(), Some("BTCUSDT"));
    assert_eq!(
        (prevented.prevented_execution_quantity, prevented.prevented_execution_price),
        (Some(dec!(0.1)), Some(dec!(87990)))
    );
    assert_eq!(prevented.prevented_execution_value, Some(dec!(8799)));
    assert_eq!(prevented.self_trade_prevention.as_deref(), Some("EXPIRE_TAKER"));
    assert_eq!(prevented.working_time, Some(at(1_767_225_990_000)));
    let allocated = Execution::read(fixture("spot/execution_allocated")).unwrap();
    assert_eq!(
        (allocated.match_type.as_deref(), allocated.allocation_id.as_deref()),
        (Some("ONE_PARTY_TRADE_REPORT"), Some("4411"))
    );
    assert_eq!((allocated.working_floor.as_deref(), allocated.used_sor), (Some("SOR"), Some(true)));
    let trailing = Execution::read(fixture("spot/execution_trailing")).unwrap();
    assert_eq!((trailing.trailing_time, trailing.trailing_delta), (Some(at(1_767_226_090_000)), Some(dec!(150))));
}

#[test]
fn a_trailing_stop_follows_from_its_activation_in_percent() {
    let order = order(Spot, "spot/execution_trailing");
    let expected = Conditional { trigger: None, by: None, callback_pct: Some(dec!(1.5)), activation: Some(dec!(87000)) };
    assert_eq!((order.order_type, order.conditional), (Word::Known(OrderType::StopLimit), Some(expected)));
}

#[test]
fn an_amended_order_is_said_to_be() {
    let order = order(Spot, "spot/execution_amended");
    assert_eq!((order.state, order.quantity), (Word::Known(OrderState::Amended), Some(dec!(0.07))));
    assert_eq!((order.client_id, order.original_client_id), (text("mx00000070000001000001d"), text("mx00000070000001000001c")));
}

#[test]
fn an_allocation_is_a_fill_with_a_number_of_its_own_kind() {
    let (_, fill) = executed(Spot, "spot/execution_allocated");
    assert_eq!((fill.trade_id.as_str(), fill.quantity, fill.price), ("allocation:4411", dec!(0.2), dec!(87500)));
}

fn balance(asset: &str) -> BalanceReport {
    BalanceReport {
        asset: asset.into(),
        symbol: None,
        total: None,
        free: None,
        locked: None,
        borrowed: None,
        interest: None,
        unrealised: None,
        change: None,
        time: None,
    }
}

#[test]
fn balances_that_changed_are_told_whole() {
    let time = Some(at(1_767_226_500_001));
    let usdt = BalanceReport {
        total: Some(dec!(1914.95)),
        free: Some(dec!(1520.75)),
        locked: Some(dec!(394.2)),
        time,
        ..balance("USDT")
    };
    let coin = BalanceReport { total: Some(dec!(7)), free: Some(dec!(7)), locked: Some(Decimal::ZERO), time, ..balance("币") };
    assert_eq!(read(Spot, "spot/account_position"), [Report::Balance(usdt), Report::Balance(coin)]);
}

#[test]
fn a_transfer_tells_the_change_alone() {
    let expected = BalanceReport { change: Some(dec!(-250.5)), time: Some(at(1_767_226_600_000)), ..balance("USDC") };
    assert_eq!(read(Spot, "spot/balance_update"), [Report::Balance(expected)]);
}

#[test]
fn what_is_locked_from_outside_went_out() {
    let expected = Entry {
        id: None,
        symbol: None,
        asset: "BTC".into(),
        amount: dec!(-0.125),
        cause: Word::Other("externalLockUpdate".into()),
        time: at(1_767_226_800_000),
    };
    assert_eq!(read(Spot, "spot/external_lock"), [Report::Entry(expected)]);
}

#[test]
fn linked_orders_are_told_by_both_names() {
    let expected = LinkReport {
        symbol: "SOLUSDT".into(),
        list_id: "18".into(),
        client_id: text("mxl7-1-9"),
        contingency: "OTO".into(),
        status: "EXECUTING".into(),
        orders: vec![
            ("mx000000700000010000015".into(), "771200390".into()),
            ("mx000000700000010000016".into(), "771200391".into()),
        ],
        time: Some(at(1_767_226_700_000)),
    };
    assert_eq!(read(Spot, "spot/list_status"), [Report::Link(expected)]);
}

#[test]
fn the_end_of_a_subscription_and_of_a_server_are_told() {
    let ended = Service::CredentialExpired { time: Some(at(1_767_226_900_000)) };
    assert_eq!(read(Spot, "spot/terminated"), [Report::Service(ended)]);
    let closes = Service::ClosesSoon { time: Some(at(1_767_227_000_000)) };
    assert_eq!(read(Spot, "spot/shutdown"), [Report::Service(closes)]);
}
