//! Nothing secret is kept: signatures, in queries, bodies and frames.
//!
//! The one decision: what is masked is the value behind a name, in either of the two forms in which requests have names:
//! `signature=..` and `"signature":".."`. Keys stay: they say who asked, and sign nothing.

/// Names of what is masked.
const SECRET: [&str; 3] = ["signature", "secretKey", "passphrase"];

/// What of a long text is kept.
const KEPT: usize = 4_096;

/// A text with its secrets masked, and cut where it is long.
pub(crate) fn masked(text: &str) -> String {
    let mut kept = with_plain_names(cut(text, KEPT));
    for name in SECRET {
        // The name is searched first: most texts do not have it, and cost nothing then.
        let mut from = 0;
        while let Some(found) = kept.get(from..).and_then(|rest| rest.find(name)) {
            let after = from + found + name.len();
            let value = kept.get(after..).and_then(value_of);
            from = after;
            if let Some((skipped, length)) = value {
                let start = after + skipped;
                kept.replace_range(start..start + length, "***");
                from = start + 3;
            }
        }
    }
    kept
}

/// A text in which names that are secret are spelled plainly: `%73ignature=` means the same as `signature=`.
fn with_plain_names(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let plain = |part: &str| -> String {
        let Some((name, value)) = part.split_once('=') else { return part.to_owned() };
        let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        if SECRET.contains(&decoded.as_ref()) { format!("{decoded}={value}") } else { part.to_owned() }
    };
    text.split('&').map(plain).collect::<Vec<_>>().join("&")
}

/// The first so many bytes of a text, and no half of a character.
pub(super) fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

/// Where a value stands behind its name: how much is to be skipped, and how long it is.
fn value_of(rest: &str) -> Option<(usize, usize)> {
    if let Some(value) = rest.strip_prefix('=') {
        return Some((1, value.find('&').unwrap_or(value.len())));
    }
    let value = rest.strip_prefix('"')?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    // Up to the next quotation mark: signatures and keys have none within.
    Some((rest.len() - value.len(), value.find('"').unwrap_or(value.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_masked_wherever_they_stand() {
        for (text, kept) in [
            ("symbol=BTCUSDT&signature=abc123", "symbol=BTCUSDT&signature=***"),
            ("signature=abc123&symbol=BTCUSDT", "signature=***&symbol=BTCUSDT"),
            (r#"{"signature":"abc","apiKey":"k"}"#, r#"{"signature":"***","apiKey":"k"}"#),
            (r#"{"signature" : "abc","signature":"d"}"#, r#"{"signature" : "***","signature":"***"}"#),
            (r#"{"signature":"cut off"#, r#"{"signature":"***"#),
            ("signature=", "signature=***"),
            ("a=%20&%73ignature=abc&b=1", "a=%20&signature=***&b=1"),
            ("about a signature", "about a signature"),
            ("", ""),
        ] {
            assert_eq!(masked(text), kept);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let kept = masked(&"é".repeat(4_000));
        assert_eq!(kept.len(), 4_096);
        assert_eq!(cut("aé", 2), "a");
    }
}
