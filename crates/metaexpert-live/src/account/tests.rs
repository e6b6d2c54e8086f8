//! The desk against an exchange that is set by hand, on paused time.

mod changes; // amendments and bounded prices
mod mishaps; // panics, clocks, and what is told late or twice
mod overtaking; // executions that were heard too early
mod runs; // orders of other runs and of other processes
mod several; // experts that share an account

use std::time::Duration;

use metaexpert_connect::{
    Report, Word,
    exchange::StreamNews,
    report::{BalanceReport, Entry, EntryCause, FillReport, LegReport, OrderState, Origin, PositionReport, SubmitReport},
};
use metaexpert_core::{
    Cancellation, ChargeCause, Effect, NewOrder, OrderKind, OrderStatus, Rejection, Side,
    broker::Answer,
    engine::Standing,
    feed::{Event, Pause, PauseCause},
    order::client_name,
};
use rust_decimal::{Decimal, dec};

use super::{
    fake::{Fake, listed},
    life::fixtures::{ID, fill_of, limit, lost, perpetual, report_of, stop},
    *,
};
use crate::{Outlet, queue, queue::Out};

const SINCE: UnixNanos = UnixNanos::from_nanos(1_000_000_000);

struct Stage {
    exchange: Fake,
    desk: AccountDesk,
    links: Vec<OrderLink>,
    outlets: Vec<Outlet>,
}

fn member(strategy: u32) -> (Member, Outlet) {
    let (inlet, outlet) = queue("crossover", 64);
    let member = Member {
        expert: "crossover".into(),
        strategy,
        run: 3,
        runs: vec![1, 2],
        comment: Some("a-comment-that-is-long".into()),
        inlet,
        instruments: vec![(perpetual().0, listed())],
        standing: vec![],
        legs: vec![],
        known_trades: vec![],
        since: SINCE,
        takes_balance: true,
        balances: Balances::default(),
        booked: vec![],
        names: vec![],
    };
    (member, outlet)
}

impl Stage {
    /// Begins, with the stream connected and the first comparison through.
    async fn begin(exchange: Fake, change: impl FnOnce(&mut Member)) -> Self {
        let (mut first, outlet) = member(7);
        change(&mut first);
        Self::begin_with(exchange, vec![(first, outlet)]).await
    }

    /// The same, with these members.
    async fn begin_with(exchange: Fake, members: Vec<(Member, Outlet)>) -> Self {
        let mut stage = Self::deaf(exchange, members, false);
        stage.pass(0).await;
        assert_eq!(stage.causes(), [(PauseCause::Reconciling, true), (PauseCause::Unreachable, true)]);
        stage.exchange.news(StreamNews::Connected);
        stage
    }

    /// A desk that has not heard the account's stream yet.
    fn deaf(exchange: Fake, members: Vec<(Member, Outlet)>, is_hedge: bool) -> Self {
        let (members, outlets) = members.into_iter().unzip();
        let settings = AccountSettings { compare_every: Duration::from_mins(1), ask_again: Duration::from_secs(2), is_hedge };
        let log = Logger::root(slog::Discard, slog::o!());
        let (desk, links) = AccountDesk::start(Arc::new(exchange.clone()), members, settings, log);
        Self { exchange, desk, links, outlets }
    }

