//! What follows a name: where the value begins, where it ends, and whether it is secret.
//!
//! The one decision: in doubt a value is longer, not shorter. A quotation mark that is escaped as deeply as the one that opened
//! the value closes it, so values in JSON, in JSON inside JSON and in Rust's `{:?}` end where they end; one that is never closed
//! goes to the end of the text.

use std::ops::Range;

use super::{
    STARS,
    names::{self, Name},
};

/// What is as long as a key is none's name.
pub(super) const LONGEST_NAME: usize = 40;

/// A part of a text that is not to be seen.
pub(super) struct Hidden<'t> {
    pub(super) range: Range<usize>,
    /// What the stars get around them; nothing, where they stand inside a string anyway.
    pub(super) quote: &'t str,
    /// The last two digits, of an account number that is long enough.
    last: Option<[char; 2]>,
}

impl Hidden<'_> {
    pub(super) const fn all(range: Range<usize>) -> Self {
        Self { range, quote: "", last: None }
    }

    pub(super) fn write(&self, out: &mut String) {
        out.push_str(self.quote);
        out.push_str(STARS);
        out.extend(self.last.into_iter().flatten());
        out.push_str(self.quote);
    }
}

/// How a name was written, which says how its value may be.
#[derive(Clone, Copy)]
pub(super) struct Written<'t> {
    pub(super) name: Name,
    /// The mark around the name, with its backslashes: `"`, `\"`. A bare value gets it too.
    pub(super) quote: &'t str,
    /// What a bare value ends at besides the usual.
    pub(super) until: &'static str,
}

/// What is to be hidden of the value at this place.
pub(super) fn at<'t>(text: &'t str, from: usize, written: Written<'t>) -> Option<Hidden<'t>> {
    let bytes = text.as_bytes();
    let from = from
        + run(bytes, from, |byte| byte == b' ' || byte == b'\t' || (!written.quote.is_empty() && byte.is_ascii_whitespace()));
    if written.name == Name::Arguments {
        return arguments(text, from, written);
    }
    if let Some(quote) = Quote::at(bytes, from) {
        let content = quote.content(bytes);
        let after = content.end + quote.depth + 1;
        return if is_name(bytes, content.clone(), after) { None } else { judged(text, content, written, Bare::No) };
    }
    if let Some(end) = group(bytes, from) {
        // What an account holds has names of its own: `"account": {"balance": 1000000}`.
        if written.name == Name::Account && text.get(from..end).is_some_and(|group| group.contains(['{', '['])) {
            return None;
        }
        let hidden = judged(text, from..unquoted(text, end, written), written, Bare::No)?;
        return Some(Hidden { quote: written.quote, ..hidden });
    }
    let is_pem = text.get(from..).is_some_and(|value| value.starts_with("-----BEGIN "));
    let end = if is_pem { pem(text, from) } else { unquoted(text, from, written) };
    if is_name(bytes, from..end, end) {
        return None;
    }
    let hidden = judged(text, from..end, written, Bare::Yes)?;
    Some(Hidden { quote: written.quote, ..hidden })
}

/// The end of a value without quotation marks. Behind a key of JSON it is a number or `null`, also for a header.
fn unquoted(text: &str, from: usize, written: Written<'_>) -> usize {
    if written.name == Name::Header && written.quote.is_empty() {
        return header(text.as_bytes(), from);
    }
    let end = bare(text, from, written.until);
    let word = text.get(from..end).unwrap_or_default();
    if !word.eq_ignore_ascii_case("bearer") && !word.eq_ignore_ascii_case("basic") {
        return end;
    }
    let bytes = text.as_bytes();
    let next = end + run(bytes, end, |byte| byte == b' ');
    let (token, after) = match Quote::at(bytes, next) {
        Some(quote) => {
            let content = quote.content(bytes);
            (content.clone(), content.end + quote.depth + 1)
        }
        None => (next..bare(text, next, written.until), bare(text, next, written.until)),
    };
    let is_token = next > end && !matches!(byte(bytes, next), b'(' | b'[' | b'{') && !is_name(bytes, token.clone(), after);
    if is_token { token.end } else { end }
}

/// Whether this is not a value, but the name of the next one: `bad secret: api_key: abc`.
fn is_name(bytes: &[u8], range: Range<usize>, after: usize) -> bool {
    let after = byte(bytes, after + run(bytes, after, |byte| byte == b' '));
    let value = bytes.get(range).unwrap_or_default();
    let word = value.split(|byte| matches!(byte, b'"' | b'\'' | b'`')).next().unwrap_or_default();
    // What follows it may have been masked already.
    let word = word.strip_suffix(STARS.as_bytes()).unwrap_or(word);
    let name = word.strip_suffix(b":").or(word.strip_suffix(b"=")).unwrap_or(word);
    (matches!(after, b':' | b'=') || name.len() < word.len() || name.starts_with(b"--"))
        && name.len() < LONGEST_NAME
        && name.iter().all(|&byte| names::in_name(byte))
        && names::of(name).is_some()
}

