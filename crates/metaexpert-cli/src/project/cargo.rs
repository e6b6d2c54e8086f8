//! Cargo is asked what there is to build, and builds it.
//!
//! The one decision: what cargo says of a build goes to standard error line by line as cargo says it, but for its last word where
//! there was nothing to do. So a run of a program that is built already begins with the program.

use std::{
    env,
    ffi::OsString,
    io::{self, BufRead, BufReader, IsTerminal, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use cargo_metadata::{Message, MetadataCommand};

use super::choice::{Package, Target};
use crate::{console::Console, exit::CommandError};

/// The cargo that is there: the one that runs this command, or the first on the path.
pub(super) struct Cargo(OsString);

impl Cargo {
    pub(super) fn of_environment() -> Self {
        Self(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// The packages of the workspace that a folder's package is in, or that it is the root of.
    pub(super) fn packages(&self, folder: &Path) -> Result<Vec<Package>, CommandError> {
        let mut command = MetadataCommand::new();
        command.cargo_path(&self.0).manifest_path(folder.join("Cargo.toml")).current_dir(folder).no_deps();
        let metadata = command.exec().map_err(|error| match error {
            cargo_metadata::Error::Io(error) => self.not_started(&error),
            cargo_metadata::Error::CargoMetadata { stderr } => {
                CommandError::Data(format!("cargo cannot read the project:\n{}", without_prefix(&stderr)))
            }
            other => CommandError::Failed(format!("cargo's answer cannot be read: {other}")),
        })?;
        Ok(metadata.workspace_packages().into_iter().map(package).collect())
    }

    /// Builds a program, and says where it is.
    pub(super) fn build(&self, target: &Target, debug: bool, console: &mut Console) -> Result<PathBuf, CommandError> {
        let mut command = Command::new(&self.0);
        command.args(["build", "--message-format", "json-render-diagnostics", "--bin", &target.bin]);
        command.arg("--manifest-path").arg(target.folder.join("Cargo.toml")).current_dir(&target.folder);
        if !debug {
            command.arg("--release");
        }
        if io::stderr().is_terminal() && env::var_os("CARGO_TERM_COLOR").is_none() {
            command.env("CARGO_TERM_COLOR", "always"); // cargo sees a pipe, its reader does not
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| self.not_started(&error))?;
        let executable = follow(&mut child, &target.bin, console);
        let failed = |why: String| CommandError::Failed(format!("cannot build `{}`{why}", target.bin));
        let status = child.wait().map_err(|error| failed(format!(": {error}")))?;
        if !status.success() {
            return Err(failed("; what cargo said of it stands above".to_owned()));
        }
        executable.ok_or_else(|| failed(": cargo did not say where it is".to_owned()))
    }

    fn not_started(&self, error: &io::Error) -> CommandError {
        let cargo = Path::new(&self.0).display();
        CommandError::Failed(match error.kind() {
            io::ErrorKind::NotFound => format!(
                "cannot find `{cargo}`, which builds experts\nit comes with Rust: install that from https://rustup.rs and open a new terminal"
            ),
            _ => format!("cannot run `{cargo}`: {error}"),
        })
    }
}

fn package(package: &cargo_metadata::Package) -> Package {
    let bins = package.targets.iter().filter(|target| target.is_bin()).map(|target| target.name.clone()).collect();
    let folder = package.manifest_path.parent().unwrap_or(&package.manifest_path);
    Package {
        name: package.name.to_string(),
        folder: folder.as_std_path().to_owned(),
        bins,
        default_bin: package.default_run.clone(),
    }
}

/// Hands on what cargo says until it ends; the program's file, if cargo has named it.
fn follow(cargo: &mut Child, bin: &str, console: &mut Console) -> Option<PathBuf> {
    let (messages, words) = (cargo.stdout.take()?, cargo.stderr.take()?);
    thread::scope(|scope| {
        let executable = scope.spawn(|| executable(messages, bin));
        hand_on(words, console);
        executable.join().ok()?
    })
}

/// The file of a program among cargo's messages, all of which are read: cargo waits for its reader.
fn executable(messages: impl Read, bin: &str) -> Option<PathBuf> {
    let artifacts = Message::parse_stream(BufReader::new(messages)).filter_map(|message| match message {
        Ok(Message::CompilerArtifact(artifact)) if artifact.target.is_bin() && artifact.target.name == bin => artifact.executable,
        _ => None,
    });
    artifacts.last().map(Into::into)
}

/// Tells each line as it comes, but for a `Finished` with nothing before it.
fn hand_on(words: impl Read, console: &mut Console) {
    let mut is_first = true;
    for line in BufReader::new(words).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        if !(is_first && line.contains("Finished")) {
            console.tell(&line);
            is_first = false;
        }
    }
}

/// Cargo's words after its own `error: `.
fn without_prefix(stderr: &str) -> &str {
    let stderr = stderr.trim();
    stderr.strip_prefix("error: ").unwrap_or(stderr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::tests::Heard;

    fn handed_on(words: &str) -> String {
        let heard = Heard::default();
        hand_on(words.as_bytes(), &mut heard.console());
        heard.err()
    }

    #[test]
    fn a_build_with_nothing_to_do_says_nothing() {
        assert_eq!(handed_on("    Finished `release` profile [optimized] target(s) in 0.05s\n"), "");
    }

    #[test]
    fn a_build_says_everything_as_cargo_says_it() {
        let words = "   Compiling my-bot v0.1.0 (/бот)\n\u{1b}[1mwarning\u{1b}[0m: unused\n\n    Finished `release` in 2s\n";
        assert_eq!(handed_on(words), words);
    }
}
