//! What an expert can be called: its package, its program and its folder have this name.

use std::fmt;

use crate::exit::CommandError;

/// A name that cargo takes for a package, that crates.io would take, and that collides with nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExpertName(String);

/// The most characters that crates.io takes.
const CHARACTERS_MAX: usize = 64;

/// The keywords of Rust, kept for later or not (The Rust Reference, Keywords, edition 2024): a crate cannot be called so.
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// Crates that every program has.
const BUILT_IN: &[&str] = &["alloc", "core", "proc_macro", "std", "test"];

/// Folders that cargo makes among the programs that it builds.
const CARGOS_FOLDERS: &[&str] = &["build", "deps", "examples", "incremental"];

/// What a project depends on; the last is the command's own package.
const DEPENDENCIES: &[&str] = &["metaexpert", "serde_json", "metaexpert-cli"];

/// File names that Windows keeps for devices.
const DEVICES: &[&str] = &[
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5",
    "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

impl ExpertName {
    /// A name, if it can be one.
    ///
    /// # Errors
    /// The rule that it breaks, and the nearest name that can be.
    pub(crate) fn new(text: &str) -> Result<Self, CommandError> {
        match broken_rule(text) {
            None => Ok(Self(text.to_owned())),
            Some(rule) => Err(CommandError::Configuration(format!("name `{text}`: {rule}; the nearest is `{}`", nearest(text)))),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as Rust has it in code.
    pub(crate) fn in_code(&self) -> String {
        self.0.replace('-', "_")
    }
}

impl fmt::Display for ExpertName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn broken_rule(text: &str) -> Option<String> {
    let in_code = text.replace('-', "_");
    let lower = text.to_ascii_lowercase();
    let rule = if text.is_empty() {
        "is empty".to_owned()
    } else if let Some(other) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')) {
        format!("has `{}`, and may have letters from a to z, digits, `-` and `_` only", other.escape_debug())
    } else if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
        "does not begin with a letter".to_owned()
    } else if text.len() > CHARACTERS_MAX {
        format!("is {} characters long; at most {CHARACTERS_MAX} are possible", text.len())
    } else if KEYWORDS.contains(&text) {
        "is a keyword of Rust".to_owned()
    } else if BUILT_IN.contains(&in_code.as_str()) {
        "is a crate that is part of Rust".to_owned()
    } else if CARGOS_FOLDERS.contains(&text) {
        "is a folder that cargo makes".to_owned()
    } else if DEPENDENCIES.iter().any(|dependency| dependency.replace('-', "_") == in_code) {
        "is what the project depends on".to_owned()
    } else if DEVICES.contains(&lower.as_str()) {
        "is a device of Windows".to_owned()
    } else {
        return None;
    };
    Some(rule)
}

/// A name that can be, as like to `text` as may be: `My Bot!` becomes `my-bot`.
pub(super) fn nearest(text: &str) -> String {
    let words: Vec<_> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .map(|word| word.trim_matches('_').to_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let mut name = words.join("-");
    if name.is_empty() {
        return "my-expert".to_owned();
    }
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.insert_str(0, "expert-");
    }
    name.truncate(CHARACTERS_MAX);
    let mut name = name.trim_end_matches(['-', '_']).to_owned();
    if broken_rule(&name).is_some() {
        name.push_str("-expert");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_cannot_be_is_answered_by_its_rule_and_the_nearest_that_can() {
        let long = "x".repeat(65);
        for (name, rule, nearest) in [
            ("My Bot!", "has ` `", "my-bot"),
            ("", "is empty", "my-expert"),
            ("бот", "has `б`", "my-expert"),
            ("../up", "has `.`", "up"),
            ("a\nb", "has `\\n`", "a-b"),
            ("3commas", "does not begin with a letter", "expert-3commas"),
            ("-bot", "does not begin with a letter", "bot"),
            ("_", "does not begin with a letter", "my-expert"),
            ("match", "is a keyword of Rust", "match-expert"),
            ("test", "is a crate that is part of Rust", "test-expert"),
            ("proc-macro", "is a crate that is part of Rust", "proc-macro-expert"),
            ("deps", "is a folder that cargo makes", "deps-expert"),
            ("metaexpert", "is what the project depends on", "metaexpert-expert"),
            ("con", "is a device of Windows", "con-expert"),
            (&long, "is 65 characters long; at most 64 are possible", &long[1..]),
        ] {
            let error = ExpertName::new(name).unwrap_err().to_string();
            assert!(error.starts_with(&format!("name `{name}`: {rule}")), "{error}");
            assert!(error.ends_with(&format!("; the nearest is `{nearest}`")), "{error}");
            assert!(ExpertName::new(nearest).is_ok(), "{nearest}");
        }
    }

    #[test]
    fn letters_digits_dashes_and_underscores_make_a_name() {
        for name in ["b", "my-bot", "my_bot2", "MyBot", "matching"] {
            assert_eq!(ExpertName::new(name).unwrap().as_str(), name);
        }
        assert_eq!(ExpertName::new("my-bot").unwrap().in_code(), "my_bot");
    }
}