/// What is to be hidden of an account's number; nothing of a label that holds no number.
pub(super) fn account(text: &str, range: Range<usize>) -> Option<Hidden<'static>> {
    let value = text.get(range.clone())?;
    let longest = value.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max()?;
    if longest < 5 {
        return None;
    }
    let mut digits = value.chars().rev().filter(char::is_ascii_digit);
    let last = digits.next().zip(digits.next()).map(|(last, before)| [before, last]);
    Some(Hidden { last: last.filter(|_| digits.count() >= 6), ..Hidden::all(range) })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bare {
    Yes,
    No,
}

fn judged<'t>(text: &'t str, range: Range<usize>, written: Written<'t>, bare: Bare) -> Option<Hidden<'t>> {
    let value = text.get(range.clone())?;
    let open = match written.name {
        Name::Account => return account(text, range),
        Name::Everyday => value.len() <= 3 || is_everyday(value) || names::is_exactly(value),
        Name::Token => (2..=6).contains(&value.len()) && value.bytes().all(|letter| letter.is_ascii_uppercase()),
        Name::Secret | Name::Header | Name::Arguments | Name::Value | Name::Qualifier => false,
    };
    let nothing = matches!(value.trim(), "" | STARS | "()" | "[]" | "{}");
    let told = bare == Bare::Yes && says_nothing(value, text.get(range.end..).unwrap_or_default());
    (!open && !nothing && !told).then_some(Hidden::all(range))
}

/// Of a sign, a test's passes: `sign: SELL`, `pass: 1200`.
fn is_everyday(value: &str) -> bool {
    const WORDS: [&str; 12] =
        ["buy", "sell", "long", "short", "plus", "minus", "positive", "negative", "both", "none", "null", "false"];
    WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
        || (value.len() <= 6 && value.bytes().all(|digit| digit.is_ascii_digit()))
}

/// A bare word after a name that tells of the value instead of being it: `passphrase: missing`, `"token": null`, `secret: the one
/// of OKX`.
fn says_nothing(value: &str, after: &str) -> bool {
    const ABSENT: [&str; 19] = [
        "none",
        "null",
        "nil",
        "true",
        "false",
        "yes",
        "no",
        "missing",
        "required",
        "undefined",
        "unset",
        "empty",
        "invalid",
        "expired",
        "unknown",
        "expected",
        "refused",
        "rejected",
        "ok",
    ];
    const BEGINS_A_SENTENCE: [&str; 20] = [
        "the", "a", "an", "not", "is", "are", "was", "has", "must", "should", "cannot", "it", "this", "that", "your", "our",
        "for", "some", "in", "could",
    ];
    let word = value.trim_end_matches(['.', '!', '?', ':']);
    let is_one = |words: &[&str]| words.iter().any(|one| word.eq_ignore_ascii_case(one));
    let goes_on = || after.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
    is_one(&ABSENT) || (is_one(&BEGINS_A_SENTENCE) && goes_on())
}

/// A quotation mark that opens a value.
struct Quote {
    mark: u8,
    /// How many backslashes stand before it: 1 in a string, 3 in a string in a string.
    depth: usize,
    start: usize,
}

impl Quote {
    /// Also behind Rust's and Python's `b"`, `r"` and `u'`.
    fn at(bytes: &[u8], from: usize) -> Option<Self> {
        let prefix = run(bytes, from, |byte| matches!(byte, b'b' | b'r' | b'u' | b'f'));
        let from = if prefix <= 2 { from + prefix } else { from };
        let depth = run(bytes, from, |byte| byte == b'\\');
        let mark = byte(bytes, from + depth);
        matches!(mark, b'"' | b'\'' | b'`').then_some(Self { mark, depth, start: from + depth + 1 })
    }

    fn content(&self, bytes: &[u8]) -> Range<usize> {
        let triple = self.depth == 0 && run(bytes, self.start, |byte| byte == self.mark) >= 2;
        if triple {
            let start = self.start + 2;
            let marks = [self.mark; 3];
            let end = bytes.get(start..).and_then(|rest| rest.windows(3).position(|three| three == marks));
            return start..end.map_or(bytes.len(), |length| start + length);
        }
        self.start..self.close(bytes)
    }

    /// Where the content ends. A mark that is escaped by less than the opening one belongs to the string around both.
    fn close(&self, bytes: &[u8]) -> usize {
        let mut slashes = 0;
        for (place, &here) in bytes.iter().enumerate().skip(self.start) {
            if here == b'\\' {
                slashes += 1;
                continue;
            }
            if here == self.mark {
                let closes = slashes % (2 * (self.depth + 1)) == self.depth;
                // Inside a word it is an apostrophe.
                let ends = self.depth > 0 || !goes_on(bytes, place + 1);
                if slashes < self.depth || (closes && ends) {
                    return place - slashes.min(self.depth);
                }
            }
            slashes = 0;
        }
        bytes.len()
    }
}

/// A value in brackets is no longer: an RSA key of 4096 bits as a list of numbers has 12 kB. Without a bound, a text of nothing
/// but names and opening brackets would take time by the square of its length.
const LONGEST_GROUP: usize = 1 << 14;