    /// Lets time pass, and whatever happens in it.
    async fn pass(&self, millis: u64) {
        tokio::time::sleep(Duration::from_millis(millis + 1)).await;
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    fn events(&mut self) -> Vec<Event> {
        self.events_of(0)
    }

    fn events_of(&mut self, member: usize) -> Vec<Event> {
        let outlet = &mut self.outlets[member];
        std::iter::from_fn(|| match outlet.next(Duration::ZERO) {
            Out::Event(event, _) => Some(event),
            Out::Quiet | Out::Ended => None,
        })
        .collect()
    }

    fn causes(&mut self) -> Vec<(PauseCause, bool)> {
        let cause = |event: Event| match event {
            Event::Pause(Pause { cause, since, .. }) => Some((cause, since.is_some())),
            _ => None,
        };
        self.events().into_iter().filter_map(cause).collect()
    }

    fn answers(&mut self) -> Vec<Answer> {
        self.answers_of(0)
    }

    fn answers_of(&mut self, member: usize) -> Vec<Answer> {
        answers_in(self.events_of(member))
    }

    fn asked(&self, what: &str) -> Vec<String> {
        self.exchange.has.lock().asked.iter().filter(|asked| asked.starts_with(what)).cloned().collect()
    }
}

/// Name, side, leg, quantity and what remains of each trade.
fn answers_in(events: Vec<Event>) -> Vec<Answer> {
    let answer = |event| match event {
        Event::Answer(answer) => Some(answer),
        _ => None,
    };
    events.into_iter().filter_map(answer).collect()
}

fn trades(answers: &[Answer]) -> Vec<(String, Side, PositionSide, Decimal, Decimal)> {
    let trade = |answer: &Answer| match answer {
        Answer::Trade { trade, remaining } => {
            Some((trade.id.to_string(), trade.side, trade.position_side, trade.quantity.get(), *remaining))
        }
        _ => None,
    };
    answers.iter().filter_map(trade).collect()
}

fn position(quantity: Decimal) -> PositionReport {
    PositionReport {
        symbol: "BTCUSDT".into(),
        leg: LegReport::Net,
        quantity,
        entry_price: None,
        breakeven_price: None,
        mark_price: Some(dec!(101)),
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

fn long(quantity: Decimal) -> impl FnOnce(&mut Member) {
    move |member| member.legs = vec![(perpetual().0, PositionSide::Long, quantity)]
}

#[tokio::test(start_paused = true)]
async fn entries_wait_for_the_first_comparison_and_for_each_after_the_stream_was_lost() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.pass(0).await;
    assert_eq!(stage.causes(), [(PauseCause::Unreachable, false), (PauseCause::Reconciling, false)]);
    stage.exchange.news(StreamNews::Lost("cut".into()));
    stage.pass(0).await;
    assert_eq!(stage.causes(), [(PauseCause::Unreachable, true)]);
    stage.exchange.has.lock().is_away = true;
    stage.exchange.news(StreamNews::Connected);
    stage.pass(0).await;
    assert_eq!(stage.causes().first(), Some(&(PauseCause::Reconciling, true)), "and nothing can be asked");
    stage.exchange.has.lock().is_away = false;
    stage.pass(2_000).await;
    assert!(stage.causes().contains(&(PauseCause::Reconciling, false)));
    let begun = stage.asked("open").len();
    stage.pass(61_000).await;
    assert_eq!(stage.asked("open").len(), begun + 1, "on the timer");
    assert_eq!(stage.causes(), [], "which pauses nothing");
}

#[tokio::test(start_paused = true)]
async fn an_order_leaves_once_and_its_fate_comes_through_the_queue() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    assert!(stage.links[0].place(limit(dec!(2)), None));
    stage.pass(0).await;
    assert_eq!(stage.asked("place"), [format!("place mx7-3-1 {}", client_name(ID, Some("a-comment-th")))]);
    stage.exchange.says(Report::Fill(Box::new(fill_of(&limit(dec!(2)), 5, dec!(2)))));
    stage.exchange.says(Report::Fill(Box::new(fill_of(&limit(dec!(2)), 5, dec!(2)))));
    stage.pass(0).await;
    let answers = stage.answers();
    assert_eq!(answers[0], Answer::Accepted(ID));
    assert_eq!(trades(&answers), [("5".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(0))]);
}

#[tokio::test(start_paused = true)]
async fn what_the_exchange_does_not_take_is_not_sent() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.exchange.has.lock().invalid = Some("quantity: `2` is above the largest, 1".into());
    stage.links[0].place(limit(dec!(2)), None);
    stage.pass(0).await;
    assert_eq!(stage.answers(), [Answer::Rejected(ID, Rejection::Refused)]);
    assert_eq!(stage.asked("place"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_answer_was_lost_and_that_never_arrived_is_not_sent_a_second_time() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.exchange.has.lock().answers.push_back(Err(lost()));
    stage.links[0].place(limit(dec!(2)), None);
    stage.pass(0).await;
    assert_eq!(stage.answers(), [Answer::Unknown(ID)]);
    stage.pass(30_000).await;
    assert_eq!(stage.answers(), [Answer::Rejected(ID, Rejection::NotSent)]);
    assert_eq!(stage.asked("place").len(), 1);
    assert!(stage.asked("find").len() > 3);
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_while_nobody_listened_comes_as_ordinary_answers_and_once() {
    let exchange = Fake::new();
    let order = limit(dec!(5));
    {
        let mut has = exchange.has.lock();
        has.orders.push(report_of(&order, OrderState::Cancelled, dec!(3)));
        // As futures list them: by the exchange's number, without our name.
        let fill = |id, of| FillReport { client_id: None, ..fill_of(&order, id, of) };
        has.fills = vec![fill(1, dec!(1)), fill(2, dec!(2))];
        has.positions = vec![position(dec!(3))];
    }
    let mut stage = Stage::begin(exchange, |member| {
        member.comment = None;
        member.standing =
            vec![Standing { order: limit(dec!(5)), filled: dec!(1), status: OrderStatus::PartiallyFilled, since: SINCE }];
        member.legs = vec![(perpetual().0, PositionSide::Long, dec!(1))];
        member.known_trades = vec![(perpetual().0, "1".parse().unwrap())];
    })
    .await;
    stage.pass(0).await;
    let answers = stage.answers();
    assert_eq!(trades(&answers), [("2".into(), Side::Buy, PositionSide::Long, dec!(2), dec!(2))]);
    assert_eq!(answers.last(), Some(&Answer::Cancelled(ID, Cancellation::Requested)));
    stage.pass(130_000).await;
    assert_eq!(stage.answers(), []);
}

#[tokio::test(start_paused = true)]
async fn an_execution_that_turns_a_position_is_two_trades_and_after_a_crash_between_them_the_second_is_told() {
    let order = NewOrder { side: Side::Sell, ..limit(dec!(3)) };
    let exchange = Fake::new();
    let mut stage = Stage::begin(exchange.clone(), long(dec!(1))).await;
    stage.links[0].place(order.clone(), None);
    stage.pass(0).await;
    stage.exchange.says(Report::Fill(Box::new(fill_of(&order, 8, dec!(3)))));
    stage.pass(0).await;
    let told = [
        ("8/1".into(), Side::Sell, PositionSide::Long, dec!(1), dec!(2)),
        ("8/2".into(), Side::Sell, PositionSide::Short, dec!(2), dec!(0)),
    ];
    assert_eq!(trades(&stage.answers()), told);
    drop(stage);
    {
        let mut has = exchange.has.lock();
        has.orders = vec![report_of(&order, OrderState::Filled, dec!(3))];
        has.fills = vec![fill_of(&order, 8, dec!(3))];
        has.positions = vec![position(dec!(-2))];
    }
    let mut stage = Stage::begin(exchange, |member| {
        member.comment = None;
        member.standing = vec![Standing { order, filled: dec!(1), status: OrderStatus::PartiallyFilled, since: SINCE }];
        member.known_trades = vec![(perpetual().0, "8/1".parse().unwrap())];
    })
    .await;
    stage.pass(3_000).await;
    assert_eq!(trades(&stage.answers()), told[1..]);
}

#[tokio::test(start_paused = true)]
async fn a_position_that_somebody_closed_is_taken_off_after_a_second_look() {
    let exchange = Fake::new();
    exchange.has.lock().positions = vec![position(dec!(0.5))];
    let mut stage = Stage::begin(exchange, long(dec!(2))).await;
    stage.pass(0).await;
    assert!(stage.causes().iter().all(|told| *told != (PauseCause::Reconciling, false)), "seen once, it is a doubt");
    stage.pass(1_000).await;
    let events = stage.events();
    let healed: Vec<Answer> =
        events.iter().filter_map(|event| if let Event::Answer(answer) = event { Some(answer.clone()) } else { None }).collect();
    assert_eq!(trades(&healed), [("heal-3-1".into(), Side::Sell, PositionSide::Long, dec!(1.5), dec!(0))]);
    assert!(events.contains(&Event::Pause(Pause { instrument: None, cause: PauseCause::Reconciling, since: None })));
    stage.pass(130_000).await;
    assert_eq!(stage.answers(), []);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_missing_after_another_one_of_its_size_was_told_is_another_one() {
    let (exchange, order) = (Fake::new(), stop(dec!(2)));
    exchange.has.lock().open = vec![report_of(&order, OrderState::New, dec!(0))];
    // It was executed between the question for executions and the one for positions.
    exchange.has.lock().positions = vec![position(dec!(1.5))];
    let standing = Standing { order: order.clone(), filled: dec!(0), status: OrderStatus::Accepted, since: SINCE };
    let mut stage = Stage::begin(exchange, |member| {
        long(dec!(2))(member);
        member.standing = vec![standing];
    })
    .await;
    stage.pass(0).await;
    let time = UnixNanos::from_nanos(1_000_000_000_000_000);
    let [one, other] = [4, 5].map(|number| FillReport { time, ..fill_of(&order, number, dec!(0.5)) });
    stage.exchange.says(Report::Fill(Box::new(one.clone())));
    // And so was the next one.
    stage.exchange.has.lock().positions = vec![position(dec!(1))];
    stage.pass(1_000).await;
    stage.exchange.has.lock().fills = vec![one, other];
    stage.pass(130_000).await;
    let told = |name: &str, remaining| (name.into(), Side::Sell, PositionSide::Long, dec!(0.5), remaining);
    assert_eq!(trades(&stage.answers()), [told("4", dec!(1.5)), told("5", dec!(1))]);
}

#[tokio::test(start_paused = true)]
async fn a_liquidation_explains_what_is_missing_and_what_others_hold_is_left_alone() {
    let exchange = Fake::new();
    exchange.has.lock().fills = vec![FillReport {
        client_id: Some("autoclose-1".into()),
        origin: Origin::Liquidation,
        time: UnixNanos::from_nanos(3_000_000_000),
        ..fill_of(&stop(dec!(2)), 4, dec!(2))
    }];
    exchange.has.lock().positions = vec![position(dec!(0))];
    let mut stage = Stage::begin(exchange, long(dec!(2))).await;
    stage.pass(5_000).await;
    let answers = stage.answers();
    assert_eq!(trades(&answers), [("4".into(), Side::Sell, PositionSide::Long, dec!(2), dec!(0))]);
    let Answer::Trade { trade, .. } = &answers[0] else { panic!() };
    assert_eq!((trade.order, trade.reason), (None, metaexpert_core::Reason::Liquidation));
    stage.exchange.has.lock().positions = vec![position(dec!(9))];
    stage.pass(130_000).await;
    assert_eq!(stage.answers(), []);
}

#[tokio::test(start_paused = true)]
async fn an_order_of_ours_that_nobody_here_knows_is_cancelled_and_an_exit_of_what_is_held_and_others_are_left() {
    let exchange = Fake::new();
    let of_run = |order: NewOrder, run| NewOrder { id: ClientOrderId { run, ..order.id }, ..order };
    let mut exit = report_of(&of_run(stop(dec!(1)), 1), OrderState::New, dec!(0));
    exit.reduce_only = Some(true);
    let foreign = |name: String| metaexpert_connect::report::OrderReport {
        client_id: Some(name),
        ..report_of(&limit(dec!(1)), OrderState::New, dec!(0))
    };
    let other = client_name(ClientOrderId { strategy: 8, run: 1, sequence: 1 }, None);
    let stray = report_of(&of_run(limit(dec!(1)), 2), OrderState::New, dec!(0));
    exchange.has.lock().open = vec![stray, exit, foreign("by-hand".into()), foreign(other)];
    exchange.has.lock().positions = vec![position(dec!(1))];
    let mut stage = Stage::begin(exchange, long(dec!(1))).await;
    stage.pass(0).await;
    let name = client_name(ClientOrderId { run: 2, ..ID }, None);
    assert_eq!(stage.asked("cancel"), [format!("cancel mx7-2-1 {name}")]);
    assert_eq!(stage.answers(), []);
}

#[tokio::test(start_paused = true)]
async fn a_conditional_order_is_known_by_the_number_of_what_it_became() {
    let mut stage = Stage::begin(Fake::new(), long(dec!(1))).await;
    stage.links[0].place(stop(dec!(1)), None);
    stage.pass(0).await;
    let name = Some(client_name(ID, Some("a-comment-th")));
    stage.exchange.says(Report::Submitted(SubmitReport {
        symbol: Some("BTCUSDT".into()),
        client_id: name,
        venue_id: Some("9009".into()),
        time: None,
    }));
    let fill = FillReport { client_id: None, venue_id: Some("9009".into()), ..fill_of(&stop(dec!(1)), 3, dec!(1)) };
    stage.exchange.says(Report::Fill(Box::new(fill)));
    stage.pass(0).await;
    let answers = stage.answers();
    assert_eq!(answers[..2], [Answer::Accepted(ID), Answer::Triggered(ID)]);
    assert_eq!(trades(&answers), [("3".into(), Side::Sell, PositionSide::Long, dec!(1), dec!(0))]);
}

#[tokio::test(start_paused = true)]
async fn funding_and_transfers_are_told_once_also_over_restarts() {
    let exchange = Fake::new();
    let entry = |seconds: i64, amount, cause, symbol: Option<&str>| Entry {
        id: None,
        symbol: symbol.map(str::to_owned),
        asset: "USDT".into(),
        amount,
        cause: Word::Known(cause),
        time: UnixNanos::from_seconds(seconds).unwrap(),
    };
    {
        let mut has = exchange.has.lock();
        has.positions = vec![position(dec!(2))];
        has.entries = vec![
            entry(20, dec!(-1), EntryCause::Funding, Some("BTCUSDT")),
            entry(30, dec!(-2), EntryCause::Funding, Some("BTCUSDT")),
            entry(40, dec!(50), EntryCause::Transfer, None),
        ];
    }
    let mut stage = Stage::begin(exchange, |member| {
        long(dec!(1))(member);
        let half = Money::new(dec!(-0.5), Currency::new("USDT"));
        member.booked = vec![(UnixNanos::from_seconds(20).unwrap(), half)];
    })
    .await;
    stage.pass(130_000).await;
    let answers = stage.answers();
    let [Answer::Funding(funding), Answer::Charged(charge)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(funding.amount.amount, dec!(-1), "half of the position is somebody else's");
    assert_eq!((charge.amount.amount, charge.cause), (dec!(50), ChargeCause::Transfer));
}

#[tokio::test(start_paused = true)]
async fn a_balance_that_is_the_experts_own_is_brought_to_the_exchanges() {
    let exchange = Fake::new();
    exchange.has.lock().balances = vec![BalanceReport {
        asset: "USDT".into(),
        symbol: None,
        total: Some(dec!(1_010)),
        free: None,
        locked: None,
        borrowed: None,
        interest: None,
        unrealised: None,
        change: None,
        time: None,
    }];
    let balances = Balances::default();
    let view = balances.clone();
    balances.set(&Money::new(dec!(1_000), Currency::new("USDT")));
    let mut stage = Stage::begin(exchange, move |member| member.balances = view).await;
    stage.pass(1_000).await;
    assert_eq!(stage.answers(), [], "seen once, it may be on its way");
    stage.pass(60_000).await;
    let answers = stage.answers();
    let [Answer::Charged(charge)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((charge.amount.amount, charge.cause), (dec!(10), ChargeCause::Transfer));
}

#[tokio::test(start_paused = true)]
async fn stopping_waits_for_answers_and_no_longer_than_allowed() {
    let stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.links[0].place(limit(dec!(2)), None);
    stage.desk.stop(Duration::from_secs(1)).await;
    let place = |link: &OrderLink| link.place(NewOrder { kind: OrderKind::Market, effect: Effect::Net, ..limit(dec!(1)) }, None);
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert!(!place(&stage.links[0]), "the desk is gone");
}

#[tokio::test(start_paused = true)]
async fn the_last_word_comes_after_every_execution_that_is_known_of() {
    let mut stage = Stage::begin(Fake::new(), |_| ()).await;
    stage.links[0].place(limit(dec!(2)), None);
    stage.links[0].ask_last_word();
    stage.pass(0).await;
    assert_eq!(stage.events().last(), Some(&Event::LastWord), "an order that rests is no reason to wait");
    stage.exchange.says(Report::Order(Box::new(report_of(&limit(dec!(2)), OrderState::PartiallyFilled, dec!(1)))));
    stage.links[0].ask_last_word();
    stage.pass(0).await;
    assert_eq!(stage.events(), [], "one that is spoken of was not told");
    stage.exchange.says(Report::Fill(Box::new(fill_of(&limit(dec!(2)), 5, dec!(1)))));
    stage.pass(0).await;
    let events = stage.events();
    assert!(matches!(&events[..], [Event::Answer(Answer::Trade { .. }), Event::LastWord]), "{events:?}");
}

#[test]
fn experts_whose_orders_could_not_be_told_apart_are_refused() {
    let members = [member(7).0, member(7).0, member(8).0];
    assert_eq!(
        check_members(&members).unwrap_err().to_string(),
        "experts `crossover` and `crossover` have the same `strategy_id`, 7, on one account, and both trade BTCUSDT; \
         give one of them another `strategy_id`"
    );
    assert_eq!(check_members(&[member(7).0, member(8).0]), Ok(()));
}

#[test]
fn a_key_that_may_withdraw_is_warned_of() {
    let careful = Permissions { trade: Some(true), withdraw: Some(false), restricted_to_addresses: Some(true) };
    assert_eq!(warnings(careful), Vec::<String>::new());
    assert!(warnings(Permissions { withdraw: Some(true), ..careful })[0].contains("may withdraw"));
}
