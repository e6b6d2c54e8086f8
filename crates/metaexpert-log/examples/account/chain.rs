//! A log file and its backups, read back from the disk.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::Path,
};

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use crate::{
    Outcome,
    plan::{Id, Plan, Seen},
};

/// What stands in a file and its backups.
#[derive(Debug)]
pub(crate) struct Chain {
    /// Name of the live file.
    pub name: &'static str,
    /// The records.
    pub seen: Seen,
    /// How many backups there are, so how often it was rotated.
    pub backups: u64,
    /// How many of them are compressed.
    pub compressed: u64,
    /// Lines that are no JSON object, or have no end.
    pub torn: Vec<String>,
    /// Lines of records that were never made, or at another level.
    pub strange: Vec<String>,
    /// What the log said of itself, by `msgid`.
    pub told: BTreeMap<String, u64>,
    /// Names that neither a log file nor a backup has.
    pub left_over: Vec<String>,
}

/// Reads all of them.
pub(crate) fn read(folder: &Path, name: &'static str, plan: Plan) -> Outcome<Chain> {
    let mut chain = Chain {
        name,
        seen: Seen::none(plan),
        backups: 0,
        compressed: 0,
        torn: Vec::new(),
        strange: Vec::new(),
        told: BTreeMap::new(),
        left_over: Vec::new(),
    };
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file_name = entry.file_name().to_string_lossy().into_owned();
        // A device has nothing to be read back.
        if let Some(ending) = file_name.strip_prefix(name)
            && entry.path().metadata()?.is_file()
        {
            chain.read_file(&entry.path(), ending).map_err(|error| format!("`{}`: {error}", entry.path().display()))?;
        }
    }
    Ok(chain)
}

impl Chain {
    fn read_file(&mut self, path: &Path, ending: &str) -> Outcome<()> {
        let plain = ending.strip_suffix(".gz");
        let is_compressed = plain.is_some();
        let place = plain.unwrap_or(ending).strip_prefix('.');
        if place.is_some_and(|place| place.parse::<u32>().is_err()) {
            self.left_over.push(path.display().to_string());
            return Ok(());
        }
        self.backups += u64::from(place.is_some());
        self.compressed += u64::from(is_compressed);
        let file = File::open(path)?;
        if is_compressed { self.read_lines(MultiGzDecoder::new(file)) } else { self.read_lines(file) }
    }

    fn read_lines(&mut self, from: impl Read) -> Outcome<()> {
        let mut lines = BufReader::with_capacity(1 << 18, from);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            self.take(&line);
            line.clear();
        }
        Ok(())
    }

    fn take(&mut self, line: &[u8]) {
        let shown = || String::from_utf8_lossy(line).trim_end().to_owned();
        let Some(record) = line.strip_suffix(b"\n").and_then(|line| serde_json::from_slice::<Value>(line).ok()) else {
            return self.torn.push(shown());
        };
        let field = |name: &str| record.get(name)?.as_u64().and_then(|number| u32::try_from(number).ok());
        let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
        match (field("thread"), field("number")) {
            (Some(thread), Some(number)) => {
                let id = Id { thread, number };
                if text("level") != id.level().name() || !self.seen.see(id) {
                    self.strange.push(shown());
                }
            }
            _ if text("msgid").starts_with("log.") => *self.told.entry(text("msgid").to_owned()).or_default() += 1,
            _ => self.strange.push(shown()),
        }
    }
}
