//! What the checks look at, gathered once: folders, variables, exchanges, and how long anything may take.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use toml_edit::Document;

use super::{
    env_file::EnvFile,
    venues::{VENUES, Venue},
};
use crate::{command_line::Exchange, processes};

/// What the user wants looked at.
pub(crate) struct Wanted {
    /// Folder of the expert; `None` is the current one.
    pub(crate) project: Option<PathBuf>,
    /// `None` is every one.
    pub(crate) exchange: Option<Exchange>,
    pub(crate) base_url: Option<String>,
    pub(crate) offline: bool,
    pub(crate) patience: Duration,
}

pub(crate) struct Surroundings {
    pub(super) project: PathBuf,
    /// Whether the folder was named, and so has to be an expert's.
    pub(super) project_named: bool,
    pub(super) venues: Vec<&'static Venue>,
    /// Whether the exchange was named, and so is to be traded on.
    pub(super) exchange_named: bool,
    pub(super) base_url: Option<String>,
    pub(super) offline: bool,
    pub(super) patience: Duration,
    pub(super) deadline: Instant,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) env_file: EnvFile,
    /// Where the command keeps what it knows of running experts; `None` where there is no home.
    pub(super) state_folder: Option<PathBuf>,
}

impl Surroundings {
    pub(crate) fn of_process(wanted: Wanted) -> Self {
        let variables = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::new(wanted, variables.collect(), processes::of_user().ok())
    }

    fn new(wanted: Wanted, variables: BTreeMap<String, String>, state_folder: Option<PathBuf>) -> Self {
        let Wanted { project, exchange, base_url, offline, patience } = wanted;
        let project_named = project.is_some();
        let folder = project.unwrap_or_else(|| PathBuf::from("."));
        // Absolute, so that the folders above it can be looked at.
        let folder = folder.canonicalize().unwrap_or(folder);
        let env_file = EnvFile::read(&folder.join(".env"));
        let mut surroundings = Self {
            project: folder,
            project_named,
            venues: VENUES.iter().filter(|venue| exchange.is_none_or(|exchange| exchange == venue.exchange)).collect(),
            exchange_named: exchange.is_some(),
            base_url,
            offline,
            patience,
            deadline: Instant::now() + patience,
            variables,
            env_file,
            state_folder,
        };
        surroundings.look_where_the_project_trades();
        surroundings
    }

    /// A project that names its exchange is not concerned with the others.
    fn look_where_the_project_trades(&mut self) {
        let named = self.setting("exchange").filter(|_| !self.exchange_named);
        if let Some(venue) = named.and_then(|name| VENUES.iter().find(|venue| venue.name == name)) {
            self.venues = vec![venue];
        }
        // Of several exchanges it can only be one's.
        if self.base_url.is_none() && self.venues.len() == 1 {
            self.base_url = self.setting("base_url");
        }
    }

    /// The time that is left.
    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub(super) fn is_project(&self) -> bool {
        self.project.join("Cargo.toml").is_file()
    }

    /// A variable with the place where it is set: the environment is stronger than `.env`. An empty one is not set.
    pub(super) fn variable(&self, name: &str) -> Option<(String, String)> {
        let given = self.variables.get(name).map(|value| (value.clone(), "environment".to_owned()));
        given.or_else(|| self.env_file.variable(name)).filter(|(value, _)| !value.is_empty())
    }

    /// A key of the expert, as its environment or its `metaexpert.toml` has it. What its code says is not known here.
    pub(super) fn setting(&self, key: &str) -> Option<String> {
        let variable = self.variable(&format!("METAEXPERT_{}", key.to_uppercase()));
        variable.map(|(value, _)| value).or_else(|| in_file(&self.project.join("metaexpert.toml"), key))
    }
}

/// A file that is broken has a check of its own.
fn in_file(path: &Path, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let document = Document::parse(text).ok()?;
    document.get(key)?.as_str().map(str::to_owned)
}

#[cfg(test)]
impl Surroundings {
    /// A folder and nothing else: no variables, every exchange, a minute's patience.
    pub(super) fn of_folder(folder: &Path) -> Self {
        let wanted = Wanted {
            project: Some(folder.to_owned()),
            exchange: None,
            base_url: None,
            offline: false,
            patience: Duration::from_mins(1),
        };
        Self::new(wanted, BTreeMap::new(), Some(folder.join("state/metaexpert")))
    }

    pub(super) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }
}
