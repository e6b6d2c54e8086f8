//! The child: it logs what the plan says, while its files are disturbed, and reports what the log says of itself.

use std::{
    io::{self, Write},
    ops::Range,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use metaexpert_log::{
    FileMetrics, Level, LogConfig, Logging, Metrics, critical, debug, error, info, slog::Logger, slog::o, trade, warning,
};
use serde_json::json;

use crate::{
    FILES, Outcome,
    arguments::Arguments,
    disk::Disk,
    disturbing::{self, Schedule},
    plan::{self, Plan},
};

/// The part of the records that comes at once, as fast as it can: then DEBUG and INFO are dropped, and what matters more waits.
const FLOOD: u32 = 4;

/// The other part comes at an even pace, but for what would come between these hundredths of the run: that comes at once too,
/// while others hold the locks.
const SECOND_FLOOD: Range<f64> = 20.0..30.0;

/// Records between two looks at the clock.
const BURST: u32 = 64;

/// How long a file in trouble is waited for at the end. The log tries again after 1, 2, 4 and 8 s.
const SETTLED_WITHIN: Duration = Duration::from_secs(20);

/// What one thread has to tell.
struct Written {
    flooded: Duration,
    longest_call: Duration,
}

/// Writes into a folder, and reports on standard output.
pub(crate) fn write(arguments: &Arguments, folder: &Path) -> Outcome<()> {
    let disk = arguments.disk.unwrap_or(Disk::None);
    #[cfg(unix)]
    if disk == Disk::None {
        fill_for_ever(folder)?;
    }
    let logging = Logging::start(&config(folder))?;
    let began = Instant::now();
    let schedule = Schedule { began, length: Duration::from_secs(arguments.seconds.into()) };
    let plan = arguments.plan();
    let root = logging.logger();
    let (written, locked, filled) = thread::scope(|scope| {
        let locker = scope.spawn(|| disturbing::take_locks(folder, schedule).map_err(|error| error.to_string()));
        let filler = scope.spawn(|| disturbing::fill_disk(folder, disk, schedule).map_err(|error| error.to_string()));
        let writers: Vec<_> = (0..plan.threads)
            .map(|thread| {
                let log = root.new(o!("expert_name" => "ema crossover", "symbol" => "BTCUSDT", "thread" => thread));
                let forget = if thread == 0 { arguments.forget } else { 0 };
                scope.spawn(move || write_all(&log, plan, thread, schedule, forget))
            })
            .collect();
        let written: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        (written, locker.join(), filler.join())
    });
    let took = began.elapsed();
    locked.map_err(|_| "the thread that takes the locks panicked")?.map_err(|error| format!("no lock: {error}"))?;
    filled.map_err(|_| "the thread that fills the disk panicked")?.map_err(|error| format!("no full disk: {error}"))?;
    let written: Vec<Written> = written.into_iter().collect::<Result<_, _>>().map_err(|_| "a writing thread panicked")?;
    settle(&logging, disk);
    let ending = Instant::now();
    let metrics = logging.end();
    let report = report(plan, &written, took, ending.elapsed(), &metrics);
    Ok(writeln!(io::stdout(), "{report}")?)
}

/// Small files, so that there are many, and more places for backups than ever come.
fn config(folder: &Path) -> LogConfig {
    LogConfig {
        level: Level::Debug,
        directory: folder.to_owned(),
        to_console: false,
        json: true,
        max_file_size: 1 << 20,
        backup_count: 100_000,
        compress: true,
        queue: 4096,
        ..LogConfig::default()
    }
}

/// Where no disk can be filled, the file for errors is one that always is.
#[cfg(unix)]
fn fill_for_ever(folder: &Path) -> io::Result<()> {
    let [.., errors] = FILES;
    let full = Path::new("/dev/full");
    if full.exists() { std::os::unix::fs::symlink(full, folder.join(errors)) } else { Ok(()) }
}

fn write_all(log: &Logger, plan: Plan, thread: u32, schedule: Schedule, mut forget: u32) -> Written {
    let records = plan.records_of(thread);
    let flood = records / FLOOD;
    let paced = records - flood;
    let mut written = Written { flooded: Duration::ZERO, longest_call: Duration::ZERO };
    for number in 0..records {
        if number == flood {
            written.flooded = schedule.began.elapsed();
        }
        if number >= flood && number.is_multiple_of(BURST) {
            let due = f64::from(number - flood) * 100.0 / f64::from(paced);
            schedule.wait_for(if SECOND_FLOOD.contains(&due) { SECOND_FLOOD.start } else { due });
        }
        let level = plan::level_of(number);
        if level == Level::Trade && forget > 0 {
            forget -= 1;
            continue;
        }
        let called = Instant::now();
        write_one(log, level, number);
        written.longest_call = written.longest_call.max(called.elapsed());
    }
    written
}

fn write_one(log: &Logger, level: Level, number: u32) {
    match level {
        Level::Debug => debug!(log, "average moved"; "number" => number, "fast" => 64_012.25, "slow" => 63_998.5),
        Level::Info => info!(log, "bar closed"; "number" => number, "close" => 64_005.75, "volume" => 12.5),
        Level::Trade => trade!(log, "bought"; "number" => number, "quantity" => "0.015", "price" => "64005.7"),
        Level::Warning => warning!(log, "spread is wide"; "number" => number, "spread" => "3.4", "most" => "2.5"),
        Level::Error => error!(log, "order was refused"; "number" => number, "reason" => "notional below 5 USDT"),
        Level::Critical => critical!(log, "position without a stop"; "number" => number, "quantity" => "0.015"),
    }
}

/// Waits until no file has anything left to write, but not for the one that never will.
fn settle(logging: &Logging, disk: Disk) {
    let until = Instant::now() + SETTLED_WITHIN;
    let files = if disk == Disk::None { FILES.len() - 1 } else { FILES.len() };
    let waits = |file: &FileMetrics| Level::ALL.iter().any(|level| file.waiting(*level) > 0);
    let waits = || logging.metrics().files.iter().take(files).any(waits);
    while (!logging.flush(Duration::from_secs(1)) || waits()) && Instant::now() < until {
        thread::sleep(Duration::from_millis(50));
    }
}

fn report(plan: Plan, written: &[Written], took: Duration, ending: Duration, metrics: &Metrics) -> serde_json::Value {
    let flooded = written.iter().map(|written| written.flooded).max().unwrap_or_default();
    let by_level = |count: &dyn Fn(Level) -> u64| Level::ALL.map(count);
    let files = metrics.files.iter().map(|file| {
        json!({
            "written": by_level(&|level| file.written(level)),
            "missed": by_level(&|level| file.missed(level)),
            "waiting": by_level(&|level| file.waiting(level)),
        })
    });
    json!({
        "seconds": took.as_secs_f64(),
        "ending_ms": ending.as_secs_f64() * 1e3,
        "flood_per_second": f64::from(plan.records / FLOOD) / flooded.as_secs_f64().max(1e-9),
        "longest_call_ms": written.iter().map(|written| written.longest_call).max().unwrap_or_default().as_secs_f64() * 1e3,
        "dropped_debug": metrics.dropped_debug,
        "dropped_info": metrics.dropped_info,
        "unshown": metrics.unshown,
        "waited": metrics.waited,
        "longest_wait_ms": metrics.longest_wait.as_secs_f64() * 1e3,
        "written_by_caller": metrics.written_by_caller,
        "put_aside": metrics.put_aside,
        "sent_to_standard_error": metrics.sent_to_standard_error,
        "unshowable": metrics.unshowable,
        "files": files.collect::<Vec<_>>(),
    })
}
