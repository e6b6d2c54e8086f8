//! Appending, rotation and compression, with one process and a disk that works.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write,
    thread,
    time::{Duration, SystemTime},
};

use flate2::{Compression, write::GzEncoder};

use super::{testing::*, *};

/// Pushes lines `first..last` of so many bytes, and flushes.
fn write<D: Disk>(file: &mut LogFile<D>, numbers: std::ops::Range<usize>, length: usize, now: Moment) {
    for number in numbers {
        file.push(&line("a", number, length), Level::Info, now);
    }
    file.flush(now);
}

fn numbers(room: &Room) -> Vec<usize> {
    let number = |line: &String| line.split(' ').nth(1).unwrap().parse().unwrap();
    room.lines().iter().map(number).collect()
}

/// Opens and closes compressed chains until none is left to compress: a close leaves what it has not finished.
fn settle(room: &Room, rotation: Rotation) {
    let file = room.open(rotation);
    let unfinished = "expert.log.gz.tmp".to_owned();
    while !file.appender.chain().uncompressed().is_empty() || room.names().contains(&unfinished) {
        thread::yield_now();
    }
}

#[test]
fn rotation_by_size_keeps_every_line_once_and_in_order_whatever_comes_between() {
    for (max_size, length, flush_every) in
        [(1_000, 100, 1), (1_000, 100, 7), (1_000, 99, 1_000), (70_000, 400, 1_000), (10, 40, 3)]
    {
        let room = Room::new();
        let mut file = room.open(rotation(max_size, 10_000));
        for number in 0..200 {
            file.push(&line("a", number, length), Level::Info, room.at(0));
            if number % flush_every == 0 {
                file.flush(room.at(0));
            }
        }
        file.close(room.at(0));
        assert_eq!(numbers(&room), (0..200).collect::<Vec<_>>(), "{max_size} {length} {flush_every}");
        for name in room.names() {
            let (size, lines) = (room.read(&name).len() as u64, room.read(&name).lines().count());
            assert!(size <= max_size || lines == 1, "`{name}` holds {lines} lines of {size} bytes");
            let is_full = size + length as u64 > max_size;
            assert!(is_full || name == "expert.log", "`{name}` was rotated with {size} of {max_size} bytes");
        }
        assert_eq!((file.account().written.total(), news_of(&mut file)), (200, vec![]));
    }
}

#[test]
fn a_chain_holds_no_more_backups_than_it_should_and_they_are_the_youngest() {
    let room = Room::new();
    write(&mut room.open(rotation(300, 3)), 0..30, 100, room.at(0));
    assert_eq!(room.names(), ["expert.log", "expert.log.1", "expert.log.2", "expert.log.3"]);
    assert_eq!(numbers(&room), (18..30).collect::<Vec<_>>());
}

#[test]
fn without_backups_a_full_file_is_emptied() {
    let room = Room::new();
    write(&mut room.open(rotation(300, 0)), 0..8, 100, room.at(0));
    assert_eq!((room.names(), numbers(&room)), (vec!["expert.log".to_owned()], vec![6, 7]));
}

#[test]
fn a_restart_goes_on_in_a_file_that_is_not_full() {
    let room = Room::new();
    (0..7).for_each(|number| write(&mut room.open(rotation(300, 9)), number..number + 1, 100, room.at(0)));
    assert_eq!(room.names(), ["expert.log", "expert.log.1", "expert.log.2"]);
    assert_eq!(numbers(&room), (0..7).collect::<Vec<_>>());
}

#[test]
fn a_line_longer_than_a_file_has_one_for_itself() {
    let room = Room::new();
    let mut file = room.open(rotation(300, 9));
    [50, 200_000, 50]
        .into_iter()
        .enumerate()
        .for_each(|(number, length)| write(&mut file, number..number + 1, length, room.at(0)));
    assert_eq!(["expert.log.2", "expert.log.1", "expert.log"].map(|name| room.read(name).len()), [50, 200_000, 50]);
}

