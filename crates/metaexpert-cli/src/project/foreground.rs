//! Runs a program here, with this terminal as its own, until it ends.
//!
//! The one decision: Ctrl-C is the program's to answer. The terminal gives it to both; this command waits for the program, so that
//! nothing is cut off and the last word is the program's own exit code. A request to end that came to this command alone
//! (SIGTERM, SIGHUP) is handed on.

use std::process::Command;

use super::Program;
use crate::exit::{CommandError, Exit};

/// Runs a program with these flags in its folder.
pub(crate) fn run_to_its_end(program: &Program, flags: &[String]) -> Result<Exit, CommandError> {
    let failed = |error| CommandError::Failed(format!("cannot run `{}`: {error}", program.executable.display()));
    let signals = signals::Caught::new().map_err(failed)?;
    let mut child = Command::new(&program.executable).args(flags).current_dir(&program.folder).spawn().map_err(failed)?;
    let handing_on = signals.hand_on_to(&child).map_err(failed)?;
    let ended = child.wait();
    drop(handing_on);
    Ok(Exit::of(ended.map_err(failed)?))
}

#[cfg(unix)]
mod signals {
    use std::{
        io,
        process::Child,
        sync::{Arc, atomic::AtomicBool},
        thread,
    };

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        flag,
        iterator::{Handle, Signals},
    };

    /// Signals that do not end this process any more. A child that is started begins without this.
    pub(super) struct Caught(Signals);

    /// Hands requests to end on, as long as it lives.
    pub(super) struct HandingOn(Handle);

    impl Caught {
        pub(super) fn new() -> io::Result<Self> {
            flag::register(SIGINT, Arc::new(AtomicBool::new(false)))?;
            Signals::new([SIGTERM, SIGHUP]).map(Self)
        }

        /// Those that have come meanwhile are handed on too.
        pub(super) fn hand_on_to(self, child: &Child) -> io::Result<HandingOn> {
            let child = Pid::from_child(child);
            let mut signals = self.0;
            let handle = signals.handle();
            thread::Builder::new().name("signals".to_owned()).spawn(move || {
                for signal in signals.forever() {
                    let signal = if signal == SIGHUP { Signal::HUP } else { Signal::TERM };
                    // A child that has ended by itself meanwhile needs no telling.
                    let _ = kill_process(child, signal);
                }
            })?;
            Ok(HandingOn(handle))
        }
    }

    impl Drop for HandingOn {
        fn drop(&mut self) {
            self.0.close();
        }
    }
}

#[cfg(not(unix))]
mod signals {
    use std::{io, process::Child};

    /// Elsewhere the console ends both at once.
    pub(super) struct Caught;

    impl Caught {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) fn hand_on_to(self, _child: &Child) -> io::Result<()> {
            Ok(())
        }
    }
}
