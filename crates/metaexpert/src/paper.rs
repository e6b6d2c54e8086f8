//! The mode `paper` on data: experts that trade by the clock with orders that no exchange ever sees, on made-up or recorded bars.
//!
//! The one decision: each expert has a thread of its own, on which its feed waits for the next bar; all of them wait for the same
//! wish to stop too, so that a signal ends every wait at once. An expert that fails, or whose handler panics, ends alone. Where the
//! bars come from is the feed's secret. On live prices see [`live`](crate::live).

mod prepare; // from a configuration to a run that is ready
mod session; // a run, from its start to its end   <- read first

mod bars; // made up, or recorded
mod clock; // the market's time
mod feed; // bars by the clock
mod guards; // what guards the legs of a simulated account
mod kill_switch; // a file that refuses entries
mod risk_file; // what the next run has to know
#[cfg(unix)]
mod signals; // everything closed, because a signal says so
mod stop; // the wish to stop
mod venue; // the simulated venue, with positions that stay open

mod summary;
mod tally; // what is counted of a run

#[cfg(test)]
#[cfg(feature = "backtest")] // which they hold it against
mod tests;

use std::{sync::mpsc, thread};

use metaexpert_core::{Error, UnixNanos, expert::named_after};
use metaexpert_log::{error, slog::Logger};
use metaexpert_store::Store;

#[cfg(all(unix, feature = "live"))]
pub(crate) use self::signals::watch as watch_signals;
#[cfg(not(feature = "live"))]
use self::stop::StopRequest;
use self::{
    clock::PacedClock,
    prepare::prepare,
    session::Session,
    summary::{Heading, PaperSummary},
};
pub(crate) use self::{
    clock::wall_clock,
    guards::Guards,
    risk_file::RiskFile,
    stop::{Asked, STOP},
    tally::Tally,
};
#[cfg(feature = "live")]
pub(crate) use self::{
    kill_switch::KillSwitch,
    stop::{StopRequest, Wish},
    venue::PaperVenue,
};
use crate::{
    exit::{Console, Exit, RunError},
    journal::{Begun, Place},
    logs::{ExpertLogs, Logs},
    modes::{SIMULATED, Start},
};

/// What a thread that an expert runs on may put on its stack: as much as the main thread usually has, on which a backtest runs.
pub(crate) const STACK: usize = 8 << 20;

/// Trades on paper with all these experts at the same time, until each has ended. One that cannot begin does not keep the others
/// from it.
pub(crate) fn paper(starts: Vec<Start<'_>>, logs: &mut Logs, console: &mut Console<'_>) -> Exit {
    let several = starts.len() > 1;
    let heeding = STOP.heed();
    #[cfg(unix)]
    signals::watch();
    let now = wall_clock();
    let mut exit = Exit::Good;
    let mut ready = Vec::new();
    for start in starts {
        let name = start.entry.name();
        match Ready::new(start, now, logs, console) {
            Ok(expert) => ready.push(expert),
            Err(error) => {
                console.failed(several.then_some(name), &error);
                exit = exit.or_worse(error.exit());
            }
        }
    }
    if !ready.is_empty() {
        console.note(how_to_stop(&ready));
        exit = exit.or_worse(run_all(ready, now, several, &STOP, console));
    }
    drop(heeding);
    // A stop by another program is what it asked for; after Ctrl-C a shell wants to know.
    exit.or_worse(if STOP.asked() == Some(Asked::Interrupt) { Exit::Interrupted } else { Exit::Good })
}

/// An expert that is about to run.
struct Ready<'a> {
    start: Start<'a>,
    session: Session,
    store: Store,
    heading: Heading,
    log: Logger,
}

