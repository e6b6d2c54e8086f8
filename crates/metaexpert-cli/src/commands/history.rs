//! `metaexpert history`: orders, trades, fees and profit by day, for audit and tax.
//!
//! The one decision: it only reads, and what it writes is of one moment, whether the expert runs or not. Nothing is rounded and
//! nothing is converted: amounts are plain decimals in the currency in which they were booked, times are UTC.

mod found; // whose journals are meant, and where they are
mod names; // what the files are called
mod tables; // what is written of a journal
mod writing; // CSV and JSON

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use metaexpert_store::{
    StoreError,
    history::{History, Period},
};

use self::{
    found::Journal,
    tables::{Failure, Table},
};
use crate::{
    command_line::{FileFormat, HistoryArgs, What},
    console::Console,
    exit::{CommandError, Exit},
};

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::Data(error.to_string())
    }
}

pub(crate) fn run(args: &HistoryArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let period = Period { from: args.from, to: args.to };
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from >= to
    {
        return Err(CommandError::Configuration(format!("--from {from} is not before --to {to}")));
    }
    let journals = found::journals(args.of.as_deref())?;
    let tables = Table::of(args.what);
    match (&args.out, journals.as_slice(), tables) {
        (Some(folder), journals, tables) => into_folder(folder, journals, tables, period, args, console),
        (None, [journal], [table]) => {
            let history = History::open(&journal.path)?;
            let mut text = Vec::new();
            table.write(&history, period, args.format, &mut text).map_err(|why| failed(&journal.path, why))?;
            // Only text was written.
            console.say(String::from_utf8_lossy(&text));
            Ok(Exit::Good)
        }
        (None, [_], _) => Err(CommandError::Configuration(
            "several things make several files\nname a folder with `--out`, or one of them with `--what`".to_owned(),
        )),
        (None, journals, _) => Err(CommandError::Configuration(format!(
            "there are several journals:\n{}\nname a folder with `--out`, or one of them instead",
            found::listed(journals)
        ))),
    }
}

fn into_folder(
    folder: &Path,
    journals: &[Journal],
    tables: &[Table],
    period: Period,
    args: &HistoryArgs,
    console: &mut Console,
) -> Result<Exit, CommandError> {
    let unwritable =
        |path: &Path, error: &io::Error| CommandError::Failed(format!("`{}` cannot be written: {error}", path.display()));
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let of_journal = |beginning: String| {
        let path = |table: &Table| (*table, folder.join(file_name(&beginning, *table, args.format)));
        tables.iter().map(path).collect::<Vec<_>>()
    };
    let files: Vec<_> = names::beginnings(journals)?.into_iter().map(of_journal).collect();
    // Before anything is written: half an export is none.
    if let Some((_, path)) = files.iter().flatten().find(|(_, path)| path.exists() && !args.force) {
        return Err(CommandError::Configuration(format!("`{}` is already there\n`--force` writes over it", path.display())));
    }
    for (journal, files) in journals.iter().zip(&files) {
        let history = History::open(&journal.path)?;
        for (table, path) in files {
            let lines = written_whole(path, &journal.path, |file| table.write(&history, period, args.format, file))?;
            console.say_line(format_args!("{}: {lines} {}", path.display(), if lines == 1 { "line" } else { "lines" }));
        }
    }
    Ok(Exit::Good)
}

/// Writes a file as a whole or not at all.
fn written_whole(
    path: &Path,
    journal: &Path,
    write: impl FnOnce(&mut dyn io::Write) -> Result<u64, Failure>,
) -> Result<u64, CommandError> {
    let unwritable = |error: &io::Error| CommandError::Failed(format!("`{}` cannot be written: {error}", path.display()));
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| unwritable(&error))?;
    let lines = write(&mut io::BufWriter::new(&mut file)).map_err(|why| match why {
        Failure::Unwritten(error) => unwritable(&error),
        why @ Failure::Unread(_) => failed(journal, why),
    })?;
    file.persist(path).map_err(|error| unwritable(&error.error))?;
    Ok(lines)
}

fn failed(journal: &Path, why: Failure) -> CommandError {
    match why {
        Failure::Unread(error) => error.into(),
        Failure::Unwritten(error) => {
            CommandError::Failed(format!("what `{}` holds cannot be written: {error}", journal.display()))
        }
    }
}

/// `ema-journal-live-binance-usdm-trades.csv`.
fn file_name(beginning: &str, table: Table, format: FileFormat) -> PathBuf {
    let ending = match format {
        FileFormat::Csv => "csv",
        FileFormat::Json => "json",
    };
    format!("{beginning}-{}.{ending}", table.name()).into()
}

impl Table {
    fn of(what: What) -> &'static [Self] {
        match what {
            What::Orders => &[Self::Orders],
            What::Trades => &[Self::Trades],
            What::Fees => &[Self::Fees],
            What::Pnl => &[Self::Pnl],
            What::All => &[Self::Orders, Self::Trades, Self::Fees, Self::Pnl],
        }
    }
}
