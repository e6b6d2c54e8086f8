//! `metaexpert status`: how an expert is doing.
//!
//! With a name it ends with 0 where that expert is running, starting or about to be started again, and with 1 where it is not, so
//! that a script can ask; without a name it ends with 0.

use jiff::Timestamp;
use metaexpert_core::UnixNanos;
use serde::Serialize;

use super::list;
use crate::{
    command_line::{Format, StatusArgs},
    console::Console,
    exit::{CommandError, Exit},
    listing::{self, Row, length, or_dash, second},
    log_files,
    processes::{How, Known, State, StateFolder, all_known, refusals},
    user_defaults,
};

/// What `status` says about an expert. As JSON: with a name one of these, without an array of them; what is not known is `null`.
#[derive(Debug, Serialize)]
pub(crate) struct StatusRow {
    name: String,
    /// `starting`, `running`, `restarting`, `ending`, `ended`, `failed`, `killed` or `lost`.
    state: State,
    /// The process of the expert, while it runs.
    pid: Option<u32>,
    /// The process that watches over it.
    supervisor_pid: Option<u32>,
    /// It was started in a terminal.
    in_foreground: bool,
    /// When it was started by `run`.
    started: Timestamp,
    /// Since when it runs, or is no longer running.
    since: Option<Timestamp>,
    /// How long it runs.
    uptime_seconds: Option<i64>,
    /// How often it was started again since `started`.
    restarts: u32,
    /// Most restarts in a row; `null` where it is not started again.
    max_restarts: Option<u32>,
    /// When it ended, or ended last.
    ended: Option<Timestamp>,
    /// How it ended, or ended last.
    reason: Option<String>,
    exit_code: Option<i32>,
    signal: Option<i32>,
    mode: Option<String>,
    exchange: Option<String>,
    symbol: Option<String>,
    /// The folder of its project.
    folder: String,
    log_folders: Vec<String>,
    /// When its log was last written to.
    last_logged: Option<Timestamp>,
    /// Why it opens no positions, a sentence for each reason.
    halted: Vec<String>,
    /// Records of ERROR and worse since `started`; `null` where it writes no files.
    errors: Option<usize>,
}

pub(crate) fn run(args: &StatusArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let format = user_defaults::format(args.format.format)?;
    let state = StateFolder::of_user()?;
    let Some(name) = &args.name else {
        let ((known, errors), now) = (all_known(&state)?, Timestamp::now());
        let rows: Vec<_> = known.iter().map(|known| StatusRow::of(known, now)).collect();
        return Ok(list::show(&rows, &errors, format, list::NONE_YET, console));
    };
    let known = Known::by_name(&state, name)?;
    let row = StatusRow::of(&known, Timestamp::now());
    match format {
        Format::Json => console.say(listing::json(&row)),
        Format::Table => console.say(listing::facts(&row.facts(&known))),
    }
    Ok(if known.state.is_live() { Exit::Good } else { Exit::Failed })
}

impl StatusRow {
    fn of(known: &Known, now: Timestamp) -> Self {
        let run = &known.run;
        let ending = known.ending();
        Self {
            name: run.name.clone(),
            state: known.state,
            pid: known.expert().map(|expert| expert.pid),
            supervisor_pid: run.supervisor.as_ref().filter(|_| known.is_supervised).map(|supervisor| supervisor.pid),
            in_foreground: run.in_foreground,
            started: run.started,
            since: known.since(),
            uptime_seconds: known.uptime_seconds(now),
            restarts: run.restarts,
            max_restarts: run.restart.on_error.then_some(run.restart.max),
            ended: ending.map(|ending| ending.at),
            reason: ending.map(ToString::to_string),
            exit_code: ending.and_then(|ending| if let How::Code(code) = ending.how { Some(code) } else { None }),
            signal: ending.and_then(|ending| if let How::Signal(signal) = ending.how { Some(signal) } else { None }),
            mode: run.of_experts(|expert| expert.mode.as_ref()),
            exchange: run.of_experts(|expert| expert.exchange.as_ref()),
            symbol: run.of_experts(|expert| expert.symbol.as_ref()),
            folder: run.program.folder.display().to_string(),
            log_folders: run.log_folders().into_iter().map(|folder| folder.display().to_string()).collect(),
            halted: refusals(known, UnixNanos::from_nanos(now.as_nanosecond().try_into().unwrap_or(i64::MAX))),
            last_logged: log_files::last_logged(run),
            errors: log_files::errors_since_start(run),
        }
    }

    /// Everything, for people: what is not known is left out.
    fn facts(&self, known: &Known) -> Vec<(&'static str, String)> {
        let watched = match (known.state == State::Running, self.supervisor_pid, self.in_foreground) {
            (true, None, _) => Some("nothing: it is not started again, and nobody will know how it ends".to_owned()),
            (_, None, _) => None,
            (_, Some(pid), true) => Some(format!("process {pid}, in its terminal")),
            (_, Some(pid), false) => Some(format!("process {pid}")),
        };
        let restarts = match self.max_restarts {
            Some(most) => format!("{}, at most {most} in a row", self.restarts),
            None => "not when it fails".to_owned(),
        };
        let reason = self.reason.clone().or_else(|| (known.state == State::Lost).then(|| known.in_short()));
        [
            ("name", Some(self.name.clone())),
            ("state", Some(self.state.to_string())),
            ("process", self.pid.map(|pid| pid.to_string())),
            ("watched by", watched),
            ("started", Some(second(self.started))),
            ("running since", self.since.filter(|_| known.state == State::Running).map(second)),
            ("uptime", self.uptime_seconds.map(length)),
            ("halted", (!self.halted.is_empty()).then(|| self.halted.join("; "))),
            ("restarted", Some(restarts)),
            ("ended", self.ended.map(second)),
            ("reason", reason),
            ("mode", self.mode.clone()),
            ("exchange", self.exchange.clone()),
            ("symbol", self.symbol.clone()),
            ("folder", Some(self.folder.clone())),
            ("logs", (!self.log_folders.is_empty()).then(|| self.log_folders.join(", "))),
            ("output", (!self.in_foreground).then(|| known.folder.output().display().to_string())),
            ("last logged", self.last_logged.map(second)),
            ("errors", self.errors.map(|errors| errors.to_string())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

impl Row for StatusRow {
    const HEADINGS: &'static [&'static str] =
        &["name", "state", "pid", "since", "uptime", "restarts", "last logged", "errors", "halted", "reason"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.state.to_string(),
            or_dash(self.pid),
            or_dash(self.since.map(second)),
            or_dash(self.uptime_seconds.map(length)),
            self.restarts.to_string(),
            or_dash(self.last_logged.map(second)),
            or_dash(self.errors),
            if self.halted.is_empty() { "-".to_owned() } else { "yes".to_owned() },
            or_dash(self.reason.as_ref()),
        ]
    }
}
