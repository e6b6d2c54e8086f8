//! One day in four ways: live and on paper on a testnet at the same time, then as a recording on paper and in a backtest.
//!
//! The one decision: the bars that the live run was told are the recording that the others run on. They are the market's own to the
//! tick, but for what the expert has traded itself; and on equal bars every decision is equal, and every order. What an order cost
//! follows from the quotes that the run was told, and from nothing else.
//!
//! `PARITY_HOURS=24 cargo nextest run -p metaexpert-tests -E 'test(parity::)'` takes the whole day; CI an hour and a quarter of it. An order
//! must have been executed before the next cross, or there is another thing to decide on: where the machine is too slow or too busy for
//! that, the day begins again at a calmer speed, and what was seen of it is judged by nobody.

#![expect(clippy::print_stderr, reason = "what was skipped, and how prices were spread, is told to whoever runs it")]

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use metaexpert_core::{Bar, Timeframe, UnixNanos};
use metaexpert_data::SyntheticSpec;
use metaexpert_testnet::{
    audit::What,
    market::{Pace, PriceSources},
    testnet::{Running, Testnet},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    night::signal,
    papers::{Papers, Quoted},
};

/// How much faster than the wall clock the markets go: the first of these that the machine bears.
const SPEEDS: [f64; 4] = [240.0, 120.0, 30.0, 8.0];
/// Far more than any of it takes, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_mins(2);
/// What a run leaves when the market was faster than its orders.
const LATE: &str = "late";
/// The recording of a month, where it is.
const RECORDED: &str = "../../shared/market-data/btcusd-perp-1m-2022-01.csv";

#[test]
fn a_made_up_day_is_the_same_live_on_paper_and_in_a_backtest() {
    let home = tempfile::tempdir().unwrap();
    let first = UnixNanos::parse("2026-01-05").unwrap();
    let spec = SyntheticSpec { seed: 17, price: 60_000.into(), tick: Some("0.1".parse().unwrap()), ..SyntheticSpec::default() };
    let mut text = "timestamp,open,high,low,close,volume\n".to_owned();
    for bar in spec.endless(Timeframe::M1, first).unwrap().take(3 * 1_440) {
        let Bar { time, open, high, low, close, volume } = bar;
        writeln!(text, "{time},{open:.1},{high:.1},{low:.1},{close:.1},{volume}").unwrap();
    }
    let source = home.path().join("day.csv");
    fs::write(&source, text).unwrap();
    same_everywhere(&source);
}

#[test]
fn a_recorded_day_is_the_same_live_on_paper_and_in_a_backtest() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(RECORDED);
    if !source.exists() {
        eprintln!("skipped: {} is not there", source.display());
        return;
    }
    same_everywhere(&source.canonicalize().unwrap());
}

/// Runs the witness in all ways on the prices of a file, and holds what it wrote against each other.
fn same_everywhere(source: &Path) {
    let hours = env::var("PARITY_HOURS").map_or(1.25, |text| text.parse().unwrap());
    let borne = SPEEDS.iter().find_map(|&speed| {
        let lived = Day::lived(source, speed, hours);
        if lived.is_none() {
            eprintln!("an order was on its way for a minute and more: {speed} is too fast for this machine");
        }
        lived
    });
    let Some((day, live, paper)) = borne else { panic!("no speed that this machine bears") };
    live.assert_whole(Timeframe::M1);
    live.assert_whole(Timeframe::M5);
    live.assert_whole(Timeframe::M15);
    let bars = live.as_the_source(source);
    paper.assert_same_bars(&live);

    let recording = day.home.path().join("live.csv");
    fs::write(&recording, live.recording()).unwrap();
    let flags = format!(
        "--data {} --tick-size 0.1 --lot-size 0.001 --initial-capital 1000000 --warmup-bars {}",
        recording.display(),
        live.history
    );
    let tested = day.run("backtest", &format!("--trade-mode backtest --report report {flags}"));
    let replayed = day.run("replay", &format!("--trade-mode paper --speed 100000 {flags}"));
    for other in [&tested, &replayed] {
        assert_eq!(live.bars, other.bars, "{}: bars of every length are live's", other.name);
        assert_eq!(live.deeds(0), other.deeds(0), "{}: every decision is live's", other.name);
        assert!(!day.is_late(other.name), "{}: on a recording no order is late", other.name);
    }
    let ordered = live.orders();
    assert!(ordered.len() >= 8, "something was traded: {ordered:#?}");
    assert_eq!(ordered, replayed.orders(), "orders live and on the recording");
    assert_eq!(ordered, tested.reported(), "orders live and in the backtest's report");

    // Whoever began a moment later has more of it as history, and nothing to close at its first cross; whoever ended later has seen more.
    let since = live.first_present().max(paper.first_present());
    let by_both = |bar: UnixNanos| live.is_settled(bar) && paper.is_settled(bar);
    let deeds = |of: &Papers| of.deeds(since).into_iter().filter(|deed| by_both(deed.0)).collect::<Vec<_>>();
    let orders = |of: &Papers| of.orders_after(since).into_iter().filter(|order| by_both(order.0)).collect::<Vec<_>>();
    assert_eq!(deeds(&live), deeds(&paper), "every decision on live prices is live's");
    assert_eq!(orders(&live), orders(&paper), "orders live and on paper on live prices");

    let of_live = live.explained(Quoted::ByExchange);
    let of_paper = paper.explained(Quoted::AsHeard);
    let moved = live.apart_from(&tested);
    eprintln!(
        "{}: {bars} bars, {} decisions, {} orders; fills from the touch, in ticks: live {of_live}; paper {of_paper}; \
         from the next bar's open: live {moved}",
        source.file_name().unwrap().display(),
        live.deeds.len(),
        ordered.len()
    );
    assert_eq!(live.fills.len(), day.exchanges_executions(), "every execution of the exchange is told");
}

