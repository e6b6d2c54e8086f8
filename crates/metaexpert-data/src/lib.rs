//! Bars on disk and out of a seed: what a backtest runs over.
//!
//! [`Source::parse`] reads what users write behind `--data`; [`Source::load`] gives a [`BarSeries`]: bars in time order, on
//! the grid of one timeframe, each checked. [`read`] does the same for one file, whatever its format.
//!
//! The one decision: a file is right or refused. A row that cannot be a bar is an error with file, line, column, value and
//! rule; nothing is repaired, skipped or sorted. What may be missing is bars, and each gap is counted and listed.
//!
//! Ticks and order books have a room of their own: a [`Recording`] is what an exchange sent, [`convert`] makes the project's own
//! file of it once, and a [`MarketFile`] is read a batch at a time, so that a day costs no more memory than a minute.
//!
//! Not here: downloads, and no clock or random source other than the seed.

mod series; // what comes out: bars, timeframe, gaps, steps   <- read first
mod source; // what users write: a path, `synthetic:..`, `SYMBOL=path,..`

mod resample; // longer bars out of shorter ones

mod columns; // which column is which, by name
mod csv; // text
mod packed; // zip and gzip around text
mod parquet; // binary columns
mod read; // a file of any format, recognised by its content
mod write; // the way back

mod digits; // prices as decimals of 15 digits
mod grid; // timeframe and gaps, from the spacing
mod rows; // row by row: the rules that a bar obeys
mod timestamps; // the ways to write a time

mod funding; // rates of funding, recorded or fixed
mod latencies; // how long requests were on their way

mod synthetic; // a market out of a seed

mod market; // ticks and books: rows, the file of them
mod recording; // what exchanges sent, and how it becomes rows

mod error;

pub use error::{BadRow, DataError, Place, Rule};
pub use funding::{FundingFile, FundingSeries, FundingSource, FundingSources};
pub use latencies::{LatencyRow, read_latencies};
pub use market::{KeptRows, MarketFile, MarketInfo, MarketRow, MarketRows, MarketWriter, RowKind};
pub use read::{read, read_bytes};
pub use recording::{BookGap, Converted, DepthSnapshot, DepthUpdate, Message, Print, Quote, Recording, convert};
pub use series::{BarSeries, Gap};
pub use source::{Source, Sources};
pub use synthetic::{SyntheticBars, SyntheticSpec};
pub use write::{csv_text, write_csv, write_parquet};
