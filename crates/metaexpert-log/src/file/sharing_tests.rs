//! Several writers of one path, through many rotations: threads of one process, and real processes.

use std::{
    env, fs, iter,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use super::{testing::*, *};

/// What a process that is to write finds in its environment: the path, its name, and whether backups are compressed.
const PATH: &str = "METAEXPERT_LOG_TEST_PATH";
const WRITER: &str = "METAEXPERT_LOG_TEST_WRITER";
const COMPRESS: &str = "METAEXPERT_LOG_TEST_COMPRESS";
const SPARED: &str = "spared";
const LINES: usize = 3_000;

fn shared(compress: bool) -> Rotation {
    Rotation { compress, ..rotation(20_000, 10_000) }
}

/// Writes its lines in batches of several sizes; its news.
fn write_all(path: PathBuf, writer: &str, rotation: Rotation) -> Vec<What> {
    let now = Moment { instant: Instant::now(), day: today() };
    let mut file = LogFile::open(path, rotation, LONG_PATIENCE, now);
    for number in 0..LINES {
        file.push(&line(writer, number, 100 + number % 77), Level::Info, now);
        if number % (1 + number % 9) == 0 {
            file.flush(now);
        }
    }
    file.close(now);
    assert_eq!(file.account().written.total(), LINES as u64);
    news_of(&mut file)
}

/// Each line of each writer once, and in the order in which it wrote.
fn assert_all_once(path: &Path, writers: &[String]) {
    let lines: Vec<String> = lines_of(path).iter().map(|line| name_of(line)).collect();
    for writer in writers {
        let own: Vec<&String> = lines.iter().filter(|line| line.split(' ').next() == Some(writer)).collect();
        let expected: Vec<String> = (0..LINES).map(|number| format!("{writer} {number:06}")).collect();
        assert!(own.iter().copied().eq(&expected), "of {writer}, {} lines of {LINES} are there", own.len());
    }
    assert_eq!(lines.len(), writers.len() * LINES, "nothing else is there");
}

fn start(path: &Path, writer: &str, compress: bool) -> Child {
    let mut process = Command::new(env::current_exe().unwrap());
    process.args(["--exact", "file::sharing_tests::a_process_of_its_own_writes_what_it_is_told"]);
    process.env(PATH, path).env(WRITER, writer).env(COMPRESS, compress.to_string());
    process.stdout(Stdio::null()).spawn().unwrap()
}

/// No test by itself: what [`start`] starts.
#[test]
fn a_process_of_its_own_writes_what_it_is_told() {
    let (Some(path), Ok(writer), Ok(compress)) = (env::var_os(PATH), env::var(WRITER), env::var(COMPRESS)) else { return };
    let mut news = write_all(path.into(), &writer, shared(compress == "true"));
    if writer == SPARED {
        // The other one may have been killed within a line, or within a rotation.
        news.retain(|what| !matches!(what, What::TornLine | What::Replaced));
    }
    assert_eq!(news, []);
}

#[test]
fn threads_that_share_a_file_lose_no_line_and_double_none() {
    for compress in [false, true] {
        let room = Room::new();
        let writers = ["a", "b", "c"].map(str::to_owned);
        thread::scope(|scope| {
            for writer in &writers {
                scope.spawn(|| assert_eq!(write_all(room.path(), writer, shared(compress)), []));
            }
        });
        assert_all_once(&room.path(), &writers);
        assert!(room.names().len() > 50);
    }
}

#[test]
fn processes_that_share_a_file_lose_no_line_and_double_none() {
    for compress in [false, true] {
        let room = Room::new();
        let writers = ["a", "b"].map(str::to_owned);
        let started = writers.each_ref().map(|writer| start(&room.path(), writer, compress));
        assert!(started.into_iter().all(|mut process| process.wait().unwrap().success()));
        assert_all_once(&room.path(), &writers);
        assert!(room.names().len() > 30);
        assert!(start(&room.path(), "c", compress).wait().unwrap().success());
        assert_all_once(&room.path(), &["a", "b", "c"].map(str::to_owned));
    }
}

#[test]
fn a_process_that_is_killed_costs_no_other_a_line() {
    let room = Room::new();
    let [mut killed, mut spared] = ["killed", SPARED].map(|writer| start(&room.path(), writer, true));
    // Not before it has begun to write, wherever it is by then.
    iter::repeat_with(|| fs::read_dir(room.folder()).is_ok_and(|entries| entries.count() > 5)).find(|begun| *begun).unwrap();
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(spared.wait().unwrap().success());
    drop(room.open(shared(true)));
    let lines: Vec<String> = room.lines().iter().map(|line| name_of(line)).collect();
    let own = |writer: &str| -> Vec<&String> { lines.iter().filter(|line| line.starts_with(writer)).collect() };
    let expected = |writer: &str, number| -> Vec<String> { (0..number).map(|number| format!("{writer} {number:06}")).collect() };
    assert!(own(SPARED).iter().copied().eq(&expected(SPARED, LINES)), "{} of its lines are there", own(SPARED).len());
    let mut killed = own("killed");
    killed.pop(); // which it may have been killed in
    assert!(killed.iter().copied().eq(&expected("killed", killed.len())));
}
