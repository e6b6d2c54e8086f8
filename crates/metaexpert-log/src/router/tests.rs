//! What the files say of themselves, and to whom.

use std::{fs, io, io::Write, path::Path, sync::Arc, time::Duration};

use parking_lot::Mutex;
use slog::o;

use super::*;

/// A console that is read afterwards.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seen {
    /// What was shown, without the times.
    fn lines(&self, router: &Router) -> Vec<String> {
        router.console().flush(Duration::from_secs(10));
        let text = String::from_utf8(self.0.lock().clone()).unwrap();
        text.lines().map(|line| line.split_once("Z ").unwrap().1.to_owned()).collect()
    }
}

fn router(directory: &Path) -> (Router, Seen) {
    let seen = Seen::default();
    let config = LogConfig { app_name: "app".into(), directory: directory.into(), ..LogConfig::default() };
    (Router::open(&config, Screen::plain(Box::new(seen.clone())), Patience::default()), seen)
}

fn write(router: &mut Router, least: Level, level: Level, text: &str) {
    router.begin();
    let place = level.of_nowhere();
    router.write(least, Stamp::now(None), &Record::new(&place, &format_args!("{text}"), b!()), &o!().into());
}

#[test]
fn a_file_that_cannot_be_written_is_told_once_and_the_console_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("errors.log")).unwrap();
    let (mut router, seen) = router(folder.path());
    for _ in 0..3 {
        router.rest(Level::Critical, Losses::default());
    }
    let told = seen.lines(&router);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("CRITICAL [app] log file `") && told[0].contains("errors.log` cannot be written"), "{told:?}");

    write(&mut router, Level::Critical, Level::Error, "not wanted on a console");
    write(&mut router, Level::Critical, Level::Warning, "wanted by nobody");
    assert_eq!(seen.lines(&router)[1..], ["ERROR [app] not wanted on a console"]);
    router.rest(Level::Critical, Losses::default());
    assert_eq!(router.file_metrics()[2].waiting(Level::Error), 1);
    assert!(fs::read_to_string(folder.path().join("expert.log")).unwrap().contains("cannot be written"), "the others know");
}

#[test]
fn what_a_file_waited_to_write_stands_in_it_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let obstacle = folder.path().join("errors.log");
    fs::create_dir(&obstacle).unwrap();
    let (mut router, seen) = router(folder.path());
    write(&mut router, Level::Info, Level::Error, "kept");
    router.rest(Level::Info, Losses::default());
    fs::remove_dir(&obstacle).unwrap();
    router.close(Level::Info, Losses::default());
    assert!(fs::read_to_string(&obstacle).unwrap().contains("ERROR [app] kept"));
    assert!(seen.lines(&router).last().unwrap().contains("is written again"), "{:?}", seen.lines(&router));
    let errors = &router.file_metrics()[2];
    assert_eq!((errors.written(Level::Error), errors.missed(Level::Error), errors.waiting(Level::Error)), (1, 0, 0));
}

#[test]
fn losses_are_told_at_the_level_they_deserve_and_each_once() {
    let folder = tempfile::tempdir().unwrap();
    let (mut router, seen) = router(folder.path());
    let losses = Losses { debug: 1, info: 2, unshowable: 3, sent_to_standard_error: 4, unshown: 0, lost: 0 };
    router.rest(Level::Info, losses);
    router.rest(Level::Info, losses);
    let told: Vec<_> =
        seen.lines(&router).iter().map(|line| line.split(" [app] ").map(String::from).collect::<Vec<_>>()).collect();
    let levels: Vec<_> = told.iter().map(|line| (line[0].as_str(), line[1].split(' ').next().unwrap())).collect();
    assert_eq!(levels, [("WARNING", "1"), ("ERROR", "3"), ("CRITICAL", "4")]);
    let files = router.file_metrics();
    assert_eq!((files[0].written(Level::Warning), files[2].written(Level::Error), files[2].written(Level::Critical)), (1, 1, 1));
    assert!(files[0].path.ends_with("expert.log"));
}
