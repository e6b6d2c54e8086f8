//! One value of a rule: a number, a time, a name out of a few. What is wrong is said as the rule that it breaks.

use std::time::Duration;

use rust_decimal::Decimal;

/// The nearest of some words, as the end of a message; all of them where none is near.
pub(crate) fn hint(word: &str, words: &[&str]) -> String {
    match metaexpert_core::config::nearest(word, words.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; there are {}", words.join(", ")),
    }
}

/// A time with its unit: `250ms`, `10s`, `1.5h`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let rule = || "must be a time with its unit, such as `250ms`, `10s`, `5m` or `1h`".to_owned();
    let unit = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(rule)?;
    let (number, unit) = text.split_at(unit);
    let nanos: i64 = match unit {
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        _ => return Err(rule()),
    };
    let number: Decimal = number.parse().map_err(|_| rule())?;
    let nanos = number.checked_mul(nanos.into()).and_then(|nanos| u64::try_from(nanos).ok()).ok_or_else(rule)?;
    Ok(Duration::from_nanos(nanos))
}

/// A time that may be negative, in nanoseconds.
pub(super) fn skew(text: &str) -> Result<i64, String> {
    let (sign, size) = text.strip_prefix('-').map_or((1, text.strip_prefix('+').unwrap_or(text)), |size| (-1, size));
    let nanos = i64::try_from(duration(size)?.as_nanos()).map_err(|_| "is too long".to_owned())?;
    Ok(sign * nanos)
}

pub(super) fn probability(text: &str) -> Result<f64, String> {
    let probability = text.parse().ok().filter(|probability| (0.0..=1.0).contains(probability));
    probability.ok_or_else(|| "must be a probability, from 0 to 1".to_owned())
}

pub(super) fn count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "must be a whole number, 0 or more".to_owned())
}

pub(super) fn positive(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "must be a whole number, 1 or more".to_owned())
}

pub(super) fn quantity(text: &str) -> Result<Decimal, String> {
    let quantity = text.parse().ok().filter(|quantity: &Decimal| *quantity > Decimal::ZERO);
    quantity.ok_or_else(|| "must be a quantity above 0".to_owned())
}

/// Seconds that fit where protocols have them.
pub(super) fn short(seconds: u64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// One of some names.
pub(super) fn one_of<T: Copy>(text: &str, names: &[(&str, T)]) -> Result<T, String> {
    names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = names.iter().map(|(name, _)| format!("`{name}`")).collect();
        format!("must be {}", names.join(" or "))
    })
}
