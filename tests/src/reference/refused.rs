//! What the reference refuses to compute, and what the rules make it refuse on the trader's behalf.
use thiserror::Error;

/// The reference cannot say what the run should print.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ReferenceError {
    /// A flag is missing, or its value breaks a rule.
    #[error("--{key} {value}: {rule}")]
    Setting {
        /// The flag without its dashes.
        key: String,
        /// The value as it was given.
        value: String,
        /// What the rules ask.
        rule: &'static str,
    },
    /// A line of the data is not a bar.
    #[error("line {line}: {rule}")]
    Data {
        /// Line number, from 1, the header included.
        line: usize,
        /// What the rules ask.
        rule: &'static str,
    },
    /// A text is not a decimal number.
    #[error("`{0}` is not a decimal number")]
    NotADecimal(String),
    /// A number that the rules call a decimal does not end.
    #[error("{0} has no finite decimal form")]
    Endless(String),
    /// A text is not a time.
    #[error("`{0}` is not a time")]
    NotATime(String),
}

/// Why an order was not carried out; the names are those of `summary.rejected`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rejection {
    /// Sent before the warm-up was over.
    Warmup,
    /// The size rounds to nothing.
    LotSize,
    /// Below the instrument's minimum notional.
    MinNotional,
    /// Not payable at the decision.
    Margin,
    /// Not payable at the fill.
    Funds,
    /// A close whose position had been liquidated before it arrived.
    NothingToClose,
    /// Waiting when the data ended.
    EndOfData,
}

impl Rejection {
    /// The key in `summary.rejected`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warmup => "warmup",
            Self::LotSize => "lot_size",
            Self::MinNotional => "min_notional",
            Self::Margin => "margin",
            Self::Funds => "funds",
            Self::NothingToClose => "nothing_to_close",
            Self::EndOfData => "end_of_data",
        }
    }
}
