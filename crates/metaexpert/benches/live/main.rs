//! A live expert, measured from outside: how long a frame takes to its handler and an order to the socket, what is lost when a market is
//! loud, and how much memory it takes. It is run by hand:
//!
//! ```text
//! cargo bench -p metaexpert --bench live                                quotes and orders, half a minute each
//! cargo bench -p metaexpert --bench live -- loud 600 10000              so many seconds, so many quotes a second
//! cargo bench -p metaexpert --bench live -- quiet 300                   the testnet's own markets, and what the process takes
//! cargo bench -p metaexpert --bench live -- orders 30 power             orders; the journal survives a loss of power
//! cargo bench -p metaexpert --bench live -- orders-by-http 30 process
//! ```
//!
//! The one decision: the expert is this program, started again, and everything in it is what users run: configuration, gate, journal on
//! disk, adapter, sockets. Between it and the testnet stands a relay (`relay.rs`), which adds quotes and notes when an order's bytes have
//! arrived. Both sides read the same clock of the same machine. What the relay notes is later than the bytes were written, by as long as a
//! thread needs to wake up; that is measured, too.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark that goes wrong should stop there, and it prints"
)]

mod expert; // what is started again
mod frames; // WebSocket frames, as far as a relay has to know them
mod own_measures; // what the expert says of itself
mod relay; // between the expert and the testnet

use std::{
    collections::BTreeMap,
    env, fs,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitCode},
    sync::mpsc,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use metaexpert_testnet::testnet::{Running, Testnet};
use serde::Deserialize;

use self::relay::{Relay, Traffic};

/// What is measured.
struct Scene {
    name: &'static str,
    seconds: u64,
    /// Quotes a second beside the testnet's own.
    quotes: u64,
    /// Quotes of a symbol between two orders; none where it is 0.
    pause: u64,
    durability: String,
    by_http: bool,
}

/// What the expert has seen, as it leaves it.
#[derive(Deserialize)]
struct Seen {
    /// Nanoseconds from a quote's sending to its handler.
    waited: Vec<u64>,
    /// When each order was sent, in nanoseconds.
    sent: Vec<u64>,
    /// When each bar opened, by symbol.
    bars: BTreeMap<String, Vec<i64>>,
    /// How often each execution was told.
    trades: BTreeMap<String, u64>,
    /// How many orders have ended.
    ended: u64,
}

/// Nanoseconds since a moment that both processes know.
pub(crate) fn nanos() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()).unwrap()
}

fn main() -> ExitCode {
    if env::var_os(expert::OUT).is_some() {
        return expert::run();
    }
    let words: Vec<String> = env::args().skip(1).filter(|word| word != "--bench").collect();
    let number = |place: usize, usual: u64| words.get(place).map_or(usual, |word| word.parse().unwrap());
    let durability = words.get(2).cloned().unwrap_or_else(|| "process".into());
    let process = || String::from("process");
    let scene =
        |name, quotes, pause, durability, by_http| Scene { name, seconds: number(1, 30), quotes, pause, durability, by_http };
    let scenes = match words.first().map(String::as_str) {
        None => vec![
            scene("loud", 10_000, 0, process(), false),
            scene("orders", 200, 10, process(), false),
            scene("orders", 200, 10, "power".into(), false),
            scene("orders-by-http", 200, 10, process(), true),
        ],
        Some("loud") => vec![scene("loud", number(2, 10_000), 1_000, process(), false)],
        Some("orders") => vec![scene("orders", 200, 10, durability, false)],
        Some("orders-by-http") => vec![scene("orders-by-http", 200, 10, durability, true)],
        Some("quiet") => vec![scene("quiet", 0, 0, process(), false)],
        Some(other) => {
            eprintln!("`{other}` is no scene: loud, orders, orders-by-http, quiet");
            return ExitCode::FAILURE;
        }
    };
    wakes();
    scenes.iter().for_each(play);
    ExitCode::SUCCESS
}

/// How long it takes to wake a thread that sleeps at a socket: what is below the numbers that come.
fn wakes() {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut out = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    out.set_nodelay(true).unwrap();
    let (mut into, _) = listener.accept().unwrap();
    let reader = thread::spawn(move || {
        let mut waited = Vec::new();
        let mut bytes = [0; 8];
        while into.read_exact(&mut bytes).is_ok() {
            waited.push(nanos() - u64::from_le_bytes(bytes));
        }
        waited
    });
    for _ in 0..1_000 {
        thread::sleep(Duration::from_millis(2));
        out.write_all(&nanos().to_le_bytes()).unwrap();
    }
    drop(out);
    show("a byte to a thread that sleeps at its socket", reader.join().unwrap());
}

