//! A file that cannot be written: what is kept, what is missed, what the operator is told.

use std::{
    fs::{self, File},
    time::Duration,
};

use super::{testing::*, *};

/// One line of each level.
fn push_each<D: Disk>(file: &mut LogFile<D>, number: usize, now: Moment) {
    for level in Level::ALL {
        file.push(&line(level.name(), number, 50), level, now);
    }
}

fn names_of(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| name_of(line)).collect()
}

#[test]
fn a_strangers_lock_is_trouble_until_it_is_released_and_what_matters_is_not_lost() {
    let room = Room::new();
    let mut file = room.open(rotation(10_000, 3));
    let stranger = File::open(room.path()).unwrap();
    stranger.lock().unwrap();
    push_each(&mut file, 0, room.at(0));
    assert!(!file.is_in_trouble(), "nothing was written yet");
    file.flush(room.at(0));
    push_each(&mut file, 1, room.at(0));
    assert!(file.is_in_trouble());
    assert_eq!(causes_of(&mut file), [Some(Cause::Locked)]);
    stranger.unlock().unwrap();
    file.flush(room.at(0));
    file.tick(room.at(0));
    assert_eq!((room.lines().len(), file.is_in_trouble()), (0, true), "an attempt is not due yet");
    file.tick(room.at(1));
    push_each(&mut file, 2, room.at(1));
    file.flush(room.at(1));
    let kept = ["TRADE", "WARNING", "ERROR", "CRITICAL"];
    let mut expected: Vec<String> = [0, 1].iter().flat_map(|number| kept.map(|level| format!("{level} {number:06}"))).collect();
    expected.extend(Level::ALL.map(|level| format!("{level} 000002")));
    assert_eq!(names_of(&room.lines()), expected);
    let resumed = What::Resumed { after: Duration::from_secs(1), missed: 4, missed_important: 0, retained: 8 };
    assert_eq!(news_of(&mut file), [resumed]);
    assert_balanced(file.account());
    assert_eq!(Level::ALL.map(|level| file.account().missed.of(level)), [2, 2, 0, 0, 0, 0]);
}

#[test]
fn attempts_become_rarer_and_trouble_that_comes_back_soon_goes_on_where_it_was() {
    let room = Room::new();
    let disk = Faulty::default();
    let mut file = room.open_on(&disk, rotation(10_000, 3));
    disk.set(|script| script.room = Some(0));
    push_each(&mut file, 0, room.at(0));
    file.flush(room.at(0));
    let tries = |file: &mut LogFile<Faulty>, from: u64, to: u64| -> Vec<u64> {
        let at = |second: &u64| {
            disk.set(|script| script.asked = 0);
            file.tick(room.at(*second));
            let mut asked = 0;
            disk.set(|script| asked = script.asked);
            asked > 0
        };
        (from..to).filter(at).collect()
    };
    assert_eq!(tries(&mut file, 1, 200), [1, 3, 7, 15, 31, 63, 123, 183]);
    assert_eq!(causes_of(&mut file), [Some(Cause::Full)], "told once");
    disk.set(|script| script.room = None);
    assert_eq!((tries(&mut file, 200, 300), file.is_in_trouble()), (vec![243], false));
    assert_eq!(file.account().written.total(), 4);
    for (now, next) in [(250, 310), (500, 501)] {
        disk.set(|script| script.room = Some(0));
        push_each(&mut file, 1, room.at(now));
        file.flush(room.at(now));
        assert!(file.is_in_trouble());
        disk.set(|script| script.room = None);
        assert_eq!(tries(&mut file, now, next + 100), [next], "trouble at {now}");
    }
}

#[test]
fn a_disk_that_fills_up_within_a_line_is_left_with_whole_lines() {
    for (bytes, whole, refuses_cut) in [(0, 0, false), (49, 0, false), (50, 1, false), (120, 2, false), (299, 5, false)] {
        let room = Room::new();
        let disk = Faulty::default();
        let mut file = room.open_on(&disk, rotation(10_000, 3));
        disk.set(|script| (script.room, script.at_once, script.refuses_cut) = (Some(bytes), Some(7), refuses_cut));
        push_each(&mut file, 0, room.at(0));
        file.flush(room.at(0));
        assert_eq!((room.lines().len(), file.account().written.total()), (whole, whole as u64), "{bytes}");
        disk.set(|script| script.room = None);
        file.tick(room.at(1));
        assert_eq!(names_of(&room.lines()).last().unwrap(), "CRITICAL 000000", "{bytes}");
        assert_eq!(room.lines().len() as u64, file.account().written.total());
        assert_balanced(file.account());
    }
}

