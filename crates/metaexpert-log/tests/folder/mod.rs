//! A folder that a log writes into, and what stands in it afterwards.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong should stop there")]

use std::fs;

use metaexpert_log::{Level, LogConfig};
use tempfile::TempDir;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Files only, with everything in them.
    pub(crate) fn config(&self) -> LogConfig {
        LogConfig {
            app_name: "tester".into(),
            level: Level::Debug,
            directory: self.0.path().join("logs"),
            to_console: false,
            ..LogConfig::default()
        }
    }

    /// What stands in one of the files.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.config().directory.join(name)).unwrap()
    }
}
