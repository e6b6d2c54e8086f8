//! What is traded: symbols, the rules an exchange sets for them, and the index that stands for them on the hot path.

mod kind; // spot, perpetual, dated, option
mod spelling; // how exchanges spell what is traded

use std::{fmt, sync::Arc};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

use crate::{
    money::{Currency, Percent, Price, Quantity},
    order::PositionSide,
    rounding::{Round, to_step},
};
pub use kind::{Bracket, InstrumentKind, OptionTerms, Payoff, Right};
pub use spelling::{Contract, Spelling};

/// An instrument's name as users write it, `BTCUSDT`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(Arc<str>);

/// Quote currencies that end a symbol written without a slash, longest first so that `FDUSD` is not taken for `USD`.
const QUOTES: &[&str] = &["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR", "GBP", "TRY", "BRL", "JPY", "BTC", "ETH", "BNB"];

impl Symbol {
    /// A symbol from `BTCUSDT`, `BTC/USDT` or `btc-usdt`, or from an exchange's spelling of a contract: `BTC-USDT-SWAP`,
    /// `BTCUSDT_260327`, `BTC-27MAR26-100000-C` ([`Spelling`]). Separators are taken out and letters raised, but for those before the
    /// parts of a dated contract and of an option. `None` if nothing but letters and digits should remain and something else does,
    /// or nothing remains.
    ///
    /// ```
    /// use metaexpert_core::Symbol;
    /// assert_eq!(Symbol::new("btc/usdt"), Symbol::new("BTCUSDT"));
    /// assert_eq!(Symbol::new("BTC-USDT-SWAP"), Symbol::new("BTCUSDT"));
    /// assert_eq!(Symbol::new("BTC USDT"), None);
    /// ```
    pub fn new(text: &str) -> Option<Self> {
        if let Some(spelling) = Spelling::read(text) {
            return Some(Self(spelling.written().into()));
        }
        let plain: String = text.chars().filter(|c| !matches!(c, '/' | '-' | '_')).flat_map(char::to_uppercase).collect();
        let known = !plain.is_empty() && plain.chars().all(char::is_alphanumeric);
        // `BTC/US_PERP` names no quote currency that is known; without its separators it would name another contract.
        let says_the_same = || Spelling::read(&plain).is_none_or(|spelling| spelling.written() == plain);
        (known && says_the_same()).then(|| Self(plain.into()))
    }

    /// As users write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the symbol says of itself; `None` where no base and quote currency can be told apart.
    pub fn spelling(&self) -> Option<Spelling> {
        Spelling::read(&self.0)
    }

    /// Base and quote currency, by the longest known quote currency that the symbol ends with; `None` where none fits.
    pub fn currencies(&self) -> Option<(Currency, Currency)> {
        self.spelling().map(|Spelling { base, quote, .. }| (base, quote))
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Symbol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Where an instrument stands in its [`Instruments`]: what the hot path carries instead of a name.
///
/// What is written down keeps it too, but it means nothing to another run: that one looks the symbol up anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InstrumentId(u16);

impl InstrumentId {
    /// Its place, for indexing slices that hold one element an instrument.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What an exchange demands of an order, and what a contract is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstrumentRules {
    /// Smallest step of a price, in quote currency.
    pub tick_size: Decimal,
    /// Smallest step of a quantity, and the smallest quantity.
    pub lot_size: Decimal,
    /// Smallest value of an order that opens or increases, in quote currency; zero where there is none.
    pub min_notional: Decimal,
    /// Base currency in one contract, 1 where quantities are in base currency; of an inverse contract, quote currency.
    pub contract_size: Decimal,
    /// Maintenance margin in percent of the position's entry value.
    pub maintenance_margin: Percent,
}

impl InstrumentRules {
    /// What `quantity` contracts are in base currency; of an inverse contract, in quote currency.
    #[inline]
    pub fn size(&self, quantity: Decimal) -> Decimal {
        // Most contracts are of one coin, and an order asks this a dozen times.
        let is_one = self.contract_size.scale() == 0 && self.contract_size.mantissa() == 1;
        if is_one { quantity } else { quantity * self.contract_size }
    }
}

/// Something that can be traded, with its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    /// Its name.
    pub symbol: Symbol,
    /// What is bought and sold.
    pub base: Currency,
    /// What it is priced in.
    pub quote: Currency,
    /// What profit, loss and fees are paid in, and what margin is posted in; the quote currency for spot and linear contracts.
    pub settlement: Currency,
    /// What kind of contract it is, if it is one.
    pub kind: InstrumentKind,
    /// What its exchange demands.
    pub rules: InstrumentRules,
    /// Leverage and maintenance margin by the position's value, lowest first; the rules' own rate alone where it is empty.
    pub brackets: Arc<[Bracket]>,
}

impl Instrument {
    /// The value of `quantity` at `price`, in quote currency. An inverse contract's size is in quote currency itself.
    pub fn notional(&self, price: Price, quantity: Quantity) -> Decimal {
        let size = self.rules.size(quantity.get());
        if self.kind.is_inverse() { size } else { price.get() * size }
    }

