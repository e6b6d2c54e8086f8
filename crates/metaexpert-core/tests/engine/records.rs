//! What the engine writes into the log, and what a handler's own records carry.

use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use expect_test::{Expect, expect};
use metaexpert_core::{
    Cancellation, Charge, ChargeCause, Context, Currency, Error, Funding, Liquidity, Money, Percent, PositionSide, Price,
    Quantity, Reason, Rejection, Result, Side, Symbol, Trade, UnixNanos,
    broker::Answer,
    context::{Setup, Ticket},
    expert::HandlerEvent,
    feed::Event,
    log::{ExpertLog, TRADE},
};
use rust_decimal::{Decimal, dec};
use slog::{Drain, KV, Key, Level, Logger, Never, OwnedKVList, Record, Serializer, debug, o};

use crate::standing::{Standing, id};
use crate::trial::{Trial, bar, nothing, want};

/// Keeps records as lines: level, message, and the fields by name.
#[derive(Clone, Default)]
struct Recording(Arc<Mutex<Vec<String>>>);

impl Drain for Recording {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record<'_>, values: &OwnedKVList) -> Result<(), Never> {
        let mut fields = Fields(Vec::new());
        record.kv().serialize(record, &mut fields).and_then(|()| values.serialize(record, &mut fields)).unwrap();
        let mut fields = fields.0;
        fields.sort_unstable();
        let keys: Vec<_> = fields.iter().filter_map(|field| field.split_once('=')).map(|(key, _)| key).collect();
        assert!(keys.is_sorted_by(|left, right| left < right), "a field twice: {fields:?}");
        let level = match (record.level(), record.tag()) {
            (Level::Info, TRADE) => "TRADE".to_owned(),
            (Level::Warning, TRADE) => "WARNING of trade".to_owned(),
            (level, _) => level.as_str().to_owned(),
        };
        self.0.lock().unwrap().push(format!("{level} {} | {}", record.msg(), fields.join(" ")));
        Ok(())
    }
}

struct Fields(Vec<String>);

impl Serializer for Fields {
    fn emit_arguments(&mut self, key: Key, value: &fmt::Arguments<'_>) -> slog::Result {
        self.0.push(format!("{key}={value}"));
        Ok(())
    }
}

impl Recording {
    fn logger(&self) -> Logger {
        Logger::root(self.clone(), o!("expert_name" => "trend"))
    }

    /// The lines that hold `word`, without what is the same in all of them.
    fn lines(&self, word: &str) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|line| line.contains(word)).map(|line| line.replace(" expert_name=trend", "")).collect()
    }
}

