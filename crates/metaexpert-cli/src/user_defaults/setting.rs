//! What a default can be: one of a few words, or a whole number between two limits.

use std::ops::RangeInclusive;

use clap::ValueEnum;
use metaexpert_core::config::{BadValue, nearest};
use toml_edit::Value;

use crate::command_line::{Exchange, Format, MarketType, Strategy};

/// A type of default. [`parse`](Self::parse) and [`to_text`](Self::to_text) are each other's inverse.
pub(super) trait Setting: Sized {
    /// Which values there are, in words.
    fn values(limits: RangeInclusive<u64>) -> String;
    /// What a user wrote on the command line.
    fn parse(text: &str, limits: RangeInclusive<u64>) -> Result<Self, BadValue>;
    /// What stands in the file.
    fn of_toml(value: &Value, limits: RangeInclusive<u64>) -> Result<Self, BadValue>;
    fn to_text(&self) -> String;
    fn to_toml(self) -> Value;
}

macro_rules! words {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            fn values(_: RangeInclusive<u64>) -> String {
                names::<Self>().join(", ")
            }

            fn parse(text: &str, _: RangeInclusive<u64>) -> Result<Self, BadValue> {
                word(text)
            }

            fn of_toml(value: &Value, _: RangeInclusive<u64>) -> Result<Self, BadValue> {
                let not_text = || BadValue::new(written(value), format!("{}, in quotation marks", one_of::<Self>()));
                value.as_str().ok_or_else(not_text).and_then(word)
            }

            fn to_text(&self) -> String {
                name_of(self)
            }

            fn to_toml(self) -> Value {
                name_of(&self).into()
            }
        }
    )+};
}

words!(Exchange, Strategy, MarketType, Format);

macro_rules! numbers {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            fn values(limits: RangeInclusive<u64>) -> String {
                between(&limits)
            }

            fn parse(text: &str, limits: RangeInclusive<u64>) -> Result<Self, BadValue> {
                let number = text.parse::<i128>().map_err(|_| BadValue::new(text, "is not a whole number"))?;
                number.try_into().ok().filter(|number: &u64| limits.contains(number)).and_then(|number| number.try_into().ok())
                    .ok_or_else(|| out_of(&limits, number))
            }

            fn of_toml(value: &Value, limits: RangeInclusive<u64>) -> Result<Self, BadValue> {
                let not_whole = || BadValue::new(written(value), "is not a whole number, without quotation marks");
                Self::parse(&value.as_integer().ok_or_else(not_whole)?.to_string(), limits)
            }

            fn to_text(&self) -> String {
                self.to_string()
            }

            fn to_toml(self) -> Value {
                // The limits of the table lie far below.
                i64::try_from(self).unwrap_or(i64::MAX).into()
            }
        }
    )+};
}

numbers!(u32, u64, usize);

fn word<W: ValueEnum>(text: &str) -> Result<W, BadValue> {
    let names = names::<W>();
    W::from_str(text, false)
        .map_err(|_| BadValue::new(text, one_of::<W>()).or_nearest(nearest(text, names.iter().map(String::as_str))))
}

fn one_of<W: ValueEnum>() -> String {
    let names: Vec<_> = names::<W>().iter().map(|name| format!("`{name}`")).collect();
    format!("is not one of {}", names.join(", "))
}

fn names<W: ValueEnum>() -> Vec<String> {
    W::value_variants().iter().map(name_of).collect()
}

/// Every word of the command line has a name; one that had none could not be chosen there either.
fn name_of<W: ValueEnum>(word: &W) -> String {
    word.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn between(limits: &RangeInclusive<u64>) -> String {
    format!("{} to {}", limits.start(), limits.end())
}

fn out_of(limits: &RangeInclusive<u64>, number: i128) -> BadValue {
    let below = number < 1;
    let end = if below { limits.start() } else { limits.end() };
    BadValue::new(number.to_string(), format!("is not in {}", between(limits))).or_nearest(Some(end.to_string()))
}

/// A value of the file as it was written, without the space and the comment around it.
fn written(value: &Value) -> String {
    value.clone().decorated("", "").to_string()
}
