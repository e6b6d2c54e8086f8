//! Which price each market follows.
//!
//! The one decision: one path a coin. Whatever is quoted in dollars of any kind follows its coin's path, a pair of two coins the quotient
//! of theirs; so prices fit together across markets, and nobody earns by going around them.

use metaexpert_core::{Symbol, UnixNanos};
use rust_decimal::{Decimal, dec};

use super::{
    error::MarketError,
    path::Path,
    random::seed_of,
    script::Script,
    source::{PriceSource, PriceSources},
};
use crate::listing::{Class, Listing};

/// What a market follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Follows {
    /// Which path.
    pub(super) path: usize,
    /// Divided by which other.
    pub(super) against: Option<usize>,
    /// Whether it is at the path's price to the tick.
    pub(super) leads: bool,
}

/// Paths by what they are of.
#[derive(Debug)]
pub(super) struct Paths {
    pub(super) all: Vec<Path>,
    names: Vec<String>,
    sources: Vec<PriceSource>,
}

/// Names of dollars.
const DOLLARS: [&str; 8] = ["USDT", "USD", "USDC", "FDUSD", "BUSD", "TUSD", "DAI", "USD1"];
/// What coins cost at the start, where nobody says otherwise.
const COINS: [(&str, Decimal); 6] =
    [("BTC", dec!(80000)), ("ETH", dec!(3000)), ("BNB", dec!(700)), ("XRP", dec!(2.5)), ("SOL", dec!(150)), ("DOGE", dec!(0.2))];

pub(super) fn is_dollar(currency: &str) -> bool {
    DOLLARS.contains(&currency)
}

/// The paths that listings need, and which follows which.
pub(super) fn arrange(
    listings: &[Listing],
    sources: &PriceSources,
    start: UnixNanos,
    seed: u64,
) -> Result<(Paths, Vec<Follows>), MarketError> {
    let mut all =
        Arranging { listings, sources, start, seed, made: Paths { all: Vec::new(), names: Vec::new(), sources: Vec::new() } };
    for (symbol, _) in sources.named() {
        let is_known = listings.iter().any(|listing| is_named(listing, symbol) || is_coin_of(symbol, listing));
        if !is_known {
            return Err(MarketError::UnknownSymbol { symbol: symbol.to_string() });
        }
    }
    let follows = listings.iter().map(|listing| all.follow(listing)).collect::<Result<_, _>>()?;
    Ok((all.made, follows))
}

/// What a coin costs in dollars at the start; a source without a name is taken to be this coin's.
pub(super) fn coin_at(coin: &str, sources: &PriceSources, start: UnixNanos, seed: u64) -> Result<f64, MarketError> {
    let made = Paths { all: Vec::new(), names: Vec::new(), sources: Vec::new() };
    let mut one = Arranging { listings: &[], sources, start, seed, made };
    let path = match sources.main() {
        Some(source) => one.path(coin, source)?,
        None => one.coin(coin)?,
    };
    Ok(one.made.all.get_mut(path).map_or(1.0, |path| path.at(start)))
}

struct Arranging<'a> {
    listings: &'a [Listing],
    sources: &'a PriceSources,
    start: UnixNanos,
    seed: u64,
    made: Paths,
}

impl Paths {
    /// The recording behind a path, if it is one.
    pub(super) fn recording(&self, path: usize) -> Option<&metaexpert_data::KeptRows> {
        match self.sources.get(path)? {
            PriceSource::Rows(rows) => Some(rows),
            PriceSource::Synthetic(_) | PriceSource::Bars(_) | PriceSource::Script(_) => None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}

impl Arranging<'_> {
    fn follow(&mut self, listing: &Listing) -> Result<Follows, MarketError> {
        let instrument = &listing.instrument;
        let named = self.sources.named().iter().find(|(symbol, _)| is_named(listing, symbol));
        if let Some((symbol, source)) = named {
            let path = self.path(symbol.as_str(), source)?;
            return Ok(Follows { path, against: None, leads: self.fits(path, listing) });
        }
        let path = self.coin(instrument.base.as_str())?;
        if listing.class == Class::Spot && !is_dollar(instrument.quote.as_str()) {
            let against = Some(self.coin(instrument.quote.as_str())?);
            return Ok(Follows { path, against, leads: false });
        }
        let is_exact = self.made.all.get(path).is_some_and(Path::is_exact);
        let leads = listing.class != Class::Options && (listing.class == Class::Spot || is_exact) && self.fits(path, listing);
        Ok(Follows { path, against: None, leads })
    }

    /// Whether a market's tick can show every price of a recorded book; of anything else, the nearest tick will do.
    fn fits(&self, path: usize, listing: &Listing) -> bool {
        let fits = |step: Decimal| step.checked_rem(listing.instrument.rules.tick_size).is_some_and(|rest| rest.is_zero());
        self.made.recording(path).is_none_or(|rows| fits(metaexpert_data::MarketRows::info(rows).price_step))
    }

    /// The path of a coin in dollars.
    fn coin(&mut self, coin: &str) -> Result<usize, MarketError> {
        let of_coin =
            |symbol: &Symbol| symbol.currencies().is_some_and(|(base, quote)| base.as_str() == coin && is_dollar(quote.as_str()));
        if let Some((symbol, source)) = self.sources.named().iter().find(|(symbol, _)| of_coin(symbol)) {
            return self.path(symbol.as_str(), source);
        }
        let main = self.listings.first().map(|listing| listing.instrument.base.as_str());
        if let Some(source) = self.sources.main().filter(|_| main == Some(coin)) {
            return self.path(coin, source);
        }
        let source = if is_dollar(coin) {
            PriceSource::Script(Script::still(Decimal::ONE))
        } else {
            Path::made_up(self.seed, coin, first_price(coin))
        };
        self.path(coin, &source)
    }

    fn path(&mut self, name: &str, source: &PriceSource) -> Result<usize, MarketError> {
        if let Some(known) = self.made.names.iter().position(|known| known == name) {
            return Ok(known);
        }
        self.made.all.push(Path::new(source, self.start, self.sources.history)?);
        self.made.names.push(name.to_owned());
        self.made.sources.push(source.clone());
        Ok(self.made.names.len() - 1)
    }
}

/// Whether a source of this name is a listing's own.
fn is_named(listing: &Listing, symbol: &Symbol) -> bool {
    listing.instrument.symbol == *symbol || Symbol::new(&listing.symbol).as_ref() == Some(symbol)
}

/// Whether a name is of a coin, in dollars, that a listing is of.
fn is_coin_of(symbol: &Symbol, listing: &Listing) -> bool {
    symbol.currencies().is_some_and(|(base, quote)| {
        let Listing { instrument, .. } = listing;
        is_dollar(quote.as_str()) && (base == instrument.base || base == instrument.quote)
    })
}

fn first_price(coin: &str) -> Decimal {
    let known = COINS.iter().find_map(|(name, price)| (*name == coin).then_some(*price));
    known.unwrap_or_else(|| Decimal::new(i64::try_from(seed_of(0, coin) % 9_900).unwrap_or(100) + 100, 2))
}
