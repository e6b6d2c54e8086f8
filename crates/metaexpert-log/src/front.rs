//! The drain that loggers hold: it runs on the thread that logs, and does as little as can be done there.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use slog::{Drain, FlushError, Never, OwnedKVList, Record};
use slog_async::AsyncRecord;

use crate::{
    Level, TRADE,
    hub::{Entry, Hub},
    stamp::Stamp,
};

/// What the clock of a simulation holds before its first event: a record has no `simulated_time` then.
pub const NOT_YET: i64 = i64::MIN;

/// How long slog's own `flush` waits; whoever has more or less patience asks [`Logging::flush`](crate::Logging::flush).
const FLUSH_PATIENCE: Duration = Duration::from_secs(2);

/// Checks the level, stamps the time, hands over. Never fails, and never lets a panic of a value's `Display` through.
#[derive(Debug)]
pub(crate) struct Front {
    /// A panic behind it leaves a record half collected at worst; the next one is begun anew.
    hub: AssertUnwindSafe<Arc<Hub>>,
    /// The engine's time in nanoseconds since the epoch, where it is simulated.
    clock: Option<Arc<AtomicI64>>,
}

impl Front {
    pub(crate) const fn new(hub: Arc<Hub>, clock: Option<Arc<AtomicI64>>) -> Self {
        Self { hub: AssertUnwindSafe(hub), clock }
    }
}

impl Drain for Front {
    type Ok = ();
    type Err = Never;

    #[inline]
    fn log(&self, record: &Record<'_>, context: &OwnedKVList) -> Result<(), Never> {
        let trade = record.tag() == TRADE;
        let level = Level::from_slog(record.level(), trade);
        if self.hub.takes(level, trade) {
            self.take(record, context, level);
        }
        Ok(())
    }

    fn is_enabled(&self, level: slog::Level) -> bool {
        self.hub.takes(Level::from_slog(level, true), true)
    }

    fn flush(&self) -> Result<(), FlushError> {
        self.hub.flush(FLUSH_PATIENCE);
        Ok(())
    }
}

impl Front {
    fn take(&self, record: &Record<'_>, context: &OwnedKVList, level: Level) {
        let simulated = self.clock.as_ref().map(|clock| clock.load(Relaxed)).filter(|time| *time != NOT_YET);
        let stamp = Stamp::now(simulated);
        // Values are shown here and now, by code that is not ours.
        match catch_unwind(AssertUnwindSafe(|| AsyncRecord::from(record, context))) {
            Ok(taken) => self.hub.hand_over(Entry::new(stamp, self.hub.level(), taken), level),
            Err(_) => drop(self.hub.counters.unshowable.fetch_add(1, Relaxed)),
        }
    }
}
