//! Signals: sent to a process that is still the same one, received as events.
//!
//! Windows has none. There an expert can be run in its terminal, and ends with it.

use std::{io, sync::mpsc::Sender};

use super::Identity;

/// What somebody wants of this process, or of the expert that it watches over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Ctrl-C.
    Interrupt,
    /// The usual wish that a process end.
    Terminate,
    /// The terminal is gone.
    HangUp,
    /// That the expert close everything, and open nothing any more.
    FlattenAndHalt,
    /// That the expert close everything, and then end.
    FlattenAndStop,
}

/// Whether a signal found its process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes,
    /// It has ended; another process may have its number, and was left alone.
    ItHasEnded,
}

impl Asked {
    /// The exit code of a process that ends because of it, as shells have it.
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::HangUp => 129,
            Self::Interrupt => 130,
            Self::FlattenAndHalt => 138,
            Self::FlattenAndStop => 140,
            Self::Terminate => 143,
        }
    }

    /// Whether whoever is asked is to end.
    pub(crate) const fn is_for_the_end(self) -> bool {
        match self {
            Self::Interrupt | Self::Terminate | Self::HangUp | Self::FlattenAndStop => true,
            Self::FlattenAndHalt => false,
        }
    }
}

/// Asks a process to end in good order.
pub(crate) fn terminate(process: &Identity) -> io::Result<Sent> {
    hand_on(process, Asked::Terminate)
}

/// Asks a process for what this one was asked for.
pub(crate) fn hand_on(process: &Identity, asked: Asked) -> io::Result<Sent> {
    system::send(process, system::signal_of(asked))
}

/// Ends a process at once.
pub(crate) fn kill(process: &Identity) -> io::Result<Sent> {
    system::send(process, system::KILL)
}

/// From now on sends what this process is asked for, which then no longer ends it.
pub(crate) fn listen<E: Send + 'static>(to: Sender<E>, as_event: fn(Asked) -> E) -> io::Result<()> {
    system::listen(to, as_event)
}

/// The name of a signal, its number where it has none.
pub(crate) fn name_of(signal: i32) -> String {
    system::name_of(signal).map_or_else(|| format!("signal {signal}"), str::to_owned)
}

#[cfg(unix)]
mod system {
    use std::{io, sync::mpsc::Sender, thread};

    use rustix::{
        io::Errno,
        process::{Pid, Signal, kill_process},
    };
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2},
        iterator::Signals,
        low_level::signal_name,
    };

    use super::{Asked, Identity, Sent};

    pub(super) const KILL: Signal = Signal::KILL;

    pub(super) const fn signal_of(asked: Asked) -> Signal {
        match asked {
            Asked::Interrupt => Signal::INT,
            Asked::Terminate => Signal::TERM,
            Asked::HangUp => Signal::HUP,
            Asked::FlattenAndHalt => Signal::USR1,
            Asked::FlattenAndStop => Signal::USR2,
        }
    }

    pub(super) fn send(process: &Identity, signal: Signal) -> io::Result<Sent> {
        let Some(pid) = i32::try_from(process.pid).ok().and_then(Pid::from_raw) else { return Ok(Sent::ItHasEnded) };
        match send_to(pid, process, signal) {
            Ok(sent) => Ok(sent),
            Err(Errno::SRCH) => Ok(Sent::ItHasEnded),
            Err(error) => Err(error.into()),
        }
    }

    /// Linux has handles of processes: one is taken first, then looked at, so that the signal cannot reach another process.
    #[cfg(target_os = "linux")]
    fn send_to(pid: Pid, process: &Identity, signal: Signal) -> Result<Sent, Errno> {
        use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(_) if !process.is_alive() => Ok(Sent::ItHasEnded),
            Ok(handle) => pidfd_send_signal(handle, signal).map(|()| Sent::Yes),
            // Linux before 5.3, or a sandbox.
            Err(Errno::NOSYS | Errno::PERM) => send_by_number(pid, process, signal),
            Err(error) => Err(error),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn send_to(pid: Pid, process: &Identity, signal: Signal) -> Result<Sent, Errno> {
        send_by_number(pid, process, signal)
    }

    fn send_by_number(pid: Pid, process: &Identity, signal: Signal) -> Result<Sent, Errno> {
        if process.is_alive() { kill_process(pid, signal).map(|()| Sent::Yes) } else { Ok(Sent::ItHasEnded) }
    }

    pub(super) fn listen<E: Send + 'static>(to: Sender<E>, as_event: fn(Asked) -> E) -> io::Result<()> {
        let all = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2];
        let mut signals = Signals::new(all.into_iter().filter(|signal| !is_ignored(*signal)))?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                let asked = match signal {
                    SIGINT => Asked::Interrupt,
                    SIGHUP => Asked::HangUp,
                    SIGUSR1 => Asked::FlattenAndHalt,
                    SIGUSR2 => Asked::FlattenAndStop,
                    _ => Asked::Terminate,
                };
                if to.send(as_event(asked)).is_err() {
                    return;
                }
            }
        })?;
        Ok(())
    }

    /// Whether this process was started to ignore a signal, as `nohup` does it: then it goes on ignoring it.
    #[cfg(target_os = "linux")]
    fn is_ignored(signal: i32) -> bool {
        let mask = procfs::process::Process::myself().and_then(|this| this.status()).map(|status| status.sigign);
        mask.is_ok_and(|mask| mask.checked_shr(signal.unsigned_abs().saturating_sub(1)).is_some_and(|shifted| shifted & 1 == 1))
    }

    #[cfg(not(target_os = "linux"))]
    fn is_ignored(_signal: i32) -> bool {
        false
    }

    pub(super) fn name_of(signal: i32) -> Option<&'static str> {
        signal_name(signal)
    }
}

#[cfg(not(unix))]
mod system {
    use std::{io, sync::mpsc::Sender};

    use super::{Asked, Identity, Sent};

    pub(super) const KILL: () = ();

    pub(super) const fn signal_of(_asked: Asked) {}

    pub(super) fn send(_process: &Identity, (): ()) -> io::Result<Sent> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no signals; press Ctrl-C where the expert runs"))
    }

    #[expect(clippy::unnecessary_wraps, reason = "it can fail where there are signals")]
    pub(super) fn listen<E: Send + 'static>(_to: Sender<E>, _as_event: fn(Asked) -> E) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn name_of(_signal: i32) -> Option<&'static str> {
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn a_signal_reaches_its_process_and_never_another_one_with_its_number() {
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        let identity = Identity::of(child.id()).unwrap();
        assert_eq!(kill(&Identity::of_another_with(child.id())).unwrap(), Sent::ItHasEnded);
        assert!(identity.is_alive());
        assert_eq!(terminate(&identity).unwrap(), Sent::Yes);
        assert_eq!(child.wait().unwrap().signal(), Some(15));
        assert_eq!(kill(&identity).unwrap(), Sent::ItHasEnded);
    }

    #[test]
    fn a_signal_has_its_name() {
        assert_eq!([name_of(9), name_of(15), name_of(99)], ["SIGKILL", "SIGTERM", "signal 99"]);
    }
}
