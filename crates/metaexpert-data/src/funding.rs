//! Funding rates: what users write behind `--funding`, and the files that it names.
//!
//! The one decision: a file is right or refused, as one of bars is. Exchanges stamp a settlement some milliseconds after its time,
//! so a time is taken down to its minute.

mod rows; // row by row, CSV or Parquet

use std::{fmt, path::PathBuf};

use metaexpert_core::{FundingRate, Price, Symbol, Timeframe, UnixNanos, rounding::decimal_of};
use rust_decimal::Decimal;

use crate::{
    DataError, read,
    source::{named, nearest},
};

/// Where the funding rates of a symbol come from. `Display` writes it as [`FundingSource::parse`] reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FundingSource {
    /// The same rate again and again.
    Fixed {
        /// In percent.
        percent: Decimal,
        /// How long from one settlement to the next, counted from midnight of 1970-01-01 UTC.
        every: Timeframe,
    },
    /// A file.
    File(FundingFile),
}

/// A file of funding rates, and what is to be known of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FundingFile {
    /// Where it is.
    pub path: PathBuf,
    /// The column of the rates, where it is not called as usual.
    pub rate: Option<String>,
    /// The column of the mark prices, where it is not called as usual.
    pub mark: Option<String>,
    /// A file of bars of the mark price; the open of the bar that opens when a rate is settled is its mark price.
    pub marks: Option<PathBuf>,
}

/// The rates of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundingSeries {
    /// In the order of their times, each in a minute of its own.
    pub rates: Vec<FundingRate>,
    /// Where they come from.
    pub source: String,
    /// Whether each has a mark price.
    pub marked: bool,
}

const FIXED: &str = "fixed:";
const OPTIONS: [&str; 3] = ["rate", "mark", "marks"];

impl FundingSource {
    /// Reads `fixed:0.01%/8h`, or the path of a file: `funding.csv`, and with options `funding.csv?rate=open&marks=mark.csv`:
    /// `rate` and `mark` are columns, `marks` a file of bars of the mark price.
    ///
    /// # Errors
    /// [`DataError::BadSource`] for an empty text and an unknown or bad part of it, with the nearest that would do.
    ///
    /// ```
    /// use metaexpert_data::FundingSource;
    /// assert_eq!(FundingSource::parse("fixed:0.01%/8h").unwrap().to_string(), "fixed:0.01%/8h");
    /// let error = FundingSource::parse("funding.csv?rates=open").unwrap_err();
    /// assert_eq!(error.to_string(), "funding source `funding.csv?rates=open`: unknown option `rates`; the nearest is `rate`");
    /// ```
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let text = text.trim();
        let read = match text.strip_prefix(FIXED) {
            _ if text.is_empty() => Err("there is neither a path nor `fixed:RATE%/INTERVAL`".to_owned()),
            Some(rest) => fixed(rest),
            None => file(text).map(Self::File),
        };
        read.map_err(|reason| DataError::BadFunding { text: text.to_owned(), reason })
    }
}

impl fmt::Display for FundingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed { percent, every } => write!(f, "{FIXED}{percent}%/{every}"),
            Self::File(file) => file.fmt(f),
        }
    }
}

impl fmt::Display for FundingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let marks = self.marks.as_ref().map(|path| path.display().to_string());
        let options = [("rate", self.rate.as_ref()), ("mark", self.mark.as_ref()), ("marks", marks.as_ref())];
        write!(f, "{}", self.path.display())?;
        let given = options.iter().filter_map(|(name, value)| Some((name, (*value)?)));
        for ((name, value), sign) in given.zip(std::iter::once('?').chain(std::iter::repeat('&'))) {
            write!(f, "{sign}{name}={value}")?;
        }
        Ok(())
    }
}

fn fixed(text: &str) -> Result<FundingSource, String> {
    let (percent, every) = text.split_once("%/").ok_or_else(|| "a fixed rate is written as in `fixed:0.01%/8h`".to_owned())?;
    let whole = Decimal::ONE_HUNDRED;
    let rate = percent.trim().parse().ok().filter(|percent: &Decimal| percent.abs() <= whole);
    let percent = rate.ok_or_else(|| format!("`{percent}` is not a number of percent from -100 to 100"))?;
    let names = Timeframe::ALL.iter().map(|timeframe| timeframe.as_str());
    let every = Timeframe::parse(every.trim()).ok_or_else(|| format!("`{every}` is no interval; {}", nearest(every, names)))?;
    Ok(FundingSource::Fixed { percent, every })
}

fn file(text: &str) -> Result<FundingFile, String> {
    let (path, options) = text.split_once('?').unwrap_or((text, ""));
    let mut file = FundingFile { path: PathBuf::from(path), ..FundingFile::default() };
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').filter(|(_, value)| !value.is_empty()).unwrap_or((option, ""));
        if value.is_empty() {
            return Err(format!("`{option}` is not `option=value`"));
        }
        match name {
            "rate" => file.rate = Some(value.to_owned()),
            "mark" => file.mark = Some(value.to_owned()),
            "marks" => file.marks = Some(PathBuf::from(value)),
            _ => return Err(format!("unknown option `{name}`; {}", nearest(name, OPTIONS))),
        }
    }
    match (&file.mark, &file.marks) {
        (Some(_), Some(_)) => Err("`mark` and `marks` both say where mark prices come from".to_owned()),
        _ => Ok(file),
    }
}

