//! Whose journals are meant, and where they are.

use std::{
    collections::HashSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    exit::CommandError,
    processes::{Known, StateFolder},
};

/// How deep in a project's folder journals are looked for: `state/<expert>/journal-..`.
const DEPTH_MAX: usize = 3;

/// A journal's file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Journal {
    pub(super) path: PathBuf,
}

/// All that are meant by a name, a folder or a file. A name goes before a folder that is called so.
///
/// # Errors
/// Where there is none: it says where it looked.
pub(super) fn journals(of: Option<&Path>) -> Result<Vec<Journal>, CommandError> {
    let of = of.unwrap_or(Path::new("."));
    if of.is_file() {
        return Ok(vec![Journal { path: of.to_owned() }]);
    }
    match of.to_str().map(|name| Known::by_name(&StateFolder::of_user()?, name)) {
        Some(Ok(known)) => of_expert(&known),
        Some(Err(error)) if !of.is_dir() => Err(no_such(of, &error)),
        None if !of.is_dir() => Err(CommandError::Configuration(format!("`{}` is no folder and no file", of.display()))),
        Some(Err(_)) | None => of_folder(of),
    }
}

/// As many lines as there are journals.
pub(super) fn listed(journals: &[Journal]) -> String {
    let mut text = String::new();
    for (at, journal) in journals.iter().enumerate() {
        let _ = write!(text, "{}{}", if at > 0 { "\n" } else { "" }, journal.path.display());
    }
    text
}

fn of_expert(known: &Known) -> Result<Vec<Journal>, CommandError> {
    let folders: Vec<&Path> = known.run.state_folders();
    let mut found = Vec::new();
    for folder in &folders {
        gather(folder, 0, &mut found)?;
    }
    let looked = folders.iter().map(|folder| format!("`{}`", folder.display())).collect::<Vec<_>>().join(", ");
    sorted(found, &format!("`{}`", known.run.name), if looked.is_empty() { "nowhere: it keeps nothing" } else { &looked })
}

fn of_folder(folder: &Path) -> Result<Vec<Journal>, CommandError> {
    let mut found = Vec::new();
    gather(folder, DEPTH_MAX, &mut found)?;
    let looked = format!("`{}`, {DEPTH_MAX} folders deep", folder.display());
    sorted(found, &format!("an expert in `{}`", folder.display()), &looked)
}

fn sorted(mut found: Vec<Journal>, whose: &str, looked: &str) -> Result<Vec<Journal>, CommandError> {
    if found.is_empty() {
        return Err(CommandError::Data(format!(
            "there is no journal of {whose}\nlooked for `journal-*.sqlite` in {looked}; an expert begins one with its first run in paper or \
             live mode, in its `state_dir`"
        )));
    }
    found.sort();
    // Books that have everything twice are wrong.
    let mut seen = HashSet::new();
    found.retain(|journal| journal.path.canonicalize().map_or(true, |path| seen.insert(path)));
    Ok(found)
}

/// The journals in a folder and in those below it, hidden ones and what cargo builds left out.
fn gather(folder: &Path, depth: usize, found: &mut Vec<Journal>) -> Result<(), CommandError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CommandError::Data(format!("`{}` cannot be read: {error}", folder.display()))),
    };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth > 0 && !name.starts_with('.') && name != "target" {
            gather(&path, depth - 1, found)?;
        } else if !is_folder && is_journal(&name) {
            found.push(Journal { path });
        }
    }
    Ok(())
}

/// Backups (`journal-live-binance-usdm.v1.backup.sqlite`) hold nothing that the journal does not. One that `fresh_state` has put aside
/// (`journal-live-binance-usdm.20260101T000000Z.sqlite`) holds what no other does.
fn is_journal(name: &str) -> bool {
    let middle = name.strip_prefix("journal-").and_then(|rest| rest.strip_suffix(".sqlite"));
    middle.is_some_and(|middle| !middle.ends_with(".backup"))
}

fn no_such(of: &Path, error: &CommandError) -> CommandError {
    CommandError::Configuration(format!("{error}\n`{}` is no folder and no journal's file either", of.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journals_are_found_and_nothing_that_is_like_one() {
        let home = tempfile::tempdir().unwrap();
        for path in [
            "state/ema/journal-live-binance-usdm.sqlite",
            "state/ema/journal-live-binance-usdm.sqlite-wal",
            "state/ema/journal-live-binance-usdm.v1.backup.sqlite",
            "state/ema/journal-live-binance-usdm.v1.2.backup.sqlite",
            "state/ema/journal-live-binance-usdm.20260101T000000Z.sqlite",
            "state/ema/risk-paper-simulated.json",
            "state/rsi/journal-paper-simulated.sqlite",
            "target/state/journal-paper-simulated.sqlite",
            ".git/journal-paper-simulated.sqlite",
            "a/b/c/d/journal-paper-simulated.sqlite",
        ] {
            let path = home.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = of_folder(home.path()).unwrap();
        let names: Vec<_> =
            found.iter().map(|journal| journal.path.strip_prefix(home.path()).unwrap().to_str().unwrap()).collect();
        let expected = [
            "state/ema/journal-live-binance-usdm.20260101T000000Z.sqlite",
            "state/ema/journal-live-binance-usdm.sqlite",
            "state/rsi/journal-paper-simulated.sqlite",
        ];
        assert_eq!(names, expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_two_names_is_one_journal() {
        let home = tempfile::tempdir().unwrap();
        let (first, second) = (home.path().join("journal-live-a.sqlite"), home.path().join("journal-live-b.sqlite"));
        fs::write(&first, "").unwrap();
        std::os::unix::fs::symlink(&first, &second).unwrap();
        assert_eq!(of_folder(home.path()).unwrap(), [Journal { path: first }]);
    }

    #[test]
    fn where_there_is_none_it_says_where_it_looked() {
        let home = tempfile::tempdir().unwrap();
        let error = of_folder(home.path()).unwrap_err().to_string();
        let looked = format!("looked for `journal-*.sqlite` in `{}`, 3 folders deep", home.path().display());
        assert!(error.contains(&looked), "{error}");
    }
}
