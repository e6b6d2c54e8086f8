//! `metaexpert stop`: an expert is asked to end, and its end is waited for.
//!
//! The one decision: the wish goes to whoever watches over the expert, which hands it on, so that an expert that was told to stop
//! is not taken for one that has failed. What has ended already is stopped: that is no error.

use std::{
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::{
    command_line::StopArgs,
    console::Console,
    exit::{CommandError, Exit},
    processes::{
        Asked, Claim, Ending, ExpertFolder, How, Identity, Known, Phase, RunFile, Sent, State, StateFolder, hand_on, kill,
    },
    user_defaults::given_or,
};

/// How long a killed process, or the one that watches over it, may take to be gone.
const AFTER_KILLING: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

pub(crate) fn run(args: &StopArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let known = Known::by_name(&StateFolder::of_user()?, &args.name)?;
    if !known.state.is_live() {
        console.say_line(format_args!("`{}` does not run: it {}", args.name, known.in_short()));
        return Ok(Exit::Good);
    }
    let timeout = Duration::from_secs(given_or(args.timeout, |defaults| defaults.stop_timeout)?);
    let began = Instant::now();
    let wish = if args.flatten { Asked::FlattenAndStop } else { Asked::Terminate };
    let mut stop = Stop { folder: known.folder, wish, is_told: false, is_killed: false };
    let mut ended = stop.wait(timeout, Stop::tell)?;
    if ended.is_none() && !args.force {
        return Err(still_runs(&stop, timeout));
    }
    if ended.is_none() {
        console.tell(format_args!("`{}` has not ended within {} s and is killed", args.name, timeout.as_secs()));
        ended = stop.wait(AFTER_KILLING, Stop::kill)?;
    }
    // Whoever watches over it should have written its end down by now.
    if ended.is_none() {
        ended = stop.wait(AFTER_KILLING, Stop::kill_supervisor)?;
    }
    let ended = ended.ok_or_else(|| CommandError::Failed(format!("`{}` was killed, and is still there", args.name)))?;
    let seconds = began.elapsed().as_secs_f64();
    console.say_line(format_args!("`{}` {} ({seconds:.1} s)", args.name, ended.in_short()));
    Ok(Exit::Good)
}

/// An expert on its way to its end.
struct Stop {
    folder: ExpertFolder,
    /// What it is told.
    wish: Asked,
    is_told: bool,
    is_killed: bool,
}

impl Stop {
    /// Does its part until the expert has ended; none where it has not by then.
    fn wait(
        &mut self,
        time: Duration,
        part: fn(&mut Self, &Known) -> Result<(), CommandError>,
    ) -> Result<Option<Known>, CommandError> {
        let end = Instant::now().checked_add(time);
        loop {
            let Some(known) = Known::load(&self.folder)? else {
                return Err(CommandError::Data(format!("the run file of `{}` is gone", self.folder.name)));
            };
            if known.state == State::Lost && (self.is_told || self.is_killed) {
                // Nobody was left to see its end but this command.
                self.write_down_the_end(known.run)?;
            } else if !known.state.is_live() {
                return Ok(Some(known));
            } else {
                part(self, &known)?;
                if end.is_some_and(|end| Instant::now() >= end) {
                    return Ok(None);
                }
                thread::sleep(BETWEEN_LOOKS);
            }
        }
    }

    /// Tells it once, as soon as there is somebody to be told.
    fn tell(&mut self, known: &Known) -> Result<(), CommandError> {
        let supervisor = known.run.supervisor.as_ref().filter(|_| known.is_supervised);
        // A supervisor that has just ended leaves the expert to be told itself.
        if let (false, Some(process)) = (self.is_told, supervisor.or_else(|| known.expert())) {
            self.is_told = hand_on(process, self.wish).map_err(|error| self.cannot_be_told(process, &error))? == Sent::Yes;
        }
        Ok(())
    }

    fn kill(&mut self, known: &Known) -> Result<(), CommandError> {
        known.expert().map_or(Ok(()), |expert| self.kill_process(expert))
    }

    fn kill_supervisor(&mut self, known: &Known) -> Result<(), CommandError> {
        known.run.supervisor.as_ref().filter(|_| known.is_supervised).map_or(Ok(()), |process| self.kill_process(process))
    }

    fn kill_process(&mut self, process: &Identity) -> Result<(), CommandError> {
        self.is_killed |= kill(process).map_err(|error| self.cannot_be_told(process, &error))? == Sent::Yes;
        Ok(())
    }

    fn cannot_be_told(&self, process: &Identity, error: &std::io::Error) -> CommandError {
        CommandError::Failed(format!("`{}` (process {}) cannot be told to stop: {error}", self.folder.name, process.pid))
    }

    fn write_down_the_end(&self, mut run: RunFile) -> Result<(), CommandError> {
        let _claim = Claim::take(&self.folder)?;
        let how = if self.is_killed { How::Signal(9) } else { How::Unseen };
        run.phase = Phase::Over(Ending { at: Timestamp::now(), how, was_asked: true });
        Ok(self.folder.write(&run)?)
    }
}

fn still_runs(stop: &Stop, timeout: Duration) -> CommandError {
    let name = &stop.folder.name;
    let state = match Known::load(&stop.folder) {
        Ok(Some(known)) => known.in_short(),
        _ => "runs".to_owned(),
    };
    let or = match stop.wish {
        Asked::FlattenAndStop => format!("`metaexpert stop {name}` ends it with what is still open"),
        _ => format!("`metaexpert stop {name} --force` kills it"),
    };
    CommandError::Failed(format!(
        "`{name}` still {state}, {} s after it was told to stop\n`metaexpert logs {name}` shows what it does; {or}",
        timeout.as_secs()
    ))
}
