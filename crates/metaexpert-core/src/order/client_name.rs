//! The name of an order as exchanges know it.
//!
//! The one decision: the name has the same form at every exchange, so that any of them, and any person who looks at one, can tell
//! our orders and trace them: `mx`, then the expert's number, the run and the order's number in base 36, seven digits each. That is
//! 23 letters and digits: Binance takes 36 characters, Bybit 36, OKX 32 letters and digits. A comment follows behind a dash where the
//! exchange has room for one.

use super::ClientOrderId;

const PREFIX: &str = "mx";
/// Of base 36, for one number: 36^7 is more than 2^32.
const DIGITS: usize = 7;
const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The name that an exchange is given for an order.
///
/// ```
/// use metaexpert_core::order::{ClientOrderId, client_name, read_client_name};
/// let id = ClientOrderId { strategy: 7, run: 3, sequence: 42 };
/// assert_eq!(client_name(id, None), "mx000000700000030000016");
/// assert_eq!(client_name(id, Some("ema")), "mx000000700000030000016-ema");
/// assert_eq!(read_client_name("mx000000700000030000016-ema"), Some(id));
/// assert_eq!(read_client_name("autoclose-1596107620040000020"), None);
/// ```
pub fn client_name(id: ClientOrderId, comment: Option<&str>) -> String {
    let mut name = String::with_capacity(PREFIX.len() + 3 * DIGITS + comment.map_or(0, |comment| comment.len() + 1));
    name.push_str(PREFIX);
    for number in [u64::from(id.strategy), u64::from(id.run), id.sequence] {
        put(&mut name, number);
    }
    if let Some(comment) = comment {
        name.push('-');
        name.push_str(comment);
    }
    name
}

/// Reads one of our names back; `None` for names that others gave.
pub fn read_client_name(name: &str) -> Option<ClientOrderId> {
    let (numbers, comment) = name.strip_prefix(PREFIX)?.split_at_checked(3 * DIGITS)?;
    if !(comment.is_empty() || comment.starts_with('-')) {
        return None;
    }
    let (strategy, rest) = numbers.split_at_checked(DIGITS)?;
    let (run, sequence) = rest.split_at_checked(DIGITS)?;
    Some(ClientOrderId {
        strategy: u32::try_from(read(strategy)?).ok()?,
        run: u32::try_from(read(run)?).ok()?,
        sequence: read(sequence)?,
    })
}

/// Adds a number in base 36, most significant digit first.
fn put(name: &mut String, number: u64) {
    let mut digits = [b'0'; DIGITS];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        let place = usize::try_from(rest % 36).unwrap_or_default();
        *digit = ALPHABET.get(place).copied().unwrap_or(b'0');
        rest /= 36;
    }
    name.extend(digits.iter().copied().map(char::from));
}

fn read(digits: &str) -> Option<u64> {
    // `from_str_radix` takes capitals and a sign, which this side never writes.
    let is_ours = digits.bytes().all(|digit| ALPHABET.contains(&digit));
    is_ours.then(|| u64::from_str_radix(digits, 36).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_name_is_read_back_and_fits_every_exchange(strategy: u32, run: u32, sequence in 0..78_364_164_096_u64) {
            let id = ClientOrderId { strategy, run, sequence };
            let name = client_name(id, None);
            prop_assert_eq!(name.len(), 23);
            prop_assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            prop_assert_eq!(read_client_name(&name), Some(id));
            prop_assert_eq!(read_client_name(&client_name(id, Some("twelve-chars"))), Some(id));
            prop_assert!(client_name(id, Some("twelve-chars")).len() <= 36);
        }
    }

    #[test]
    fn only_what_this_side_writes_is_read_as_ours() {
        for name in [
            "",
            "mx",
            "mx7-3-42",
            "mx00000070000003000001",
            "mx0000007000000300000166",
            "MX000000700000030000016",
            "mx000000700000030000O16",
            "mx+00000700000030000016",
            "mxzzzzzzz00000030000016",
        ] {
            assert_eq!(read_client_name(name), None, "{name}");
        }
    }
}
