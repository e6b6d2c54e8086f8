//! Keys whose value is a set: of hours, of days, of kinds of notices. Each is bits in a number, so that asking costs nothing.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{
    choice::NoticeKind,
    nearest::nearest,
    value::{BadValue, KeyValue},
};

/// Hours of the UTC day, never none.
///
/// ```
/// use metaexpert_core::config::HourSet;
/// let hours = HourSet::parse("9-11,22-1").unwrap();
/// assert!(hours.contains(10) && hours.contains(0) && !hours.contains(12));
/// assert_eq!(hours.to_string(), "0,1,9,10,11,22,23");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HourSet(u32);

/// Days of the UTC week, never none.
///
/// ```
/// use metaexpert_core::config::DaySet;
/// let days = DaySet::parse("mon-wed,Saturday").unwrap();
/// assert!(days.contains(0) && days.contains(5) && !days.contains(6));
/// assert_eq!(days.to_string(), "mon,tue,wed,sat");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DaySet(u32);

/// Kinds of notices, never none.
///
/// ```
/// use metaexpert_core::config::{KeyValue, NoticeKind, NoticeSet};
/// let notices = NoticeSet::parse("halt, error").unwrap();
/// assert!(notices.contains(NoticeKind::Halt) && !notices.contains(NoticeKind::Trade));
/// assert_eq!(notices.to_text(), "error,halt");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoticeSet(u32);

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl HourSet {
    pub(super) const REFUSAL: &'static str = "is not a list of hours from 0 to 23, such as `9,10,11` or `9-17`";

    /// Whether an hour of the UTC day, 0 to 23, is one of them.
    pub const fn contains(self, hour: u8) -> bool {
        hour < 24 && self.0 & (1 << hour) != 0
    }

    /// Reads `9,10,11` or `9-17`, the last hour included; `22-3` goes over midnight. Usable in constants.
    pub const fn parse(text: &str) -> Option<Self> {
        match bits(text.as_bytes(), Element::Hour) {
            Some(bits) => Some(Self(bits)),
            None => None,
        }
    }
}

impl DaySet {
    pub(super) const REFUSAL: &'static str = "is not a list of days, such as `mon,tue` or `mon-fri`";

    /// Whether a day of the UTC week, 0 (Monday) to 6 (Sunday), is one of them.
    pub const fn contains(self, day: u8) -> bool {
        day < 7 && self.0 & (1 << day) != 0
    }

    /// The short name of a day, 0 (Monday) to 6 (Sunday); empty for any other number.
    pub fn name_of(day: u8) -> &'static str {
        DAYS.get(usize::from(day)).and_then(|name| name.get(..3)).unwrap_or_default()
    }

    /// Reads `mon,tue` or `mon-fri`, the last day included; `sat-mon` goes over the end of the week. Full names and
    /// capitals do too. Usable in constants.
    pub const fn parse(text: &str) -> Option<Self> {
        match bits(text.as_bytes(), Element::Day) {
            Some(bits) => Some(Self(bits)),
            None => None,
        }
    }
}

impl NoticeSet {
    /// Every kind.
    pub const ALL: Self = Self((1 << NoticeKind::ALL.len()) - 1);

    /// Whether a kind is one of them.
    pub const fn contains(self, kind: NoticeKind) -> bool {
        self.0 & (1 << kind as u32) != 0
    }
}

impl fmt::Display for HourSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl fmt::Display for DaySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl Serialize for HourSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for DaySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl KeyValue for HourSet {
    const PLACEHOLDER: &'static str = "HOURS";

    fn parse(text: &str) -> Result<Self, BadValue> {
        Self::parse(text).ok_or_else(|| BadValue::new(text, Self::REFUSAL))
    }

    fn to_text(&self) -> String {
        let hours: Vec<_> = (0..24).filter(|hour| self.contains(*hour)).map(|hour| hour.to_string()).collect();
        hours.join(",")
    }
}

impl KeyValue for DaySet {
    const PLACEHOLDER: &'static str = "DAYS";