#[test]
fn a_line_without_an_end_is_ended() {
    let room = Room::new();
    let mut file = room.open(rotation(300, 9));
    for line in ["one", "two\n", ""] {
        file.push(line.as_bytes(), Level::Info, room.at(0));
    }
    file.flush(room.at(0));
    assert_eq!(room.read("expert.log"), "one\ntwo\n\n");
}

#[test]
fn a_new_day_begins_a_file_and_yesterdays_lines_stay_in_yesterdays() {
    let room = Room::new();
    let mut file = room.open(Rotation { daily: true, ..rotation(10_000, 9) });
    write(&mut file, 0..2, 100, room.on_day(0));
    file.push(&line("a", 2, 100), Level::Info, room.on_day(0));
    file.push(&line("a", 3, 100), Level::Info, room.on_day(1));
    file.flush(room.on_day(1));
    write(&mut file, 4..5, 100, room.on_day(1));
    file.push(&line("a", 5, 100), Level::Info, room.on_day(1));
    (0..3).for_each(|_| file.tick(room.on_day(2)));
    assert_eq!(["expert.log.2", "expert.log.1", "expert.log"].map(|name| room.read(name).lines().count()), [3, 3, 0]);
    assert_eq!(numbers(&room), (0..6).collect::<Vec<_>>());
    file.tick(room.on_day(5));
    write(&mut file, 6..7, 100, room.on_day(5));
    write(&mut file, 7..8, 100, room.on_day(1));
    assert_eq!(room.names().len(), 3, "an empty file is not rotated, nor does a clock that was set back rotate one");
}

#[test]
fn a_restart_knows_the_day_of_the_last_write() {
    for (age, files) in [(0, 1), (86_400 + 5, 2)] {
        let room = Room::new();
        write(&mut room.open(rotation(10_000, 9)), 0..1, 100, room.at(0));
        let written = SystemTime::now() - Duration::from_secs(age);
        File::options().append(true).open(room.path()).unwrap().set_modified(written).unwrap();
        write(&mut room.open(Rotation { daily: true, ..rotation(10_000, 9) }), 1..2, 100, room.at(0));
        assert_eq!((room.names().len(), numbers(&room)), (files, vec![0, 1]), "{age}");
    }
}

#[test]
fn half_a_line_of_a_crash_is_ended_and_told() {
    let room = Room::new();
    write(&mut room.open(rotation(10_000, 9)), 0..1, 20, room.at(0));
    let mut torn = fs::OpenOptions::new().append(true).open(room.path()).unwrap();
    torn.write_all(b"a 00000").unwrap();
    let mut file = room.open(rotation(10_000, 9));
    assert_eq!(news_of(&mut file), [What::TornLine]);
    write(&mut file, 1..2, 20, room.at(0));
    torn.write_all(b"half of another process").unwrap();
    write(&mut file, 2..3, 20, room.at(0));
    assert_eq!(
        room.read("expert.log"),
        "a 000000 ..........\na 00000\na 000001 ..........\nhalf of another process\na 000002 ..........\n"
    );
    assert_eq!(news_of(&mut file), [What::TornLine]);
}

#[test]
fn backups_are_compressed_and_every_line_is_there_once() {
    let room = Room::new();
    let rotation = Rotation { compress: true, ..rotation(4_000, 1_000) };
    let mut file = room.open(rotation);
    for number in 0..2_000 {
        write(&mut file, number..number + 1, 100, room.at(0));
    }
    file.close(room.at(0));
    drop(file);
    assert_eq!(numbers(&room), (0..2_000).collect::<Vec<_>>(), "whatever the thread has finished");
    settle(&room, rotation);
    assert_eq!(numbers(&room), (0..2_000).collect::<Vec<_>>());
    let expected = (1..50).map(|place| format!("expert.log.{place}.gz")).chain(["expert.log".to_owned()]);
    assert_eq!(BTreeSet::from_iter(room.names()), expected.collect());
}

