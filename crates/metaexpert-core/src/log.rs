//! The loggers of one expert: the engine's own records go through them, and so do those of handlers ([`Context::log`]).
//!
//! The one decision: a root logger is handed in and `core` does no more than add to it. What a logger knows (the symbol, the
//! order and the execution at hand) is a field that it carries, so that nobody has to repeat it; one logger for each
//! instrument is made at the start, and one for an order or an execution only when somebody asks for it. Where records go, how
//! they are written and at which level is not decided here.
//!
//! [`Context::log`]: crate::Context::log

mod about; // the order and the execution that an event is about
mod fields; // an order, a trade, a position, a refusal as fields
mod guards; // orders that guard legs
mod records; // what the engine writes down

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicI64, Ordering},
};

pub(crate) use about::About;
use slog::{Discard, Drain, Level, Logger, o};

use crate::{InstrumentId, Instruments, UnixNanos};

/// The tag of records that a trader audits: orders, executions, changes of positions.
///
/// slog has no level between its `Info` and its `Warning`: a record of level `Info` that carries this tag is of level TRADE.
/// A `Warning` that carries it stays a warning, and is of the same category.
pub const TRADE: &str = "trade";

/// Where an expert's records go.
///
/// ```
/// use metaexpert_core::log::ExpertLog;
/// use slog::{Discard, Logger, o};
/// let log = ExpertLog::new(Logger::root(Discard, o!("expert_name" => "trend", "strategy_id" => 7)));
/// # let _ = log;
/// ```
#[derive(Debug, Clone)]
pub struct ExpertLog {
    root: Logger,
    clock: Option<Arc<AtomicI64>>,
}

impl ExpertLog {
    /// Records go to `root`, which carries what is the same in all of them: the expert's name, its number, the account. One
    /// that does not even take critical records when the run begins is taken for [`silent`](Self::silent).
    pub const fn new(root: Logger) -> Self {
        Self { root, clock: None }
    }

    /// The same, with a cell that the engine keeps its time in, in nanoseconds since the epoch, so that whatever stamps the
    /// records can add the time of the simulation. It stands as it was handed in until the first event.
    pub const fn simulated(root: Logger, clock: Arc<AtomicI64>) -> Self {
        Self { root, clock: Some(clock) }
    }

    /// Nothing is written down.
    pub fn silent() -> Self {
        Self::new(Logger::root(Discard, o!()))
    }
}

impl Default for ExpertLog {
    /// [`silent`](Self::silent).
    fn default() -> Self {
        Self::silent()
    }
}

/// The loggers that a run has made of its [`ExpertLog`].
#[derive(Debug)]
pub(crate) struct Loggers {
    log: ExpertLog,
    /// Nobody takes a record, not even a critical one: the engine does not put any together, for an order has seven.
    silent: bool,
    /// One for each instrument, by its place.
    instruments: Vec<Logger>,
    /// What is put down with each order that is sent.
    comment: Option<String>,
    /// What the event at hand is about, and the logger of that, once somebody has asked for it.
    about: About,
    of_about: OnceLock<Logger>,
}

impl Loggers {
    pub(crate) fn new(log: ExpertLog, instruments: &Instruments, comment: Option<String>) -> Self {
        let of = |symbol: &crate::Symbol| log.root.new(o!("symbol" => symbol.to_string()));
        let instruments = instruments.iter().map(|(_, instrument)| of(&instrument.symbol)).collect();
        let silent = !log.root.is_enabled(Level::Critical);
        Self { log, silent, instruments, comment, about: About::NOTHING, of_about: OnceLock::new() }
    }

    /// The logger of the event at hand, which is about this instrument.
    #[inline]
    pub(crate) fn at_hand(&self, instrument: InstrumentId) -> &Logger {
        if self.about.is_nothing() {
            return self.of(instrument);
        }
        self.of_about.get_or_init(|| self.of(instrument).new(o!(self.about)))
    }

    /// Whether the engine need not put a record together.
    #[inline]
    pub(crate) const fn is_silent(&self) -> bool {
        self.silent
    }

    /// The logger of an instrument.
    #[inline]
    fn of(&self, instrument: InstrumentId) -> &Logger {
        self.instruments.get(instrument.index()).unwrap_or(&self.log.root)
    }

    /// The logger of what is about no instrument.
    const fn root(&self) -> &Logger {
        &self.log.root
    }

    /// From now on the event at hand is about this.
    pub(crate) fn turn_to(&mut self, about: About) {
        self.about = about;
        self.of_about = OnceLock::new();
    }

    /// Lets the cell of a simulation know the engine's time.
    #[inline]
    pub(crate) fn keep_time(&self, now: UnixNanos) {
        if let Some(clock) = &self.log.clock {
            clock.store(now.as_nanos(), Ordering::Relaxed);
        }
    }
}
