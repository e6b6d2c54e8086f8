//! Events of European options.

use metaexpert_binance::Product::Options;
use metaexpert_connect::{
    Report, Word,
    report::{
        AccountReport, BalanceReport, FillReport, LegReport, MarginCall, OrderReport, OrderState, OrderType, Origin,
        PositionReport, RiskReport, TimeInForceReport,
    },
};
use metaexpert_core::{Liquidity, Side};
use rust_decimal::dec;

use super::{at, bare_order, executed, read, text};

#[test]
fn a_fee_that_is_written_as_a_loss_was_paid() {
    let (order, fill) = executed(Options, "options/order_trade");
    let expected = OrderReport {
        client_id: text("mx000000300000010000008"),
        venue_id: text("4611922413427359795"),
        side: Some(Side::Buy),
        time_in_force: Some(Word::Known(TimeInForceReport::GoodTillCancelled)),
        quantity: Some(dec!(0.5)),
        price: Some(dec!(1250)),
        filled: Some(dec!(0.2)),
        average_price: Some(dec!(1245)),
        reduce_only: Some(false),
        updated: Some(at(1_767_270_000_050)),
        ..bare_order("BTC-260327-95000-C", OrderType::Limit, OrderState::PartiallyFilled)
    };
    assert_eq!(order, expected);
    let expected = FillReport {
        symbol: "BTC-260327-95000-C".into(),
        trade_id: "31".into(),
        client_id: text("mx000000300000010000008"),
        venue_id: text("4611922413427359795"),
        side: Side::Buy,
        position_side: None,
        price: dec!(1245),
        quantity: dec!(0.2),
        fee: Some(dec!(0.747)),
        fee_asset: text("USDT"),
        liquidity: Some(Liquidity::Taker),
        realised: Some(dec!(0)),
        origin: Origin::Own,
        time: at(1_767_270_000_050),
        is_early: false,
    };
    assert_eq!(fill, expected);
}

#[test]
fn the_older_list_of_orders_is_read_with_all_its_executions() {
    let reports = read(Options, "options/order_list");
    let expected = OrderReport {
        client_id: text("mx000000300000010000009"),
        venue_id: text("4611875134427365377"),
        side: Some(Side::Sell),
        time_in_force: Some(Word::Known(TimeInForceReport::GoodTillCancelled)),
        quantity: Some(dec!(3)),
        price: Some(dec!(55)),
        filled: Some(dec!(1.2)),
        filled_value: Some(dec!(66.6)),
        average_price: Some(dec!(55.5)),
        reduce_only: Some(true),
        created: Some(at(1_700_000_000_000)),
        updated: Some(at(1_700_000_004_000)),
        ..bare_order("ETH-231229-2000-P", OrderType::LimitMaker, OrderState::PartiallyFilled)
    };
    assert_eq!(reports[0], Report::Order(Box::new(expected)));
    let fill = |trade_id: &str, quantity, fee, liquidity, time| {
        Report::Fill(Box::new(FillReport {
            symbol: "ETH-231229-2000-P".into(),
            trade_id: trade_id.into(),
            client_id: text("mx000000300000010000009"),
            venue_id: text("4611875134427365377"),
            side: Side::Sell,
            position_side: None,
            price: dec!(55.5),
            quantity,
            fee: Some(fee),
            fee_asset: None,
            liquidity: Some(liquidity),
            realised: None,
            origin: Origin::Own,
            time: at(time),
            is_early: false,
        }))
    };
    assert_eq!(reports[1], fill("20", dec!(0.7), dec!(-0.004), Liquidity::Maker, 1_700_000_003_000));
    assert_eq!(reports[2..], [fill("21", dec!(0.5), dec!(0.02), Liquidity::Taker, 1_700_000_004_000)]);
}

#[test]
fn the_account_is_told_as_a_whole() {
    let expected = AccountReport {
        can_trade: None,
        equity: Some(dec!(50120.5)),
        available: None,
        unrealised: Some(dec!(20.25)),
        initial_margin: Some(dec!(800.75)),
        maintenance_margin: Some(dec!(310.5)),
        margin_level: None,
        time: Some(at(1_767_270_100_050)),
    };
    assert_eq!(read(Options, "options/account"), [Report::Account(Box::new(expected))]);
}

#[test]
fn balances_and_positions_that_changed_are_told() {
    let time = Some(at(1_767_270_200_050));
    let balance = BalanceReport {
        asset: "USDT".into(),
        symbol: None,
        total: Some(dec!(49750.25)),
        free: None,
        locked: None,
        borrowed: None,
        interest: None,
        unrealised: None,
        change: Some(dec!(-249.75)),
        time,
    };
    let position = PositionReport {
        symbol: "BTC-260327-95000-C".into(),
        leg: LegReport::Net,
        quantity: dec!(-0.2),
        entry_price: Some(dec!(1245)),
        breakeven_price: None,
        mark_price: None,
        liquidation_price: None,
        unrealised: None,
        realised: None,
        leverage: None,
        isolated: None,
        isolated_margin: None,
        margin_asset: None,
        time,
    };
    assert_eq!(read(Options, "options/balance_position"), [Report::Balance(balance), Report::Position(Box::new(position))]);
}

#[test]
fn greeks_are_told_by_underlying() {
    let time = Some(at(1_767_270_300_050));
    let bitcoin = RiskReport {
        underlying: "BTCUSDT".into(),
        delta: dec!(0.11),
        gamma: dec!(0.000015),
        theta: dec!(-14.25),
        vega: dec!(33.5),
        time,
    };
    let ether = RiskReport {
        underlying: "ETHUSDT".into(),
        delta: dec!(-0.5),
        gamma: dec!(0.002),
        theta: dec!(-1.5),
        vega: dec!(2.25),
        time,
    };
    assert_eq!(read(Options, "options/greeks"), [Report::Risk(bitcoin), Report::Risk(ether)]);
}

#[test]
fn a_change_of_the_risk_level_tells_how_close_it_is() {
    let reports = read(Options, "options/risk_level");
    let call = MarginCall {
        time: at(1_767_270_400_052),
        cross_balance: Some(dec!(1200)),
        margin_level: Some((dec!(1.2), "REDUCE_ONLY".into())),
        positions: vec![],
    };
    assert_eq!(reports[0], Report::MarginCall(call));
    let [Report::Account(account)] = &reports[1..] else { panic!("{reports:?}") };
    assert_eq!((account.equity, account.maintenance_margin), (Some(dec!(1200)), Some(dec!(1000))));
}
