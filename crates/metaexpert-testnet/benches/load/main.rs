//! The testnet under load: orders and market data over real sockets, for a minute, with nothing lost and nothing out of order.
//!
//! The one decision: the testnet is a process of its own (this program, started again), as users run it: so that its processor
//! time and memory are its own, and its clients share nothing with it but the loopback. It is run by hand, since it reports and
//! does not compare: `cargo bench -p metaexpert-testnet --bench load -- --seconds 60 --orders 1000 --messages 10000`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark may fail loudly, and what it finds is printed"
)]
#![expect(clippy::cast_precision_loss, reason = "rates are shown, not reckoned with")]

mod judged; // what traders were told, held against what happened
mod market; // a socket of market data, and what must hold of it
mod process; // the testnet, and what it costs
mod rest; // HTTP, kept alive
mod trader; // a socket or a connection that orders go over
mod words; // settings, signatures, figures

use std::time::{Duration, Instant};

use tokio::{sync::watch, task::JoinSet};

use self::{
    judged::judge,
    market::Heard,
    process::Served,
    trader::{Told, Trader},
    words::{Quantiles, Settings},
};

fn main() {
    let settings = Settings::of(std::env::args().skip(1));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if settings.serves {
        return runtime.block_on(process::serve(&settings));
    }
    if !runtime.block_on(measure(&settings)) {
        std::process::exit(1);
    }
}

/// How far a phase has come: who waits for it sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Opening,
    Running(Instant),
    /// No more orders; answers and news are still heard.
    Ebbing,
    Over,
}

/// Waits for the end.
async fn over(phase: &mut watch::Receiver<Phase>) {
    let _ = phase.wait_for(|phase| *phase == Phase::Over).await;
}

async fn measure(settings: &Settings) -> bool {
    let served = Served::start(settings);
    let (phase, seen) = watch::channel(Phase::Opening);
    let (mut markets, mut traders) = (JoinSet::new(), JoinSet::new());
    for number in 0..settings.clients {
        markets.spawn(market::listen(served.address.clone(), seen.clone()));
        if settings.orders > 0 {
            let trader = Trader::new(number, &served, settings);
            traders.spawn(trader.run(seen.clone()));
        }
    }
    // Everybody is there, and has heard something.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (began, used) = (Instant::now(), served.used());
    phase.send_replace(Phase::Running(began));
    tokio::time::sleep(Duration::from_secs(settings.seconds)).await;
    let (took, used) = (began.elapsed().as_secs_f64(), served.used().saturating_sub(used));
    phase.send_replace(Phase::Ebbing);
    tokio::time::sleep(Duration::from_secs(2)).await;
    phase.send_replace(Phase::Over);
    let heard = markets.join_all().await;
    let told = traders.join_all().await;
    println!("{} clients, {took:.1} s, {} cores", settings.clients, std::thread::available_parallelism().map_or(0, usize::from));
    let are_in_order = report_markets(&heard, took);
    let are_true = settings.orders == 0 || report_orders(&told, &served, took).await;
    let used = used.as_secs_f64();
    println!("the testnet: {used:.1} s of processor time ({:.2} cores), {}", used / took, served.memory());
    let is_good = are_in_order && are_true;
    println!("{}", if is_good { "nothing lost, nothing out of order" } else { "SOMETHING IS WRONG" });
    is_good
}

fn report_markets(heard: &[Heard], took: f64) -> bool {
    let messages: u64 = heard.iter().map(|heard| heard.messages).sum();
    println!(
        "market data: {messages} messages, {:.0}/s in all, {:.0}/s each",
        messages as f64 / took,
        messages as f64 / took / heard.len() as f64
    );
    println!("  from a trade to its message: {}", Quantiles::of(heard.iter().flat_map(|heard| heard.trades.iter())));
    println!("  from sending to receiving:   {}", Quantiles::of(heard.iter().flat_map(|heard| heard.depths.iter())));
    let mut wrong: Vec<String> = heard.iter().flat_map(|heard| heard.wrong.clone()).collect();
    wrong.extend(market::differences(heard));
    println!("  gaps, disorder, differences between clients: {}", wrong.len());
    wrong.iter().take(5).for_each(|wrong| println!("    {wrong}"));
    wrong.is_empty() && messages > 0
}

async fn report_orders(told: &[Told], served: &Served, took: f64) -> bool {
    let judged = judge(told, &served.address).await;
    let within: usize = told.iter().map(|told| told.within).sum();
    println!("orders: {within} requests, {:.0}/s; {judged}", within as f64 / took);
    for (name, is_rest) in [("REST", true), ("WebSocket API", false)] {
        let answers = told.iter().filter(|told| told.is_rest == is_rest).flat_map(|told| &told.answers);
        println!("  round trip, {name}: {}", Quantiles::of(answers.map(|answer| &answer.took)));
    }
    judged.wrong.iter().take(8).for_each(|wrong| println!("    {wrong}"));
    judged.wrong.is_empty() && within > 0
}
