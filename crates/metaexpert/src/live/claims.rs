//! What a program trades on an account under which number, claimed on this machine for as long as it runs: two processes with one number
//! would take each other's orders for their own.
//!
//! The one decision: claims lie in a folder of the user, for journals lie in folders of their own. Where there is no such folder the run
//! goes on without them, for the account's desk notices the other one too, if later.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
};

use metaexpert_store::{Claim, StoreError};

use super::{exchange::Connected, expert::Ready};
use crate::exit::{Console, RunError};

/// Where the claims of this user lie; `None` where nothing says where the user's home is.
pub(super) fn folder_of_user() -> Option<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    // Windows has no folder of its own for state.
    Some(state.or_else(|| absolute("LOCALAPPDATA"))?.join("metaexpert/live"))
}

/// Claims what these experts trade.
///
/// # Errors
/// Where another process trades some of it under the same number.
pub(super) fn take(
    folder: Option<&Path>,
    connected: &Connected,
    experts: &[Ready<'_>],
    console: &mut Console<'_>,
) -> Result<Vec<Claim>, RunError> {
    let profile = connected.exchange.profile();
    let account = format!("{} {} {} {}", profile.exchange, profile.product, profile.host, connected.key);
    // Two experts of this program that trade the same under one number are refused with their names when they are seated.
    let traded: BTreeSet<(u32, &str)> = experts
        .iter()
        .flat_map(|expert| expert.listed.iter().map(|(_, listed)| (expert.config.strategy_id, listed.name.as_str())))
        .collect();
    take_all(folder, &account, &traded, console)
}

fn take_all(
    folder: Option<&Path>,
    account: &str,
    traded: &BTreeSet<(u32, &str)>,
    console: &mut Console<'_>,
) -> Result<Vec<Claim>, RunError> {
    let Some(folder) = folder else {
        console.note(
            "nobody looks whether another process trades on this account with the same `strategy_id`: there is no home folder to look \
             in; set HOME, or XDG_STATE_HOME",
        );
        return Ok(Vec::new());
    };
    let mut claims = Vec::new();
    for (strategy, name) in traded {
        match Claim::take(folder, &format!("{account} {strategy} {name}")) {
            Ok(claim) => claims.push(claim),
            Err(StoreError::Claimed { holder, .. }) => return Err(taken(*strategy, name, holder)),
            // A folder that cannot be written to is no reason to leave positions alone.
            Err(error) => console.warn(format_args!(
                "nobody looks whether another process trades {name} on this account with `strategy_id` {strategy}: {error}"
            )),
        }
    }
    Ok(claims)
}

fn taken(strategy: u32, name: &str, holder: Option<u32>) -> RunError {
    let process = holder.map(|pid| format!(" (process {pid})")).unwrap_or_default();
    RunError::Data(format!(
        "another process{process} trades {name} on this account with `strategy_id` {strategy}: the orders of the two could not be told \
         apart; give one of them another `strategy_id`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_all(folder: Option<&Path>, traded: &[(u32, &str)]) -> (Result<Vec<Claim>, String>, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console { out: &mut out, err: &mut err };
        let traded = traded.iter().copied().collect();
        let claims = take_all(folder, "binance usdm fapi.binance.com AKIDxx", &traded, &mut console);
        (claims.map_err(|error| error.to_string()), String::from_utf8(err).unwrap())
    }

    #[test]
    fn what_another_process_trades_under_the_same_number_starts_nothing_and_names_that_process() {
        let folder = tempfile::tempdir().unwrap();
        let (first, _) = try_all(Some(folder.path()), &[(0, "BTCUSDT"), (0, "ETHUSDT")]);
        let first = first.unwrap();
        assert_eq!(first.len(), 2);
        let (refused, _) = try_all(Some(folder.path()), &[(0, "ETHUSDT")]);
        let expected = format!(
            "another process (process {}) trades ETHUSDT on this account with `strategy_id` 0: the orders of the two could not be told \
             apart; give one of them another `strategy_id`",
            std::process::id()
        );
        assert_eq!(refused.unwrap_err(), expected);
        for other in [(1, "ETHUSDT"), (0, "SOLUSDT")] {
            assert!(try_all(Some(folder.path()), &[other]).0.is_ok(), "{other:?}");
        }
        drop(first);
        assert!(try_all(Some(folder.path()), &[(0, "ETHUSDT")]).0.is_ok());
    }

    #[test]
    fn without_a_folder_for_it_a_run_goes_on_and_says_so() {
        let (claims, said) = try_all(None, &[(0, "BTCUSDT")]);
        assert!(claims.unwrap().is_empty() && said.starts_with("note: nobody looks whether another process trades"), "{said}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let (claims, said) = try_all(Some(&file.join("live")), &[(0, "BTCUSDT")]);
        assert!(claims.unwrap().is_empty() && said.starts_with("warning: nobody looks whether another process"), "{said}");
    }
}
