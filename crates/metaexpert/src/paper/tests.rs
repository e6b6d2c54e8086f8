//! Paper runs on a clock that never waits: held against backtests over the same bars, and against what a user may get wrong.

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use expect_test::expect;
use metaexpert_core::{
    Amendment, Context, NewOrder, Reason, Result, Summary, Trade,
    config::{MarketType, Origin, Resolved},
    engine::Resumed,
    expert::{BarWant, DeinitReason, Failure, HandlerEvent, Program, Wants},
    feed::Then,
    journal::{Journal, Record},
    log::ExpertLog,
    risk::Breach,
};
use metaexpert_data::{Source, SyntheticSpec};
use metaexpert_tester::{Backtest, Models, Run};

use super::{
    clock::{MarketClock, Waited},
    session::Ran,
    *,
};

/// 2024-03-04T10:02:30Z, a Monday.
const NOW: UnixNanos = UnixNanos::from_nanos(1_709_546_550_000_000_000);
const SETTINGS: &str = "exchange=binance symbol=BTCUSDT timeframe=5m lookback_bars=20 size_type=percent_equity size_value=40 \
    stop_loss_pct=0.3 take_profit_pct=0.4 slippage_pct=0.01 data=synthetic:seed=7,timeframe=1m,bars=5000";

fn resolved(more: &str) -> Resolved {
    let pairs = SETTINGS.split(' ').chain(more.split(' ')).filter_map(|pair| pair.split_once('='));
    Resolved::of(pairs.map(|(key, value)| (key, value, Origin::Flag))).unwrap()
}

/// Every time is over already, until the time at which somebody stops the run.
struct Hurried(UnixNanos);

impl MarketClock for Hurried {
    fn wait_until(&mut self, time: UnixNanos) -> Waited {
        if time <= self.0 { Waited::Reached } else { Waited::Stopped }
    }
}

/// What an expert did and was told, with the engine's times.
type Diary = Rc<RefCell<Vec<String>>>;

/// Buys and closes in turn, every few bars of the expert and by a timer.
struct Busy {
    wants: Wants,
    diary: Diary,
    bars: usize,
}

impl Busy {
    fn with_diary(timers: &[u64]) -> (Box<dyn Program>, Diary) {
        let bars = vec![BarWant { symbol: None, timeframe: None }];
        let timers = timers.iter().copied().map(Duration::from_secs).collect();
        let diary = Diary::default();
        let wants = Wants { bars, timers, ..Wants::default() };
        (Box::new(Self { wants, diary: Rc::clone(&diary), bars: 0 }), diary)
    }

    fn act(&mut self, context: &mut Context) -> Result<()> {
        self.bars += 1;
        let sent = match self.bars % 7 {
            2 => Some(context.buy().send()?),
            5 => context.close_long()?,
            6 if context.config().market_type != MarketType::Spot => Some(context.sell().send()?),
            0 => context.close_short()?,
            _ => None,
        };
        if let Some(order) = sent {
            self.diary.borrow_mut().push(format!("{} {order} seen {:?}", context.now(), context.bars(3)));
        }
        Ok(())
    }
}

impl Program for Busy {
    fn wants(&self) -> &Wants {
        &self.wants
    }

    fn call(&mut self, event: HandlerEvent<'_>, context: &mut Context) -> Result<(), Failure> {
        let acted = match event {
            HandlerEvent::Bar { .. } => self.act(context),
            HandlerEvent::Timer { .. } => {
                self.diary.borrow_mut().push(format!("{} timer", context.now()));
                Ok(())
            }
            HandlerEvent::Deinit(reason) => {
                self.diary.borrow_mut().push(format!("{} deinit {reason}", context.now()));
                Ok(())
            }
            _ => Ok(()),
        };
        acted.map_err(|error| Failure::Error { event: "on_bar", error })
    }

