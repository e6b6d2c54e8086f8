//! The numbers that the log is held to, beside `tracing` with `tracing-appender` doing the same work:
//!
//! ```text
//! cargo bench -p metaexpert-log --bench numbers
//! ```
//!
//! Every record is JSON with six fields of context and three of its own, and masking has three secrets to look for. divan and
//! criterion tell of means; a trading thread wants to know its worst hundredth, so the percentiles are taken here.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::naive_bytecount,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it cannot go on"
)]

use std::{
    fs,
    hint::black_box,
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use metaexpert_log::{Level, LogConfig, Logging, debug, error, info, register_secret, slog::Logger, slog::o, trade, warning};

/// Records between two rests of the writing thread, so that what is measured is the hand-over and not a full queue.
const BURST: usize = 500;

fn main() {
    for secret in ["zX9wQ2vB7nM4kL1pR6tY", "sEcReTsEcReT0123456789abcdef", "pass phrase of the account"] {
        register_secret(secret);
    }
    println!("disabled level:    {:.2} ns", disabled_level());
    first_line();
    println!("caller's cost of a record            p50        p99      p99.9       mean");
    report("  metaexpert-log", callers_cost(1_000));
    report("  tracing-appender", callers_cost_of_tracing(1_000));
    println!("sustained by one thread into three files that rotate at 10 MiB");
    for rate in [500_000, 750_000, 1_000_000, 1_250_000] {
        sustained(rate, 5, Duration::from_secs(4));
    }
    println!("the same with every line kept, to be counted in the files");
    warm_up_the_page_cache();
    for rate in [300_000, 500_000] {
        sustained(rate, 1000, Duration::from_secs(4));
    }
    as_fast_as_it_goes(2_000_000);
    as_fast_as_tracing_goes(2_000_000);
}

fn config(folder: &Path) -> LogConfig {
    LogConfig {
        directory: folder.to_owned(),
        to_console: false,
        json: true,
        level: Level::Debug,
        backup_count: 1000,
        ..LogConfig::default()
    }
}

fn with_context(root: &Logger) -> Logger {
    let expert = root.new(o!("expert_name" => "ema crossover", "strategy_id" => 1001, "account_id" => "binance:main"));
    expert.new(o!("symbol" => "BTCUSDT", "order_id" => "x-1001-7-000042", "trade_id" => "8812345678"))
}

fn disabled_level() -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let logging = Logging::start(&LogConfig { level: Level::Warning, ..config(folder.path()) }).unwrap();
    let log = black_box(with_context(&logging.logger()));
    let rounds = 50_000_000_u32;
    let began = Instant::now();
    for round in 0..rounds {
        debug!(log, "bar closed"; "close" => 64_000.5, "bars" => black_box(round));
    }
    began.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
}

fn first_line() {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let logging = Logging::start(&config(folder.path())).unwrap();
    info!(logging.logger(), "started");
    assert!(logging.flush(Duration::from_secs(1)));
    println!("first line in the file after start: {:.2} ms", began.elapsed().as_secs_f64() * 1e3);
}

/// One record of the kind that an expert writes.
fn one(log: &Logger, number: usize) {
    info!(log, "average crossed above price"; "fast" => 64_012.25, "slow" => 63_998.5, "number" => number);
}

fn callers_cost(bursts: usize) -> Vec<u64> {
    let folder = tempfile::tempdir().unwrap();
    let logging = Logging::start(&config(folder.path())).unwrap();
    let log = with_context(&logging.logger());
    let mut costs = Vec::with_capacity(bursts * BURST);
    for burst in 0..bursts {
        for number in 0..BURST {
            let began = Instant::now();
            one(&log, burst * BURST + number);
            costs.push(u64::try_from(began.elapsed().as_nanos()).unwrap());
        }
        assert!(logging.flush(Duration::from_secs(5)));
    }
    let metrics = logging.metrics();
    assert_eq!((metrics.dropped_info, metrics.files[0].written(Level::Info)), (0, costs.len() as u64));
    costs
}

fn callers_cost_of_tracing(bursts: usize) -> Vec<u64> {
    let mut costs = Vec::with_capacity(bursts * BURST);
    with_tracing(|written| {
        for burst in 0..bursts {
            for number in 0..BURST {
                let began = Instant::now();
                tracing::info!(fast = 64_012.25, slow = 63_998.5, number = burst * BURST + number, "average crossed above price");
                costs.push(u64::try_from(began.elapsed().as_nanos()).unwrap());
            }
            written((burst + 1) * BURST);
        }
    });
    costs
}

fn report(name: &str, mut costs: Vec<u64>) {
    costs.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        costs[((costs.len() - 1) as f64 * share) as usize]
    };
    let mean = costs.iter().sum::<u64>() / costs.len() as u64;
    println!("{name:32} {:>6} ns  {:>6} ns  {:>6} ns  {mean:>6} ns", at(0.5), at(0.99), at(0.999));
}

