//! `metaexpert run`: builds an expert, and starts it here or in the background.

use crate::{
    command_line::RunArgs,
    console::Console,
    exit::{CommandError, Exit},
    processes, project,
};

pub(crate) fn run(args: &RunArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let program = project::build(&args.build, console)?;
    if args.detach { processes::detach(&program, args, console) } else { processes::run_here(&program, args, console) }
}
