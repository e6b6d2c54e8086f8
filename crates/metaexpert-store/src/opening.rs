//! How a journal is opened: held, found whole, brought to today's version, and known to be its owner's.
//!
//! The one decision: nothing that is in doubt is repaired here. A journal that is damaged, somebody else's or newer is refused, for the
//! next thing that happens is orders.

mod check; // whether it is whole
mod creation; // a new one

use std::{fs, path::Path, time::Duration};

use metaexpert_core::{UnixNanos, config::TradeMode};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::{Durability, Identity, Kept, StoreError, backup, lock::Lock, schema};

/// How long somebody else, a person with a database tool, may hold the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the journal at `path` for writing, or begins one, and begins a run in it.
pub(crate) fn open(
    path: &Path,
    identity: &Identity,
    durability: Durability,
    now: UnixNanos,
    chance: u32,
) -> Result<(Connection, Lock, Kept), StoreError> {
    if let Some(folder) = path.parent() {
        make_private(folder).map_err(|error| StoreError::unusable(folder, "making the folder of the journal", &error))?;
    }
    let lock = Lock::take(path)?;
    if !is_there(path)? {
        creation::create(path, identity, now)?;
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let sql = |error: rusqlite::Error| StoreError::of_sqlite(path, "opening the journal", &error);
    let version = version(&connection, path)?;
    prepare(&connection, durability).map_err(sql)?;
    check::check(&connection, path)?;
    if let Some(kept) = read_identity(&connection).map_err(sql)? {
        compare(path, &kept, identity)?;
    }
    migrate(&connection, path, version, schema::MIGRATIONS)?;
    let kept = begin(&connection, identity, now, chance).map_err(sql)?;
    Ok((connection, lock, kept))
}

/// Opens the journal at `path` for reading, also while somebody writes it.
pub(crate) fn open_to_read(path: &Path) -> Result<(Connection, Identity), StoreError> {
    let sql = |error: rusqlite::Error| StoreError::of_sqlite(path, "reading the journal", &error);
    if !is_there(path)? {
        return Err(StoreError::unusable(path, "reading the journal", "there is no such file"));
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let version = version(&connection, path)?;
    if version < schema::VERSION {
        let said = format!("it has version {version}, and this program reads {}; start the expert once", schema::VERSION);
        return Err(StoreError::unusable(path, "reading the journal", &said));
    }
    let identity =
        read_identity(&connection).map_err(sql)?.ok_or_else(|| StoreError::damaged(path, "it says of nobody whose it is"))?;
    Ok((connection, identity))
}

/// Makes a folder that is missing. What an expert holds is its owner's business alone: nobody else may look into it.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut maker = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.recursive(true).create(folder)
}

/// Whether there is a journal; an empty file is none, and not a new one either.
fn is_there(path: &Path) -> Result<bool, StoreError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    match fs::metadata(path) {
        Ok(file) if file.len() == 0 => Err(StoreError::damaged(path, "the file is empty")),
        Ok(_) => Ok(true),
        // What is in the log belongs to a file that is gone; it must not be taken for a new one's.
        Err(_) if fs::metadata(&log).is_ok_and(|log| log.len() > 0) => {
            Err(StoreError::damaged(path, "the file is gone, and its write-ahead log is still there"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::unusable(path, "opening the journal", &error)),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let sql = |error: rusqlite::Error| StoreError::of_sqlite(path, "opening the journal", &error);
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(sql)?;
    connection.busy_timeout(PATIENCE).map_err(sql)?;
    Ok(connection)
}

/// The version of a journal of ours.
fn version(connection: &Connection, path: &Path) -> Result<u32, StoreError> {
    let sql = |error: rusqlite::Error| StoreError::of_sqlite(path, "reading the journal", &error);
    let read = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(sql);
    if read("application_id")? != i64::from(schema::APPLICATION_ID) {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    let version = u32::try_from(read("user_version")?).unwrap_or(u32::MAX);
    if version > schema::VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), version });
    }
    Ok(version)
}

/// Settings of a connection that writes.
fn prepare(connection: &Connection, durability: Durability) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // SQLite, "PRAGMA synchronous": in WAL mode NORMAL survives the end of the process, FULL the end of power as well.
    let (synchronous, full) = match durability {
        Durability::Process => ("NORMAL", false),
        Durability::Power => ("FULL", true),
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // macOS only: its fsync leaves what was written in the drive's own memory.
    connection.pragma_update(None, "fullfsync", full)?;
    connection.pragma_update(None, "checkpoint_fullfsync", full)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The writing thread does it when nobody waits.
    connection.pragma_update(None, "wal_autocheckpoint", 0)
}

