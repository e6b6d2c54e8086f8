//! Which characters parameters are made of, with the expressions that refusals quote.
//!
//! The one decision: no regular expressions are run; each is a line of Rust beside the expression that Binance shows for it
//! (-1100 `ILLEGAL_CHARS`, as its answers have it).

/// Whole numbers.
pub(in crate::binance::door) const INTEGER: &str = "^[0-9]{1,20}$";
/// Decimal numbers.
pub(in crate::binance::door) const DECIMAL: &str = r"^([0-9]{1,20})(\.[0-9]{1,20})?$";
/// Yes and no.
pub(in crate::binance::door) const FLAG: &str = "^(true|false)$";
/// Symbols; letters may be of any script (spot change log, 2025-12-02).
pub(in crate::binance::door) const SYMBOL: &str = r"^[\w\-._&&[^a-z]]{1,50}$";
/// Clients' names for orders.
pub(in crate::binance::door) const CLIENT_ID: &str = r"^[a-zA-Z0-9-_.:/]{1,36}$";
/// Lists of symbols.
pub(in crate::binance::door) const LIST: &str = r#"^\[("[\w\-._&&[^a-z]]{1,50}"(,"[\w\-._&&[^a-z]]{1,50}"){0,}){0,1}\]$"#;
/// Keys, as `X-MBX-APIKEY` has them.
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 1..=128;

pub(in crate::binance::door) fn is_integer(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(in crate::binance::door) fn is_decimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    is_integer(whole) && fraction.is_none_or(is_integer)
}

pub(in crate::binance::door) fn is_symbol(text: &str) -> bool {
    let legal = |c: char| (c.is_alphanumeric() && !c.is_ascii_lowercase()) || matches!(c, '-' | '.' | '_');
    (1..=50).contains(&text.chars().count()) && text.chars().all(legal)
}

pub(in crate::binance::door) fn is_client_id(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/');
    (1..=36).contains(&text.len()) && text.bytes().all(legal)
}

pub(in crate::binance::door) fn is_key(text: &str) -> bool {
    KEY_LENGTH.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
