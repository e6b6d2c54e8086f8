//! What people want of a run that goes on, and what a run that follows is told of it.

use metaexpert_core::{
    Context, Percent, Result, UnixNanos,
    expert::{DeinitReason, HandlerEvent},
    feed::{Event, Then},
    risk::{Breach, Halt, RiskState},
};
use rust_decimal::{Decimal, dec};

use super::trial::{Ran, Trial, bar};

/// Buys whenever nothing is held.
fn buy_when_flat(event: &HandlerEvent<'_>, context: &mut Context) -> Result<()> {
    if matches!(event, HandlerEvent::Bar { .. }) && context.is_flat() {
        context.buy().send()?;
    }
    Ok(())
}

/// A run of bars as (minute, open, close) with wishes between them.
fn run(mut trial: Trial, events: Vec<Event>) -> Ran {
    trial.wants.trades = true;
    trial.run_events(events, buy_when_flat)
}

fn close(minute: i64, open: f64, close: f64) -> Event {
    let (_, [main, _]) = Trial::instruments();
    bar(main, minute, open, close, false)
}

fn told(ran: &Ran) -> Vec<&str> {
    ran.log.iter().filter(|line| !line.contains(" bar ")).map(String::as_str).collect()
}

#[test]
fn a_kill_switch_refuses_entries_as_long_as_it_is_on_and_closes_nothing() {
    let on = |reason: &str| Event::KillSwitch(Some(reason.to_owned()));
    let events = vec![
        on("the file `KILL` is there"),
        close(0, 1.0, 1.0),
        Event::KillSwitch(None),
        close(1, 1.0, 1.0),
        on("later"),
        close(2, 2.0, 2.0),
        close(3, 2.0, 2.0),
    ];
    let ran = run(Trial::new(), events);
    let refused = "1 error kill_switch: new entries are refused: the file `KILL` is there";
    assert_eq!(told(&ran), [refused, "2 trade buy 1 @ 2", "4 deinit EndOfData"]);
}

#[test]
fn a_wish_to_have_everything_closed_takes_back_what_waits_and_refuses_entries_until_a_person_resumes() {
    // The first one finds an entry on its way, the second one a position.
    for (bars, refusals, trades) in [(1, 3, vec![]), (2, 2, vec!["1 trade buy 1 @ 1", "2 trade sell 1 @ 1"])] {
        let mut events: Vec<_> = (0..4).map(|minute| close(minute, 1.0, 1.0)).collect();
        events.insert(bars, Event::Flatten(Then::Halt));
        let ran = run(Trial::new(), events);
        let said = told(&ran);
        let refused = "error halted: new entries are refused until a person resumes: somebody had everything closed";
        assert_eq!(said.iter().copied().filter(|line| line.contains(" trade ")).collect::<Vec<_>>(), trades);
        assert_eq!(said.iter().filter(|line| line.contains(refused)).count(), refusals, "{said:?}");
        assert_eq!(said.last(), Some(&"4 deinit EndOfData"), "the run goes on");
    }
}

#[test]
fn a_wish_to_have_everything_closed_holds_though_a_breach_would_only_halt() {
    let mut trial = Trial::new();
    trial.config.on_breach = metaexpert_core::config::OnBreach::HaltOnly;
    let events = vec![close(0, 1.0, 1.0), close(1, 1.0, 1.0), Event::Flatten(Then::Halt), close(2, 1.0, 1.0)];
    assert_eq!(told(&run(trial, events))[..2], ["1 trade buy 1 @ 1", "2 trade sell 1 @ 1"]);
}

#[test]
fn a_run_that_is_to_end_with_nothing_open_ends_when_that_is_so() {
    let bars = || (0..5).map(|minute| close(minute, 1.0, 1.0));
    for (place, expected) in [
        (1, vec!["1 deinit UserStop"]),
        (
            2,
            vec![
                "1 trade buy 1 @ 1",
                "2 trade sell 1 @ 1",
                "3 error kill_switch: new entries are refused: the run ends as soon as nothing is open",
                "3 deinit UserStop",
            ],
        ),
    ] {
        let mut events: Vec<_> = bars().collect();
        events.insert(place, Event::Flatten(Then::Stop));
        let ran = run(Trial::new(), events);
        assert_eq!(told(&ran), expected);
        assert!(matches!(ran.ended, Ok(DeinitReason::UserStop)));
    }
    // Nobody can open something in between, and a plain wish to stop is not kept waiting.
    let mut events: Vec<_> = bars().collect();
    events.splice(2..2, [Event::Flatten(Then::Stop), Event::KillSwitch(None), Event::Stop]);
    assert_eq!(told(&run(Trial::new(), events)), ["1 trade buy 1 @ 1", "2 deinit UserStop"]);
}

