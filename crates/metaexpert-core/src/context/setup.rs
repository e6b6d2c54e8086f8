//! What an engine hands a context at the start.

use rust_decimal::Decimal;

use crate::{InstrumentId, Instruments, config::Config, log::ExpertLog};

/// What a run is about, before its first event.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The configuration in force.
    pub config: Config,
    /// Everything that is traded.
    pub instruments: Instruments,
    /// The expert's main instrument, one of `instruments`.
    pub main: InstrumentId,
    /// Taker fee as a fraction of the notional.
    pub taker_fee: Decimal,
    /// Counts the runs of this expert, for client order ids.
    pub run: u32,
    /// Where this run's records go.
    pub log: ExpertLog,
}
