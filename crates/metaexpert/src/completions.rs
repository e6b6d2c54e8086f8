//! `--completions SHELL`: a script by which a shell completes the program's flags and their values.

use clap::Command;
use clap_complete::Shell;

/// The shells that there is a script for.
pub(crate) const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "elvish", "powershell"];

/// The script for a shell, which calls the program by the name that the command has; empty for a shell that there is not.
pub(crate) fn script(mut command: Command, shell: &str) -> Vec<u8> {
    let mut script = Vec::new();
    if let Ok(shell) = shell.parse::<Shell>() {
        let program = command.get_name().to_owned();
        clap_complete::generate(shell, &mut command, program, &mut script);
    }
    script
}
