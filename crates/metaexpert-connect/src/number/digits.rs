//! ASCII digits to numbers, in one pass.

use rust_decimal::Decimal;

/// Sign, digits without the point, and how many of them stand behind it; `None` for everything but plain digits that fit.
const fn plain(bytes: &[u8]) -> Option<(bool, u64, u32)> {
    let (is_negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        digits => (false, digits),
    };
    // 18 digits fit into 63 bits.
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let (mut mantissa, mut behind, mut seen_point, mut rest) = (0_u64, 0_u32, false, digits);
    while let [byte, left @ ..] = rest {
        rest = left;
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + (*byte - b'0') as u64;
                behind += seen_point as u32;
            }
            b'.' if !seen_point && digits.len() > 1 => seen_point = true,
            _ => return None,
        }
    }
    if !seen_point && digits.len() > 18 { None } else { Some((is_negative, mantissa, behind)) }
}

/// The decimal that digits write; with an exponent too.
///
/// ```
/// use metaexpert_connect::number::decimal_of_bytes;
/// use rust_decimal::dec;
/// assert_eq!(decimal_of_bytes(b"-0.00012500"), Some(dec!(-0.000125)));
/// assert_eq!(decimal_of_bytes(b"1e-7"), Some(dec!(0.0000001)));
/// assert_eq!(decimal_of_bytes(b"12,5"), None);
/// ```
pub fn decimal_of_bytes(bytes: &[u8]) -> Option<Decimal> {
    if let Some((is_negative, mantissa, behind)) = plain(bytes) {
        let mantissa = i64::try_from(mantissa).ok()?;
        return Some(Decimal::new(if is_negative { -mantissa } else { mantissa }, behind));
    }
    // An underscore between digits is Rust's, not an exchange's.
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('_'))?;
    let (before_exponent, _) = text.split_once(['e', 'E']).unwrap_or((text, ""));
    // Digits that do not fit are refused before there is an exponent: `from_scientific` would round them.
    let digits = Decimal::from_str_exact(before_exponent).ok()?;
    if before_exponent.len() == text.len() { Some(digits) } else { Decimal::from_scientific(text).ok() }
}

/// The float that digits write.
///
/// ```
/// use metaexpert_connect::number::float_of_bytes;
/// assert_eq!(float_of_bytes(b"61234.50"), Some(61234.5));
/// ```
#[expect(clippy::cast_precision_loss, reason = "only below 2^53, where each integer has its float")]
pub fn float_of_bytes(bytes: &[u8]) -> Option<f64> {
    // With both exact, one division rounds once and right (Clinger 1990, the fast path of every float parser).
    if let Some((is_negative, mantissa, behind)) = plain(bytes)
        && mantissa < 1 << 53
        && let Some(power) = POWERS.get(behind as usize)
    {
        let value = mantissa as f64 / power;
        return Some(if is_negative { -value } else { value });
    }
    std::str::from_utf8(bytes).ok()?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Powers of ten that are floats exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
    1e22,
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn decimals_are_what_their_own_parser_makes_of_them(text in "-?[0-9]{1,12}(\\.[0-9]{1,12})?") {
            prop_assert_eq!(decimal_of_bytes(text.as_bytes()), text.parse::<Decimal>().ok());
        }

        #[test]
        fn floats_are_what_the_standard_library_makes_of_them(text in "-?[0-9]{1,16}(\\.[0-9]{1,16})?") {
            prop_assert_eq!(float_of_bytes(text.as_bytes()).map(f64::to_bits), text.parse::<f64>().ok().map(f64::to_bits));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (decimal_of_bytes(&bytes), float_of_bytes(&bytes));
        }
    }

    #[test]
    fn digits_that_do_not_fit_are_none_and_never_rounded() {
        assert_eq!(decimal_of_bytes(b"0.000000000000000000000000000010303e2"), None);
        assert_eq!(decimal_of_bytes(b"0.00000000000000000000792286261426570001049e10"), None);
        assert_eq!(decimal_of_bytes(b"0.00000000000000000000000000001"), None);
        assert_eq!(decimal_of_bytes(b"1.2E10"), Some(Decimal::from(12_000_000_000_i64)));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "-.", "1.2.3", "NaN", "inf", "0x10", " 1", "1 ", "--1", "1_0"] {
            assert_eq!((decimal_of_bytes(text.as_bytes()), float_of_bytes(text.as_bytes())), (None, None), "{text:?}");
        }
    }
}
