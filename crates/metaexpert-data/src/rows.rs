//! Row by row: what a row must be to become a bar.
//!
//! Every source of bars ends here, so that a bar from a file, from memory or from a seed obeys the same rules.

use metaexpert_core::{Bar, Timeframe, UnixNanos};

use crate::{
    DataError,
    digits::Digits,
    error::{BadRow, Place, Rule},
    grid::{self, OffGrid},
    series::BarSeries,
};

/// The columns of a bar, as the messages name them (the time by the file's own name).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Time,
    Open,
    High,
    Low,
    Close,
    Volume,
    /// Of a file of funding rates.
    Rate,
    /// Of a file of funding rates.
    Mark,
}

impl Column {
    /// Open, high, low, close, volume: as they stand in [`Values`].
    pub(crate) const VALUES: [Self; 5] = [Self::Open, Self::High, Self::Low, Self::Close, Self::Volume];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Time => "timestamp",
            Self::Open => "open",
            Self::High => "high",
            Self::Low => "low",
            Self::Close => "close",
            Self::Volume => "volume",
            Self::Rate => "rate",
            Self::Mark => "mark",
        }
    }
}

/// Open, high, low, close, volume.
pub(crate) type Values = [f64; 5];

/// A row that is refused; whoever reads the file adds its name and the place.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) column: Column,
    pub(crate) value: String,
    pub(crate) rule: Rule,
}

impl Refusal {
    pub(crate) fn new(column: Column, value: &impl ToString, rule: Rule) -> Self {
        Self { column, value: value.to_string(), rule }
    }
}

/// The bars of one source while they are read.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    bars: Vec<Bar>,
    price: Digits,
    volume: Digits,
}

impl Rows {
    pub(crate) fn with_capacity(bars: usize) -> Self {
        Self { bars: Vec::with_capacity(bars), ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.bars.len()
    }

    /// Takes one more row, if it is a bar that comes after the others.
    #[inline]
    pub(crate) fn push(&mut self, time: UnixNanos, values: Values) -> Result<(), Refusal> {
        if self.bars.last().is_some_and(|last| time <= last.time) {
            return Err(self.out_of_order(time));
        }
        check_numbers(values)?;
        let [open, high, low, close, volume] = values;
        let bar = Bar {
            time,
            open: self.price.canonical(open),
            high: self.price.canonical(high),
            low: self.price.canonical(low),
            close: self.price.canonical(close),
            volume: self.volume.canonical(volume + 0.0), // a zero has no sign
        };
        check_order(&bar)?;
        self.bars.push(bar);
        Ok(())
    }

    #[cold]
    fn out_of_order(&self, time: UnixNanos) -> Refusal {
        let previous = self.bars.last().map_or(time, |last| last.time);
        let rule = if time == previous { Rule::Duplicate } else { Rule::Disorder { previous } };
        Refusal::new(Column::Time, &time, rule)
    }

    /// The series, if the bars lie on the grid of a timeframe. `default` is the timeframe of a single bar.
    pub(crate) fn finish(self, file: &Origin<'_>, default: Timeframe) -> Result<BarSeries, DataError> {
        let (timeframe, gaps) = grid::find(&self.bars, default).map_err(|refusal| match refusal {
            OffGrid::Empty => DataError::NoBars { file: file.name.to_owned() },
            OffGrid::UnknownTimeframe { index, spacing, nearest } => {
                DataError::UnknownTimeframe { file: file.name.to_owned(), place: (file.place)(index), spacing, nearest }
            }
            OffGrid::Row { index, time, rule } => file.refuse(index, Refusal::new(Column::Time, &time, rule)),
        })?;
        Ok(BarSeries {
            timeframe,
            bars: self.bars,
            source: file.name.to_owned(),
            synthetic: false,
            gaps,
            price_step: self.price.step(),
            volume_step: self.volume.step(),
        })
    }
}

/// Where rows come from, as far as messages need it.
pub(crate) struct Origin<'a> {
    /// The file's name as the user wrote it.
    pub(crate) name: &'a str,
    /// What the file calls the column of the times.
    pub(crate) time_column: &'a str,
    /// Where the row with this index (from 0) stands.
    pub(crate) place: &'a dyn Fn(usize) -> Place,
}

impl Origin<'_> {
    /// The refusal of the row with this index, as users see it.
    #[cold]
    pub(crate) fn refuse(&self, index: usize, refusal: Refusal) -> DataError {
        let column = if refusal.column == Column::Time { self.time_column } else { refusal.column.name() };
        DataError::BadRow(Box::new(BadRow {
            file: self.name.to_owned(),
            place: (self.place)(index),
            column: column.to_owned(),
            value: refusal.value,
            rule: refusal.rule,
        }))
    }
}

/// Smallest price: its 15th digit is the 27th decimal, and a `Decimal` holds 28.
const PRICE_MIN: f64 = 1e-13;
/// Largest price: times a quantity of as many digits it still fits a `Decimal`.
const PRICE_MAX: f64 = 1e13;
const VOLUME_MAX: f64 = 1e25;

#[inline]
fn check_numbers(values: Values) -> Result<(), Refusal> {
    let [open, high, low, close, volume] = values;
    let price = |value: f64| (PRICE_MIN..=PRICE_MAX).contains(&value);
    if price(open) && price(high) && price(low) && price(close) && (0.0..=VOLUME_MAX).contains(&volume) {
        return Ok(());
    }
    Err(bad_number(values))
}

#[cold]
fn bad_number(values: Values) -> Refusal {
    let rule = |column: Column, value: f64| match column {
        _ if value.is_nan() => Some(Rule::NotANumber),
        _ if value.is_infinite() => Some(Rule::NotFinite),
        Column::Volume if value < 0.0 => Some(Rule::Negative),
        Column::Volume => (value > VOLUME_MAX).then_some(Rule::NotAVolume),
        _ if value <= 0.0 => Some(Rule::NotPositive),
        _ => (!(PRICE_MIN..=PRICE_MAX).contains(&value)).then_some(Rule::NotAPrice),
    };
    let mut refusals = Column::VALUES.into_iter().zip(values);
    refusals
        .find_map(|(column, value)| Some(Refusal::new(column, &value, rule(column, value)?)))
        .unwrap_or_else(|| Refusal::new(Column::Open, &f64::NAN, Rule::NotANumber))
}

#[inline]
fn check_order(bar: &Bar) -> Result<(), Refusal> {
    let Bar { open, high, low, close, .. } = *bar;
    if low <= open && low <= close && open <= high && close <= high {
        return Ok(());
    }
    Err(if low > high {
        Refusal::new(Column::Low, &low, Rule::Above { other: "high", limit: high })
    } else if high < open {
        Refusal::new(Column::High, &high, Rule::Below { other: "open", limit: open })
    } else if high < close {
        Refusal::new(Column::High, &high, Rule::Below { other: "close", limit: close })
    } else if low > open {
        Refusal::new(Column::Low, &low, Rule::Above { other: "open", limit: open })
    } else {
        Refusal::new(Column::Low, &low, Rule::Above { other: "close", limit: close })
    })
}
