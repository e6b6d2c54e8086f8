//! Conditional orders of futures, which the algo service keeps.

use metaexpert_binance::Product::UsdM;
use metaexpert_connect::{
    Report, Word,
    report::{Conditional, OrderReport, OrderState, OrderType, SubmitReport, TimeInForceReport},
};
use metaexpert_core::{PositionSide, Side, TriggerBy};
use rust_decimal::{Decimal, dec};

use super::{at, bare_order, changed, order, read, text};

const GTC: Option<Word<TimeInForceReport>> = Some(Word::Known(TimeInForceReport::GoodTillCancelled));

#[test]
fn a_conditional_order_waits_with_its_trigger() {
    let expected = OrderReport {
        client_id: text("mx00000070000001000001y"),
        venue_id: text("algo-90001122"),
        side: Some(Side::Sell),
        position_side: Some(PositionSide::Long),
        time_in_force: GTC,
        quantity: Some(dec!(1.1)),
        price: Some(dec!(3299)),
        conditional: Some(Conditional {
            trigger: Some(dec!(3300.5)),
            by: Some(Word::Known(TriggerBy::Mark)),
            callback_pct: None,
            activation: None,
        }),
        filled: Some(Decimal::ZERO),
        reduce_only: Some(true),
        close_position: Some(false),
        updated: Some(at(1_767_254_900_045)),
        ..bare_order("ETHUSDT", OrderType::TakeProfitLimit, OrderState::New)
    };
    assert_eq!(order(UsdM, "usdm/algo_new"), expected);
}

#[test]
fn a_triggered_order_tells_the_number_that_it_goes_on_under() {
    let submitted = |time| {
        Report::Submitted(SubmitReport {
            symbol: text("ETHUSDT"),
            client_id: text("mx00000070000001000001z"),
            venue_id: text("8389765739703626000"),
            time: Some(at(time)),
        })
    };
    let triggered = read(UsdM, "usdm/algo_triggered");
    assert!(matches!(&triggered[0], Report::Order(order) if order.state == Word::Known(OrderState::Triggered)));
    assert_eq!(triggered[1..], [submitted(1_767_255_000_045)]);
    let finished = read(UsdM, "usdm/algo_finished");
    let Report::Order(order) = &finished[0] else { panic!("{finished:?}") };
    assert_eq!((&order.state, order.venue_id.as_deref()), (&Word::Known(OrderState::Filled), Some("algo-90001123")));
    assert_eq!((order.filled, order.average_price, order.price), (Some(dec!(1.1)), Some(dec!(2899.31)), None));
    assert_eq!(finished[1..], [submitted(1_767_255_001_045)]);
}

#[test]
fn a_conditional_order_that_is_refused_says_why() {
    let refused = order(UsdM, "usdm/algo_rejected");
    assert_eq!((refused.state, refused.why), (Word::Known(OrderState::Rejected), text("Margin is insufficient.")));
    assert_eq!((refused.order_type, refused.position_side), (Word::Known(OrderType::StopLimit), Some(PositionSide::Short)));
    let old = order(UsdM, "usdm/trigger_reject");
    let expected = OrderReport {
        venue_id: text("8389765739703626100"),
        order_type: Word::Other("".into()),
        why: text("The order would have closed more than there is"),
        updated: Some(at(1_767_255_003_040)),
        ..bare_order("ETHUSDT", OrderType::Market, OrderState::Rejected)
    };
    assert_eq!(old, expected);
}

#[test]
fn a_finished_conditional_order_is_filled_or_cancelled_by_its_quantity() {
    for (quantity, filled, state) in [
        ("1.100", "1.100", OrderState::Filled),
        ("1.100", "0.700", OrderState::Cancelled),
        ("1.100", "0", OrderState::Cancelled),
        // One that closes the whole position has no quantity of its own.
        ("0", "0.300", OrderState::Filled),
        ("0", "0", OrderState::Cancelled),
    ] {
        let changes =
            [(r#""q":"1.100""#, &*format!(r#""q":"{quantity}""#)), (r#""aq":"1.100""#, &*format!(r#""aq":"{filled}""#))];
        let reports = changed(UsdM, "usdm/algo_finished", &changes);
        let Report::Order(order) = &reports[0] else { panic!("{reports:?}") };
        assert_eq!(order.state, Word::Known(state), "{filled} of {quantity}");
    }
}
