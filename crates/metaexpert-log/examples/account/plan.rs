//! Which records there are: each is known by its thread and its number in it, and its number tells its level.

use metaexpert_log::Level::{self, Critical, Debug, Error, Info, Trade, Warning};

/// Of twenty records: more of what matters than a real expert has, for that is what is counted here.
const MIX: [Level; 20] = [
    Debug, Info, Debug, Trade, Debug, Info, Debug, Warning, Info, Debug, Info, Trade, Debug, Error, Debug, Info, Debug, Critical,
    Info, Debug,
];

/// The records of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// All of them.
    pub records: u32,
    /// Between how many threads they are divided.
    pub threads: u32,
}

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id {
    /// Which thread made it, from 0.
    pub thread: u32,
    /// Which of the thread's it is, from 0.
    pub number: u32,
}

impl Id {
    /// What it is logged at.
    pub(crate) fn level(self) -> Level {
        level_of(self.number)
    }
}

/// The level of a thread's record of this number.
pub(crate) fn level_of(number: u32) -> Level {
    MIX.get(number as usize % MIX.len()).copied().unwrap_or(Debug)
}

/// Which record a line on the console shows, as text or as JSON.
pub(crate) fn id_in(line: &str) -> Option<Id> {
    let field = |names: [&str; 2]| {
        let (_, value) = names.into_iter().find_map(|name| line.split_once(name))?;
        value.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    Some(Id { thread: field([" thread=", "\"thread\":"])?, number: field([" number=", "\"number\":"])? })
}

impl Plan {
    /// How many of them a thread makes.
    pub(crate) const fn records_of(self, thread: u32) -> u32 {
        self.records / self.threads + (thread < self.records % self.threads) as u32
    }

    /// Every record.
    pub(crate) fn ids(self) -> impl Iterator<Item = Id> {
        (0..self.threads).flat_map(move |thread| (0..self.records_of(thread)).map(move |number| Id { thread, number }))
    }
}

/// How often each record was seen somewhere.
#[derive(Debug)]
pub(crate) struct Seen(Vec<Vec<u8>>);

impl Seen {
    /// Nothing was seen yet.
    pub(crate) fn none(plan: Plan) -> Self {
        Self((0..plan.threads).map(|thread| vec![0; plan.records_of(thread) as usize]).collect())
    }

    /// Here it is. Returns whether there is such a record at all.
    pub(crate) fn see(&mut self, id: Id) -> bool {
        let times = self.0.get_mut(id.thread as usize).and_then(|thread| thread.get_mut(id.number as usize));
        times.map(|times| *times = times.saturating_add(1)).is_some()
    }

    /// How often it was seen.
    pub(crate) fn times(&self, id: Id) -> u8 {
        self.0.get(id.thread as usize).and_then(|thread| thread.get(id.number as usize)).copied().unwrap_or_default()
    }
}

/// A number for each level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PerLevel([u64; 6]);

impl PerLevel {
    /// The number of each level.
    pub(crate) fn by(number: impl Fn(Level) -> u64) -> Self {
        Self(Level::ALL.map(number))
    }

    /// Counts how many records of each level there are.
    pub(crate) fn count(ids: impl Iterator<Item = Id>) -> Self {
        ids.fold(Self::default(), |mut counts, id| {
            counts.0.get_mut(id.level() as usize).into_iter().for_each(|count| *count += 1);
            counts
        })
    }

    /// The number of one level.
    pub(crate) fn of(self, level: Level) -> u64 {
        self.0.get(level as usize).copied().unwrap_or_default()
    }

    /// All of them, the least level first.
    pub(crate) const fn all(self) -> [u64; 6] {
        self.0
    }
}