/// All files are kept here, to be counted, where a log would reuse the room of a few. Memory that the machine has not had before is slow
/// to come by, above all in a virtual one, and is not what is measured.
fn warm_up_the_page_cache() {
    let folder = tempfile::tempdir().unwrap();
    let piece = vec![b'x'; 1 << 20];
    let mut file = fs::File::create(folder.path().join("ballast")).unwrap();
    (0..2_000).for_each(|_| file.write_all(&piece).unwrap());
}

/// A mix as it goes over a busy day: mostly information, some orders, few warnings, rare errors.
fn mixed(log: &Logger, number: usize) {
    match number % 100 {
        0..60 => one(log, number),
        60..90 => trade!(log, "bought"; "quantity" => "0.015", "price" => 64_012.25, "number" => number),
        90..98 => warning!(log, "the spread is wide"; "spread" => 0.4, "limit" => 0.3, "number" => number),
        _ => {
            error!(log, "the exchange refused an order"; "code" => -2019, "text" => "Margin is insufficient.", "number" => number);
        }
    }
}

/// Offers so many records in each millisecond. With enough backups for all of them, what stands in the files is what was written.
fn sustained(rate: usize, backups: u32, long: Duration) {
    let folder = tempfile::tempdir().unwrap();
    let logging = Logging::start(&LogConfig { backup_count: backups, ..config(folder.path()) }).unwrap();
    let log = with_context(&logging.logger());
    let began = Instant::now();
    let mut offered = 0;
    while began.elapsed() < long {
        let due = usize::try_from(began.elapsed().as_millis()).unwrap() * rate / 1_000;
        while offered < due {
            mixed(&log, offered);
            offered += 1;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let metrics = logging.end();
    let took = began.elapsed().as_secs_f64();
    let written: Vec<u64> =
        metrics.files.iter().map(|file| Level::ALL.into_iter().map(|level| file.written(level)).sum()).collect();
    let left: Vec<usize> = ["expert.log", "trades.log", "errors.log"].iter().map(|name| count(folder.path(), name)).collect();
    println!(
        "  {rate:>9} offered/s: {:.0}/s to the end; {offered} offered, written {written:?}, of which {left:?} stand in the files left; dropped {}; waited {} (longest {:?})",
        offered as f64 / took,
        metrics.dropped_debug + metrics.dropped_info,
        metrics.waited,
        metrics.longest_wait
    );
}

fn as_fast_as_it_goes(records: usize) {
    let folder = tempfile::tempdir().unwrap();
    let logging = Logging::start(&config(folder.path())).unwrap();
    let log = with_context(&logging.logger());
    let began = Instant::now();
    for number in 0..records {
        warning!(log, "the spread is wide"; "spread" => 0.4, "limit" => 0.3, "number" => number);
    }
    let handed = began.elapsed();
    drop(logging);
    let took = began.elapsed();
    println!(
        "  warnings as fast as they go into one file: {:.0}/s, handed over in {handed:?}, {} of {records} in the file",
        records as f64 / took.as_secs_f64(),
        count(folder.path(), "expert.log")
    );
}

fn as_fast_as_tracing_goes(records: usize) {
    let began = Instant::now();
    with_tracing(|written| {
        for number in 0..records {
            tracing::warn!(spread = 0.4, limit = 0.3, number, "the spread is wide");
        }
        written(records);
    });
    println!(
        "  tracing-appender, the same, without rotation by size or masking: {:.0}/s",
        records as f64 / began.elapsed().as_secs_f64()
    );
}

/// tracing with tracing-appender: JSON, the same context from a span, nothing dropped. `body` gets a way to wait until a number
/// of lines has been written.
fn with_tracing(body: impl FnOnce(&dyn Fn(usize))) {
    let folder = tempfile::tempdir().unwrap();
    let lines = Arc::new(Mutex::new(0));
    let file = Counting { file: tracing_appender::rolling::never(folder.path(), "expert.log"), lines: Arc::clone(&lines) };
    let (writer, guard) = tracing_appender::non_blocking::NonBlockingBuilder::default().lossy(false).finish(file);
    let subscriber = tracing_subscriber::fmt().json().with_writer(writer).finish();
    tracing::subscriber::with_default(subscriber, || {
        let span = tracing::info_span!(
            "expert",
            expert_name = "ema crossover",
            strategy_id = 1001,
            account_id = "binance:main",
            symbol = "BTCUSDT",
            order_id = "x-1001-7-000042",
            trade_id = "8812345678"
        );
        let _inside = span.enter();
        body(&|wanted| {
            while *lines.lock().unwrap() < wanted {
                std::thread::yield_now();
            }
        });
    });
    drop(guard);
}

struct Counting<W> {
    file: W,
    lines: Arc<Mutex<usize>>,
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        *self.lines.lock().unwrap() += bytes[..written].iter().filter(|byte| **byte == b'\n').count();
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Lines of a log and of all its backups.
fn count(folder: &Path, name: &str) -> usize {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of_name = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(name));
    of_name.map(|path| fs::read(path).unwrap().iter().filter(|byte| **byte == b'\n').count()).sum()
}
