//! What users write behind `--data`.

use std::{fmt, path::PathBuf};

use metaexpert_core::{Symbol, Timeframe, UnixNanos};
use rust_decimal::Decimal;

use crate::{BarSeries, DataError, SyntheticSpec, read, synthetic::BARS_MAX};

/// Where bars come from.
///
/// `Display` writes it as [`Source::parse`] reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file, of any format that [`read`](fn@crate::read) knows.
    File(PathBuf),
    /// A made-up market.
    Synthetic(SyntheticSpec),
}

/// How the text of a made-up market begins.
const SYNTHETIC: &str = "synthetic";
/// The parameters of a made-up market.
const PARAMETERS: [&str; 6] = ["seed", "bars", "timeframe", "start", "price", "tick"];

impl Source {
    /// Reads a path, `synthetic`, or `synthetic:` with parameters: `seed=7`, `bars=525600`, `timeframe=1m`,
    /// `start=2024-01-01`, `price=40000`, `tick=0.01`, parted by commas. (A file called `synthetic` is `./synthetic`.)
    ///
    /// # Errors
    /// [`DataError::BadSource`] for an empty text, and for an unknown or bad parameter, with the nearest that would do.
    ///
    /// ```
    /// use metaexpert_data::Source;
    /// assert!(matches!(Source::parse("btc.csv"), Ok(Source::File(_))));
    /// let error = Source::parse("synthetic:sed=7").unwrap_err();
    /// assert_eq!(error.to_string(), "data source `synthetic:sed=7`: unknown parameter `sed`; the nearest is `seed`");
    /// ```
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let text = text.trim();
        match text.strip_prefix(SYNTHETIC) {
            _ if text.is_empty() => Err(bad(text, "there is neither a path nor `synthetic`")),
            Some("") => Ok(Self::Synthetic(SyntheticSpec::default())),
            Some(rest) if rest.starts_with(':') => {
                let parameters = rest.trim_start_matches(':');
                parse_synthetic(parameters).map(Self::Synthetic).map_err(|reason| bad(text, reason))
            }
            _ => Ok(Self::File(PathBuf::from(text))),
        }
    }

    /// The bars. `default` is the timeframe where the source does not say it: a single bar, a made-up market without one.
    ///
    /// # Errors
    /// [`DataError`], as [`read`](fn@crate::read) and [`SyntheticSpec::generate`] tell.
    pub fn load(&self, default: Timeframe) -> Result<BarSeries, DataError> {
        match self {
            Self::File(path) => read(path, default),
            Self::Synthetic(spec) => spec.generate(default),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Synthetic(spec) => write!(f, "{spec}"),
        }
    }
}

fn bad(text: &str, reason: impl Into<String>) -> DataError {
    DataError::BadSource { text: text.to_owned(), reason: reason.into() }
}

fn parse_synthetic(parameters: &str) -> Result<SyntheticSpec, String> {
    let mut spec = SyntheticSpec::default();
    let mut seen = Vec::new();
    for parameter in parameters.split(',').map(str::trim).filter(|parameter| !parameter.is_empty()) {
        let (key, value) = parameter.split_once('=').ok_or_else(|| format!("`{parameter}` is not `parameter=value`"))?;
        let (key, value) = (key.trim(), value.trim());
        if seen.contains(&key) {
            return Err(format!("`{key}` stands there twice"));
        }
        seen.push(key);
        let rule = |rule: String| format!("{key}: `{value}` {rule}");
        match key {
            "seed" => spec.seed = value.parse().map_err(|_| rule(format!("is not a whole number from 0 to {}", u64::MAX)))?,
            "bars" => spec.bars = Some(bars(value).ok_or_else(|| rule(format!("is not a whole number from 1 to {BARS_MAX}")))?),
            "timeframe" => spec.timeframe = Some(Timeframe::parse(value).ok_or_else(|| rule(no_timeframe(value)))?),
            "start" => {
                spec.start = Some(UnixNanos::parse(value).ok_or_else(|| rule("is not a date like `2024-01-01`".to_owned()))?);
            }
            "price" => spec.price = decimal(value).ok_or_else(|| rule("is not a price above zero".to_owned()))?,
            "tick" => spec.tick = Some(decimal(value).ok_or_else(|| rule("is not a price above zero".to_owned()))?),
            _ => return Err(format!("unknown parameter `{key}`; {}", nearest(key, PARAMETERS))),
        }
    }
    Ok(spec)
}

