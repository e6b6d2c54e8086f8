//! The account itself: what was made against what is there.

use std::{
    fmt::Write as _,
    io::{self, Write},
    process::ExitStatus,
};

use metaexpert_log::Level;
use serde_json::Value;

use crate::{
    chain::Chain,
    plan::{Id, PerLevel, Plan, Seen},
};

/// How many of what is wrong are named.
const NAMED: usize = 10;

/// Everything that is known when the child has ended.
#[derive(Debug)]
pub(crate) struct Account {
    /// What was to be made.
    pub plan: Plan,
    /// How the child ended.
    pub status: ExitStatus,
    /// What the log said of itself.
    pub report: Report,
    /// What stood on standard error.
    pub shown: Seen,
    /// What stands in the files: for everything, trades, errors.
    pub chains: [Chain; 3],
}

/// The child's report. A number that is not in it is 0; a child without a report is an account that is not whole.
#[derive(Debug)]
pub(crate) struct Report(Value);

impl Report {
    /// Reads it.
    pub(crate) fn parse(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    fn number(&self, name: &str) -> f64 {
        self.0.get(name).and_then(Value::as_f64).unwrap_or_default()
    }

    fn count(&self, name: &str) -> u64 {
        self.0.get(name).and_then(Value::as_u64).unwrap_or_default()
    }

    fn of_file(&self, place: usize, what: &str) -> PerLevel {
        PerLevel::by(|level| {
            let pointer = format!("/files/{place}/{what}/{}", level as usize);
            self.0.pointer(&pointer).and_then(Value::as_u64).unwrap_or_default()
        })
    }

    fn dropped(&self) -> PerLevel {
        PerLevel::by(|level| match level {
            Level::Debug => self.count("dropped_debug"),
            Level::Info => self.count("dropped_info"),
            Level::Trade | Level::Warning | Level::Error | Level::Critical => 0,
        })
    }
}

/// Whether the file of this place among the three takes records of a level.
fn takes(place: usize, level: Level) -> bool {
    match place {
        0 => true,
        1 => level == Level::Trade,
        _ => level >= Level::Error,
    }
}

impl Account {
    /// Whether nothing is wrong.
    pub(crate) fn is_whole(&self) -> bool {
        self.complaints().is_empty()
    }

    /// Says all of it.
    pub(crate) fn print(&self, to: &mut dyn Write) -> io::Result<()> {
        self.print_table(to)?;
        self.print_circumstances(to)?;
        let complaints = self.complaints();
        complaints.iter().try_for_each(|complaint| writeln!(to, "WRONG: {complaint}"))?;
        if complaints.is_empty() {
            writeln!(to, "\nevery TRADE, WARNING, ERROR and CRITICAL is accounted for")?;
        }
        Ok(())
    }

    fn print_table(&self, to: &mut dyn Write) -> io::Result<()> {
        write!(to, "\n{:<34}", "")?;
        Level::ALL.iter().try_for_each(|level| write!(to, "{level:>10}"))?;
        writeln!(to)?;
        row(to, "made", PerLevel::count(self.plan.ids()), |_| true)?;
        row(to, "dropped by the full queue", self.report.dropped(), |level| level < Level::Trade)?;
        for (place, chain) in self.chains.iter().enumerate() {
            let takes = |level| takes(place, level);
            let there = self.plan.ids().filter(|id| chain.seen.times(*id) > 0);
            row(to, &format!("in {}", chain.name), PerLevel::count(there), takes)?;
            row(to, "  missed or waiting, says the log", self.missed_or_waiting(place), takes)?;
            let shown = self.plan.ids().filter(|id| self.is_absent(place, *id) && self.shown.times(*id) > 0);
            row(to, "  not there but on standard error", PerLevel::count(shown), takes)?;
        }
        let lost = PerLevel::count(self.plan.ids().filter(|id| (0..self.chains.len()).any(|place| self.is_lost(place, *id))));
        row(to, "lost", lost, |level| level >= Level::Trade)
    }

    fn print_circumstances(&self, to: &mut dyn Write) -> io::Result<()> {
        let report = &self.report;
        writeln!(to)?;
        for chain in &self.chains {
            let told = chain.told.iter().fold(String::new(), |mut told, (what, times)| {
                // Memory takes every byte.
                let _ = write!(told, ", {what} {times}");
                told
            });
            writeln!(to, "{}: {} rotations ({} compressed){told}", chain.name, chain.backups, chain.compressed)?;
        }
        writeln!(
            to,
            "{:.1} s in all; the first quarter at {:.0} records/s; longest call {:.1} ms; the end took {:.0} ms",
            report.number("seconds"),
            report.number("flood_per_second"),
            report.number("longest_call_ms"),
            report.number("ending_ms")
        )?;
        writeln!(
            to,
            "from TRADE on: {} waited for a place, the longest {:.1} ms; {} written by their thread, {} put aside, {} sent to \
             standard error",
            report.count("waited"),
            report.number("longest_wait_ms"),
            report.count("written_by_caller"),
            report.count("put_aside"),
            report.count("sent_to_standard_error")
        )
    }

