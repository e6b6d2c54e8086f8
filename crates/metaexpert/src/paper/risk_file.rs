//! What the next run has to know of this one, in a file: drawdown, the day's loss, a halt.
//!
//! The one decision: a file that makes no sense is an error and nothing is started, for a limit that is forgotten in silence is worse than
//! an expert that does not trade. A file that cannot be written is told of in the log, and trading goes on: closing what is open matters
//! more.

use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use metaexpert_core::{
    Amendment, NewOrder, Result, UnixNanos,
    config::Config,
    expert::named_after,
    journal::{Journal, Record},
    risk::{Halt, RiskState, WrittenRisk},
};
use metaexpert_log::{error, slog::Logger};
use rust_decimal::Decimal;

use crate::exit::RunError;

/// The file of one expert.
#[derive(Debug)]
pub(crate) struct RiskFile {
    path: PathBuf,
    log: Logger,
    /// It could not be written the last time.
    fails: bool,
}

impl RiskFile {
    /// Where the configuration puts it.
    pub(crate) fn new(config: &Config, expert: &str, log: Logger) -> Self {
        let path = Path::new(&named_after(&config.state_dir, expert)).join(WrittenRisk::FILE_OF_PAPER);
        Self { path, log, fails: false }
    }

    /// What an earlier run has left for one that begins at `now` with `equity`; none where there was none.
    ///
    /// # Errors
    /// Where the file cannot be read, or makes no sense.
    pub(crate) fn read(&self, now: UnixNanos, equity: Decimal) -> Result<Option<RiskState>, RunError> {
        let broken = |why: &dyn std::fmt::Display| {
            RunError::Data(format!(
                "{}: {why}\nit holds what `max_drawdown_pct` and `daily_loss_limit` are measured from, and halts; mend it, or delete it to begin anew",
                self.path.display()
            ))
        };
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(broken(&error)),
        };
        let written: WrittenRisk = serde_json::from_str(&text).map_err(|error| broken(&error))?;
        Ok(Some(written.into_state().carried_to(now, equity)))
    }

    /// Why an earlier run keeps this one from opening anything, and what a person can do about it.
    pub(crate) fn warning(&self, expert: &str, halt: &Halt) -> String {
        format!(
            "{expert}: {}\n`metaexpert resume` ends that, as does deleting `{}`; the expert has to be stopped for it",
            halt.reason(),
            self.path.display()
        )
    }

    fn write(&mut self, state: &RiskState) {
        let written = self.try_write(state);
        if let Err(error) = &written
            && !self.fails
        {
            error!(self.log, "the state of the risk limits cannot be written";
                "msgid" => "risk.unwritten", "file" => self.path.display().to_string(), "error" => #error);
        }
        self.fails = written.is_err();
    }

    /// In place of what stood there, as a whole or not at all.
    fn try_write(&self, state: &RiskState) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, &WrittenRisk::V1(state.clone()))?;
        file.write_all(b"\n")?;
        file.as_file().sync_data()?;
        file.persist(&self.path)?;
        Ok(())
    }
}

/// A journal that leaves the next run what it has to know.
#[derive(Debug)]
pub(crate) struct Carrying<J> {
    pub(crate) journal: J,
    pub(crate) file: Option<RiskFile>,
    /// Why entries are refused.
    pub(crate) halt: Option<Halt>,
}

impl<J: Journal> Journal for Carrying<J> {
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        self.journal.append(order)
    }

    fn amend(&mut self, amendment: &Amendment) -> Result<()> {
        self.journal.amend(amendment)
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        if let Record::Risk(state) = record {
            self.halt.clone_from(&state.halt);
            if let Some(file) = &mut self.file {
                file.write(state);
            }
        }
        self.journal.record(record)
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::risk::Breach;
    use metaexpert_log::slog::{Discard, o};
    use rust_decimal::dec;

    use super::*;

    fn file_in(folder: &Path) -> RiskFile {
        let config = Config { state_dir: folder.join("{expert}").display().to_string(), ..Config::default() };
        RiskFile::new(&config, "EMA crossover", Logger::root(Discard, o!()))
    }

    fn state() -> RiskState {
        let halt = Halt { breach: Breach::Drawdown { peak: dec!(10000), equity: dec!(8999.5) }, until: None };
        let day_end = UnixNanos::parse("2024-03-05").unwrap();
        RiskState { equity: dec!(8999.5), peak: dec!(10000), day_start: dec!(9100), day_end, halt: Some(halt) }
    }

    #[test]
    fn what_was_written_is_read_and_a_person_can_read_it_too() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = file_in(folder.path());
        assert!(file.read(UnixNanos::MIN, dec!(10000)).unwrap().is_none());
        for breach in [state().halt.unwrap().breach, Breach::Flattened, Breach::DailyLoss { start: dec!(2), equity: dec!(1) }] {
            let state = RiskState { halt: Some(Halt { breach, until: UnixNanos::from_seconds(86_400) }), ..state() };
            file.write(&state);
            assert_eq!(file.read(UnixNanos::MIN, state.equity).unwrap(), Some(state));
        }
        file.write(&state());
        let path = folder.path().join("ema-crossover/risk-paper.json");
        assert_eq!(file.path, path);
        expect_test::expect![[r#"
            {
              "version": "1",
              "equity": "8999.5",
              "peak": "10000",
              "day_start": "9100",
              "day_end": "2024-03-05T00:00:00Z",
              "halt": {
                "breach": {
                  "rule": "max_drawdown_pct",
                  "peak": "10000",
                  "equity": "8999.5"
                },
                "until": null
              }
            }
        "#]]
        .assert_eq(&fs::read_to_string(&path).unwrap());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing else is left in the folder");
    }

    #[test]
    fn a_file_that_makes_no_sense_is_an_error_that_names_it_and_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = file_in(folder.path());
        file.write(&state());
        let good = fs::read_to_string(&file.path).unwrap();
        for (text, said) in [
            (String::new(), "EOF while parsing a value"),
            (good.replace("\"version\": \"1\"", "\"version\": \"2\""), "unknown variant `2`, expected `1`"),
            (good.replace("\"9100\"", "\"nine\""), "nine"),
            (good.replace("2024-03-05T00:00:00Z", "soon"), "`soon` is not a time such as 2024-03-05T00:00:00Z"),
            (good.replace("\"halt\"", "\"hlat\""), "unknown field `hlat`"),
            (good.replace("max_drawdown_pct", "max_drawdown"), "unknown variant `max_drawdown`"),
        ] {
            fs::write(&file.path, &text).unwrap();
            let error = file.read(UnixNanos::MIN, dec!(1)).unwrap_err();
            let shown = error.to_string();
            assert!(shown.contains("ema-crossover/risk-paper.json: ") && shown.contains(said), "{shown}");
            assert!(shown.ends_with("mend it, or delete it to begin anew"), "{shown}");
            assert_eq!(error.exit(), crate::exit::Exit::Data);
        }
    }

    #[test]
    fn a_file_that_cannot_be_written_keeps_nobody_from_trading() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ema-crossover"), "").unwrap();
        let mut file = file_in(folder.path());
        file.write(&state());
        assert!(file.fails);
        fs::remove_file(folder.path().join("ema-crossover")).unwrap();
        file.write(&state());
        assert!(!file.fails && file.path.exists());
    }
}
