//! How exchanges spell what is traded, and what a spelling says of the contract.
//!
//! The one decision: every spelling is read into the same parts, and the parts are written in one way, so that `BTC-USDT-SWAP` and
//! `BTCUSDT` are one instrument, and so are `BTC-27MAR26-100000-C` and `BTC-260327-100000-C`.
//!
//! Read 2026-11:
//! - Binance: `BTCUSDT`; USD-M `BTCUSDT_260327`; COIN-M `BTCUSD_PERP`, `BTCUSD_260327`; options `BTC-260327-100000-C` ("Symbol" in the
//!   exchange information of each).
//! - Bybit v5, "Get Instruments Info": `BTCUSDT`, `BTCPERP` (USDC), `BTCUSD`; `BTC-27MAR26` (USDC), `BTCUSDT-27MAR26`; `BTCUSDH26`, whose
//!   letter is the month; options `BTC-27MAR26-100000-C` and `BTC-27MAR26-100000-C-USDT`.
//! - OKX v5, "Get instruments" (`instId`): `BTC-USDT`, `BTC-USDT-SWAP`, `BTC-USD-260327`, `BTC-USD-260327-100000-C`.

use jiff::civil::{Date, Weekday};

use super::{OptionTerms, QUOTES, Right};
use crate::{
    money::{Currency, Price},
    time::UnixNanos,
};

/// What a symbol says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// What is bought and sold.
    pub base: Currency,
    /// What it is priced in.
    pub quote: Currency,
    /// What kind of contract the symbol names, if it names one.
    pub contract: Contract,
}

/// The part of a symbol that names a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// None: the pair itself. On a futures market that is its perpetual contract.
    Pair,
    /// `BTCUSD_PERP`, `BTC-USDT-SWAP`.
    Perpetual,
    /// `BTCUSDT_260327`: settled then.
    Dated(UnixNanos),
    /// `BTC-260327-100000-C`.
    Option(OptionTerms),
}

/// Contracts end at 08:00 UTC of their day at all three exchanges (Binance "Delivery time", Bybit "Futures delivery", OKX "Expiry
/// futures"), in seconds.
const DELIVERY: i64 = 8 * 3600;

/// What Bybit's futures are called by, from January to December: the months' letters of all futures markets.
const MONTHS: &str = "FGHJKMNQUVXZ";

impl Spelling {
    /// What a symbol says, in the spelling of any exchange; `None` where no base and quote currency can be told apart.
    ///
    /// ```
    /// use metaexpert_core::instrument::{Contract, Spelling};
    /// let swap = Spelling::read("BTC-USD-SWAP").unwrap();
    /// assert_eq!((swap.base.as_str(), swap.quote.as_str(), swap.contract), ("BTC", "USD", Contract::Perpetual));
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let text = text.to_ascii_uppercase();
        let parts: Vec<&str> = text.split(['/', '-', '_']).collect();
        match parts.as_slice() {
            [pair @ .., "PERP" | "SWAP"] => Self::of(pair, "USDC", Contract::Perpetual),
            [parts @ .., date, strike, right, quote] if is_quote(quote) => {
                Self::of(&[parts, &[*quote]].concat(), quote, Contract::Option(terms(date, strike, right)?))
            }
            [pair @ .., date, strike, right] if matches!(*right, "C" | "P") => {
                Self::of(pair, "USDT", Contract::Option(terms(date, strike, right)?))
            }
            [pair @ .., date] if !pair.is_empty() && delivery(date).is_some() => {
                Self::of(pair, "USDC", Contract::Dated(delivery(date)?))
            }
            [one] => Self::one_word(one),
            pair => Self::of(pair, "", Contract::Pair),
        }
    }

    /// A spelling without separators.
    fn one_word(word: &str) -> Option<Self> {
        if let Some(base) = word.strip_suffix("PERP").filter(|base| !base.is_empty()) {
            return Self::of(&[base], "USDC", Contract::Perpetual);
        }
        if let Some((pair, month)) = word.split_at_checked(word.len().wrapping_sub(3))
            && let (true, Some(delivery)) = (pair.ends_with("USD"), quarter(month))
        {
            return Self::of(&[pair], "", Contract::Dated(delivery));
        }
        Self::of(&[word], "", Contract::Pair)
    }

    /// `[BTC, USDT]`, `[BTCUSDT]`, or `[BTC]` where the quote currency goes without saying.
    fn of(pair: &[&str], unsaid: &str, contract: Contract) -> Option<Self> {
        let is_name = |name: &str| !name.is_empty() && name.chars().all(char::is_alphanumeric);
        let (base, quote) = match pair {
            [base, quote] if is_quote(quote) => (*base, *quote),
            [word] => match split(word) {
                Some(pair) => pair,
                None if !unsaid.is_empty() => (*word, unsaid),
                None => return None,
            },
            _ => return None,
        };
        is_name(base).then(|| Self { base: Currency::new(base), quote: Currency::new(quote), contract })
    }

    /// In the one way that this program writes it.
    pub(super) fn written(&self) -> String {
        let Self { base, quote, contract } = self;
        match contract {
            Contract::Pair | Contract::Perpetual => format!("{base}{quote}"),
            Contract::Dated(delivery) => format!("{base}{quote}_{}", day(*delivery)),
            Contract::Option(OptionTerms { right, strike, expiry }) => {
                let right = if *right == Right::Call { 'C' } else { 'P' };
                let quote = if quote.as_str() == "USDT" { String::new() } else { format!("-{quote}") };
                format!("{base}{quote}-{}-{strike}-{right}", day(*expiry))
            }
        }
    }
}

