//! The file `.env` of a project. Its values are for those who ask by name; nothing here shows one.
//!
//! An expert reads it too, and refuses it where a variable of ours is set twice, or has a `$` in it that stands for another one: so
//! is it here.

use std::{collections::BTreeMap, fs, io, path::Path};

use metaexpert_core::config::{REPLACED_DOLLAR, replaces_a_dollar};

use super::venues::VENUES;

/// What became of reading it.
#[derive(Debug)]
pub(crate) enum EnvFile {
    Missing,
    /// It cannot be read.
    Unreadable(io::ErrorKind),
    /// The line, where it is known, is no variable.
    Broken(Option<usize>),
    /// What an expert refuses: the line, the variable, and why.
    Refused(usize, String, String),
    Read(BTreeMap<String, Variable>),
}

/// A variable and the line in which it stands.
pub(crate) struct Variable {
    value: String,
    line: usize,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)
    }
}

impl EnvFile {
    pub(crate) fn read(path: &Path) -> Self {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::Missing,
            Err(error) => return Self::Unreadable(error.kind()),
        };
        let (mut variables, mut seen) = (BTreeMap::<String, Variable>::new(), 0);
        for variable in dotenvy::from_read_iter(text.as_bytes()) {
            match variable {
                Ok((name, value)) => {
                    let rest = text.lines().skip(seen).position(|line| names(line, &name));
                    let line = seen + rest.unwrap_or_default() + 1;
                    seen = line;
                    let first = variables.get(&name).map(|first| first.line);
                    if let Some(why) = refusal(&text, line, &name, first) {
                        return Self::Refused(line, name, why);
                    }
                    // The first counts, as it does for a program that sets what is not set yet.
                    variables.entry(name).or_insert(Variable { value, line });
                }
                Err(dotenvy::Error::LineParse(bad, _)) => {
                    return Self::Broken(line_of(&text, |line| line == bad.lines().next().unwrap_or_default()));
                }
                Err(_) => return Self::Broken(None),
            }
        }
        Self::Read(variables)
    }

    /// The value of a variable and its place: `.env:3`.
    pub(crate) fn variable(&self, name: &str) -> Option<(String, String)> {
        let Self::Read(variables) = self else { return None };
        variables.get(name).map(|variable| (variable.value.clone(), format!(".env:{}", variable.line)))
    }
}

/// Why an expert would not take a variable. Those of others are their own affair.
fn refusal(text: &str, line: usize, name: &str, first: Option<usize>) -> Option<String> {
    let is_credential = VENUES.iter().any(|venue| venue.credentials.contains(&name));
    if !is_credential && !name.starts_with("METAEXPERT_") {
        return None;
    }
    if replaces_a_dollar(text, line) {
        return Some(REPLACED_DOLLAR.to_owned());
    }
    first.map(|first| format!("is set twice; the first stands in line {first}"))
}

fn line_of(text: &str, is_it: impl Fn(&str) -> bool) -> Option<usize> {
    text.lines().position(is_it).map(|before| before + 1)
}

fn names(line: &str, name: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> EnvFile {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, text).unwrap();
        EnvFile::read(&path)
    }

    #[test]
    fn a_variable_is_found_with_its_line_whatever_stands_around_it() {
        let file = read("# keys\n\nexport A = 'x'\nAB=\"y\"\nA=z\n");
        assert_eq!(file.variable("A"), Some(("x".to_owned(), ".env:3".to_owned())));
        assert_eq!(file.variable("AB"), Some(("y".to_owned(), ".env:4".to_owned())));
        assert_eq!(file.variable("B"), None);
    }

    #[test]
    fn a_line_that_is_no_variable_is_named_by_its_number() {
        assert!(matches!(read("A=1\nnot a variable\n"), EnvFile::Broken(Some(2))));
    }

    #[test]
    fn no_value_is_shown() {
        assert_eq!(format!("{:?}", read("A=secret\n")), "Read({\"A\": line 1})");
    }

    #[test]
    fn what_an_expert_would_refuse_is_named_by_line_and_variable() {
        for (text, refused) in [
            ("# c\nOKX_API_PASSPHRASE=pa$s\n", Some((2, REPLACED_DOLLAR))),
            ("A=1\nexport METAEXPERT_COMMENT=\"${A}\"\n", Some((2, REPLACED_DOLLAR))),
            ("OKX_API_KEY=a\nA=1\nOKX_API_KEY=b\n", Some((3, "is set twice; the first stands in line 1"))),
            ("OKX_API_PASSPHRASE='pa$s'\n", None),
            ("OKX_API_PASSPHRASE=pa\\$s\n", None),
            ("A=$HOME\nA=2\n", None),
        ] {
            let found = match read(text) {
                EnvFile::Refused(line, _, why) => Some((line, why)),
                _ => None,
            };
            assert_eq!(found, refused.map(|(line, why)| (line, why.to_owned())), "{text}");
        }
    }
}
