//! What keeps an expert from opening anything: the file of its kill switch, and what its last run has left about its limits.
//!
//! The one decision: the files are the expert's own, read as the expert reads them, so that nothing has to be asked of it while it
//! trades.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use metaexpert_core::{
    UnixNanos,
    risk::{RiskState, WrittenRisk},
};

use super::{ExpertInfo, Guards, Known, State, StateError};

/// Why the experts of a program open nothing, a sentence each.
pub(crate) fn refusals(known: &Known, now: UnixNanos) -> Vec<String> {
    let experts = &known.run.experts;
    let several = experts.len() > 1;
    let of_expert = |(expert, guards): (&ExpertInfo, &Guards)| {
        let name = if several { format!("{}: ", expert.name) } else { String::new() };
        refusals_of(guards, known.state == State::Running, now).into_iter().map(move |refusal| format!("{name}{refusal}"))
    };
    experts.iter().filter_map(|expert| Some((expert, expert.guards.as_ref()?))).flat_map(of_expert).collect()
}

fn refusals_of(guards: &Guards, runs: bool, now: UnixNanos) -> Vec<String> {
    let switched = switch_is_on(&guards.kill_switch)
        .then(|| format!("new entries are refused: the file `{}` is there", guards.kill_switch.display()));
    let halted = match read_risk(&guards.risk) {
        // While it runs it takes back itself what is over, by the time of its market.
        Ok(state) => state.and_then(|state| state.halt).filter(|halt| runs || halt.holds(now)).map(|halt| halt.reason()),
        Err(error) => Some(error.to_string()),
    };
    switched.into_iter().chain(halted).collect()
}

/// The files that are there and keep experts from opening anything, each once.
pub(crate) fn kill_switches(known: &Known) -> Vec<&Path> {
    let guards = known.run.experts.iter().filter_map(|expert| expert.guards.as_ref());
    super::distinct(guards.map(|guards| guards.kill_switch.as_path()).filter(|path| switch_is_on(path)))
}

fn switch_is_on(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// What an expert has left about its limits; none where it has left nothing.
///
/// # Errors
/// Where that makes no sense, or cannot be read.
pub(crate) fn read_risk(path: &Path) -> Result<Option<RiskState>, StateError> {
    let path = || PathBuf::from(path);
    let text = match fs::read_to_string(path()) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StateError::Unreadable { path: path(), error }),
    };
    let written: WrittenRisk = serde_json::from_str(&text).map_err(|error| StateError::BrokenRisk { path: path(), error })?;
    Ok(Some(written.into_state()))
}
