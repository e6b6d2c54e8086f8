//! Which credentials are there, where they come from, and whether they are enough.
//!
//! The one decision: nothing here ever holds a value. Where a variable stands is all that an error or `--print-config` needs, and
//! what is not held cannot be shown.

use std::path::PathBuf;

use metaexpert_core::{
    ConfigError,
    config::{Resolved, TradeMode, nearest},
};

/// The variables of each exchange. Two keys of an exchange are never one: the secret signs, the key says whose signature it is.
pub(crate) const VARIABLES: &[(&str, &str)] = &[
    // exchange  variable
    ("binance", "BINANCE_API_KEY"),
    ("binance", "BINANCE_API_SECRET"),
    ("bybit", "BYBIT_API_KEY"),
    ("bybit", "BYBIT_API_SECRET"),
    ("okx", "OKX_API_KEY"),
    ("okx", "OKX_API_SECRET"),
    // Chosen by whoever made the key; OKX wants it in a header of each request (v5, "REST Authentication").
    ("okx", "OKX_API_PASSPHRASE"),
];

/// The variables of those who tell people what happens. The address of a webhook lets whoever has it write there.
pub(crate) const OF_NOTICES: &[&str] = &["METAEXPERT_WEBHOOK_URL", "TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID"];

/// The place of a variable that does not come from a file.
pub(crate) const ENVIRONMENT: &str = "environment";

/// What is set that is, or was meant to be, a credential.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// Each variable that [`concerns`] credentials and has a value that is not empty, with its place: `environment`, `.env:3`.
    pub(crate) set: Vec<(String, String)>,
    /// The `.env` and its Unix mode, if any of the variables stands in it.
    pub(crate) file: Option<(PathBuf, u32)>,
}

/// Whether a variable is one of an exchange's, or is named as if it were.
pub(crate) fn concerns(variable: &str) -> bool {
    OF_NOTICES.contains(&variable) || VARIABLES.iter().any(|(exchange, _)| of_exchange(variable, exchange).is_some())
}

/// What is missing for trading live, and what lies open.
pub(crate) fn refusals(resolved: &Resolved, given: &Credentials) -> Vec<ConfigError> {
    if resolved.config.trade_mode != TradeMode::Live {
        return Vec::new();
    }
    let exchange = resolved.config.exchange.as_str();
    let missing = VARIABLES.iter().filter(|(of, variable)| *of == exchange && given.place_of(variable).is_none());
    let missing = missing.map(|(_, variable)| refusal(resolved, given, variable));
    missing.chain(half_of_telegram(given)).chain(readable_by_others(given)).collect()
}

/// What lies open, where nothing is done with it yet.
pub(crate) fn warnings(resolved: &Resolved, given: &Credentials) -> Vec<String> {
    let is_refused = resolved.config.trade_mode == TradeMode::Live;
    readable_by_others(given).filter(|_| !is_refused).map(|error| error.to_string()).into_iter().collect()
}

impl Credentials {
    /// Where a variable is set, if it is.
    pub(crate) fn place_of(&self, variable: &str) -> Option<&str> {
        self.set.iter().find(|(name, _)| name == variable).map(|(_, place)| place.as_str())
    }
}

/// The error of a variable that is missing: of the one that was written in its place, where there is one.
fn refusal(resolved: &Resolved, given: &Credentials, variable: &str) -> ConfigError {
    let exchange = resolved.config.exchange.as_str();
    let meant = |name: &str| of_exchange(name, exchange).and_then(|part| likely(part, exchange)) == Some(variable);
    let is_known = |name: &str| VARIABLES.iter().any(|(_, variable)| *variable == name);
    let of = format!("`{exchange}` ({})", resolved.place_of("exchange"));
    let Some((name, place)) = given.set.iter().find(|(name, _)| !is_known(name) && meant(name)) else {
        let live = format!("`live` ({})", resolved.place_of("trade_mode"));
        let rule = format!("is not set, and {live} on {of} needs it: put it into the environment or into `.env`");
        return ConfigError::about(variable, rule);
    };
    let written = if place == ENVIRONMENT { name.clone() } else { format!("{place}: {name}") };
    ConfigError::about(written, format!("no credential of {of} has this name")).or_nearest(Some(variable))
}

