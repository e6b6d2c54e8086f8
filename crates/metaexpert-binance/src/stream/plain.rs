//! JSON as Binance writes it when it is in a hurry: no spaces, no escapes.
//!
//! The one decision: each function takes what a text begins with and gives it up with what follows, or takes nothing. Whoever gets
//! nothing turns to the parser, so that no text is read wrongly here: at worst it is read twice.

use metaexpert_connect::number::float_of_bytes;
use metaexpert_core::UnixNanos;

/// The name of a field, and its value with all that follows.
pub(super) fn name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let end = text.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    Some((text.get(..end)?, text.get(end..)?.strip_prefix(b"\":")?))
}

/// A string of letters, digits and signs of ASCII.
pub(super) fn text(text: &[u8]) -> Option<(&str, &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let end = text.iter().position(|byte| *byte == b'"' || *byte == b'\\' || !byte.is_ascii_graphic())?;
    Some((std::str::from_utf8(text.get(..end)?).ok()?, text.get(end..)?.strip_prefix(b"\"")?))
}

/// An integer of up to 18 digits, without a sign and without a zero before it.
pub(super) fn integer(text: &[u8]) -> Option<(u64, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = text.split_at_checked(end)?;
    if !(1..=18).contains(&end) || (end > 1 && digits.first() == Some(&b'0')) || matches!(rest.first(), Some(b'.' | b'e' | b'E'))
    {
        return None;
    }
    Some((digits.iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0')), rest))
}

/// What stands in quotes.
pub(super) fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let end = text.iter().position(|byte| *byte == b'"')?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// A number in quotes.
pub(super) fn float(text: &[u8]) -> Option<(f64, &[u8])> {
    let (digits, rest) = quoted(text)?;
    Some((float_of_bytes(digits)?, rest))
}

/// Puts a value into its place, if it is the first one; gives what follows.
pub(super) fn once<'a, T>(place: &mut Option<T>, read: Option<(T, &'a [u8])>) -> Option<&'a [u8]> {
    let (value, rest) = read?;
    if place.is_some() {
        return None;
    }
    *place = Some(value);
    Some(rest)
}

/// A time from milliseconds, where there is one; 0 is none. `None` for a time that cannot be.
#[expect(clippy::option_option, reason = "no time, and no such time")]
pub(super) fn time(millis: Option<u64>) -> Option<Option<UnixNanos>> {
    match millis.filter(|millis| *millis > 0) {
        None => Some(None),
        Some(millis) => i64::try_from(millis).ok().and_then(UnixNanos::from_millis).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_plainest_form_is_taken() {
        assert_eq!(name(br#""u":5,"#), Some((&b"u"[..], &b"5,"[..])));
        for other in [r#""u" :5"#, r#""u\u0062":5"#, "u:5", r#""u"#, ""] {
            assert_eq!(name(other.as_bytes()), None, "{other}");
        }
        assert_eq!(text(br#""ETHUSDT","#), Some(("ETHUSDT", &b","[..])));
        for other in ["\"\u{8fd9}\"", r#""a\"b""#, r#""a b""#, r#""a"#, "5", ""] {
            assert_eq!(text(other.as_bytes()), None, "{other}");
        }
        assert_eq!(float(br#""12.50","#), Some((12.5, &b","[..])));
        for other in ["12.5,", "\"\",", "\"12.5", r#""1\u0032","#, ""] {
            assert_eq!(float(other.as_bytes()), None, "{other}");
        }
        assert_eq!(integer(b"1790000000123,"), Some((1_790_000_000_123, &b","[..])));
        assert_eq!(integer(b"0}"), Some((0, &b"}"[..])));
        for other in ["", "5", "-5,", "05,", "1.5,", "1e3,", "1234567890123456789,", "x,"] {
            assert_eq!(integer(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn a_field_that_comes_twice_is_not_taken() {
        let mut place = None;
        assert_eq!(once(&mut place, integer(b"1,")), Some(&b","[..]));
        assert_eq!(once(&mut place, integer(b"2,")), None);
        assert_eq!(place, Some(1));
    }

    #[test]
    fn a_time_of_0_is_none_and_one_beyond_all_years_is_no_time() {
        assert_eq!((time(None), time(Some(0))), (Some(None), Some(None)));
        assert_eq!(time(Some(1)), Some(UnixNanos::from_millis(1)));
        assert_eq!(time(Some(999_999_999_999_999_999)), None);
    }
}
