//! A test that needs a process of its own: the test binary runs itself again, and finds there that it is the child.
//!
//! ```ignore
//! #[test]
//! fn something_survives() {
//!     if let Some(folder) = child::folder() { return do_it(&folder) }
//!     let output = child::of("something_survives", folder.path()).output().unwrap();
//! }
//! ```

#![expect(clippy::unwrap_used, reason = "a test that goes wrong should stop there")]

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Tells the child what to work in.
const FOLDER: &str = "METAEXPERT_LOG_TEST_FOLDER";

/// Where the child is to work; `None` in the parent.
pub(crate) fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// The child of the test of that name. Nothing of the environment makes its output other than on any other machine.
pub(crate) fn of(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    for name in ["NO_COLOR", "RUST_BACKTRACE", "RUST_LIB_BACKTRACE"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
