//! A project's files onto the disk.
//!
//! The one decision: everything that can be known before is looked at before, so that a refusal leaves the folder as it was.

use std::{fs, io, path::Path};

use super::ProjectFile;
use crate::exit::CommandError;

/// Files that can be written into a folder, as far as can be known.
#[derive(Debug)]
#[must_use = "nothing is written yet"]
pub(crate) struct Plan<'a> {
    folder: &'a Path,
    files: &'a [ProjectFile],
    present: Vec<&'static str>,
}

impl<'a> Plan<'a> {
    /// Looks at what stands where the files are to be written.
    ///
    /// # Errors
    /// Something that is no file where a file should be, or no folder where a folder should be.
    pub(crate) fn new(folder: &'a Path, files: &'a [ProjectFile]) -> Result<Self, CommandError> {
        let mut present = Vec::new();
        for file in files {
            let path = folder.join(file.path);
            for parent in path.ancestors().skip(1).take_while(|parent| parent.starts_with(folder)) {
                check(parent, Kind::Folder)?;
            }
            if check(&path, Kind::File)? {
                present.push(file.path);
            }
        }
        Ok(Self { folder, files, present })
    }

    /// Files of the project that are there already, and would be written over.
    pub(crate) fn present(&self) -> &[&'static str] {
        &self.present
    }

    /// Writes every file; what else is in the folder stays as it is.
    ///
    /// # Errors
    /// The file that could not be written, and those that were written before it.
    pub(crate) fn write(self) -> Result<(), CommandError> {
        let mut written = Vec::new();
        for file in self.files {
            let path = self.folder.join(file.path);
            write_file(&path, &file.text).map_err(|error| cannot_write(&path, &error, &written))?;
            written.push(file.path);
        }
        Ok(())
    }
}

fn write_file(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

enum Kind {
    Folder,
    File,
}

/// Whether something stands there, which then has to be of this kind. A link is no file: to write through it would change
/// something outside of the folder.
fn check(path: &Path, kind: Kind) -> Result<bool, CommandError> {
    let metadata = match kind {
        Kind::Folder => fs::metadata(path),
        Kind::File => fs::symlink_metadata(path),
    };
    let refused = |what| Err(CommandError::Configuration(format!("`{}` is there already and is not {what}", path.display())));
    match (metadata, kind) {
        (Ok(metadata), Kind::Folder) if !metadata.is_dir() => refused("a folder"),
        (Ok(metadata), Kind::File) if !metadata.is_file() => refused("a file"),
        (Ok(_), _) => Ok(true),
        // Below a file there is nothing; that the file should be a folder is said of the file.
        (Err(error), _) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        (Err(error), _) => Err(CommandError::Failed(format!("cannot look at `{}`: {error}", path.display()))),
    }
}

fn cannot_write(path: &Path, error: &io::Error, written: &[&str]) -> CommandError {
    let before = match written {
        [] => "nothing was written before it".to_owned(),
        _ => format!("written before it: {}", listed(written)),
    };
    CommandError::Failed(format!("cannot write `{}`: {error}\n{before}", path.display()))
}

/// Names as the end of a sentence.
pub(crate) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn files() -> Vec<ProjectFile> {
        ["a.toml", "src/b.rs"].map(|path| ProjectFile { path, text: Cow::Borrowed("new") }).into()
    }

    #[test]
    fn files_come_into_a_folder_that_is_not_there_yet() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("бот 1");
        let files = files();
        let plan = Plan::new(&folder, &files).unwrap();
        assert!(plan.present().is_empty());
        plan.write().unwrap();
        assert_eq!(fs::read_to_string(folder.join("src/b.rs")).unwrap(), "new");
    }

    #[test]
    fn files_that_are_there_are_known_before_anything_is_written() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a.toml"), "old").unwrap();
        let files = files();
        assert_eq!(Plan::new(home.path(), &files).unwrap().present(), ["a.toml"]);
        assert_eq!(fs::read_to_string(home.path().join("a.toml")).unwrap(), "old");
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_is_refused_and_so_is_a_folder_in_the_place_of_a_file() {
        for (taken, folder, what) in [("src", false, "a folder"), ("a.toml", true, "a file")] {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join(taken);
            if folder {
                fs::create_dir(&path).unwrap();
            } else {
                fs::write(&path, "").unwrap();
            }
            let error = Plan::new(home.path(), &files()).unwrap_err().to_string();
            assert_eq!(error, format!("`{}` is there already and is not {what}", path.display()));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_written_through() {
        let home = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/elsewhere", home.path().join("a.toml")).unwrap();
        assert!(Plan::new(home.path(), &files()).unwrap_err().to_string().ends_with("is not a file"));
    }

    #[test]
    fn a_write_that_fails_says_what_was_written_before_it() {
        let home = tempfile::tempdir().unwrap();
        let files = files();
        let plan = Plan::new(home.path(), &files).unwrap();
        fs::write(home.path().join("src"), "comes in between").unwrap();
        let error = plan.write().unwrap_err().to_string();
        assert!(error.starts_with("cannot write `") && error.ends_with("\nwritten before it: `a.toml`"), "{error}");
    }
}
