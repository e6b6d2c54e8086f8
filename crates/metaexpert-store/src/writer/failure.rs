//! What an error of SQLite means for what was to be written.
//!
//! The one decision: what the disk refuses may be tried again; what the journal itself refuses would be wrong to write at any time.

use rusqlite::ErrorCode;

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The disk did not take it: no room, an error of the device, somebody else's lock. It may later.
    #[error("{0}")]
    OfDisk(String),
    /// It contradicts what was written before, or the file is damaged. Nothing may be written any more.
    #[error("{0}")]
    OfContent(String),
}

impl Failure {
    /// By what SQLite said while this was written.
    pub(super) fn of(error: &rusqlite::Error, what: &str) -> Self {
        let said = |rest: &dyn std::fmt::Display| format!("{what}: {rest}");
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::OfDisk(said(&"the disk is full")),
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::OutOfMemory
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::NoLargeFileSupport
                | ErrorCode::OperationInterrupted,
            ) => Self::OfDisk(said(error)),
            Some(ErrorCode::ConstraintViolation) => {
                Self::OfContent(said(&format_args!("the journal has it already, or lacks what it refers to ({error})")))
            }
            _ => Self::OfContent(said(error)),
        }
    }
}