    /// Every way in which the account may not be whole, one sentence each.
    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        if !self.status.success() || self.report.0.is_null() {
            complaints.push(format!("the writing process did not come to its end: {}", self.status));
        }
        let unshowable = self.report.count("unshowable");
        if unshowable > 0 {
            complaints.push(format!("{unshowable} records could not be shown"));
        }
        for (place, chain) in self.chains.iter().enumerate() {
            let name = chain.name;
            let mut complain_of = |what: String, is_so: &dyn Fn(Id) -> bool| complaints.extend(self.complaint_of(&what, is_so));
            complain_of(format!("are neither in {name} nor on standard error"), &|id| self.is_lost(place, id));
            complain_of(format!("are more than once in {name}"), &|id| chain.seen.times(id) > 1);
            let is_misplaced = |id: Id| !takes(place, id.level()) && chain.seen.times(id) > 0;
            complain_of(format!("are in {name}, where they do not belong"), &is_misplaced);
            for (what, lines) in [("torn", &chain.torn), ("of no record that was made", &chain.strange)] {
                if let Some(first) = lines.first() {
                    complaints.push(format!("{} lines in {name} are {what}; the first: {first}", lines.len()));
                }
            }
            chain.left_over.iter().for_each(|path| complaints.push(format!("`{path}` was left over")));
            self.complain_of_counts(place, name, &mut complaints);
        }
        complaints
    }

    /// Holds the log's own counts against the files. Below TRADE nothing else tells of a loss: what was dropped or not shown has no name.
    fn complain_of_counts(&self, place: usize, name: &str, complaints: &mut Vec<String>) {
        let nowhere = PerLevel::count(self.plan.ids().filter(|id| self.is_nowhere(place, *id)));
        for level in [Level::Debug, Level::Info].into_iter().filter(|level| takes(place, *level)) {
            let (nowhere, dropped) = (nowhere.of(level), self.report.dropped().of(level));
            // A record that a file in trouble has missed may find no place on the console either.
            if !(dropped..=dropped + self.report.count("unshown")).contains(&nowhere) {
                let where_not = format!("neither in {name} nor on standard error");
                complaints.push(format!("{nowhere} {level} records are {where_not}, the log counted {dropped} as dropped, and {} of all levels as not shown", self.report.count("unshown")));
            }
        }
        let absent = PerLevel::count(self.plan.ids().filter(|id| self.is_absent(place, *id)));
        for level in Level::ALL.into_iter().filter(|level| takes(place, *level)) {
            let dropped = self.report.dropped().of(level);
            let least = dropped + self.report.of_file(place, "missed").of(level);
            let most = dropped + self.missed_or_waiting(place).of(level);
            // From WARNING on the log writes records of its own, which may be missed too.
            let least = if level > Level::Trade { 0 } else { least };
            if !(least..=most).contains(&absent.of(level)) {
                complaints.push(format!("{} {level} records are not in {name}, the log counted {most}", absent.of(level)));
            }
        }
    }

    /// What waited when the log was last asked was missed if its file was in trouble to the end.
    fn missed_or_waiting(&self, place: usize) -> PerLevel {
        let (missed, waiting) = (self.report.of_file(place, "missed"), self.report.of_file(place, "waiting"));
        PerLevel::by(|level| missed.of(level) + waiting.of(level))
    }

    /// Whether a file has not what it should have.
    fn is_absent(&self, place: usize, id: Id) -> bool {
        takes(place, id.level()) && self.chains.get(place).is_none_or(|chain| chain.seen.times(id) == 0)
    }

    /// Whether it is not on standard error either.
    fn is_nowhere(&self, place: usize, id: Id) -> bool {
        self.is_absent(place, id) && self.shown.times(id) == 0
    }

    /// Whether it matters, too.
    fn is_lost(&self, place: usize, id: Id) -> bool {
        id.level() >= Level::Trade && self.is_nowhere(place, id)
    }

    /// A sentence about the records of which something is so.
    fn complaint_of(&self, what: &str, is_so: impl Fn(Id) -> bool) -> Option<String> {
        let ids: Vec<Id> = self.plan.ids().filter(|id| is_so(*id)).collect();
        let named = ids.iter().take(NAMED).map(|id| format!("{} {} of thread {}", id.level(), id.number, id.thread));
        let named = named.collect::<Vec<_>>().join(", ");
        let more = if ids.len() > NAMED { ", .." } else { "" };
        (!ids.is_empty()).then(|| format!("{} records {what}: {named}{more}", ids.len()))
    }
}

fn row(to: &mut dyn Write, name: &str, numbers: PerLevel, applies: impl Fn(Level) -> bool) -> io::Result<()> {
    write!(to, "{name:<34}")?;
    for (level, number) in Level::ALL.into_iter().zip(numbers.all()) {
        if applies(level) { write!(to, "{number:>10}")? } else { write!(to, "{:>10}", "-")? }
    }
    writeln!(to)
}
