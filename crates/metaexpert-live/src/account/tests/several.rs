//! Experts that share an account.

use super::*;

/// An expert that holds so much.
fn holding(strategy: u32, quantity: Decimal) -> (Member, Outlet) {
    let (mut member, outlet) = member(strategy);
    member.expert = format!("expert-{strategy}");
    member.takes_balance = false;
    long(quantity)(&mut member);
    (member, outlet)
}

fn net(quantity: Decimal) -> Vec<PositionReport> {
    vec![position(quantity)]
}

#[tokio::test(start_paused = true)]
async fn what_the_exchange_took_from_one_expert_is_not_taken_from_another_when_it_is_told_again() {
    let exchange = Fake::new();
    exchange.has.lock().positions = net(dec!(1.5));
    let mut stage = Stage::begin_with(exchange, vec![holding(7, dec!(1)), holding(8, dec!(0.5))]).await;
    stage.pass(2_000).await;
    let taken = FillReport {
        client_id: Some("adl_autoclose".into()),
        venue_id: Some("99".into()),
        origin: Origin::AutoDeleveraging,
        ..fill_of(&stop(dec!(1)), 4, dec!(1))
    };
    stage.exchange.has.lock().positions = net(dec!(0.5));
    stage.exchange.has.lock().fills = vec![FillReport { time: now_of(&stage), ..taken.clone() }];
    stage.exchange.says(Report::Fill(Box::new(FillReport { time: now_of(&stage), ..taken })));
    stage.pass(130_000).await;
    assert_eq!(trades(&stage.answers_of(0)), [("4".into(), Side::Sell, PositionSide::Long, dec!(1), dec!(0))]);
    assert_eq!(trades(&stage.answers_of(1)), [], "it was the other one's, however often it is told");
}

#[tokio::test(start_paused = true)]
async fn what_the_exchange_took_is_shared_and_after_a_restart_not_taken_again() {
    let exchange = Fake::new();
    let taken = FillReport {
        client_id: Some("adl_autoclose".into()),
        venue_id: Some("99".into()),
        origin: Origin::AutoDeleveraging,
        ..fill_of(&stop(dec!(1)), 4, dec!(1))
    };
    exchange.has.lock().positions = net(dec!(0.5));
    exchange.has.lock().fills = vec![taken];
    let (mut first, outlet) = member(7);
    first.known_trades = vec![(perpetual().0, "4".parse().unwrap())];
    let mut stage = Stage::begin_with(exchange, vec![(first, outlet), holding(8, dec!(0.5))]).await;
    stage.pass(130_000).await;
    assert_eq!(trades(&stage.answers_of(0)), []);
    assert_eq!(trades(&stage.answers_of(1)), [], "the other one's journal has it");
}

#[tokio::test(start_paused = true)]
async fn an_execution_is_told_to_the_expert_whose_order_it_was_of() {
    let mut stage = Stage::begin_with(Fake::new(), vec![holding(7, dec!(0)), holding(8, dec!(0))]).await;
    stage.pass(0).await;
    let of = |strategy| NewOrder { id: ClientOrderId { strategy, ..ID }, ..limit(dec!(2)) };
    for (link, strategy) in stage.links.iter().zip([7, 8]) {
        assert!(link.place(of(strategy), None));
    }
    stage.pass(0).await;
    let fill = |strategy, id| FillReport { venue_id: None, ..fill_of(&of(strategy), id, dec!(2)) };
    for (strategy, id) in [(8, 12), (7, 11), (8, 12)] {
        stage.exchange.says(Report::Fill(Box::new(fill(strategy, id))));
    }
    stage.pass(0).await;
    assert_eq!(trades(&stage.answers_of(0)), [("11".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
    assert_eq!(trades(&stage.answers_of(1)), [("12".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_closed_is_taken_from_the_one_that_holds_most_first() {
    let exchange = Fake::new();
    exchange.has.lock().positions = net(dec!(0.25));
    let mut stage = Stage::begin_with(exchange, vec![holding(7, dec!(0.5)), holding(8, dec!(1))]).await;
    stage.pass(5_000).await;
    let taken = |answers: Vec<Answer>| trades(&answers).into_iter().map(|trade| trade.3).collect::<Vec<_>>();
    assert_eq!(taken(stage.answers_of(1)), [dec!(1)]);
    assert_eq!(taken(stage.answers_of(0)), [dec!(0.25)]);
}

fn now_of(stage: &Stage) -> UnixNanos {
    use metaexpert_connect::Exchange;
    stage.exchange.clock().now()
}
