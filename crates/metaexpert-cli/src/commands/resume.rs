//! `metaexpert resume`: a person says that an expert that was halted may open positions again.
//!
//! The one decision: only of an expert that does not run. One that does goes by what it has in mind, and writes that over whatever
//! stands in its file.

use metaexpert_core::risk::WrittenRisk;

use crate::{
    command_line::ResumeArgs,
    console::Console,
    exit::{CommandError, Exit},
    processes::{Claim, ExpertInfo, Guards, Known, StateFolder, kill_switches, read_risk, write_whole},
};

pub(crate) fn run(args: &ResumeArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let name = &args.name;
    let folder = Known::by_name(&StateFolder::of_user()?, name)?.folder;
    let known = Known::load(&folder)?.filter(|known| known.state.is_live());
    if let Some(known) = known {
        return Err(CommandError::Failed(format!(
            "`{name}` {}, and resumes with its next start only\n`metaexpert stop {name}`, then `metaexpert resume {name}`, then run it again",
            known.in_short()
        )));
    }
    // So that nobody starts it meanwhile.
    let _claim = Claim::take(&folder)?;
    let Some(known) = Known::load(&folder)? else {
        return Err(CommandError::Data(format!("the run file of `{name}` is gone")));
    };
    let mut resumed = 0;
    for (expert, guards) in known.run.experts.iter().filter_map(|expert| Some((expert, expert.guards.as_ref()?))) {
        resumed += usize::from(resume(expert, guards, console)?);
    }
    if resumed == 0 {
        console.say_line(format_args!("`{name}` is not halted"));
    }
    for file in kill_switches(&known) {
        console.warn(format_args!("the file `{}` is there: as long as it is, new entries are refused", file.display()));
    }
    Ok(Exit::Good)
}

/// Ends the halt of one expert; whether there was one.
fn resume(expert: &ExpertInfo, guards: &Guards, console: &mut Console) -> Result<bool, CommandError> {
    let Some(state) = read_risk(&guards.risk)? else { return Ok(false) };
    let Some(halt) = state.halt.clone() else { return Ok(false) };
    write_whole(&guards.risk, &WrittenRisk::V1(state.resumed()))?;
    console
        .say_line(format_args!("{} may open positions again with its next start; it was halted: {}", expert.name, halt.breach));
    Ok(true)
}
