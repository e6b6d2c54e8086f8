//! Why a journal cannot be used: each with the file, what stands against it, and what to do.
//!
//! The one decision: what SQLite says becomes one of these once, here; nobody else looks at its codes.

use std::path::{Path, PathBuf};

use metaexpert_core::Symbol;
use rusqlite::ErrorCode;

use crate::{backup, schema};

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has it open.
    #[error("{}: another process has this journal open{}", path.display(), holder.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Locked {
        /// The file.
        path: PathBuf,
        /// Which process, where it is known.
        holder: Option<u32>,
    },
    /// Another process has claimed what this one wants to do.
    #[error("{}: another process does this already{}", path.display(), holder.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Claimed {
        /// The file that is locked.
        path: PathBuf,
        /// Which process, where it is known.
        holder: Option<u32>,
    },
    /// Something is open in a symbol that the run does not trade.
    #[error("{symbol}: the journal has something open in it, and this run does not trade it; trade it too, or close it first")]
    NotTraded {
        /// Which symbol.
        symbol: Symbol,
    },
    /// It is the journal of somebody else.
    #[error(
        "{}: this journal belongs to another: its {what} is `{kept}`, and that of this run is `{asked}`; {}",
        path.display(), instead(what)
    )]
    NotYours {
        /// The file.
        path: PathBuf,
        /// What differs: `expert`, `strategy_id`, `trade_mode`, `exchange`, `account`.
        what: &'static str,
        /// What the journal says.
        kept: String,
        /// What the run says.
        asked: String,
    },
    /// A newer program has written it.
    #[error(
        "{}: this journal has version {version}, and this program knows versions up to {}; use the program that wrote it, or a newer one",
        path.display(), schema::VERSION
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// It is a database, and no journal.
    #[error("{}: this is a database of another program, and no journal of MetaExpert", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// What it says cannot be believed.
    #[error(
        "{}: the journal is damaged ({said}); {}. look at the exchange for open orders and positions before anything is sent, \
         then move this file and those beside it (`-wal`, `-shm`) away and put a backup in its place; a new journal would know of nothing \
         that is open: begin one only when nothing is",
        path.display(), last_backup(backup.as_deref())
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        said: String,
        /// The newest backup beside it.
        backup: Option<PathBuf>,
    },
    /// The disk does not have it, or does not take it: no room, no permission, read only, not there.
    #[error("{}: {doing} failed: {said}", path.display())]
    Unusable {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: `writing the journal`.
        doing: &'static str,
        /// What the system says.
        said: String,
    },
}

/// What to do where a journal is of somebody else.
fn instead(what: &str) -> &'static str {
    match what {
        "account" => {
            "where the key was changed and the account is the same, say so once with `new_key`, and the journal goes on; another account \
             wants a `state_dir` of its own"
        }
        _ => "give this run a `state_dir` of its own",
    }
}

fn last_backup(backup: Option<&Path>) -> String {
    backup.map_or_else(|| "there is no backup".into(), |backup| format!("the last backup is {}", backup.display()))
}

impl StoreError {
    /// What was tried with a file, and what the system said.
    pub(crate) fn unusable(path: &Path, doing: &'static str, said: &(impl ToString + ?Sized)) -> Self {
        Self::Unusable { path: path.to_owned(), doing, said: said.to_string() }
    }

    /// A damage, by its words.
    pub(crate) fn damaged(path: &Path, said: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), said: said.into(), backup: backup::newest(path) }
    }

    /// What SQLite said while something was done with a journal.
    pub(crate) fn of_sqlite(path: &Path, doing: &'static str, error: &rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::damaged(path, error.to_string()),
                _ => Self::unusable(path, doing, error),
            },
            // A text where a number should be, a table that is not there: the file opens, and what is in it is not ours.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::QueryReturnedNoRows
            | rusqlite::Error::Utf8Error(..) => Self::damaged(path, error.to_string()),
            _ => Self::unusable(path, doing, error),
        }
    }
}

impl From<StoreError> for metaexpert_core::Error {
    fn from(error: StoreError) -> Self {
        Self::Storage(error.to_string())
    }
}