    fn criterion(&mut self, _: &Summary, _: &mut Context) -> Result<Option<f64>, Failure> {
        Ok(None)
    }
}

/// Everything that a journal is told of.
#[derive(Debug, Default)]
struct Kept {
    trades: Vec<Trade>,
}

impl Journal for Kept {
    fn append(&mut self, _: &NewOrder) -> Result<()> {
        Ok(())
    }

    fn amend(&mut self, _: &Amendment) -> Result<()> {
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        if let Record::Trade(trade) = record {
            self.trades.push(trade.clone());
        }
        Ok(())
    }
}

fn session(resolved: &Resolved, timers: &[u64]) -> Result<Session, RunError> {
    prepare(Busy::with_diary(timers).0.wants(), resolved, NOW).map(|(session, _)| session)
}

fn run(resolved: &Resolved, timers: &[u64], stopped_at: UnixNanos) -> (Ran<Kept>, Vec<String>) {
    let (program, diary) = Busy::with_diary(timers);
    let ran = session(resolved, timers).unwrap().run(program, &mut Hurried(stopped_at), Kept::default()).unwrap();
    (ran, diary.take())
}

/// The backtest over the bars that a paper run sees, history and all.
fn backtest(resolved: &Resolved, timers: &[u64]) -> (Run, Vec<String>) {
    let session = session(resolved, timers).unwrap();
    let Ok(Source::Synthetic(spec)) = Source::parse(resolved.config.data.as_deref().unwrap()) else { panic!("made up") };
    let bars = usize::try_from(session.span.history()).unwrap() + spec.bars.unwrap();
    let spec = SyntheticSpec { start: Some(session.span.first_open), bars: Some(bars), ..spec };
    let series = spec.generate(resolved.config.timeframe).unwrap();
    let (program, diary) = Busy::with_diary(timers);
    let backtest = Backtest {
        expert: "busy".to_owned(),
        config: session.config.clone(),
        shown_config: Vec::new(),
        shown_inputs: Vec::new(),
        series: vec![(session.instruments.get(session.main).clone(), Arc::new(series))],
        funding: Vec::new(),
        detail: Vec::new(),
        models: Models::default(),
        taker_fee: session.fees.taker,
        maker_fee: session.fees.maker,
        notes: Vec::new(),
        log: ExpertLog::silent(),
    };
    let run = backtest.run(program, &mut |_| {}).unwrap();
    (run, diary.take())
}

#[test]
fn a_paper_run_and_a_backtest_over_the_same_bars_send_the_same_orders_at_the_same_times() {
    for more in ["", "timeframe=1m", "position_mode=oneway leverage=3", "market_type=spot trade_hours=12-20 fill_model=open"] {
        for timers in [&[][..], &[45, 600]] {
            let resolved = resolved(more);
            let (tested, expected) = backtest(&resolved, timers);
            let (ran, diary) = run(&resolved, timers, UnixNanos::MAX);
            assert!(matches!(ran.ended, Ok(DeinitReason::EndOfData)));
            assert_eq!((ran.closes, ran.told.tally.orders), (5000, tested.orders), "{more}");
            assert!(tested.orders > 50, "{more}: {}", tested.orders);
            assert_eq!(diary, expected, "{more} {timers:?}");
            // What a backtest closes at the end of its data, a paper run leaves open.
            let last = tested.end().unwrap();
            assert!(ran.journal.trades.iter().eq(tested.trades.iter().filter(|trade| trade.time != last)), "{more}");
        }
    }
}

