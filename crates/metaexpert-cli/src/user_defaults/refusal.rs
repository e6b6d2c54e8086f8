//! Names that are no default of this command, and where they belong instead.
//!
//! A credential is refused by its name and by its looks, and its value is not shown again: what is kept in this file is read by
//! no expert, and lies where nobody thinks of secrets.

use metaexpert_core::{
    ConfigError,
    config::{self, BadValue, nearest},
};
use metaexpert_log::{FieldKind, Masker};

use super::KEYS;
use crate::exit::CommandError;

const CREDENTIALS_BELONG: &str = "credentials belong in the environment or in the `.env` of the project, which only its owner may \
                                  read: `BINANCE_API_KEY`, `BINANCE_API_SECRET`, ...";

/// The shortest text of letters and digits alone that is taken for a credential; the keys of the exchanges are 18 (Bybit) to 64
/// (Binance) long, OKX's have hyphens.
const CREDENTIAL_LENGTH: usize = 16;

/// Why a name is none of ours, where there is more to say than that.
pub(super) fn of_name(name: &str) -> Option<CommandError> {
    if KEYS.iter().any(|key| key.name == name) {
        return None;
    }
    if is_credential(name) {
        return Some(CommandError::Configuration(format!("{}\n{CREDENTIALS_BELONG}", unknown(name))));
    }
    let key = expert_key(name)?;
    let hint = format!("put it into the `metaexpert.toml` of the project, or give the expert the flag `--{}`", kebab(key.name));
    Some(CommandError::Configuration(format!("{}\n{hint}", unknown(name))))
}

/// A name that is no default, in one line.
pub(super) fn unknown(name: &str) -> ConfigError {
    let named = format!("`{name}`");
    if is_credential(name) {
        return ConfigError::about(named, "is a credential, and this command keeps none");
    }
    if expert_key(name).is_some() {
        return ConfigError::about(named, "is a key of an expert, not a default of this command");
    }
    let nearest = nearest(&name.replace('-', "_"), KEYS.iter().map(|key| key.name));
    ConfigError::about(named, "is not a default of this command").or_nearest(nearest)
}

/// Refuses a value that looks like a credential, without showing it.
pub(super) fn no_credential(key: &str, value: &str) -> Result<(), CommandError> {
    if !looks_like_a_credential(value) {
        return Ok(());
    }
    let error = ConfigError::about(key, "the value looks like a credential, and this command keeps none");
    Err(CommandError::Configuration(format!("{error}\n{CREDENTIALS_BELONG}")))
}

/// A bad value as it may be shown.
pub(super) fn shown(bad: BadValue) -> BadValue {
    if looks_like_a_credential(&bad.value) { BadValue { value: "***".to_owned(), nearest: None, ..bad } } else { bad }
}

fn looks_like_a_credential(value: &str) -> bool {
    let bare: String = value.chars().filter(|letter| !matches!(letter, '-' | '_' | '\'' | '"')).collect();
    bare.len() >= CREDENTIAL_LENGTH
        && bare.chars().all(|letter| letter.is_ascii_alphanumeric())
        && bare.contains(|letter: char| letter.is_ascii_digit())
        && bare.contains(|letter: char| letter.is_ascii_alphabetic())
}

fn is_credential(name: &str) -> bool {
    Masker::new().kind_of(name) == FieldKind::Secret || looks_like_a_credential(name)
}

fn expert_key(name: &str) -> Option<&'static config::Key> {
    let name = name.to_lowercase().replace('-', "_");
    config::Key::find(name.strip_prefix("metaexpert_").unwrap_or(&name))
        .filter(|key| KEYS.iter().all(|ours| ours.name != key.name))
}

fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_known_by_its_name_and_by_its_looks() {
        for name in ["BINANCE_API_KEY", "api_secret", "okx-api-passphrase", "password", "apiKey"] {
            assert!(is_credential(name), "{name}");
        }
        for name in ["exchange", "leverage", "exchnge", "stop_timeout"] {
            assert!(!is_credential(name), "{name}");
        }
        for value in ["vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv", "a3f1c2d4-9b7e-4c1d-8e2f-0a1b2c3d4e5f", "\"XLpAXfGpr9lHk1x2YQ\""] {
            assert!(looks_like_a_credential(value), "{value}");
        }
        for value in ["binance", "1000000000000000000", "an_unlikely_strategy", "30"] {
            assert!(!looks_like_a_credential(value), "{value}");
        }
    }

    #[test]
    fn a_name_says_where_it_belongs_or_which_one_was_meant() {
        let cases = [
            ("api_secret", "`api_secret`: is a credential, and this command keeps none"),
            ("leverage", "`leverage`: is a key of an expert, not a default of this command"),
            ("stop-loss-pct", "`stop-loss-pct`: is a key of an expert, not a default of this command"),
            ("METAEXPERT_LEVERAGE", "`METAEXPERT_LEVERAGE`: is a key of an expert, not a default of this command"),
            ("stop-timeout", "`stop-timeout`: is not a default of this command; did you mean `stop_timeout`?"),
            ("Exchange", "`Exchange`: is not a default of this command; did you mean `exchange`?"),
            ("zzz", "`zzz`: is not a default of this command"),
        ];
        for (name, expected) in cases {
            assert_eq!(unknown(name).to_string(), expected);
        }
    }
}
