//! `metaexpert supervise`: what `run --detach` leaves behind, in a session of its own, so that no terminal takes it along.

use crate::{
    command_line::SuperviseArgs,
    console::Console,
    exit::{CommandError, Exit},
};

/// Watches over an expert, whose run file says how it is started.
#[cfg(unix)]
pub(crate) fn run(args: &SuperviseArgs, console: &mut Console) -> Result<Exit, CommandError> {
    use crate::processes::{Claim, StateFolder, refuse_if_it_lives, watch_over};

    // Fails only where it leads a group of its own already, as when a shell has started it.
    let _ = rustix::process::setsid();
    let folder = StateFolder::of_user()?.expert(&args.name)?;
    let _claim = match Claim::handed_over(&folder) {
        Some(claim) => claim,
        None => Claim::take(&folder)?,
    };
    refuse_if_it_lives(&folder)?;
    let run = folder
        .read()?
        .ok_or_else(|| CommandError::Failed(format!("`{}` was never started\nuse `metaexpert run --detach`", args.name)))?;
    watch_over(&folder, run, console)?;
    Ok(Exit::Good)
}

#[cfg(not(unix))]
pub(crate) fn run(args: &SuperviseArgs, _console: &mut Console) -> Result<Exit, CommandError> {
    Err(CommandError::Failed(format!("`{}`: no expert can run in the background of this system", args.name)))
}