/// Brings a journal of this version to the last one of `steps`, after a copy of it was made.
fn migrate(connection: &Connection, path: &Path, version: u32, steps: &[&str]) -> Result<(), StoreError> {
    let known = usize::try_from(version).unwrap_or(usize::MAX);
    let Some(steps) = steps.get(known..).filter(|steps| !steps.is_empty()) else { return Ok(()) };
    backup::make(connection, path, version)?;
    let migrated = (|| {
        let transaction = connection.unchecked_transaction()?;
        for step in steps {
            transaction.execute_batch(step)?;
        }
        let reached = steps.iter().fold(version, |version, _| version + 1);
        transaction.pragma_update(None, "user_version", reached)?;
        transaction.commit()
    })();
    migrated.map_err(|error| StoreError::of_sqlite(path, "bringing the journal to this version", &error))
}

/// Writes into the journal at `path` that its account is called otherwise from now on; gives what it was called, where that has changed.
/// Where `may` says of the old name that it may not be given up, nothing changes.
pub(crate) fn rename_account(path: &Path, identity: &Identity, may: impl Fn(&str) -> bool) -> Result<Option<String>, StoreError> {
    let _lock = Lock::take(path)?;
    if !is_there(path)? {
        return Ok(None);
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let sql = |error: rusqlite::Error| StoreError::of_sqlite(path, "writing the journal", &error);
    version(&connection, path)?;
    check::check(&connection, path)?;
    let Some(kept) = read_identity(&connection).map_err(sql)? else { return Ok(None) };
    compare(path, &kept, &Identity { account: kept.account.clone(), ..identity.clone() })?;
    if kept.account == identity.account || !may(&kept.account) {
        return Ok(None);
    }
    connection.execute("UPDATE identity SET account = ?1", [&identity.account]).map_err(sql)?;
    Ok(Some(kept.account))
}

fn read_identity(connection: &Connection) -> rusqlite::Result<Option<Identity>> {
    // A journal of version 0 has no tables.
    if !connection.table_exists(None, "identity")? {
        return Ok(None);
    }
    let read = |row: &rusqlite::Row<'_>| {
        let mode: String = row.get(2)?;
        let mode = TradeMode::ALL.iter().find(|known| known.as_str() == mode).copied();
        let unknown = || rusqlite::Error::InvalidColumnType(2, "mode".into(), rusqlite::types::Type::Text);
        Ok(Identity {
            expert: row.get(0)?,
            strategy: row.get(1)?,
            mode: mode.ok_or_else(unknown)?,
            venue: row.get(3)?,
            account: row.get(4)?,
        })
    };
    connection.query_row("SELECT expert, strategy, mode, venue, account FROM identity", [], read).optional()
}

fn write_identity(connection: &Connection, identity: &Identity, now: UnixNanos) -> rusqlite::Result<()> {
    let Identity { expert, strategy, mode, venue, account } = identity;
    let row = (expert, strategy, mode.as_str(), venue, account, now.as_nanos());
    connection.execute("INSERT INTO identity VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, 1)", row).map(drop)
}

fn compare(path: &Path, kept: &Identity, asked: &Identity) -> Result<(), StoreError> {
    let facts = [
        ("expert", kept.expert.clone(), asked.expert.clone()),
        ("strategy_id", kept.strategy.to_string(), asked.strategy.to_string()),
        ("trade_mode", kept.mode.to_string(), asked.mode.to_string()),
        ("exchange", kept.venue.clone(), asked.venue.clone()),
        ("account", kept.account.clone(), asked.account.clone()),
    ];
    match facts.into_iter().find(|(_, kept, asked)| kept != asked) {
        Some((what, kept, asked)) => Err(StoreError::NotYours { path: path.to_owned(), what, kept, asked }),
        None => Ok(()),
    }
}

/// Notes that a run begins, and reads what it goes on from.
fn begin(connection: &Connection, identity: &Identity, now: UnixNanos, chance: u32) -> rusqlite::Result<Kept> {
    let transaction = connection.unchecked_transaction()?;
    if read_identity(&transaction)?.is_none() {
        write_identity(&transaction, identity, now)?;
    }
    let mut kept = Kept::read(&transaction)?;
    kept.run = if chance == 0 { next_run(last_run(&transaction)?.unwrap_or_default()) } else { chance };
    while transaction.query_row("SELECT count(*) FROM runs WHERE run = ?1", [kept.run], |row| row.get::<_, u32>(0))? > 0 {
        kept.run = next_run(kept.run);
    }
    transaction.execute("INSERT INTO runs (run, begun) VALUES (?1, ?2)", (kept.run, now.as_nanos()))?;
    transaction.execute("UPDATE identity SET is_closed = 0", [])?;
    transaction.commit()?;
    Ok(kept)
}

fn last_run(connection: &Connection) -> rusqlite::Result<Option<u32>> {
    connection.query_row("SELECT run FROM runs ORDER BY place DESC LIMIT 1", [], |row| row.get(0)).optional()
}

/// The number after this one; never 0.
fn next_run(run: u32) -> u32 {
    run.checked_add(1).unwrap_or(1)
}

#[cfg(test)]
mod tests;
