//! The tutorial's commands, in its order, in one shell.

use std::{fmt::Write as _, fs, process::Stdio};

use crate::sandbox::{Sandbox, checkout};

/// What a person types, with one thing built: a project's own tests, too, are those of the release that all else here runs.
const SHELL: &str = r#"set -euo pipefail
cargo() {
  if [ "$1" = test ]; then command cargo "$@" --release; else command cargo "$@"; fi
}
"#;

/// The lines of all blocks of a language.
pub(crate) fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut within = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            within = !within && line.trim() == format!("```{language}");
        } else if within {
            lines.push(line.to_owned());
        }
    }
    lines
}

#[test]
fn every_command_of_the_tutorial_works_in_its_order() {
    let tutorial = fs::read_to_string(checkout().join("docs/tutorials/first-expert.md")).unwrap();
    let commands = blocks(&tutorial, "sh");
    assert!(commands.iter().filter(|line| line.starts_with("metaexpert ")).count() >= 8, "{commands:#?}");

    let user = Sandbox::new();
    let mut script = SHELL.to_owned();
    for command in &commands {
        let _ = writeln!(script, "echo '+ {}' >&2\n{command}", command.replace('\'', "'\\''"));
    }
    // What `git clone` would have left.
    std::os::unix::fs::symlink(checkout(), user.work().join("metaexpert")).unwrap();
    let bin = user.work().join("bin");
    let path = format!("{}:{}", bin.join("bin").display(), std::env::var("PATH").unwrap_or_default());
    let output = user
        .command("bash")
        .args(["-c", &script])
        .current_dir(user.work())
        .env("PATH", path)
        .env("CARGO_INSTALL_ROOT", bin)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
}