/// The records of a script on (minute, open, close), the begin of the run aside.
fn records(
    mut trial: Trial,
    bars: &[(i64, f64, f64)],
    script: impl FnMut(&HandlerEvent<'_>, &mut Context) -> Result<()> + 'static,
) -> String {
    let recording = Recording::default();
    trial.log = ExpertLog::new(recording.logger());
    let _ = trial.run(bars, script);
    let lines = recording.lines("").into_iter().filter(|line| !line.contains("msgid=expert.started"));
    lines.map(|line| line + "\n").collect()
}

#[track_caller]
fn check(
    trial: Trial,
    bars: &[(i64, f64, f64)],
    script: impl FnMut(&HandlerEvent<'_>, &mut Context) -> Result<()> + 'static,
    expect: &Expect,
) {
    expect.assert_eq(&records(trial, bars, script));
}

/// Buys at the first bar and closes at the second.
fn buys_and_closes(event: &HandlerEvent<'_>, context: &mut Context) -> Result<()> {
    if !matches!(event, HandlerEvent::Bar { .. }) {
        return Ok(());
    }
    if context.is_flat() && context.now().as_nanos() == 60_000_000_000 {
        context.buy().stop_loss_pct(2.0).send()?;
    }
    if context.is_long() {
        context.close_long()?;
    }
    Ok(())
}

const UP: &[(i64, f64, f64)] = &[(0, 100.0, 100.0), (1, 100.0, 101.0), (2, 110.0, 110.0)];

#[test]
fn the_life_of_an_order_and_of_its_position_is_written_down_once_whoever_listens() {
    let records_of = |trial| records(trial, UP, buys_and_closes);
    let written = records_of(Trial::new());
    expect![[r#"
        DEBUG order approved | msgid=order.approved order_id=mx0-1-1 price=100 quantity=1 reason=signal side=buy stop_loss_pct=2 symbol=BTCUSDT
        TRADE order submitted | msgid=order.submitted order_id=mx0-1-1 quantity=1 reason=signal side=buy symbol=BTCUSDT
        TRADE order accepted | filled=0 msgid=order.accepted order_id=mx0-1-1 quantity=1 reason=signal side=buy status=accepted symbol=BTCUSDT
        TRADE executed: buy 1 at 100 | fee=0 fee_currency=USDT liquidity=taker msgid=execution order_id=mx0-1-1 position_side=long price=100 quantity=1 reason=signal side=buy symbol=BTCUSDT trade_id=1
        TRADE order filled | filled=1 msgid=order.filled order_id=mx0-1-1 quantity=1 reason=signal side=buy status=filled symbol=BTCUSDT
        TRADE long position opened | entry_price=100 msgid=position.opened order_id=mx0-1-1 position_side=long quantity=1 symbol=BTCUSDT trade_id=1
        DEBUG order approved | msgid=order.approved order_id=mx0-1-2 price=101 quantity=1 reason=signal side=sell symbol=BTCUSDT
        TRADE order submitted | msgid=order.submitted order_id=mx0-1-2 quantity=1 reason=signal side=sell symbol=BTCUSDT
        TRADE order accepted | filled=0 msgid=order.accepted order_id=mx0-1-2 quantity=1 reason=signal side=sell status=accepted symbol=BTCUSDT
        TRADE executed: sell 1 at 110 | fee=0 fee_currency=USDT liquidity=taker msgid=execution order_id=mx0-1-2 position_side=long price=110 quantity=1 reason=signal side=sell symbol=BTCUSDT trade_id=2
        TRADE order filled | filled=1 msgid=order.filled order_id=mx0-1-2 quantity=1 reason=signal side=sell status=filled symbol=BTCUSDT
        TRADE long position closed | msgid=position.closed order_id=mx0-1-2 position_side=long quantity=0 realized_pnl=10 symbol=BTCUSDT trade_id=2
        INFO ended | msgid=expert.ended reason=end_of_data
    "#]].assert_eq(&written);
    let mut listening = Trial::new();
    listening.wants.orders = true;
    listening.wants.trades = true;
    listening.wants.transactions = true;
    listening.wants.positions = true;
    listening.wants.accounts = true;
    assert_eq!(records_of(listening), written);
}

#[test]
fn the_comment_is_put_down_with_each_order_that_is_sent() {
    let mut trial = Trial::new();
    trial.config.comment = Some("ema".to_owned());
    let written = records(trial, UP, buys_and_closes);
    let commented = |line: &&str| line.contains(" comment=ema ");
    assert!(written.lines().filter(commented).all(|line| line.contains("msgid=order.submitted")), "{written}");
    assert_eq!(written.lines().filter(commented).count(), 2, "{written}");
}

#[test]
fn a_refusal_by_the_gate_is_part_of_an_orders_life_with_its_rule_and_numbers() {
    let mut trial = Trial::new();
    trial.config.initial_capital = dec!(50);
    check(
        trial,
        &[(0, 100.0, 100.0)],
        |event, context| match event {
            HandlerEvent::Bar { .. } => {
                let _ = context.buy().quantity(0.0001).send();
                context.buy().send().map(|_| ())
            }
            _ => Ok(()),
        },
        &expect![[r#"
            TRADE order refused: lot_size: BTCUSDT: quantity 0.0001 rounds to nothing; the lot is 0.001 | asked_for=0.0001 lot=0.001 msgid=order.refused rule=lot_size symbol=BTCUSDT
            TRADE order refused: margin: BTCUSDT: margin and fee need 100, 50 is free | free=50 msgid=order.refused needed=100 order_id=mx0-1-1 quantity=1 reason=signal rule=margin side=buy symbol=BTCUSDT
            INFO ended | msgid=expert.ended reason=end_of_data
        "#]],
    );
}

#[test]
fn a_rejection_by_the_venue_is_a_warning_and_not_an_error_as_well() {
    let mut trial = Trial::new();
    trial.refuse = true;
    check(
        trial,
        &UP[..1],
        buys_and_closes,
        &expect![[r#"
        DEBUG order approved | msgid=order.approved order_id=mx0-1-1 price=100 quantity=1 reason=signal side=buy stop_loss_pct=2 symbol=BTCUSDT
        TRADE order submitted | msgid=order.submitted order_id=mx0-1-1 quantity=1 reason=signal side=buy symbol=BTCUSDT
        WARNING of trade order rejected: funds | msgid=order.rejected order_id=mx0-1-1 quantity=1 reason=signal rule=funds side=buy status=rejected symbol=BTCUSDT
        INFO ended | msgid=expert.ended reason=end_of_data
    "#]],
    );
}

#[test]
fn a_halt_is_a_warning_and_said_once() {
    let mut trial = Trial::new();
    trial.config.max_drawdown_pct = Some(Percent::new(dec!(5)));
    trial.config.initial_capital = dec!(1000);
    let recording = Recording::default();
    trial.log = ExpertLog::new(recording.logger());
    let bars = [(0, 100.0, 100.0), (1, 100.0, 40.0), (2, 40.0, 40.0), (3, 40.0, 40.0)];
    let _ = trial.run(&bars, |event, context| match event {
        HandlerEvent::Bar { .. } if context.is_flat() => context.buy().send().map(|_| ()),
        _ => Ok(()),
    });
    expect![[r#"
        WARNING new entries are refused until a person resumes | equity=940 fallen_from=1000 msgid=risk.halted rule=max_drawdown_pct
        DEBUG order approved | msgid=order.approved order_id=mx0-1-2 price=40 quantity=1 reason=risk_halt side=sell symbol=BTCUSDT
        TRADE order submitted | msgid=order.submitted order_id=mx0-1-2 quantity=1 reason=risk_halt side=sell symbol=BTCUSDT
        TRADE order accepted | filled=0 msgid=order.accepted order_id=mx0-1-2 quantity=1 reason=risk_halt side=sell status=accepted symbol=BTCUSDT
        TRADE executed: sell 1 at 40 | fee=0 fee_currency=USDT liquidity=taker msgid=execution order_id=mx0-1-2 position_side=long price=40 quantity=1 reason=risk_halt side=sell symbol=BTCUSDT trade_id=2
        TRADE order filled | filled=1 msgid=order.filled order_id=mx0-1-2 quantity=1 reason=risk_halt side=sell status=filled symbol=BTCUSDT
        TRADE order refused: halted: new entries are refused until a person resumes: max_drawdown_pct is reached: equity 940 after a peak of 1000 | breach=max_drawdown_pct is reached: equity 940 after a peak of 1000 msgid=order.refused order_id=mx0-1-3 quantity=1 reason=signal rule=halted side=buy symbol=BTCUSDT
        TRADE order refused: halted: new entries are refused until a person resumes: max_drawdown_pct is reached: equity 940 after a peak of 1000 | breach=max_drawdown_pct is reached: equity 940 after a peak of 1000 msgid=order.refused order_id=mx0-1-4 quantity=1 reason=signal rule=halted side=buy symbol=BTCUSDT"#]].assert_eq(&recording.lines("halt").join("\n"));
}

#[derive(Debug, thiserror::Error)]
#[error("the order of tea failed")]
struct NoTea(#[source] std::num::ParseIntError);

#[test]
fn an_error_of_a_handler_is_written_down_with_all_its_causes() {
    check(
        Trial::new(),
        &[(0, 1.0, 1.0)],
        |event, _| match event {
            HandlerEvent::Bar { .. } => Err(Error::Handler(NoTea("x".parse::<u8>().unwrap_err()).into())),
            HandlerEvent::Error(_) => Err("and no coffee".into()),
            _ => Ok(()),
        },
        &expect![[r#"
            ERROR on_bar failed | error=the order of tea failed: invalid digit found in string handler=on_bar msgid=handler.failed symbol=BTCUSDT
            ERROR on_bar failed | error=and no coffee handler=on_bar msgid=handler.failed symbol=BTCUSDT
            INFO ended | msgid=expert.ended reason=end_of_data
        "#]],
    );
}

#[test]
fn what_ends_a_run_is_critical_and_so_is_what_came_of_it() {
    check(
        Trial::new(),
        &[(0, 1.0, 1.0)],
        |event, _| match event {
            HandlerEvent::Bar { .. } => Err(Error::input("fast", 30, "is the cause")),
            HandlerEvent::Deinit(_) => Err(Error::input("slow", 30, "is the consequence")),
            _ => Ok(()),
        },
        &expect![[r#"
            CRITICAL a handler's error ends the run | error=input `fast`: `30` is the cause msgid=expert.failed symbol=BTCUSDT
            CRITICAL a handler's error ends the run | error=input `slow`: `30` is the consequence msgid=expert.failed symbol=BTCUSDT
            INFO ended | msgid=expert.ended reason=handler_error
        "#]],
    );
}

#[test]
fn a_panic_of_a_handler_is_critical_and_names_the_order_at_hand() {
    let mut trial = Trial::new();
    trial.panics = true;
    trial.wants.orders = true;
    check(
        trial,
        &[(0, 1.0, 1.0)],
        |event, context| match event {
            HandlerEvent::Bar { .. } => context.buy().send().map(|_| ()),
            HandlerEvent::Order(_) => Err("index out of bounds".into()),
            _ => Ok(()),
        },
        &expect![[r#"
            DEBUG order approved | msgid=order.approved order_id=mx0-1-1 price=1 quantity=1 reason=signal side=buy symbol=BTCUSDT
            TRADE order submitted | msgid=order.submitted order_id=mx0-1-1 quantity=1 reason=signal side=buy symbol=BTCUSDT
            TRADE order accepted | filled=0 msgid=order.accepted order_id=mx0-1-1 quantity=1 reason=signal side=buy status=accepted symbol=BTCUSDT
            CRITICAL on_bar panicked | error=index out of bounds handler=on_bar msgid=handler.panicked order_id=mx0-1-1 symbol=BTCUSDT
            INFO ended | msgid=expert.ended reason=handler_panic
        "#]],
    );
}

#[test]
fn a_failed_on_init_is_critical() {
    let script = |event: &HandlerEvent<'_>, _: &mut Context| match event {
        HandlerEvent::Init(_) => Err("no such file".into()),
        _ => Ok(()),
    };
    check(
        Trial::new(),
        &[(0, 1.0, 1.0)],
        script,
        &expect![[r#"
        CRITICAL a handler's error ends the run | error=no such file msgid=expert.failed symbol=BTCUSDT
        INFO ended | msgid=expert.ended reason=handler_error
    "#]],
    );
}

/// A trade of the venue's own in the short leg.
fn own_trade(id: &str, side: Side, reason: Reason) -> Event {
    let (_, [instrument, _]) = Trial::instruments();
    let trade = Trade {
        id: id.parse().unwrap(),
        time: UnixNanos::default(),
        instrument,
        symbol: Symbol::new("BTCUSDT").unwrap(),
        order: None,
        side,
        position_side: PositionSide::Short,
        price: Price::new(dec!(100)).unwrap(),
        quantity: Quantity::new(dec!(0.30)).unwrap(),
        fee: Money::new(dec!(0.0150), Currency::new("USDT")),
        liquidity: Liquidity::Maker,
        reason,
    };
    Event::Answer(Answer::Trade { trade, remaining: Decimal::ZERO })
}

#[test]
fn funding_and_the_venues_own_trades_are_written_down() {
    let amount = Money::new(dec!(-1.50), Currency::new("USDT"));
    let symbol = Symbol::new("BTCUSDT").unwrap();
    let funding = Funding { time: UnixNanos::default(), symbol, position_side: None, rate: 0.0001, amount };
    let events = vec![
        own_trade("7e2ae69c-4edf-5800-a352-893d52b446aa", Side::Sell, Reason::Signal),
        Event::Answer(Answer::Funding(funding)),
        own_trade("-3541871", Side::Buy, Reason::Liquidation),
    ];
    let recording = Recording::default();
    let trial = Trial { log: ExpertLog::new(recording.logger()), ..Trial::new() };
    let _ = trial.run_events(events, nothing);
    expect![[r#"
        TRADE executed: sell 0.3 at 100 | fee=0.015 fee_currency=USDT liquidity=maker msgid=execution position_side=short price=100 quantity=0.3 reason=signal side=sell symbol=BTCUSDT trade_id=7e2ae69c-4edf-5800-a352-893d52b446aa
        TRADE short position opened | entry_price=100 msgid=position.opened position_side=short quantity=0.3 symbol=BTCUSDT trade_id=7e2ae69c-4edf-5800-a352-893d52b446aa
        TRADE funding settled: -1.5 USDT | amount=-1.5 currency=USDT msgid=funding rate=0.0001 symbol=BTCUSDT
        TRADE executed: buy 0.3 at 100 | fee=0.015 fee_currency=USDT liquidity=maker msgid=execution position_side=short price=100 quantity=0.3 reason=liquidation side=buy symbol=BTCUSDT trade_id=-3541871
        TRADE short position closed | msgid=position.closed position_side=short quantity=0 realized_pnl=0 symbol=BTCUSDT trade_id=-3541871"#]].assert_eq(&recording.lines("TRADE").join("\n"));
}

const fn name_of(event: &HandlerEvent<'_>) -> &'static str {
    match event {
        HandlerEvent::Init(_) => "on_init",
        HandlerEvent::Bar { .. } => "on_bar",
        HandlerEvent::Timer { .. } => "on_timer",
        HandlerEvent::Order(_) => "on_order",
        HandlerEvent::Transaction(..) => "on_transaction",
        HandlerEvent::Trade(_) => "on_trade",
        HandlerEvent::Position(_) => "on_position",
        HandlerEvent::Account(_) => "on_account",
        HandlerEvent::Error(_) => "on_error",
        HandlerEvent::Deinit(_) => "on_deinit",
        _ => "another",
    }
}

#[test]
fn a_handlers_records_carry_the_symbol_the_order_and_the_execution_at_hand() {
    let mut trial = Trial::new();
    trial.wants.bars = vec![want(None, None), want(Some("ETHUSDT"), None)];
    trial.wants.timers = vec![std::time::Duration::from_mins(1)];
    trial.wants.orders = true;
    trial.wants.trades = true;
    trial.wants.transactions = true;
    trial.wants.positions = true;
    let recording = Recording::default();
    trial.log = ExpertLog::new(recording.logger());
    let (_, [bitcoin, ether]) = Trial::instruments();
    let events = vec![bar(bitcoin, 0, 1.0, 2.0, true), bar(ether, 0, 5.0, 6.0, false), bar(ether, 1, 6.0, 7.0, false)];
    let ran = trial.run_events(events, |event, context| {
        debug!(context.log(), "in {}", name_of(event));
        match event {
            HandlerEvent::Bar { .. } if context.now().as_nanos() == 60_000_000_000 && context.symbol().as_str() == "BTCUSDT" => {
                context.buy().symbol("ETHUSDT").send()?;
                Err("an error of on_bar".into())
            }
            _ => Ok(()),
        }
    });
    assert!(ran.ended.is_ok());
    expect![[r#"
        DEBUG in on_init | symbol=BTCUSDT
        DEBUG in on_bar | symbol=BTCUSDT
        DEBUG in on_error | symbol=BTCUSDT
        DEBUG in on_transaction | order_id=mx0-1-1 symbol=ETHUSDT
        DEBUG in on_order | order_id=mx0-1-1 symbol=ETHUSDT
        DEBUG in on_bar | symbol=ETHUSDT
        DEBUG in on_timer | symbol=BTCUSDT
        DEBUG in on_trade | order_id=mx0-1-1 symbol=ETHUSDT trade_id=1
        DEBUG in on_order | order_id=mx0-1-1 symbol=ETHUSDT
        DEBUG in on_position | order_id=mx0-1-1 symbol=ETHUSDT trade_id=1
        DEBUG in on_bar | symbol=ETHUSDT
        DEBUG in on_timer | symbol=BTCUSDT
        DEBUG in on_deinit | symbol=BTCUSDT"#]]
    .assert_eq(&recording.lines("DEBUG in").join("\n"));
}

#[test]
fn a_handler_of_a_trade_without_an_order_knows_the_execution_alone() {
    let recording = Recording::default();
    let mut trial = Trial { log: ExpertLog::new(recording.logger()), ..Trial::new() };
    trial.wants.trades = true;
    trial.wants.positions = true;
    trial.wants.accounts = true;
    trial.wants.errors = true;
    let events = vec![own_trade("698759", Side::Sell, Reason::Signal), own_trade("698760", Side::Buy, Reason::Liquidation)];
    let ran = trial.run_events(events, |event, context| {
        debug!(context.log(), "in {}", name_of(event));
        if matches!(event, HandlerEvent::Position(position) if position.quantity.is_zero()) {
            return Err("why is it closed?".into());
        }
        Ok(())
    });
    assert!(ran.ended.is_ok());
    expect![[r#"
        DEBUG in on_init | symbol=BTCUSDT
        DEBUG in on_trade | symbol=BTCUSDT trade_id=698759
        DEBUG in on_position | symbol=BTCUSDT trade_id=698759
        DEBUG in on_account | symbol=BTCUSDT
        DEBUG in on_trade | symbol=BTCUSDT trade_id=698760
        DEBUG in on_position | symbol=BTCUSDT trade_id=698760
        DEBUG in on_error | symbol=BTCUSDT trade_id=698760
        DEBUG in on_account | symbol=BTCUSDT
        DEBUG in on_deinit | symbol=BTCUSDT"#]]
    .assert_eq(&recording.lines("DEBUG in").join("\n"));
    assert_eq!(recording.lines("handler.failed").len(), 1);
}

#[test]
fn the_life_of_an_order_that_stands_is_written_down_with_its_prices() {
    let recording = Recording::default();
    let standing = Standing { log: ExpertLog::new(recording.logger()), ..Standing::new() };
    let interest = Money::new(dec!(-1.50), Currency::new("USDT"));
    let charge = Charge { time: UnixNanos::default(), amount: interest, cause: ChargeCause::Interest };
    let stood = standing
        .at(&[100.0])
        .answers(Answer::Triggered(id(1)))
        .answers(Answer::CancelRejected(id(1), Rejection::UnknownOrder))
        .answers(Answer::Amended(id(1), Quantity::new(dec!(3)).unwrap()))
        .answers(Answer::Cancelled(id(1), Cancellation::Expired))
        .answers(Answer::Charged(charge))
        .run(|_, context| {
            let until = UnixNanos::from_seconds(600).unwrap();
            context.buy().quantity(1.0).stop_limit(101.0, 102.0).good_till(until).send()?;
            let wrong = context.oco(Ticket::buy().quantity(1.0).limit(99.0), Ticket::buy().quantity(1.0).stop(99.0));
            assert!(wrong.is_err());
            Ok(())
        });
    assert_eq!(stood.orders.len(), 1);
    let written: String =
        recording.lines("msgid=").into_iter().filter(|line| !line.contains("=expert.")).map(|line| line + "\n").collect();
    expect![[r#"
        DEBUG order approved | good_till=1970-01-01T00:10:00Z kind=stop_limit limit_price=102 msgid=order.approved order_id=mx0-1-1 price=102 quantity=1 reason=signal side=buy symbol=BTCUSDT time_in_force=gtd trigger_by=last trigger_price=101
        DEBUG order approved | kind=limit limit_price=99 link=2 msgid=order.approved order_id=mx0-1-2 price=99 quantity=1 reason=signal side=buy symbol=BTCUSDT
        DEBUG order withdrawn: the order it was to be linked to was refused | msgid=order.withdrawn order_id=mx0-1-2
        TRADE order submitted | good_till=1970-01-01T00:10:00Z kind=stop_limit limit_price=102 msgid=order.submitted order_id=mx0-1-1 quantity=1 reason=signal side=buy symbol=BTCUSDT time_in_force=gtd trigger_by=last trigger_price=101
        TRADE order accepted | filled=0 good_till=1970-01-01T00:10:00Z kind=stop_limit limit_price=102 msgid=order.accepted order_id=mx0-1-1 quantity=1 reason=signal side=buy status=accepted symbol=BTCUSDT time_in_force=gtd trigger_by=last trigger_price=101
        TRADE order triggered | filled=0 good_till=1970-01-01T00:10:00Z kind=stop_limit limit_price=102 msgid=order.triggered order_id=mx0-1-1 quantity=1 reason=signal side=buy status=triggered symbol=BTCUSDT time_in_force=gtd trigger_by=last trigger_price=101
        WARNING of trade cancel rejected: unknown_order | msgid=order.cancel_rejected order_id=mx0-1-1 rule=unknown_order symbol=BTCUSDT
        TRADE order amended | good_till=1970-01-01T00:10:00Z kind=stop_limit limit_price=102 msgid=order.amended order_id=mx0-1-1 quantity=3 reason=signal side=buy symbol=BTCUSDT time_in_force=gtd trigger_by=last trigger_price=101
        TRADE order expired | filled=0 good_till=1970-01-01T00:10:00Z kind=stop_limit limit_price=102 msgid=order.expired order_id=mx0-1-1 quantity=3 reason=signal rule=expired side=buy status=expired symbol=BTCUSDT time_in_force=gtd trigger_by=last trigger_price=101
        TRADE charged: -1.5 USDT | amount=-1.5 currency=USDT msgid=charge reason=interest
    "#]].assert_eq(&written);
}

#[test]
fn the_cell_of_a_simulation_follows_the_engines_time() {
    let clock = Arc::new(AtomicI64::new(-1));
    let mut trial = Trial::new();
    trial.wants.timers = vec![std::time::Duration::from_secs(30)];
    trial.log = ExpertLog::simulated(Logger::root(slog::Discard, o!()), Arc::clone(&clock));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (cell, sees) = (Arc::clone(&clock), Arc::clone(&seen));
    let ran = trial.run(&[(0, 1.0, 1.0), (1, 1.0, 1.0)], move |event, context| {
        let nanos = cell.load(Ordering::Relaxed);
        if !matches!(event, HandlerEvent::Init(_)) {
            assert_eq!(nanos, context.now().as_nanos());
        }
        sees.lock().unwrap().push(nanos / 1_000_000_000);
        Ok(())
    });
    assert!(ran.ended.is_ok());
    // Before the first event the cell is as it was handed in.
    assert_eq!(seen.lock().unwrap().split_first(), Some((&0, [30, 60, 60, 90, 120, 120, 120].as_slice())));
}

#[test]
fn a_context_can_go_to_another_thread() {
    const fn goes<T: Send + Sync>() {}
    const { goes::<Context>() };
    const { goes::<Setup>() };
    assert_eq!(format!("{:?}", ExpertLog::default()), "ExpertLog { root: Logger(), clock: None }");
}