#[test]
fn no_order_is_sent_before_a_bar_of_the_expert_has_closed_by_the_clock() {
    // The bar of 10:00 is open at 10:02:30, and two minutes of it have closed.
    let session = session(&resolved(""), &[]).unwrap();
    assert_eq!((session.config.warmup_bars, session.span.history()), (20, 102));
    assert_eq!(session.span.first_open.to_string(), "2024-03-04T08:20:00Z");
    let (ran, diary) = run(&resolved(""), &[], UnixNanos::parse("2024-03-04T10:09:59Z").unwrap());
    assert_eq!((ran.closes, ran.told.tally.orders), (7, 0));
    assert_eq!(ran.told.tally.rejected.get("warmup"), Some(&6), "the bars of the history reached the handler");
    assert_eq!(diary, ["2024-03-04T10:09:00Z deinit user_stop"]);
    let (ran, _) = run(&resolved("lookback_bars=0 warmup_bars=29"), &[], UnixNanos::parse("2024-03-04T10:10:00Z").unwrap());
    assert_eq!((ran.closes, ran.told.tally.orders), (8, 1));
}

#[test]
fn a_stop_leaves_open_what_is_open_and_withdraws_what_waits() {
    // The second bar after the warm-up of five is the first on which it buys.
    let resolved = resolved("timeframe=1m lookback_bars=8 stop_loss_pct=90 take_profit_pct=90");
    for (stopped_at, orders, trades, withdrawn, open) in
        [("10:03:00", 1, 0, 1, 0), ("10:04:00", 1, 1, 0, 1), ("10:06:59", 2, 1, 1, 1)]
    {
        let stopped_at = UnixNanos::parse(&format!("2024-03-04T{stopped_at}Z")).unwrap();
        let (ran, diary) = run(&resolved, &[], stopped_at);
        assert!(matches!(ran.ended, Ok(DeinitReason::UserStop)));
        assert!(diary.last().unwrap().ends_with("deinit user_stop"));
        let Tally { orders: sent, trades: executed, rejected, errors } = ran.told.tally;
        let rejected = rejected.get("end_of_data").copied().unwrap_or_default();
        assert_eq!((sent, executed, rejected, errors, ran.account.legs().count()), (orders, trades, withdrawn, 0, open));
    }
}

#[test]
fn a_timer_comes_by_the_clock_and_not_with_the_next_bar() {
    let (_, diary) = run(&resolved("timeframe=1h lookback_bars=1 data=synthetic"), &[600], {
        UnixNanos::parse("2024-03-04T10:31:00Z").unwrap()
    });
    let after: Vec<_> = diary.iter().filter(|line| line.as_str() >= "2024-03-04T10").map(String::as_str).collect();
    assert_eq!(
        after,
        [
            "2024-03-04T10:00:00Z timer",
            "2024-03-04T10:10:00Z timer",
            "2024-03-04T10:20:00Z timer",
            "2024-03-04T10:30:00Z timer",
            "2024-03-04T10:30:00Z deinit user_stop"
        ]
    );
}

#[test]
fn a_market_with_a_start_begins_its_present_there() {
    let there = session(&resolved("data=synthetic:start=2022-02-01T00:00:30"), &[]).unwrap();
    assert_eq!(there.span.start.to_string(), "2022-02-01T00:00:30Z");
    assert_eq!((there.span.first_open.to_string().as_str(), there.span.end), ("2022-01-31T22:20:00Z", None));
    let bounded = session(&resolved("timeframe=1m data=synthetic:bars=3"), &[]).unwrap();
    assert_eq!(bounded.span.end.unwrap().to_string(), "2024-03-04T10:05:00Z");
}

#[test]
fn what_no_paper_run_can_be_made_of_is_refused_with_the_way_out() {
    let refused = |more: &str| session(&resolved(more), &[]).unwrap_err();
    for (more, exit, said) in [
        ("data=bars.csv", Exit::Data, "flag --data: bars.csv: no such file"),
        (
            "data=synthetic:sed=1",
            Exit::Data,
            "flag --data: data source `synthetic:sed=1`: unknown parameter `sed`; the nearest is `seed`",
        ),
        (
            "data=synthetic:timeframe=1h",
            Exit::Data,
            "flag --timeframe: `5m` bars cannot be built from the `1h` bars of the data; the nearest is `1h`",
        ),
        (
            "warmup_bars=90000000",
            Exit::Configuration,
            "flag --warmup-bars: `90000000` bars of 5m before 2024-03-04T10:02:30Z begin before 1970",
        ),
    ] {
        let error = refused(more);
        assert_eq!((error.to_string().as_str(), error.exit()), (said, exit));
    }
}

