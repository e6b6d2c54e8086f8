//! Copies of a journal that are made before it is changed for good, and kept.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use rusqlite::Connection;

use crate::StoreError;

const ENDING: &str = ".backup.sqlite";

/// Copies a journal of this version to a file beside it: `journal.v1.backup.sqlite`. A copy that is there already stays, and this one is
/// numbered: `journal.v1.2.backup.sqlite`.
pub(crate) fn make(connection: &Connection, path: &Path, version: u32) -> Result<PathBuf, StoreError> {
    let target = free_name(path, version);
    // Under another name until it is whole.
    let unfinished = target.with_extension("unfinished");
    let failed = |error: &dyn ToString| StoreError::unusable(&target, "backing the journal up", &error.to_string());
    let _ = fs::remove_file(&unfinished);
    connection.execute("VACUUM INTO ?1", [unfinished.to_string_lossy()]).map_err(|error| failed(&error))?;
    fs::File::open(&unfinished).and_then(|file| file.sync_all()).map_err(|error| failed(&error))?;
    fs::rename(&unfinished, &target).map_err(|error| failed(&error))?;
    Ok(target)
}

/// The newest backup beside a journal.
pub(crate) fn newest(path: &Path) -> Option<PathBuf> {
    let start = format!("{}.v", stem(path));
    let is_backup = |name: &str| name.starts_with(&start) && name.ends_with(ENDING);
    let written = |found: &PathBuf| fs::metadata(found).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let files = fs::read_dir(path.parent()?).ok()?.flatten().map(|entry| entry.path());
    files.filter(|found| found.file_name().is_some_and(|name| is_backup(&name.to_string_lossy()))).max_by_key(written)
}

fn free_name(path: &Path, version: u32) -> PathBuf {
    let stem = stem(path);
    let first = path.with_file_name(format!("{stem}.v{version}{ENDING}"));
    let others = (2_u32..).map(|number| path.with_file_name(format!("{stem}.v{version}.{number}{ENDING}")));
    std::iter::once(first).chain(others).find(|name| !name.exists()).unwrap_or_else(|| path.with_extension("backup.sqlite"))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
