//! The testnet, and what it costs.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, ChildStdin, Command, Stdio},
    time::Duration,
};

use metaexpert_testnet::{
    market::{Pace, PriceSources},
    setup::AccountSpec,
    testnet::Testnet,
};
use serde_json::Value;

use crate::words::{Key, Settings};

/// Spot has so many markets; every client listens to all of them.
const MARKETS: f64 = 5.0;

/// The testnet's own process.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    /// It ends with this.
    _end: ChildStdin,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    /// Of every account.
    pub(crate) keys: Vec<Key>,
}

/// What the other process does: it serves until its input ends.
pub(crate) async fn serve(settings: &Settings) {
    // Of a market's messages, prints and best prices that changed are the most.
    let each = settings.messages as f64 / settings.clients as f64 / MARKETS;
    let pace = Pace { changes: (each * 0.9).max(5.0), prints: (each * 0.4).max(1.0), levels: 100 };
    let mut builder = Testnet::builder().prices(PriceSources::default().with_pace(pace)).limits(100_000);
    for number in 0..settings.clients {
        builder = builder.account(AccountSpec::rich(&format!("c{number}")));
    }
    let testnet = builder.symbols(["BTCUSDT", "ETHUSDT", "BNBUSDT", "XRPUSDT", "ETHBTC"]).start().await.unwrap();
    println!("{}", serde_json::to_string(testnet.ready()).unwrap());
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = ended.await;
    testnet.stop().await;
}

impl Served {
    pub(crate) fn start(settings: &Settings) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--serve", "--clients", &settings.clients.to_string(), "--messages", &settings.messages.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).expect("the testnet is ready");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let keys = ready["keys"].as_array().unwrap().iter();
        let keys = keys.map(|key| Key { key: text(&key["key"]), secret: text(&key["secret"]) }).collect();
        let address = text(&ready["url"]).trim_start_matches("http://").to_owned();
        Self { _end: child.stdin.take().unwrap(), child, address, keys }
    }

    /// Processor time that its threads have used, in nanoseconds of the scheduler's (Linux, `Documentation/scheduler/sched-stats.rst`):
    /// `stat` samples it, and misses threads that wake for some microseconds.
    pub(crate) fn used(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let of = |task: std::fs::DirEntry| -> u64 {
            let statistics = std::fs::read_to_string(task.path().join("schedstat")).unwrap();
            statistics.split(' ').next().unwrap().parse().unwrap()
        };
        Duration::from_nanos(tasks.map(|task| of(task.unwrap())).sum())
    }

    /// Memory that it holds, and the most that it has held.
    pub(crate) fn memory(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let lines = status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"));
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(", ")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