/// The end of `[..]`, `{..}`, `(..)`, `Some(..)` or `Secret { .. }` that begins here and is closed.
fn group(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    if byte(bytes, at).is_ascii_uppercase() {
        at += run(bytes, at, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':');
        if byte(bytes, at) == b' ' && byte(bytes, at + 1) == b'{' {
            at += 1;
        }
    }
    let bytes = bytes.get(..from.saturating_add(LONGEST_GROUP)).unwrap_or(bytes);
    let mut depth = 0_usize;
    while let Some(&here) = bytes.get(at) {
        match here {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.checked_sub(1)?,
            b'"' if depth > 0 => {
                let slashes = bytes.get(from..at)?.iter().rev().take_while(|&&byte| byte == b'\\').count();
                at = Quote { mark: here, depth: slashes, start: at + 1 }.close(bytes) + slashes;
            }
            _ => {}
        }
        if depth == 0 {
            return matches!(here, b']' | b'}' | b')').then_some(at + 1);
        }
        at += 1;
    }
    None
}

/// The end of a word.
fn bare(text: &str, from: usize, until: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(&here) = bytes.get(at) {
        let ends = match here {
            b'&' | b',' | b';' | b')' | b']' | b'}' => true,
            b'"' | b'\'' | b'`' => !goes_on(bytes, at + 1),
            b'\\' => ends_at_escape(bytes, at),
            _ => here.is_ascii_whitespace(),
        };
        if ends || (!until.is_empty() && text.get(at..).is_some_and(|rest| rest.starts_with(until))) {
            break;
        }
        at += 1;
    }
    at
}

/// Whether a word goes on behind a mark that was an apostrophe then. Stars stand where there was a word.
fn goes_on(bytes: &[u8], at: usize) -> bool {
    byte(bytes, at).is_ascii_alphanumeric() || byte(bytes, at) == b'*'
}

/// Whether the backslashes here stand before a quotation mark, an end of line, or the `&` that some write as `\u0026`.
fn ends_at_escape(bytes: &[u8], at: usize) -> bool {
    let after = at + run(bytes, at, |byte| byte == b'\\');
    match byte(bytes, after) {
        b'"' | b'\'' | b'`' | b'n' | b'r' | b't' => true,
        b'u' => bytes.get(after + 1..).is_some_and(|code| code.starts_with(b"00")),
        _ => false,
    }
}

/// The end of a header's value: of the line, of the string or of the list that it stands in.
fn header(bytes: &[u8], from: usize) -> usize {
    let scheme = bytes.get(from..from + run(bytes, from, |byte| byte.is_ascii_alphanumeric())).unwrap_or_default();
    let has_parameters = !scheme.eq_ignore_ascii_case(b"basic") && !scheme.eq_ignore_ascii_case(b"bearer");
    let mut at = from;
    while let Some(&here) = bytes.get(at) {
        match here {
            b'\r' | b'\n' | b')' | b']' | b'}' => break,
            b'"' | b'\'' | b'\\' => {
                let slashes = run(bytes, at, |byte| byte == b'\\');
                let mark = byte(bytes, at + slashes);
                // `username="bob"`, and not the end of `"Cookie: a="`.
                let parameter = has_parameters
                    && at > from
                    && byte(bytes, at - 1) == b'='
                    && byte(bytes, at + slashes + 1).is_ascii_alphanumeric();
                match mark {
                    b'"' if parameter => at = Quote { mark, depth: slashes, start: at + slashes + 1 }.close(bytes) + slashes,
                    b'"' | b'\'' | b'n' | b'r' => break,
                    _ => at += slashes.max(1) - 1,
                }
            }
            _ => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}

/// The end of a PEM block, its last line included.
fn pem(text: &str, from: usize) -> usize {
    let end = text.get(from..).and_then(|block| {
        let last = block.find("-----END ")?;
        let line = last + "-----END ".len();
        Some(line + block.get(line..)?.find("-----")? + "-----".len())
    });
    end.map_or(text.len(), |length| from + length)
}

/// The arguments of a log-in by position, as in Bybit's `{"op":"auth","args":["key",expires,"signature"]}`. Where they are
/// objects, their own names tell what is secret; in other requests they are topics.
fn arguments<'t>(text: &'t str, from: usize, written: Written<'t>) -> Option<Hidden<'t>> {
    let bytes = text.as_bytes();
    let first = from + 1 + run(bytes, from + 1, |byte| byte.is_ascii_whitespace());
    if byte(bytes, from) != b'[' || matches!(byte(bytes, first), b'{' | b'[') || !logs_in(text) {
        return None;
    }
    let hidden = judged(text, from..group(bytes, from).unwrap_or(text.len()), written, Bare::No)?;
    Some(Hidden { quote: written.quote, ..hidden })
}

fn logs_in(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.any(|word| ["auth", "login", "logon"].iter().any(|call| word.eq_ignore_ascii_case(call)))
}

/// How many bytes from this place on are of this kind.
pub(super) fn run(bytes: &[u8], from: usize, of: impl Fn(u8) -> bool) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take_while(|&&byte| of(byte)).count()
}

/// The byte at this place; zero, which nothing here looks for, where there is none.
pub(super) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}
