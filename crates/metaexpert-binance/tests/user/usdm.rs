//! Events of USD-M futures.

use metaexpert_binance::{Product::UsdM, user};
use metaexpert_connect::{
    Report, Word,
    report::{
        AccountMode, BalanceReport, Conditional, Entry, EntryCause, FillReport, LegReport, LeverageReport, MarginCall,
        OrderReport, OrderState, OrderType, Origin, PositionReport, Service, TimeInForceReport,
    },
};
use metaexpert_core::{Liquidity, PositionSide, Side, TriggerBy};
use rust_decimal::{Decimal, dec};

use super::{at, bare_order, changed, executed, order, read, text};

#[test]
fn an_order_that_stands_is_told_with_all_that_it_is() {
    let expected = OrderReport {
        client_id: text("mx00000070000001000001o"),
        venue_id: text("8389765739703625592"),
        side: Some(Side::Sell),
        position_side: Some(PositionSide::Long),
        time_in_force: Some(Word::Known(TimeInForceReport::GoodTillDate)),
        good_till: Some(at(1_767_326_400_000)),
        quantity: Some(dec!(1.5)),
        price: Some(dec!(3120.4)),
        filled: Some(Decimal::ZERO),
        reduce_only: Some(true),
        close_position: Some(false),
        updated: Some(at(1_767_240_000_004)),
        ..bare_order("ETHUSDT", OrderType::Limit, OrderState::New)
    };
    assert_eq!(order(UsdM, "usdm/order_new"), expected);
}

#[test]
fn an_execution_is_an_order_and_a_fill_with_fee_leg_and_profit() {
    let (order, fill) = executed(UsdM, "usdm/order_trade");
    assert_eq!((order.state, order.filled), (Word::Known(OrderState::PartiallyFilled), Some(dec!(0.4))));
    assert_eq!((order.average_price, order.filled_value), (Some(dec!(3120.4)), None));
    let expected = FillReport {
        symbol: "ETHUSDT".into(),
        trade_id: "512003344".into(),
        client_id: text("mx00000070000001000001o"),
        venue_id: text("8389765739703625592"),
        side: Side::Sell,
        position_side: Some(PositionSide::Long),
        price: dec!(3120.4),
        quantity: dec!(0.4),
        fee: Some(dec!(0.00041234)),
        fee_asset: text("BNB"),
        liquidity: Some(Liquidity::Maker),
        realised: Some(dec!(-11.8)),
        origin: Origin::Own,
        time: at(1_767_240_010_006),
        is_early: false,
    };
    assert_eq!(fill, expected);
}

#[test]
fn a_lite_trade_is_the_same_fill_earlier_and_with_less() {
    let (_, full) = executed(UsdM, "usdm/order_trade");
    let early = FillReport { fee: None, fee_asset: None, realised: None, position_side: None, is_early: true, ..full };
    assert_eq!(read(UsdM, "usdm/trade_lite"), [Report::Fill(Box::new(early))]);
}

#[test]
fn an_expired_order_says_why_by_number_and_words() {
    let expired = order(UsdM, "usdm/order_expired");
    assert_eq!(expired.state, Word::Known(OrderState::Expired));
    assert_eq!(expired.time_in_force, Some(Word::Known(TimeInForceReport::PostOnly)));
    assert_eq!(expired.why, text("11: a post-only order that would have taken"));
    let in_match = order(UsdM, "usdm/order_expired_in_match");
    assert_eq!((in_match.state, in_match.why), (Word::Known(OrderState::ExpiredInMatch), text("1: self-trade prevention")));
}

#[test]
fn an_amended_order_is_said_to_be() {
    let order = order(UsdM, "usdm/order_amended");
    assert_eq!((order.state, order.price, order.quantity), (Word::Known(OrderState::Amended), Some(dec!(3001)), Some(dec!(0.3))));
}

#[test]
fn a_trailing_stop_has_a_distance_and_no_trigger() {
    let order = order(UsdM, "usdm/order_trailing");
    let expected = Conditional {
        trigger: None,
        by: Some(Word::Known(TriggerBy::Mark)),
        callback_pct: Some(dec!(1.2)),
        activation: Some(dec!(3150)),
    };
    assert_eq!((order.order_type, order.conditional), (Word::Known(OrderType::TrailingStop), Some(expected)));
    assert_eq!((order.position_side, order.price), (Some(PositionSide::Short), None));
}

