//! Executions that are heard before the ones that opened what they close.

use metaexpert_connect::report::OrderReport;

use super::*;

/// An entry of two, and the order that closes it.
fn entry_and_exit() -> (NewOrder, NewOrder) {
    let entry = limit(dec!(2));
    let id = ClientOrderId { sequence: entry.id.sequence + 1, ..entry.id };
    (entry, NewOrder { id, kind: OrderKind::Market, ..stop(dec!(2)) })
}

/// All of an order was executed, so many nanoseconds after now by the exchange's clock. Listed as futures do, by the exchange's number.
fn executed(order: &NewOrder, trade: u64, after: i64) -> FillReport {
    FillReport {
        time: UnixNanos::from_nanos(1_000_000_000_000_000 + after),
        client_id: None,
        venue_id: Some(number(order)),
        ..fill_of(order, trade, dec!(2))
    }
}

fn filled(order: &NewOrder) -> OrderReport {
    OrderReport { venue_id: Some(number(order)), ..report_of(order, OrderState::Filled, dec!(2)) }
}

fn number(order: &NewOrder) -> String {
    format!("9{}", order.id.sequence)
}

/// The entry is told, then what closes all of it.
fn assert_both_in_order(stage: &mut Stage) {
    let (long, none) = (PositionSide::Long, dec!(0));
    let answers = stage.answers();
    assert_eq!(
        trades(&answers),
        [("5".into(), Side::Buy, long, dec!(2), none), ("6".into(), Side::Sell, long, dec!(2), none)],
        "{answers:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn one_that_the_stream_tells_too_early_is_booked_after_the_entry() {
    let mut stage = Stage::begin(Fake::new(), |member| member.comment = None).await;
    let (entry, exit) = entry_and_exit();
    stage.links[0].place(entry.clone(), None);
    stage.links[0].place(exit.clone(), None);
    stage.pass(0).await;
    stage.events();
    // The stream names the order.
    let by_name = |order: &NewOrder, fill| FillReport { client_id: Some(client_name(order.id, None)), ..fill };
    let (opened, out) = (by_name(&entry, executed(&entry, 5, 0)), by_name(&exit, executed(&exit, 6, 1)));
    stage.exchange.has.lock().fills = vec![opened, out.clone()];
    stage.exchange.says(Report::Fill(Box::new(out)));
    stage.pass(1_000).await;
    assert_both_in_order(&mut stage);
}

#[tokio::test(start_paused = true)]
async fn one_of_an_exit_waits_until_it_is_known_what_became_of_an_entry_whose_answer_was_lost() {
    let mut stage = Stage::begin(Fake::new(), |member| member.comment = None).await;
    stage.pass(0).await;
    let (entry, exit) = entry_and_exit();
    stage.exchange.has.lock().answers.push_back(Err(lost()));
    stage.links[0].place(entry.clone(), None);
    stage.pass(0).await;
    stage.links[0].place(exit.clone(), None);
    stage.pass(0).await;
    // The exchange lists both executions, and nobody here knows its number of the entry.
    stage.exchange.has.lock().fills = vec![executed(&entry, 5, 0), executed(&exit, 6, 1)];
    stage.exchange.says(Report::Order(Box::new(filled(&exit))));
    stage.pass(4_000).await;
    assert_eq!(trades(&stage.answers()), [], "of the exit it is known, but not of what it has closed");
    stage.exchange.has.lock().orders.extend([filled(&entry), filled(&exit)]);
    stage.pass(10_000).await;
    assert_both_in_order(&mut stage);
}

#[tokio::test(start_paused = true)]
async fn what_an_exit_has_closed_beyond_all_that_was_opened_here_was_somebody_elses() {
    let exchange = Fake::new();
    exchange.has.lock().positions = vec![position(dec!(1))];
    let mut stage = Stage::begin(exchange, long(dec!(1))).await;
    let (_, exit) = entry_and_exit();
    stage.links[0].place(exit.clone(), None);
    stage.pass(0).await;
    stage.events();
    {
        let mut has = stage.exchange.has.lock();
        has.fills = vec![executed(&exit, 6, 1)];
        has.positions = vec![position(dec!(0))];
    }
    stage.exchange.says(Report::Order(Box::new(filled(&exit))));
    stage.pass(3_000).await;
    let answers = stage.answers();
    assert_eq!(trades(&answers), [("6".into(), Side::Sell, PositionSide::Long, dec!(1), dec!(0))], "{answers:?}");
}

#[tokio::test(start_paused = true)]
async fn one_that_is_older_than_what_is_usually_asked_for_is_found_all_the_same() {
    let mut stage = Stage::begin(Fake::new(), |member| member.comment = None).await;
    let (entry, _) = entry_and_exit();
    stage.links[0].place(entry.clone(), None);
    stage.pass(0).await;
    stage.events();
    // Executed ten minutes ago by the exchange's clock; comparisons have been through since.
    stage.exchange.has.lock().fills = vec![executed(&entry, 5, -600_000_000_000)];
    stage.exchange.says(Report::Order(Box::new(filled(&entry))));
    stage.pass(30_000).await;
    assert_eq!(trades(&stage.answers()), [("5".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
}