impl<'a> Ready<'a> {
    fn new(start: Start<'a>, now: UnixNanos, logs: &mut Logs, console: &mut Console<'_>) -> Result<Self, RunError> {
        let expert = start.resolved.config.strategy_name.clone().unwrap_or_else(|| start.entry.name().to_owned());
        let ExpertLogs { program: log, simulation } = logs.of_simulation(&start.resolved, &expert)?;
        let program = start.entry.instantiate(start.inputs.clone())?;
        let failed_before = |error: &RunError| error!(log, "the run did not begin"; "msgid" => "run.failed", "error" => #error);
        let (session, warnings) = prepare(program.wants(), &start.resolved, now).inspect_err(failed_before)?;
        for warning in warnings {
            console.warn(warning);
        }
        let begun = Place::new(&session.config, &expert, SIMULATED, String::new()).open(&session.config, now, 0);
        let Begun { store, kept, put_aside, renamed: _ } = begun.inspect_err(failed_before)?;
        if let Some(aside) = put_aside {
            console.note(format_args!("{expert}: what earlier runs have left was put aside as {}", aside.display()));
        }
        let left = kept.resumed(&session.instruments).map_err(|error| RunError::Data(error.to_string()));
        let left = left.inspect_err(failed_before)?;
        let mut file = RiskFile::new(&session.config, &expert, SIMULATED, log.clone());
        let earlier = file.read(session.span.start, session.config.initial_capital, &kept);
        let earlier = earlier.inspect_err(failed_before)?;
        if let Some(halt) = earlier.as_ref().and_then(|earlier| earlier.halt.as_ref()) {
            console.warn(file.warning(&expert, halt));
        }
        let left = Some((left, kept.run));
        let session = Session { expert, log: simulation, left, risk: Some((file, earlier)), ..session };
        let heading = Heading::of(&session);
        Ok(Self { start, session, store, heading, log })
    }

    /// Runs the expert to its end.
    fn run(self, started: UnixNanos, stop: &StopRequest) -> Result<PaperSummary, Error> {
        let Self { start: Start { entry, resolved, inputs, .. }, session, store, heading, log } = self;
        let speed = resolved.config.speed;
        let kill_switch_file = named_after(&session.config.kill_switch_file, &session.expert);
        let mut clock = PacedClock::new(started, session.span.start, speed, stop).watching(kill_switch_file.into());
        heading.log_start(&log, speed);
        // Made on the thread that it runs on: its state need not be able to change threads.
        let journal = store.journal(&session.instruments);
        let ran = entry.instantiate(inputs).and_then(|program| session.run(program, &mut clock, journal));
        let ran = ran.inspect_err(|error| error!(log, "the run did not begin"; "msgid" => "run.failed", "error" => #error))?;
        let summary = PaperSummary::new(heading, ran);
        summary.log_end(&log);
        // What the disk did not take in the end is known here and nowhere else.
        let closed = store.close().map_err(|error| Error::Storage(error.to_string()));
        closed.inspect_err(|error| error!(log, "the journal is not whole"; "msgid" => "journal.unwritten", "error" => #error))?;
        Ok(summary)
    }
}

/// Runs experts at the same time. What came of each is said when it has ended.
fn run_all(ready: Vec<Ready<'_>>, started: UnixNanos, several: bool, stop: &StopRequest, console: &mut Console<'_>) -> Exit {
    let mut exit = Exit::Good;
    let mut fail = |name: &str, error: &RunError, console: &mut Console<'_>| {
        console.failed(several.then_some(name), error);
        exit = exit.or_worse(error.exit());
    };
    thread::scope(|scope| {
        let (tell, hear) = mpsc::channel();
        let mut running = Vec::new();
        for expert in ready {
            let (name, tell) = (expert.start.entry.name(), tell.clone());
            let run = move || {
                let ran = expert.run(started, stop);
                // The other end is there until this one has been heard.
                let _ = tell.send((name, ran));
            };
            match thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn_scoped(scope, run) {
                Ok(thread) => running.push((name, thread)),
                Err(error) => fail(name, &RunError::Failed(format!("cannot start a thread: {error}")), console),
            }
        }
        drop(tell);
        for (name, ran) in hear {
            match ran {
                Ok(summary) => {
                    console.say(&summary);
                    if let Some(stopped) = summary.into_failure() {
                        fail(name, &RunError::stopped(name, stopped), console);
                    }
                }
                Err(error) => fail(name, &error.into(), console),
            }
        }
        for (name, thread) in running {
            // A handler's panic does not get here; this one is our own, and has been logged.
            if thread.join().is_err() {
                fail(name, &RunError::Failed("the expert's thread panicked".to_owned()), console);
            }
        }
    });
    exit
}

fn how_to_stop(ready: &[Ready<'_>]) -> String {
    let lines: Vec<_> = ready.iter().map(|expert| expert.heading.line()).collect();
    let process = std::process::id();
    format!("{}\nto stop in good order: Ctrl-C, or `kill {process}`; a second time ends it at once", lines.join(", "))
}
