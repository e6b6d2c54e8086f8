//! What the program is asked to do.

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use crate::{disk::Disk, plan::Plan};

const USAGE: &str = "known are `--records N`, `--threads N`, `--seconds N`, `--folder PATH`, `--disk tmpfs|namespace|limit|none` \
                     and `--forget N`";

/// The arguments, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// How many records are made.
    pub records: u32,
    /// By how many threads.
    pub threads: u32,
    /// How long the paced part of it takes; the disturbances keep to it.
    pub seconds: u32,
    /// Where the folder of the log files is made; the system's temporary one if not said.
    pub folder: Option<PathBuf>,
    /// What stands for a disk that fills; the first that this machine has if not said.
    pub disk: Option<Disk>,
    /// How many TRADE records are made and not logged: to see that the account notices.
    pub forget: u32,
    /// Given to the child only: it writes into this folder.
    pub write_into: Option<PathBuf>,
}

impl Default for Arguments {
    fn default() -> Self {
        Self { records: 1_000_000, threads: 4, seconds: 15, folder: None, disk: None, forget: 0, write_into: None }
    }
}

impl Arguments {
    /// Reads them.
    ///
    /// # Errors
    /// A sentence that names the first wrong one.
    pub(crate) fn parse(mut words: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let word = word.to_string_lossy();
            let mut value = || words.next().ok_or_else(|| format!("`{word}` has no value; {USAGE}"));
            match word.as_ref() {
                "--records" => arguments.records = number(&word, &value()?, 1, 100_000_000)?,
                "--threads" => arguments.threads = number(&word, &value()?, 1, 64)?,
                "--seconds" => arguments.seconds = number(&word, &value()?, 1, 3600)?,
                "--forget" => arguments.forget = number(&word, &value()?, 0, 1_000)?,
                "--folder" => arguments.folder = Some(value()?.into()),
                "--write-into" => arguments.write_into = Some(value()?.into()),
                "--disk" => arguments.disk = Some(value()?.to_string_lossy().parse()?),
                _ => return Err(format!("`{word}` is no argument; {USAGE}")),
            }
        }
        Ok(arguments)
    }

    /// The words that say the same, for another process.
    pub(crate) fn to_words(&self) -> Vec<OsString> {
        let number = |number: u32| Some(number.to_string().into());
        let path = |path: &Option<PathBuf>| path.clone().map(OsString::from);
        let said: [(&str, Option<OsString>); 7] = [
            ("--records", number(self.records)),
            ("--threads", number(self.threads)),
            ("--seconds", number(self.seconds)),
            ("--forget", number(self.forget)),
            ("--folder", path(&self.folder)),
            ("--write-into", path(&self.write_into)),
            ("--disk", self.disk.map(|disk| disk.name().into())),
        ];
        said.into_iter().filter_map(|(name, value)| Some([name.into(), value?])).flatten().collect()
    }

    /// The records to be made.
    pub(crate) const fn plan(&self) -> Plan {
        Plan { records: self.records, threads: self.threads }
    }
}

fn number(name: &str, value: &OsStr, least: u32, most: u32) -> Result<u32, String> {
    let value = value.to_string_lossy();
    let number = value.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("`{name} {value}`: give a whole number from {least} to {most}"))
}
