//! Where the journal of an expert lies, and how it is opened.
//!
//! The one decision: a journal is never deleted. Whoever wants to begin anew has it put aside, under the time at which that was; one that
//! has something open at an exchange is not put aside, for nobody else knows of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use metaexpert_core::{
    UnixNanos,
    config::{Config, Durability, TradeMode},
    expert::named_after,
};
use metaexpert_store::{History, Identity, Kept, Store};

use crate::exit::RunError;

/// Where a journal lies, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    path: PathBuf,
    identity: Identity,
}

/// A journal that is open, and what it has of earlier runs.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) store: Store,
    pub(crate) kept: Kept,
    /// The one that was put aside for it.
    pub(crate) put_aside: Option<PathBuf>,
    /// The account's name before its key was changed.
    #[cfg_attr(
        not(any(feature = "live", test)),
        expect(dead_code, reason = "on paper there is no account whose key could change")
    )]
    pub(crate) renamed: Option<String>,
}

impl Place {
    /// That of an expert whose prices come from `venue` (`binance usdm`, `simulated`); `account` is empty on paper.
    pub(crate) fn new(config: &Config, expert: &str, venue: &str, account: String) -> Self {
        let mode = config.trade_mode;
        let file = format!("journal-{mode}-{}.sqlite", venue.replace(' ', "-"));
        Self {
            path: Path::new(&named_after(&config.state_dir, expert)).join(file),
            identity: Identity {
                expert: expert.to_owned(),
                strategy: config.strategy_id,
                mode,
                venue: venue.to_owned(),
                account,
            },
        }
    }

    /// What the account is called.
    #[cfg(feature = "live")]
    pub(crate) fn account(&self) -> &str {
        &self.identity.account
    }

    /// Fundings and charges that it has from a time on.
    ///
    /// # Errors
    /// Where it cannot be read.
    #[cfg(feature = "live")]
    pub(crate) fn booked(&self, since: UnixNanos) -> Result<Vec<(UnixNanos, metaexpert_core::Money)>, RunError> {
        use metaexpert_core::Money;
        use metaexpert_store::history::Period;

        let read = || {
            let (history, period) = (History::open(&self.path)?, Period { from: Some(since), to: None });
            let mut booked = Vec::new();
            for line in history.fundings(period) {
                let line = line?;
                booked.push((line.time, Money::new(line.amount, line.currency)));
            }
            for line in history.charges(period) {
                let line = line?;
                booked.push((line.time, Money::new(line.amount, line.currency)));
            }
            Ok(booked)
        };
        read().map_err(|error: metaexpert_store::StoreError| RunError::Data(error.to_string()))
    }

    /// Opens it, or begins one. `chance` is the number of a live run, drawn anew for each.
    ///
    /// # Errors
    /// Where it cannot be had: another process has it, it is damaged, the disk does not take it; where it should be put aside and has
    /// something open.
    pub(crate) fn open(&self, config: &Config, now: UnixNanos, chance: u32) -> Result<Begun, RunError> {
        let put_aside = if config.fresh_state { self.put_aside(now)? } else { None };
        let renamed = if config.new_key { self.rename()? } else { None };
        let durability = match config.durability {
            Durability::Process => metaexpert_store::Durability::Process,
            Durability::Power => metaexpert_store::Durability::Power,
        };
        let chance = if self.identity.mode == TradeMode::Live { chance } else { 0 };
        let opened = Store::open(&self.path, &self.identity, durability, now, chance);
        let (store, kept) = opened.map_err(|error| RunError::Data(error.to_string()))?;
        Ok(Begun { store, kept, put_aside, renamed })
    }

    /// Lets it go on with another key of the same host; gives what the account was called before.
    fn rename(&self) -> Result<Option<String>, RunError> {
        let renamed = Store::rename_account(&self.path, &self.identity, |kept| host_of(kept) == host_of(&self.identity.account));
        renamed.map_err(|error| RunError::Data(error.to_string()))
    }

    /// What is open at an exchange is known to this journal alone: a run that begins without it takes its own positions for somebody
    /// else's.
    fn check_nothing_open(&self) -> Result<(), String> {
        let has_open = History::open(&self.path).and_then(|history| history.has_open());
        match has_open {
            Ok(false) => Ok(()),
            Ok(true) => {
                Err("it has positions or orders open, and a new one would know nothing of them\nstart without `fresh_state` \
                 and have them closed (`--on-stop flatten`), or look after them at the exchange and move the file away yourself"
                    .to_owned())
            }
            Err(error) => Err(format!(
                "nobody can say whether it has something open: {error}\nlook after that at the exchange and move the file away yourself"
            )),
        }
    }

    /// Gives the file, if there is one, another name. One that is open is locked: it is opened first, so that nobody's journal is
    /// moved while it is written.
    fn put_aside(&self, now: UnixNanos) -> Result<Option<PathBuf>, RunError> {
        if !self.path.exists() {
            return Ok(None);
        }
        let cannot = |why: &dyn std::fmt::Display| {
            RunError::Data(format!("{}: cannot be put aside for a new journal: {why}", self.path.display()))
        };
        if let Err(error @ metaexpert_store::StoreError::Locked { .. }) =
            Store::open(&self.path, &self.identity, metaexpert_store::Durability::Process, now, 0)
                .and_then(|(store, _)| store.close())
        {
            return Err(cannot(&error));
        }
        if self.identity.mode == TradeMode::Live {
            self.check_nothing_open().map_err(|why| cannot(&why))?;
        }
        // Colons are no part of a name everywhere.
        let time: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
        let aside = self.path.with_extension(format!("{time}.sqlite"));
        for ending in ["", "-wal", "-shm"] {
            match fs::rename(with_ending(&self.path, ending), with_ending(&aside, ending)) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound && !ending.is_empty() => {}
                Err(error) => return Err(cannot(&error)),
            }
        }
        Ok(Some(aside))
    }
}

/// The host in what an account is called: `AKIDxx...@fapi.binance.com`.
fn host_of(account: &str) -> Option<&str> {
    account.rsplit_once('@').map(|(_, host)| host)
}

/// What `SQLite` calls the files beside a database.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

#[cfg(test)]
mod tests;
