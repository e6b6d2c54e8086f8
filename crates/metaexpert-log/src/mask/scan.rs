//! The walk over a text: from one sign that may stand behind a name to the next.
//!
//! The one decision: a name is looked for only backwards from such a sign, so a text without any costs one look at each byte, and
//! prose is left alone by construction. An Aho-Corasick automaton of the names, which was tried, takes 110 to 140 ns for a
//! message of 60 bytes and 1.7 us for a kilobyte of JSON before anything is parsed; this takes 60 to 75 ns and 1.5 us with all of
//! the parsing.

use std::{cell::OnceCell, ops::Range};

use super::{
    STARS,
    json::Strings,
    names::{self, Name},
    value::{self, Hidden, LONGEST_NAME, Written, byte, run},
};

/// A run of so many letters and digits is a listen key where one is expected, behind `/ws/` or `streams=`.
const LISTEN_KEY: usize = LONGEST_NAME;
/// And anywhere when capitals, small letters and digits are mixed: keys, secrets and listen keys of Binance have 64. A hash in
/// hexadecimal, such as a transaction's, has no capitals or nothing else.
const KEY: usize = 60;

/// A user's name and password are looked for in so much of a URL.
const LONGEST_URL: usize = 1 << 10;

/// Appends the text without what is secret by its name, its place or its looks. When nothing is, nothing is appended.
pub(super) fn hide_named(text: &str, out: &mut String) -> bool {
    let mut walk = Walk { text, bytes: text.as_bytes(), strings: OnceCell::new(), copied: 0 };
    while let Some(hidden) = walk.next(walk.copied) {
        out.push_str(text.get(walk.copied..hidden.range.start).unwrap_or_default());
        hidden.write(out);
        walk.copied = hidden.range.end;
    }
    let masked = walk.copied > 0;
    if masked {
        out.push_str(text.get(walk.copied..).unwrap_or_default());
    }
    masked
}

/// Whether a name may end before this byte, or something begin at it. All lie between the space and the question mark, so that
/// this is a subtraction and a bit test.
const fn is_sign(byte: u8) -> bool {
    matches!(byte, b'=' | b':' | b'(' | b',' | b'>' | b'-' | b' ' | b'%')
}

/// What follows the names of the schemes in a sentence: `Bearer token missing`, `the bearer of bad news`.
const AFTER_A_SCHEME: &str = "of token tokens auth authentication authorization authorisation scheme and or header shares";

struct Walk<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Of a JSON document, once something in it looks like a name.
    strings: OnceCell<Option<Strings<'t>>>,
    /// So far the text has been dealt with; no name begins before.
    copied: usize,
}

