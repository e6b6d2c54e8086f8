//! A testnet, an expert that is a process of its own, and the judge of both.
//!
//! The one decision: three books are kept by three parties that share nothing: the exchange's audit, the journal, and the expert's own
//! ([`restless`](../restless.rs)). After a night they say the same, order by order and execution by execution.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use metaexpert_binance::{Environment, Product, account, dialect};
use metaexpert_connect::{
    http::{Budget, Client},
    signing::{Credentials, Signer},
};
use metaexpert_core::UnixNanos;
use metaexpert_testnet::{
    audit::What,
    faults::from_flag,
    testnet::{Builder, Running, Testnet},
};
use rust_decimal::Decimal;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::books::Executions;

/// Far more than any of it takes, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_mins(2);

/// As slow as markets can be made.
const STILL: f64 = 1e-6;

/// Longer than an order, or the next one that it causes, is on its way.
const QUIET: Duration = Duration::from_millis(400);

/// Where the standard error of all runs is gathered.
const STDERR: &str = "stderr.txt";

/// What the expert trades.
pub(crate) const SYMBOLS: [&str; 3] = ["BTCUSDT", "ETHUSDT", "XRPUSDT"];

/// A testnet, and a folder for an expert.
pub(crate) struct Night {
    pub(crate) net: Running,
    runtime: Runtime,
    pub(crate) home: TempDir,
    pub(crate) product: Product,
    /// What the account had of each coin in the beginning.
    pub(crate) coins: BTreeMap<String, Decimal>,
    speed: f64,
}

/// What the journal keeps of an expert for its next run.
#[derive(Debug, Deserialize)]
pub(crate) struct Kept {
    pub(crate) state: Books,
}

/// The expert's own books: its state, as far as it is judged.
#[derive(Debug, Deserialize)]
pub(crate) struct Books {
    pub(crate) executions: Executions,
    pub(crate) held: BTreeMap<String, Decimal>,
    pub(crate) doubled: u64,
}

