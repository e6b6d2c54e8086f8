//! `metaexpert completions`: each shell gets a script that knows the subcommands.

use std::process::Command;

use crate::User;

#[test]
fn every_shell_gets_every_subcommand_and_none_that_is_hidden() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = User::new().runs(&["completions", shell]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{shell}");
        for word in ["metaexpert", "backtest", "doctor", "completions", "strategy", "base-url"] {
            assert!(said.out.contains(word), "{shell} does not know {word}");
        }
        assert!(!said.out.contains("supervise"), "{shell} shows what is hidden");
    }
}

#[test]
fn bash_understands_its_script() {
    let user = User::new();
    user.writes("completions.bash", &user.runs(&["completions", "bash"]).out);
    let Ok(output) = Command::new("bash").arg("-n").arg(user.work().join("completions.bash")).output() else {
        return; // there is no bash here
    };
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
