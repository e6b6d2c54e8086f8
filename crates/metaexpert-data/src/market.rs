//! Recorded ticks and order books: rows of one instrument in the order of their times, in the project's own file.
//!
//! The one decision: one row is one fact (a level, one side of a quote, a print), prices and quantities are whole numbers of a
//! last decimal, as in the texts of an exchange: exact, small, and nothing to parse. The file is Parquet, so that every
//! other tool reads it too; `benches/market.rs` holds its speed against plain records.
//!
//! Not here: what exchanges send ([`Recording`](crate::Recording)), and what a run makes of the rows (the tester's feeds).

mod file; // rows from Parquet, a batch at a time
mod kept; // rows in memory
mod write; // rows to Parquet

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

pub use self::{file::MarketFile, kept::KeptRows, write::MarketWriter};
use crate::DataError;

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A level of buyers; the quantity is what rests there now, zero where it is gone.
    Bid,
    /// A level of sellers.
    Ask,
    /// The best buyer of a quote.
    BestBid,
    /// The best seller of a quote.
    BestAsk,
    /// Somebody traded, and the buyer took.
    Bought,
    /// Somebody traded, and the seller took.
    Sold,
}

impl RowKind {
    /// All kinds, in the order of their numbers in a file.
    const ALL: [Self; 6] = [Self::Bid, Self::Ask, Self::BestBid, Self::BestAsk, Self::Bought, Self::Sold];

    /// Its number in a file.
    const fn code(self) -> i32 {
        match self {
            Self::Bid => 0,
            Self::Ask => 1,
            Self::BestBid => 2,
            Self::BestAsk => 3,
            Self::Bought => 4,
            Self::Sold => 5,
        }
    }

    /// Whether it is a level of the order book.
    pub const fn is_level(self) -> bool {
        matches!(self, Self::Bid | Self::Ask)
    }

    /// Whether it is one side of a quote.
    pub const fn is_quote(self) -> bool {
        matches!(self, Self::BestBid | Self::BestAsk)
    }

    /// Whether it is a print.
    pub const fn is_print(self) -> bool {
        matches!(self, Self::Bought | Self::Sold)
    }
}

/// One fact of a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarketRow {
    /// When it happened at the exchange.
    pub time: UnixNanos,
    /// When it was received, by the receiver's clock; the same as `time` where nobody wrote it down.
    pub local_time: UnixNanos,
    /// What it says.
    pub kind: RowKind,
    /// Its price, in units of [`MarketInfo::price_scale`].
    pub price: i64,
    /// Its quantity, in units of [`MarketInfo::quantity_scale`].
    pub quantity: i64,
    /// Whether the book was empty before: a snapshot begins, or the book was lost (then the quantity is zero).
    pub clears: bool,
    /// Whether it is the last of its message.
    pub ends: bool,
}

/// What is known of a market before its first row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketInfo {
    /// Where the rows come from: a path.
    pub source: String,
    /// Decimals of the rows' prices: a price of 5 with a scale of 1 is 0.5.
    pub price_scale: u32,
    /// Decimals of the rows' quantities.
    pub quantity_scale: u32,
    /// 10^-d, where d is the most decimals that any price has.
    pub price_step: Decimal,
    /// 10^-d, where d is the most decimals that any quantity has.
    pub quantity_step: Decimal,
    /// Rows that are levels of the book.
    pub levels: u64,
    /// Quotes.
    pub quotes: u64,
    /// Prints.
    pub prints: u64,
    /// When the first row happened.
    pub first: UnixNanos,
    /// When the last row happened.
    pub last: UnixNanos,
}

impl MarketInfo {
    /// How many rows there are.
    pub const fn rows(&self) -> u64 {
        self.levels + self.quotes + self.prints
    }
}

/// A source of rows in the order of their times.
pub trait MarketRows: std::fmt::Debug + Send {
    /// What is known before the first row.
    fn info(&self) -> &MarketInfo;

    /// Replaces `rows` by the next ones, a few thousand; none at the end.
    ///
    /// # Errors
    /// A row that breaks a rule, by its number from 1; a file that cannot be read on.
    fn read(&mut self, rows: &mut Vec<MarketRow>) -> Result<(), DataError>;
}

/// The bits of a row's column `flags`.
mod flag {
    pub(super) const CLEARS: i32 = 1;
    pub(super) const ENDS: i32 = 2;
}

/// What a writer counts of the rows that pass.
#[derive(Debug, Clone, Default)]
struct Tally {
    levels: u64,
    quotes: u64,
    prints: u64,
    price_units: Units,
    quantity_units: Units,
    first: Option<UnixNanos>,
    last: Option<UnixNanos>,
}

impl Tally {
    fn add(&mut self, row: &MarketRow) {
        match row.kind {
            RowKind::Bid | RowKind::Ask => self.levels += 1,
            RowKind::BestBid | RowKind::BestAsk => self.quotes += 1,
            RowKind::Bought | RowKind::Sold => self.prints += 1,
        }
        self.price_units.add(row.price);
        self.quantity_units.add(row.quantity);
        self.first.get_or_insert(row.time);
        self.last = Some(row.time);
    }

    fn info(&self, source: String, price_scale: u32, quantity_scale: u32) -> MarketInfo {
        MarketInfo {
            source,
            price_scale,
            quantity_scale,
            price_step: self.price_units.step(price_scale),
            quantity_step: self.quantity_units.step(quantity_scale),
            levels: self.levels,
            quotes: self.quotes,
            prints: self.prints,
            first: self.first.unwrap_or_default(),
            last: self.last.unwrap_or_default(),
        }
    }
}

/// How many zeros all numbers seen so far end with.
#[derive(Debug, Clone, Default)]
struct Units {
    /// The largest power of ten that divides them all, and its exponent; `None` before the first that is not zero.
    power: Option<(i64, u32)>,
}

impl Units {
    fn add(&mut self, value: i64) {
        if value == 0 {
            return;
        }
        let (mut power, mut exponent) = self.power.unwrap_or((1_000_000_000_000_000_000, 18));
        while value % power != 0 {
            power /= 10;
            exponent -= 1;
        }
        self.power = Some((power, exponent));
    }

    /// The last decimal that is used, where numbers have `scale` decimals.
    fn step(&self, scale: u32) -> Decimal {
        Decimal::new(1, scale.saturating_sub(self.power.map_or(0, |(_, exponent)| exponent)))
    }
}