/// A testnet, and folders for runs.
struct Day {
    net: Running,
    _runtime: Runtime,
    home: TempDir,
}

impl Day {
    /// So many hours of a day live and on paper; nothing if an order took longer than the market left it.
    fn lived(source: &Path, speed: f64, hours: f64) -> Option<(Self, Papers, Papers)> {
        let day = Self::begin(source, speed);
        let (mut live, mut paper) = (day.start("live", "--trade-mode live"), day.start("paper", "--trade-mode paper"));
        let end = Instant::now() + Duration::from_secs_f64(hours * 3_600.0 / speed);
        let is_too_fast = || day.is_late("live") || day.is_late("paper");
        while Instant::now() < end && !is_too_fast() {
            thread::sleep(Duration::from_millis(20));
        }
        let (live, paper) = (day.end("live", &mut live), day.end("paper", &mut paper));
        (!is_too_fast()).then_some((day, live, paper))
    }

    /// Whether a run had still an order on its way when it wanted the next.
    fn is_late(&self, name: &str) -> bool {
        self.folder(name).join(LATE).exists()
    }

    fn begin(source: &Path, speed: f64) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // As lively as this machine can bear beside four processes at this speed.
        let pace = Pace { changes: 1.0, prints: 0.5, levels: 20 };
        let prices = PriceSources::parse(&format!("BTCUSDT={}", source.display())).unwrap().with_pace(pace);
        let builder = Testnet::builder().symbols(["BTCUSDT"]).prices(prices).speed(speed).limits(1_000);
        let net = runtime.block_on(builder.start()).unwrap();
        Self { net, _runtime: runtime, home: tempfile::tempdir().unwrap() }
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn command(&self, name: &str, flags: &str) -> Command {
        let folder = self.folder(name);
        fs::create_dir(&folder).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_witness-expert"));
        let stdout = fs::File::create(folder.join("stdout")).unwrap();
        let stderr = fs::File::create(folder.join("stderr")).unwrap();
        command.args("--log-to-console false".split(' ')).args(flags.split(' '));
        command.current_dir(folder).env_clear().stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        command
    }

    /// Begins a run on the testnet, and waits until the present has begun for it.
    fn start(&self, name: &str, flags: &str) -> Child {
        let key = self.net.keys().into_iter().next().unwrap();
        let mut command = self.command(name, flags);
        command.args(["--base-url", self.net.url()]).env("BINANCE_API_KEY", &key.key);
        command.env("BINANCE_API_SECRET", key.secret().unwrap());
        command.spawn().unwrap()
    }

    /// Ends a run, and reads what it has written.
    fn end(&self, name: &'static str, child: &mut Child) -> Papers {
        signal(child, "TERM");
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "{name} does not end");
            thread::sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "{name}: {status}\n{}", self.said(name));
        Papers::read(name, &self.folder(name))
    }

    /// A run that ends by itself.
    fn run(&self, name: &'static str, flags: &str) -> Papers {
        let status = self.command(name, flags).status().unwrap();
        assert!(status.success(), "{name}: {status}\n{}", self.said(name));
        Papers::read(name, &self.folder(name))
    }

    fn said(&self, name: &str) -> String {
        fs::read_to_string(self.folder(name).join("stderr")).unwrap()
    }

    /// How many executions the exchange's audit has.
    fn exchanges_executions(&self) -> usize {
        let is_execution = |what: &What| matches!(what, What::Order(line) if line.execution.is_some());
        self.net.handle().with(|exchange| exchange.audit().lines().filter(|line| is_execution(&line.what)).count())
    }
}
