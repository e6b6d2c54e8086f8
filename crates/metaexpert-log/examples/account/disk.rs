//! A disk that can be filled without harm.

use std::{
    error::Error,
    fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    str::FromStr,
};

use crate::Outcome;

/// What stands for a disk that fills, the truest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disk {
    /// A small file system in memory, mounted by whoever may.
    Tmpfs,
    /// The same, in a user namespace of its own, where whoever is root may.
    Namespace,
    /// A limit to the size of the process's files.
    Limit,
    /// No disk: one file is `/dev/full` from the start to the end.
    None,
}

impl Disk {
    const ALL: [Self; 4] = [Self::Tmpfs, Self::Namespace, Self::Limit, Self::None];

    /// As it is said in an argument.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tmpfs => "tmpfs",
            Self::Namespace => "namespace",
            Self::Limit => "limit",
            Self::None => "none",
        }
    }

    /// The first that this machine lets us have.
    pub(crate) fn best() -> Self {
        Self::ALL.into_iter().find(|disk| disk.is_to_be_had()).unwrap_or(Self::None)
    }

    fn is_to_be_had(self) -> bool {
        match self {
            Self::Tmpfs => tempfile::tempdir().is_ok_and(|folder| SmallDisk::mount(folder.path(), 1 << 20).is_ok()),
            // The mount ends with the namespace.
            Self::Namespace => tempfile::tempdir().is_ok_and(|folder| {
                let mount = ["-Urm", "mount", "-t", "tmpfs", "-o", "size=1m", "account"];
                run(Command::new("unshare").args(mount).arg(folder.path())).is_ok()
            }),
            Self::Limit => {
                let tried = "trap '' XFSZ; prlimit --pid $$ --fsize=1024: && prlimit --pid $$ --fsize=unlimited:";
                run(Command::new("sh").args(["-c", tried])).is_ok()
            }
            Self::None => true,
        }
    }
}

impl fmt::Display for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tmpfs => "a small tmpfs, filled to the last byte",
            Self::Namespace => "a small tmpfs in a user namespace of its own",
            Self::Limit => "a limit to the size of files; no tmpfs can be mounted here",
            Self::None => "none that could be filled here; errors.log is `/dev/full` all the time, where there is one",
        })
    }
}

impl FromStr for Disk {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|disk| disk.name() == word);
        named.ok_or_else(|| format!("`--disk {word}`: give tmpfs, namespace, limit or none"))
    }
}

/// A file system in memory, for as long as it is held.
#[derive(Debug)]
pub(crate) struct SmallDisk {
    path: PathBuf,
}

/// How many bytes it should have: the compressed backups of so many records, and those that wait to be compressed.
pub(crate) const fn size_for(records: u32) -> u64 {
    (64 << 20) + records as u64 * 128
}

impl SmallDisk {
    /// Mounts it over a folder.
    pub(crate) fn mount(path: &Path, size: u64) -> Outcome<Self> {
        run(Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "account"]).arg(path))
            .map_err(|error| format!("no tmpfs can be mounted: {error}; leave `--disk` out to take what can be had"))?;
        Ok(Self { path: path.to_owned() })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What cannot be unmounted is seen in the list of mounts; the account stands all the same.
        let _ = run(Command::new("umount").arg(&self.path));
    }
}

/// Limits the size that this process's files may have, or lifts the limit. A limit that is not a system's last word can be
/// changed by anyone, but only with a call that the standard library has not.
pub(crate) fn limit_files(bytes: Option<u64>) -> Outcome<()> {
    let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
    let this = std::process::id().to_string();
    run(Command::new("prlimit").args(["--pid", &this, &format!("--fsize={limit}:")]))
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("`{}`: {error}", command.get_program().display()))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().into()) }
}