#[test]
fn a_compressed_chain_holds_no_more_backups_than_it_should() {
    let room = Room::new();
    let rotation = Rotation { compress: true, ..rotation(1_000, 3) };
    write(&mut room.open(rotation), 0..2_000, 100, room.at(0));
    settle(&room, rotation);
    assert_eq!(room.names(), ["expert.log", "expert.log.1.gz", "expert.log.2.gz", "expert.log.3.gz"]);
    assert_eq!(numbers(&room), (1_960..2_000).collect::<Vec<_>>());
}

#[test]
fn what_a_crash_left_of_a_compression_costs_no_line_and_doubles_none() {
    let room = Room::new();
    write(&mut room.open(rotation(1_000, 9)), 0..25, 100, room.at(0));
    // The second backup has both forms, the first a form that was never finished.
    let mut both = GzEncoder::new(File::create(room.folder().join("expert.log.2.gz")).unwrap(), Compression::fast());
    both.write_all(room.read("expert.log.2").as_bytes()).unwrap();
    both.finish().unwrap();
    fs::write(room.folder().join("expert.log.gz.tmp"), [7; 9_000]).unwrap();
    drop(room.open(rotation(1_000, 9)));
    assert_eq!(numbers(&room), (0..25).collect::<Vec<_>>(), "both forms were seen even where nothing is compressed");
    settle(&room, Rotation { compress: true, ..rotation(1_000, 9) });
    assert_eq!(room.names(), ["expert.log", "expert.log.1.gz", "expert.log.2.gz"]);
    assert_eq!(numbers(&room), (0..25).collect::<Vec<_>>());
}

#[test]
fn a_rotation_that_is_refused_is_told_once_and_costs_neither_lines_nor_backups() {
    let room = Room::new();
    let disk = Faulty::default();
    let mut file = room.open_on(&disk, rotation(300, 2));
    write(&mut file, 0..9, 100, room.at(0));
    disk.set(|script| script.refuses_rename = true);
    (9..20).for_each(|number| write(&mut file, number..number + 1, 100, room.at(1)));
    write(&mut file, 20..21, 100, room.at(70));
    assert_eq!(news_of(&mut file), [What::RotationFailed { detail: "permission denied".to_owned() }]);
    disk.set(|script| script.refuses_rename = false);
    write(&mut file, 21..22, 100, room.at(71));
    assert_eq!(numbers(&room), (3..22).collect::<Vec<_>>(), "it is not tried at each line");
    write(&mut file, 22..23, 100, room.at(200));
    assert_eq!(numbers(&room), (3..23).collect::<Vec<_>>(), "the place that the first attempt made free is used");
    assert_eq!((room.read("expert.log.1").lines().count(), news_of(&mut file)), (16, vec![]));
}

#[test]
fn a_rotation_that_stopped_half_way_is_finished_without_moving_the_chain_again() {
    let room = Room::new();
    write(&mut room.open(rotation(300, 3)), 0..12, 100, room.at(0));
    // A crash behind the first two steps: the oldest is gone, the next has moved up.
    fs::rename(room.folder().join("expert.log.2"), room.folder().join("expert.log.3")).unwrap();
    write(&mut room.open(rotation(300, 3)), 12..13, 100, room.at(0));
    assert_eq!(room.names(), ["expert.log", "expert.log.1", "expert.log.2", "expert.log.3"]);
    assert_eq!(numbers(&room), (3..13).collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_the_backups_stand_beside_what_it_leads_to() {
    let room = Room::new();
    write(&mut room.open(rotation(300, 3)), 0..1, 100, room.at(0));
    let link = room.folder().parent().unwrap().join("link.log");
    std::os::unix::fs::symlink(room.path(), &link).unwrap();
    let mut file = LogFile::open(link.clone(), rotation(300, 3), PATIENCE, room.at(0));
    write(&mut file, 1..9, 100, room.at(0));
    assert_eq!((room.names().len(), numbers(&room)), (3, (0..9).collect()));
    assert!(fs::symlink_metadata(link).unwrap().is_symlink());
}
