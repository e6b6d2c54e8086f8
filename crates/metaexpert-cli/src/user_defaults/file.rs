//! Where the defaults are kept: `metaexpert/defaults.toml` in the user's folder for configuration.
//!
//! It is replaced as a whole, so that whoever reads it sees the old one or the new one and never half of either. What its owner
//! wrote around the values, comments and order, stays.

use std::{
    fs, io,
    io::Write as _,
    ops::Range,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;
use tempfile::NamedTempFile;
use toml_edit::{Document, DocumentMut, TomlError, Value};

use super::UserDefaults;
use crate::exit::CommandError;

/// The file of the defaults, there or not.
pub(crate) struct UserFile {
    path: PathBuf,
}

impl UserFile {
    /// The file of whoever runs the command.
    pub(crate) fn find() -> Result<Self, CommandError> {
        let folders = etcetera::choose_base_strategy()
            .map_err(|_| CommandError::Configuration("there is no home folder: set `HOME` or `XDG_CONFIG_HOME`".to_owned()))?;
        Ok(Self { path: folders.config_dir().join("metaexpert").join("defaults.toml") })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What stands in it; `None` where it is not there.
    pub(crate) fn text(&self) -> Result<Option<String>, CommandError> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CommandError::Data(format!("{}: cannot be read: {error}", self.path.display()))),
        }
    }

    /// Puts a value in, over the one that is there. Nothing is written if the file as a whole would not be understood.
    pub(crate) fn set(&self, name: &str, value: &Value) -> Result<(), CommandError> {
        let mut document = self.document()?;
        match document.get_mut(name).and_then(toml_edit::Item::as_value_mut) {
            // The comment behind the old value is about the key.
            Some(old) => {
                let decor = old.decor().clone();
                *old = value.clone();
                *old.decor_mut() = decor;
            }
            None => {
                document.insert(name, value.clone().into());
            }
        }
        let text = document.to_string();
        UserDefaults::of(&self.path, &text)?;
        self.write(&text)
    }

    /// Takes a value out, and tells whether it was there.
    pub(crate) fn take_out(&self, name: &str) -> Result<bool, CommandError> {
        let mut document = self.document()?;
        let was_there = document.remove(name).is_some();
        if was_there {
            self.write(&document.to_string())?;
        }
        Ok(was_there)
    }

    /// Takes the whole file away, whatever stands in it, and tells whether it was there.
    pub(crate) fn remove(&self) -> Result<bool, CommandError> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(CommandError::Failed(format!("{}: cannot be taken away: {error}", self.path.display()))),
        }
    }

    fn document(&self) -> Result<DocumentMut, CommandError> {
        let text = self.text()?.unwrap_or_default();
        document(&self.path, &text).map(Document::into_mut)
    }

    fn write(&self, text: &str) -> Result<(), CommandError> {
        replace(&self.path, text)
            .map_err(|error| CommandError::Failed(format!("{}: cannot be written: {error}", self.path.display())))
    }
}

/// The text of a file of defaults, taken apart.
pub(super) fn document<'a>(path: &Path, text: &'a str) -> Result<Document<&'a str>, CommandError> {
    Document::parse(text).map_err(|error| {
        let line = line_of(text, error.span());
        let hint = "mend it with an editor, or take all defaults out: `metaexpert config reset`";
        CommandError::Configuration(format!("{}:{line}: this is not TOML: {}\n{hint}", path.display(), in_one_line(&error)))
    })
}

/// The line, from 1, in which something begins.
pub(super) fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
    before.matches('\n').count() + 1
}

/// What the parser says, without the lines that quote the file.
pub(crate) fn in_one_line(error: &TomlError) -> String {
    error.message().lines().collect::<Vec<_>>().join(", ")
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // Somebody who keeps the file elsewhere and has a link here keeps the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().unwrap_or(Path::new("."));
    make_private(folder)?;
    // On Unix a temporary file is its owner's alone: 0600.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&target)?;
    Ok(())
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_with(text: &str) -> (tempfile::TempDir, UserFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = UserFile { path: folder.path().join("metaexpert/defaults.toml") };
        if !text.is_empty() {
            replace(&file.path, text).unwrap();
        }
        (folder, file)
    }

    #[test]
    fn a_changed_default_leaves_comments_and_order_as_they_are() {
        let (_folder, file) = file_with("# mine\nformat = 'json' # for jq\nexchange = \"okx\"\n");
        file.set("format", &"table".into()).unwrap();
        file.set("log_lines", &20.into()).unwrap();
        assert!(file.take_out("exchange").unwrap());
        assert_eq!(file.text().unwrap().unwrap(), "# mine\nformat = \"table\" # for jq\nlog_lines = 20\n");
    }

    #[test]
    fn nothing_is_written_over_a_file_that_is_wrong_elsewhere() {
        let (_folder, file) = file_with("exchange = 'okks'\n");
        file.set("log_lines", &20.into()).unwrap_err();
        assert_eq!(file.text().unwrap().unwrap(), "exchange = 'okks'\n");
        file.set("exchange", &"okx".into()).unwrap();
        assert_eq!(file.text().unwrap().unwrap(), "exchange = \"okx\"\n");
    }

    #[cfg(unix)]
    #[test]
    fn file_and_folder_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt;

        let (_folder, file) = file_with("");
        file.set("format", &"json".into()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file.path), mode(file.path.parent().unwrap())), (0o600, 0o700));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_file_stays_a_link() {
        let (folder, file) = file_with("format = 'json'\n");
        let elsewhere = folder.path().join("dotfiles.toml");
        fs::rename(&file.path, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &file.path).unwrap();
        file.set("format", &"table".into()).unwrap();
        assert!(fs::symlink_metadata(&file.path).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "format = \"table\"\n");
    }
}