#[test]
fn what_the_exchange_orders_itself_is_told_apart() {
    for (name, origin) in [
        ("usdm/order_liquidation", Origin::Liquidation),
        ("usdm/order_adl", Origin::AutoDeleveraging),
        ("usdm/order_settled", Origin::Settlement),
        ("usdm/order_trade", Origin::Own),
    ] {
        let (order, fill) = executed(UsdM, name);
        assert_eq!((order.origin, fill.origin), (origin, origin), "{name}");
    }
    let (_, liquidation) = executed(UsdM, "usdm/order_liquidation");
    assert_eq!((liquidation.fee, liquidation.realised), (Some(dec!(98.888875)), Some(dec!(-2200.5))));
    let (settled, _) = executed(UsdM, "usdm/order_settled");
    assert_eq!(settled.close_position, Some(true));
}

fn position(symbol: &str, leg: LegReport) -> PositionReport {
    PositionReport {
        symbol: symbol.into(),
        leg,
        quantity: Decimal::ZERO,
        entry_price: None,
        breakeven_price: None,
        mark_price: None,
        liquidation_price: None,
        unrealised: None,
        realised: None,
        leverage: None,
        isolated: None,
        isolated_margin: None,
        margin_asset: None,
        time: None,
    }
}

fn balance(asset: &str, total: Decimal, change: Option<Decimal>, time: i64) -> Report<'static> {
    Report::Balance(BalanceReport {
        asset: asset.into(),
        symbol: None,
        total: Some(total),
        free: None,
        locked: None,
        borrowed: None,
        interest: None,
        unrealised: None,
        change,
        time: Some(at(time)),
    })
}

#[test]
fn positions_are_told_in_both_modes() {
    let time = Some(at(1_767_240_080_006));
    let long = PositionReport {
        quantity: dec!(1.1),
        entry_price: Some(dec!(3149.9)),
        breakeven_price: Some(dec!(3151.16)),
        unrealised: Some(dec!(-30.25)),
        realised: Some(dec!(-11.8)),
        isolated: Some(true),
        isolated_margin: Some(dec!(500)),
        time,
        ..position("ETHUSDT", LegReport::Leg(PositionSide::Long))
    };
    let short = PositionReport {
        quantity: dec!(-0.3),
        entry_price: Some(dec!(3050)),
        breakeven_price: Some(dec!(3048.78)),
        unrealised: Some(dec!(1.5)),
        realised: Some(dec!(4)),
        isolated: Some(true),
        isolated_margin: Some(dec!(90)),
        time,
        ..position("ETHUSDT", LegReport::Leg(PositionSide::Short))
    };
    let closed = PositionReport {
        unrealised: Some(Decimal::ZERO),
        realised: Some(dec!(200)),
        isolated: Some(false),
        time,
        ..position("BTCUSDT", LegReport::Net)
    };
    let expected = [
        balance("USDT", dec!(10520.33), None, 1_767_240_080_006),
        Report::Position(Box::new(long)),
        Report::Position(Box::new(short)),
        Report::Position(Box::new(closed)),
    ];
    assert_eq!(read(UsdM, "usdm/account_update"), expected);
}

#[test]
fn funding_is_a_booking_of_its_position() {
    let reports = read(UsdM, "usdm/account_funding");
    let entry = Entry {
        id: None,
        symbol: text("ETHUSDT"),
        asset: "USDT".into(),
        amount: dec!(-1.21),
        cause: Word::Known(EntryCause::Funding),
        time: at(1_767_254_400_045),
    };
    assert_eq!(reports[0], Report::Entry(entry));
    assert_eq!(reports[1], balance("USDT", dec!(10519.12), Some(dec!(-1.21)), 1_767_254_400_045));
    assert!(matches!(&reports[2..], [Report::Position(position)] if position.leg == LegReport::Net));
}

#[test]
fn a_change_without_balances_and_positions_is_still_told() {
    assert_eq!(read(UsdM, "usdm/account_type_change"), [Report::Service(Service::Done)]);
}

