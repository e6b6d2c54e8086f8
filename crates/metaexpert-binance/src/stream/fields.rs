//! The fields of a JSON object, one after the other, without reading what does not matter.
//!
//! The one decision: it judges nothing. It ends at the first byte that it does not expect, and whether the object is well formed
//! is for the parser to say, which reads it afterwards.

/// Names and values as they are written. Names are not unescaped: no exchange escapes a name.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Of the object that a text begins with; of none if it does not begin with one.
    pub(super) fn of(object: &'a [u8]) -> Self {
        Self { rest: object.trim_ascii_start().strip_prefix(b"{").unwrap_or_default() }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_ascii_start();
        let rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
        let rest = rest.strip_prefix(b"\"")?;
        let (name, rest) = rest.split_at_checked(string_end(rest)?)?;
        let rest = rest.strip_prefix(b"\"")?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let (value, rest) = rest.split_at_checked(value_end(rest)?)?;
        self.rest = rest;
        Some((name, value))
    }
}

/// The inside of a string without escapes.
pub(super) fn plain_text(value: &[u8]) -> Option<&str> {
    let inside = value.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if inside.contains(&b'\\') { None } else { std::str::from_utf8(inside).ok() }
}

/// A number, written as one or as a string.
pub(super) fn number(value: &[u8]) -> Option<u64> {
    let digits = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Where the closing quote of a string stands whose opening one is behind us.
fn string_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let step = text.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        at += step;
        match text.get(at)? {
            b'"' => return Some(at),
            _ => at += 2,
        }
    }
}

/// Where a value ends that a text begins with.
fn value_end(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'"' => Some(string_end(text.get(1..)?)? + 2),
        b'{' | b'[' => {
            let (mut depth, mut at) = (0_usize, 0);
            loop {
                match text.get(at)? {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth = depth.checked_sub(1)?;
                        if depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    b'"' => at += string_end(text.get(at + 1..)?)? + 1,
                    _ => {}
                }
                at += 1;
            }
        }
        _ => text.iter().position(|byte| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(String, String)> {
        let text_of = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Fields::of(text.as_bytes()).map(|(name, value)| (text_of(name), text_of(value))).collect()
    }

    #[test]
    fn values_of_every_form_are_passed_over_whole() {
        let text = r#" { "a" : "x\"}y" , "b":[[1,"]"],{"c":{}}],"d":-1.5e3 ,"e":true,"f":{"g":"\\"},"h":null}"#;
        let expected = [
            ("a", r#""x\"}y""#),
            ("b", r#"[[1,"]"],{"c":{}}]"#),
            ("d", "-1.5e3"),
            ("e", "true"),
            ("f", r#"{"g":"\\"}"#),
            ("h", "null"),
        ];
        assert_eq!(all(text), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn it_ends_at_the_first_byte_that_it_does_not_expect() {
        for (text, fields) in
            [("", 0), ("[1]", 0), ("{", 0), (r#"{"a"#, 0), (r#"{"a":1"#, 0), (r#"{"a":1,"b":"x"#, 1), (r#"{"a";1}"#, 0)]
        {
            assert_eq!(all(text).len(), fields, "{text}");
        }
    }

    #[test]
    fn text_with_escapes_is_not_plain() {
        assert_eq!(plain_text(br#""btcusdt@trade""#), Some("btcusdt@trade"));
        assert_eq!((plain_text(br#""a\u0062""#), plain_text(b"12"), plain_text(b"\"\xff\"")), (None, None, None));
        assert_eq!((number(b"12"), number(br#""12""#), number(b"null")), (Some(12), Some(12), None));
    }
}