#[test]
fn the_summary_says_what_a_run_came_to() {
    let resolved = resolved("timeframe=1m lookback_bars=8 stop_loss_pct=90 take_profit_pct=90");
    let mut session = session(&resolved, &[]).unwrap();
    session.expert = "busy".to_owned();
    let heading = Heading::of(&session);
    assert_eq!(heading.line(), "busy trades BTCUSDT 1m on paper");
    let stopped_at = UnixNanos::parse("2024-03-04T10:09:59Z").unwrap();
    let ran = session.run(Busy::with_diary(&[]).0, &mut Hurried(stopped_at), Kept::default()).unwrap();
    let summary = PaperSummary::new(heading, ran);
    expect![[r#"
        SYNTHETIC DATA: these prices were generated, nobody ever traded at them.

        busy on BTCUSDT 1m, on paper
          BTCUSDT                 synthetic:seed=7,timeframe=1m,start=2024-03-04T09:54:00Z,price=40000,tick=0.1
          bars                    7, after 8 of history
          ended                   user_stop

        Account (USDT)
          equity at the start     10000.00
          equity at the end       9993.92
          realised, with fees     -6.08
          left open               nothing

        Orders
          sent                    4
          executions              4
          refused: warmup         2

        Note: no funding series was given: funding is zero
    "#]]
    .assert_eq(&summary.to_string());
    assert!(summary.into_failure().is_none());
}

/// Says something once, when it is this time, and stops the run later.
struct Wishing {
    at: UnixNanos,
    wish: Option<Waited>,
    until: UnixNanos,
}

impl MarketClock for Wishing {
    fn wait_until(&mut self, time: UnixNanos) -> Waited {
        if let Some(wish) = self.wish.take_if(|_| time > self.at) {
            return wish;
        }
        if time <= self.until { Waited::Reached } else { Waited::Stopped }
    }
}

#[test]
fn whoever_wants_everything_closed_does_not_wait_for_the_next_bar() {
    // Bought at the open of 10:03, and closed at what that bar closed at.
    let resolved = resolved("timeframe=1m lookback_bars=8 stop_loss_pct=90 take_profit_pct=90 slippage_pct=0");
    let at = |text: &str| UnixNanos::parse(&format!("2024-03-04T{text}Z")).unwrap();
    for (then, closes, orders, ended) in [(Then::Halt, 7, 1, "10:09:00"), (Then::Stop, 2, 1, "10:04:00")] {
        let mut clock = Wishing { at: at("10:04:00"), wish: Some(Waited::Flatten(then)), until: at("10:09:59") };
        let (program, diary) = Busy::with_diary(&[]);
        let ran = session(&resolved, &[]).unwrap().run(program, &mut clock, Kept::default()).unwrap();
        assert!(matches!(ran.ended, Ok(DeinitReason::UserStop)));
        assert_eq!((ran.closes, ran.told.tally.orders, ran.account.legs().count()), (closes, orders, 0));
        let [bought, sold] = ran.journal.trades.try_into().unwrap();
        assert_eq!((bought.time, sold.time, sold.reason), (at("10:03:00"), at("10:04:00"), Reason::RiskHalt));
        let shown = diary.take();
        assert!(shown.last().unwrap().starts_with(&format!("2024-03-04T{ended}")), "{shown:?}");
        assert_eq!(ran.told.halt.map(|halt| halt.breach), (then == Then::Halt).then_some(Breach::Flattened));
    }
}

#[test]
fn a_kill_switch_lets_nothing_be_opened_while_it_is_on() {
    let resolved = resolved("timeframe=1m lookback_bars=8 stop_loss_pct=90 take_profit_pct=90");
    let wish = Some(Waited::KillSwitch(Some("the file `KILL` is there".to_owned())));
    let mut clock = Wishing { at: NOW, wish, until: UnixNanos::parse("2024-03-04T10:09:59Z").unwrap() };
    let ran = session(&resolved, &[]).unwrap().run(Busy::with_diary(&[]).0, &mut clock, Kept::default()).unwrap();
    assert_eq!((ran.told.tally.orders, ran.told.tally.rejected.get("kill_switch").copied()), (0, Some(2)));
    assert!(ran.told.halt.is_none(), "the next run may trade, unless the file is there");
}

/// A run whose expert is limited, with what it leaves the next one in this folder.
fn run_with_limits(folder: &std::path::Path, market: &str, more: &str) -> (Ran<Kept>, Option<String>) {
    let settings = format!(
        "timeframe=1m lookback_bars=8 stop_loss_pct=90 take_profit_pct=90 leverage=5 {more} data=synthetic:seed=3,{market}"
    );
    let resolved = resolved(&format!("{settings} state_dir={}", folder.display()));
    let log = Logger::root(metaexpert_log::slog::Discard, metaexpert_log::slog::o!());
    let session = session(&resolved, &[]).unwrap();
    let mut file = RiskFile::new(&session.config, "busy", "simulated", log);
    let kept = metaexpert_store::Kept::default();
    let earlier = file.read(session.span.start, session.config.initial_capital, &kept).unwrap();
    let warning = earlier.as_ref().and_then(|state| state.halt.as_ref()).map(|halt| file.warning("busy", halt));
    let session = Session { risk: Some((file, earlier)), ..session };
    (session.run(Busy::with_diary(&[]).0, &mut Hurried(UnixNanos::MAX), Kept::default()).unwrap(), warning)
}

#[test]
fn a_drawdown_that_halted_one_run_halts_the_next_one_until_a_person_resumes() {
    let folder = tempfile::tempdir().unwrap();
    let market = "start=2024-03-04T10:00:00Z,bars=3000";
    let (first, warning) = run_with_limits(folder.path(), market, "max_drawdown_pct=2");
    assert!(warning.is_none() && first.told.tally.orders > 0);
    assert!(matches!(first.told.halt.as_ref().map(|halt| &halt.breach), Some(Breach::Drawdown { .. })), "{:?}", first.told.halt);
    let later = "start=2024-03-09T10:00:00Z,bars=100";
    let (second, warning) = run_with_limits(folder.path(), later, "max_drawdown_pct=2");
    let warning = warning.unwrap();
    assert!(
        warning.contains("until a person resumes: max_drawdown_pct is reached") && warning.contains("risk-paper-simulated.json"),
        "{warning}"
    );
    assert_eq!((second.told.tally.orders, second.told.halt), (0, first.told.halt));
    assert!(second.told.tally.rejected.contains_key("halted"));
    std::fs::remove_file(folder.path().join("risk-paper-simulated.json")).unwrap();
    assert!(run_with_limits(folder.path(), later, "max_drawdown_pct=2").0.told.tally.orders > 0);
}

#[test]
fn the_loss_of_a_day_halts_the_next_run_of_that_day_and_none_of_the_next_day() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = run_with_limits(folder.path(), "start=2024-03-04T01:00:00Z,bars=900", "daily_loss_limit=100");
    assert!(matches!(first.told.halt.as_ref().map(|halt| &halt.breach), Some(Breach::DailyLoss { .. })), "{:?}", first.told.halt);
    let (same_day, warning) = run_with_limits(folder.path(), "start=2024-03-04T20:00:00Z,bars=100", "daily_loss_limit=100");
    assert!(warning.unwrap().contains("until the next UTC day"));
    assert_eq!(same_day.told.tally.orders, 0);
    let (next_day, warning) = run_with_limits(folder.path(), "start=2024-03-05T00:30:00Z,bars=10", "daily_loss_limit=100");
    assert!(warning.is_none() && next_day.told.tally.orders > 0);
}

#[test]
fn a_recording_begins_behind_its_history_and_ends_with_its_last_bar() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bars.csv");
    let series = SyntheticSpec { bars: Some(40), ..SyntheticSpec::default() }.generate(metaexpert_core::Timeframe::M1).unwrap();
    // One bar is missing in the middle.
    let bars: Vec<_> = series.bars.iter().enumerate().filter(|(place, _)| *place != 30).map(|(_, bar)| *bar).collect();
    metaexpert_data::write_csv(&bars, &path).unwrap();
    let settings = format!("timeframe=1m lookback_bars=8 stop_loss_pct=90 take_profit_pct=90 data={}", path.display());
    let resolved = resolved(&settings);
    let prepared = session(&resolved, &[]).unwrap();
    assert_eq!((prepared.span.history(), prepared.span.end), (8, Some(series.close())));
    let (ran, _) = run(&resolved, &[], UnixNanos::MAX);
    assert_eq!(ran.closes, 31, "40 bars, 8 of them history and one missing");
    assert!(matches!(ran.ended, Ok(DeinitReason::EndOfData)) && ran.told.tally.orders > 0);
}