    fn parse(text: &str) -> Result<Self, BadValue> {
        Self::parse(text).ok_or_else(|| BadValue::new(text, Self::REFUSAL))
    }

    fn to_text(&self) -> String {
        let days: Vec<_> = (0..7).filter(|day| self.contains(*day)).map(Self::name_of).collect();
        days.join(",")
    }
}

impl KeyValue for NoticeSet {
    const PLACEHOLDER: &'static str = "NOTICES";

    fn parse(text: &str) -> Result<Self, BadValue> {
        text.split(',').map(str::trim).try_fold(Self(0), |set, word| {
            let kind = NoticeKind::parse(word).ok_or_else(|| {
                let rule = "is not a list of `error`, `halt`, `trade` and `daily`";
                BadValue::new(text, rule).or_nearest(nearest(word, NoticeKind::CHOICES.iter().copied()))
            })?;
            Ok(Self(set.0 | 1 << kind as u32))
        })
    }

    fn to_text(&self) -> String {
        let kinds: Vec<_> = NoticeKind::ALL.iter().filter(|kind| self.contains(**kind)).map(|kind| kind.as_str()).collect();
        kinds.join(",")
    }
}

#[derive(Clone, Copy)]
enum Element {
    Hour,
    Day,
}

impl Element {
    const fn count(self) -> u8 {
        match self {
            Self::Hour => 24,
            Self::Day => 7,
        }
    }

    const fn parse(self, text: &[u8]) -> Option<u8> {
        let text = text.trim_ascii();
        match self {
            Self::Hour => hour(text),
            Self::Day => day(text),
        }
    }
}

/// The bits of a list such as `1,3-5`.
const fn bits(text: &[u8], element: Element) -> Option<u32> {
    let (item, rest) = match split(text, b',') {
        Some((item, rest)) => (item, Some(rest)),
        None => (text, None),
    };
    let (from, to) = match split(item, b'-') {
        Some((from, to)) => (element.parse(from), element.parse(to)),
        None => (element.parse(item), element.parse(item)),
    };
    let (Some(mut at), Some(to)) = (from, to) else { return None };
    let mut found: u32 = 1 << to;
    while at != to {
        found |= 1 << at;
        at = (at + 1) % element.count();
    }
    match rest {
        None => Some(found),
        Some(rest) => match bits(rest, element) {
            Some(others) => Some(found | others),
            None => None,
        },
    }
}

/// What stands before and after the first `separator`.
const fn split(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let mut length = 0;
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        if *first == separator {
            return Some((text.split_at(length).0, tail));
        }
        length += 1;
        rest = tail;
    }
    None
}

const fn hour(text: &[u8]) -> Option<u8> {
    let hour = match text {
        [units @ b'0'..=b'9'] => *units - b'0',
        [tens @ b'0'..=b'2', units @ b'0'..=b'9'] => (*tens - b'0') * 10 + (*units - b'0'),
        _ => return None,
    };
    if hour < 24 { Some(hour) } else { None }
}

const fn day(text: &[u8]) -> Option<u8> {
    let mut index = 0;
    let mut rest: &[&str] = &DAYS;
    while let [name, tail @ ..] = rest {
        let name = name.as_bytes();
        if text.eq_ignore_ascii_case(name) || text.eq_ignore_ascii_case(name.split_at(3).0) {
            return Some(index);
        }
        index += 1;
        rest = tail;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list_of_hours_or_days_is_refused() {
        for text in ["", ",", "24", "9,", "9-", "-9", "9-10-11", "nine", "9;10", "009", "+9"] {
            assert_eq!(HourSet::parse(text), None, "{text:?}");
        }
        for text in ["", "mo", "monda", "mon,", "mon-", "0", "mon tue"] {
            assert_eq!(DaySet::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_set_is_written_as_it_is_read() {
        for text in ["0", "0,1,23", "9,10,11"] {
            assert_eq!(HourSet::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(HourSet::parse("0-23").unwrap(), HourSet::parse("12-11").unwrap());
        assert_eq!(DaySet::parse(" Sun - Mon ").unwrap().to_string(), "mon,sun");
    }
}
