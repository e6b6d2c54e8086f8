//! A user of a test: a home of their own, an empty folder to work in, and commands typed there.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long something may take on a machine that builds other things at the same time; far beyond what it takes.
const PATIENCE: Duration = Duration::from_mins(5);

/// Everything here is built as a release, once for all tests and as fast as a test needs it.
const QUICK_RELEASE: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
];

/// A user's home with a folder `work` in it; gone with the value.
#[derive(Debug)]
pub(crate) struct Sandbox {
    home: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    command: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let home = TempDir::new().unwrap();
        std::fs::create_dir(home.path().join("work")).unwrap();
        Self { home }
    }

    /// The folder to work in.
    pub(crate) fn work(&self) -> PathBuf {
        self.home.path().join("work")
    }

    /// The command `metaexpert` with these words, in a folder below `work`.
    pub(crate) fn metaexpert(&self, folder: &str, words: &str) -> Ended {
        self.run(folder, env!("CARGO_BIN_EXE_metaexpert"), words, &[])
    }

    /// Cargo with these words, in a folder below `work`.
    pub(crate) fn cargo(&self, folder: &str, words: &str) -> Ended {
        self.run(folder, "cargo", words, &[])
    }

    /// A program with these words and variables, in a folder below `work`.
    pub(crate) fn run(&self, folder: &str, program: &str, words: &str, variables: &[(&str, &str)]) -> Ended {
        let mut command = self.command(program);
        command.current_dir(self.work().join(folder)).args(words.split_whitespace()).envs(variables.iter().copied());
        let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        let command = format!("{program} {words} (in {folder:?})");
        Ended { command, code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// A program as this user would start it: with a home and folders of settings and state of their own, and nothing of the
    /// environment that configures an expert or this test's own build.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let ours = |name: &str| {
            ["METAEXPERT_", "CARGO_", "BINANCE_", "BYBIT_", "OKX_", "XDG_"].iter().any(|ours| name.starts_with(ours))
        };
        for (name, _) in std::env::vars().filter(|(name, _)| ours(name) && name != "CARGO_HOME") {
            command.env_remove(name);
        }
        // Cargo and rustup find their own folders by HOME where nothing else says them.
        let homes = [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")];
        if let Ok(home) = std::env::var("HOME") {
            for (variable, folder) in homes.into_iter().filter(|(variable, _)| std::env::var_os(variable).is_none()) {
                command.env(variable, Path::new(&home).join(folder));
            }
        }
        command
            .env("HOME", self.home.path())
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_TERM_COLOR", "never")
            .envs(QUICK_RELEASE);
        command
    }

    /// Asks `found` again and again until it has an answer.
    #[track_caller]
    pub(crate) fn wait_for<T>(&self, what: &str, mut found: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(answer) = found() {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "{what} did not happen\n{}", self.everything_logged());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the experts of this user have logged and said, for whoever reads that a test has failed.
    fn everything_logged(&self) -> String {
        let mut text = String::new();
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|extension| extension == "log") {
                    let _ = writeln!(text, "-- {}\n{}", entry.display(), std::fs::read_to_string(&entry).unwrap_or_default());
                }
            }
        }
        text
    }
}

impl Ended {
    /// The same, if it ended well.
    #[track_caller]
    pub(crate) fn well(self) -> Self {
        self.with_code(0)
    }

    /// The same, if it ended with this code.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        let Self { command, stdout, stderr, .. } = &self;
        assert_eq!(self.code, Some(code), "{command}\n{stdout}\n{stderr}");
        self
    }
}

/// The checkout that this test stands in.
pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Where the projects of all tests are built.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-projects")
}
