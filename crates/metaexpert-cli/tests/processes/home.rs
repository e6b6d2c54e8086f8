//! A user with a home of its own, an expert's project that builds, and the command `metaexpert`.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Longest that anything here may take; far more than it does.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// `metaexpert` with these arguments, in this home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_metaexpert"));
        command.args(arguments).env("XDG_STATE_HOME", self.folder.path()).env("XDG_CONFIG_HOME", self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn metaexpert(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).output().unwrap())
    }

    /// `run` of the expert that does `act`, under a name.
    pub(crate) fn run(&self, name: &str, how: &[&str], act: &[&str]) -> Command {
        let (project, log_dir) = (project(), self.log_folder(name));
        let mut arguments = vec!["run", project.to_str().unwrap(), "--debug", "--name", name];
        arguments.extend(how);
        arguments.extend(["--", "--log-dir", log_dir.to_str().unwrap()]);
        arguments.extend(act);
        self.command(&arguments)
    }

    pub(crate) fn detach(&self, name: &str, act: &str) -> Said {
        let said = Said::of(self.run(name, &["--detach"], &["--act", act]).output().unwrap());
        if said.code == Some(0) && act != "end" {
            self.wait_until_it_listens(name);
        }
        said
    }

    /// Waits until the expert minds signals: a shell does not from its first moment on.
    pub(crate) fn wait_until_it_listens(&self, name: &str) {
        self.wait_for_state(name, "running");
        let started = format!("started {}\n", self.status(name)["pid"]);
        let log = || fs::read_to_string(self.log_folder(name).join("expert.log")).unwrap_or_default();
        until(|| log().contains(&started), log);
    }

    pub(crate) fn log_folder(&self, name: &str) -> PathBuf {
        self.folder.path().join("logs").join(name)
    }

    pub(crate) fn run_file(&self, name: &str) -> PathBuf {
        self.folder.path().join("metaexpert/experts").join(name).join("run.json")
    }

    /// What `status` says about an expert, as JSON.
    pub(crate) fn status(&self, name: &str) -> Value {
        let said = self.metaexpert(&["status", name, "--format", "json"]);
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"))
    }

    pub(crate) fn state(&self, name: &str) -> String {
        self.status(name)["state"].as_str().unwrap().to_owned()
    }

    pub(crate) fn wait_for_state(&self, name: &str, state: &str) {
        until(|| self.run_file(name).exists() && self.state(name) == state, || self.status(name).to_string());
    }

    /// Sends a signal to the process in a field of the status.
    pub(crate) fn signal(&self, name: &str, field: &str, signal: Signal) {
        send(u32::try_from(self.status(name)[field].as_u64().unwrap()).unwrap(), signal);
    }
}

impl Drop for Home {
    /// Leaves no expert behind, whatever has failed.
    fn drop(&mut self) {
        for entry in fs::read_dir(self.folder.path().join("metaexpert/experts")).into_iter().flatten().flatten() {
            let name = entry.file_name();
            drop(self.command(&["stop", name.to_str().unwrap_or_default(), "--timeout", "0", "--force"]).output());
        }
    }
}

pub(crate) fn send(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal).unwrap();
}

#[track_caller]
pub(crate) fn until(mut is_so: impl FnMut() -> bool, what_is: impl Fn() -> String) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{}", what_is());
        thread::sleep(Duration::from_millis(10));
    }
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Fails unless it ended so, with this on standard output or standard error.
    #[track_caller]
    pub(crate) fn check(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for part in parts {
            assert!(self.out.contains(part) || self.err.contains(part), "no {part:?} in {self:?}");
        }
    }
}

/// The folder of an expert's project. It is the same for all tests, so that it is built once.
fn project() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fake-expert");
    fs::create_dir_all(folder.join("src")).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let manifest = "[package]\nname = \"fake-expert\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n";
    let main = r#"//! Becomes the shell script beside it.
use std::{env, os::unix::process::CommandExt, process::Command};

fn main() {
    let mut shell = Command::new("sh");
    let error = shell.arg("-c").arg(include_str!("expert.sh")).arg("fake-expert").args(env::args_os().skip(1)).exec();
    panic!("{error}");
}
"#;
    for (name, text) in [("Cargo.toml", manifest), ("src/main.rs", main), ("src/expert.sh", include_str!("expert.sh"))] {
        // Cargo builds again what was written again.
        if fs::read_to_string(folder.join(name)).is_ok_and(|there| there == text) {
            continue;
        }
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}
