//! What a `$` means in the file `.env`.
//!
//! Here, because two read that file, an expert and `metaexpert doctor`, and have to come to the same answer. Both have its lines
//! read by dotenvy, which replaces `$NAME` and `${NAME}` by the value of that variable, and by nothing where there is none: a
//! passphrase with a `$` in it would be another one, and nobody would know why it is refused. Neither takes such a value. How
//! the file is read, and what its variables mean, is not here.

/// Why a value of `.env` is not taken, and what to write instead.
pub const REPLACED_DOLLAR: &str =
    "has a `$`, which stands for another variable here; put the value in single quotation marks, `'...'`, or write `\\$`";

/// Whether the value that begins in a line of `.env`, from 1, has a `$` that does not stand for itself: one that is neither in
/// single quotation marks nor behind a backslash.
///
/// ```
/// use metaexpert_core::config::replaces_a_dollar;
/// let text = "OKX_API_KEY='pa$s'\nOKX_API_PASSPHRASE=pa$s\n";
/// assert_eq!([replaces_a_dollar(text, 1), replaces_a_dollar(text, 2)], [false, true]);
/// ```
pub fn replaces_a_dollar(text: &str, line: usize) -> bool {
    let from_line = text.split_inclusive('\n').skip(line.saturating_sub(1)).flat_map(str::chars);
    let is_blank = |c: &char| c.is_whitespace() && *c != '\n';
    let mut value = from_line.skip_while(|c| *c != '=').skip(1).skip_while(is_blank).peekable();
    if value.peek() == Some(&'#') {
        return false;
    }
    let mut quote = None;
    while let Some(c) = value.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => {}
            (_, '$') => return true,
            (_, '\\') => drop(value.next()),
            (None, '\'' | '"') => quote = Some(c),
            // What comes is a comment, or the next line.
            (None, ' ' | '\t' | '\n') => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dollar_stands_for_itself_in_single_quotation_marks_and_behind_a_backslash() {
        for (line, replaces) in [
            ("A=pa$s", true),
            ("A=${B}", true),
            ("A=$", true),
            ("A=a$$b", true),
            ("A = \"pa$s word\" # c", true),
            ("export A=x'y'$z", true),
            ("A='x'\"$y\"", true),
            ("A=\"x\n$y\"", true),
            ("A=\"\\\\$y\"", true),
            ("A=#", false),
            ("A=x#$y", true),
            ("A=pass", false),
            ("A='pa$s'", false),
            ("A='it is \"$5\"'", false),
            ("A='x\n$y'", false),
            ("A=pa\\$s", false),
            ("A=\"pa\\$s \\\"\\$\\\"\"", false),
            ("A=x # costs $5", false),
            ("A=\t# costs $5", false),
            ("A=", false),
        ] {
            let text = format!("BEFORE=$x\n{line}\nBEHIND=$x\n");
            assert_eq!(replaces_a_dollar(&text, 2), replaces, "{line}");
        }
        assert!(!replaces_a_dollar("A=$x\n", 2));
    }
}
