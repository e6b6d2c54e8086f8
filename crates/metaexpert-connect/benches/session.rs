//! What a session costs a frame: from the socket, through the protocol, the dialect and the channel, to the receiver. The socket is
//! in memory, and what the other side spends on sending is in it.

use divan::{Bencher, counter::ItemsCount};
use metaexpert_connect::ws::{
    Events, Session, SessionEvent, Settings,
    testing::{self, Peer, Plain},
};
use tokio::runtime::{Builder, Runtime};

/// Frames at a time: fewer than the channel holds.
const FRAMES: u64 = 1_000;

fn main() {
    divan::main();
}

struct Played {
    runtime: Runtime,
    _session: Session,
    events: Events,
    peer: Peer,
}

fn played() -> Option<Played> {
    let runtime = Builder::new_current_thread().enable_all().build().ok()?;
    let (session, mut events, peer) = runtime.block_on(async {
        let (network, mut exchange) = testing::exchange(1);
        let (session, events) = Session::start("bench", Plain::default(), Vec::new(), None, Settings::usual(), &network);
        Some((session, events, exchange.accept().await?))
    })?;
    runtime.block_on(events.recv())?;
    Some(Played { runtime, _session: session, events, peer })
}

#[divan::bench(args = [100, 1_500])]
fn frame(bencher: Bencher<'_, '_>, bytes: usize) {
    let Some(mut played) = played() else { return };
    let text = format!("g 1 5 {}", "x".repeat(bytes));
    bencher.counter(ItemsCount::new(FRAMES)).bench_local(|| {
        let Played { runtime, events, peer, .. } = &mut played;
        runtime.block_on(async {
            let sending = async {
                for _ in 0..FRAMES {
                    peer.send(text.clone()).await;
                }
            };
            let receiving = async {
                let mut received = 0;
                while received < FRAMES {
                    received += u64::from(matches!(events.recv().await, Some(SessionEvent::Frame { .. })));
                }
            };
            tokio::join!(sending, receiving);
        });
    });
}
