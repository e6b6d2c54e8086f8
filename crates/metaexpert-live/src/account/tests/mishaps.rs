//! Panics, clocks that are wrong, and what is told late, twice or under another name.

use super::*;

const MINUTE: i64 = 60_000_000_000;

/// An exchange that has filled an order while nobody listened. Its executions are listed by its own numbers, as futures do.
fn filled_unheard() -> (Fake, NewOrder) {
    let (exchange, order) = (Fake::new(), limit(dec!(2)));
    {
        let mut has = exchange.has.lock();
        has.orders.push(report_of(&order, OrderState::Filled, dec!(2)));
        has.fills = vec![FillReport { client_id: None, ..fill_of(&order, 5, dec!(2)) }];
        has.positions = vec![position(dec!(2))];
    }
    (exchange, order)
}

#[tokio::test(start_paused = true)]
async fn an_execution_counts_though_this_machines_clock_was_ahead_when_the_journal_was_begun() {
    let mut stage = Stage::begin(Fake::new(), |member| member.since = UnixNanos::from_nanos(60 * MINUTE)).await;
    stage.links[0].place(limit(dec!(2)), None);
    stage.pass(0).await;
    stage.exchange.says(Report::Fill(Box::new(fill_of(&limit(dec!(2)), 5, dec!(2)))));
    stage.pass(0).await;
    assert_eq!(trades(&stage.answers()), [("5".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
}

#[tokio::test(start_paused = true)]
async fn an_execution_that_was_missed_long_before_the_newest_one_that_the_journal_has_is_told() {
    let (exchange, order) = filled_unheard();
    let mut stage = Stage::begin(exchange, |member| {
        member.comment = None;
        // Of another instrument, an execution of twenty minutes later was heard.
        member.since = UnixNanos::from_nanos(20 * MINUTE);
        member.known_trades = vec![(perpetual().0, "77".parse().unwrap())];
        member.standing = vec![Standing { order, filled: dec!(0), status: OrderStatus::Accepted, since: SINCE }];
    })
    .await;
    stage.pass(2_000).await;
    assert_eq!(trades(&stage.answers()), [("5".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
    stage.pass(130_000).await;
    assert_eq!(stage.answers(), []);
}

#[tokio::test(start_paused = true)]
async fn executions_of_weeks_ago_that_an_order_counts_already_are_not_told_again() {
    let exchange = Fake::new();
    let order = limit(dec!(5));
    {
        let mut has = exchange.has.lock();
        has.open = vec![report_of(&order, OrderState::PartiallyFilled, dec!(3))];
        has.fills = vec![fill_of(&order, 1, dec!(1)), fill_of(&order, 2, dec!(2))];
        has.positions = vec![position(dec!(3))];
    }
    let mut stage = Stage::begin(exchange, |member| {
        member.since = UnixNanos::from_nanos(10 * 24 * 60 * MINUTE);
        member.known_trades = vec![(perpetual().0, "77".parse().unwrap())];
        member.standing = vec![Standing { order, filled: dec!(3), status: OrderStatus::PartiallyFilled, since: SINCE }];
        long(dec!(3))(member);
    })
    .await;
    stage.pass(130_000).await;
    assert_eq!(stage.answers(), []);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_panics_is_one_whose_answer_was_lost() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.pass(0).await;
    stage.events();
    stage.exchange.has.lock().panics = true;
    stage.links[0].place(limit(dec!(2)), None);
    stage.exchange.news(StreamNews::Connected);
    stage.pass(0).await;
    let events = stage.events();
    assert!(events.contains(&Event::Answer(Answer::Unknown(ID))), "{events:?}");
    stage.exchange.has.lock().panics = false;
    stage.pass(30_000).await;
    let events = stage.events();
    assert!(events.contains(&Event::Answer(Answer::Rejected(ID, Rejection::NotSent))), "{events:?}");
    assert!(
        events.contains(&Event::Pause(Pause { instrument: None, cause: PauseCause::Reconciling, since: None })),
        "{events:?}"
    );
    assert_eq!(stage.asked("place").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_sent_under_another_comment_is_taken_back_by_the_name_that_it_stands_by() {
    let exchange = Fake::new();
    let order = limit(dec!(2));
    exchange.has.lock().open = vec![report_of(&order, OrderState::New, dec!(0))];
    let mut stage = Stage::begin(exchange, |member| {
        member.comment = Some("new".into());
        member.standing = vec![Standing { order, filled: dec!(0), status: OrderStatus::Accepted, since: SINCE }];
    })
    .await;
    stage.pass(0).await;
    stage.links[0].cancel(ID);
    stage.pass(0).await;
    assert_eq!(stage.asked("cancel"), [format!("cancel mx7-3-1 {}", client_name(ID, None))]);
    assert_eq!(stage.answers(), []);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_sent_under_another_comment_and_filled_since_is_asked_for_by_that_name() {
    let (exchange, order) = filled_unheard();
    let mut stage = Stage::begin(exchange, |member| {
        member.comment = Some("new".into());
        member.names = vec![(ID, client_name(ID, None))];
        member.standing = vec![Standing { order, filled: dec!(0), status: OrderStatus::Submitted, since: SINCE }];
    })
    .await;
    stage.pass(30_000).await;
    let answers = stage.answers();
    assert_eq!(answers[0], Answer::Accepted(ID));
    assert_eq!(trades(&answers), [("5".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_stands_though_it_was_told_as_ended_is_cancelled_after_a_second_look() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.exchange.has.lock().answers.push_back(Err(lost()));
    stage.links[0].place(limit(dec!(2)), None);
    stage.pass(30_000).await;
    assert_eq!(stage.answers(), [Answer::Unknown(ID), Answer::Rejected(ID, Rejection::NotSent)]);
    let name = client_name(ID, Some("a-comment-th"));
    let standing = metaexpert_connect::report::OrderReport {
        client_id: Some(name.clone()),
        ..report_of(&limit(dec!(2)), OrderState::New, dec!(0))
    };
    let unheard = stage.asked("cancel").len();
    stage.exchange.has.lock().open = vec![standing];
    stage.pass(61_000).await;
    assert_eq!(stage.asked("cancel").len(), unheard, "it may have ended a moment ago");
    stage.pass(60_000).await;
    assert_eq!(stage.asked("cancel"), [format!("cancel mx7-3-1 {name}")]);
    assert_eq!(stage.answers(), []);
}

#[tokio::test(start_paused = true)]
async fn what_vanished_is_not_priced_by_an_execution_of_somebody_else_long_ago() {
    let exchange = Fake::new();
    exchange.has.lock().positions = vec![position(dec!(2))];
    let mut stage = Stage::begin(exchange, long(dec!(2))).await;
    let by_hand = FillReport { client_id: Some("by-hand".into()), price: dec!(7), ..fill_of(&limit(dec!(1)), 9, dec!(1)) };
    stage.exchange.says(Report::Fill(Box::new(FillReport { venue_id: None, ..by_hand })));
    stage.pass(130_000).await;
    stage.events();
    stage.exchange.has.lock().positions = vec![position(dec!(0))];
    stage.pass(130_000).await;
    let answers = stage.answers();
    let [Answer::Trade { trade, .. }] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(trade.price.get(), dec!(101), "the mark price");
}

#[tokio::test(start_paused = true)]
async fn experts_of_a_desk_that_panics_refuse_entries_and_stop() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.pass(0).await;
    stage.events();
    stage.exchange.has.lock().check_panics = true;
    stage.links[0].place(limit(dec!(2)), None);
    stage.pass(0).await;
    let events = stage.events();
    let [Event::Pause(pause), Event::Stop] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((pause.cause, pause.since.is_some()), (PauseCause::Unreachable, true));
    assert!(matches!(stage.outlets[0].next(Duration::ZERO), Out::Ended));
    assert!(!stage.links[0].place(limit(dec!(2)), None));
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_run_has_left_is_compared_though_the_accounts_stream_stays_away() {
    let (exchange, order) = filled_unheard();
    exchange.has.lock().fills = vec![fill_of(&order, 5, dec!(2))];
    let (mut first, outlet) = member(7);
    first.standing = vec![Standing { order, filled: dec!(0), status: OrderStatus::Accepted, since: SINCE }];
    let mut stage = Stage::deaf(exchange, vec![(first, outlet)], false);
    stage.pass(6_000).await;
    let events = stage.events();
    assert_eq!(trades(&answers_in(events.clone())), [("5".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
    let is_over = |cause| events.contains(&Event::Pause(Pause { instrument: None, cause, since: None }));
    assert!(is_over(PauseCause::Reconciling), "the leg's stop waits for that");
    assert!(!is_over(PauseCause::Unreachable), "entries wait for the stream");
}

#[tokio::test(start_paused = true)]
async fn both_legs_that_are_gone_are_healed_where_the_exchange_lists_no_position_any_more() {
    let (mut first, outlet) = member(7);
    let instrument = perpetual().0;
    first.legs = vec![(instrument, PositionSide::Long, dec!(1)), (instrument, PositionSide::Short, dec!(1))];
    first.known_trades = vec![(instrument, "77".parse().unwrap())];
    let mut stage = Stage::deaf(Fake::new(), vec![(first, outlet)], true);
    stage.links[0].see(instrument, 100.0);
    stage.pass(0).await;
    stage.exchange.news(StreamNews::Connected);
    stage.pass(5_000).await;
    let healed: Vec<_> = trades(&stage.answers()).into_iter().map(|(_, _, leg, quantity, _)| (leg, quantity)).collect();
    assert_eq!(healed, [(PositionSide::Long, dec!(1)), (PositionSide::Short, dec!(1))]);
}

#[tokio::test(start_paused = true)]
async fn an_execution_after_its_orders_end_is_told_once_and_nothing_is_left_of_the_order() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.pass(0).await;
    let order = limit(dec!(2));
    stage.links[0].place(order.clone(), None);
    stage.pass(0).await;
    stage.exchange.says(Report::Order(Box::new(report_of(&order, OrderState::Cancelled, dec!(0)))));
    stage.pass(0).await;
    assert!(stage.answers().contains(&Answer::Cancelled(ID, Cancellation::Requested)));
    let late = fill_of(&order, 5, dec!(1));
    for _ in 0..2 {
        stage.exchange.says(Report::Fill(Box::new(late.clone())));
        // It may be listed without our name, too.
        stage.exchange.says(Report::Fill(Box::new(FillReport { client_id: None, ..late.clone() })));
    }
    stage.links[0].cancel(ID);
    stage.pass(0).await;
    let answers = stage.answers();
    assert_eq!(trades(&answers), [("5".into(), Side::Buy, PositionSide::Long, dec!(1), dec!(0))]);
    let Answer::Trade { trade, .. } = &answers[0] else { panic!("{answers:?}") };
    assert_eq!((trade.order, trade.reason), (Some(ID), order.reason));
    assert_eq!(answers[1..], [Answer::CancelRejected(ID, Rejection::UnknownOrder)]);
}
