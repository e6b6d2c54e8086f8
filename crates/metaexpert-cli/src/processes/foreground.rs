//! Runs a program here, with this terminal as its own, until it ends.
//!
//! The one decision: Ctrl-C is the program's to answer. The terminal gives it to both; this command waits for the program, so that
//! nothing is cut off and the last word is the program's own exit code. A request that came to this command alone (SIGTERM,
//! SIGHUP) is handed on.

use std::{
    io,
    process::{Command, ExitStatus},
    sync::mpsc,
    thread,
};

use super::{Asked, How, Identity, hand_on, listen};
use crate::{
    exit::{CommandError, Exit},
    project::Program,
};

enum Event {
    Asked(Asked),
    Ended(io::Result<ExitStatus>),
}

/// Runs a program with these flags in its folder.
pub(crate) fn run_to_its_end(program: &Program, flags: &[String]) -> Result<Exit, CommandError> {
    let failed = |error| CommandError::Failed(format!("cannot run `{}`: {error}", program.executable.display()));
    let (sender, events) = mpsc::channel();
    // Before it is started: from then on nothing ends this process but its end.
    listen(sender.clone(), Event::Asked).map_err(failed)?;
    let mut child = Command::new(&program.executable).args(flags).current_dir(&program.folder).spawn().map_err(failed)?;
    let process = Identity::of(child.id());
    thread::spawn(move || sender.send(Event::Ended(child.wait())));
    loop {
        match events.recv() {
            Ok(Event::Ended(status)) => return Ok(How::of(status.map_err(failed)?).exit()),
            Ok(Event::Asked(Asked::Interrupt)) => {}
            // One that has ended by itself meanwhile needs no telling.
            Ok(Event::Asked(asked)) => drop(process.as_ref().map(|process| hand_on(process, asked))),
            Err(mpsc::RecvError) => return Ok(How::Unseen.exit()),
        }
    }
}