#[test]
fn leverage_and_mode_of_the_account_are_told() {
    let leverage = LeverageReport { symbol: "ETHUSDT".into(), leverage: Some(7), isolated: None, max_value: None };
    assert_eq!(read(UsdM, "usdm/config_leverage"), [Report::Leverage(leverage)]);
    let mode = AccountMode { hedge: None, multi_assets: Some(true), fee_tier: None };
    assert_eq!(read(UsdM, "usdm/config_multi_assets"), [Report::Mode(mode)]);
}

#[test]
fn a_margin_call_names_the_positions() {
    let time = Some(at(1_767_254_800_050));
    let crossed = PositionReport {
        quantity: dec!(1.1),
        mark_price: Some(dec!(2905.1)),
        unrealised: Some(dec!(-269.28)),
        isolated: Some(false),
        time,
        ..position("ETHUSDT", LegReport::Leg(PositionSide::Long))
    };
    let isolated = PositionReport {
        quantity: dec!(-0.004),
        mark_price: Some(dec!(91000)),
        unrealised: Some(dec!(-10.4)),
        isolated: Some(true),
        isolated_margin: Some(dec!(18.75)),
        time,
        ..position("BTCUSDT", LegReport::Leg(PositionSide::Short))
    };
    let expected = MarginCall {
        time: at(1_767_254_800_050),
        cross_balance: Some(dec!(41.5)),
        margin_level: None,
        positions: vec![crossed, isolated],
    };
    assert_eq!(read(UsdM, "usdm/margin_call"), [Report::MarginCall(expected)]);
}

#[test]
fn the_end_of_a_listen_key_is_told_and_the_key_is_not() {
    let reports = read(UsdM, "usdm/listen_key_expired");
    assert_eq!(reports, [Report::Service(Service::CredentialExpired { time: Some(at(1_767_255_100_000)) })]);
    assert!(!format!("{reports:?}").contains("OWNfixture"));
}

#[test]
fn what_is_out_of_scope_is_strange_and_no_error() {
    for (kind, name) in [("STRATEGY_UPDATE", "usdm/strategy"), ("GRID_UPDATE", "usdm/grid")] {
        assert_eq!(read(UsdM, name), [Report::Service(Service::Strange { kind: kind.into() })]);
        assert!(user::OUT_OF_SCOPE.iter().any(|(known, why)| *known == kind && !why.is_empty()));
    }
}

#[test]
fn a_change_with_several_positions_is_of_none_of_them() {
    let reports =
        changed(UsdM, "usdm/account_update", &[(r#""m":"ORDER""#, r#""m":"FUNDING_FEE""#), (r#""bc":"0""#, r#""bc":"-0.5""#)]);
    let Report::Entry(entry) = &reports[0] else { panic!("{reports:?}") };
    assert_eq!((&entry.symbol, entry.amount, &entry.cause), (&None, dec!(-0.5), &Word::Known(EntryCause::Funding)));
}

#[test]
fn a_closed_position_has_no_entry_price_whatever_is_written() {
    let last = [(r#""pa":"0","ep":"0.0","bep":"0.0""#, r#""pa":"0","ep":"88000.0","bep":"88035.2""#)];
    let reports = changed(UsdM, "usdm/account_update", &last);
    let Some(Report::Position(position)) = reports.last() else { panic!("{reports:?}") };
    assert_eq!((position.entry_price, position.breakeven_price), (None, None));
}

#[test]
fn what_a_liquidation_hands_over_is_filled_by_its_quantity() {
    for (word, filled, state, origin) in [
        ("NEW_INSURANCE", "0.250", OrderState::Filled, Origin::Liquidation),
        ("NEW_INSURANCE", "0.100", OrderState::New, Origin::Liquidation),
        ("NEW_ADL", "0.250", OrderState::Filled, Origin::AutoDeleveraging),
        ("FILLED", "0.250", OrderState::Filled, Origin::Liquidation),
    ] {
        let changes = [
            ("autoclose-1767240050000000001", "mx00000070000001000002i"),
            (r#""X":"FILLED""#, &*format!(r#""X":"{word}""#)),
            (r#""z":"0.250""#, &*format!(r#""z":"{filled}""#)),
        ];
        let reports = changed(UsdM, "usdm/order_liquidation", &changes);
        let [Report::Order(order), Report::Fill(fill)] = &reports[..] else { panic!("{reports:?}") };
        assert_eq!((&order.state, order.origin, fill.origin), (&Word::Known(state), origin, origin), "{word} {filled}");
    }
}