/// What stands behind `BINANCE_` in the name of a variable of Binance, in whatever case.
fn of_exchange<'a>(variable: &'a str, exchange: &str) -> Option<&'a str> {
    let (prefix, part) = variable.split_once('_')?;
    prefix.eq_ignore_ascii_case(exchange).then_some(part)
}

/// The variable of the exchange that somebody meant who wrote `part`: by the word that tells them apart, else by its spelling.
fn likely(part: &str, exchange: &str) -> Option<&'static str> {
    let part = part.to_uppercase();
    let word = ["PASS", "SECRET", "KEY"].into_iter().find(|word| part.contains(word));
    let mut ours = VARIABLES.iter().filter(|(of, _)| *of == exchange).map(|(_, variable)| *variable);
    match word {
        Some(word) => ours.find(|variable| variable.contains(word)),
        None => nearest(&format!("{exchange}_{part}"), ours),
    }
}

/// A bot that knows nobody to write to, or the other way round.
fn half_of_telegram(given: &Credentials) -> Option<ConfigError> {
    let (token, chat) = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID");
    let (missing, there) = match (given.place_of(token), given.place_of(chat)) {
        (Some(_), None) => (chat, token),
        (None, Some(_)) => (token, chat),
        _ => return None,
    };
    Some(ConfigError::about(missing, format!("is not set, and {there} is of no use without it")))
}

