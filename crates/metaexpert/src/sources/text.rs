//! A small text file that a person wrote.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

use metaexpert_core::ConfigError;

/// No configuration is that long; what is was named by mistake, `/dev/zero` perhaps.
const LONGEST: u64 = 1 << 20;

/// What a file holds.
pub(super) struct Text {
    /// Its lines, each with its end.
    pub(super) text: String,
    /// Who may do what with it, as unix has it; 0 elsewhere.
    pub(super) mode: u32,
}

impl Text {
    /// Reads a file; `None` if there is no such file. `shown` is what errors call it.
    ///
    /// # Errors
    /// If it cannot be read, or is not text.
    pub(super) fn read(path: &Path, shown: &str) -> Result<Option<Self>, ConfigError> {
        let unreadable = |error: std::io::Error| ConfigError::about(shown, format!("cannot be read: {}", error.kind()));
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(ConfigError::about(shown, "is a folder, not a file"));
        }
        let mut bytes = Vec::new();
        let length = file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if u64::try_from(length).is_ok_and(|length| length > LONGEST) {
            return Err(ConfigError::about(shown, "is longer than 1 MiB, which no configuration is"));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            ConfigError::about(format!("{shown}:{}", line_after(good)), "is not UTF-8")
        })?;
        let mut text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(Some(Self { text, mode: mode_of(&metadata) }))
    }
}

/// The line, from 1, that comes after these bytes.
fn line_after(bytes: &[u8]) -> usize {
    1 + String::from_utf8_lossy(bytes).matches('\n').count()
}

#[cfg(unix)]
fn mode_of(metadata: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata)
}

#[cfg(not(unix))]
fn mode_of(_metadata: &std::fs::Metadata) -> u32 {
    0
}