impl<'t> Walk<'t> {
    /// What is to be hidden next.
    fn next(&self, from: usize) -> Option<Hidden<'t>> {
        let mut at = from;
        loop {
            let rest = self.bytes.get(at..)?;
            let length = rest.iter().position(|&byte| is_sign(byte)).unwrap_or(rest.len());
            let sign = at + length;
            if length >= LISTEN_KEY
                && let Some(hidden) = self.key(at, sign)
            {
                return Some(hidden);
            }
            if let Some(hidden) = self.at(*self.bytes.get(sign)?, sign) {
                return Some(hidden);
            }
            at = sign + 1;
        }
    }

    fn at(&self, sign: u8, at: usize) -> Option<Hidden<'t>> {
        let (before, after) = (byte(self.bytes, at.wrapping_sub(1)), byte(self.bytes, at + 1));
        match sign {
            b' ' => self.spoken(at, before, after),
            b'=' => self.assigned(at, at + 1 + run(self.bytes, at + 1, |byte| matches!(byte, b'=' | b'>'))),
            b':' if after == b'/' || after == b'\\' => match self.user_info(at) {
                Some(user) => (!matches!(self.text.get(user.clone()), Some("" | STARS))).then(|| Hidden::all(user)),
                None => self.assigned(at, at + 1),
            },
            b':' if before == b':' || after == b':' => None,
            b':' => self.assigned(at, at + 1 + usize::from(after == b'=')),
            b'(' if names::in_name(before) => self.called(at),
            b',' if matches!(before, b'"' | b'\'') => self.paired(at),
            b'>' if before == b'-' => self.assigned(at - 1, at + 1),
            b'>' if names::in_name(before) => self.tagged(at),
            b'-' if after == b'-' => self.option_or_block(at),
            b'%' if after == b'3' => self.percent_encoded(at),
            _ => None,
        }
    }

    /// `name=`, `"name": `, `\"name\":`, `headers["name"] =`, `account number: `.
    fn assigned(&self, sign: usize, value: usize) -> Option<Hidden<'t>> {
        let (name, quote) = self.name_before(sign)?;
        self.value(value, name, quote, "")
    }

    /// `name("value")`, `Name(value)`; but not `verify_signature(payload)`, which is a function and its argument.
    #[inline(never)]
    fn called(&self, sign: usize) -> Option<Hidden<'t>> {
        let (start, name) = self.identifier(sign);
        let name = name.filter(|name| matches!(name, Name::Secret | Name::Token | Name::Account))?;
        let argument = byte(self.bytes, sign + 1);
        let is_type = byte(self.bytes, start).is_ascii_uppercase() || self.text.get(start..sign).is_some_and(names::is_exactly);
        if !is_type && (argument.is_ascii_alphabetic() || matches!(argument, b'_' | b'&' | b'*')) {
            return None;
        }
        self.value(sign + 1, name, "", "")
    }

    /// `("name", "value")`, `["name", "value"]`, `"--name", "value"`.
    #[inline(never)]
    fn paired(&self, sign: usize) -> Option<Hidden<'t>> {
        let (name, _) = self.name_before(sign)?;
        let (start, _) = self.identifier(self.quoted_end(sign).0);
        let quotes = self.before(start).iter().rev().take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\')).count();
        let outside = start - quotes;
        let is_pair = matches!(byte(self.bytes, outside.wrapping_sub(1)), b'(' | b'[');
        let is_option = self.text.get(start..).is_some_and(|name| name.starts_with("--"));
        let next = sign + 1 + run(self.bytes, sign + 1, |byte| byte.is_ascii_whitespace());
        let is_text = matches!(byte(self.bytes, next), b'"' | b'\'' | b'\\' | b'b' | b'A'..=b'Z');
        ((is_pair || is_option)
            && is_text
            && matches!(name, Name::Secret | Name::Header | Name::Token | Name::Everyday | Name::Account))
        .then(|| self.value(next, name, "", ""))
        .flatten()
    }

    /// `<name>value</name>`.
    #[inline(never)]
    fn tagged(&self, sign: usize) -> Option<Hidden<'t>> {
        let (start, name) = self.identifier(sign);
        let name = name.filter(|_| byte(self.bytes, start.wrapping_sub(1)) == b'<')?;
        self.value(sign + 1, name, "", "<")
    }

    /// `--name value`, or a PEM block.
    #[inline(never)]
    fn option_or_block(&self, at: usize) -> Option<Hidden<'t>> {
        let rest = self.text.get(at..)?;
        if let Some(head) = rest.strip_prefix("-----BEGIN ") {
            let title = head.get(..head.find("-----")?).filter(|title| title.contains("PRIVATE KEY") && title.len() < 64)?;
            let start = at + "-----BEGIN -----".len() + title.len();
            let body = self.around(start).get(start..)?;
            let end = body.find("-----END ").unwrap_or(body.len());
            // It stands in a string, and was cut off.
            let cut = body.get(..end)?.split(['"', '\'', '`']).next()?;
            let cut = if cut.len() < end { cut.trim_end_matches('\\') } else { cut };
            return (!matches!(cut, "" | STARS)).then(|| Hidden::all(start..start + cut.len()));
        }
        let before = self.before(at).last();
        let begins =
            at == 0 || before.is_some_and(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'"' | b'\'' | b'`' | b'[' | b'('));
        if !begins {
            return None;
        }
        let start = at + 2;
        let end = start + run(self.bytes, start, names::in_name);
        let value = end + run(self.bytes, end, |byte| byte == b' ');
        if value == end || end - start >= LONGEST_NAME || byte(self.bytes, value) == b'-' {
            return None;
        }
        let name = names::of(self.bytes.get(start..end)?)?;
        self.value(value, name, "", "")
    }

    /// `Bearer ..`, `Basic ..` without a header's name before them.
    #[inline(never)]
    fn scheme(&self, space: usize) -> Option<Hidden<'t>> {
        let start = space - self.before(space).iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let scheme = self.text.get(start..space)?;
        let basic = scheme.eq_ignore_ascii_case("basic");
        if !basic && !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let hidden = self.value(space, Name::Secret, "", "")?;
        let value = self.text.get(hidden.range.clone())?;
        let prose = AFTER_A_SCHEME.split(' ').any(|word| value.trim_end_matches(['.', ':']).eq_ignore_ascii_case(word));
        // Base64 of `a:b` and more has a capital or a digit among its letters; `basic understanding` has none.
        let plain = value.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_punctuation() && letter != b'=');
        (!prose && !value.starts_with([':', '=']) && !(basic && (plain || value.len() < 4))).then_some(hidden)
    }

    /// What may be a value with only a space before it. This is asked at every space of every text.
    #[inline]
    fn spoken(&self, space: usize, before: u8, after: u8) -> Option<Hidden<'t>> {
        if matches!(before, b'r' | b'R' | b'c' | b'C')
            && let Some(hidden) = self.scheme(space)
        {
            return Some(hidden);
        }
        let rest = self.bytes.get(space + 1..).unwrap_or_default();
        let is_quoted = matches!(after, b'"' | b'\'' | b'`');
        let is_number = || rest.first_chunk::<5>().is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
        // All of a few bytes at once, without leaving the loop early, is what the compiler makes vectors of.
        let is_long = |first: &[u8; 8]| first.iter().fold(true, |all, byte| all & byte.is_ascii_alphanumeric());
        let has_digit = || rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).any(u8::is_ascii_digit);
        let is_no_word = is_quoted || is_number() || (rest.first_chunk().is_some_and(is_long) && has_digit());
        is_no_word.then(|| self.spoken_value(space)).flatten()
    }

    /// `account 12345678`, `passphrase "correct horse" was refused`, `api key 4fT9xQ21 was refused`: only what is quoted, or is
    /// long and has a digit among its letters, is a value; the rest is prose.
    #[inline(never)]
    fn spoken_value(&self, space: usize) -> Option<Hidden<'t>> {
        let (name, _) = self.name_before(space).filter(|(name, _)| matches!(name, Name::Account | Name::Secret))?;
        let hidden = self.value(space, name, "", "")?;
        let value = self.text.get(hidden.range.clone())?;
        // The name of a variable that has none: ``no secret `OKX_PASSPHRASE` ``.
        let is_variable = || names::is_exactly(value) || value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let in_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-');
        let is_value = match name {
            Name::Account => true,
            _ if hidden.range.start > space + 1 => !is_variable(),
            _ => value.len() >= 8 && value.bytes().all(in_key) && value.contains(|letter: char| letter.is_ascii_alphabetic()),
        };
        is_value.then_some(hidden)
    }

    /// `name%3Dvalue%26..`, a query inside of a query, or `%22name%22%3A%22value%22`, JSON inside of one.
    #[inline(never)]
    fn percent_encoded(&self, sign: usize) -> Option<Hidden<'t>> {
        const QUOTE: &str = "%22";
        if !matches!(byte(self.bytes, sign + 2), b'D' | b'd' | b'A' | b'a') {
            return None;
        }
        let quoted = self.before(sign).ends_with(QUOTE.as_bytes());
        let (name, _) = self.name_before(if quoted { sign - QUOTE.len() } else { sign })?;
        let value = sign + QUOTE.len();
        let (value, until) = match self.text.get(value..)?.strip_prefix(QUOTE) {
            Some(_) => (value + QUOTE.len(), QUOTE),
            None => (value, if quoted { "%" } else { "%26" }),
        };
        self.value(value, name, "", until)
    }

    /// The user and password of `scheme://user:password@host`.
    #[inline(never)]
    fn user_info(&self, colon: usize) -> Option<Range<usize>> {
        let slashes = ["//", "\\/\\/"]
            .into_iter()
            .find(|slashes| self.text.get(colon + 1..).is_some_and(|rest| rest.starts_with(slashes)))?;
        let start = colon + 1 + slashes.len();
        let url = self.text.get(start..self.text.floor_char_boundary(start + LONGEST_URL))?;
        let url =
            url.split(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '"' | '\'' | '`' | '<' | '>')).next()?;
        let host = url.split(['/', '?', '#', '\\']).next()?;
        // Of `user:p/ss@host` only a part looks like a host, but what would be its port is none.
        let port = host.rsplit_once(':').filter(|_| !host.starts_with('[')).map(|(_, port)| port);
        let cut = port.is_some_and(|port| port.is_empty() || !port.bytes().all(|digit| digit.is_ascii_digit()));
        let end = if cut && !host.contains('@') { url.rfind('@') } else { host.rfind('@') }?;
        Some(start..start + end)
    }

    /// A key between two signs that is known by its looks.
    fn key(&self, from: usize, to: usize) -> Option<Hidden<'t>> {
        let mut at = from;
        while at < to {
            // Its first letters may be an escape's: `\nvmPUZE6`, `%26vmPUZE6`.
            at += match (byte(self.bytes, at.wrapping_sub(1)), byte(self.bytes, at)) {
                (b'\\', b'u') => 5,
                (b'%', digit) if digit.is_ascii_hexdigit() && byte(self.bytes, at + 1).is_ascii_hexdigit() => 2,
                (b'\\', letter) if letter.is_ascii_alphabetic() => 1,
                _ => 0,
            };
            let length = run(self.bytes.get(..to)?, at, |byte| byte.is_ascii_alphanumeric());
            if length >= LISTEN_KEY {
                let run = self.bytes.get(at..at + length)?;
                let kinds = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
                let mixed = length >= KEY && kinds.iter().all(|kind| run.iter().any(kind));
                if mixed || self.expects_listen_key(at) {
                    return Some(Hidden::all(at..at + length));
                }
            }
            at += length + 1;
        }
        None
    }

    fn expects_listen_key(&self, at: usize) -> bool {
        const BEFORE: [&[u8]; 8] =
            [b"/ws/", b"/stream/", b"/private/", b"streams=", b"stream=", b"/userdatastream/", b"/listenkey/", b"\\/ws\\/"];
        let before = self.before(at);
        let ends_in = |path: &[u8]| before.len().checked_sub(path.len()).and_then(|start| before.get(start..));
        BEFORE.iter().any(|path| ends_in(path).is_some_and(|end| end.eq_ignore_ascii_case(path)))
    }

    /// What is to be hidden of the value that begins here.
    fn value(&self, from: usize, name: Name, quote: &'t str, until: &'static str) -> Option<Hidden<'t>> {
        value::at(self.around(from), from, Written { name, quote, until })
    }

    /// The text, or as much of it as belongs to the string of JSON around this place.
    fn around(&self, place: usize) -> &'t str {
        let strings = self.strings.get_or_init(|| Strings::of(self.text));
        strings.as_ref().map_or(self.text, |strings| strings.around(place))
    }

    /// The name that ends before this sign, and the quotation mark around it. Of `{"name": "x-api-key", "value":` it is the
    /// first.
    fn name_before(&self, sign: usize) -> Option<(Name, &'t str)> {
        let (end, quote) = self.quoted_end(sign);
        if !names::may_end(self.before(end)) {
            return None;
        }
        let (start, name) = self.identifier(end);
        match name {
            Some(Name::Value) => {
                let divided = |byte: &&u8| matches!(byte, b'"' | b'\'' | b'\\' | b',' | b' ' | b'\n');
                let before = start - self.before(start).iter().rev().take_while(divided).count();
                self.identifier(before).1.filter(|_| before < start).map(|name| (name, quote))
            }
            Some(name) => Some((name, quote)),
            None if self.before(start).ends_with(b" ") => {
                let first = self.before(start - 1).iter().rev().take_while(|&&byte| names::in_name(byte)).count();
                names::of(self.bytes.get(start - 1 - first..end)?).map(|name| (name, quote))
            }
            None => None,
        }
    }

    /// Where the name before this sign ends, without spaces and quotation marks, and the mark.
    fn quoted_end(&self, sign: usize) -> (usize, &'t str) {
        let mut end = sign - self.before(sign).iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if byte(self.bytes, end.wrapping_sub(1)) == b']' {
            end -= 1;
        }
        if end <= self.copied || !matches!(byte(self.bytes, end - 1), b'"' | b'\'' | b'`') {
            return (end, "");
        }
        let slashes = self.before(end - 1).iter().rev().take_while(|&&byte| byte == b'\\').count();
        // A mark in a string in a string is escaped by 1, 3, 7 backslashes: the ones at the low end of the count. The others are
        // the name's.
        let slashes = (slashes ^ (slashes + 1)) >> 1;
        let quote = self.text.get(end - 1 - slashes..end).filter(|quote| !quote.ends_with('`'));
        (end - 1 - slashes, quote.unwrap_or_default())
    }

    /// The identifier that ends here: where it begins, and what it says.
    fn identifier(&self, end: usize) -> (usize, Option<Name>) {
        let before = self.before(end);
        let start = end - before.iter().rev().take_while(|&&byte| names::in_name(byte)).count();
        let identifier = self.bytes.get(start..end).unwrap_or_default();
        let name = names::of(identifier).or_else(|| {
            // What an escape left before it: `\napi_key`, `%26sign`, `\u0026sign`.
            let escape = match byte(self.before(start), start.wrapping_sub(self.copied).wrapping_sub(1)) {
                b'%' => 2,
                b'\\' if identifier.first() == Some(&b'u') => 5,
                b'\\' => 1,
                _ => return None,
            };
            names::of(identifier.get(escape..)?)
        });
        (start, name)
    }

    /// What stands before this place and has not been dealt with.
    fn before(&self, place: usize) -> &'t [u8] {
        self.bytes.get(self.copied..place).unwrap_or_default()
    }
}
