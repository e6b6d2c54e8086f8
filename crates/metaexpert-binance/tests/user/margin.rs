//! Events of margin, beside those of spot.

use metaexpert_binance::Product::{Margin, Spot};
use metaexpert_connect::{
    Report, Word,
    report::{LoanReport, MarginCall, OrderState, Origin, Service},
};
use rust_decimal::dec;

use super::{at, executed, read, text};

#[test]
fn a_loan_that_is_taken_up_is_told_with_its_interest() {
    let expected = LoanReport {
        id: None,
        asset: text("USDT"),
        symbol: None,
        amount: Some(dec!(1500)),
        interest: Some(dec!(0.0125)),
        daily_rate: None,
        status: text("BORROW"),
        time: Some(at(1_767_230_000_000)),
    };
    assert_eq!(read(Margin, "margin/liability"), [Report::Loan(expected)]);
}

#[test]
fn the_level_of_the_account_is_told_with_the_exchange_s_word() {
    let expected = MarginCall {
        time: at(1_767_230_100_000),
        cross_balance: None,
        margin_level: Some((dec!(1.28), "PRE_LIQUIDATION".into())),
        positions: vec![],
    };
    assert_eq!(read(Margin, "margin/margin_level"), [Report::MarginCall(expected)]);
}

#[test]
fn a_liquidation_is_a_fill_that_nobody_ordered() {
    let (order, fill) = executed(Margin, "margin/execution_liquidation");
    assert_eq!((order.origin, order.state), (Origin::Liquidation, Word::Known(OrderState::Filled)));
    assert_eq!((fill.origin, fill.trade_id.as_str(), fill.quantity), (Origin::Liquidation, "271828", dec!(400)));
    assert_eq!((fill.fee, fill.fee_asset), (Some(dec!(0.1404)), text("USDT")));
}

#[test]
fn an_event_of_another_product_is_strange() {
    let expected = Service::Strange { kind: "USER_LIABILITY_CHANGE".into() };
    assert_eq!(read(Spot, "margin/liability"), [Report::Service(expected)]);
}