fn is_quote(text: &str) -> bool {
    QUOTES.contains(&text)
}

/// Base and quote currency, by the longest known quote currency that the word ends with.
fn split(word: &str) -> Option<(&str, &str)> {
    QUOTES.iter().find_map(|quote| Some((word.strip_suffix(quote).filter(|base| !base.is_empty())?, *quote)))
}

fn terms(date: &str, strike: &str, right: &str) -> Option<OptionTerms> {
    let right = match right {
        "C" => Right::Call,
        "P" => Right::Put,
        _ => return None,
    };
    let strike = Price::new(strike.parse().ok()?)?;
    Some(OptionTerms { right, strike, expiry: delivery(date)? })
}

/// `260327` or `27MAR26`, at the hour of delivery.
fn delivery(text: &str) -> Option<UnixNanos> {
    let date = Date::strptime("%y%m%d", text).ok().filter(|_| text.len() == 6);
    let date = date.or_else(|| Date::strptime("%d%b%y", text).ok().filter(|_| (6..=7).contains(&text.len())));
    at_delivery(date?)
}

/// `H26`: the last Friday of the month that the letter stands for.
fn quarter(text: &str) -> Option<UnixNanos> {
    let (letter, year) = text.split_at_checked(1)?;
    let month = i8::try_from(MONTHS.find(letter)? + 1).ok()?;
    let year = year.parse::<u8>().ok().map(|year| 2000 + i16::from(year))?;
    let last = Date::new(year, month, 1).ok()?.last_of_month();
    at_delivery(last.tomorrow().ok()?.nth_weekday(-1, Weekday::Friday).ok()?)
}

fn at_delivery(date: Date) -> Option<UnixNanos> {
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    UnixNanos::from_seconds(midnight + DELIVERY)
}

/// `260327`.
fn day(time: UnixNanos) -> String {
    let time = jiff::Timestamp::from_nanosecond(i128::from(time.as_nanos()));
    time.map(|time| time.strftime("%y%m%d").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::{
        Symbol,
        instrument::{Contract, Spelling},
    };

    #[test]
    fn the_spellings_of_all_exchanges_come_to_one() {
        for (theirs, ours) in [
            ("btcusdt", "BTCUSDT"),
            ("BTC/USDT", "BTCUSDT"),
            ("BTC-USDT", "BTCUSDT"),
            ("BTC-USDT-SWAP", "BTCUSDT"),
            ("BTCPERP", "BTCUSDC"),
            ("BTCUSD_PERP", "BTCUSD"),
            ("BTC-USD-SWAP", "BTCUSD"),
            ("BTCUSDT_260327", "BTCUSDT_260327"),
            ("BTCUSDT-27MAR26", "BTCUSDT_260327"),
            ("BTC-USDT-260327", "BTCUSDT_260327"),
            ("BTC-27MAR26", "BTCUSDC_260327"),
            ("BTC-1MAY26", "BTCUSDC_260501"),
            ("BTCUSD_260327", "BTCUSD_260327"),
            // Its last Friday is the 27th.
            ("BTCUSDH26", "BTCUSD_260327"),
            ("BTC-260327-100000-C", "BTC-260327-100000-C"),
            ("btc-27mar26-100000-c", "BTC-260327-100000-C"),
            ("BTC-27MAR26-100000-C-USDT", "BTC-260327-100000-C"),
            ("XRP-260327-0.55-P", "XRP-260327-0.55-P"),
            ("BTC-USD-260327-100000-P", "BTC-USD-260327-100000-P"),
            ("1000PEPEUSDT", "1000PEPEUSDT"),
        ] {
            let symbol = Symbol::new(theirs).unwrap();
            assert_eq!(symbol.as_str(), ours, "{theirs}");
            assert_eq!(Symbol::new(ours).unwrap(), symbol, "what is written can be read: {ours}");
            let [of_theirs, of_ours] = [theirs, ours].map(|text| Spelling::read(text).unwrap());
            assert_eq!((&of_theirs.base, &of_theirs.quote), (&of_ours.base, &of_ours.quote), "{theirs}");
        }
    }

    #[test]
    fn a_contract_ends_at_eight_in_the_morning_of_its_day() {
        let Some(Spelling { contract: Contract::Option(terms), .. }) = Spelling::read("BTC-27MAR26-100000-C") else { panic!() };
        assert_eq!((terms.expiry.to_string(), terms.strike.to_string()), ("2026-03-27T08:00:00Z".into(), "100000".into()));
        assert_eq!(terms.right, crate::Right::Call);
    }

    #[test]
    fn what_is_no_symbol_is_none() {
        for text in
            ["", "BTC", "USDT", "BTC-XYZ", "BTC-260327-100000-X", "BTC-260345-1-C", "BTC-260327-0-C", "-USDT", "BTCUSDT_", "€USD"]
        {
            assert_eq!(Spelling::read(text), None, "{text:?}");
        }
    }
}
