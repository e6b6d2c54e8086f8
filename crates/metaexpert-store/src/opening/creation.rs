//! A new journal.
//!
//! The one decision: it gets its name when it is whole. A process that ends halfway leaves no file that the next one would take for a
//! journal, and an empty file is therefore never one of ours.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use metaexpert_core::UnixNanos;
use rusqlite::Connection;

use super::write_identity;
use crate::{Identity, StoreError, schema};

pub(super) fn create(path: &Path, identity: &Identity, now: UnixNanos) -> Result<(), StoreError> {
    let unfinished = beside(path, ".new");
    for left in [unfinished.clone(), beside(path, ".new-journal")] {
        let _ = fs::remove_file(left);
    }
    write(&unfinished, identity, now).map_err(|error| StoreError::of_sqlite(path, "making a new journal", &error))?;
    let named = fs::rename(&unfinished, path).and_then(|()| sync_folder(path));
    named.map_err(|error| StoreError::unusable(path, "making a new journal", &error))
}

fn write(path: &Path, identity: &Identity, now: UnixNanos) -> rusqlite::Result<()> {
    let mut connection = Connection::open(path)?;
    let transaction = connection.transaction()?;
    transaction.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", schema::VERSION)?;
    for step in schema::MIGRATIONS {
        transaction.execute_batch(step)?;
    }
    write_identity(&transaction, identity, now)?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)
}

/// A name is only on the disk when its folder is.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        return fs::File::open(folder)?.sync_all();
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
