//! What the run file of an expert comes to now: it is believed only as far as its processes are still the same ones.

use std::fmt;

use jiff::Timestamp;
use metaexpert_core::config::nearest;
use serde::Serialize;

use super::{Ending, ExpertFolder, How, Identity, Phase, RunFile, StateError, StateFolder};
use crate::exit::CommandError;

/// How an expert is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It is about to run.
    Starting,
    /// It runs.
    Running,
    /// It has failed, and is started again in a while.
    Restarting,
    /// It has ended, and its supervisor is about to say how.
    Ending,
    /// It has ended well, or was interrupted.
    Ended,
    /// It has ended with an error, or could not be started.
    Failed,
    /// A signal has ended it.
    Killed,
    /// It vanished together with its supervisor: the machine was restarted, or both were killed.
    Lost,
}

impl State {
    /// Whether there is something to be stopped.
    pub(crate) const fn is_live(self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Restarting | Self::Ending)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Restarting => "restarting",
            Self::Ending => "ending",
            Self::Ended => "ended",
            Self::Failed => "failed",
            Self::Killed => "killed",
            Self::Lost => "lost",
        })
    }
}

/// An expert that was started once, with what has become of it.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) folder: ExpertFolder,
    pub(crate) run: RunFile,
    pub(crate) state: State,
    /// Somebody writes down what becomes of it.
    pub(crate) is_supervised: bool,
}

impl Known {
    /// What is known under the name of a folder; none where nothing is.
    pub(crate) fn load(folder: &ExpertFolder) -> Result<Option<Self>, StateError> {
        let Some(known) = Self::read(folder)? else { return Ok(None) };
        // It may have ended, and have been written down, since the file was read; now nobody writes it any more.
        if known.state == State::Lost { Self::read(folder) } else { Ok(Some(known)) }
    }

    fn read(folder: &ExpertFolder) -> Result<Option<Self>, StateError> {
        let Some(run) = folder.read()? else { return Ok(None) };
        let is_supervised = run.supervisor.as_ref().is_some_and(Identity::is_alive);
        let state = state_of(&run.phase, is_supervised);
        Ok(Some(Self { folder: folder.clone(), run, state, is_supervised }))
    }

    /// What is known under a name.
    ///
    /// # Errors
    /// When nothing is: the error names the nearest name.
    pub(crate) fn by_name(state: &StateFolder, name: &str) -> Result<Self, CommandError> {
        let nobody = || {
            let experts = state.experts().unwrap_or_default();
            let hint = match nearest(name, experts.iter().map(|expert| expert.name.as_str())) {
                Some(near) => format!("did you mean `{near}`? "),
                None => String::new(),
            };
            CommandError::Configuration(format!(
                "no expert is known as `{name}`\n{hint}`metaexpert list` shows all that were started"
            ))
        };
        // What cannot be the name of an expert is that of none.
        let folder = state.expert(name).map_err(|_| nobody())?;
        Self::load(&folder)?.ok_or_else(nobody)
    }

    /// The process of the expert, if it has one.
    pub(crate) const fn expert(&self) -> Option<&Identity> {
        match (&self.run.phase, self.state) {
            (Phase::Running { expert, .. }, State::Running) => Some(expert),
            _ => None,
        }
    }

    /// How it ended, or how it ended the last time.
    pub(crate) const fn ending(&self) -> Option<&Ending> {
        match &self.run.phase {
            Phase::Over(ending) | Phase::Waiting { after: ending, .. } => Some(ending),
            Phase::Starting { .. } | Phase::Running { .. } => None,
        }
    }

    /// Since when it has been what it is, where that is known.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        match &self.run.phase {
            Phase::Running { since, .. } => (self.state == State::Running).then_some(*since),
            Phase::Starting { .. } => None,
            Phase::Waiting { after: ending, .. } => (self.state == State::Restarting).then_some(ending.at),
            Phase::Over(ending) => Some(ending.at),
        }
    }

    /// How long it runs.
    pub(crate) fn uptime_seconds(&self, now: Timestamp) -> Option<i64> {
        let since = self.since().filter(|_| self.state == State::Running)?;
        Some(now.duration_since(since).as_secs().max(0))
    }

    /// How it is doing, as the end of a sentence that begins with its name.
    pub(crate) fn in_short(&self) -> String {
        match (self.state, self.expert(), self.ending()) {
            (State::Running, Some(expert), _) => format!("runs (process {})", expert.pid),
            (State::Restarting, _, Some(ending)) => format!("{} and is about to be started again", ending.how),
            (State::Lost, ..) => "vanished without a word, as after a restart of the machine".to_owned(),
            (_, _, Some(ending)) => ending.to_string(),
            (state, ..) => format!("is {state}"),
        }
    }
}

