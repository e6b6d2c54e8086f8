//! Orders that bear an expert's number and that no order here is known by: of earlier runs, of a journal that was lost, of another process.

use metaexpert_connect::{Exchange, report::OrderReport};

use super::*;

/// An order of another run than the one at hand.
fn of_run(run: u32, order: &NewOrder) -> NewOrder {
    NewOrder { id: ClientOrderId { run, ..order.id }, ..order.clone() }
}

fn standing_since(created: Option<UnixNanos>, order: &NewOrder) -> OrderReport {
    OrderReport { created, reduce_only: Some(order.side == Side::Sell), ..report_of(order, OrderState::New, dec!(0)) }
}

fn executed_at(time: UnixNanos, order: &NewOrder) -> FillReport {
    FillReport { time, venue_id: None, ..fill_of(order, 5, order.quantity.get()) }
}

/// A time by the exchange's clock, so long after the run began.
fn after(stage: &Stage, seconds: i64) -> UnixNanos {
    stage.exchange.clock().now().saturating_add_nanos(seconds * 1_000_000_000)
}

/// One that has compared, and for which nothing can be on its way any more that left before it began.
async fn settled(exchange: Fake, change: impl FnOnce(&mut Member)) -> Stage {
    let mut stage = Stage::begin(exchange, change).await;
    stage.pass(20_000).await;
    stage.events();
    stage
}

#[tokio::test(start_paused = true)]
async fn what_another_process_executes_under_the_same_number_is_not_taken_over_and_entries_wait() {
    let mut stage = settled(Fake::new(), |_| ()).await;
    let entry = of_run(77, &limit(dec!(2)));
    let time = after(&stage, 30);
    stage.exchange.says(Report::Fill(Box::new(executed_at(time, &entry))));
    stage.exchange.says(Report::Fill(Box::new(FillReport { trade_id: "6".into(), ..executed_at(time, &entry) })));
    stage.pass(0).await;
    let events = stage.events();
    let [Event::Pause(pause)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((pause.cause, pause.since.is_some()), (PauseCause::Shared, true), "told once, and nothing else is");
    stage.exchange.has.lock().positions = vec![position(dec!(2))];
    stage.pass(130_000).await;
    assert_eq!(stage.events(), [], "it is not over, and the position is somebody else's");
}

#[tokio::test(start_paused = true)]
async fn orders_of_another_process_under_the_same_number_are_left_alone() {
    let mut stage = settled(Fake::new(), |_| ()).await;
    let time = Some(after(&stage, 30));
    let orders = [of_run(77, &limit(dec!(2))), of_run(77, &stop(dec!(2)))];
    stage.exchange.has.lock().open = orders.iter().map(|order| standing_since(time, order)).collect();
    stage.pass(130_000).await;
    assert_eq!(stage.asked("cancel"), Vec::<String>::new());
    assert_eq!(stage.causes(), [(PauseCause::Shared, true)]);
}

#[tokio::test(start_paused = true)]
async fn the_first_order_of_another_process_is_noticed_before_it_is_executed() {
    let mut stage = settled(Fake::new(), |_| ()).await;
    let report = standing_since(Some(after(&stage, 30)), &of_run(77, &limit(dec!(2))));
    stage.exchange.says(Report::Order(Box::new(report)));
    stage.pass(0).await;
    assert_eq!(stage.causes(), [(PauseCause::Shared, true)]);
}

#[tokio::test(start_paused = true)]
async fn what_a_run_of_the_journal_has_sent_is_the_experts_own_however_late_it_is_executed() {
    let mut stage = settled(Fake::new(), |_| ()).await;
    let time = after(&stage, 30);
    stage.exchange.says(Report::Fill(Box::new(executed_at(time, &of_run(2, &limit(dec!(2)))))));
    stage.pass(0).await;
    assert_eq!(trades(&stage.answers()), [("5".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
}

#[tokio::test(start_paused = true)]
async fn what_a_run_of_a_lost_journal_has_sent_may_arrive_a_moment_after_this_one_began() {
    let exchange = Fake::new();
    let entry = of_run(77, &limit(dec!(2)));
    let mut stage = Stage::begin(exchange, |_| ()).await;
    stage.pass(1_000).await;
    stage.events();
    let arrived = standing_since(Some(after(&stage, 1)), &entry);
    stage.exchange.says(Report::Order(Box::new(arrived.clone())));
    stage.exchange.has.lock().open = vec![arrived];
    stage.pass(61_000).await;
    let name = client_name(entry.id, None);
    assert_eq!(stage.asked("cancel"), [format!("cancel mx7-77-1 {name}")]);
    assert_eq!(stage.events(), [], "nobody else trades here");
}

#[tokio::test(start_paused = true)]
async fn the_stop_of_a_lost_journal_stays_as_long_as_the_exchange_has_the_position() {
    let exchange = Fake::new();
    let exit = of_run(77, &stop(dec!(2)));
    exchange.has.lock().open = vec![standing_since(None, &exit)];
    exchange.has.lock().positions = vec![position(dec!(2))];
    let mut stage = Stage::begin(exchange, |_| ()).await;
    stage.pass(61_000).await;
    assert_eq!(stage.asked("cancel"), Vec::<String>::new(), "the position would be naked");
    stage.events();
    let time = after(&stage, 30);
    stage.exchange.says(Report::Fill(Box::new(executed_at(time, &exit))));
    stage.exchange.has.lock().positions = vec![position(dec!(0))];
    stage.exchange.has.lock().open = vec![];
    stage.pass(61_000).await;
    assert_eq!(stage.events(), [], "what it closed was nobody's here, and it opens nothing");
}

#[tokio::test(start_paused = true)]
async fn a_stop_without_a_position_is_taken_away_and_so_is_one_of_the_journal_that_holds_nothing() {
    for (run, position_there) in [(77, dec!(0)), (77, dec!(-2)), (2, dec!(2))] {
        let exchange = Fake::new();
        exchange.has.lock().open = vec![standing_since(None, &of_run(run, &stop(dec!(2))))];
        exchange.has.lock().positions = vec![position(position_there)];
        let stage = Stage::begin(exchange, |_| ()).await;
        stage.pass(1_000).await;
        assert_eq!(stage.asked("cancel").len(), 1, "run {run}, and the exchange has {position_there}");
    }
}