#[test]
fn a_disk_that_fills_up_and_lets_nothing_be_cut_keeps_half_a_line_but_doubles_none() {
    for (bytes, written) in [(70, 5), (99, 6)] {
        let room = Room::new();
        let disk = Faulty::default();
        let mut file = room.open_on(&disk, rotation(10_000, 3));
        disk.set(|script| (script.room, script.refuses_cut) = (Some(bytes), true));
        push_each(&mut file, 0, room.at(0));
        file.flush(room.at(0));
        disk.set(|script| script.room = None);
        file.tick(room.at(1));
        let lines = room.lines();
        let whole: Vec<&String> = lines.iter().filter(|line| line.len() == 49).collect();
        assert_eq!((whole.len() as u64, file.account().written.total()), (written, written), "{bytes}: {lines:?}");
        assert!(news_of(&mut file).contains(&What::TornLine));
        assert_balanced(file.account());
    }
}

#[test]
fn the_memory_of_what_is_kept_is_bounded_and_what_is_beyond_is_counted() {
    let room = Room::new();
    let disk = Faulty::default();
    let mut file = room.open_on(&disk, rotation(100_000_000, 3));
    disk.set(|script| script.room = Some(0));
    file.push(&line("first", 0, 40_000_000), Level::Error, room.at(0));
    for number in 0..40_000 {
        file.push(&line("a", number, 1_000), Level::Trade, room.at(0));
    }
    disk.set(|script| script.room = Some(1_000_500));
    file.tick(room.at(1));
    assert_eq!((room.lines().len(), file.is_in_trouble()), (1_000, true), "what fits is written");
    for number in 0..3_000 {
        file.push(&line("b", number, 1_000), Level::Critical, room.at(1));
    }
    disk.set(|script| script.room = None);
    file.tick(room.at(3));
    let lines = room.lines();
    assert!((RETAINED / 1_100..RETAINED / 1_000 + 1_000).contains(&lines.len()), "{}", lines.len());
    assert_eq!(file.account().written.total(), lines.len() as u64);
    assert_eq!(file.account().missed.of(Level::Error), 1, "a line larger than the memory for it");
    assert_balanced(file.account());
    let news = news_of(&mut file);
    let Some(What::Resumed { missed, missed_important, retained, .. }) = news.last() else { panic!("{news:?}") };
    assert_eq!((missed, *retained), (missed_important, lines.len() as u64));
    assert_eq!(*missed, file.account().missed.total());
}

#[test]
fn a_close_tries_once_more_and_counts_what_it_cannot_write() {
    for (room_left, written, missed) in [(None, 4, 2), (Some(0), 0, 6), (Some(100), 2, 4)] {
        let room = Room::new();
        let disk = Faulty::default();
        let mut file = room.open_on(&disk, rotation(10_000, 3));
        disk.set(|script| script.room = Some(0));
        push_each(&mut file, 0, room.at(0));
        file.flush(room.at(0));
        disk.set(|script| script.room = room_left);
        file.close(room.at(0));
        assert_eq!((file.account().written.total(), file.account().missed.total()), (written, missed));
        assert_eq!(room.lines().len() as u64, written);
        assert_balanced(file.account());
        let news = news_of(&mut file);
        match news.last() {
            Some(What::Resumed { missed: told, .. }) if room_left.is_none() => assert_eq!(*told, missed),
            Some(What::NeverResumed { missed: told, .. }) if room_left.is_some() => assert_eq!(*told, missed),
            _ => panic!("{news:?}"),
        }
    }
}

#[test]
fn a_deleted_or_moved_file_is_begun_anew_and_told() {
    for is_moved in [false, true] {
        let room = Room::new();
        let mut file = room.open(rotation(10_000, 3));
        push_each(&mut file, 0, room.at(0));
        file.flush(room.at(0));
        if is_moved { fs::rename(room.path(), room.folder().join("kept")) } else { fs::remove_file(room.path()) }.unwrap();
        push_each(&mut file, 1, room.at(0));
        file.flush(room.at(0));
        assert_eq!((room.lines().len(), news_of(&mut file)), (6, vec![What::Replaced]));
    }
}

