//! `metaexpert list`: the experts that were started, running or not.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    command_line::{Format, ListArgs},
    console::Console,
    exit::{CommandError, Exit},
    listing::{self, Row},
    processes::{Known, State, StateError, StateFolder, all_known},
    user_defaults,
};

/// What is said where there is nothing to list.
pub(super) const NONE_YET: &str = "no expert was started yet";

/// What `list` says about an expert. As JSON: an array of these, by name; what is not known is `null`.
#[derive(Debug, Serialize)]
pub(crate) struct ListRow {
    name: String,
    /// `starting`, `running`, `restarting`, `ending`, `ended`, `failed`, `killed` or `lost`.
    state: State,
    /// The process of the expert, while it runs.
    pid: Option<u32>,
    /// Since when it runs, or is no longer running.
    since: Option<Timestamp>,
    /// How long it runs.
    uptime_seconds: Option<i64>,
    mode: Option<String>,
    exchange: Option<String>,
    symbol: Option<String>,
    /// The folder of its project.
    folder: String,
}

pub(crate) fn run(args: &ListArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let (known, errors) = all_known(&StateFolder::of_user()?)?;
    let now = Timestamp::now();
    let rows: Vec<_> =
        known.iter().filter(|known| !args.running || known.state.is_live()).map(|known| ListRow::of(known, now)).collect();
    let nothing = if args.running { "no expert runs" } else { NONE_YET };
    Ok(show(&rows, &errors, user_defaults::format(args.format.format)?, nothing, console))
}

/// Shows experts, and complains of those that nothing can be said about.
pub(super) fn show<R: Row>(rows: &[R], errors: &[StateError], format: Format, nothing: &str, console: &mut Console) -> Exit {
    if rows.is_empty() && errors.is_empty() && format == Format::Table {
        console.tell(nothing);
    } else {
        console.say(listing::listing(rows, format));
    }
    for error in errors {
        console.error(error);
    }
    if errors.is_empty() { Exit::Good } else { Exit::Data }
}

impl ListRow {
    fn of(known: &Known, now: Timestamp) -> Self {
        let run = &known.run;
        Self {
            name: run.name.clone(),
            state: known.state,
            pid: known.expert().map(|expert| expert.pid),
            since: known.since(),
            uptime_seconds: known.uptime_seconds(now),
            mode: run.of_experts(|expert| expert.mode.as_ref()),
            exchange: run.of_experts(|expert| expert.exchange.as_ref()),
            symbol: run.of_experts(|expert| expert.symbol.as_ref()),
            folder: run.program.folder.display().to_string(),
        }
    }
}

impl Row for ListRow {
    const HEADINGS: &'static [&'static str] =
        &["name", "state", "pid", "since", "uptime", "mode", "exchange", "symbol", "folder"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.state.to_string(),
            listing::or_dash(self.pid),
            listing::or_dash(self.since.map(listing::second)),
            listing::or_dash(self.uptime_seconds.map(listing::length)),
            listing::or_dash(self.mode.as_ref()),
            listing::or_dash(self.exchange.as_ref()),
            listing::or_dash(self.symbol.as_ref()),
            self.folder.clone(),
        ]
    }
}
