//! What an exchange knows a trader by: whether all of it is there, and from where. No value is shown, not even a part of one.

use super::{Surroundings, env_file::EnvFile, finding::Finding, venues::Venue};

pub(super) fn of_exchange(surroundings: &Surroundings, venue: &'static Venue) -> Finding {
    let looked: Vec<_> = venue.credentials.iter().map(|name| (*name, surroundings.variable(name))).collect();
    let set: Vec<_> =
        looked.iter().filter_map(|(name, value)| value.as_ref().map(|(_, place)| format!("{name} ({place})"))).collect();
    let missing: Vec<_> = looked.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
    let spaced = looked.iter().find(|(_, value)| value.as_ref().is_some_and(|(value, _)| value.contains(char::is_whitespace)));

    if !missing.is_empty() && !matches!(surroundings.env_file, EnvFile::Missing | EnvFile::Read(_)) {
        return Finding::skipped("`.env` cannot be read");
    }
    let where_to = format!("put {} into the environment or into `.env`", missing.join(", "));
    match (set.as_slice(), missing.as_slice(), spaced) {
        // A passphrase may have a space in it, keys and secrets have none; around them it is a slip in either.
        (_, [], Some((name, Some((value, place))))) if value.trim() != value || !name.ends_with("PASSPHRASE") => {
            Finding::failed(format!("{name} ({place}) has white space in it"), "copy it again, without the space around it")
        }
        (set, [], _) => Finding::ok(format!("set: {}", set.join(", "))),
        ([], _, _) if surroundings.exchange_named => Finding::warning("none is set", format!("for live trading, {where_to}")),
        ([], _, _) => Finding::skipped("none is set; only live trading needs them"),
        (set, missing, _) => {
            Finding::failed(format!("{} is missing, though set: {}", missing.join(", "), set.join(", ")), where_to)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::venues::VENUES, *};
    use crate::doctor::Status;

    fn look(exchange: &str, variables: &[(&str, &str)], env_file: &str) -> Finding {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), env_file).unwrap();
        let mut surroundings = Surroundings::of_folder(folder.path());
        for (name, value) in variables {
            surroundings = surroundings.with_variable(name, value);
        }
        of_exchange(&surroundings, VENUES.iter().find(|venue| venue.name == exchange).unwrap())
    }

    #[test]
    fn credentials_are_told_by_their_names_and_places() {
        let finding = look("binance", &[("BINANCE_API_KEY", "hush1")], "BINANCE_API_KEY=hush2\nBINANCE_API_SECRET=hush3\n");
        assert_eq!(finding, Finding::ok("set: BINANCE_API_KEY (environment), BINANCE_API_SECRET (.env:2)"));
    }

    #[test]
    fn a_key_without_its_secret_or_its_passphrase_has_failed() {
        let finding = look("bybit", &[("BYBIT_API_KEY", "hush")], "BYBIT_API_SECRET=\n");
        assert_eq!(
            finding,
            Finding::failed(
                "BYBIT_API_SECRET is missing, though set: BYBIT_API_KEY (environment)",
                "put BYBIT_API_SECRET into the environment or into `.env`"
            )
        );
        let finding = look("okx", &[], "OKX_API_KEY=a\nOKX_API_SECRET=b\n");
        assert!(finding.found.starts_with("OKX_API_PASSPHRASE is missing"), "{}", finding.found);
    }

    #[test]
    fn white_space_that_came_along_is_found_but_a_passphrase_may_have_it_inside() {
        let spaced = look("binance", &[("BINANCE_API_KEY", "hush"), ("BINANCE_API_SECRET", "hush ")], "");
        assert_eq!(
            (spaced.status, spaced.found.as_str()),
            (Status::Failed, "BINANCE_API_SECRET (environment) has white space in it")
        );
        let whole = [("OKX_API_KEY", "a"), ("OKX_API_SECRET", "b"), ("OKX_API_PASSPHRASE", "my horse")];
        assert_eq!(look("okx", &whole, "").status, Status::Ok);
    }

    #[test]
    fn none_at_all_is_nothing_to_worry_about_until_an_exchange_is_named() {
        assert_eq!(look("binance", &[], "").status, Status::Skipped);
        let folder = tempfile::tempdir().unwrap();
        let mut surroundings = Surroundings::of_folder(folder.path());
        surroundings.exchange_named = true;
        let binance = VENUES.iter().find(|venue| venue.name == "binance").unwrap();
        assert_eq!(of_exchange(&surroundings, binance).status, Status::Warning);
    }

    #[test]
    fn a_broken_file_is_not_taken_for_an_empty_one() {
        assert_eq!(look("binance", &[("BINANCE_API_KEY", "hush")], "not a variable"), Finding::skipped("`.env` cannot be read"));
    }
}
