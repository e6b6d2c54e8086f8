//! Why an expert ends.

use std::fmt;

/// Why an expert ends: what `#[on_deinit]` is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeinitReason {
    /// A person stopped it (Ctrl-C, SIGTERM, `metaexpert stop`).
    UserStop,
    /// The data of a backtest ended.
    EndOfData,
    /// The risk gate halted it for good.
    RiskHalt,
    /// One of its handlers returned an error that it cannot go on with.
    HandlerError,
    /// One of its handlers panicked.
    HandlerPanic,
    /// Something outside of its handlers failed for good: credentials, journal, configuration.
    FatalError,
}

impl DeinitReason {
    /// Its name in reports and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserStop => "user_stop",
            Self::EndOfData => "end_of_data",
            Self::RiskHalt => "risk_halt",
            Self::HandlerError => "handler_error",
            Self::HandlerPanic => "handler_panic",
            Self::FatalError => "fatal_error",
        }
    }

    /// Whether the expert came to the end that was meant for it.
    ///
    /// ```
    /// use metaexpert_core::expert::DeinitReason;
    /// assert!(DeinitReason::EndOfData.is_orderly() && DeinitReason::UserStop.is_orderly());
    /// assert!(!DeinitReason::HandlerPanic.is_orderly());
    /// ```
    pub const fn is_orderly(self) -> bool {
        match self {
            Self::UserStop | Self::EndOfData => true,
            Self::RiskHalt | Self::HandlerError | Self::HandlerPanic | Self::FatalError => false,
        }
    }
}

impl fmt::Display for DeinitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
