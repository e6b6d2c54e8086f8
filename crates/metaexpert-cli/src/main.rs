//! The command `metaexpert`: makes expert projects, runs them, watches them and stops them.
//!
//! The one decision: an expert is its own program with its own command line. This command builds it, starts it and keeps an eye
//! on it; it never looks inside, and whatever it does can be done without it.

mod command_line; // every subcommand with its flags
mod commands; // one file for each subcommand
mod console; // standard output and standard error
mod exit; // exit codes and what leads to them
mod listing; // what is listed, as a table or as JSON
mod user_defaults; // what the user likes the command's options to be

mod project; // finds and builds an expert's program
mod template; // the project that `new` and `init` write

mod asking; // exchanges, asked

mod log_files; // what experts have logged
mod processes; // experts as processes: started, watched over, known by name, stopped

mod doctor; // what could go wrong, looked at
mod program; // other programs, asked and not waited for in vain

use std::process::ExitCode;

use clap::Parser;

use crate::{command_line::CommandLine, console::Console, exit::Exit};

fn main() -> ExitCode {
    let mut console = Console::of_process();
    let exit = match CommandLine::try_parse() {
        Ok(line) => commands::run(line.command, &mut console).unwrap_or_else(|error| {
            console.error(&error);
            error.exit()
        }),
        Err(error) if error.use_stderr() => {
            let text = error.render().to_string();
            console.error(text.strip_prefix("error: ").unwrap_or(&text));
            Exit::Usage
        }
        Err(help) => {
            console.say(help.render());
            Exit::Good
        }
    };
    exit.into()
}
