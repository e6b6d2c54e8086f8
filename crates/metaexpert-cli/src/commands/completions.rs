//! `metaexpert completions`: the script that makes a shell complete this command, printed from the same declaration as its help.

use clap::{Command, CommandFactory as _};

use crate::{
    command_line::{CommandLine, CompletionsArgs},
    console::Console,
    exit::{CommandError, Exit},
};

#[expect(clippy::unnecessary_wraps, reason = "every subcommand has the same signature")]
pub(crate) fn run(args: &CompletionsArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let mut command = shown();
    let name = command.get_name().to_owned();
    // Into memory first: the generator panics where a pipe is closed early.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    console.say(String::from_utf8_lossy(&script));
    Ok(Exit::Good)
}

/// The command without what is hidden from its help; the generator does not know that it is.
fn shown() -> Command {
    let whole = CommandLine::command();
    let subcommands = whole.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()).cloned();
    Command::new(whole.get_name().to_owned()).version(env!("CARGO_PKG_VERSION")).subcommands(subcommands)
}
