//! Events of COIN-M futures.

use metaexpert_binance::Product::CoinM;
use metaexpert_connect::{
    Report, Word,
    report::{Entry, EntryCause, FillReport, OrderState, Origin},
};
use metaexpert_core::{Liquidity, Side};
use rust_decimal::dec;

use super::{at, executed, read, text};

#[test]
fn an_execution_is_counted_in_contracts_and_paid_in_the_coin() {
    let (order, fill) = executed(CoinM, "coinm/order_trade");
    assert_eq!((order.state, order.quantity, order.filled), (Word::Known(OrderState::Filled), Some(dec!(30)), Some(dec!(30))));
    assert_eq!((order.average_price, order.filled_value), (Some(dec!(88123.4)), None));
    let expected = FillReport {
        symbol: "BTCUSD_260327".into(),
        trade_id: "8001234".into(),
        client_id: text("mx000000900000020000005"),
        venue_id: text("44556677"),
        side: Side::Buy,
        position_side: None,
        price: dec!(88124),
        quantity: dec!(12),
        fee: Some(dec!(0.00000681)),
        fee_asset: text("BTC"),
        liquidity: Some(Liquidity::Taker),
        realised: Some(dec!(0.000102)),
        origin: Origin::Own,
        time: at(1_767_260_000_010),
        is_early: false,
    };
    assert_eq!(fill, expected);
}

#[test]
fn a_deposit_is_a_booking_of_its_coin_alone() {
    let reports = read(CoinM, "coinm/account_update");
    let entry = Entry {
        id: None,
        symbol: None,
        asset: "BTC".into(),
        amount: dec!(0.5),
        cause: Word::Known(EntryCause::Transfer),
        time: at(1_767_260_100_010),
    };
    assert_eq!(reports[0], Report::Entry(entry));
    let Report::Balance(bitcoin) = &reports[1] else { panic!("{reports:?}") };
    assert_eq!((bitcoin.asset.as_str(), bitcoin.total, bitcoin.change), ("BTC", Some(dec!(1.25)), Some(dec!(0.5))));
    let [Report::Balance(ether)] = &reports[2..] else { panic!("{reports:?}") };
    assert_eq!((ether.asset.as_str(), ether.total, ether.change), ("ETH", Some(dec!(3)), None));
}

#[test]
fn a_delivery_is_no_order_of_ours() {
    let (order, fill) = executed(CoinM, "coinm/order_delivery");
    assert_eq!((order.origin, fill.origin, fill.side), (Origin::Settlement, Origin::Settlement, Side::Sell));
}
