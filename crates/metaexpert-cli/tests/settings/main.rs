//! `config`, `doctor`, `completions` and `version`, through the command itself.
//!
//! Each test has folders of its own for the user's configuration and state, and hears nothing of the caller's variables that the
//! command looks at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod completions;
mod config;
mod doctor;
mod exchange; // stands in for an exchange
mod version;
mod wrong; // invocations that are refused

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A user with a home, a folder to work in, and nothing in either.
struct User {
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// What the command said, and how it ended.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl User {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        for folder in ["work", "config", "state"] {
            fs::create_dir(home.path().join(folder)).unwrap();
        }
        Self { home, variables: Vec::new() }
    }

    fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// The folder in which the command is run.
    fn work(&self) -> PathBuf {
        self.home.path().join("work")
    }

    fn defaults(&self) -> PathBuf {
        self.home.path().join("config/metaexpert/defaults.toml")
    }

    fn writes(&self, name: &str, text: &str) {
        write(&self.work().join(name), text);
    }

    fn has_defaults(&self, text: &str) {
        write(&self.defaults(), text);
    }

    fn runs(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_metaexpert"));
        command.args(arguments).current_dir(self.work());
        for (name, _) in env::vars_os() {
            let upper = name.to_string_lossy().to_uppercase();
            let heard = ["METAEXPERT_", "BINANCE_", "BYBIT_", "OKX_"].iter().any(|prefix| upper.starts_with(prefix));
            if heard || upper.ends_with("_PROXY") {
                command.env_remove(name);
            }
        }
        for folder in ["config", "state"] {
            command.env(format!("XDG_{}_HOME", folder.to_uppercase()), self.home.path().join(folder));
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let output = command.output().unwrap();
        Said {
            code: output.status.code().unwrap(),
            out: self.without_home(&output.stdout),
            err: self.without_home(&output.stderr),
        }
    }

    /// The home is another one each time; it is called `~` here.
    fn without_home(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let home = self.home.path();
        let real = fs::canonicalize(home).unwrap();
        text.replace(&real.display().to_string(), "~").replace(&home.display().to_string(), "~")
    }
}

impl Said {
    /// What a program reads of a good answer.
    #[track_caller]
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

#[track_caller]
fn said(code: i32, out: &str, err: &str) -> Said {
    Said { code, out: out.to_owned(), err: err.to_owned() }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
