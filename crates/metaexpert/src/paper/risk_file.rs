//! What the next run has to know of this one, in a file: drawdown, the day's loss, a halt. Each journal has one of its own beside it.
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
    UnixNanos,
    config::Config,
    expert::named_after,
    risk::{Halt, RiskState, WrittenRisk},
};
use metaexpert_log::{error, slog::Logger};
use metaexpert_store::Kept;
use rust_decimal::Decimal;

use crate::exit::RunError;

/// The file of one expert at one venue.
#[derive(Debug)]
pub(crate) struct RiskFile {
    path: PathBuf,
    /// The one that all venues shared once.
    shared: PathBuf,
    log: Logger,
    /// It could not be written the last time.
    fails: bool,
}

impl RiskFile {
    /// Where the configuration puts it, for a venue as the journal names it (`binance usdm`, `simulated`).
    pub(crate) fn new(config: &Config, expert: &str, venue: &str, log: Logger) -> Self {
        let folder = PathBuf::from(named_after(&config.state_dir, expert));
        let path = folder.join(WrittenRisk::file(config.trade_mode, venue));
        let shared = folder.join(WrittenRisk::file_of_all_venues(config.trade_mode));
        Self { path, shared, log, fails: false }
    }

    /// What an earlier run has left for one that begins at `now`; none where there was none. Where the journal has `kept` nothing to go
    /// on from, the account begins anew with `capital`, and drawdown and the day's loss are carried over to that.
    ///
    /// # Errors
    /// Where the file cannot be read, or makes no sense.
    pub(crate) fn read(&mut self, now: UnixNanos, capital: Decimal, kept: &Kept) -> Result<Option<RiskState>, RunError> {
        let goes_on = kept.last_trade.is_some();
        if let Some(state) = state_in(&self.path)? {
            let equity = if goes_on { state.equity } else { capital };
            return Ok(Some(state.carried_to(now, equity)));
        }
        let Some(state) = state_in(&self.shared)? else { return Ok(None) };
        // Another venue's run may have written it. How much this account had, its own journal says.
        let own = kept.risk.as_ref().map_or(state.equity, |journalled| journalled.equity);
        let state = state.carried_to(now, if goes_on { own } else { capital });
        self.write(&state);
        if !self.fails {
            // Or it would be found again by whoever deletes the new one to end a halt.
            let _ = fs::remove_file(&self.shared);
        }
        Ok(Some(state))
    }

    /// Why an earlier run keeps this one from opening anything, and what a person can do about it.
    pub(crate) fn warning(&self, expert: &str, halt: &Halt) -> String {
        format!(
            "{expert}: {}\n`metaexpert resume` ends that, as does deleting `{}`; the expert has to be stopped for it",
            halt.reason(),
            self.path.display()
        )
    }

    pub(crate) fn write(&mut self, state: &RiskState) {
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

/// What stands in a file, where there is one.
fn state_in(path: &Path) -> Result<Option<RiskState>, RunError> {
    let broken = |why: &dyn std::fmt::Display| {
        RunError::Data(format!(
            "{}: {why}\nit holds what `max_drawdown_pct` and `daily_loss_limit` are measured from, and halts; mend it, or delete it to begin anew",
            path.display()
        ))
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(broken(&error)),
    };
    let written: WrittenRisk = serde_json::from_str(&text).map_err(|error| broken(&error))?;
    Ok(Some(written.into_state()))
}

#[cfg(test)]
mod tests {
    use metaexpert_core::{config::TradeMode, risk::Breach};
    use metaexpert_log::slog::{Discard, o};
    use rust_decimal::dec;

    use super::*;

    fn file_in(folder: &Path) -> RiskFile {
        file_of(folder, TradeMode::Paper, "simulated")
    }

    fn file_of(folder: &Path, trade_mode: TradeMode, venue: &str) -> RiskFile {
        let state_dir = folder.join("{expert}").display().to_string();
        let config = Config { state_dir, trade_mode, ..Config::default() };
        RiskFile::new(&config, "EMA crossover", venue, Logger::root(Discard, o!()))
    }

    /// A journal with executions, whose account had that much when it was last told.
    fn kept(equity: Decimal) -> Kept {
        let risk = Some(RiskState { equity, peak: equity, day_start: equity, day_end: UnixNanos::MIN, halt: None });
        Kept { last_trade: Some(UnixNanos::MIN), risk, ..Kept::default() }
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
        assert!(file.read(UnixNanos::MIN, dec!(10000), &Kept::default()).unwrap().is_none());
        for breach in [state().halt.unwrap().breach, Breach::Flattened, Breach::DailyLoss { start: dec!(2), equity: dec!(1) }] {
            let state = RiskState { halt: Some(Halt { breach, until: UnixNanos::from_seconds(86_400) }), ..state() };
            file.write(&state);
            assert_eq!(file.read(UnixNanos::MIN, state.equity, &Kept::default()).unwrap(), Some(state));
        }
        file.write(&state());
        let path = folder.path().join("ema-crossover/risk-paper-simulated.json");
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
            let error = file.read(UnixNanos::MIN, dec!(1), &Kept::default()).unwrap_err();
            let shown = error.to_string();
            assert!(shown.contains("ema-crossover/risk-paper-simulated.json: ") && shown.contains(said), "{shown}");
            assert!(shown.ends_with("mend it, or delete it to begin anew"), "{shown}");
            assert_eq!(error.exit(), crate::exit::Exit::Data);
        }
    }

    #[test]
    fn each_mode_and_venue_has_a_halt_and_a_peak_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        file_of(folder.path(), TradeMode::Live, "binance spot").write(&state());
        for (mode, venue, is_halted) in [
            (TradeMode::Live, "binance spot", true),
            (TradeMode::Live, "binance usdm", false),
            (TradeMode::Paper, "binance spot", false),
        ] {
            let found = file_of(folder.path(), mode, venue).read(UnixNanos::MIN, dec!(500), &kept(dec!(500))).unwrap();
            assert_eq!(found.is_some(), is_halted, "{mode} {venue}");
        }
        let files = fs::read_dir(folder.path().join("ema-crossover")).unwrap();
        let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        assert_eq!(names, ["risk-live-binance-spot.json"]);
    }

    #[test]
    fn the_file_that_all_venues_shared_is_read_once_in_percent_of_what_this_account_had() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = file_of(folder.path(), TradeMode::Live, "binance usdm");
        file.write(&state());
        let shared = folder.path().join("ema-crossover/risk-live.json");
        fs::rename(&file.path, &shared).unwrap();
        // Whoever wrote it had ten times as much.
        let found = file.read(UnixNanos::MIN, dec!(10000), &kept(dec!(899.95))).unwrap().unwrap();
        assert_eq!((found.equity, found.peak.round_dp(8), &found.halt), (dec!(899.95), dec!(1000), &state().halt));
        assert!(!shared.exists() && file.path.exists());
        assert_eq!(file.read(UnixNanos::MIN, dec!(10000), &kept(dec!(899.95))).unwrap(), Some(found));
        fs::remove_file(&file.path).unwrap();
        assert!(file.read(UnixNanos::MIN, dec!(10000), &kept(dec!(899.95))).unwrap().is_none(), "a person has ended the halt");
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
