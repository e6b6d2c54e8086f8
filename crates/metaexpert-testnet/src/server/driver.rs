//! Time that passes by itself.

use std::time::Duration;

use tokio::time::Instant;

use super::listener::Shared;

/// How often the exchange looks at the clock when nobody asks it for anything: often enough that a step (100 ms) is on time.
const BEAT: Duration = Duration::from_millis(10);

/// Lets what is due happen, until the end is asked for.
pub(super) async fn drive(shared: Shared) {
    let (wake, mut stopping) = {
        let exchange = shared.exchange.lock();
        (exchange.wake(), exchange.stopping())
    };
    loop {
        let pause = {
            let mut exchange = shared.exchange.lock();
            exchange.catch_up();
            let elapsed = shared.clock.elapsed();
            exchange.next_due().map_or(BEAT, |due| due.saturating_sub(elapsed).min(BEAT))
        };
        tokio::select! {
            () = tokio::time::sleep_until(Instant::now() + pause) => {}
            () = wake.notified() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}
