//! The question that an expert's program is asked before it is started: what is your configuration?
//!
//! The one decision: its own answer counts, to `--print-config json` with the user's flags. A second reading of the layers here
//! would sooner or later differ from the expert's.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use metaexpert_core::{config::TradeMode, expert::named_after, risk::WrittenRisk};
use serde::Deserialize;

use super::{ExpertInfo, Guards, How, LogFiles};
use crate::{
    exit::{CommandError, Exit},
    program::{Heard, Silence, hear},
    project::Program,
};

/// Longest that an answer may take. A program that has not answered by then does something else instead.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a program says about its configuration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) experts: Result<Vec<ExpertInfo>, Exit>,
    /// What it has said on standard error: warnings, and why it refuses its configuration.
    pub(crate) complaints: String,
}

/// Asks a program about its configuration with these flags.
///
/// # Errors
/// When it cannot be started, or answers something else.
pub(crate) fn ask(program: &Program, flags: &[String]) -> Result<Answer, CommandError> {
    let name = program.executable.display();
    let mut command = Command::new(&program.executable);
    command.args(flags).args(["--print-config", "json"]).current_dir(&program.folder);
    let Heard { status, out, err } = hear(&mut command, "", PATIENCE).map_err(|silence| {
        CommandError::Failed(match silence {
            Silence::NotFound => format!("`{name}` cannot be started: there is no such file"),
            Silence::Failed(why) => format!("`{name}` cannot be started: {why}"),
            Silence::TooSlow => format!(
                "`{name} --print-config json` has not answered within {} s\ndoes its `main` return what `MetaExpert::run` returns, and do nothing before?",
                PATIENCE.as_secs()
            ),
        })
    })?;
    if !status.success() {
        return Ok(Answer { experts: Err(How::of(status).exit()), complaints: err });
    }
    let config = parse(&out).ok_or_else(|| {
        CommandError::Failed(format!(
            "`{name} --print-config json` has not said what its configuration is\nis it an expert, built with this version of metaexpert?\n{err}"
        ))
    })?;
    let experts = config.experts.iter().map(|expert| expert.info(&program.folder)).collect();
    Ok(Answer { experts: Ok(experts), complaints: err })
}

/// What `--print-config json` prints, as far as it matters here.
#[derive(Debug, Deserialize)]
struct PrintedConfig {
    experts: Vec<PrintedExpert>,
}

#[derive(Debug, Deserialize)]
struct PrintedExpert {
    name: String,
    /// What its files are named after; programs that were built before there was one for each venue do not say.
    venue: Option<String>,
    keys: Vec<PrintedKey>,
}

#[derive(Debug, Deserialize)]
struct PrintedKey {
    key: String,
    value: Option<String>,
}

/// The configuration in what a program said; an author's `println!` may stand before and after it.
fn parse(said: &str) -> Option<PrintedConfig> {
    let starts =
        said.match_indices('{').filter(|(at, _)| *at == 0 || said.get(..*at).is_some_and(|before| before.ends_with('\n')));
    starts
        .filter_map(|(at, _)| serde_json::Deserializer::from_str(said.get(at..)?).into_iter().next()?.ok())
        .find(|config: &PrintedConfig| !config.experts.is_empty())
}

impl PrintedExpert {
    fn info(&self, folder: &Path) -> ExpertInfo {
        ExpertInfo {
            name: self.name.clone(),
            mode: self.value("trade_mode"),
            exchange: self.value("exchange"),
            symbol: self.value("symbol"),
            logs: self.logs(folder),
            guards: self.guards(folder),
            state: self.state(folder),
        }
    }

    /// A backtest has none: nobody has to stop it, and it keeps nothing.
    fn guards(&self, folder: &Path) -> Option<Guards> {
        let mode = match self.value("trade_mode").as_deref() {
            Some("paper") => TradeMode::Paper,
            Some("live") => TradeMode::Live,
            _ => return None,
        };
        let file = match &self.venue {
            Some(venue) => WrittenRisk::file(mode, venue),
            None => WrittenRisk::file_of_all_venues(mode),
        };
        let (kill_switch, risk) = (self.path("kill_switch_file", folder)?, self.path("state_dir", folder)?.join(file));
        Some(Guards { kill_switch, risk })
    }

    /// A backtest keeps nothing.
    fn state(&self, folder: &Path) -> Option<PathBuf> {
        matches!(self.value("trade_mode").as_deref(), Some("paper" | "live")).then_some(())?;
        self.path("state_dir", folder)
    }

    fn logs(&self, folder: &Path) -> Option<LogFiles> {
        if self.value("log_to_file").as_deref() == Some("false") {
            return None;
        }
        Some(LogFiles {
            folder: self.path("log_dir", folder)?,
            expert: self.value("log_file")?,
            trades: self.value("log_trade_file")?,
            errors: self.value("log_error_file")?,
        })
    }

