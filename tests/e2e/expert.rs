//! One run of the binary in a folder of its own, and the files it left there.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Flags without their dashes, with their values.
pub(crate) type Flags = Vec<(String, String)>;

/// Flags from `key=value` words.
pub(crate) fn flags(words: &str) -> Flags {
    words
        .split_whitespace()
        .map(|word| word.split_once('=').expect("key=value"))
        .map(|(key, value)| (key.into(), value.into()))
        .collect()
}

/// A command line that waits to be run.
#[derive(Debug)]
pub(crate) struct Expert {
    program: &'static str,
    home: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Expert {
    /// A backtest with `home` as the working folder, which should hold nothing that configures a run.
    pub(crate) fn in_folder(home: &Path) -> Self {
        let arguments = ["--trade-mode", "backtest"].map(str::to_owned).into();
        Self { program: env!("CARGO_BIN_EXE_expert-under-test"), home: home.to_owned(), arguments, variables: Vec::new() }
    }

    /// The same of the example that trades on order books.
    pub(crate) fn on_books(home: &Path) -> Self {
        Self { program: env!("CARGO_BIN_EXE_book-under-test"), ..Self::in_folder(home) }
    }

    pub(crate) fn with(mut self, flags: &[(String, String)]) -> Self {
        self.arguments.extend(flags.iter().flat_map(|(key, value)| [format!("--{key}"), value.clone()]));
        self
    }

    pub(crate) fn with_words(mut self, words: &str) -> Self {
        self.arguments.extend(words.split_whitespace().map(str::to_owned));
        self
    }

    pub(crate) fn with_argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The line that a person would type.
    pub(crate) fn command_line(&self) -> String {
        let variables = self.variables.iter().map(|(name, value)| format!("{name}={value} "));
        format!("{}cargo run -p binance-ema -- {}", variables.collect::<String>(), self.arguments.join(" "))
    }

    /// The process that would be run, not started yet.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.args(&self.arguments).current_dir(&self.home);
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn run(&self) -> Ended {
        let output = self.command().output().expect("the binary of this package can be started");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Runs a backtest that must succeed, and reads its report from the folder that `--report` named.
    pub(crate) fn report(&self, folder: &str) -> Result<Report, String> {
        let ended = self.run();
        if ended.code != Some(0) {
            return Err(format!("exit code {:?}\n{}{}", ended.code, ended.stdout, ended.stderr));
        }
        Report::read(&self.home.join(folder))
    }
}

/// The four files of a report.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) json: Value,
    pub(crate) trades: Table,
    pub(crate) round_trips: Table,
    pub(crate) equity: Table,
}

impl Report {
    fn read(folder: &Path) -> Result<Self, String> {
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"));
        let json = serde_json::from_str(&text("report.json")?).map_err(|error| format!("report.json: {error}"))?;
        let table = |name: &str| text(name).map(|text| Table::read(&text));
        Ok(Self { json, trades: table("trades.csv")?, round_trips: table("round_trips.csv")?, equity: table("equity.csv")? })
    }

    /// A value of the summary.
    pub(crate) fn summary(&self, name: &str) -> &Value {
        &self.json["summary"][name]
    }
}

/// A CSV file whose cells hold no commas of their own.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn read(text: &str) -> Self {
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect());
        Self { columns: lines.next().unwrap_or_default(), rows: lines.collect() }
    }

    /// The lines with only these columns, the header first.
    pub(crate) fn only(&self, columns: &[&str]) -> Vec<String> {
        let places: Vec<usize> = columns.iter().map(|column| self.place(column)).collect();
        let pick = |cells: &Vec<String>| places.iter().map(|place| cells[*place].as_str()).collect::<Vec<_>>().join(",");
        std::iter::once(pick(&self.columns)).chain(self.rows.iter().map(pick)).collect()
    }

    /// Each row by column name.
    pub(crate) fn records(&self) -> impl Iterator<Item = BTreeMap<&str, &str>> {
        self.rows.iter().map(|row| self.columns.iter().map(String::as_str).zip(row.iter().map(String::as_str)).collect())
    }

    fn place(&self, column: &str) -> usize {
        let found = self.columns.iter().position(|name| name == column);
        found.unwrap_or_else(|| panic!("no column `{column}` in {:?}", self.columns))
    }
}

/// A recorded file of market data, or `None` where this checkout has none; the test says that it was skipped.
pub(crate) fn recorded(name: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace");
    let shared = std::env::var_os("METAEXPERT_SHARED").map_or_else(|| workspace.join("../shared"), PathBuf::from);
    let file = shared.join("market-data").join(name);
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: no {name}; set METAEXPERT_SHARED to the folder that holds market-data/");
    None
}