fn play(scene: &Scene) {
    let net = testnet();
    let relay = Relay::open(net.url(), scene.by_http);
    let home = tempfile::tempdir().unwrap();
    println!("{}, {} s, {} quotes a second, durability {}", scene.name, scene.seconds, scene.quotes, scene.durability);
    let metrics = own_measures::free_address();
    let mut child = start(scene, &net, &relay, (home.path(), metrics));
    relay.until_quoted();
    thread::sleep(Duration::from_secs(2));
    let traffic = relay.flood(scene.quotes, Duration::from_secs(scene.seconds));
    thread::sleep(Duration::from_secs(2));
    println!("  memory: {}", memory(child.id()));
    for line in own_measures::lines(metrics) {
        println!("  by its own measure, {line}");
    }
    // The number is that of a process which was started here and has not ended.
    Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            child.kill().unwrap();
        }
        thread::sleep(Duration::from_millis(20));
    }
    let seen: Seen = serde_json::from_str(&fs::read_to_string(home.path().join("seen.json")).unwrap()).unwrap();
    report(&net, &relay, &traffic, seen, home.path());
}

/// A testnet, served on a thread of its own until this program ends.
fn testnet() -> Running {
    let (tell, hear) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let builder = Testnet::builder().symbols(["BTCUSDT", "ETHUSDT", "XRPUSDT"]).limits(1_000);
            tell.send(builder.start().await.unwrap()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    hear.recv().unwrap()
}

fn start(scene: &Scene, net: &Running, relay: &Relay, (home, metrics): (&Path, SocketAddr)) -> Child {
    let key = net.keys().into_iter().next().unwrap();
    Command::new(env::current_exe().unwrap())
        .args("--trade-mode live --on-stop keep --log-to-console false --json-logging true".split(' '))
        .args(["--base-url", relay.url(), "--durability", &scene.durability, "--metrics-address", &metrics.to_string()])
        .current_dir(home)
        .env_clear()
        .env(expert::OUT, home.join("seen.json"))
        .env(expert::PAUSE, scene.pause.to_string())
        .env("BINANCE_API_KEY", &key.key)
        .env("BINANCE_API_SECRET", key.secret().unwrap())
        .spawn()
        .unwrap()
}

fn report(net: &Running, relay: &Relay, traffic: &Traffic, seen: Seen, home: &Path) {
    let heard = seen.waited.len() as u64;
    if traffic.quotes > 0 {
        show("a quote, from the writing of its frame to its handler", seen.waited);
        println!("  quotes: {} sent, {heard} handled, {} superseded", traffic.quotes, superseded(home));
    }
    let arrived = relay.orders();
    println!("  orders: {} sent, {} arrived, {} have ended", seen.sent.len(), arrived.len(), seen.ended);
    if seen.sent.len() == arrived.len() && !arrived.is_empty() {
        let took = seen.sent.iter().zip(&arrived).map(|(sent, arrived)| arrived.saturating_sub(*sent)).collect();
        show("an order, from before `send()` to its bytes at the other end", took);
    }
    let executions: usize =
        net.handle().with(|exchange| exchange.audit().orders().iter().map(|life| life.executions.len()).sum());
    let twice = seen.trades.values().filter(|times| **times > 1).count();
    println!("  executions: {executions} at the exchange, {} told, {twice} of them twice", seen.trades.len());
    for (symbol, opened) in &seen.bars {
        let steps = opened.iter().zip(opened.iter().skip(1));
        let wrong = steps.filter(|(one, next)| **next - **one != 60_000_000_000).count();
        println!("  bars of {symbol}: {} told, {wrong} of them not a minute after the last", opened.len());
    }
}

/// How many quotes the logs say were dropped.
fn superseded(home: &Path) -> u64 {
    let text = fs::read_to_string(home.join("logs/expert.log")).unwrap_or_default();
    let quotes = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    quotes.filter(|line| line["msgid"] == "market.overloaded").filter_map(|line| line["quotes"].as_u64()).sum()
}

fn memory(process: u32) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let lines = status.lines().filter(|line| ["VmRSS", "VmHWM", "RssAnon", "Threads"].iter().any(|name| line.starts_with(name)));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(", ")
}

fn show(what: &str, mut times: Vec<u64>) {
    times.sort_unstable();
    let at = |thousandth: usize| {
        times.get(times.len().saturating_sub(1) * thousandth / 1_000).map_or(Duration::ZERO, |at| Duration::from_nanos(*at))
    };
    println!(
        "  {what}: p10 {:?}, p50 {:?}, p90 {:?}, p99 {:?}, longest {:?} ({})",
        at(100),
        at(500),
        at(900),
        at(990),
        at(1_000),
        times.len()
    );
}
