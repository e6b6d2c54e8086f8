//! Accounts that are opened, funded and read while the exchange runs.

use metaexpert_core::Money;

use super::Exchange;
use crate::{
    news::Balance,
    order::AccountId,
    setup::{AccountSpec, IssuedKey, SetupError, deposit, open_account},
    wallet::Wallet,
};

impl Exchange {
    /// The account of a name.
    pub fn account(&self, name: &str) -> Option<AccountId> {
        self.world.accounts().find(|(_, account)| account.name == name).map(|(id, _)| id)
    }

    /// The names of all accounts.
    pub fn accounts(&self) -> Vec<String> {
        self.world.accounts().map(|(_, account)| account.name.clone()).collect()
    }

    /// Opens an account. Returns its keys. It is gone after a restart without state.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open_account(&mut self, spec: &AccountSpec) -> Result<Vec<IssuedKey>, SetupError> {
        self.catch_up();
        let keys = open_account(&mut self.world, self.protocol.as_mut(), spec, self.seed)?;
        self.keys.extend(keys.iter().cloned());
        self.note(format!("account `{}` was opened", spec.name));
        Ok(keys)
    }

    /// Pays money into an account's wallet (`spot`, `cross`, `isolated:BTCUSDT`, `linear`, `inverse`, `options`) from outside.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn fund(&mut self, account: &str, wallet: &str, money: &Money) -> Result<(), SetupError> {
        self.catch_up();
        let id = self.account(account).ok_or_else(|| self.unknown(account))?;
        deposit(&mut self.world, id, wallet, money)?;
        self.note(format!("{money} came into `{wallet}` of `{account}`"));
        self.tell();
        Ok(())
    }

    /// What an account has, by wallet.
    ///
    /// # Errors
    /// [`SetupError::Value`] where there is no such account.
    pub fn balances(&mut self, account: &str) -> Result<Vec<(Wallet, Vec<Balance>)>, SetupError> {
        self.catch_up();
        let id = self.account(account).ok_or_else(|| self.unknown(account))?;
        let markets = self.world.markets();
        let wallets = &self.world.account(id).wallets;
        let isolated = markets.iter().map(|(market, _)| Wallet::Isolated(market));
        let every = [Wallet::Spot, Wallet::Cross, Wallet::Linear, Wallet::Inverse, Wallet::Options].into_iter().chain(isolated);
        Ok(every.filter_map(|wallet| Some((wallet, wallets.get(wallet)?.balances(markets)))).collect())
    }

    /// The symbol of a wallet's pair, where it is a pair's.
    pub fn pair(&self, wallet: Wallet) -> Option<&str> {
        match wallet {
            Wallet::Isolated(market) => Some(&self.world.markets().get(market).listing().symbol),
            Wallet::Spot | Wallet::Cross | Wallet::Linear | Wallet::Inverse | Wallet::Options => None,
        }
    }

    fn unknown(&self, account: &str) -> SetupError {
        let names = self.accounts();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let hint = crate::faults::spelling::value::hint(account, &names);
        SetupError::value("account", account, format!("no such account{hint}"))
    }
}
