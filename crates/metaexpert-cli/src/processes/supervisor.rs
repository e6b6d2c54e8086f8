//! Whoever watches over an expert: starts it, waits for its end, writes it down, and starts it again where the rule says so.
//!
//! The one decision: it does nothing else. Whatever could go wrong with more would take the expert's only witness along.

use std::{
    io,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Asked, Ending, ExpertFolder, How, Identity, Phase, RunFile, hand_on, listen,
    restart::{Next, Restarts},
    terminate,
};
use crate::{console::Console, exit::CommandError};

/// How it ended, for whoever has waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Watched {
    Ended(How),
    /// It was waiting to be started again when it was told to stop.
    StoppedBetween(Asked),
}

/// Watches over an expert until it has ended for good. The caller holds the claim on its name.
pub(crate) fn watch_over(folder: &ExpertFolder, mut run: RunFile, console: &mut Console) -> Result<Watched, CommandError> {
    let cannot = |why: &dyn std::fmt::Display| CommandError::Failed(format!("cannot watch over `{}`: {why}", folder.name));
    let (sender, events) = mpsc::channel();
    // Before anybody can know this process: a wish to stop must not end it.
    listen(sender.clone(), Event::Asked).map_err(|error| cannot(&error))?;
    let this = Identity::of_this_process().ok_or_else(|| cannot(&"the system does not tell processes apart"))?;
    run.supervisor = Some(this);
    Supervisor { folder, run, sender, events, is_asked_to_stop: false, is_handed_on: false, console }.watch()
}

#[derive(Debug)]
enum Event {
    Asked(Asked),
    Ended(io::Result<ExitStatus>),
}

struct Supervisor<'a> {
    folder: &'a ExpertFolder,
    run: RunFile,
    sender: Sender<Event>,
    events: Receiver<Event>,
    /// Nobody wants it to go on: however it ends, it is not started again.
    is_asked_to_stop: bool,
    /// The expert was told by this process.
    is_handed_on: bool,
    console: &'a mut Console,
}

impl Supervisor<'_> {
    fn watch(&mut self) -> Result<Watched, CommandError> {
        let mut restarts = Restarts::new(self.run.restart);
        loop {
            let began = Instant::now();
            let how = match self.start() {
                Ok(expert) => self.wait_for(&expert)?,
                Err(error) => How::NotStarted(error.to_string()),
            };
            let ending = Ending { at: Timestamp::now(), how, was_asked: self.is_asked_to_stop };
            let next = if self.is_asked_to_stop { Next::LeaveIt } else { restarts.after(&ending.how, began.elapsed()) };
            let Next::StartAgain { after } = next else {
                if next == Next::GiveUp {
                    self.tell(&format!("{}; it has failed too often to be started again", ending.how));
                }
                self.enter(Phase::Over(ending.clone()));
                return Ok(Watched::Ended(ending.how));
            };
            self.tell(&format!("{}; it is started again in {} s", ending.how, after.as_secs()));
            let until = ending.at.saturating_add(SignedDuration::try_from(after).unwrap_or_default()).unwrap_or(ending.at);
            self.enter(Phase::Waiting { until, after: ending.clone() });
            if let Some(asked) = self.asked_within(after) {
                self.enter(Phase::Over(Ending { at: Timestamp::now(), was_asked: true, ..ending }));
                return Ok(Watched::StoppedBetween(asked));
            }
            self.run.restarts = self.run.restarts.saturating_add(1);
        }
    }

    /// Starts the expert with this process's own standard output and standard error: the terminal, or the file of its output.
    fn start(&mut self) -> io::Result<Identity> {
        let mut command = Command::new(&self.run.program.executable);
        command.args(&self.run.flags).current_dir(&self.run.program.folder);
        // In the background the standard input is the claim, which the expert must not keep.
        command.stdin(if self.run.in_foreground { Stdio::inherit() } else { Stdio::null() });
        let child = command.spawn()?;
        let expert = Identity::of(child.id()).ok_or_else(|| io::Error::other("its process cannot be told apart from others"))?;
        self.enter(Phase::Running { expert: expert.clone(), since: Timestamp::now() });
        // What nobody waits for must not run.
        self.tell_of_end(child).inspect_err(|_| drop(terminate(&expert)))?;
        Ok(expert)
    }

    fn tell_of_end(&self, mut child: Child) -> io::Result<()> {
        let sender = self.sender.clone();
        thread::Builder::new().name("expert".to_owned()).spawn(move || sender.send(Event::Ended(child.wait())))?;
        Ok(())
    }

    /// Waits for the expert's end, and hands on what this process is asked for.
    fn wait_for(&mut self, expert: &Identity) -> Result<How, CommandError> {
        loop {
            match self.events.recv() {
                Ok(Event::Ended(status)) => {
                    let status = status.map_err(|error| CommandError::Failed(format!("its end cannot be told: {error}")))?;
                    return Ok(How::of(status));
                }
                Ok(Event::Asked(asked)) => self.hand_on(asked, expert),
                // This holds a sender itself.
                Err(mpsc::RecvError) => return Ok(How::Unseen),
            }
        }
    }

    /// Hands a wish on; the plain one to stop once, for an expert takes a second one for the wish to end at once.
    fn hand_on(&mut self, asked: Asked, expert: &Identity) {
        self.is_asked_to_stop |= asked.is_for_the_end();
        if matches!(asked, Asked::FlattenAndHalt | Asked::FlattenAndStop) {
            if let Err(error) = hand_on(expert, asked) {
                self.console.error(format_args!("`{}` cannot be told to close everything: {error}", self.folder.name));
            }
            return;
        }
        let was_told_by_terminal = self.run.in_foreground && asked != Asked::Terminate && is_in_terminal();
        if self.is_handed_on || was_told_by_terminal {
            return;
        }
        self.is_handed_on = true;
        if let Err(error) = terminate(expert) {
            self.console.error(format_args!("`{}` cannot be told to stop: {error}", self.folder.name));
        }
    }

    /// Waits that long, unless somebody asks for the end.
    fn asked_within(&self, time: Duration) -> Option<Asked> {
        let end = Instant::now() + time;
        loop {
            match self.events.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Event::Asked(asked)) if asked.is_for_the_end() => return Some(asked),
                // Nothing runs that could be open.
                Ok(Event::Asked(_) | Event::Ended(_)) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Writes down how far it has come. An expert goes on where that cannot be written: it trades.
    fn enter(&mut self, phase: Phase) {
        self.run.phase = phase;
        if let Err(error) = self.folder.write(&self.run) {
            self.console.error(&error);
        }
    }

    fn tell(&mut self, what: &str) {
        self.console.tell(format_args!("metaexpert: `{}` {what}", self.folder.name));
    }
}

/// Whether this process has a terminal, which tells all that was started in it of a Ctrl-C and of its own end.
fn is_in_terminal() -> bool {
    cfg!(unix) && std::fs::File::open("/dev/tty").is_ok()
}
