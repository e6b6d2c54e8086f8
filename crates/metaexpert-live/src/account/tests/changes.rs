//! Orders that are changed, and market orders with a worst price.

use metaexpert_core::Amendment;

use super::{life::fixtures::quantity, *};

#[tokio::test(start_paused = true)]
async fn an_amendment_waits_for_the_order_and_what_the_exchange_says_of_it_is_told() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    let larger = report_of(&limit(dec!(3)), OrderState::New, dec!(0));
    stage.exchange.has.lock().answers.extend([Ok(vec![]), Ok(vec![Report::Order(Box::new(larger))])]);
    stage.links[0].place(limit(dec!(2)), None);
    let change = Amendment { id: ID, quantity: Some(quantity(dec!(3))), price: None, trigger: None };
    stage.links[0].amend(change);
    stage.pass(0).await;
    assert_eq!(stage.answers(), [Answer::Accepted(ID), Answer::Amended(ID, quantity(dec!(3)))]);
    stage.exchange.says(Report::Fill(Box::new(fill_of(&limit(dec!(3)), 5, dec!(2)))));
    stage.pass(0).await;
    assert_eq!(trades(&stage.answers()), [("5".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(1))]);
}

#[tokio::test(start_paused = true)]
async fn an_amendment_of_an_order_that_nobody_knows_is_refused() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    let change = Amendment { id: ID, quantity: Some(quantity(dec!(3))), price: None, trigger: None };
    stage.links[0].amend(change);
    stage.pass(0).await;
    assert_eq!(stage.answers(), [Answer::AmendRejected(change, Rejection::UnknownOrder)]);
    assert_eq!(stage.asked("amend"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn only_a_market_order_has_a_worst_price() {
    let stage = Stage::begin(Fake::new(), |_| ()).await;
    let market = |sequence| NewOrder { id: ClientOrderId { sequence, ..ID }, kind: OrderKind::Market, ..limit(dec!(1)) };
    stage.links[0].place(market(1), Price::new(dec!(101)));
    stage.links[0].place(market(2), None);
    stage.links[0].place(NewOrder { id: ClientOrderId { sequence: 3, ..ID }, ..limit(dec!(1)) }, Price::new(dec!(101)));
    stage.pass(0).await;
    let bounded: Vec<bool> = stage.asked("place").iter().map(|asked| asked.ends_with(" worst 101")).collect();
    assert_eq!(bounded, [true, false, false]);
}

#[tokio::test(start_paused = true)]
async fn an_execution_of_nothing_is_none() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.links[0].place(limit(dec!(2)), None);
    stage.pass(0).await;
    stage.answers();
    stage.exchange.says(Report::Fill(Box::new(fill_of(&limit(dec!(2)), 5, dec!(0)))));
    stage.exchange.says(Report::Fill(Box::new(fill_of(&limit(dec!(2)), 6, dec!(2)))));
    stage.pass(0).await;
    assert_eq!(trades(&stage.answers()), [("6".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
}