/// A run that was cut, and goes on from what its journal has, ends with the same account as one that was not.
#[test]
fn a_run_that_is_cut_goes_on_with_its_positions_and_its_money() {
    let settings =
        resolved("timeframe=1m lookback_bars=8 on_stop=keep data=synthetic:seed=7,start=2024-03-04T10:00:00Z,bars=400");
    let cut_at = |minutes: i64| UnixNanos::parse("2024-03-04T10:20:30Z").unwrap().saturating_add_nanos(minutes * 60_000_000_000);
    let cut = |minutes| run(&settings, &[], cut_at(minutes)).0;
    let first = (0..20).map(cut).find(|ran| ran.account.legs().count() == 1).expect("something is open at some time");
    let legs: Vec<_> = first.account.legs().map(|(_, side, leg)| (side, leg.clone())).collect();
    let session = session(&settings, &[]).unwrap();
    let currency = session.instruments.get(session.main).settlement.clone();
    let left = Resumed {
        balances: vec![metaexpert_core::Money::new(first.account.balance(), currency)],
        legs: legs.iter().map(|(side, leg)| (session.main, *side, leg.clone())).collect(),
        ..Resumed::default()
    };
    let session = Session { left: Some((left, 2)), ..session };
    assert_eq!(session.capital(), first.account.balance());
    // Nothing happens before the present: what was open is open, and the money is what it was.
    let stopped_at = session.span.start;
    let second = session.run(Busy::with_diary(&[]).0, &mut Hurried(stopped_at), Kept::default()).unwrap();
    let open: Vec<_> = second.account.legs().map(|(_, side, leg)| (side, leg.clone())).collect();
    assert_eq!((open, second.account.balance()), (legs, first.account.balance()));
}

#[test]
fn the_markets_of_one_run_begin_and_end_together() {
    let bar = |symbol| BarWant { symbol, timeframe: None };
    let wants = Wants { bars: vec![bar(None), bar(Some("ETHUSDT"))], ..Wants::default() };
    let prepared = |bitcoin: &str, ether: &str| {
        let data = format!("data=BTCUSDT=synthetic:{bitcoin},ETHUSDT=synthetic:{ether}");
        prepare(&wants, &resolved(&data), NOW).map(|(session, _)| (session.markets.len(), session.span.end.is_some()))
    };
    assert_eq!(prepared("seed=1", "seed=2,bars=7").unwrap(), (2, true));
    let error = prepared("start=2024-01-01", "start=2024-01-02").unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.exit()),
        ("flag --data: `start` must be the same for every symbol", Exit::Data)
    );
}
