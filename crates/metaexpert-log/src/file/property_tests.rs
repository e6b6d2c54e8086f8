//! Whatever happens to a file, in whatever order: no line is torn or doubled, and each is written or counted as missed.

use std::{
    collections::HashMap,
    fs::{self, File},
    path::{Path, PathBuf},
};

use proptest::{bool::weighted, collection::vec, prelude::*, sample::select};

use super::{testing::*, *};

#[derive(Debug, Clone)]
enum Step {
    Push {
        level: Level,
        length: usize,
    },
    Flush,
    Tick {
        seconds: u64,
        days: i64,
    },
    /// The disk takes so many bytes more, and no more than so many at once.
    Fill {
        room: usize,
        at_once: usize,
    },
    Free,
    RefuseRotation(bool),
    /// Another process writes a line, and rotates if it is due.
    Other {
        length: usize,
    },
    /// Somebody moves the file, or its folder, to where this test finds the lines again.
    MoveFile,
    MoveFolder,
    Lock,
    Unlock,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (select(Level::ALL.to_vec()), 20_usize..400).prop_map(|(level, length)| Step::Push { level, length }),
        1 => select(Level::ALL.to_vec()).prop_map(|level| Step::Push { level, length: 70_000 }),
        6 => Just(Step::Flush),
        4 => (0_u64..40, 0_i64..2).prop_map(|(seconds, days)| Step::Tick { seconds, days: days / 2 + days % 2 }),
        2 => (0_usize..2_000, 1_usize..500).prop_map(|(room, at_once)| Step::Fill { room, at_once }),
        2 => Just(Step::Free),
        1 => any::<bool>().prop_map(Step::RefuseRotation),
        3 => (20_usize..900).prop_map(|length| Step::Other { length }),
        1 => Just(Step::MoveFile),
        1 => Just(Step::MoveFolder),
        1 => Just(Step::Lock),
        2 => Just(Step::Unlock),
    ]
}

struct Run {
    room: Room,
    disk: Faulty,
    file: LogFile<Faulty>,
    other: LogFile,
    lock: Option<File>,
    seconds: u64,
    days: i64,
    pushed: usize,
    moved: Vec<PathBuf>,
}

impl Run {
    fn new(rotation: Rotation) -> Self {
        let (room, disk) = (Room::new(), Faulty::default());
        let (file, other) = (room.open_on(&disk, rotation), room.open(rotation));
        Self { room, disk, file, other, lock: None, seconds: 0, days: 0, pushed: 0, moved: Vec::new() }
    }

    fn now(&self) -> Moment {
        Moment { day: self.room.on_day(self.days).day, ..self.room.at(self.seconds) }
    }

    fn take(&mut self, step: &Step) {
        let now = self.now();
        match *step {
            Step::Push { level, length } => {
                self.file.push(&line(level.name(), self.pushed, length), level, now);
                self.pushed += 1;
            }
            Step::Flush => self.file.flush(now),
            Step::Tick { seconds, days } => {
                (self.seconds, self.days) = (self.seconds + seconds, self.days + days);
                self.file.tick(self.now());
            }
            Step::Fill { room, at_once } => {
                self.disk.set(|script| (script.room, script.at_once) = (Some(room), Some(at_once)));
            }
            Step::Free => self.disk.set(|script| (script.room, script.at_once) = (None, None)),
            Step::RefuseRotation(refuses) => self.disk.set(|script| script.refuses_rename = refuses),
            Step::Other { length } => {
                self.other.push(&line("OTHER", self.pushed, length), Level::Critical, now);
                self.pushed += 1;
                self.other.flush(now);
            }
            Step::MoveFile => self.move_away(self.room.path()),
            Step::MoveFolder => self.move_away(self.room.folder()),
            Step::Lock => {
                self.lock = File::open(self.room.path()).ok().filter(|file| file.try_lock().is_ok());
            }
            Step::Unlock => self.lock = None,
        }
    }

    /// Into a folder of its own, under the name that is read again.
    fn move_away(&mut self, what: PathBuf) {
        let folder = self.room.folder().with_extension(self.moved.len().to_string());
        if what == self.room.folder() {
            fs::rename(what, &folder).unwrap_or_default();
        } else {
            fs::create_dir(&folder).unwrap();
            fs::rename(what, folder.join("expert.log")).unwrap_or_default();
        }
        self.moved.push(folder.join("expert.log"));
    }

    fn end(mut self) {
        self.lock = None;
        // What is retained is tried again, and may be lost for good: the account says so.
        self.file.close(self.now());
        self.other.close(self.now());
        let (account, of_other, room) = (*self.file.account(), *self.other.account(), self.room);
        drop((self.file, self.other)); // nothing is compressed any more
        let exist = |path: &&PathBuf| path.parent().is_some_and(Path::exists);
        let live = room.path();
        let lines: Vec<String> = self.moved.iter().chain([&live]).filter(exist).flat_map(|path| lines_of(path)).collect();
        let mut by_level: HashMap<&str, Vec<&str>> = HashMap::new();
        for line in &lines {
            let (level, rest) = line.split_once(' ').unwrap();
            by_level.entry(level).or_default().push(&rest[..6]);
        }
        for (level, numbers) in &mut by_level {
            let found = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), found, "a {level} is there twice");
        }
        assert_balanced(&account);
        let found = |name: &str| by_level.get(name).map_or(0, Vec::len) as u64;
        assert_eq!(Level::ALL.map(|level| found(level.name())), Level::ALL.map(|level| account.written.of(level)));
        assert_eq!(found("OTHER"), of_other.written.total());
        let names = Level::ALL.map(Level::name);
        assert!(lines.iter().all(|line| names.iter().chain([&"OTHER"]).any(|name| line.matches(name).count() == 1)), "torn");
        assert_eq!(account.taken.total() + of_other.taken.total(), self.pushed as u64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_line_is_torn_or_doubled_and_each_is_written_or_counted(
        steps in vec(any_step(), 1..120), max_size in 100_u64..3_000, daily in any::<bool>(), compress in weighted(0.15),
    ) {
        let mut run = Run::new(Rotation { daily, compress, ..rotation(max_size, 100_000) });
        for step in &steps {
            run.take(step);
        }
        run.end();
    }
}
