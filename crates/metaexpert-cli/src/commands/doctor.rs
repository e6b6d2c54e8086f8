//! `metaexpert doctor`: looks for what could go wrong. It fails if anything will; warnings are for whoever reads them.

use std::{fmt::Write as _, time::Duration};

use crate::{
    command_line::{DoctorArgs, Format},
    console::Console,
    doctor::{self, Report, Status, Surroundings, Wanted},
    exit::{CommandError, Exit},
    listing::json,
    user_defaults,
};

pub(crate) fn run(args: &DoctorArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let format = user_defaults::format(args.format.format)?;
    if let Some(folder) = args.path.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(CommandError::Configuration(format!("{}: there is no such folder", folder.display())));
    }
    if let Some(url) = &args.base_url {
        check_url(url)?;
    }
    let reports = doctor::examine(Surroundings::of_process(Wanted {
        project: args.path.clone(),
        exchange: args.exchange,
        base_url: args.base_url.clone(),
        offline: args.offline,
        patience: Duration::from_secs(args.timeout),
    }));
    match format {
        Format::Table => {
            console.say(table(&reports));
            console.tell(summary(&reports));
        }
        Format::Json => console.say(json(&reports)),
    }
    Ok(if number_of(Status::Failed, &reports) == 0 { Exit::Good } else { Exit::Failed })
}

/// A base URL is a scheme and a host; what is asked for is put behind it.
fn check_url(url: &str) -> Result<(), CommandError> {
    let has_host =
        ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme)).is_some_and(|rest| !rest.is_empty());
    if has_host {
        return Ok(());
    }
    let shown = metaexpert_log::masked(url);
    Err(CommandError::Configuration(format!("flag --base-url: `{shown}` does not begin with `http://` or `https://` and a host")))
}

/// One line for each check, and what to do below those that need it. Words are as wide as they are: advice fits no column.
fn table(reports: &[Report]) -> String {
    let names: Vec<_> = reports.iter().map(Report::name).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let mut table = String::new();
    for (report, name) in reports.iter().zip(names) {
        let _ = writeln!(table, "{:<7}  {name:<width$}  {}", report.status.as_str(), report.found);
        if let Some(advice) = &report.advice {
            let _ = writeln!(table, "{:<7}  {:<width$}  -> {advice}", "", "");
        }
    }
    table
}

fn summary(reports: &[Report]) -> String {
    let number = |status| number_of(status, reports);
    format!(
        "{} ok, {} with a warning, {} failed, {} skipped",
        number(Status::Ok),
        number(Status::Warning),
        number(Status::Failed),
        number(Status::Skipped)
    )
}

fn number_of(status: Status, reports: &[Report]) -> usize {
    reports.iter().filter(|report| report.status == status).count()
}