fn bars(text: &str) -> Option<usize> {
    text.parse().ok().filter(|bars| (1..=BARS_MAX).contains(bars))
}

fn decimal(text: &str) -> Option<Decimal> {
    text.parse().ok().filter(|value| *value > Decimal::ZERO)
}

fn no_timeframe(text: &str) -> String {
    format!("is no timeframe; {}", nearest(text, Timeframe::ALL.iter().map(|timeframe| timeframe.as_str())))
}

/// The name that is most like `text`, as the end of a sentence.
pub(crate) fn nearest(text: &str, names: impl IntoIterator<Item = &'static str>) -> String {
    let likeness = |name: &&str| strsim::jaro_winkler(name, text);
    let nearest = names.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or_default();
    format!("the nearest is `{nearest}`")
}

/// One source for every symbol of a run.
///
/// Written `BTCUSDT=btc.csv,ETHUSDT=eth.parquet`, or as one source without a name, which serves the main symbol. What
/// stands before `=` is a symbol if it has letters, digits, `-` and `_` only, or one `/` between capitals; hence
/// `data/x=1/btc.csv` is a path. A file whose path has a comma needs to be the only source.
///
/// ```
/// use metaexpert_core::Symbol;
/// use metaexpert_data::Sources;
/// let sources = Sources::parse("BTC/USDT=btc.csv,ETHUSDT=synthetic:seed=7,bars=1000").unwrap();
/// assert_eq!(sources.get(&Symbol::new("ETHUSDT").unwrap()).unwrap().to_string(), "synthetic:seed=7,bars=1000,price=40000");
/// assert!(sources.unnamed().is_none());
/// assert!(Sources::parse("btc.csv").unwrap().unnamed().is_some());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources(Vec<(Option<Symbol>, Source)>);

impl Sources {
    /// Reads one source, or several with their symbols.
    ///
    /// # Errors
    /// As [`Source::parse`]; a symbol that stands there twice; a source without a symbol among others.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        if named(text).is_none() {
            return Source::parse(text).map(|source| Self(vec![(None, source)]));
        }
        let mut sources: Vec<(Symbol, String)> = Vec::new();
        for piece in text.split(',') {
            if let Some((_, last)) = sources.last_mut()
                && continues(last, piece)
            {
                last.push(',');
                last.push_str(piece);
                continue;
            }
            let (symbol, source) =
                named(piece).ok_or_else(|| bad(text, format!("`{piece}` names no symbol; write `SYMBOL=source`")))?;
            if sources.iter().any(|(other, _)| *other == symbol) {
                return Err(bad(text, format!("`{symbol}` stands there twice")));
            }
            sources.push((symbol, source.to_owned()));
        }
        sources
            .into_iter()
            .map(|(symbol, source)| Ok((Some(symbol), Source::parse(&source)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The only source, if it has no name: it serves the main symbol.
    pub fn unnamed(&self) -> Option<&Source> {
        self.0.iter().find_map(|(symbol, source)| symbol.is_none().then_some(source))
    }

    /// The source of this symbol, if there is one by its name.
    pub fn get(&self, symbol: &Symbol) -> Option<&Source> {
        self.0.iter().find_map(|(name, source)| (name.as_ref() == Some(symbol)).then_some(source))
    }

    /// Every source with its symbol, in the order written.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&Symbol>, &Source)> {
        self.0.iter().map(|(symbol, source)| (symbol.as_ref(), source))
    }
}

impl fmt::Display for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (symbol, source)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            match symbol {
                Some(symbol) => write!(f, "{comma}{symbol}={source}")?,
                None => write!(f, "{comma}{source}")?,
            }
        }
        Ok(())
    }
}

