//! Which file a path leads to at the moment, whatever its name.

use std::{fs, fs::File, io, path::Path};

/// Two of these are equal if they are one file. What it was asked of must be open still: a number is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity(Number);

#[cfg(unix)]
type Number = (u64, u64); // of the device, and of the file on it
#[cfg(not(unix))]
type Number = std::sync::Arc<same_file::Handle>;

impl Identity {
    /// Of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        #[cfg(unix)]
        return Ok(Self(number(&file.metadata()?)));
        #[cfg(not(unix))]
        return Ok(Self(same_file::Handle::from_file(file.try_clone()?)?.into()));
    }

    /// Of what a path leads to, and what else the same look told about it.
    pub(super) fn at(path: &Path) -> io::Result<(Self, fs::Metadata)> {
        let metadata = fs::metadata(path)?;
        #[cfg(unix)]
        return Ok((Self(number(&metadata)), metadata));
        #[cfg(not(unix))]
        return Ok((Self(same_file::Handle::from_path(path)?.into()), metadata));
    }

    /// Whether a path leads to this file.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        Self::at(path).is_ok_and(|(other, _)| *self == other)
    }
}

#[cfg(unix)]
fn number(metadata: &fs::Metadata) -> Number {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}