impl FundingFile {
    /// Reads the rates: CSV, Parquet, or CSV in a zip archive or in gzip.
    ///
    /// CSV needs a header. The time is the column `timestamp`, `time`, `fundingTime`, `calc_time` or `fundingRateTimestamp`, the rate
    /// `rate`, `funding_rate`, `fundingRate` or `last_funding_rate`, the mark price, if there is one, `mark`, `mark_price` or
    /// `markPrice`; letter case does not matter, and further columns are passed over.
    ///
    /// # Errors
    /// [`DataError`], for a file that cannot be read, the first row that breaks a rule, and a rate without a mark price where `marks`
    /// should have it.
    pub fn load(&self) -> Result<FundingSeries, DataError> {
        let source = self.path.display().to_string();
        if self.path.is_dir() {
            return Err(DataError::Io { file: source, reason: "is a directory, not a file".to_owned() });
        }
        let bytes = std::fs::read(&self.path).map_err(|error| DataError::io(&source, &error))?;
        let mut rates = rows::read(bytes, &source, self)?;
        if let Some(marks) = &self.marks {
            mark(&mut rates, &source, &read(marks, Timeframe::H8)?)?;
        }
        let marked = rates.iter().all(|rate| rate.mark.is_some());
        Ok(FundingSeries { rates, source, marked })
    }
}

/// Gives each rate the open of the bar that opens when it is settled.
fn mark(rates: &mut [FundingRate], file: &str, marks: &crate::BarSeries) -> Result<(), DataError> {
    for rate in rates {
        let after = marks.bars.partition_point(|bar| bar.time < rate.time);
        let bar = marks.bars.get(after).filter(|bar| bar.time == rate.time);
        let mark = bar.and_then(|bar| Price::new(decimal_of(bar.open)?));
        rate.mark = Some(mark.ok_or_else(|| {
            let near = [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|place| marks.bars.get(place));
            let nearest = near.map(|bar| bar.time).min_by_key(|time| time.nanos_since(rate.time).abs());
            let nearest = nearest.unwrap_or(UnixNanos::MIN);
            DataError::NoMark { marks: marks.source.clone(), file: file.to_owned(), time: rate.time, nearest }
        })?);
    }
    Ok(())
}

/// One source of funding for every symbol of a run.
///
/// Written `BTCUSDT=btc.csv,ETHUSDT=fixed:0.01%/8h`, or as one source without a name: a fixed rate is for every symbol then, a file
/// for the main one.
///
/// ```
/// use metaexpert_core::Symbol;
/// use metaexpert_data::FundingSources;
/// let (btc, eth) = (Symbol::new("BTCUSDT").unwrap(), Symbol::new("ETHUSDT").unwrap());
/// let both = FundingSources::parse("fixed:0.01%/8h").unwrap();
/// assert!(both.of(&btc, true).is_some() && both.of(&eth, false).is_some());
/// let main = FundingSources::parse("funding.csv").unwrap();
/// assert!(main.of(&btc, true).is_some() && main.of(&eth, false).is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundingSources(Vec<(Option<Symbol>, FundingSource)>);

impl FundingSources {
    /// Reads one source, or several with their symbols.
    ///
    /// # Errors
    /// As [`FundingSource::parse`]; a symbol that stands there twice; a source without a symbol among others.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        if named(text).is_none() {
            return FundingSource::parse(text).map(|source| Self(vec![(None, source)]));
        }
        let mut sources: Vec<(Option<Symbol>, FundingSource)> = Vec::new();
        for piece in text.split(',') {
            let refuse = |reason| DataError::BadFunding { text: text.to_owned(), reason };
            let Some((symbol, source)) = named(piece) else {
                return Err(refuse(format!("`{piece}` names no symbol; write `SYMBOL=source`")));
            };
            if sources.iter().any(|(other, _)| other.as_ref() == Some(&symbol)) {
                return Err(refuse(format!("`{symbol}` stands there twice")));
            }
            sources.push((Some(symbol), FundingSource::parse(source)?));
        }
        Ok(Self(sources))
    }

    /// The source of this symbol, which may be the main one of its expert.
    pub fn of(&self, symbol: &Symbol, is_main: bool) -> Option<&FundingSource> {
        let serves = |name: &Option<Symbol>, source: &FundingSource| match name {
            Some(name) => name == symbol,
            None => is_main || matches!(source, FundingSource::Fixed { .. }),
        };
        self.0.iter().find_map(|(name, source)| serves(name, source).then_some(source))
    }

    /// Every symbol that is named.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.0.iter().filter_map(|(symbol, _)| symbol.as_ref())
    }
}

#[cfg(test)]
mod tests;
