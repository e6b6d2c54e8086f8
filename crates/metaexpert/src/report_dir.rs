//! A report's files in their directory.
//!
//! The one decision: a half report is never taken for a whole one. Every file is written under a temporary name, an old summary is
//! taken away before any other file is replaced, and the new summary is put in its place last: where `report.json` is, the
//! files beside it belong to it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use metaexpert_tester::{Report, ReportFile};

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`: {source}; name another directory with `--report`", path.display())]
pub(crate) struct ReportError {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// Writes a report's files into `directory`, which is made where it does not exist. Files of an older report are replaced,
/// other files stay.
///
/// # Errors
/// When the directory cannot be made, or a file cannot be written or put in its place.
pub(crate) fn write_report(report: &Report<'_>, directory: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(directory).map_err(failed("make the directory", directory))?;
    let written = write_files(report, directory);
    if written.is_err() {
        for file in ReportFile::ALL {
            // What went wrong is told; that a remnant could not be taken away as well is not news.
            let _ = fs::remove_file(temporary(directory, file));
        }
    }
    written
}

fn write_files(report: &Report<'_>, directory: &Path) -> Result<(), ReportError> {
    for file in ReportFile::ALL {
        let path = temporary(directory, file);
        let written = fs::File::create(&path).and_then(|mut out| report.write(file, &mut out));
        written.map_err(failed("write", &path))?;
    }
    let summary = directory.join(ReportFile::Summary.name());
    match fs::remove_file(&summary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("replace", &summary)(error)),
        Ok(()) | Err(_) => {}
    }
    // The summary is the last of them.
    for file in ReportFile::ALL {
        let path = directory.join(file.name());
        fs::rename(temporary(directory, file), &path).map_err(failed("replace", &path))?;
    }
    Ok(())
}

fn temporary(directory: &Path, file: ReportFile) -> PathBuf {
    directory.join(format!(".{}.part", file.name()))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path = path.to_owned();
    move |source| ReportError { action, path, source }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use metaexpert_core::{Currency, Instruments, Symbol, Timeframe};
    use metaexpert_tester::Run;

    use super::*;

    fn run() -> Run {
        Run {
            expert: "idle".into(),
            timeframe: Timeframe::H1,
            symbol: Symbol::new("BTCUSDT").unwrap(),
            instruments: Instruments::default(),
            series: Vec::new(),
            config: Vec::new(),
            inputs: Vec::new(),
            initial_capital: 1000.into(),
            currency: Currency::new("USDT"),
            trades: Vec::new(),
            fundings: Vec::new(),
            charges: Vec::new(),
            orders: 0,
            rejected: BTreeMap::new(),
            errors: 0,
            criterion: None,
            notes: Vec::new(),
        }
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    const FILES: [&str; 4] = ["equity.csv", "report.json", "round_trips.csv", "trades.csv"];

    #[test]
    fn a_report_is_four_files_wherever_it_is_and_however_often() {
        let directory = tempfile::tempdir().unwrap();
        let (first, second) = (directory.path().join("a/b"), directory.path().join("c"));
        write_report(&Report::of(&run()), &first).unwrap();
        write_report(&Report::of(&run()), &second).unwrap();
        write_report(&Report::of(&run()), &second).unwrap();
        assert_eq!(names(&first), FILES);
        assert_eq!(names(&second), FILES);
        for name in FILES {
            assert_eq!(fs::read(first.join(name)).unwrap(), fs::read(second.join(name)).unwrap(), "{name}");
        }
    }

    #[test]
    fn a_report_that_cannot_be_finished_leaves_no_summary_and_no_remnant() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        write_report(&Report::of(&run()), directory).unwrap();
        fs::remove_file(directory.join("equity.csv")).unwrap();
        fs::create_dir(directory.join("equity.csv")).unwrap();
        let error = write_report(&Report::of(&run()), directory).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("cannot replace `{}`: ", directory.join("equity.csv").display())),
            "{error}"
        );
        assert_eq!(names(directory), ["equity.csv", "round_trips.csv", "trades.csv"]);
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let error = write_report(&Report::of(&run()), &file.join("report")).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("cannot make the directory `{}`: ", file.join("report").display())),
            "{error}"
        );
    }
}