#[test]
fn a_folder_that_vanished_is_made_again() {
    let room = Room::new();
    let mut file = room.open(rotation(10_000, 3));
    fs::remove_dir_all(room.folder()).unwrap();
    push_each(&mut file, 1, room.at(0));
    file.flush(room.at(0));
    assert_eq!((room.lines().len(), news_of(&mut file)), (6, vec![What::Replaced]));
}

#[test]
fn a_folder_that_cannot_be_made_is_trouble_until_it_can() {
    let room = Room::new();
    let mut file = room.open(rotation(10_000, 3));
    fs::remove_dir_all(room.folder()).unwrap();
    fs::write(room.folder(), "in its place").unwrap();
    push_each(&mut file, 1, room.at(0));
    file.flush(room.at(0));
    let mut late = room.open(rotation(10_000, 3));
    assert_eq!([causes_of(&mut file), causes_of(&mut late)], [[Some(Cause::FolderGone)], [Some(Cause::FolderGone)]]);
    fs::remove_file(room.folder()).unwrap();
    file.tick(room.at(1));
    late.tick(room.at(1));
    assert_eq!(room.lines().len(), 4);
    let resumed = |missed, retained| What::Resumed { after: Duration::from_secs(1), missed, missed_important: 0, retained };
    assert_eq!(news_of(&mut file), [What::Replaced, resumed(2, 4)]);
    assert_eq!(news_of(&mut late), [resumed(0, 0)]);
}

#[test]
fn a_folder_in_which_nobody_may_write_is_trouble() {
    let room = Room::new();
    fs::create_dir(room.folder()).unwrap();
    let allow = |writing: bool| {
        let mut permissions = fs::metadata(room.folder()).unwrap().permissions();
        permissions.set_readonly(!writing);
        #[cfg(unix)]
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, if writing { 0o755 } else { 0o555 });
        fs::set_permissions(room.folder(), permissions).unwrap();
    };
    allow(false);
    if File::create(room.folder().join("probe")).is_ok() {
        println!("skipped: this user may write in a folder that forbids it");
        return;
    }
    let mut file = room.open(rotation(10_000, 3));
    assert_eq!(causes_of(&mut file), [Some(Cause::Refused)]);
    push_each(&mut file, 0, room.at(0));
    allow(true);
    file.tick(room.at(1));
    assert_eq!(room.lines().len(), 4);
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let room = Room::new();
    fs::create_dir_all(room.path()).unwrap();
    assert_eq!(causes_of(&mut room.open(rotation(300, 3))), [Some(Cause::NotAFile)]);
    fs::remove_dir(room.path()).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(room.path()).status();
    if !pipe.is_ok_and(|status| status.success()) {
        println!("skipped: there is no `mkfifo` here");
        return;
    }
    assert_eq!(causes_of(&mut room.open(rotation(300, 3))), [Some(Cause::NotAFile)], "and nobody waits for a reader");
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_written_without_lock_or_rotation() {
    let room = Room::new();
    for (device, causes, written) in [("/dev/null", vec![], 6), ("/dev/full", vec![Some(Cause::Full)], 0)] {
        let mut file = LogFile::open(device.into(), rotation(60, 3), PATIENCE, room.at(0));
        push_each(&mut file, 0, room.at(0));
        file.flush(room.at(0));
        assert_eq!((causes_of(&mut file), file.account().written.total()), (causes, written), "{device}");
        file.close(room.at(0));
        assert_balanced(file.account());
    }
}

#[test]
fn what_is_told_names_the_file_the_reason_and_what_to_do() {
    let room = Room::new();
    let disk = Faulty::default();
    let mut file = room.open_on(&disk, rotation(10_000, 3));
    disk.set(|script| script.room = Some(0));
    push_each(&mut file, 0, room.at(0));
    file.flush(room.at(0));
    disk.set(|script| script.room = None);
    file.tick(room.at(1));
    let news: Vec<News> = file.take_news().collect();
    let path = room.path().display().to_string();
    let texts: Vec<String> =
        news.iter().map(|news| format!("{}: {}", news.level(), news.to_string().replace(&path, "expert.log"))).collect();
    assert_eq!(
        texts,
        [
            "CRITICAL: log file `expert.log` cannot be written: no storage space; the console takes its place, what is TRADE or above \
             is kept and tried again; free some space, or raise the quota or the limit",
            "WARNING: log file `expert.log` is written again after 1.0s: 4 records were kept and are in it, 2 were missed, 0 of them \
             TRADE or above",
        ]
    );
}
