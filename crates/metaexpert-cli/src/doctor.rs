//! What could go wrong with building, running and trading, looked at before it does.
//!
//! The one decision: the table below is the doctor. A check is a row of it and one function, which looks at one thing, changes
//! nothing and says what it found and what to do. All run at once, for most of them wait, and none is waited for longer than the
//! time that was given.
//!
//! What is not here: nothing is mended, and nothing is asked of an exchange that takes a credential.

mod clock; // the time, here and at the exchange
mod credentials; // there, whole, and nobody else's
mod disk; // room to write
mod env_file; // `.env`
mod finding; // what a check found
mod permissions; // may be written, may be read
mod project; // the folder of an expert
mod reach; // the way to an exchange
mod surroundings; // what the checks look at
mod toolchain; // what builds an expert
mod venues; // hosts, times and credentials of the exchanges

use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

pub(crate) use env_file::EnvFile;
pub(crate) use finding::{Report, Status};
pub(crate) use surroundings::{Surroundings, Wanted};

use crate::command_line::Exchange;

use finding::Finding;
use venues::Venue;

/// The variables that hold what an account of an exchange is opened with.
pub(crate) fn credentials_of(exchange: Exchange) -> &'static [&'static str] {
    venues::VENUES.iter().find(|venue| venue.exchange == exchange).map_or(&[], |venue| venue.credentials)
}

/// What a check looks at.
enum Look {
    /// At this machine.
    Here(fn(&Surroundings) -> Finding),
    /// At this machine, for each exchange.
    ForExchange(fn(&Surroundings, &'static Venue) -> Finding),
    /// At each exchange, over the network.
    AtExchange(fn(&Surroundings, &'static Venue) -> Finding),
}

use Look::{AtExchange, ForExchange, Here};

static CHECKS: &[(&str, Look)] = &[
    //  what               where       how
    ("cargo", Here(toolchain::cargo)),
    ("rustc", Here(toolchain::rustc)),
    ("linker", Here(toolchain::linker)),
    ("project", Here(project::manifest)),
    ("metaexpert.toml", Here(project::configuration)),
    (".env", Here(permissions::env_file)),
    (".gitignore", Here(project::git_ignores_env)),
    ("disk of the project", Here(disk::of_project)),
    ("disk of the state", Here(disk::of_state)),
    ("log folder", Here(permissions::log_folder)),
    ("state folder", Here(permissions::state_folder)),
    ("system clock", Here(clock::synchronised)),
    ("credentials", ForExchange(credentials::of_exchange)),
    ("way to", AtExchange(reach::exchange)),
    ("clock of", AtExchange(clock::offset)),
];

/// What a check may take beyond the time it was given, to tell that the time was up.
const GRACE: Duration = Duration::from_secs(2);

/// Makes every check, and reports in the order of the table.
pub(crate) fn examine(surroundings: Surroundings) -> Vec<Report> {
    let surroundings = Arc::new(surroundings);
    let until = Instant::now() + surroundings.patience + GRACE;
    let planned = plan(&surroundings);
    let (tell, hear) = mpsc::channel();
    let mut reports: Vec<_> = planned.iter().map(|check| check.report(late(&surroundings))).collect();
    for (place, check) in planned.into_iter().enumerate() {
        let (tell, surroundings) = (tell.clone(), Arc::clone(&surroundings));
        // Not joined: one that hangs in the system is left behind, and ends with the process.
        thread::spawn(move || drop(tell.send((place, check.report(check.look(&surroundings))))));
    }
    drop(tell);
    while let Ok((place, report)) = hear.recv_timeout(until.saturating_duration_since(Instant::now())) {
        if let Some(slot) = reports.get_mut(place) {
            *slot = report;
        }
    }
    reports
}

/// One check to be made.
#[derive(Clone, Copy)]
struct Planned {
    what: &'static str,
    look: &'static Look,
    venue: Option<&'static Venue>,
}

impl Planned {
    fn look(&self, surroundings: &Surroundings) -> Finding {
        match (self.look, self.venue) {
            (Here(look), _) => look(surroundings),
            (AtExchange(_), Some(_)) if surroundings.offline => Finding::skipped("`--offline`"),
            (ForExchange(look) | AtExchange(look), Some(venue)) => look(surroundings, venue),
            (ForExchange(_) | AtExchange(_), None) => Finding::skipped("no exchange"),
        }
    }

    fn report(&self, finding: Finding) -> Report {
        Report::new(self.what, self.venue.map(|venue| venue.name), finding)
    }
}

fn plan(surroundings: &Surroundings) -> Vec<Planned> {
    CHECKS
        .iter()
        .flat_map(|(what, look)| {
            let of = |venue| Planned { what, look, venue };
            match look {
                Here(_) => vec![of(None)],
                ForExchange(_) | AtExchange(_) => surroundings.venues.iter().map(|venue| of(Some(*venue))).collect(),
            }
        })
        .collect()
}

fn late(surroundings: &Surroundings) -> Finding {
    let found = format!("not done after {} s", surroundings.patience.as_secs());
    Finding::failed(found, "give it more time with `--timeout`, or see what holds this machine up")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_checks_have_the_same_name() {
        let names: BTreeSet<_> = CHECKS.iter().map(|(what, _)| what).collect();
        assert_eq!(names.len(), CHECKS.len());
    }
}
