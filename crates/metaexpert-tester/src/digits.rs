//! Exact numbers and times as text, appended to a buffer: what `Display` gives, at a tenth of its cost.

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

/// Plain digits without trailing zeros and without an exponent.
pub(crate) fn push_decimal(out: &mut Vec<u8>, value: Decimal) {
    push_scaled(out, value.mantissa(), value.scale());
}

/// `mantissa / 10^scale`, as [`push_decimal`] writes it; `scale` up to 28.
pub(crate) fn push_scaled(out: &mut Vec<u8>, mantissa: i128, mut scale: u32) {
    let mut rest = mantissa.unsigned_abs();
    if rest == 0 {
        out.push(b'0');
        return;
    }
    if mantissa < 0 {
        out.push(b'-');
    }
    // A u128 has at most 39 digits. What is not written stays a zero, which is what it should be.
    let mut digits = [b'0'; 48];
    let mut start = digits.len();
    while rest > u128::from(u64::MAX) {
        put(&mut digits, start, u64::try_from(rest % CHUNK).unwrap_or_default());
        rest /= CHUNK;
        start -= CHUNK_DIGITS;
    }
    start = put(&mut digits, start, u64::try_from(rest).unwrap_or_default());
    let mut end = digits.len();
    while scale > 0 && digits.get(end - 1) == Some(&b'0') {
        end -= 1;
        scale -= 1;
    }
    let scale = usize::try_from(scale).unwrap_or_default();
    let point = end - scale;
    if scale == 0 {
        out.extend_from_slice(digits.get(start..end).unwrap_or_default());
    } else {
        if start < point {
            out.extend_from_slice(digits.get(start..point).unwrap_or_default());
        } else {
            out.push(b'0');
        }
        out.push(b'.');
        out.extend_from_slice(digits.get(point..end).unwrap_or_default());
    }
}

const CHUNK: u128 = 10_u128.pow(16);
const CHUNK_DIGITS: usize = 16;

/// Writes `value` so that it ends before `end`, two digits at a time; gives where it begins.
fn put(digits: &mut [u8; 48], mut end: usize, mut value: u64) -> usize {
    while value >= 10 {
        let pair = usize::try_from(value % 100).unwrap_or_default();
        value /= 100;
        end -= 2;
        if let (Some(place), Some(pair)) = (digits.get_mut(end..end + 2), PAIRS.get(pair)) {
            place.copy_from_slice(pair);
        }
    }
    if value > 0 {
        end -= 1;
        if let Some(place) = digits.get_mut(end) {
            *place = digit(value);
        }
    }
    end
}

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut value = 0;
    while value < 100 {
        #[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "in a constant, below 100")]
        {
            pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        }
        value += 1;
    }
    pairs
};

const fn digit(value: u64) -> u8 {
    b'0' + (value % 10) as u8
}

/// Writes times, and remembers the date of the last one, since the next is mostly of the same day.
#[derive(Debug, Default)]
pub(crate) struct Times {
    day: Option<i64>,
    date: Vec<u8>,
}

impl Times {
    /// RFC 3339 in UTC, as `UnixNanos` shows itself.
    pub(crate) fn push(&mut self, out: &mut Vec<u8>, time: UnixNanos) {
        let day = time.utc_day();
        if self.day != Some(day) {
            // The calendar is asked once a day: midnight is `2022-01-01T00:00:00Z`.
            let midnight = UnixNanos::from_nanos(day.saturating_mul(NANOS_PER_DAY)).to_string();
            self.date = midnight.into_bytes();
            self.date.truncate("2022-01-01T".len());
            self.day = Some(day);
        }
        out.extend_from_slice(&self.date);
        let nanos = time.as_nanos().rem_euclid(NANOS_PER_DAY).unsigned_abs();
        let (seconds, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
        for (value, end) in [(seconds / 3_600, b':'), (seconds / 60 % 60, b':')] {
            out.extend_from_slice(&[digit(value / 10), digit(value), end]);
        }
        out.extend_from_slice(&[digit(seconds % 60 / 10), digit(seconds % 60)]);
        if fraction > 0 {
            out.push(b'.');
            let all: [u8; 9] = std::array::from_fn(|place| {
                let below = 8 - u32::try_from(place).unwrap_or_default();
                digit(fraction / 10_u64.pow(below))
            });
            let shown = all.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
            out.extend_from_slice(all.get(..shown).unwrap_or_default());
        }
        out.push(b'Z');
    }
}

const NANOS_PER_DAY: i64 = 86_400_000_000_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(value: Decimal) -> String {
        let mut out = Vec::new();
        push_decimal(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    fn time(time: UnixNanos) -> String {
        let (mut out, mut times) = (Vec::new(), Times::default());
        times.push(&mut out, UnixNanos::from_nanos(0));
        out.clear();
        times.push(&mut out, time);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn zeros_stand_only_where_they_count() {
        for (mantissa, scale, expect) in [
            (0, 5, "0"),
            (5, 0, "5"),
            (100, 0, "100"),
            (100, 2, "1"),
            (100, 1, "10"),
            (5, 3, "0.005"),
            (-1_050, 3, "-1.05"),
            (10_i128.pow(27), 20, "10000000"),
            (10_i128.pow(20) + 10, 2, "1000000000000000000.1"),
            (12 * 10_i128.pow(18), 18, "12"),
        ] {
            let mut out = Vec::new();
            push_scaled(&mut out, mantissa, scale);
            assert_eq!(String::from_utf8(out).unwrap(), expect, "{mantissa} {scale}");
        }
    }

    proptest! {
        #[test]
        fn a_decimal_reads_as_it_shows_itself(low: u32, mid: u32, high in prop_oneof![Just(0), any::<u32>()], negative: bool, scale in 0_u32..=28) {
            let value = Decimal::from_parts(low, mid, high, negative, scale);
            prop_assert_eq!(decimal(value), value.normalize().to_string());
        }

        #[test]
        fn round_numbers_too(small in -1000_i64..1000, zeros in 0_u32..12, scale in 0_u32..=28) {
            let value = Decimal::from_i128_with_scale(i128::from(small) * 10_i128.pow(zeros), scale);
            prop_assert_eq!(decimal(value), value.normalize().to_string());
        }

        #[test]
        fn a_time_reads_as_it_shows_itself(nanos: i64) {
            let shown = UnixNanos::from_nanos(nanos);
            prop_assert_eq!(time(shown), shown.to_string());
            let whole = UnixNanos::from_nanos(nanos - nanos.rem_euclid(1_000_000_000));
            prop_assume!(nanos > i64::MIN + 1_000_000_000);
            prop_assert_eq!(time(whole), whole.to_string());
        }
    }
}