    /// The value of `quantity` at `price`, in settlement currency: what margin, fees and profit are reckoned in.
    pub fn value(&self, price: Decimal, quantity: Decimal) -> Decimal {
        let size = self.rules.size(quantity);
        if self.kind.is_inverse() { size.checked_div(price).unwrap_or_default() } else { price * size }
    }

    /// What a leg gains whose entries were worth `cost` and that is worth `value` now, both in settlement currency.
    ///
    /// A linear contract is worth more as the price rises, an inverse one fewer coins.
    pub fn gain(&self, side: PositionSide, cost: Decimal, value: Decimal) -> Decimal {
        match (side, self.kind.is_inverse()) {
            (PositionSide::Long, false) | (PositionSide::Short, true) => value - cost,
            (PositionSide::Short, false) | (PositionSide::Long, true) => cost - value,
        }
    }

    /// `price` on the tick. `None` where nothing above zero remains.
    pub fn price_on_tick(&self, price: Decimal, round: Round) -> Option<Price> {
        Price::new(to_step(price, self.rules.tick_size, round))
    }

    /// `quantity` on the lot, rounded down. `None` where nothing remains.
    pub fn quantity_on_lot(&self, quantity: Decimal) -> Option<Quantity> {
        Quantity::new(to_step(quantity, self.rules.lot_size, Round::Down))
    }
}

/// The instruments of one run, looked up by name once and by [`InstrumentId`] ever after.
#[derive(Debug, Clone, Default)]
pub struct Instruments(Vec<Instrument>);

impl Instruments {
    /// Adds an instrument and says its place; the place of the one that has its symbol already, if there is one.
    pub fn add(&mut self, instrument: Instrument) -> InstrumentId {
        self.find(&instrument.symbol).unwrap_or_else(|| {
            self.0.push(instrument);
            InstrumentId(u16::try_from(self.0.len() - 1).unwrap_or(u16::MAX))
        })
    }

    /// The instrument of a name.
    pub fn find(&self, symbol: &Symbol) -> Option<InstrumentId> {
        let index = self.0.iter().position(|instrument| instrument.symbol == *symbol)?;
        u16::try_from(index).ok().map(InstrumentId)
    }

    /// The instrument at a place that [`add`](Self::add) or [`find`](Self::find) gave.
    ///
    /// # Panics
    /// If `id` was given by another collection that is larger than this one.
    #[expect(clippy::indexing_slicing, reason = "an InstrumentId is only made by a collection that holds it")]
    pub fn get(&self, id: InstrumentId) -> &Instrument {
        &self.0[id.index()]
    }

    /// All of them, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (InstrumentId, &Instrument)> {
        (0_u16..).map(InstrumentId).zip(&self.0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_written_again_is_the_same_symbol() {
        for text in [
            "BTC/USDT",
            "btc-usdt-swap",
            "BTC/US_PERP",
            "BTCPERP",
            "BTC-XYZ",
            "BTCUSDH26",
            "BTC-260327-100000-C",
            "1000PEPE/USDT",
        ] {
            if let Some(symbol) = Symbol::new(text) {
                assert_eq!(Symbol::new(symbol.as_str()), Some(symbol), "{text}");
            }
        }
        assert_eq!(Symbol::new("BTC/US_PERP"), None);
        assert!(Symbol::new("BTC-XYZ").is_some());
    }

    #[test]
    fn currencies_are_found_by_the_longest_quote() {
        let split =
            |text| Symbol::new(text).and_then(|symbol| symbol.currencies()).map(|(base, quote)| format!("{base} {quote}"));
        assert_eq!(split("BTCFDUSD").as_deref(), Some("BTC FDUSD"));
        assert_eq!(split("eth-btc").as_deref(), Some("ETH BTC"));
        assert_eq!(split("BTCUSD_PERP").as_deref(), Some("BTC USD"));
        assert_eq!(split("USDT"), None);
    }
}
