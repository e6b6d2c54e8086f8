//! Markets on a bad day, and what experts hear of them.

mod bars; // one instrument's bars
mod books; // order books, and who is too slow for them
mod engine; // the real engine behind it
mod experts; // several experts, several instruments
mod pauses; // lost streams, silent instruments
mod property; // whatever happens, each bar once

use std::sync::Arc;

use metaexpert_connect::exchange::StreamNews;

use super::testing::{Played, bars_of, heard, pass, start, watcher};
use crate::{MarketDesk, Outlet};

/// An expert that trades one instrument by its bars, with so many of them as history, and its exchange.
async fn one(history: usize) -> (Arc<Played>, MarketDesk, Outlet) {
    let exchange = Played::new();
    let (watcher, outlet) = watcher(vec![bars_of("BTCUSDT")], history);
    let desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    (exchange, desk, outlet)
}

/// The same in its present; what it heard until then is forgotten.
async fn one_present() -> (Arc<Played>, MarketDesk, Outlet) {
    let (exchange, desk, mut outlet) = one(1).await;
    assert_eq!(heard(&mut outlet), ["btc -1", "present"]);
    exchange.state.lock().asked.clear();
    (exchange, desk, outlet)
}