fn readable_by_others(given: &Credentials) -> Option<ConfigError> {
    let (path, mode) = given.file.as_ref()?;
    let path = path.display();
    let rule =
        format!("holds credentials, and others than its owner can get at it (mode {:o}): `chmod 600 {path}`", mode & 0o777);
    (mode & 0o077 != 0).then(|| ConfigError::about(path.to_string(), rule))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use metaexpert_core::config::Origin;

    use super::*;

    fn resolved(exchange: &str, mode: &str) -> Resolved {
        Resolved::of([("exchange", exchange, Origin::Flag), ("trade_mode", mode, Origin::Flag)]).unwrap()
    }

    fn given(set: &[(&str, &str)]) -> Credentials {
        let set = set.iter().map(|(name, place)| ((*name).to_owned(), (*place).to_owned())).collect();
        Credentials { set, file: None }
    }

    fn check(exchange: &str, set: &[(&str, &str)], expect: &Expect) {
        let refused = refusals(&resolved(exchange, "live"), &given(set));
        expect.assert_eq(&refused.iter().map(|error| format!("{error}\n")).collect::<Vec<_>>().concat());
    }

    #[test]
    fn live_names_each_credential_that_is_missing_and_where_it_belongs() {
        check(
            "binance",
            &[],
            &expect![[r"
            BINANCE_API_KEY: is not set, and `live` (flag --trade-mode) on `binance` (flag --exchange) needs it: put it into the environment or into `.env`
            BINANCE_API_SECRET: is not set, and `live` (flag --trade-mode) on `binance` (flag --exchange) needs it: put it into the environment or into `.env`
        "]],
        );
        check(
            "binance",
            &[("BINANCE_API_KEY", ENVIRONMENT)],
            &expect![[r"
            BINANCE_API_SECRET: is not set, and `live` (flag --trade-mode) on `binance` (flag --exchange) needs it: put it into the environment or into `.env`
        "]],
        );
        check(
            "okx",
            &[("OKX_API_KEY", ".env:1"), ("OKX_API_SECRET", ENVIRONMENT)],
            &expect![[r"
            OKX_API_PASSPHRASE: is not set, and `live` (flag --trade-mode) on `okx` (flag --exchange) needs it: put it into the environment or into `.env`
        "]],
        );
        check("bybit", &[("BYBIT_API_KEY", ".env:1"), ("BYBIT_API_SECRET", ".env:2")], &expect![""]);
        check(
            "bybit",
            &[("BINANCE_API_KEY", ENVIRONMENT), ("BINANCE_API_SECRET", ENVIRONMENT)],
            &expect![[r"
            BYBIT_API_KEY: is not set, and `live` (flag --trade-mode) on `bybit` (flag --exchange) needs it: put it into the environment or into `.env`
            BYBIT_API_SECRET: is not set, and `live` (flag --trade-mode) on `bybit` (flag --exchange) needs it: put it into the environment or into `.env`
        "]],
        );
    }

    #[test]
    fn a_credential_by_another_name_is_answered_with_ours() {
        check(
            "binance",
            &[("BINANCE_API_KEY", ENVIRONMENT), ("BINANCE_SECRET", ENVIRONMENT)],
            &expect![[r"
            BINANCE_SECRET: no credential of `binance` (flag --exchange) has this name; did you mean `BINANCE_API_SECRET`?
        "]],
        );
        check(
            "okx",
            &[("OKX_KEY", ".env:1"), ("OKX_API_SECRET_KEY", ".env:2"), ("OKX_PASSWORD", ".env:3")],
            &expect![[r"
            .env:1: OKX_KEY: no credential of `okx` (flag --exchange) has this name; did you mean `OKX_API_KEY`?
            .env:2: OKX_API_SECRET_KEY: no credential of `okx` (flag --exchange) has this name; did you mean `OKX_API_SECRET`?
            .env:3: OKX_PASSWORD: no credential of `okx` (flag --exchange) has this name; did you mean `OKX_API_PASSPHRASE`?
        "]],
        );
        for (name, ours) in [
            ("BINANCE_APIKEY", "BINANCE_API_KEY"),
            ("BINANCE_API_SECRET_KEY", "BINANCE_API_SECRET"),
            ("binance_api_secret", "BINANCE_API_SECRET"),
            ("BINANCE_API_SECERT", "BINANCE_API_SECRET"),
            ("BINANCE_API_KYE", "BINANCE_API_KEY"),
        ] {
            let refused = refusals(&resolved("binance", "live"), &given(&[(name, ".env:7")]));
            let place = format!(".env:7: {name}");
            let answered: Vec<_> =
                refused.iter().filter(|error| error.key == place).map(|error| error.nearest.as_deref()).collect();
            assert_eq!(answered, [Some(ours)], "{name}");
        }
    }

    #[test]
    fn a_variable_is_told_from_others_by_its_exchange() {
        for (variable, expect) in [
            ("BINANCE_API_KEY", true),
            ("okx_pass", true),
            ("BYBIT_SECRET", true),
            ("AWS_SECRET", false),
            ("BINANCE", false),
            ("METAEXPERT_PROXY", false),
        ] {
            assert_eq!(concerns(variable), expect, "{variable}");
        }
        assert!(VARIABLES.iter().all(|(_, variable)| concerns(variable)));
        assert!(OF_NOTICES.iter().all(|variable| concerns(variable)));
    }

    #[test]
    fn a_bot_without_a_chat_is_refused() {
        let both = [("BYBIT_API_KEY", ENVIRONMENT), ("BYBIT_API_SECRET", ENVIRONMENT)];
        let token = [("TELEGRAM_BOT_TOKEN", ENVIRONMENT)];
        check(
            "bybit",
            &[both.as_slice(), &token].concat(),
            &expect![[r"
            TELEGRAM_CHAT_ID: is not set, and TELEGRAM_BOT_TOKEN is of no use without it
        "]],
        );
        check("bybit", &[both.as_slice(), &token, &[("TELEGRAM_CHAT_ID", ENVIRONMENT)]].concat(), &expect![""]);
    }

    #[test]
    fn a_file_with_credentials_is_its_owners_alone() {
        let both = [("BYBIT_API_KEY", ".env:1"), ("BYBIT_API_SECRET", ".env:2")];
        for (mode, text) in [
            (0o100_644, Some(".env: holds credentials, and others than its owner can get at it (mode 644): `chmod 600 .env`")),
            (0o100_620, Some(".env: holds credentials, and others than its owner can get at it (mode 620): `chmod 600 .env`")),
            (0o100_600, None),
            (0o100_400, None),
        ] {
            let given = Credentials { file: Some((".env".into(), mode)), ..given(&both) };
            let texts = |errors: Vec<ConfigError>| errors.iter().map(ToString::to_string).collect::<Vec<_>>();
            let (live, paper) = (resolved("bybit", "live"), resolved("bybit", "paper"));
            let expect: Vec<_> = text.map(str::to_owned).into_iter().collect();
            assert_eq!((texts(refusals(&live, &given)), warnings(&live, &given)), (expect.clone(), Vec::new()), "{mode:o}");
            assert_eq!((texts(refusals(&paper, &given)), warnings(&paper, &given)), (Vec::new(), expect), "{mode:o}");
        }
    }
}
