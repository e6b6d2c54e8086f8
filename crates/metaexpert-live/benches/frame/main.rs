//! How long a frame takes from the bytes of the socket to an expert's handler: read, named, queued, taken out, and through the engine. Run
//! with `cargo bench -p metaexpert-live --bench frame`; a number behind `--` says for how many seconds (two, where there is none).
//!
//! Quotes of one thread, 10,000 a second, evenly and in bursts of ten, and the expert on another thread. What is printed are quantiles, not
//! means: what is late when everything happens at once is what counts.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that goes wrong should stop there, and it prints")]

mod expert; // notes when it was called

use std::{
    env,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use metaexpert_binance::{Product, stream};
use metaexpert_connect::exchange::StreamNews;
use metaexpert_core::UnixNanos;
use metaexpert_live::{
    LiveFeed, MarketDesk, MarketSettings, Wanted, Watcher,
    market::testing::{Played, bars_of},
    queue,
};
use slog::{Discard, Logger, o};

const A_SECOND: u64 = 10_000;

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

fn nanos() -> u64 {
    u64::try_from(BEGUN.elapsed().as_nanos()).unwrap()
}

/// A clock of this program alone.
fn now() -> UnixNanos {
    UnixNanos::from_nanos(1_790_000_000_000_000_000 + i64::try_from(nanos()).unwrap())
}

fn main() {
    let seconds = env::args().find_map(|argument| argument.parse().ok()).unwrap_or(2);
    for burst in [1, 10] {
        let mut waited = run(seconds, burst);
        waited.sort_unstable();
        let quantile = |share: f64| {
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place in a list"
            )]
            let place = (share * (waited.len() - 1) as f64) as usize;
            Duration::from_nanos(*waited.get(place).unwrap())
        };
        println!(
            "bursts of {burst:>2}: {} quotes; p10 {:?}, p50 {:?}, p90 {:?}, p99 {:?}, longest {:?}",
            waited.len(),
            quantile(0.1),
            quantile(0.5),
            quantile(0.9),
            quantile(0.99),
            quantile(1.0),
        );
    }
}

/// Plays so many seconds; how long each quote took to its handler, in nanoseconds.
fn run(seconds: u64, burst: u64) -> Vec<u64> {
    let count = seconds * A_SECOND;
    let sent: Arc<Vec<AtomicU64>> = Arc::new((0..count).map(|_| AtomicU64::new(0)).collect());
    let (inlet, outlet) = queue("bench", 100_000);
    let expert = {
        let sent = Arc::clone(&sent);
        thread::spawn(move || expert::run(LiveFeed::new(outlet, &[], now(), "binance", now), sent))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let exchange = Played::by(now);
        let wanted = vec![Wanted { bars: false, quotes: true, ..bars_of("BTCUSDT") }];
        let watcher = Watcher { expert: "bench".into(), inlet: inlet.clone(), wanted, timeframe: None, history: 0 };
        let settings = MarketSettings { max_data_age: Duration::from_secs(10), patience: Duration::from_secs(1) };
        let desk = MarketDesk::start(Arc::clone(&exchange) as _, vec![watcher], settings, Logger::root(Discard, o!())).unwrap();
        let mut ear = exchange.ear();
        ear.news(StreamNews::Connected);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let (begun, pause) = (Instant::now(), Duration::from_nanos(1_000_000_000 * burst / A_SECOND));
        for number in 0..count {
            let frame = frame(number);
            if number % burst == 0 {
                let due = begun + pause * u32::try_from(number / burst).unwrap();
                tokio::task::yield_now().await;
                while Instant::now() < due {
                    std::hint::spin_loop();
                }
            }
            sent.get(usize::try_from(number).unwrap()).unwrap().store(nanos(), Ordering::Relaxed);
            let received = now();
            stream::read_into(Product::UsdM, frame.as_bytes(), &mut |report| ear.report(report, received)).unwrap();
        }
        drop(desk);
    });
    inlet.end();
    expert.join().unwrap()
}

/// A quote, whose bid's quantity is its number.
fn frame(number: u64) -> String {
    format!(
        r#"{{"stream":"btcusdt@bookTicker","data":{{"e":"bookTicker","u":{number},"s":"BTCUSDT","b":"61234.50","B":"{number}","a":"61234.60","A":"0.871","T":1790000000001,"E":1790000000003}}}}"#
    )
}