/// `SYMBOL=source`, if that is what it is.
pub(crate) fn named(text: &str) -> Option<(Symbol, &str)> {
    let (name, source) = text.split_once('=')?;
    let name = name.trim();
    if name.contains('/') && name.contains(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    Some((Symbol::new(name)?, source))
}

/// Whether a piece between commas still belongs to the made-up market before it.
fn continues(last: &str, piece: &str) -> bool {
    let key = piece.split('=').next().unwrap_or_default().trim();
    last.trim_start().starts_with(SYNTHETIC) && !key.contains(|c: char| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn every_parameter_of_a_made_up_market_can_be_written() {
        let text = "synthetic:seed=7,bars=1000,timeframe=5m,start=2023-06-01,price=1.5,tick=0.001";
        let Ok(Source::Synthetic(spec)) = Source::parse(text) else { panic!() };
        assert_eq!(
            spec,
            SyntheticSpec {
                seed: 7,
                bars: Some(1000),
                timeframe: Some(Timeframe::M5),
                start: UnixNanos::parse("2023-06-01"),
                price: dec!(1.5),
                tick: Some(dec!(0.001)),
            }
        );
        assert_eq!(Source::parse(&spec.to_string()).unwrap(), Source::Synthetic(spec));
    }

    #[track_caller]
    fn check(text: &str, reason: &str) {
        let error = Source::parse(text).and_then(|source| source.load(Timeframe::M1)).unwrap_err().to_string();
        assert!(error.ends_with(reason), "{error}");
    }

    #[test]
    fn a_bad_parameter_is_refused_with_what_would_do() {
        check("", "there is neither a path nor `synthetic`");
        check("synthetic:tickk=1", "unknown parameter `tickk`; the nearest is `tick`");
        check("synthetic:7", "`7` is not `parameter=value`");
        check("synthetic:seed=1,seed=2", "`seed` stands there twice");
        check("synthetic:seed=-1", "seed: `-1` is not a whole number from 0 to 18446744073709551615");
        check("synthetic:bars=0", "bars: `0` is not a whole number from 1 to 50000000");
        check("synthetic:timeframe=7m", "timeframe: `7m` is no timeframe; the nearest is `5m`");
        check("synthetic:start=soon", "start: `soon` is not a date like `2024-01-01`");
        check("synthetic:start=2261-12-31,bars=1000000", "and 1000000 bars of 1m go beyond the year 2262");
        check("synthetic:start=1969-01-01,bars=1", "is before 1970");
        check("synthetic:price=0", "price: `0` is not a price above zero");
        check("synthetic:price=dear", "price: `dear` is not a price above zero");
        check("synthetic:price=10000000000", "price: `10000000000` is not in 0.000001 to 1000000000");
        check("synthetic:price=1,tick=1", "tick: `1` is not in 0.00000001 to 0.01, which fits a price of 1");
        check("synthetic:price=100000,tick=0.00100000001", "tick: `0.00100000001` has too many decimals for a price of 100000");
    }

    #[test]
    fn several_sources_are_found_by_their_symbols() {
        let sources = Sources::parse("BTCUSDT=btc.csv,eth-usdt=synthetic:seed=7,bars=10,XRPUSDT=data/xrp.zip").unwrap();
        let shown: Vec<String> = sources.iter().map(|(symbol, source)| format!("{} {source}", symbol.unwrap())).collect();
        assert_eq!(shown, ["BTCUSDT btc.csv", "ETHUSDT synthetic:seed=7,bars=10,price=40000", "XRPUSDT data/xrp.zip"]);
        assert_eq!(Sources::parse(&sources.to_string()).unwrap(), sources);
    }

    #[test]
    fn a_source_without_a_symbol_is_the_only_one() {
        for text in ["btc.csv", "synthetic", "synthetic:seed=7,bars=10", "data/x=1/btc.csv", "./a,b.csv"] {
            let sources = Sources::parse(text).unwrap();
            assert_eq!(sources.iter().count(), 1, "{text}");
            assert!(sources.unnamed().is_some(), "{text}");
        }
        for (text, reason) in [
            ("BTCUSDT=btc.csv,eth.csv", "`eth.csv` names no symbol; write `SYMBOL=source`"),
            ("BTCUSDT=a.csv,btc/usdt=b.csv,BTC-USDT=c.csv", "`btc/usdt=b.csv` names no symbol; write `SYMBOL=source`"),
            ("BTCUSDT=a.csv,BTC-USDT=c.csv", "`BTCUSDT` stands there twice"),
            ("BTCUSDT=", "there is neither a path nor `synthetic`"),
            ("BTCUSDT=synthetic:sed=7,bars=3", "unknown parameter `sed`; the nearest is `seed`"),
        ] {
            let error = Sources::parse(text).unwrap_err().to_string();
            assert!(error.ends_with(reason), "{error}");
        }
    }
}
