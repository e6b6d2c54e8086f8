//! Journals that open, and those that do not.

use rusqlite::Connection;

use super::*;

fn identity() -> Identity {
    Identity { expert: "e".into(), strategy: 7, mode: TradeMode::Paper, venue: "v".into(), account: String::new() }
}

fn now() -> UnixNanos {
    UnixNanos::from_nanos(5)
}

fn opened(path: &Path) -> Kept {
    open(path, &identity(), Durability::Process, now(), 0).unwrap().2
}

/// A journal of version 0: ours by its mark, and no tables yet.
fn version_0(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "application_id", schema::APPLICATION_ID).unwrap();
    connection.execute_batch("CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('from before')").unwrap();
}

#[test]
fn a_journal_of_an_earlier_version_is_copied_and_brought_to_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    version_0(&path);
    assert_eq!(opened(&path).run, 1);
    assert_eq!(opened(&path).run, 2, "what was brought over is opened as it is");
    let copy = folder.path().join("journal.v0.backup.sqlite");
    assert_eq!(backup::newest(&path), Some(copy.clone()));
    let read =
        |path: &Path, sql: &str| Connection::open(path).unwrap().query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(read(&copy, "SELECT text || (SELECT user_version FROM pragma_user_version) FROM note"), "from before0");
    assert_eq!(read(&path, "SELECT text || (SELECT user_version FROM pragma_user_version) FROM note"), "from before1");
}

#[test]
fn a_migration_that_fails_changes_nothing_and_its_backup_is_named_when_the_journal_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    opened(&path);
    let steps = [schema::MIGRATIONS, &["CREATE TABLE more (x INTEGER) STRICT", "CREATE TABLE more (x INTEGER) STRICT"]].concat();
    let connection = Connection::open(&path).unwrap();
    let error = migrate(&connection, &path, 1, &steps).unwrap_err();
    assert!(matches!(error, StoreError::Unusable { .. }) && error.to_string().contains("already exists"), "{error}");
    assert!(!connection.table_exists(None, "more").unwrap() && version(&connection, &path).unwrap() == 1);
    let good = steps.get(..2).unwrap();
    migrate(&connection, &path, 1, good).unwrap();
    assert!(connection.table_exists(None, "more").unwrap());
    assert_eq!(connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).unwrap(), 2);
    drop(connection);
    // Each attempt has left its own copy, and the newest is the one to go back to.
    for name in ["journal.v1.backup.sqlite", "journal.v1.2.backup.sqlite"] {
        assert!(folder.path().join(name).exists(), "{name}");
    }
    fs::write(&path, "no journal").unwrap();
    let said = open(&path, &identity(), Durability::Process, now(), 0).unwrap_err().to_string();
    assert!(said.contains("the last backup is") && said.contains(".backup.sqlite"), "{said}");
}

#[test]
fn a_new_journal_that_was_not_finished_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    fs::write(folder.path().join("journal.sqlite.new"), "half a journ").unwrap();
    fs::write(folder.path().join("journal.sqlite.new-journal"), "half a journ").unwrap();
    assert_eq!(opened(&path).run, 1);
    assert!(!folder.path().join("journal.sqlite.new").exists());
}

#[test]
fn history_of_an_earlier_version_asks_for_the_expert_to_be_started_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    version_0(&path);
    let said = open_to_read(&path).unwrap_err().to_string();
    assert!(said.contains("it has version 0, and this program reads 1; start the expert once"), "{said}");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_look_into_a_folder_that_was_made_for_a_journal() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state").join("expert").join("journal.sqlite");
    opened(&path);
    for made in [folder.path().join("state"), folder.path().join("state").join("expert")] {
        assert_eq!(fs::metadata(&made).unwrap().permissions().mode() & 0o777, 0o700, "{}", made.display());
    }
}
