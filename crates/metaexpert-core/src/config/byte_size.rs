//! Sizes of files, as users write them: `10 MiB`.

use std::fmt;

use rust_decimal::Decimal;

use super::value::{BadValue, IntoValue, KeyValue, decimal};

/// A number of bytes.
///
/// `KiB`, `MiB`, `GiB` and `TiB` count in 1024s, `kB`, `MB`, `GB` and `TB` in 1000s; a number alone is bytes.
///
/// ```
/// use metaexpert_core::config::ByteSize;
/// let size = ByteSize::parse("10 MiB").unwrap();
/// assert_eq!((size.bytes(), size.to_string()), (10_485_760, "10 MiB".to_owned()));
/// assert_eq!(ByteSize::parse("10485760"), Some(size));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

/// The units, the largest first: the first that a size is a multiple of gives it the fewest digits.
const UNITS: [(&str, u64); 8] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
];

impl ByteSize {
    pub(super) const REFUSAL: &'static str = "is not a whole size such as `10 MiB`, `512 KiB` or a number of bytes";

    /// So many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// How many bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// Reads a whole number of bytes or of a unit, in any case and with or without a space: `10 MiB`, `10mib`, `10485760`.
    /// Usable in constants.
    pub const fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes().trim_ascii();
        let (mut count, mut rest) = (0_u64, text);
        while let [digit @ b'0'..=b'9', tail @ ..] = rest {
            let Some(tens) = count.checked_mul(10) else { return None };
            let Some(sum) = tens.checked_add((*digit - b'0') as u64) else { return None };
            (count, rest) = (sum, tail);
        }
        if rest.len() == text.len() {
            return None;
        }
        let Some(unit) = unit(rest.trim_ascii()) else { return None };
        match count.checked_mul(unit) {
            Some(bytes) => Some(Self(bytes)),
            None => None,
        }
    }

    /// The size that somebody probably meant who wrote a fraction, or a unit by its first letter.
    fn nearest(text: &str) -> Option<String> {
        let text = text.trim();
        let (number, name) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()));
        let name = name.trim().as_bytes();
        let by_letter =
            || UNITS.iter().rfind(|(unit, _)| unit.ends_with("iB") && same_letter(unit.as_bytes(), name)).map(|unit| unit.1);
        let bytes = decimal(number)?.checked_mul(unit(name).or_else(by_letter)?.into())?;
        u64::try_from(bytes.trunc()).ok().filter(|bytes| *bytes > 0).map(|bytes| Self(bytes).to_string())
    }
}

impl fmt::Display for ByteSize {
    /// In the largest unit that it is a multiple of.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, unit)| self.0 > 0 && self.0.is_multiple_of(*unit)) {
            Some((name, unit)) => write!(f, "{} {name}", self.0 / unit),
            None => write!(f, "{}", self.0),
        }
    }
}

impl KeyValue for ByteSize {
    const PLACEHOLDER: &'static str = "SIZE";

    fn parse(text: &str) -> Result<Self, BadValue> {
        Self::parse(text).ok_or_else(|| BadValue::new(text, Self::REFUSAL).or_nearest(Self::nearest(text)))
    }

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn number(&self) -> Option<Decimal> {
        Some(self.0.into())
    }

    fn text_of(number: Decimal) -> String {
        let whole = u64::try_from(number).ok().filter(|_| number.is_integer());
        whole.map_or_else(|| number.to_text(), |bytes| Self(bytes).to_string())
    }
}

impl IntoValue<ByteSize> for u64 {
    fn into_value(self) -> Result<ByteSize, BadValue> {
        Ok(ByteSize(self))
    }
}

impl IntoValue<ByteSize> for i32 {
    fn into_value(self) -> Result<ByteSize, BadValue> {
        u64::try_from(self).map(ByteSize).map_err(|_| BadValue::new(self.to_string(), ByteSize::REFUSAL))
    }
}

/// How many bytes a unit is; no unit is one.
const fn unit(name: &[u8]) -> Option<u64> {
    if name.is_empty() || name.eq_ignore_ascii_case(b"B") {
        return Some(1);
    }
    let mut rest: &[(&str, u64)] = &UNITS;
    while let [(unit, bytes), tail @ ..] = rest {
        if name.eq_ignore_ascii_case(unit.as_bytes()) {
            return Some(*bytes);
        }
        rest = tail;
    }
    None
}

fn same_letter(left: &[u8], right: &[u8]) -> bool {
    left.first().zip(right.first()).is_some_and(|(left, right)| left.eq_ignore_ascii_case(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_with_any_unit_and_written_in_the_largest_that_fits() {
        for (text, bytes, written) in [
            ("10485760", 10_485_760, "10 MiB"),
            ("10 MiB", 10_485_760, "10 MiB"),
            ("10MiB", 10_485_760, "10 MiB"),
            (" 10  mib ", 10_485_760, "10 MiB"),
            ("10MB", 10_000_000, "10 MB"),
            ("512 KiB", 524_288, "512 KiB"),
            ("2048KiB", 2_097_152, "2 MiB"),
            ("1000 kb", 1_000_000, "1 MB"),
            ("1GiB", 1_073_741_824, "1 GiB"),
            ("3 TiB", 3_298_534_883_328, "3 TiB"),
            ("1025", 1_025, "1025"),
            ("7 B", 7, "7"),
            ("0", 0, "0"),
        ] {
            let size = ByteSize::parse(text).unwrap();
            assert_eq!((size.bytes(), size.to_string().as_str()), (bytes, written), "{text}");
            assert_eq!(ByteSize::parse(written), Some(size));
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_the_one_that_was_probably_meant() {
        for (text, nearest) in [
            ("", None),
            ("MiB", None),
            ("ten", None),
            ("99999999999999999999", None),
            ("10M", Some("10 MiB")),
            ("10 megabytes", Some("10 MiB")),
            ("1.5 GiB", Some("1536 MiB")),
            ("2.5", Some("2")),
            ("3 parsecs", None),
        ] {
            let bad = <ByteSize as KeyValue>::parse(text).unwrap_err();
            assert_eq!((bad.rule.as_str(), bad.nearest.as_deref()), (ByteSize::REFUSAL, nearest), "{text}");
        }
    }
}
