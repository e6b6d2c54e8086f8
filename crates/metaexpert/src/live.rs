//! Experts on the prices of an exchange: with orders that go there (`live`), and with orders that a simulated venue fills (`paper` without
//! `data`).
//!
//! The one decision: both go the same way, but for where orders end. All experts of a program share its exchange, one desk that hears
//! markets and one that keeps the account; sockets are read and requests sent on the main thread, each expert runs on a thread of its
//! own. Nothing is sent to an exchange where real money is traded before somebody has confirmed it with this very call.

mod account; // what is asked of an account before an expert trades on it
mod catch; // what live trading will do, and whether it may
mod claims; // what no other process trades meanwhile
mod exchange; // from a configuration to an exchange
mod expert; // one expert, made ready   <- read second
mod feed; // events, with what measures them
mod run; // one expert, on its thread
mod summary; // what a run came to
mod together; // all experts, from their first event to their last   <- read first
mod traced; // the lives of orders, for a collector
mod wanted; // what an expert hears
mod watched; // metrics, health, notices
mod wishes; // what people want of runs that go on

use metaexpert_connect::Failure;
use tokio::runtime::Builder;

pub(crate) use self::exchange::venue_of;
#[cfg(unix)]
use crate::paper::watch_signals;
use crate::{
    exit::{Console, Exit, RunError},
    logs::Logs,
    modes::Start,
    paper::{Asked, STOP},
    secrets::Secrets,
};

/// Trades with all these experts at the same time, until each has ended.
pub(crate) fn live(starts: Vec<Start<'_>>, secrets: &Secrets, logs: &mut Logs, console: &mut Console<'_>) -> Exit {
    #[cfg(feature = "failpoints")]
    metaexpert_live::points::arm();
    let heeding = STOP.heed();
    #[cfg(unix)]
    watch_signals();
    // One thread is enough for what a program of experts hears; a second one would only cost memory and switches.
    let exit = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => together::trade(&runtime, starts, secrets, logs, console),
        Err(error) => {
            console.error(format_args!("cannot begin to hear an exchange: {error}"));
            Exit::RunFailed
        }
    };
    drop(heeding);
    exit.or_worse(if STOP.asked() == Some(Asked::Interrupt) { Exit::Interrupted } else { Exit::Good })
}

/// What an exchange would not do, before a run has begun.
fn failed(what: &str, failure: &Failure) -> RunError {
    RunError::Exchange(format!("{what}: {failure}"))
}
