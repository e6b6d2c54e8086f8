//! Keeping a JSON document one while parts of it are masked: where its strings begin and end.
//!
//! The one decision: a text is taken for JSON by its first and its last letter only, and its strings are followed only as far as
//! something was found that is to be masked. What is no JSON after all (Rust's `{:?}` of a map, say) has its strings in the same
//! place.

use std::{cell::Cell, ops::Range};

use super::value::{Hidden, byte, run};

/// The strings of a document, followed from its beginning.
pub(super) struct Strings<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// How far they were followed, and whether that is inside of one.
    followed: Cell<(usize, bool)>,
}

impl<'t> Strings<'t> {
    /// `None` for a text that is no JSON.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        let document = text.trim().as_bytes();
        let pair = (document.first()?, document.last()?);
        let json = matches!(pair, (b'{', b'}') | (b'[', b']') | (b'"', b'"')) && document.len() > 1;
        json.then(|| Self { text, bytes: text.as_bytes(), followed: Cell::default() })
    }

    /// Whether this place is inside a string. Places are best asked for in their order.
    fn is_inside(&self, place: usize) -> bool {
        let (mut at, mut inside) = self.followed.get();
        if place < at {
            (at, inside) = (0, false);
        }
        while at < place {
            match byte(self.bytes, at) {
                b'\\' if inside => at += 1,
                b'"' => inside = !inside,
                _ => {}
            }
            at += 1;
        }
        self.followed.set((at, inside));
        inside
    }

    /// The text up to the end of the string that this place is in, or all of it. A value that begins in a string ends in it, too.
    pub(super) fn around(&self, place: usize) -> &'t str {
        if !self.is_inside(place) {
            return self.text;
        }
        let mut end = place.max(self.followed.get().0);
        while let Some(&byte) = self.bytes.get(end).filter(|&&byte| byte != b'"') {
            end += if byte == b'\\' { 2 } else { 1 };
        }
        // Otherwise it is no JSON, and what seems to close a string may open one.
        let next = byte(self.bytes, end + 1 + run(self.bytes, end + 1, |byte| byte.is_ascii_whitespace()));
        let closes = matches!(next, b',' | b':' | b'}' | b']' | 0);
        self.text.get(..end).filter(|_| closes).unwrap_or(self.text)
    }

    /// Fits the place of a registered secret, which may begin in the middle of an escape (`\nsecret`) or be a part of a number:
    /// it becomes larger then, but never begins before `from`.
    pub(super) fn fit_known(&self, hidden: &mut Hidden<'_>, from: usize) {
        let Range { start, end } = hidden.range;
        if self.is_inside(start) {
            hidden.range.start = self.escape_around(start).max(from);
        } else if byte(self.bytes, start) != b'"' {
            let part =
                |byte: &&u8| !matches!(byte, b',' | b':' | b'[' | b']' | b'{' | b'}' | b'"') && !byte.is_ascii_whitespace();
            let before = self.bytes.get(from..start).unwrap_or_default().iter().rev().take_while(part).count();
            let after = self.bytes.get(end..).unwrap_or_default().iter().take_while(part).count();
            hidden.range = start - before..end + after;
            hidden.quote = "\"";
        }
    }

    /// Where the escape begins that this place is in the middle of, or the place.
    fn escape_around(&self, place: usize) -> usize {
        // The longest is `\u00e9`.
        for back in 1..=5.min(place) {
            let start = place - back;
            let before = self.bytes.get(..=start).unwrap_or_default();
            let slashes = before.iter().rev().take_while(|&&byte| byte == b'\\').count();
            if slashes % 2 == 1 && (back == 1 || self.bytes.get(start + 1) == Some(&b'u')) {
                return start;
            }
        }
        place
    }
}
