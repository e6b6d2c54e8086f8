//! How a secret may be spelt in a text: as it is, escaped, percent-encoded, in base64, in hexadecimal.
//!
//! The one decision: every spelling is found by looking for it, not by decoding the text, so the work is done once per secret and
//! not once per record. What is compressed, encrypted or hashed is not found; a hash is no secret.

use std::{collections::BTreeSet, fmt::Write};

/// A line of a secret of many lines (a PEM file) that is at least this long is a secret by itself.
const LINE: usize = 16;

/// Every spelling of this secret, without those shorter than `shortest` bytes.
pub(super) fn of(secret: &str, shortest: usize) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    spell(secret, &mut all);
    if secret.contains('\n') {
        let lines = || secret.lines().map(str::trim).filter(|line| !line.is_empty());
        let body: Vec<_> = lines().filter(|line| !line.starts_with("-----")).collect();
        body.iter().filter(|line| line.len() >= LINE).for_each(|line| spell(line, &mut all));
        spell(&body.concat(), &mut all);
        spell(&lines().collect::<Vec<_>>().join("\n"), &mut all);
        spell(&lines().collect::<Vec<_>>().join("\r\n"), &mut all);
    }
    all.retain(|spelling| spelling.len() >= shortest);
    all
}

fn spell(secret: &str, all: &mut BTreeSet<String>) {
    // The deepest that is usual: `{:?}` of an answer in whose JSON a text holds JSON.
    let mut deeper = BTreeSet::from([secret.to_owned()]);
    for _ in 0..3 {
        deeper = deeper.iter().flat_map(|text| escaped(text)).collect();
    }
    all.extend(deeper);
    all.extend(percent_encoded(secret));
    all.extend(in_base64(secret.as_bytes()));
    let bytes = secret.as_bytes();
    all.extend([in_hex(bytes, LOWER), in_hex(bytes, UPPER)]);
    // What `{:?}` makes of bytes, and a list of numbers in JSON.
    for between in [", ", ","] {
        all.insert(bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(between));
    }
    all.insert(bytes.escape_ascii().to_string());
}

/// As it is, in JSON (of three habits) and in Rust's `{:?}`.
fn escaped(text: &str) -> [String; 5] {
    let debug = format!("{text:?}");
    let debug = debug.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text).to_owned();
    let json = in_json(text);
    // PHP escapes the slash as well, Python all that is not ASCII.
    [text.to_owned(), debug, json.replace('/', "\\/"), ascii_only(&json), json]
}

fn in_json(text: &str) -> String {
    let mut json = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\0'..='\u{1f}' => push_unit(u16::try_from(u32::from(letter)).unwrap_or(0), &mut json),
            _ => json.push(letter),
        }
    }
    json
}

fn ascii_only(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() {
            ascii.push(letter);
        } else {
            let mut units = [0; 2];
            letter.encode_utf16(&mut units).iter().for_each(|&unit| push_unit(unit, &mut ascii));
        }
    }
    ascii
}

fn push_unit(unit: u16, json: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(json, "\\u{unit:04x}");
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

fn in_hex(bytes: &[u8], digits: &[u8; 16]) -> String {
    bytes.iter().flat_map(|&byte| hex(byte, digits)).collect()
}

fn hex(byte: u8, digits: &[u8; 16]) -> [char; 2] {
    [byte >> 4, byte & 15].map(|value| digits.get(usize::from(value)).map_or('0', |&digit| char::from(digit)))
}

/// By those sets of characters that are left alone: RFC 3986, section 2.3; HTML forms; JavaScript's `encodeURIComponent`;
/// Python's `quote`.
fn percent_encoded(secret: &str) -> Vec<String> {
    let mut all = Vec::new();
    for kept in ["-._~", "-._*", "-_.!~*'()", "-._~/"] {
        for space in ["%20", "+"] {
            for digits in [UPPER, LOWER] {
                let once = percent(secret, kept, space, digits);
                all.push(percent(&once, kept, space, digits));
                all.push(once);
            }
        }
    }
    all
}

fn percent(secret: &str, kept: &str, space: &str, digits: &[u8; 16]) -> String {
    let mut encoded = String::with_capacity(secret.len());
    for byte in secret.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            encoded.push(char::from(byte));
        } else if byte == b' ' {
            encoded.push_str(space);
        } else {
            encoded.push('%');
            encoded.extend(hex(byte, digits));
        }
    }
    encoded
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The base64 of the secret alone, padded and not, and what stays of it wherever it begins inside something longer
/// (`user:secret`): those letters all of whose six bits are the secret's. At most one letter on each side of them, of which it
/// has a part, is left.
fn in_base64(secret: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    for alphabet in [STANDARD, URL_SAFE] {
        let alone = base64(secret, 0, alphabet);
        let padded = format!("{alone}{}", "=".repeat((4 - alone.len() % 4) % 4));
        all.extend([alone, padded]);
        for before in 0..3 {
            let bits = 8 * before..8 * (before + secret.len());
            let whole = bits.start.div_ceil(6)..bits.end / 6;
            all.push(base64(secret, before, alphabet).get(whole).unwrap_or_default().to_owned());
        }
        all.retain(|spelling| !spelling.is_empty());
    }
    let slashes_escaped: Vec<_> = all.iter().map(|spelling| spelling.replace('/', "\\/")).collect();
    let in_url: Vec<_> = all.iter().map(|spelling| percent(spelling, "-._~", "%20", UPPER)).collect();
    all.extend(slashes_escaped);
    all.extend(in_url);
    all
}

/// Without padding, after `before` bytes of zero.
fn base64(secret: &[u8], before: usize, alphabet: &[u8; 64]) -> String {
    let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(secret.iter().copied()).collect();
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for letter in 0..=group.len() {
            let six = usize::try_from(bits >> (18 - 6 * letter) & 63).unwrap_or(0);
            text.push(alphabet.get(six).map_or('A', |&letter| char::from(letter)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn base64_is_that_of_the_rfc() {
        for (bytes, text) in
            [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes(), 0, STANDARD), text);
        }
    }

    #[test]
    fn a_secret_inside_of_basic_authorisation_is_spelt() {
        let secret = "hunter2-hunter2";
        for user in ["", "a:", "ab:", "bob:", "alice:"] {
            let sent = base64(format!("{user}{secret}{user}").as_bytes(), 0, STANDARD);
            assert!(in_base64(secret.as_bytes()).iter().any(|spelling| sent.contains(spelling.as_str())), "{user}");
        }
    }

    #[test]
    fn a_secret_of_letters_has_few_spellings() {
        assert!(of("abcdefghijklmnopqrstuvwxyz0123456789", 6).len() <= 12, "{:?}", of("abcdefghijklmnopqrstuvwxyz0123456789", 6));
    }

    #[test]
    fn the_lines_of_a_pem_file_are_secrets_but_not_its_head() {
        let all = of("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nAgEAAoIBAQC7o4qne60T\n-----END PRIVATE KEY-----", 6);
        for spelling in [
            "MIIEvQIBADANBgkqhkiG",
            "MIIEvQIBADANBgkqhkiGAgEAAoIBAQC7o4qne60T",
            "MIIEvQIBADANBgkqhkiG\\n",
            "MIIEvQIBADANBgkqhkiG\\\\n",
        ] {
            assert!(all.iter().any(|one| one.contains(spelling)), "{spelling}");
        }
        assert!(!all.contains("-----BEGIN PRIVATE KEY-----"));
    }
}
