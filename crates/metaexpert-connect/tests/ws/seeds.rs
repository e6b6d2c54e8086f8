//! Whatever happens when, nothing is missing or comes twice unsaid.
//!
//! A market makes events all the time. Each connection carries those of its subscribers with a delay of its own, in order. It is
//! cut at any moment, before and in the middle of rotations too. What the receiver gets is held against what the market made.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use metaexpert_connect::ws::{
    Session, SessionEvent, Settings,
    testing::{self, Exchange, Peer, Plain},
};
use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

use crate::play::{ms, secs};

/// Streams 1 and 2 grow, 3 does not, 4 is quiet.
const STREAMS: u64 = 4;
const PLAYED: Duration = Duration::from_mins(1);

struct Dice(Xoshiro256PlusPlus);

impl Dice {
    fn upto(&mut self, most: u64) -> u64 {
        self.0.next_u64() % (most + 1)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.upto(many - 1) == 0
    }

    fn fork(&mut self) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(self.0.next_u64()))
    }
}

/// What the market made, in order, by stream.
#[derive(Default)]
struct Market {
    made: BTreeMap<u64, Vec<String>>,
    subscribers: Vec<mpsc::UnboundedSender<String>>,
}

type Shared = Arc<Mutex<Market>>;

async fn make(market: Shared, mut dice: Dice) {
    let mut places = [0u64; 5];
    loop {
        sleep(ms(1 + dice.upto(70))).await;
        let stream = if dice.one_in(40) { STREAMS } else { 1 + dice.upto(STREAMS - 2) };
        let place = &mut places[usize::try_from(stream).unwrap()];
        *place += 1 + dice.upto(3);
        // The places of stream 3 go up and down, and no two are the same.
        let text = if stream == 3 { format!("h 3 {} x", *place ^ 0x5A5A) } else { format!("g {stream} {place} x") };
        let mut market = market.lock().unwrap();
        market.made.entry(stream).or_default().push(text.clone());
        market.subscribers.retain(|subscriber| subscriber.send(text.clone()).is_ok());
    }
}

/// One connection: it subscribes on request, delays what it carries, and may be cut.
async fn carry(mut peer: Peer, market: Shared, mut dice: Dice, may_cut: bool) {
    let cut = (may_cut && dice.one_in(2)).then(|| Instant::now() + ms(dice.upto(12_000)));
    let end = cut.unwrap_or_else(|| Instant::now() + secs(10_000));
    let delay = ms(dice.upto(400));
    let (sender, mut made) = mpsc::unbounded_channel::<String>();
    let mut sender = Some(sender);
    let mut under_way: std::collections::VecDeque<(Instant, String)> = std::collections::VecDeque::new();
    loop {
        let due = under_way.front().map_or(end, |(at, _)| *at);
        tokio::select! {
            () = sleep_until(end) => return,
            () = sleep_until(due), if !under_way.is_empty() => {
                let Some((_, text)) = under_way.pop_front() else { continue };
                if !peer.send(text).await {
                    return;
                }
            }
            Some(text) = made.recv() => {
                let last = under_way.back().map_or_else(Instant::now, |(at, _)| *at);
                let at = (Instant::now() + delay + ms(dice.upto(60))).max(last);
                under_way.push_back((at, text));
            }
            text = peer.text() => {
                let Some(text) = text else { return };
                let mut words = text.split(' ');
                if words.next() != Some("sub") {
                    continue;
                }
                // From now on it carries everything; the answer takes its time.
                if let Some(sender) = sender.take() {
                    market.lock().unwrap().subscribers.push(sender);
                }
                let id = words.next().unwrap().to_owned();
                under_way.push_back((Instant::now() + delay, format!("ack {id}")));
            }
        }
    }
}

async fn serve(mut exchange: Exchange, market: Shared, mut dice: Dice, may_cut: bool) {
    let mut connections = tokio::task::JoinSet::new();
    while let Some(peer) = exchange.accept().await {
        connections.spawn(carry(peer, Arc::clone(&market), dice.fork(), may_cut));
    }
}