impl Night {
    /// Markets that are so many times faster than real ones.
    pub(crate) fn begin(speed: f64, change: impl FnOnce(Builder) -> Builder) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // `KEEP=1` leaves the expert's folder, with the exchange's audit in it, for whoever wonders.
        let is_kept = std::env::var_os("KEEP").is_some();
        let home = tempfile::Builder::new().disable_cleanup(is_kept).tempdir().unwrap();
        let builder = Testnet::builder().symbols(SYMBOLS).speed(speed).limits(1_000);
        let builder = if is_kept { builder.audit_file(home.path().join("audit.jsonl")) } else { builder };
        let net = runtime.block_on(change(builder).start()).unwrap();
        Self { net, runtime, home, product: Product::UsdM, coins: BTreeMap::new(), speed }
    }

    /// The same on spot.
    pub(crate) fn spot(self) -> Self {
        let night = Self { product: Product::Spot, ..self };
        Self { coins: night.coins(), ..night }
    }

    /// What the account has of each coin.
    pub(crate) fn coins(&self) -> BTreeMap<String, Decimal> {
        let client = self.client(Product::Spot);
        let (_, _, balances) = self.ask(account::spot_account(&client)).unwrap();
        balances.into_iter().filter_map(|balance| Some((balance.asset, balance.total?))).collect()
    }

    /// The restless expert, not started yet.
    pub(crate) fn expert(&self, more: &str) -> Command {
        let flags = "--trade-mode live --on-stop keep --log-to-console false --json-logging true --log-level info";
        let key = self.net.keys().into_iter().next().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_restless-expert"));
        command
            .args(flags.split(' '))
            .args(["--base-url", self.net.url()])
            .args(if self.product == Product::Spot {
                &["--market-type", "spot", "--leverage", "1", "--shorts", "false"]
            } else {
                &[] as &[&str]
            })
            .args(more.split_whitespace())
            .current_dir(self.home.path())
            .env_clear()
            .env("BINANCE_API_KEY", &key.key)
            .env("BINANCE_API_SECRET", key.secret().unwrap())
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(self.path(STDERR)).unwrap());
        command
    }

    /// What experts have said on their standard error so far.
    pub(crate) fn complaints(&self) -> String {
        fs::read_to_string(self.path(STDERR)).unwrap_or_default()
    }

    /// The last lines of the log, for whoever wonders.
    pub(crate) fn newest_records(&self) -> String {
        let log = fs::read_to_string(self.path("logs/expert.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(60)).fold(String::new(), |text, line| text + line + "\n")
    }

    /// The markets stand still: whatever happens from now on to orders is of the expert's making.
    pub(crate) fn freeze(&self) {
        self.net.handle().with(|exchange| exchange.set_speed(STILL));
    }

    /// They go on.
    pub(crate) fn thaw(&self) {
        self.net.handle().with(|exchange| exchange.set_speed(self.speed));
    }

    /// How far the audit is.
    pub(crate) fn mark(&self) -> u64 {
        self.net.handle().with(|exchange| exchange.audit().lines().last().map_or(0, |line| line.number))
    }

    /// How often orders were executed since then.
    pub(crate) fn executed_since(&self, mark: u64) -> usize {
        let is_trade = |what: &What| matches!(what, What::Order(order) if order.execution.is_some());
        self.net.handle().with(|exchange| exchange.audit().since(mark).filter(|line| is_trade(&line.what)).count())
    }

    /// Waits until no order has changed for a while.
    pub(crate) fn until_quiet(&self) {
        let is_of_orders = |what: &What| matches!(what, What::Order(_) | What::Algo(_));
        let (mut mark, mut since, begun) = (self.mark(), Instant::now(), Instant::now());
        while since.elapsed() < QUIET {
            assert!(begun.elapsed() < PATIENCE, "orders do not come to rest");
            thread::sleep(Duration::from_millis(50));
            if self.net.handle().with(|exchange| exchange.audit().since(mark).any(|line| is_of_orders(&line.what))) {
                (mark, since) = (self.mark(), Instant::now());
            }
        }
    }

    /// Lets something go wrong from now on.
    pub(crate) fn fault(&self, rule: &str) -> u64 {
        self.net.handle().with(|exchange| exchange.add_fault(from_flag(rule).unwrap()))
    }

    /// Ends all that goes wrong.
    pub(crate) fn is_well(&self) {
        self.net.handle().with(metaexpert_testnet::server::Exchange::clear_faults);
    }

    /// How many executions of our orders the exchange has seen.
    pub(crate) fn executions(&self) -> usize {
        self.exchanges_trades().len()
    }

    /// Executions of our orders by the exchange's audit: symbol and number, and how much.
    pub(crate) fn exchanges_trades(&self) -> BTreeMap<String, Decimal> {
        self.net.handle().with(|exchange| {
            let lives = exchange.audit().orders();
            let ours = lives.iter().filter(|life| life.last.client_id.starts_with("mx") || life.last.origin == "algo");
            let mut trades: BTreeMap<String, Decimal> = BTreeMap::new();
            for life in ours {
                for done in &life.executions {
                    *trades.entry(format!("{} {}", life.last.symbol, done.trade)).or_default() += done.quantity;
                }
            }
            trades.into_iter().map(|(name, quantity)| (name, quantity.normalize())).collect()
        })
    }

    /// No name was taken twice.
    pub(crate) fn assert_none_sent_twice(&self) {
        let accepted: Vec<String> = self.net.handle().with(|exchange| {
            let lives = exchange.audit().orders();
            lives.into_iter().map(|life| life.last.client_id).filter(|name| name.starts_with("mx")).collect()
        });
        let once: BTreeSet<&String> = accepted.iter().collect();
        assert_eq!(once.len(), accepted.len(), "an order was sent twice: {accepted:?}");
    }

    /// A file in the expert's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Waits until something is so.
    pub(crate) fn until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let begun = Instant::now();
        while !is_so(self) {
            assert!(begun.elapsed() < PATIENCE, "never came to be: {what}\n{}", self.complaints());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a stop at the exchange covers every open leg.
    pub(crate) fn until_covered(&self, after: &str) {
        let begun = Instant::now();
        loop {
            let uncovered = self.uncovered();
            if uncovered.is_empty() {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "after {after}: {uncovered:?}\n{}{}", self.complaints(), self.newest_records());
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// A client of the exchange, for whoever asks how things stand there.
    pub(crate) fn client(&self, product: Product) -> Client {
        let key = self.net.keys().into_iter().next().unwrap();
        let signer = Signer::from_secret(key.secret().unwrap()).unwrap().into();
        let credentials = Credentials { key: key.key.clone(), signer, passphrase: None };
        let environment = Environment::Custom { rest: self.net.url().to_owned(), stream: None };
        let log = slog::Logger::root(slog::Discard, slog::o!());
        Client::new(dialect::setup(product, &environment, Some(credentials), Budget::new(None, 1), log, wall_clock, 1)).unwrap()
    }

    /// Asks the exchange something through the adapter.
    pub(crate) fn ask<T>(&self, question: impl Future<Output = T>) -> T {
        self.runtime.block_on(question)
    }
}

fn wall_clock() -> UnixNanos {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    UnixNanos::from_nanos(i64::try_from(since.as_nanos()).unwrap())
}

/// A process that does not outlive whoever has started it, also where that one panics.
pub(crate) struct Leash(pub(crate) Child);

impl Drop for Leash {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Ends a process as nothing can prepare for.
pub(crate) fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Sends a signal.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
