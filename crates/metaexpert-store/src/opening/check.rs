//! Whether a journal is whole.
//!
//! The one decision: the check has a second, table by table, what the next run goes on from before what is only history. A million
//! executions take less; a journal that has outgrown it is opened with its history unchecked, for a start must not wait for it.

use std::{path::Path, thread, time::Duration};

use crossbeam_channel::{RecvTimeoutError, bounded};
use rusqlite::{Connection, ErrorCode};

use crate::StoreError;

/// How long the tables that only grow may be checked for: a third of what a start may take.
const LONGEST: Duration = Duration::from_secs(1);
/// What a run goes on from: small, and checked whatever it takes.
const SMALL: [&str; 8] = ["identity", "runs", "legs", "guards", "balances", "balance_days", "risk", "state"];
/// What grows, the most needed first.
const LARGE: [&str; 7] = ["orders", "trades", "fundings", "charges", "amendments", "order_events", "errors"];

/// Refuses a journal in which SQLite finds a damage.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    for table in SMALL {
        check_table(connection, path, table)?;
    }
    let (done, is_done) = bounded::<()>(0);
    let interrupt = connection.get_interrupt_handle();
    thread::scope(|scope| {
        scope.spawn(move || {
            if is_done.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout) {
                interrupt.interrupt();
                // What began just after that is interrupted as well.
                while is_done.recv_timeout(Duration::from_millis(10)) == Err(RecvTimeoutError::Timeout) {
                    interrupt.interrupt();
                }
            }
        });
        // The first that does not come to its end is the last.
        let checked = LARGE.iter().map(|table| check_table(connection, path, table)).find(|checked| !matches!(checked, Ok(true)));
        drop(done);
        checked.map_or(Ok(()), |checked| checked.map(drop))
    })
}

/// Whether it came to its end.
fn check_table(connection: &Connection, path: &Path, table: &str) -> Result<bool, StoreError> {
    // A journal of an earlier version has not all of them.
    if !connection.table_exists(None, table).unwrap_or(true) {
        return Ok(true);
    }
    // SQLite, "PRAGMA quick_check": all but whether the indexes have what their tables have. It stops at the third damage.
    let found = connection.query_row(&format!("PRAGMA quick_check('{table}')"), [], |row| row.get::<_, String>(0));
    match found {
        Ok(found) if found == "ok" => Ok(true),
        Ok(found) => Err(StoreError::damaged(path, found)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(false),
        Err(error) => Err(StoreError::of_sqlite(path, "checking the journal", &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn every_table_is_checked() {
        let connection = Connection::open_in_memory().unwrap();
        for step in schema::MIGRATIONS {
            connection.execute_batch(step).unwrap();
        }
        let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        let mut statement = connection.prepare(sql).unwrap();
        let tables: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut checked = [SMALL.as_slice(), LARGE.as_slice()].concat();
        checked.sort_unstable();
        assert_eq!(tables, checked);
    }
}
