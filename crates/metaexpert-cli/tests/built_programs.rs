//! Programs that are built and run: where they run, with which flags, what they hand on. The programs stand in for experts, so that
//! there is next to nothing to compile.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Says its folder and its flags, and ends with the code that the first flag after `--code` is.
const PROGRAM: &str = r#"
fn main() {
    let flags: Vec<_> = std::env::args().skip(1).collect();
    println!("{} {}", std::env::current_dir().unwrap().display(), flags.join(" "));
    match flags.iter().position(|flag| flag == "--code") {
        Some(place) => std::process::exit(flags[place + 1].parse().unwrap()),
        None if flags.iter().any(|flag| flag == "--wait") => loop { std::thread::park() },
        None => {}
    }
}
"#;

struct Project {
    home: TempDir,
}

impl Project {
    fn new() -> Self {
        let home = tempfile::Builder::new().prefix("мой бот ").tempdir().unwrap();
        let manifest = "[package]\nname = \"crab\"\nedition = \"2024\"\n[workspace]\n";
        fs::create_dir(home.path().join("src")).unwrap();
        fs::write(home.path().join("Cargo.toml"), manifest).unwrap();
        fs::write(home.path().join("src/main.rs"), PROGRAM).unwrap();
        Self { home }
    }

    fn folder(&self) -> &Path {
        self.home.path()
    }

    /// The command, in another folder than the project's.
    fn metaexpert(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_metaexpert"));
        command.args(args).current_dir(env!("CARGO_TARGET_TMPDIR")).env("CARGO_TARGET_DIR", self.folder().join("target"));
        command.env("XDG_STATE_HOME", self.folder()).env("XDG_CONFIG_HOME", self.folder());
        command
    }

    /// Runs `command PATH --debug -- flags`.
    fn run(&self, command: &str, flags: &[&str]) -> Output {
        let path = self.folder().to_str().unwrap();
        self.metaexpert(&[&[command, path, "--debug", "--"], flags].concat()).output().unwrap()
    }
}

#[track_caller]
fn check(output: &Output, code: i32, said: &str) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), &*out), (Some(code), said), "{err}");
}

#[test]
fn a_program_runs_in_its_own_folder_with_its_flags_and_its_code_is_handed_on() {
    let project = Project::new();
    let folder = project.folder().display();
    let first = project.run("backtest", &["--fast", "9"]);
    check(&first, 0, &format!("{folder} --trade-mode backtest --fast 9\n"));
    assert!(String::from_utf8_lossy(&first.stderr).contains("Compiling crab"), "cargo's own words are heard");

    let second = project.run("backtest", &["--trade-mode=paper", "--code", "4"]);
    check(&second, 4, &format!("{folder} --trade-mode=paper --code 4\n"));
    assert_eq!(String::from_utf8_lossy(&second.stderr), "", "a build with nothing to do is silent");

    let program = project.folder().join("target/debug/crab");
    fs::write(project.folder().join("metaexpert.toml"), "").unwrap();
    let built_already = project.metaexpert(&["backtest", program.to_str().unwrap()]).output().unwrap();
    check(&built_already, 0, &format!("{folder} --trade-mode backtest\n"));
}

#[test]
fn a_build_that_fails_has_cargos_reasons_and_ends_with_1() {
    let project = Project::new();
    fs::write(project.folder().join("src/main.rs"), "fn main() { let price: u32 = \"high\"; }").unwrap();
    let output = project.run("backtest", &[]);
    check(&output, 1, "");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("mismatched types"), "{err}");
    assert!(err.ends_with("error: cannot build `crab`; what cargo said of it stands above\n"), "{err}");
}

#[test]
fn a_request_to_end_reaches_the_program_and_its_end_is_told_as_a_shell_would() {
    let project = Project::new();
    let path = project.folder().to_str().unwrap();
    let mut command = project.metaexpert(&["backtest", path, "--debug", "--", "--wait"]);
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // The program's first line says that it runs; signals were caught before it was started.
    BufReader::new(running.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
    kill_process(Pid::from_child(&running), Signal::TERM).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(128 + 15));
}
