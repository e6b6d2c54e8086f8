//! Why markets cannot be made of what was asked for.

use metaexpert_data::DataError;

use crate::listing::Class;

/// Why there are no markets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarketError {
    /// A source of prices cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A script has a line that is none.
    #[error("{source_name}: line {line}: {reason}; a line is `OFFSET PRICE`, such as `10s 50000`")]
    Script {
        /// Where it stands.
        source_name: String,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A source's name is no listing's.
    #[error("data source `{symbol}`: no market of that name is listed")]
    UnknownSymbol {
        /// The name.
        symbol: String,
    },
    /// A recorded order book lies off the tick of the market that it is to drive.
    #[error("{class} market {symbol}: the recording's prices have steps of {step}, the market's of {tick}", class = class.as_str())]
    OffTick {
        /// Which kind of market.
        class: Class,
        /// Its name.
        symbol: String,
        /// The recording's step.
        step: rust_decimal::Decimal,
        /// The market's.
        tick: rust_decimal::Decimal,
    },
    /// A price is to be moved that no script has.
    #[error("{class} market {symbol} follows no script, so that nobody can move its price", class = class.as_str())]
    NotScripted {
        /// Which kind of market.
        class: Class,
        /// Its name.
        symbol: String,
    },
    /// A name is listed twice.
    #[error("{class} market {symbol} is listed twice", class = class.as_str())]
    ListedTwice {
        /// Which kind of market.
        class: Class,
        /// Its name.
        symbol: String,
    },
    /// A setting is out of its range.
    #[error("{name}: {value} is not in {least} to {most}")]
    Setting {
        /// Which one.
        name: &'static str,
        /// What was given.
        value: f64,
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
}
