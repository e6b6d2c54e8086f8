//! What ends a run before its data does.

use crate::{
    Error,
    expert::{DeinitReason, Failure},
};

/// Why a run ended before its data did.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// A handler panicked. This expert is halted; others go on.
    #[error("the handler `{event}` panicked: {message}")]
    Panicked {
        /// The handler's attribute.
        event: &'static str,
        /// What the panic said.
        message: String,
    },
    /// A handler returned an error that the expert cannot go on after.
    #[error(transparent)]
    HandlerFailed(Error),
    /// Something outside of its handlers failed for good.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Stopped {
    /// What `#[on_deinit]` is told of it, and the log where there is no `#[on_deinit]` any more.
    pub(super) const fn reason(&self) -> DeinitReason {
        match self {
            Self::Panicked { .. } => DeinitReason::HandlerPanic,
            Self::HandlerFailed(_) => DeinitReason::HandlerError,
            Self::Failed(_) => DeinitReason::FatalError,
        }
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Panic { event, message } => Self::Panicked { event, message },
            Failure::Error { error, .. } => Self::HandlerFailed(error),
        }
    }
}
