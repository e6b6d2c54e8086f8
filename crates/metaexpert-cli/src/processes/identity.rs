//! A process, told apart from a later one that was given the same number.
//!
//! The one decision: a process is its number and when it was started, by a clock that nobody sets. On Linux that is the tick since
//! the boot, with the boot's own id, for a date would shift whenever the wall clock is corrected. Elsewhere it is the date that
//! the kernel has written down once.

use serde::{Deserialize, Serialize};

/// A process that was seen once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) pid: u32,
    /// When it was started, in words of the system; good for comparing only.
    start: String,
}

impl Identity {
    /// The process that has this number now, if there is one; one that has ended and was not waited for counts.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        system::look_at(pid).map(|seen| Self { pid, start: seen.start })
    }

    /// This process.
    pub(crate) fn of_this_process() -> Option<Self> {
        Self::of(std::process::id())
    }

    /// Whether this very process still runs.
    pub(crate) fn is_alive(&self) -> bool {
        system::look_at(self.pid).is_some_and(|seen| seen.start == self.start && !seen.has_ended)
    }
}

/// What the system says about a process.
struct Seen {
    start: String,
    /// It has ended, and its parent has not asked how.
    has_ended: bool,
}

#[cfg(target_os = "linux")]
mod system {
    use std::sync::LazyLock;

    use procfs::{process::Process, sys::kernel::random::boot_id};

    use super::Seen;

    static BOOT: LazyLock<String> = LazyLock::new(|| boot_id().map(|id| id.trim().to_owned()).unwrap_or_default());

    pub(super) fn look_at(pid: u32) -> Option<Seen> {
        let stat = Process::new(i32::try_from(pid).ok()?).and_then(|process| process.stat()).ok()?;
        Some(Seen { start: format!("{}+{}", *BOOT, stat.starttime), has_ended: matches!(stat.state, 'Z' | 'X' | 'x') })
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System};

    use super::Seen;

    pub(super) fn look_at(pid: u32) -> Option<Seen> {
        let mut system = System::new().ok()?;
        let pid = Pid::from_u32(pid);
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, ProcessRefreshKind::nothing());
        let process = system.process(pid)?;
        let has_ended = matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead);
        Some(Seen { start: process.start_time().to_string(), has_ended })
    }
}

#[cfg(test)]
impl Identity {
    /// Some other process that once had this number.
    pub(crate) fn of_another_with(pid: u32) -> Self {
        Self { pid, start: "before the flood".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_remains_the_same() {
        let this = Identity::of_this_process().unwrap();
        assert!(this.is_alive());
        assert_eq!(Identity::of_this_process(), Some(this));
    }

    #[test]
    fn a_process_that_was_given_the_number_of_another_is_not_that_one() {
        assert!(!Identity::of_another_with(std::process::id()).is_alive());
    }

    #[cfg(unix)]
    #[test]
    fn a_process_that_has_ended_is_not_alive_whether_it_was_waited_for_or_not() {
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        let identity = Identity::of(child.id()).unwrap();
        assert!(identity.is_alive());
        child.kill().unwrap();
        while identity.is_alive() {
            std::thread::yield_now();
        }
        assert!(Identity::of(child.id()).is_some_and(|unwaited| unwaited == identity));
        child.wait().unwrap();
        assert!(!identity.is_alive());
    }
}
