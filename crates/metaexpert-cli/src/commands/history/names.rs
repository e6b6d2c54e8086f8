//! What the files are called that are written of journals.
//!
//! The one decision: a name says as much of where its journal lies as tells it from the others, and no more. Two that cannot be told
//! apart are an error before anything is written: one of them would be lost.

use std::{
    collections::HashMap,
    path::{Component, Path, PathBuf},
};

use super::found::Journal;
use crate::exit::CommandError;

/// What the files of each journal begin with, in the same order: its folder and its own name, `ema-journal-live-binance-usdm`, for experts
/// share a folder, and an expert's modes do; with the folders above where another's are called the same.
///
/// # Errors
/// Where that is not enough: it names two that would be one.
pub(super) fn beginnings(journals: &[Journal]) -> Result<Vec<String>, CommandError> {
    let paths: Vec<PathBuf> =
        journals.iter().map(|journal| journal.path.canonicalize().unwrap_or_else(|_| journal.path.clone())).collect();
    let names: Vec<String> = paths.iter().enumerate().map(|(at, path)| beginning(path, at, &paths)).collect();
    let mut taken = HashMap::new();
    for (name, journal) in names.iter().zip(journals) {
        if let Some(other) = taken.insert(as_disks_have_it(name), journal) {
            return Err(CommandError::Configuration(format!(
                "`{}` and `{}` would both be written to `{name}-..`\nexport one after the other, into folders of their own",
                other.path.display(),
                journal.path.display()
            )));
        }
    }
    Ok(names)
}

/// With as few folders as make it unlike what any other path has with as many.
fn beginning(path: &Path, at: usize, all: &[PathBuf]) -> String {
    let others = || all.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, path)| path);
    let depth = folders(path).len();
    let is_its_own = |count: &usize| {
        let name = as_disks_have_it(&with_folders(path, *count));
        others().all(|other| as_disks_have_it(&with_folders(other, *count)) != name)
    };
    let count = (1..depth).find(is_its_own).unwrap_or(depth);
    with_folders(path, count)
}

/// Not every disk tells capitals from small letters.
fn as_disks_have_it(name: &str) -> String {
    name.to_lowercase()
}

/// The last so many folders of a path and the name of its file, with a hyphen between them.
fn with_folders(path: &Path, count: usize) -> String {
    let folders = folders(path);
    let last = folders.iter().skip(folders.len().saturating_sub(count)).cloned();
    let file = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    last.chain([file]).collect::<Vec<_>>().join("-")
}

fn folders(path: &Path) -> Vec<String> {
    let named = |part: Component<'_>| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
    };
    path.parent().into_iter().flat_map(Path::components).filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str]) -> Result<Vec<String>, String> {
        let journals: Vec<_> = paths.iter().map(|path| Journal { path: path.into() }).collect();
        beginnings(&journals).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_has_as_many_folders_as_tell_it_from_the_others() {
        for (paths, expected) in [
            (&["/bot/state/ema/journal-live-a.sqlite"][..], &["ema-journal-live-a"][..]),
            (
                &[
                    "/a/state/ema/journal-live-a.sqlite",
                    "/b/state/ema/journal-live-a.sqlite",
                    "/a/state/rsi/journal-live-a.sqlite",
                ],
                &["a-state-ema-journal-live-a", "b-state-ema-journal-live-a", "rsi-journal-live-a"],
            ),
            (
                &["/ema/journal-live-a.sqlite", "/ema/journal-live-a.20260101T000000Z.sqlite"],
                &["ema-journal-live-a", "ema-journal-live-a.20260101T000000Z"],
            ),
            (&["/journal-live-a.sqlite", "/ema/journal-live-a.sqlite"], &["journal-live-a", "ema-journal-live-a"]),
            (
                &["/a/EMA/journal-live-a.sqlite", "/b/ema/journal-live-a.sqlite"],
                &["a-EMA-journal-live-a", "b-ema-journal-live-a"],
            ),
        ] {
            assert_eq!(names(paths).unwrap(), expected);
        }
    }

    #[test]
    fn two_journals_that_names_cannot_tell_apart_are_an_error_that_names_both() {
        let error = names(&["/q/a-b/journal-live.sqlite", "/q/a/b/journal-live.sqlite", "/r/b/journal-live.sqlite"]).unwrap_err();
        assert!(error.contains("`/q/a-b/journal-live.sqlite` and `/q/a/b/journal-live.sqlite` would both"), "{error}");
    }
}