fn with_limits(earlier: Option<RiskState>) -> Trial {
    let mut trial = Trial::new();
    trial.config.initial_capital = dec!(1000);
    trial.config.max_drawdown_pct = Some(Percent::new(dec!(5)));
    trial.config.daily_loss_limit = Some(dec!(30));
    (trial.carries, trial.earlier) = (true, earlier);
    trial
}

fn state_after(ran: &Ran) -> RiskState {
    ran.risk.last().unwrap().clone()
}

fn next_run(earlier: &RiskState, first_minute: i64, closes: &[f64]) -> Ran {
    let start = UnixNanos::from_seconds(first_minute * 60).unwrap();
    let bars =
        closes.iter().enumerate().map(|(place, price)| close(first_minute + i64::try_from(place).unwrap(), *price, *price));
    run(with_limits(Some(earlier.clone().carried_to(start, dec!(1000)))), bars.collect())
}

#[test]
fn a_drawdown_that_has_halted_a_run_halts_the_next_one_until_a_person_resumes() {
    let ran = run(with_limits(None), vec![close(0, 100.0, 100.0), close(1, 100.0, 40.0), close(2, 40.0, 40.0)]);
    let state = state_after(&ran);
    assert_eq!((state.equity, state.peak), (dec!(940), dec!(1000)));
    for first_minute in [3, 3 * 24 * 60] {
        let after = next_run(&state, first_minute, &[40.0, 40.0]);
        assert_eq!(after.log.iter().filter(|line| line.contains("error halted: ")).count(), 2, "{:?}", after.log);
        assert!(!after.log.iter().any(|line| line.contains("trade")));
    }
    let resumed = next_run(&state.resumed(), 3 * 24 * 60, &[40.0, 40.0]);
    assert!(resumed.log.iter().any(|line| line.contains("trade buy")), "{:?}", resumed.log);
}

#[test]
fn what_a_day_has_lost_counts_in_the_next_run_of_that_day_and_not_in_one_of_the_next_day() {
    // 20 of 30 are lost; the next run may lose ten.
    let state = state_after(&run(with_limits(None), vec![close(0, 100.0, 100.0), close(1, 100.0, 80.0)]));
    assert_eq!((state.day_start - state.equity, state.halt.clone()), (dec!(20), None));
    let closes = [100.0, 100.0, 85.0, 85.0];
    for (first_minute, halted) in [(10, true), (24 * 60, false)] {
        let after = next_run(&state, first_minute, &closes);
        let sold = after.log.iter().any(|line| line.contains("trade sell 1 @ 85"));
        assert_eq!(sold, halted, "{first_minute}: {:?}", after.log);
        let halt = state_after(&after).halt;
        assert_eq!(halt.map(|halt| halt.until.unwrap().to_string()), halted.then(|| "1970-01-02T00:00:00Z".to_owned()));
    }
}

#[test]
fn a_halt_of_a_day_is_carried_to_its_end() {
    let ran = run(with_limits(None), vec![close(0, 100.0, 100.0), close(1, 100.0, 70.0), close(2, 70.0, 70.0)]);
    let state = state_after(&ran);
    let until = UnixNanos::from_seconds(24 * 60 * 60);
    assert_eq!(state.halt, Some(Halt { breach: Breach::DailyLoss { start: dec!(1000), equity: dec!(970) }, until }));
    for (first_minute, bought) in [(3, false), (24 * 60, true)] {
        let after = next_run(&state, first_minute, &[70.0, 70.0]);
        assert_eq!(after.log.iter().any(|line| line.contains("trade buy")), bought, "{:?}", after.log);
    }
}

#[test]
fn drawdowns_add_up_over_runs() {
    let mut state = None;
    let mut lost = Vec::new();
    for first_minute in (0..5).map(|day| day * 24 * 60) {
        let earlier = state.take().map(|state: RiskState| state.carried_to(UnixNanos::MIN, dec!(1000)));
        let closes = [100.0, 100.0, 80.0, 80.0];
        let bars = closes.iter().zip(first_minute..).map(|(price, minute)| close(minute, *price, *price));
        let ran = run(with_limits(earlier), bars.collect());
        let last = state_after(&ran);
        lost.push((Decimal::ONE - last.equity / last.peak).round_dp(6));
        let halted = last.halt.is_some();
        state = Some(last);
        if halted {
            break;
        }
    }
    // 2 %, 2 % of what was left, and so on: the third run would be the first beyond 5 %.
    assert_eq!(lost, [dec!(0.02), dec!(0.0396), dec!(0.058808)]);
}

#[test]
fn nobody_is_told_of_limits_who_has_not_asked() {
    let mut trial = with_limits(None);
    trial.carries = false;
    let ran = run(trial, vec![close(0, 100.0, 100.0), close(1, 100.0, 40.0), close(2, 40.0, 40.0)]);
    assert!(ran.risk.is_empty());
}