/// What was received, by epoch and stream.
#[derive(Default)]
struct Received {
    epochs: Vec<BTreeMap<u64, Vec<String>>>,
    rotations: u64,
    losses: u64,
    is_lost: bool,
}

impl Received {
    fn note(&mut self, event: SessionEvent) {
        match event {
            SessionEvent::Connected { .. } => {
                self.epochs.push(BTreeMap::new());
                self.is_lost = false;
            }
            SessionEvent::Lost { .. } => {
                self.losses += 1;
                self.is_lost = true;
            }
            SessionEvent::Rotated { .. } => self.rotations += 1,
            SessionEvent::Frame { bytes, mark: Some(mark), .. } => {
                assert!(!self.is_lost, "a frame between a loss and the next connection");
                let text = String::from_utf8(bytes.to_vec()).unwrap();
                self.epochs.last_mut().expect("a frame before a connection").entry(mark.stream).or_default().push(text);
            }
            SessionEvent::NotConnected { .. } | SessionEvent::Subscribed => {}
            other => panic!("{other:?}"),
        }
    }

    /// Each stream of each epoch is one stretch of what was made, later than those before it.
    fn check(&self, made: &BTreeMap<u64, Vec<String>>, seed: u64) -> usize {
        let mut frames = 0;
        let mut next = BTreeMap::new();
        for epoch in &self.epochs {
            for (stream, received) in epoch {
                let made = &made[stream];
                let begin = made.iter().position(|text| text == &received[0]).expect("a frame that was never made");
                let earliest = next.entry(*stream).or_insert(0);
                assert!(begin >= *earliest, "seed {seed}: stream {stream} repeats {}", received[0]);
                let end = (begin + received.len()).min(made.len());
                assert_eq!(received, &made[begin..end], "seed {seed}: stream {stream} has a gap or a double");
                *earliest = end;
                frames += received.len();
            }
        }
        frames
    }
}

async fn play(seed: u64, may_cut: bool) -> (Received, usize) {
    let mut dice = Dice(Xoshiro256PlusPlus::seed_from_u64(seed));
    let (network, exchange) = testing::exchange(seed);
    let market = Shared::default();
    let made = tokio::spawn(make(Arc::clone(&market), dice.fork()));
    let served = tokio::spawn(serve(exchange, Arc::clone(&market), dice.fork(), may_cut));
    let mut dialect = Plain::default();
    dialect.limits.lifetime = Some(secs(8 + dice.upto(10)));
    let (session, mut events) = Session::start("play", dialect, vec!["all".into()], None, Settings::usual(), &network);
    let mut received = Received::default();
    let end = Instant::now() + PLAYED;
    while let Ok(event) = tokio::time::timeout_at(end, events.recv()).await {
        received.note(event.expect("the session ended"));
    }
    made.abort();
    drop((session, network));
    served.await.unwrap();
    let frames = received.check(&market.lock().unwrap().made, seed);
    (received, frames)
}

fn run(seed: u64, may_cut: bool) -> (Received, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(play(seed, may_cut))
}

#[test]
fn planned_rotations_lose_and_double_nothing() {
    let mut rotations = 0;
    for seed in 0..25 {
        let (received, frames) = run(seed, false);
        assert_eq!((received.losses, received.epochs.len()), (0, 1), "seed {seed}");
        assert!(frames > 1_000, "seed {seed}: {frames} frames");
        rotations += received.rotations;
    }
    assert!(rotations > 50, "{rotations} rotations");
}

#[test]
fn whatever_is_cut_when_a_loss_is_told_before_the_next_frame_and_nothing_comes_twice() {
    let (mut rotations, mut losses) = (0, 0);
    for seed in 100..140 {
        let (received, _) = run(seed, true);
        rotations += received.rotations;
        losses += received.losses;
    }
    assert!(rotations > 50 && losses > 80, "{rotations} rotations, {losses} losses");
}
