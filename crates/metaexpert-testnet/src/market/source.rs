//! Where prices come from: what users write behind `--data`, and what tests put together.
//!
//! The one decision: a source is of a price, not of a market. The markets of the same name follow it to the tick; what derives from it
//! (futures, options, another pair of the coin) follows it at a small distance; what nobody names is made up.

use metaexpert_core::{Symbol, UnixNanos};
use metaexpert_data::{BarSeries, KeptRows, MarketFile, Source, Sources, SyntheticSpec};
use rust_decimal::Decimal;

use super::{error::MarketError, script::Script};

/// Where the prices of all markets come from, and how lively they are.
#[derive(Debug, Clone)]
pub struct PriceSources {
    named: Vec<(Symbol, PriceSource)>,
    unnamed: Option<PriceSource>,
    /// How much happens in each market.
    pub pace: Pace,
    /// How much of the past there is at the start, in nanoseconds of market time.
    pub history: i64,
    /// Hours between two settlements of funding.
    pub funding_hours: u32,
}

/// Where one price comes from.
#[derive(Debug, Clone)]
pub enum PriceSource {
    /// A made-up market, without an end.
    Synthetic(SyntheticSpec),
    /// Recorded bars, shifted in time; at their end they are run back, and then forth again.
    Bars(BarSeries),
    /// Recorded ticks or order books, shifted in time; at their end they begin again.
    Rows(KeptRows),
    /// Written down.
    Script(Script),
}

/// How much happens in a market, in its own time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// How often a second the book changes.
    pub changes: f64,
    /// How many prints a second there are.
    pub prints: f64,
    /// How many levels each side of the book has.
    pub levels: u16,
}

impl Default for Pace {
    fn default() -> Self {
        Self { changes: 5.0, prints: 1.0, levels: 100 }
    }
}

impl Default for PriceSources {
    /// Everything is made up; a day and a half of the past; funding every eight hours.
    fn default() -> Self {
        Self { named: Vec::new(), unnamed: None, pace: Pace::default(), history: 36 * 3_600_000_000_000, funding_hours: 8 }
    }
}

impl PriceSources {
    /// Reads what users write: `SYMBOL=source,..`, or one source for the main market. A source is a file of bars, a file of
    /// ticks and books, `synthetic:..`, or `script:PATH`.
    ///
    /// # Errors
    /// What cannot be read, as the readers say.
    pub fn parse(text: &str) -> Result<Self, MarketError> {
        let mut read = Self::default();
        for (symbol, source) in Sources::parse(text)?.iter() {
            let source = PriceSource::open(source)?;
            match symbol {
                Some(symbol) => read.named.push((symbol.clone(), source)),
                None => read.unnamed = Some(source),
            }
        }
        Ok(read)
    }

    /// The same with a source for the markets of a name.
    #[must_use]
    pub fn with(mut self, symbol: Symbol, source: PriceSource) -> Self {
        self.named.retain(|(other, _)| *other != symbol);
        self.named.push((symbol, source));
        self
    }

    /// The same with a source for the first market that is listed, and what derives from it.
    #[must_use]
    pub fn with_main(mut self, source: PriceSource) -> Self {
        self.unnamed = Some(source);
        self
    }

    /// The same with another liveliness.
    #[must_use]
    pub const fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// The same with another stretch of the past, in nanoseconds.
    #[must_use]
    pub const fn with_history(mut self, nanos: i64) -> Self {
        self.history = nanos;
        self
    }

    /// What a coin costs in dollars at the start, before there are markets: whoever lists options chooses strikes by it. A source without
    /// a name is taken to be this coin's.
    ///
    /// # Errors
    /// A source that cannot be followed.
    pub fn price_at_start(&self, coin: &str, start: UnixNanos, seed: u64) -> Result<Decimal, MarketError> {
        super::follows::coin_at(coin, self, start, seed).map(super::samples::shown)
    }

    pub(super) fn named(&self) -> &[(Symbol, PriceSource)] {
        &self.named
    }

    pub(super) const fn main(&self) -> Option<&PriceSource> {
        self.unnamed.as_ref()
    }

    pub(super) fn check(&self) -> Result<(), MarketError> {
        let hours = f64::from(self.funding_hours);
        for (name, value, least, most) in [
            ("book changes a second", self.pace.changes, 0.001, 10_000.0),
            ("prints a second", self.pace.prints, 0.001, 10_000.0),
            ("levels of a book", f64::from(self.pace.levels), 1.0, 5_000.0),
            ("hours between funding", hours, 1.0, 24.0),
            ("seconds of the past", super::grid::float(self.history) / 1e9, 0.0, 400.0 * 86_400.0),
        ] {
            if !(least..=most).contains(&value) {
                return Err(MarketError::Setting { name, value, least, most });
            }
        }
        Ok(())
    }
}

impl PriceSource {
    /// Opens what was written.
    fn open(source: &Source) -> Result<Self, MarketError> {
        let path = match source {
            Source::Synthetic(spec) => return Ok(Self::Synthetic(spec.clone())),
            Source::File(path) => path,
        };
        if let Some(path) = path.to_str().and_then(|path| path.strip_prefix("script:")) {
            return Script::read(path.as_ref()).map(Self::Script);
        }
        match MarketFile::open(path) {
            Ok(file) => Ok(Self::Rows(KeptRows::from_source(file)?)),
            Err(metaexpert_data::DataError::NotMarket { .. }) => {
                Ok(Self::Bars(metaexpert_data::read(path, metaexpert_core::Timeframe::M1)?))
            }
            Err(error) => Err(error.into()),
        }
    }
}