    /// A path of a key. It is named after what the expert calls itself, as its program names it.
    fn path(&self, key: &str, folder: &Path) -> Option<PathBuf> {
        let called = self.value("strategy_name").unwrap_or_else(|| self.name.clone());
        Some(folder.join(named_after(&self.value(key)?, &called)))
    }

    fn value(&self, key: &str) -> Option<String> {
        self.keys.iter().find(|printed| printed.key == key).and_then(|printed| printed.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
        "version": "0.1.0",
        "experts": [{
            "name": "EMA crossover",
            "venue": "simulated",
            "keys": [
                {"key": "trade_mode", "value": "paper", "layer": "default", "place": null},
                {"key": "exchange", "value": "okx", "layer": "code", "place": "code"},
                {"key": "symbol", "value": null, "layer": "default", "place": null},
                {"key": "kill_switch_file", "value": "KILL", "layer": "default", "place": null},
                {"key": "state_dir", "value": "state/{expert}", "layer": "default", "place": null},
                {"key": "log_dir", "value": "logs/{expert}", "layer": "flag", "place": "flag --log-dir"},
                {"key": "log_file", "value": "all.log", "layer": "flag", "place": "flag --log-file"},
                {"key": "log_trade_file", "value": "trades.log", "layer": "default", "place": null},
                {"key": "log_error_file", "value": "errors.log", "layer": "default", "place": null}
            ],
            "inputs": []
        }],
        "credentials": []
    }"#;

    #[test]
    fn an_answer_says_where_an_expert_logs_and_what_it_trades() {
        let [expert] = parse(PRINTED).unwrap().experts.try_into().unwrap();
        let logs = LogFiles {
            folder: "/home/me/bot/logs/ema-crossover".into(),
            expert: "all.log".into(),
            trades: "trades.log".into(),
            errors: "errors.log".into(),
        };
        let expected = ExpertInfo {
            name: "EMA crossover".into(),
            mode: Some("paper".into()),
            exchange: Some("okx".into()),
            symbol: None,
            logs: Some(logs),
            guards: Some(Guards {
                kill_switch: "/home/me/bot/KILL".into(),
                risk: "/home/me/bot/state/ema-crossover/risk-paper-simulated.json".into(),
            }),
            state: Some("/home/me/bot/state/ema-crossover".into()),
        };
        assert_eq!(expert.info(Path::new("/home/me/bot")), expected);
    }

    #[test]
    fn a_halt_is_looked_for_where_an_expert_of_that_mode_and_venue_keeps_it() {
        let live = PRINTED.replace(r#""value": "paper""#, r#""value": "live""#);
        for (printed, file) in [
            (PRINTED.to_owned(), "ema-crossover/risk-paper-simulated.json"),
            (live.replace("\"simulated\"", "\"binance usdm\""), "ema-crossover/risk-live-binance-usdm.json"),
            // As it was printed, and kept, before.
            (live.replace("\"venue\": \"simulated\",", ""), "ema-crossover/risk-live.json"),
            (
                PRINTED.replace(r#""symbol", "value": null"#, r#""strategy_name", "value": "Fast one""#),
                "fast-one/risk-paper-simulated.json",
            ),
        ] {
            let [expert] = parse(&printed).unwrap().experts.try_into().unwrap();
            assert_eq!(expert.info(Path::new("/bot")).guards.unwrap().risk, Path::new("/bot/state").join(file));
        }
    }

    #[test]
    fn what_an_author_prints_besides_is_passed_over() {
        for said in [format!("hello {{\n{PRINTED}\nbye"), format!("{{}}\n{PRINTED}")] {
            assert_eq!(parse(&said).unwrap().experts.len(), 1, "{said}");
        }
        for said in ["", "hello", "{\"experts\": []}", "[]"] {
            assert!(parse(said).is_none(), "{said}");
        }
    }

    #[test]
    fn an_expert_that_writes_no_files_has_no_logs() {
        let printed = PRINTED.replace(r#""key": "symbol", "value": null"#, r#""key": "log_to_file", "value": "false""#);
        let [expert] = parse(&printed).unwrap().experts.try_into().unwrap();
        assert_eq!(expert.info(Path::new("/")).logs, None);
    }

    #[test]
    fn a_backtest_is_kept_from_nothing() {
        let printed = PRINTED.replace(r#""key": "trade_mode", "value": "paper""#, r#""key": "trade_mode", "value": "backtest""#);
        let [expert] = parse(&printed).unwrap().experts.try_into().unwrap();
        assert_eq!(expert.info(Path::new("/")).guards, None);
        assert_eq!(expert.info(Path::new("/")).state, None);
    }

    #[test]
    fn a_live_run_keeps_its_journal_where_a_paper_run_does() {
        let printed = PRINTED.replace(r#""key": "trade_mode", "value": "paper""#, r#""key": "trade_mode", "value": "live""#);
        let [expert] = parse(&printed).unwrap().experts.try_into().unwrap();
        assert_eq!(expert.info(Path::new("/bot")).state, Some("/bot/state/ema-crossover".into()));
    }
}