/// All experts that were started once, by name, and what stands in the way of knowing more of them.
pub(crate) fn all_known(state: &StateFolder) -> Result<(Vec<Known>, Vec<StateError>), StateError> {
    let (mut known, mut errors) = (Vec::new(), Vec::new());
    for folder in state.experts()? {
        match Known::load(&folder) {
            Ok(expert) => known.extend(expert),
            Err(error) => errors.push(error),
        }
    }
    Ok((known, errors))
}

fn state_of(phase: &Phase, is_supervised: bool) -> State {
    match phase {
        // Whoever wants to start it may have handed it to its supervisor, which writes its own name down later.
        Phase::Starting { by } if is_supervised || by.is_alive() => State::Starting,
        Phase::Running { expert, .. } if expert.is_alive() => State::Running,
        Phase::Running { .. } if is_supervised => State::Ending,
        Phase::Waiting { .. } if is_supervised => State::Restarting,
        Phase::Starting { .. } | Phase::Running { .. } | Phase::Waiting { .. } => State::Lost,
        Phase::Over(ending) => match ending.how {
            How::Signal(_) => State::Killed,
            _ if ending.how.is_good() => State::Ended,
            _ => State::Failed,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_file_is_believed_as_far_as_its_processes_are_the_same_ones() {
        let alive = || Identity::of_this_process().unwrap();
        let gone = || Identity::of_another_with(std::process::id());
        let (at, since, until) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        let ending = |how| Ending { at, how, was_asked: false };
        let waiting = || Phase::Waiting { until, after: ending(How::Code(1)) };
        for (phase, is_supervised, expected) in [
            (Phase::Starting { by: alive() }, false, State::Starting),
            (Phase::Starting { by: gone() }, true, State::Starting),
            (Phase::Starting { by: gone() }, false, State::Lost),
            (Phase::Running { expert: alive(), since }, true, State::Running),
            (Phase::Running { expert: alive(), since }, false, State::Running),
            (Phase::Running { expert: gone(), since }, true, State::Ending),
            (Phase::Running { expert: gone(), since }, false, State::Lost),
            (waiting(), true, State::Restarting),
            (waiting(), false, State::Lost),
            (Phase::Over(ending(How::Code(0))), false, State::Ended),
            (Phase::Over(ending(How::Code(130))), false, State::Ended),
            (Phase::Over(ending(How::Unseen)), false, State::Ended),
            (Phase::Over(ending(How::Code(3))), true, State::Failed),
            (Phase::Over(ending(How::NotStarted(String::new()))), false, State::Failed),
            (Phase::Over(ending(How::Signal(9))), false, State::Killed),
        ] {
            assert_eq!(state_of(&phase, is_supervised), expected, "{phase:?}");
        }
    }

    #[test]
    fn a_name_that_nobody_has_is_answered_with_the_nearest() {
        let home = tempfile::tempdir().unwrap();
        let state = StateFolder::for_test(home.path());
        let error = Known::by_name(&state, "alpha").unwrap_err().to_string();
        assert!(error.starts_with("no expert is known as `alpha`") && !error.contains("did you mean"), "{error}");
        let folder = state.expert("alpha").unwrap();
        folder.make().unwrap();
        let program = crate::project::Program { name: "alpha".into(), executable: "/x".into(), folder: "/".into() };
        folder.write(&RunFile::new("alpha", program, vec![], vec![], Identity::of_this_process().unwrap())).unwrap();
        for name in ["alpa", "Alpha", "alpha/"] {
            let error = Known::by_name(&state, name).unwrap_err().to_string();
            assert!(error.contains("did you mean `alpha`?"), "{error}");
        }
    }
}
