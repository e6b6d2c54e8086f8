//! Where it is written down: the user's folder for state, one folder in it for each expert.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;

use super::RunFile;
use crate::exit::CommandError;

/// Longest name: it is the name of a folder.
const LONGEST_NAME: usize = 64;

/// The folder `experts` of what this command keeps.
#[derive(Debug, Clone)]
pub(crate) struct StateFolder {
    experts: PathBuf,
}

/// The folder of one expert.
#[derive(Debug, Clone)]
pub(crate) struct ExpertFolder {
    pub(crate) name: String,
    path: PathBuf,
}

/// Why what is written down cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error("`{}` cannot be read: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("`{}` cannot be written: {error}", path.display())]
    Unwritable { path: PathBuf, error: io::Error },
    #[error("run file `{}` is broken: {error}\ndelete it if no such expert runs any more", path.display())]
    Broken { path: PathBuf, error: serde_json::Error },
    #[error("`{}` is broken: {error}\nmend it, or delete it: drawdown and daily loss are measured anew then", path.display())]
    BrokenRisk { path: PathBuf, error: serde_json::Error },
    #[error(
        "run file `{}` has version {version}, and this command knows version {known}\nuse the `metaexpert` that wrote it, or delete it if no such expert runs any more",
        path.display()
    )]
    OfAnotherVersion { path: PathBuf, version: u32, known: u32 },
}

impl From<StateError> for CommandError {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Unwritable { .. } => Self::Failed(error.to_string()),
            _ => Self::Data(error.to_string()),
        }
    }
}

/// Where this command keeps what it knows: `$XDG_STATE_HOME/metaexpert`, or its like on other systems.
///
/// # Errors
/// When the user has no home.
pub(crate) fn of_user() -> Result<PathBuf, CommandError> {
    let strategy = etcetera::choose_base_strategy().map_err(|error| {
        CommandError::Configuration(format!("no folder to keep state in: {error}\nset HOME, or XDG_STATE_HOME"))
    })?;
    // Windows has no folder of its own for state.
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(state.join("metaexpert"))
}

impl StateFolder {
    /// That of the user who runs this.
    ///
    /// # Errors
    /// When the user has no home.
    pub(crate) fn of_user() -> Result<Self, CommandError> {
        Ok(Self::within(&of_user()?))
    }

    fn within(state: &Path) -> Self {
        Self { experts: state.join("experts") }
    }

    /// The folder of an expert, which need not be there.
    ///
    /// # Errors
    /// When the name is none.
    pub(crate) fn expert(&self, name: &str) -> Result<ExpertFolder, CommandError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(allowed) && name.len() <= LONGEST_NAME {
            return Ok(ExpertFolder { name: name.to_owned(), path: self.experts.join(name) });
        }
        Err(CommandError::Configuration(format!(
            "`{name}` cannot be the name of an expert: up to {LONGEST_NAME} letters, digits, `-`, `_` and `.`, a letter or digit first"
        )))
    }

    /// The folders of all experts that were started once, by name.
    pub(crate) fn experts(&self) -> Result<Vec<ExpertFolder>, StateError> {
        let unreadable = |error| StateError::Unreadable { path: self.experts.clone(), error };
        let entries = match fs::read_dir(&self.experts) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(error)),
        };
        let mut folders = Vec::new();
        for entry in entries {
            let path = entry.map_err(unreadable)?.path();
            let folder = path.file_name().and_then(|name| self.expert(name.to_str()?).ok());
            folders.extend(folder.filter(|folder| folder.run_file().exists()));
        }
        folders.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(folders)
    }
}

impl ExpertFolder {
    pub(crate) fn run_file(&self) -> PathBuf {
        self.path.join("run.json")
    }

    /// Held by whoever watches over the expert.
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.path.join("lock")
    }

    /// What an expert in the background says on its standard output and standard error.
    pub(crate) fn output(&self) -> PathBuf {
        self.path.join("output.log")
    }

    pub(crate) fn read(&self) -> Result<Option<RunFile>, StateError> {
        RunFile::read(&self.run_file())
    }

    pub(crate) fn write(&self, run: &RunFile) -> Result<(), StateError> {
        run.write(&self.run_file())
    }

    /// Makes the folder, for its owner only.
    pub(crate) fn make(&self) -> Result<(), StateError> {
        let unwritable = |error| StateError::Unwritable { path: self.path.clone(), error };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path).map_err(unwritable)?;
        #[cfg(unix)]
        fs::set_permissions(&self.path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).map_err(unwritable)?;
        Ok(())
    }

    /// An empty file for the output of an expert that is about to be started; that of the last time becomes `output.log.1`.
    pub(crate) fn new_output(&self) -> Result<fs::File, StateError> {
        let path = self.output();
        match fs::rename(&path, self.path.join("output.log.1")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(StateError::Unwritable { path, error }),
            _ => {}
        }
        let mut options = fs::OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(|error| StateError::Unwritable { path, error })
    }
}

#[cfg(test)]
impl StateFolder {
    pub(crate) fn for_test(state: &Path) -> Self {
        Self::within(&state.join("metaexpert"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_good_for_a_folder_and_for_a_command_line() {
        let state = StateFolder::for_test(Path::new("/state"));
        for name in ["ema", "my-bot_2", "v1.2", "7"] {
            assert_eq!(
                state.expert(name).unwrap().run_file(),
                Path::new("/state/metaexpert/experts").join(name).join("run.json")
            );
        }
        let long = "a".repeat(65);
        for name in ["", ".", "..", "../ema", "-x", "a b", "a/b", ".hidden", "é", long.as_str()] {
            let error = state.expert(name).unwrap_err().to_string();
            assert!(error.contains(&format!("`{name}` cannot be the name of an expert")), "{error}");
        }
    }

    #[test]
    fn what_was_never_started_is_not_known() {
        let home = tempfile::tempdir().unwrap();
        let state = StateFolder::for_test(home.path());
        assert!(state.experts().unwrap().is_empty());
        state.expert("claimed").unwrap().make().unwrap();
        let run = state.expert("ran").unwrap();
        run.make().unwrap();
        fs::write(run.run_file(), "").unwrap();
        assert_eq!(state.experts().unwrap().into_iter().map(|folder| folder.name).collect::<Vec<_>>(), ["ran"]);
    }

    #[test]
    fn the_output_of_the_last_time_is_kept_once() {
        use std::io::Write;
        let home = tempfile::tempdir().unwrap();
        let folder = StateFolder::for_test(home.path()).expert("ema").unwrap();
        folder.make().unwrap();
        for said in ["first", "second", "third"] {
            write!(folder.new_output().unwrap(), "{said}").unwrap();
        }
        assert_eq!(fs::read_to_string(folder.output()).unwrap(), "third");
        assert_eq!(fs::read_to_string(folder.output().with_extension("log.1")).unwrap(), "second");
        #[cfg(unix)]
        for (path, mode) in [(folder.output(), 0o600), (folder.path, 0o700)] {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
        }
    }
}
